//! Bodies that are lists themselves.

use super::fixture::Fixture;
use super::given::{apply, id, list, loaded, manifest, name, piece, plan, values};
use super::measuring::refused;
use crate::support::value::Value;
use restow::domain::cut::{ArrayCut, Cut, Shape};
use restow::domain::layout::{ArrayRule, Layout};
use restow::domain::limits::{Change, Edit, Scalar};
use restow::domain::path::Path;
use restow::domain::recognise::IdFact;
use restow::ports::{Bodies, Generations, Ports, Records, Write};

/// Chunks of two items of the body itself.
fn of_two() -> Layout {
    Layout {
        version: 1,
        id: None,
        label: None,
        arrays: vec![ArrayRule {
            path: Path::default(),
            chunk: 2,
        }],
        parts: Vec::new(),
    }
}

fn lists() -> Vec<Value> {
    let message = r#"{ "id": "1", "type": "agent", "content": "é😀", "error": null }"#;
    vec![
        Value::list([]),
        Value::list([]).extra("note", "of an empty list"),
        Value::json(&format!("[{message}, [], 3, {message}, {{}}]")),
        Value::json("[1, 2]"),
        Value::sparse(5, []),
        Value::sparse(
            7,
            [
                (0, Value::Undefined),
                (3, Value::json("[[1]]")),
                (4, Value::Null),
            ],
        ),
        Value::sparse(4, [(3, 1.0.into())])
            .extra("total", 4.0)
            .extra("__proto__", Value::json(r#"{ "x": 1 }"#))
            .extra("more", Value::list([])),
    ]
}

pub async fn a_list_comes_apart_into_its_items<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let value = Value::json("[1, 2, { \"n\": 3 }]").extra("note", "kept");
    let body = fixture.body(&value);
    let cut = plan(&ports, &of_two(), &body);
    let split = ports.bodies().split(&body, &cut);
    let pieces = values(&fixture, &split.pieces).await;
    assert_eq!(pieces, ["[1, 2]", r#"[{ "n": 3 }]"#].map(Value::json));
    let skeleton = fixture.value(&split.skeleton).await;
    assert_eq!(skeleton, Value::list([]).extra("note", "kept"));
    assert_eq!(fixture.value(&body).await, value, "splitting changed it");
}

pub async fn every_list_is_put_together_as_it_was<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let copy = |body: &_| ports.bodies().copy(body).expect("it can be stored");
    for value in lists() {
        let body = fixture.body(&value);
        let cut = plan(&ports, &of_two(), &body);
        let split = ports.bodies().split(&body, &cut);
        assert_eq!(split.pieces.len(), cut.pieces(), "{value:?}");
        let chunks: Vec<_> = split.pieces.iter().map(copy).collect();
        let arrays = cut
            .arrays
            .iter()
            .map(|array| (array.path.clone(), chunks.clone()));
        let arrays: Vec<_> = arrays.collect();
        let skeleton = copy(&split.skeleton);
        let joined = ports.bodies().join(&skeleton, &arrays, &[]);
        let joined = joined.expect("the skeleton is the place");
        assert_eq!(fixture.value(&joined).await, value);
        assert_eq!(fixture.value(&body).await, value, "the input was changed");
        let measured = ports.bodies().measure(&[body, joined], &[]).await;
        let measured = measured.expect("it can be measured").full;
        assert_eq!(measured[0], measured[1], "{value:?}");
    }
}

pub async fn what_is_no_list_is_no_place_for_chunks<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let chunks = vec![(Path::default(), vec![fixture.body(&Value::json("[1]"))])];
    for (text, shape) in [
        (r#"{ "selectedAgent": "a" }"#, Shape::Object),
        ("null", Shape::Primitive),
        (r#""text""#, Shape::Text { empty: false }),
    ] {
        let body = fixture.body(&Value::json(text));
        assert_eq!(ports.bodies().shape(&body, &Path::default()), shape);
        assert_eq!(plan(&ports, &of_two(), &body), Cut::default(), "{text}");
        let joined = ports.bodies().join(&body, &chunks, &[]);
        assert!(joined.is_none(), "{text}");
    }
}

pub async fn an_object_in_two_chunks_of_a_list_is_shared<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let shared = Value::json("{}");
    for (items, code) in [
        ([&shared, &Value::Null, &shared], Some("SharedObject")),
        ([&shared, &shared, &Value::Null], None),
    ] {
        let body = fixture.body(&Value::list(items.map(Value::clone)));
        let split = ports.bodies().split(&body, &plan(&ports, &of_two(), &body));
        let found = refused::<F>(&ports, &split.pieces, &split.moved).await;
        assert_eq!(found, code, "{items:?}");
        // The list itself is in no piece any more.
        let found = refused::<F>(&ports, &[body], &split.moved).await;
        assert_eq!(found, Some("SharedObject"));
    }
}

pub async fn a_list_says_no_id_and_is_told_from_an_object<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let facts = |text: &str, id: Option<&Path>| {
        let facts = ports.bodies().facts(&fixture.body(&Value::json(text)), id);
        (facts.is_object, facts.is_array, facts.id)
    };
    let id = Path::dotted("id");
    assert_eq!(facts("[]", None), (false, true, IdFact::Missing));
    assert_eq!(facts("[1]", Some(&id)), (false, true, IdFact::Missing));
    let object = r#"{ "id": 5 }"#;
    assert_eq!(facts(object, None), (true, false, IdFact::Missing));
    assert!(matches!(
        facts(object, Some(&id)),
        (true, false, IdFact::Id(_))
    ));
    assert_eq!(facts("7", None), (false, false, IdFact::Missing));
}

pub async fn a_list_is_cut_and_its_items_are_changed<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let value = Value::json(r#"[{ "c": "one" }, { "c": "two" }, 3]"#).extra("note", "kept");
    let body = fixture.body(&value);
    let edit = |path: &str, change| Edit {
        path: Path::dotted(path),
        change,
    };
    let cut = |path: &str, from, to| edit(path, Change::Truncate { from, to });
    for (edits, expected) in [
        (vec![cut("", 0, 1)], r#"[{ "c": "one" }]"#),
        (vec![cut("", 1, 3)], r#"[{ "c": "two" }, 3]"#),
        (
            vec![cut("0.c", 0, 2), cut("", 0, 2)],
            r#"[{ "c": "on" }, { "c": "two" }]"#,
        ),
        (
            vec![cut("", 1, 3), cut("0.c", 0, 1)],
            r#"[{ "c": "t" }, 3]"#,
        ),
        (
            vec![edit("0", Change::Remove), cut("", 0, 1)],
            r#"[{ "c": "two" }]"#,
        ),
        (
            vec![edit("2", Change::Set(Scalar::Null))],
            r#"[{ "c": "one" }, { "c": "two" }, null]"#,
        ),
    ] {
        let edits: Vec<_> = edits.iter().collect();
        let amended = ports
            .bodies()
            .amend(&body, &edits)
            .expect("it can be changed");
        let found = fixture.value(&amended.body).await;
        assert_eq!(
            found,
            Value::json(expected).extra("note", "kept"),
            "{edits:?}"
        );
        assert_eq!(fixture.value(&body).await, value, "amending changed it");
        // Nothing may refer to the list that was there before.
        let pieces = [amended.body, body.clone()];
        assert_eq!(
            refused::<F>(&ports, &pieces, &amended.moved).await,
            Some("SharedObject")
        );
    }
}

pub async fn chunks_of_a_list_are_stored_loaded_and_removed<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let mut known = manifest(&id(), 2, 1);
    known.layout = of_two();
    let cut = Cut {
        arrays: vec![ArrayCut {
            path: Path::default(),
            len: 3,
            chunk: 2,
        }],
        parts: Vec::new(),
    };
    let mut chunks = list(&id(), 2);
    chunks.arrays[0].path = cut.arrays[0].path.clone();
    chunks.parts.clear();
    let skeleton = Value::list([]).extra("note", "kept");
    let put = Write::PutManifest(Box::new(known.clone()), fixture.body(&skeleton));
    let mut writes = vec![put, Write::PutList(chunks.clone())];
    for (index, text) in [(1, "[3]"), (0, "[1, 2]")] {
        let body = fixture.body(&Value::json(text));
        writes.push(piece(&id(), 2, &name("", index), body));
    }
    apply(&ports, writes).await;
    let stored = loaded(&ports).await;
    assert_eq!(stored.manifest, known);
    assert_eq!(stored.list, Some(chunks));
    assert_eq!(stored.unexpected, []);
    assert_eq!(fixture.value(&stored.skeleton).await, skeleton);
    let pieces: Option<Vec<_>> = stored.pieces.into_iter().collect();
    let pieces = values(&fixture, &pieces.expect("none is missing")).await;
    assert_eq!(pieces, ["[1, 2]", "[3]"].map(Value::json));
    let delete = Write::DeleteGenerations(id(), Generations::One(2));
    apply(&ports, vec![delete]).await;
    let names = [name("", 0), name("", 1)];
    let pieces = ports.records().pieces(&id(), 2, &names).await.unwrap();
    assert!(pieces.iter().all(Option::is_none));
}
