//! A session with all its pieces.

use super::fixture::Fixture;
use super::given::{apply, id, list, loaded, manifest, name, piece, put_manifest, values};
use crate::support::value::Value;
use restow::domain::chunk_list::PieceName;
use restow::domain::key::Key;
use restow::ports::{Generations, Ports, Records, Write};

/// The pieces of the list of contracts.
fn names() -> [PieceName; 3] {
    [name("items", 0), name("items", 1), name("summary", 0)]
}

fn value(generation: u32, name: &PieceName) -> Value {
    Value::text(format!("{generation} {name}"))
}

/// A session of two generations, of which the second is live.
async fn session<F: Fixture>(fixture: &F, ports: &F::Ports) {
    let skeleton = fixture.body(&Value::json(r#"{ "items": [], "summary": null }"#));
    let mut writes = vec![put_manifest(2, 1, skeleton)];
    for generation in [1, 2] {
        writes.push(Write::PutList(list(&id(), generation)));
        // Not in the order of the list.
        for name in names().iter().rev() {
            let body = fixture.body(&value(generation, name));
            writes.push(piece(&id(), generation, name, body));
        }
    }
    // What other generations have alone is not unexpected in the live one.
    for generation in [1, 3] {
        let body = fixture.body(&Value::Null);
        writes.push(piece(&id(), generation, &name("items", 5), body));
    }
    // Neighbours in the order of keys.
    for other in [
        Key::text("r"),
        Key::text("s "),
        Key::text("s0"),
        Key::Number(2.0),
    ] {
        let body = fixture.body(&Value::text("of another session"));
        writes.push(piece(&other, 2, &name("items", 7), body));
    }
    apply(ports, writes).await;
}

pub async fn a_session_is_loaded_with_its_live_pieces<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    session(&fixture, &ports).await;
    let stored = loaded(&ports).await;
    assert_eq!(stored.manifest, manifest(&id(), 2, 1));
    assert_eq!(stored.list, Some(list(&id(), 2)));
    let skeleton = fixture.value(&stored.skeleton).await;
    assert_eq!(skeleton, Value::json(r#"{ "items": [], "summary": null }"#));
    let pieces: Option<Vec<_>> = stored.pieces.into_iter().collect();
    let pieces = values(&fixture, &pieces.expect("none is missing")).await;
    assert_eq!(pieces, names().map(|name| value(2, &name)));
    assert_eq!(stored.unexpected, []);
    assert!(
        ports
            .records()
            .load(&Key::text("t"))
            .await
            .unwrap()
            .is_none()
    );
}

pub async fn loading_tells_what_is_missing<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    session(&fixture, &ports).await;
    let delete = Write::DeletePiece {
        id: id(),
        generation: 2,
        name: name("items", 1),
    };
    apply(&ports, vec![delete]).await;
    let stored = loaded(&ports).await;
    let there: Vec<_> = stored.pieces.iter().map(Option::is_some).collect();
    assert_eq!(there, [true, false, true]);
    assert_eq!(stored.unexpected, []);
}

pub async fn loading_tells_what_is_unexpected<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    session(&fixture, &ports).await;
    let unexpected = [
        name("items", 2),
        name("items", 10),
        name("other", 0),
        name("", 0),
    ];
    let body = || fixture.body(&Value::Null);
    let writes = unexpected
        .each_ref()
        .map(|name| piece(&id(), 2, name, body()));
    apply(&ports, writes.into()).await;
    let stored = loaded(&ports).await;
    assert!(stored.pieces.iter().all(Option::is_some));
    let mut found = stored.unexpected;
    found.sort();
    let mut expected = unexpected.to_vec();
    expected.sort();
    assert_eq!(found, expected);
}

pub async fn a_session_without_its_list_is_loaded_as_what_it_is<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    session(&fixture, &ports).await;
    apply(
        &ports,
        vec![Write::DeleteGenerations(id(), Generations::All)],
    )
    .await;
    let stored = loaded(&ports).await;
    assert!(stored.list.is_none() && stored.pieces.is_empty());
    assert_eq!(stored.unexpected, []);
    let writes = vec![piece(
        &id(),
        2,
        &name("items", 0),
        fixture.body(&Value::Null),
    )];
    apply(&ports, writes).await;
    let stored = loaded(&ports).await;
    assert!(stored.list.is_none() && stored.pieces.is_empty());
    assert_eq!(stored.unexpected, [name("items", 0)]);
}

pub async fn pieces_come_in_the_order_asked_for<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    session(&fixture, &ports).await;
    let asked = [
        name("summary", 0),
        name("items", 9),
        name("items", 0),
        name("summary", 0),
    ];
    let found = ports.records().pieces(&id(), 1, &asked).await.unwrap();
    let mut there = Vec::new();
    for body in &found {
        there.push(match body {
            Some(body) => Some(fixture.value(body).await),
            None => None,
        });
    }
    let expected = asked
        .each_ref()
        .map(|name| Some(value(1, name)).filter(|_| name.index < 9));
    assert_eq!(there, expected);
    assert!(
        ports
            .records()
            .pieces(&id(), 1, &[])
            .await
            .unwrap()
            .is_empty()
    );
}

pub async fn names_of_pieces_are_told_apart<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let path = |keys: &[&str]| PieceName {
        path: restow::domain::path::Path(keys.iter().map(|&key| key.into()).collect()),
        index: 0,
    };
    let names = [
        path(&["a", "b"]),
        path(&["a.b"]),
        path(&["a"]),
        path(&["a", ""]),
        path(&["", "a"]),
        path(&["a,b"]),
        path(&["a/b"]),
        path(&["a\0b"]),
        path(&["0"]),
    ];
    let writes = (0..).zip(&names).map(|(number, name)| {
        piece(
            &id(),
            1,
            name,
            fixture.body(&Value::from(f64::from(number))),
        )
    });
    apply(&ports, writes.collect()).await;
    let found = ports.records().pieces(&id(), 1, &names).await.unwrap();
    for (number, body) in (0..).zip(&found) {
        let body = body.as_ref().expect("it was written");
        assert_eq!(fixture.value(body).await, Value::from(f64::from(number)));
    }
}
