//! Batches that are under way at once, and records that go at once.

use super::conditions::code;
use super::fixture::{BodyOf, Fixture};
use super::given::{NOW, add_backup, after, batch, manifest, place};
use super::swapping::{found, marked, was_applied};
use crate::support::value::Value;
use futures_util::future::join_all;
use restow::domain::key::Key;
use restow::ports::{Batch, Durability, Expect, Fence, Hold, Ports, Records, Sources, Write};
use std::cell::RefCell;

/// What one session of many would write, under a lease of its own.
fn session<F: Fixture>(fixture: &F, name: &str, more: Vec<Write<BodyOf<F>>>) -> Batch<BodyOf<F>> {
    let id = Key::text(name);
    let skeleton = fixture.body(&Value::from(name));
    let mut writes = vec![Write::PutManifest(Box::new(manifest(&id, 1, 1)), skeleton)];
    writes.extend(more);
    Batch {
        fence: Some(Fence {
            id: id.clone(),
            token: name.into(),
            hold: Hold::Once { force: false },
            now: NOW,
            until: after(1000),
        }),
        expect: vec![Expect { id, revision: None }],
        durability: Durability::Strict,
        ..batch(writes)
    }
}

async fn is_there<P: Ports>(ports: &P, name: &str) -> bool {
    let found = ports.records().manifest(&Key::text(name)).await;
    found.unwrap().is_some()
}

pub async fn batches_at_once_are_all_applied<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let names: Vec<String> = (0..40).map(|n| format!("s{n}")).collect();
    let batches = names.iter().map(|name| session(&fixture, name, vec![]));
    let applied = join_all(batches.map(|batch| ports.records().apply(batch))).await;
    assert!(applied.into_iter().all(|result| code(result) == "ok"));
    for name in &names {
        assert!(is_there(&ports, name).await, "{name}");
    }
}

pub async fn of_batches_at_once_each_fails_by_itself<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let twice = || vec![add_backup(&fixture, "taken", 1.0)];
    ports.records().apply(batch(twice())).await.unwrap();
    let function = fixture.body(&Value::list([Value::Unsupported("function")]));
    let unfit = Write::PutManifest(Box::new(manifest(&Key::text("d"), 1, 1)), function);
    let stale = Batch {
        expect: vec![Expect {
            id: Key::text("c"),
            revision: Some((7, 7)),
        }],
        ..session(&fixture, "c", vec![])
    };
    let batches = vec![
        session(&fixture, "first", vec![]),
        session(&fixture, "a", vec![]),
        session(&fixture, "b", twice()),
        stale,
        session(&fixture, "d", vec![unfit]),
        session(&fixture, "e", vec![]),
        // About a session that another one of them is about.
        session(&fixture, "a", vec![]),
    ];
    let applied = batches
        .into_iter()
        .map(|batch| ports.records().apply(batch));
    let applied: Vec<_> = join_all(applied).await.into_iter().map(code).collect();
    let unfit = applied[4];
    assert_ne!(unfit, "ok");
    let wanted = [
        "ok",
        "ok",
        "TransactionAborted",
        "StaleHandle",
        unfit,
        "ok",
        "StaleHandle",
    ];
    assert_eq!(applied, wanted);
    for (name, there) in [
        ("a", true),
        ("b", false),
        ("c", false),
        ("d", false),
        ("e", true),
    ] {
        assert_eq!(is_there(&ports, name).await, there, "{name}");
    }
}

pub async fn records_go_if_they_may<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let names = ["a", "b", "c", "d"];
    let places = names.map(|name| place(&fixture, Key::text(name)));
    for place in places.iter().filter(|place| place.key != Key::text("d")) {
        fixture.plant(place, &found()).await;
    }
    let asked = RefCell::new(Vec::new());
    let goes = |index: usize, _: &BodyOf<F>| {
        asked.borrow_mut().push(index);
        index != 1
    };
    let then = marked(&fixture);
    ports.sources().remove(&places, &goes, then).await.unwrap();
    assert_eq!(
        asked.into_inner(),
        [0, 1, 2],
        "what is not there is not judged"
    );
    for (place, there) in places.iter().zip([false, true, false, false]) {
        assert_eq!(fixture.raw(place).await.is_some(), there, "{}", place.key);
    }
    assert!(was_applied(&ports).await);
}

pub async fn records_stay_where_the_conditions_do_not_hold<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let places = ["a", "b"].map(|name| place(&fixture, Key::text(name)));
    for place in &places {
        fixture.plant(place, &found()).await;
    }
    let then = Batch {
        expect: vec![Expect {
            id: Key::text("a"),
            revision: Some((1, 1)),
        }],
        ..marked(&fixture)
    };
    let removed = ports.sources().remove(&places, &|_, _| true, then).await;
    assert_eq!(code(removed), "StaleHandle");
    for place in &places {
        assert!(fixture.raw(place).await.is_some(), "{}", place.key);
    }
    assert!(!was_applied(&ports).await);
}

pub async fn where_there_is_no_store_the_batch_is_applied<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let places = [place(&fixture, Key::text("a"))];
    let then = marked(&fixture);
    ports
        .sources()
        .remove(&places, &|_, _| true, then)
        .await
        .unwrap();
    assert!(was_applied(&ports).await);
}
