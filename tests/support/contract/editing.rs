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
    for path in ["a.2", "a.-1", "a.00", "b", "a.1.x", "a.0.b.c"] {
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

pub async fn only_an_array_has_a_length<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (value, len) in [
        (Value::list([]), Some(0)),
        (Value::sparse(1000, [(3, Value::Null)]), Some(1000)),
        (Value::json("[1, 2]").extra("x", 1.0), Some(2)),
        (Value::json(r#"{ "length": 3 }"#), None),
        (Value::text("text"), None),
        (Value::bytes(&[1]), None),
        (Value::Null, None),
        (Value::Undefined, None),
    ] {
        assert_eq!(ports.bodies().len(&fixture.body(&value)), len, "{value:?}");
    }
}

pub async fn slices_keep_holes_and_leave_properties<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let items = [
        (1, Value::Undefined),
        (2, Value::Null),
        (4, Value::json("{}")),
    ];
    let value = Value::sparse(6, items).extra("x", 1.0);
    let array = fixture.body(&value);
    for (from, to) in [
        (0, 0),
        (0, 1),
        (0, 6),
        (1, 3),
        (2, 5),
        (4, 6),
        (5, 6),
        (6, 6),
        (3, 99),
    ] {
        let slice = ports.bodies().slice(&array, from, to);
        assert_eq!(
            fixture.value(&slice).await,
            value.slice(from, to),
            "{from} to {to}"
        );
    }
    assert_eq!(
        fixture.value(&array).await,
        value,
        "slicing changed what it was given"
    );
}

pub async fn arrays_are_put_one_behind_the_other<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let values = [
        Value::sparse(3, [(1, Value::Null)]),
        Value::list([]),
        Value::json("[[1, 2], { \"x\": 1 }]"),
        Value::sparse(2, []),
    ];
    let arrays = values.each_ref().map(|value| fixture.body(value));
    let all = ports.bodies().concat(&arrays);
    assert_eq!(fixture.value(&all).await, Value::concat(&values));
    assert_eq!(ports.bodies().len(&all), Some(7));
    for (array, value) in arrays.iter().zip(&values) {
        assert_eq!(
            fixture.value(array).await,
            *value,
            "joining changed what it was given"
        );
    }
    assert_eq!(
        fixture.value(&ports.bodies().concat(&[])).await,
        Value::list([])
    );
}

pub async fn null_is_null<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    assert_eq!(fixture.value(&ports.bodies().null()).await, Value::Null);
}
