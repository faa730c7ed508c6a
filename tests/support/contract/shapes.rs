//! Looking into a body: shapes, facts and texts.

use super::fixture::Fixture;
use super::samples::names;
use crate::support::value::Value;
use restow::domain::cut::Shape;
use restow::domain::key::Key;
use restow::domain::path::Path;
use restow::domain::recognise::IdFact;
use restow::ports::{Bodies, Ports};

pub async fn a_shape_tells_what_lies_at_a_path<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let value = Value::json(
        r#"{ "empty": "", "text": "t", "list": [1, { "x": [] }], "object": {}, "number": 0,
            "flag": false, "null": null }"#,
    );
    let value = value.with("sparse", Value::sparse(9, [(4, Value::Null)]));
    let value = value
        .with("lone", Value::units(&[0xD800]))
        .with("bytes", Value::bytes(&[]));
    let body = fixture.body(&value);
    for (path, shape) in [
        ("", Shape::Object),
        ("empty", Shape::Text { empty: true }),
        ("text", Shape::Text { empty: false }),
        ("lone", Shape::Text { empty: false }),
        ("list", Shape::Array(2)),
        ("sparse", Shape::Array(9)),
        ("list.1.x", Shape::Array(0)),
        ("object", Shape::Object),
        ("bytes", Shape::Object),
        ("number", Shape::Primitive),
        ("flag", Shape::Primitive),
        ("null", Shape::Primitive),
        ("missing", Shape::Missing),
        ("missing.deeper", Shape::Missing),
        ("text.length", Shape::Missing),
        ("null.x", Shape::Missing),
        ("number.x", Shape::Missing),
        ("list.2", Shape::Missing),
        ("sparse.0", Shape::Missing),
        ("list.01", Shape::Missing),
    ] {
        assert_eq!(
            ports.bodies().shape(&body, &Path::dotted(path)),
            shape,
            "at `{path}`"
        );
    }
}

pub async fn nothing_is_found_that_a_prototype_lends<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let plain = fixture.body(&Value::json(r#"{ "list": [], "text": "t" }"#));
    for path in [
        "__proto__",
        "constructor",
        "toString",
        "list.map",
        "text.trim",
        "__proto__.x",
    ] {
        let path = Path::dotted(path);
        assert_eq!(
            ports.bodies().shape(&plain, &path),
            Shape::Missing,
            "at `{path}`"
        );
        assert!(ports.bodies().get(&plain, &path).is_none(), "at `{path}`");
    }
    let own = names();
    let body = fixture.body(&own);
    for path in [
        "__proto__",
        "constructor",
        "toString",
        "__proto__.polluted",
        "summary.valueOf",
    ] {
        let found = ports.bodies().get(&body, &Path::dotted(path));
        let found = found.unwrap_or_else(|| panic!("nothing at `{path}`"));
        assert_eq!(fixture.value(&found).await, own.get(path), "at `{path}`");
    }
}

pub async fn facts_tell_an_id_from_what_is_none<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let lone = Value::units(&[0x61, 0xD800]);
    for (id, fact) in [
        (Value::text("s"), IdFact::Id(Key::text("s"))),
        (Value::text(""), IdFact::Id(Key::text(""))),
        (Value::text("5"), IdFact::Id(Key::text("5"))),
        (Value::from(5.0), IdFact::Id(Key::Number(5.0))),
        (Value::from(-0.0), IdFact::Id(Key::Number(0.0))),
        (lone, IdFact::Id(Key::Units(vec![0x61, 0xD800]))),
        (Value::Undefined, IdFact::Missing),
    ] {
        let body = fixture.body(&Value::object([("meta", Value::object([("id", id)]))]));
        assert_eq!(
            ports
                .bodies()
                .facts(&body, Some(&Path::dotted("meta.id")))
                .id,
            fact
        );
        assert_eq!(
            ports.bodies().facts(&body, Some(&Path::dotted("id"))).id,
            IdFact::Missing
        );
    }
    let none = [
        Value::Null,
        true.into(),
        f64::NAN.into(),
        Value::list([]),
        Value::bytes(&[1]),
    ];
    for id in none {
        let body = fixture.body(&Value::object([("id", id.clone())]));
        let fact = ports.bodies().facts(&body, Some(&Path::dotted("id"))).id;
        assert!(matches!(fact, IdFact::Invalid(_)), "{id:?} is {fact:?}");
    }
}

pub async fn facts_tell_objects_and_the_fields_of_applications<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (json, is_object, storage_version, backup) in [
        ("{}", true, false, false),
        (r#"{ "storageVersion": 2 }"#, true, true, false),
        (
            r#"{ "session": {}, "backupCreatedAt": "then" }"#,
            true,
            false,
            true,
        ),
        (r#"{ "session": {} }"#, true, false, false),
        (r#"{ "backupCreatedAt": "then" }"#, true, false, false),
        ("[]", false, false, false),
        ("null", false, false, false),
        ("\"text\"", false, false, false),
        ("5", false, false, false),
    ] {
        let body = fixture.body(&Value::json(json));
        let facts = ports.bodies().facts(&body, Some(&Path::dotted("id")));
        let found = (facts.is_object, facts.storage_version, facts.backup);
        assert_eq!(found, (is_object, storage_version, backup), "{json}");
        assert_eq!(facts.id, IdFact::Missing, "{json}");
    }
}

pub async fn text_is_found_only_where_text_lies<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let body = fixture.body(&Value::json(
        r#"{ "a": { "b": "text 😀" }, "empty": "", "n": 5, "l": ["x"], "null": null }"#,
    ));
    for (path, text) in [
        ("a.b", Some("text 😀")),
        ("empty", Some("")),
        ("l.0", Some("x")),
        ("a", None),
        ("n", None),
        ("l", None),
        ("null", None),
        ("missing", None),
        ("missing.b", None),
    ] {
        let found = ports.bodies().text(&body, &Path::dotted(path));
        assert_eq!(found.as_deref(), text, "at `{path}`");
    }
}
