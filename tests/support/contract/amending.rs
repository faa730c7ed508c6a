//! Carrying out the changes of limits.

use super::fixture::{BodyOf, Fixture};
use super::measuring::refused;
use crate::support::value::Value;
use restow::domain::limits::{Change, Edit, Scalar};
use restow::domain::path::Path;
use restow::ports::{Amended, Bodies, Ports};

fn edit(path: &str, change: Change) -> Edit {
    Edit {
        path: Path::dotted(path),
        change,
    }
}

fn truncate(path: &str, from: u32, to: u32) -> Edit {
    edit(path, Change::Truncate { from, to })
}

fn amended<F: Fixture>(
    ports: &F::Ports,
    body: &BodyOf<F>,
    edits: &[Edit],
) -> Option<Amended<BodyOf<F>>> {
    let edits: Vec<_> = edits.iter().collect();
    ports.bodies().amend(body, &edits)
}

/// What becomes of a value, which itself must stay as it was.
async fn after<F: Fixture>(value: &Value, edits: &[Edit]) -> Value {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let body = fixture.body(value);
    let amended = amended::<F>(&ports, &body, edits);
    let amended = amended.unwrap_or_else(|| panic!("{edits:?} can't be carried out"));
    let original = fixture.value(&body).await;
    assert_eq!(&original, value, "amending changed what it was given");
    fixture.value(&amended.body).await
}

pub async fn a_value_is_set_where_it_stands<F: Fixture>() {
    let value = Value::json(r#"{ "z": 1, "list": [{ "n": 1 }, 2], "a": { "b": "x" }, "7": 0 }"#);
    let number = Scalar::parse(&30.into()).expect("it is a number");
    for (path, scalar, expected) in [
        ("z", Scalar::Null, Value::Null),
        ("list.0.n", number.clone(), 30.0.into()),
        ("list.1", Scalar::Bool(false), false.into()),
        ("a.b", Scalar::Text("y".into()), "y".into()),
        ("7", number, 30.0.into()),
    ] {
        let found = after::<F>(&value, &[edit(path, Change::Set(scalar))]).await;
        assert_eq!(found, value.with(path, expected), "`{path}`");
    }
}

pub async fn a_field_goes_and_the_others_keep_their_order<F: Fixture>() {
    let value = Value::object([
        ("z", Value::Undefined),
        ("a", Value::json(r#"{ "x": 1, "y": 2 }"#)),
        ("__proto__", Value::Null),
        ("b", 3.0.into()),
    ]);
    for (path, expected) in [
        ("z", value_without(&value, "z")),
        ("__proto__", value_without(&value, "__proto__")),
        ("a.x", value.with("a", Value::json(r#"{ "y": 2 }"#))),
    ] {
        let found = after::<F>(&value, &[edit(path, Change::Remove)]).await;
        assert_eq!(found, expected, "`{path}`");
    }
}

fn value_without(value: &Value, key: &str) -> Value {
    let keys = ["z", "a", "__proto__", "b"].into_iter();
    let others = keys.filter(|own| *own != key);
    Value::object(others.map(|own| (own, value.child(own).unwrap_or(Value::Null))))
}

pub async fn items_go_and_those_behind_move_up<F: Fixture>() {
    let array = Value::sparse(
        9,
        [
            (0, "a".into()),
            (2, "c".into()),
            (3, Value::Undefined),
            (6, "g".into()),
        ],
    );
    // A stored property of that name must not be taken for the array's constructor.
    for extra in ["note", "constructor"] {
        let array = array.clone().extra(extra, Value::Null);
        let value = Value::object([("list", array)]);
        let edits = [
            edit("list.6", Change::Remove),
            edit("list.2", Change::Remove),
        ];
        let expected = Value::sparse(7, [(0, "a".into()), (2, Value::Undefined)]);
        let expected = Value::object([("list", expected.extra(extra, Value::Null))]);
        assert_eq!(after::<F>(&value, &edits).await, expected, "{extra}");
    }
}

pub async fn an_array_keeps_its_beginning_or_its_end<F: Fixture>() {
    let array = Value::sparse(6, [(0, "a".into()), (2, "c".into()), (4, "e".into())]);
    let value = Value::object([("list", array.extra("note", Value::json("[1]")))]);
    for (from, to, expected) in [
        (0, 4, Value::sparse(4, [(0, "a".into()), (2, "c".into())])),
        (1, 6, Value::sparse(5, [(1, "c".into()), (3, "e".into())])),
        (6, 6, Value::list([])),
        (
            0,
            99,
            Value::sparse(6, [(0, "a".into()), (2, "c".into()), (4, "e".into())]),
        ),
    ] {
        let found = after::<F>(&value, &[truncate("list", from, to)]).await;
        let expected = expected.extra("note", Value::json("[1]"));
        assert_eq!(found, Value::object([("list", expected)]), "{from}..{to}");
    }
}

pub async fn a_text_is_never_cut_through_a_pair<F: Fixture>() {
    for (units, from, to, expected) in [
        (&[0x61, 0x62, 0x63][..], 0, 2, &[0x61, 0x62][..]),
        (&[0x61, 0x62, 0x63], 1, 3, &[0x62, 0x63]),
        (&[0x61, 0xD83D, 0xDE00, 0x62], 0, 2, &[0x61]),
        (&[0x61, 0xD83D, 0xDE00, 0x62], 2, 4, &[0x62]),
        (&[0x61, 0xD83D, 0xDE00, 0x62], 0, 3, &[0x61, 0xD83D, 0xDE00]),
        (&[0xD83D, 0xDE00], 1, 1, &[]),
        (&[0xD83D, 0xDE00], 1, 2, &[]),
        // What had no partner before is no half of a pair.
        (&[0x61, 0xD83D, 0x62], 0, 2, &[0x61, 0xD83D]),
        (&[0x61, 0xDE00], 1, 2, &[0xDE00]),
    ] {
        let value = Value::object([("text", Value::units(units))]);
        let found = after::<F>(&value, &[truncate("text", from, to)]).await;
        let expected = Value::object([("text", Value::units(expected))]);
        assert_eq!(found, expected, "{units:x?}, {from}..{to}");
    }
}

pub async fn many_changes_are_carried_out_in_their_order<F: Fixture>() {
    let value = Value::json(
        r#"{ "list": [{ "n": 1, "m": 1 }, { "n": 2 }, { "n": 3 }], "tags": ["a", "b", "c"] }"#,
    );
    let edits = [
        edit("list.0.n", Change::Set(Scalar::Null)),
        edit("list.2.n", Change::Set(Scalar::Bool(true))),
        truncate("tags", 1, 3),
        edit("tags.0", Change::Set(Scalar::Null)),
        edit("list.0.m", Change::Remove),
        edit("list.1", Change::Remove),
        edit("list.1.n", Change::Remove),
    ];
    let expected = Value::json(r#"{ "list": [{ "n": null }, {}], "tags": [null, "c"] }"#);
    assert_eq!(after::<F>(&value, &edits).await, expected);
    assert_eq!(after::<F>(&value, &[]).await, value);
}

pub async fn what_cannot_be_changed_is_told<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let value = Value::json(r#"{ "list": [1], "text": "t", "number": 5 }"#);
    let body = fixture.body(&value);
    for edit in [
        edit("", Change::Set(Scalar::Null)),
        edit("", Change::Remove),
        edit("nothing", Change::Remove),
        edit("nothing", Change::Set(Scalar::Null)),
        edit("list.1", Change::Set(Scalar::Null)),
        edit("list.1", Change::Remove),
        edit("text.0", Change::Remove),
        edit("number.x", Change::Set(Scalar::Null)),
        truncate("number", 0, 1),
        truncate("nothing", 0, 1),
    ] {
        let found = amended::<F>(&ports, &body, std::slice::from_ref(&edit));
        assert!(found.is_none(), "{edit:?}");
    }
    assert_eq!(fixture.value(&body).await, value);
}

pub async fn what_is_referred_to_from_elsewhere_is_told<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let shared = Value::json(r#"{ "n": 5, "list": [1, 2] }"#);
    let value = Value::object([
        ("a", shared.clone()),
        ("b", shared),
        ("c", Value::json("{}")),
    ]);
    let body = fixture.body(&value);
    let set = |path: &str| edit(path, Change::Set(Scalar::Null));
    for (edits, code) in [
        // Of two places of one object only one would change.
        ([set("a.n"), set("a.n")], Some("SharedObject")),
        ([truncate("b.list", 0, 1), set("a.n")], Some("SharedObject")),
        // Neither place leads to what was there.
        ([set("a"), truncate("b.list", 0, 1)], None),
        ([set("a"), set("b.n")], None),
        ([set("c"), set("a")], None),
    ] {
        let amended = amended::<F>(&ports, &body, &edits).expect("it can be changed");
        let pieces = [amended.body];
        let found = refused::<F>(&ports, &pieces, &amended.moved).await;
        assert_eq!(found, code, "{edits:?}");
    }
}
