//! What limits ask of a body.

use super::fixture::Fixture;
use crate::support::value::Value;
use restow::domain::limits::{Fact, MAX_UNITS};
use restow::domain::path::Path;
use restow::ports::{Bodies, Ports};

pub async fn a_fact_tells_what_a_value_is<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let other = |name: &str| Fact::Other(name.into());
    for (value, expected) in [
        (Value::Undefined, Fact::Undefined),
        (Value::Null, Fact::Null),
        (Value::Bool(true), Fact::Bool(true)),
        (Value::Number(-12.5), Fact::Number(-12.5)),
        (Value::Number(f64::INFINITY), Fact::Number(f64::INFINITY)),
        (Value::text("a😀"), Fact::text("a😀")),
        (Value::text(""), Fact::text("")),
        (Value::json("[1, 2]"), Fact::Array(2)),
        (Value::sparse(7, [(3, Value::Null)]), Fact::Array(7)),
        (Value::json("{}"), Fact::Object),
        (Value::bytes(&[1]), other("ArrayBuffer")),
        (Value::blob(&[1]), other("Blob")),
    ] {
        let body = fixture.body(&Value::object([("v", value.clone())]));
        let found = ports.bodies().fact(&body, &Path::dotted("v"));
        assert_eq!(found, expected, "{value:?}");
        let itself = fixture.body(&value);
        assert_eq!(ports.bodies().fact(&itself, &Path::default()), expected);
    }
    for (number, is_itself) in [
        (f64::NAN, f64::is_nan as fn(f64) -> bool),
        (-0.0, |zero| zero == 0.0 && zero.is_sign_negative()),
    ] {
        let body = fixture.body(&Value::Number(number));
        let found = ports.bodies().fact(&body, &Path::default());
        assert!(matches!(found, Fact::Number(found) if is_itself(found)));
    }
}

pub async fn a_fact_is_told_of_own_values_alone<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let text = r#"{ "list": [1], "text": "t", "null": null, "a.b": 1, "deep": { "x": [2] } }"#;
    let value = Value::json(text);
    let value = value.with("list", Value::json("[1]").extra("own", Value::Null));
    let body = fixture.body(&value);
    for path in [
        "nothing",
        "nothing.at.all",
        "list.1",
        "list.length",
        "list.own",
        "list.00",
        "text.0",
        "text.length",
        "null.x",
        "a.b",
        "toString",
        "constructor",
        "__proto__",
    ] {
        let found = ports.bodies().fact(&body, &Path::dotted(path));
        assert_eq!(found, Fact::Missing, "`{path}`");
    }
    let at = |keys: &[&str]| Path(keys.iter().map(|key| (*key).to_owned()).collect());
    for path in [at(&["a.b"]), at(&["list", "0"])] {
        assert_eq!(ports.bodies().fact(&body, &path), Fact::Number(1.0));
    }
    let deep = ports.bodies().fact(&body, &Path::dotted("deep.x.0"));
    assert_eq!(deep, Fact::Number(2.0));
}

pub async fn of_a_long_text_its_beginning_is_told<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let most = MAX_UNITS as usize;
    let whole = "a".repeat(most);
    let halved = format!("{}😀b", "a".repeat(most - 1));
    for (text, told, units, exact) in [
        (whole.clone(), whole.clone(), MAX_UNITS, true),
        (format!("{whole}bc"), whole, MAX_UNITS + 2, false),
        (
            halved,
            format!("{}\u{FFFD}", "a".repeat(most - 1)),
            MAX_UNITS + 2,
            false,
        ),
    ] {
        let body = fixture.body(&Value::text(text));
        let found = ports.bodies().fact(&body, &Path::default());
        let expected = Fact::Text {
            text: told,
            units,
            exact,
        };
        assert!(found == expected, "{} units", units);
    }
    let broken = fixture.body(&Value::units(&[0x61, 0xD800, 0x62]));
    let expected = Fact::Text {
        text: "a\u{FFFD}b".into(),
        units: 3,
        exact: false,
    };
    assert_eq!(ports.bodies().fact(&broken, &Path::default()), expected);
}

pub async fn keys_are_those_of_items_and_values<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let sparse = Value::sparse(12, [(2, Value::Null), (10, Value::Undefined)]);
    let named = Value::object([
        ("z", Value::Null),
        ("10", Value::Null),
        ("__proto__", Value::Null),
        ("", Value::Null),
    ]);
    let value = Value::object([
        ("list", sparse.extra("own", Value::Null)),
        ("named", named),
        ("text", "abc".into()),
        ("bytes", Value::bytes(&[1])),
    ]);
    let body = fixture.body(&value);
    for (path, expected) in [
        ("list", &["2", "10"][..]),
        ("named", &["10", "z", "__proto__", ""]),
        ("text", &[]),
        ("bytes", &[]),
        ("nothing", &[]),
        ("list.2", &[]),
    ] {
        let found = ports.bodies().keys(&body, &Path::dotted(path));
        assert_eq!(found, expected, "`{path}`");
    }
    let all = ports.bodies().keys(&body, &Path::default());
    assert_eq!(all, ["list", "named", "text", "bytes"]);
}
