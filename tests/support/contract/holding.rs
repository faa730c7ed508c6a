//! Values that hold many sessions: what they hold, and the same without some of it.

use super::fixture::{BodyOf, Fixture};
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::path::Path;
use restow::domain::recognise::{Broken, IdFact};
use restow::ports::{Bodies, Insert, Member, Ports};
use std::collections::BTreeSet;

/// What lies at a path of a value, as the ports tell it.
pub(super) async fn members<F: Fixture>(
    fixture: &F,
    held: &Value,
    at: &str,
) -> Result<Vec<Member<BodyOf<F>>>, Broken> {
    let ports = fixture.open().await;
    let held = fixture.body(held);
    let (at, id) = (Path::dotted(at), Path::dotted("id"));
    ports.bodies().members(&held, &at, &id)
}

/// The same without some members, and with another one.
pub(super) async fn splice<F: Fixture>(
    fixture: &F,
    held: &Value,
    at: &str,
    remove: &[usize],
    insert: Option<(u32, Option<&str>, &Value)>,
) -> Option<Value> {
    let ports = fixture.open().await;
    let body = fixture.body(held);
    let insert = insert.map(|(position, name, body)| Insert {
        position,
        name: name.map(Key::text),
        body: fixture.body(body),
    });
    let remove: BTreeSet<usize> = remove.iter().copied().collect();
    let (at, bodies) = (Path::dotted(at), ports.bodies());
    let spliced = bodies.splice(&body, &at, &remove, insert.as_ref());
    let after = fixture.value(&body).await;
    assert_eq!(after, *held, "splicing changed what it was given");
    match spliced {
        None => None,
        Some(spliced) => Some(fixture.value(&spliced).await),
    }
}

fn odd(id: &str) -> Value {
    super::samples::oddities().with("id", id)
}

fn numbers(numbers: &[f64]) -> Value {
    Value::list(numbers.iter().copied().map(Value::from))
}

pub async fn an_array_holds_its_items_and_its_holes_are_none<F: Fixture>() {
    let fixture = F::new().await;
    let items = [
        (1, odd("a")),
        (2, Value::json(r#"{ "id": 5 }"#)),
        (4, Value::Null),
        (5, Value::Undefined),
    ];
    let list = Value::sparse(9, items.clone()).extra("x", 1.0);
    for (held, at) in [(list.clone(), ""), (Value::object([("all", list)]), "all")] {
        let found = members(&fixture, &held, at).await.expect("there are some");
        let ids: Vec<_> = found.iter().map(|one| one.facts.id.clone()).collect();
        let id = |id: Key| IdFact::Id(id);
        let expected = [
            id(Key::text("a")),
            id(Key::Number(5.0)),
            IdFact::Missing,
            IdFact::Missing,
        ];
        assert_eq!(ids, expected);
        let objects: Vec<_> = found.iter().map(|one| one.facts.is_object).collect();
        assert_eq!(objects, [true, true, false, false]);
        for (member, (_, item)) in found.iter().zip(&items) {
            assert_eq!((&member.name, &member.broken), (&None, &None));
            assert_eq!(fixture.value(&member.body).await, *item);
        }
    }
}

pub async fn a_map_holds_its_values_under_their_names<F: Fixture>() {
    let fixture = F::new().await;
    let entries = [
        ("10", Value::json(r#"{ "id": 10 }"#)),
        ("b", odd("b")),
        ("__proto__", odd("p")),
        ("", Value::from(1.0)),
        ("constructor", odd("c")),
    ];
    let held = Value::object(entries.clone());
    let found = members(&fixture, &held, "").await.expect("there are some");
    let names: Vec<_> = found.iter().map(|one| one.name.clone()).collect();
    let expected = entries.each_ref().map(|(name, _)| Some(Key::text(*name)));
    assert_eq!(names, expected);
    for (member, (name, value)) in found.iter().zip(&entries) {
        assert_eq!(fixture.value(&member.body).await, *value, "{name}");
        assert_eq!(member.broken, None);
    }
}

pub async fn where_no_collection_lies_there_are_no_sessions<F: Fixture>() {
    let fixture = F::new().await;
    let held = Value::json(r#"{ "a": { "b": [] }, "n": null, "t": "text" }"#);
    for at in ["c", "a.c", "a.b.0", "n", "t", "t.length", "__proto__"] {
        let found = members(&fixture, &held, at).await;
        let code = found.err().map(|broken| broken.code);
        assert_eq!(code, Some("NoSessionsThere"), "at `{at}`");
        let spliced = splice(&fixture, &held, at, &[], None).await;
        assert_eq!(spliced, None, "at `{at}`");
    }
    for held in [
        Value::Null,
        Value::Undefined,
        Value::from(1.0),
        Value::bytes(&[1]),
    ] {
        let found = members(&fixture, &held, "").await;
        let code = found.err().map(|broken| broken.code);
        assert_eq!(code, Some("NoSessionsThere"), "{held:?}");
    }
    let empty = members(&fixture, &held, "a.b").await;
    assert!(empty.expect("it is an array").is_empty());
}

pub async fn neighbours_in_an_array_stay_as_they_are<F: Fixture>() {
    let fixture = F::new().await;
    let all = Value::list(["a", "b", "c", "d"].map(odd));
    let before = Value::object([("first", odd("x")), ("all", all), ("last", odd("y"))]);
    for (remove, left) in [
        (&[][..], &["a", "b", "c", "d"][..]),
        (&[0], &["b", "c", "d"]),
        (&[1, 2], &["a", "d"]),
        (&[3], &["a", "b", "c"]),
        (&[0, 1, 2, 3], &[]),
        (&[0, 3, 9], &["b", "c"]),
    ] {
        let after = splice(&fixture, &before, "all", remove, None).await;
        let left = Value::list(left.iter().map(|id| odd(id)));
        assert_eq!(after, Some(before.with("all", left)), "without {remove:?}");
    }
}

pub async fn holes_and_properties_of_an_array_stay<F: Fixture>() {
    let fixture = F::new().await;
    let items = [(1, odd("a")), (2, odd("b")), (5, odd("c"))];
    let before = Value::sparse(8, items).extra("note", odd("kept"));
    let kept = |value: Value| Some(value.extra("note", odd("kept")));
    let after = splice(&fixture, &before, "", &[1], None).await;
    let expected = Value::sparse(7, [(1, odd("a")), (4, odd("c"))]);
    assert_eq!(after, kept(expected));
    let after = splice(&fixture, &before, "", &[0, 1, 2], None).await;
    assert_eq!(after, kept(Value::sparse(5, [])));
    // Before the member that is there now, and behind all of it.
    let new = odd("new");
    let after = splice(&fixture, &before, "", &[0], Some((1, None, &new))).await;
    let items = [(1, odd("b")), (4, new.clone()), (5, odd("c"))];
    assert_eq!(after, kept(Value::sparse(8, items)));
    let after = splice(&fixture, &before, "", &[2], Some((9, None, &new))).await;
    let items = [(1, odd("a")), (2, odd("b")), (7, new)];
    assert_eq!(after, kept(Value::sparse(8, items)));
}

pub async fn a_member_is_put_in_where_it_stood<F: Fixture>() {
    let fixture = F::new().await;
    let new = Value::from(9.0);
    for (before, remove, position, after) in [
        (&[][..], &[][..], 0, &[9.0][..]),
        (&[], &[], 5, &[9.0]),
        (&[1.0, 2.0], &[], 0, &[9.0, 1.0, 2.0]),
        (&[1.0, 2.0], &[], 1, &[1.0, 9.0, 2.0]),
        (&[1.0, 2.0], &[], 2, &[1.0, 2.0, 9.0]),
        (&[1.0, 2.0], &[], u32::MAX, &[1.0, 2.0, 9.0]),
        (&[1.0, 2.0], &[0], 1, &[2.0, 9.0]),
        (&[1.0, 2.0], &[0, 1], 1, &[9.0]),
    ] {
        let inserted = (position, None, &new);
        let found = splice(&fixture, &numbers(before), "", remove, Some(inserted)).await;
        assert_eq!(found, Some(numbers(after)), "{before:?} at {position}");
    }
    // An array knows no names.
    let named = Some((0, Some("x"), &new));
    assert_eq!(splice(&fixture, &numbers(&[]), "", &[], named).await, None);
}

pub async fn neighbours_in_a_map_stay_as_they_are<F: Fixture>() {
    let fixture = F::new().await;
    let names = ["2", "10", "b", "__proto__", "a"];
    let map = |names: &[&str]| Value::object(names.iter().map(|name| (*name, odd(name))));
    let before = map(&names);
    for (remove, insert, after) in [
        (&[][..], None, &names[..]),
        (&[1, 2], None, &["2", "__proto__", "a"]),
        (&[3], None, &["2", "10", "b", "a"]),
        (&[0, 1, 2, 3, 4], None, &[]),
        (
            &[],
            Some((3, "new")),
            &["2", "10", "b", "new", "__proto__", "a"],
        ),
        (&[2], Some((2, "b")), &["2", "10", "b", "__proto__", "a"]),
        (
            &[3],
            Some((3, "__proto__")),
            &["2", "10", "b", "__proto__", "a"],
        ),
        // Whole numbers come first, wherever they are put.
        (
            &[],
            Some((9, "7")),
            &["2", "7", "10", "b", "__proto__", "a"],
        ),
        (&[0, 1, 2, 3, 4], Some((9, "new")), &["new"]),
    ] {
        let body = insert.map(|(_, name)| odd(name));
        let insert = insert.zip(body.as_ref());
        let insert = insert.map(|((position, name), body)| (position, Some(name), body));
        let found = splice(&fixture, &before, "", remove, insert).await;
        assert_eq!(found, Some(map(after)), "without {remove:?}");
    }
    let body = odd("a");
    for name in [Some("a"), None] {
        let taken = Some((0, name, &body));
        assert_eq!(splice(&fixture, &before, "", &[], taken).await, None);
    }
}
