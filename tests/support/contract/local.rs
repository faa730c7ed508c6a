//! localStorage: text under keys that are text, and the checked write there.

use super::conditions::{both, code, conditions, fence, take};
use super::fixture::{BodyOf, Fixture};
use super::given::{NOW, after, apply, id, local, local_source};
use super::swapping::{marked, was_applied};
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::path::Path;
use restow::domain::place::{Holding, Member, Place, Wrapping};
use restow::error::Result;
use restow::ports::{Batch, Bodies, Change, Hold, Ports, Records, Sources, Swap, Write};
use std::cell::{Cell, RefCell};

/// What is to become of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
enum To {
    Refuse,
    Keep,
    Remove,
    Put(&'static str),
}

/// Changes a text, and says whether it was asked what is to become of it, and of what.
async fn change<F: Fixture>(
    fixture: &F,
    ports: &F::Ports,
    place: &Place,
    to: To,
    then: Batch<BodyOf<F>>,
) -> (Result<Swap>, Option<Option<BodyOf<F>>>) {
    let seen = RefCell::new(None);
    let decide = |found: Option<&BodyOf<F>>| {
        let before = seen.replace(Some(found.cloned()));
        assert!(before.is_none(), "it was asked twice");
        match to {
            To::Refuse => Change::Refuse,
            To::Keep => Change::Keep,
            To::Remove => Change::Remove,
            To::Put(text) => Change::Put(fixture.body(&Value::text(text))),
        }
    };
    let result = ports.sources().replace(place, &decide, then).await;
    (result, seen.into_inner())
}

pub async fn keys_of_texts_come_in_their_order<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let under = ["s/", "s/0", "s/10", "s/9", "s/a", "s/😀", "s/\u{FFFD}"];
    for name in under.iter().rev().chain(&["s", "t/a", "S/a"]) {
        let place = local(&fixture, name);
        fixture.plant(&place, &Value::text("text")).await;
    }
    let lone = match fixture.local_key("s/") {
        Key::Text(text) => Key::Units(text.encode_utf16().chain([0xD83D]).collect()),
        other => panic!("{other:?}"),
    };
    let place = Place {
        key: lone.clone(),
        ..local(&fixture, "")
    };
    fixture.plant(&place, &Value::text("text")).await;
    let mut expected: Vec<Key> = under.iter().map(|name| fixture.local_key(name)).collect();
    expected.push(lone);
    expected.sort();
    let source = local_source(&fixture, "s/");
    assert_eq!(ports.sources().keys(&source).await.unwrap(), expected);
    let none = local_source(&fixture, "none/");
    assert_eq!(ports.sources().keys(&none).await.unwrap(), []);
}

pub async fn a_text_is_read_as_it_lies<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let place = local(&fixture, "s");
    assert!(ports.sources().read(&place).await.unwrap().is_none());
    for text in [
        Value::text(""),
        Value::text("null"),
        Value::text(" {\"a\": 1.0}\0\u{FEFF}😀"),
        Value::units(&[0xD800, 0x41, 0xDC00]),
    ] {
        fixture.plant(&place, &text).await;
        let found = ports.sources().read(&place).await.unwrap();
        let found = found.expect("it is there");
        assert_eq!(fixture.value(&found).await, text);
    }
    assert!(!fixture.has_own().await, "looking created our database");
}

pub async fn a_text_becomes_what_it_is_to_become<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for before in [None, Some("old"), Some("")] {
        for to in [
            To::Refuse,
            To::Keep,
            To::Remove,
            To::Put("new"),
            To::Put(""),
        ] {
            let place = local(&fixture, &format!("{before:?} {to:?}"));
            if let Some(text) = before {
                fixture.plant(&place, &Value::text(text)).await;
            }
            let (result, seen) = change(&fixture, &ports, &place, to, marked(&fixture)).await;
            let seen = match seen.expect("it was asked") {
                Some(seen) => Some(fixture.value(&seen).await),
                None => None,
            };
            assert_eq!(seen, before.map(Value::text), "{to:?}");
            let (swap, after) = match to {
                To::Refuse => (Swap::Refused, before),
                To::Keep => (Swap::Done, before),
                To::Remove => (Swap::Done, None),
                To::Put(text) => (Swap::Done, Some(text)),
            };
            assert_eq!(result.unwrap(), swap, "{before:?} {to:?}");
            let found = fixture.raw(&place).await;
            assert_eq!(found, after.map(Value::text), "{before:?} {to:?}");
            // The batch is applied if and only if the change is.
            assert_eq!(was_applied(&ports).await, swap == Swap::Done, "{to:?}");
            apply(&ports, vec![Write::DeleteManifest(id())]).await;
        }
    }
    assert_eq!(
        ports.sources().settle().await,
        [],
        "no one else was writing"
    );
}

pub async fn nothing_but_text_is_put_there<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let place = local(&fixture, "s");
    fixture.plant(&place, &Value::text("old")).await;
    for value in [Value::Null, Value::json("{}"), Value::from(1.0)] {
        let put = |_: Option<&BodyOf<F>>| Change::Put(fixture.body(&value));
        let result = ports
            .sources()
            .replace(&place, &put, marked(&fixture))
            .await;
        assert!(result.is_err(), "{value:?}");
        assert_eq!(fixture.raw(&place).await, Some(Value::text("old")));
        assert!(!was_applied(&ports).await, "{value:?}");
    }
}

pub async fn without_the_lease_no_text_is_written<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let place = local(&fixture, "s");
    fixture.plant(&place, &Value::text("old")).await;
    let other_tab = conditions(Some(take("theirs")), vec![]);
    assert_eq!(code(ports.records().apply(other_tab).await), "ok");
    for (hold, result) in [
        (Hold::Keep, "Fenced"),
        (Hold::Take { force: false }, "Busy"),
    ] {
        for to in [To::Keep, To::Remove, To::Put("new")] {
            let then = Batch {
                fence: Some(fence("ours", hold, NOW, after(1000))),
                ..marked(&fixture)
            };
            let (found, seen) = change(&fixture, &ports, &place, to, then).await;
            assert_eq!(code(found), result, "{hold:?} {to:?}");
            assert!(seen.is_none(), "it was asked without a lease");
            assert_eq!(fixture.raw(&place).await, Some(Value::text("old")));
            assert!(!was_applied(&ports).await);
        }
    }
}

pub async fn a_place_inside_a_text_stands_for_that_text<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let place = local(&fixture, "s");
    fixture.plant(&place, &Value::text("[]")).await;
    let holding = Holding {
        wrapping: Wrapping::default(),
        collection: Path::default(),
        id: Path::dotted("id"),
        checksum: None,
    };
    let inside = place.member(&holding, Member::Index(0));
    let found = ports.sources().read(&inside).await.unwrap();
    let found = found.expect("it is there");
    assert_eq!(fixture.value(&found).await, Value::text("[]"));
    let (result, _) = change(&fixture, &ports, &inside, To::Remove, marked(&fixture)).await;
    assert_eq!(result.unwrap(), Swap::Done);
    assert_eq!(fixture.raw(&place).await, None);
}

pub async fn of_two_tabs_at_once_both_change_what_is_there<F: Fixture>() {
    let fixture = F::new().await;
    let (one, two) = (fixture.open().await, fixture.open().await);
    let place = local(&fixture, "s");
    fixture.plant(&place, &Value::text("")).await;
    let asked = Cell::new(0);
    let longer = async |ports: &F::Ports| {
        let text = |found: Option<&BodyOf<F>>| {
            asked.set(asked.get() + 1);
            match found {
                Some(found) => match ports.bodies().text(found, &Path::default()) {
                    Some(text) => Change::Put(fixture.body(&Value::text(format!("{text}x")))),
                    None => Change::Refuse,
                },
                None => Change::Refuse,
            }
        };
        let result = ports
            .sources()
            .replace(&place, &text, marked(&fixture))
            .await;
        assert_eq!(result.unwrap(), Swap::Done);
    };
    for _ in 0..5 {
        both(longer(&one), longer(&two)).await;
    }
    assert_eq!(asked.get(), 10);
    assert_eq!(fixture.raw(&place).await, Some(Value::text("x".repeat(10))));
}
