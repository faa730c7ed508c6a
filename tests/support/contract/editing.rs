//! Reading and changing single values.

use super::fixture::Fixture;
use crate::support::value::Value;
use restow::domain::path::Path;
use restow::ports::{Bodies, Ports};

pub async fn a_value_is_found_at_its_path<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let value = Value::json(r#"{ "a": [{ "b": null }, 5], "": { "": "x" }, "a.b": 1 }"#);
    let body = fixture.body(&value);
    for (path, json) in [
        (vec![], None),
        (vec!["a", "0", "b"], Some("null")),
        (vec!["a", "1"], Some("5")),
        (vec!["", ""], Some("\"x\"")),
        (vec!["a.b"], Some("1")),
    ] {
        let path = Path(path.into_iter().map(str::to_owned).collect());
        let found = ports.bodies().get(&body, &path);
        let found = found.unwrap_or_else(|| panic!("nothing at `{path}`"));
        let expected = json.map_or_else(|| value.clone(), Value::json);
        assert_eq!(fixture.value(&found).await, expected, "at `{path}`");
    }
    for path in ["a.2", "a.length", "a.-1", "a.00", "b", "a.1.x", "a.0.b.c"] {
        assert!(
            ports.bodies().get(&body, &Path::dotted(path)).is_none(),
            "at `{path}`"
        );
    }
}

pub async fn setting_makes_a_copy_with_the_value<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let text = r#"{ "z": 1, "list": [{ "n": 1 }, 2], "object": { "b": 1, "a": 2 }, "a": null }"#;
    let value = Value::json(text);
    let body = fixture.body(&value);
    for path in [
        "z",
        "new",
        "object.b",
        "object.new",
        "object.__proto__",
        "__proto__",
        "list.0",
        "list.0.n",
        "list.0.new",
        "list.1",
        "list.2",
        "7",
    ] {
        for new in [
            Value::json(r#"{ "x": [1] }"#),
            Value::Undefined,
            Value::Null,
        ] {
            let at = Path::dotted(path);
            let changed = ports.bodies().set(&body, &at, &fixture.body(&new));
            let changed = changed.unwrap_or_else(|| panic!("`{path}` can't be set"));
            assert_eq!(
                fixture.value(&changed).await,
                value.with(path, new),
                "at `{path}`"
            );
            assert_eq!(
                fixture.value(&body).await,
                value,
                "setting changed what it was given"
            );
        }
    }
}

pub async fn keys_keep_their_order_when_one_is_set<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let body = fixture.body(&Value::json(r#"{ "z": 1, "10": 2, "a": 3 }"#));
    for (key, json) in [
        ("z", r#"{"10":2,"z":null,"a":3}"#),
        ("new", r#"{"10":2,"z":1,"a":3,"new":null}"#),
        ("9", r#"{"9":null,"10":2,"z":1,"a":3}"#),
        ("11", r#"{"10":2,"11":null,"z":1,"a":3}"#),
        ("09", r#"{"10":2,"z":1,"a":3,"09":null}"#),
    ] {
        let changed = ports
            .bodies()
            .set(&body, &Path::dotted(key), &ports.bodies().null());
        let changed = fixture.value(&changed.expect("it can be set")).await;
        assert_eq!(changed.to_json(), json, "`{key}`");
    }
}

pub async fn setting_the_root_is_the_value_itself<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let new = Value::json(r#"{ "x": 1 }"#);
    let body = fixture.body(&Value::json("[]"));
    let changed = ports
        .bodies()
        .set(&body, &Path::default(), &fixture.body(&new));
    assert_eq!(fixture.value(&changed.expect("it can be set")).await, new);
}

pub async fn setting_needs_a_container_that_the_key_fits<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let text = r#"{ "list": [1], "text": "t", "number": 5, "null": null, "flag": true }"#;
    let value = Value::json(text).with("undefined", Value::Undefined);
    let value = value.with("list", Value::json("[1]").extra("own", Value::json("{}")));
    let body = fixture.body(&value);
    for path in [
        "missing.x",
        "text.0",
        "text.length",
        "number.x",
        "null.x",
        "flag.x",
        "undefined.x",
        "list.x",
        "list.-1",
        "list.01",
        "list.2",
        "list.99",
        "list.own",
        "list.own.x",
        "list.1.5",
        "list.",
        "list.4294967295",
        "list.0.x",
        "__proto__.x",
        "constructor.x",
    ] {
        let changed = ports
            .bodies()
            .set(&body, &Path::dotted(path), &ports.bodies().null());
        assert!(changed.is_none(), "`{path}` was set");
    }
    assert_eq!(fixture.value(&body).await, value);
}

pub async fn null_is_null<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    assert_eq!(fixture.value(&ports.bodies().null()).await, Value::Null);
}
