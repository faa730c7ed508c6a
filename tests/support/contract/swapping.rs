//! The checked write in a source.

use super::fixture::{BodyOf, Fixture};
use super::given::{apply, batch, id, keys, place, put_manifest};
use crate::support::checked::replace_if;
use crate::support::value::Value;
use restow::domain::digest::Digest;
use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::error::Result;
use restow::ports::{Batch, Bodies, Change, Durability, Ports, Records, Sources, Swap, Write};
use std::cell::RefCell;

/// A session as it lies in its row.
pub(super) fn found() -> Value {
    Value::json(r#"{ "name": "sessions/s", "data": { "id": "s" }, "timestamp": 1 }"#)
}

/// A batch that can be seen to have been applied.
pub(super) fn marked<F: Fixture>(fixture: &F) -> Batch<BodyOf<F>> {
    Batch {
        durability: Durability::Strict,
        ..batch(vec![put_manifest(1, 1, fixture.body(&Value::Null))])
    }
}

pub(super) async fn was_applied<P: Ports>(ports: &P) -> bool {
    ports.records().manifest(&id()).await.unwrap().is_some()
}

fn outline<P: Ports>(ports: &P, body: &P::Body) -> Digest {
    let measures = ports.bodies().outline(std::slice::from_ref(body), &[]);
    measures.expect("it can be measured")[0].digest
}

/// Replaces what lies at a place if it is just `old`, compared as the engine compares.
pub(super) async fn swap<F: Fixture>(
    fixture: &F,
    ports: &F::Ports,
    place: &Place,
    (old, new): (Option<&Value>, Option<&Value>),
    then: Batch<BodyOf<F>>,
) -> Result<Swap> {
    let old = old.map(|old| outline(ports, &fixture.body(old)));
    let expected = |body: Option<&BodyOf<F>>| body.map(|body| outline(ports, body)) == old;
    let new = new.map(|new| fixture.body(new));
    replace_if(ports.sources(), place, &expected, new.as_ref(), then).await
}

pub async fn a_record_is_replaced_if_it_is_as_expected<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let (old, new) = (found(), Value::json(r#"{ "new": [1, null] }"#));
    // The store is there, whether the record is or not.
    fixture
        .plant(&place(&fixture, Key::text("other")), &old)
        .await;
    for key in keys() {
        for (before, after) in [
            (None, Some(&old)),
            (Some(&old), Some(&new)),
            (Some(&new), Some(&new)),
            (Some(&new), None),
        ] {
            let place = place(&fixture, key.clone());
            assert_eq!(fixture.raw(&place).await.as_ref(), before);
            let result = swap(&fixture, &ports, &place, (before, after), marked(&fixture)).await;
            assert_eq!(result.unwrap(), Swap::Done, "{key:?}");
            assert_eq!(fixture.raw(&place).await.as_ref(), after, "{key:?}");
            assert!(was_applied(&ports).await, "{key:?}");
            apply(&ports, vec![Write::DeleteManifest(id())]).await;
        }
    }
}

pub async fn a_record_that_is_not_as_expected_is_left_alone<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let (old, new) = (found(), Value::from(1.0));
    let changed = old.with("data.id", "S");
    fixture
        .plant(&place(&fixture, Key::text("other")), &old)
        .await;
    for (there, expected) in [
        (None, Some(&old)),
        (Some(&changed), Some(&old)),
        (Some(&old), None),
    ] {
        let place = place(&fixture, Key::text("s"));
        if let Some(there) = there {
            fixture.plant(&place, there).await;
        }
        for new in [Some(&new), None] {
            let result = swap(&fixture, &ports, &place, (expected, new), marked(&fixture)).await;
            assert_eq!(result.unwrap(), Swap::Refused);
            assert_eq!(fixture.raw(&place).await.as_ref(), there);
            assert!(
                !was_applied(&ports).await,
                "a refused swap applied its batch"
            );
        }
    }
}

pub async fn a_record_that_is_to_stay_is_left_alone_and_the_batch_applied<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let odd = super::samples::oddities();
    fixture.plant(&place(&fixture, Key::text("s")), &odd).await;
    let keep = |_: Option<&BodyOf<F>>| Change::Keep;
    for (key, there) in [("s", Some(&odd)), ("none", None)] {
        let place = place(&fixture, Key::text(key));
        let result = ports.sources().replace(&place, &keep, marked(&fixture));
        assert_eq!(result.await.unwrap(), Swap::Done, "{key}");
        assert_eq!(fixture.raw(&place).await.as_ref(), there, "{key}");
        assert!(was_applied(&ports).await, "{key}");
        apply(&ports, vec![Write::DeleteManifest(id())]).await;
    }
    // Where there is not even a database, none is created.
    let nowhere = Area::store(fixture.database("nowhere"), "rows");
    let nowhere = Place::record(nowhere, Key::text("s"));
    let result = ports.sources().replace(&nowhere, &keep, marked(&fixture));
    assert_eq!(result.await.unwrap(), Swap::Done);
    assert!(!fixture.has_database(&fixture.database("nowhere")).await);
}

pub async fn what_is_compared_is_the_record_itself<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let place = place(&fixture, Key::text("s"));
    let value = super::samples::oddities();
    fixture.plant(&place, &value).await;
    let seen = RefCell::new(Vec::new());
    let expected = |body: Option<&BodyOf<F>>| {
        seen.borrow_mut().push(body.cloned());
        true
    };
    let result = replace_if(ports.sources(), &place, &expected, None, marked(&fixture)).await;
    assert_eq!(result.unwrap(), Swap::Done);
    let seen = seen.into_inner();
    assert_eq!(seen.len(), 1, "it was asked more than once");
    let body = seen[0].as_ref().expect("there was a record");
    assert_eq!(fixture.value(body).await, value);
}

pub async fn neighbours_keep_every_byte<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let neighbours: Vec<_> = keys()
        .into_iter()
        .filter(|key| *key != Key::text("5"))
        .collect();
    let value = |number: usize| super::samples::oddities().with("number", number as f64);
    for (number, key) in neighbours.iter().enumerate() {
        fixture
            .plant(&place(&fixture, key.clone()), &value(number))
            .await;
    }
    let row = place(&fixture, Key::text("5"));
    let (one, two) = (found(), Value::Null);
    for (before, after) in [
        (None, Some(&one)),
        (Some(&one), Some(&two)),
        (Some(&two), None),
    ] {
        let result = swap(&fixture, &ports, &row, (before, after), marked(&fixture)).await;
        assert_eq!(result.unwrap(), Swap::Done);
        assert_eq!(fixture.raw(&row).await.as_ref(), after);
        for (number, key) in neighbours.iter().enumerate() {
            let found = fixture.raw(&place(&fixture, key.clone())).await;
            assert_eq!(found, Some(value(number)), "{key:?}");
        }
    }
}

pub async fn a_swap_creates_no_database_of_an_application<F: Fixture>() {
    let (old, new) = (found(), Value::Null);
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let place = place(&fixture, Key::text("s"));
    // What is expected is not there.
    let result = swap(
        &fixture,
        &ports,
        &place,
        (Some(&old), None),
        marked(&fixture),
    )
    .await;
    assert_eq!(result.unwrap(), Swap::Refused);
    assert!(!was_applied(&ports).await);
    // There is no place for a record.
    let result = swap(
        &fixture,
        &ports,
        &place,
        (None, Some(&new)),
        marked(&fixture),
    )
    .await;
    assert!(result.is_err());
    assert!(!was_applied(&ports).await);
    // What is to be removed is gone already.
    let result = swap(&fixture, &ports, &place, (None, None), marked(&fixture)).await;
    assert_eq!(result.unwrap(), Swap::Done);
    assert!(was_applied(&ports).await);
    assert!(
        !fixture.has_database(&fixture.database("app")).await,
        "a swap created a database"
    );
}
