//! Bodies inside their records, and compressed bodies.

use super::fixture::Fixture;
use crate::support::value::Value;
use restow::domain::path::Path;
use restow::ports::{Bodies, Ports};

/// What a body in a record may look like.
fn records() -> Vec<(&'static str, Value)> {
    let row = r#"{ "name": "sessions/s", "data": { "id": "s" }, "timestamp": 1 }"#;
    let text = r#"{ "checksum": "c", "data": "{\"id\":\"s\"}" }"#;
    vec![
        ("", Value::json(row)),
        ("", Value::text("GZIP_V1:")),
        ("data", Value::json(row)),
        ("data.id", Value::json(row)),
        ("data", Value::json(text)),
        ("1", Value::json(r#"[1, { "id": "s" }, 3]"#)),
        (
            "__proto__",
            Value::json(r#"{ "a": 1, "__proto__": { "id": "s" }, "b": 2 }"#),
        ),
        (
            "7",
            Value::json(r#"{ "10": 1, "7": { "id": "s" }, "b": 2 }"#),
        ),
    ]
}

pub async fn peeling_leaves_null_in_the_place_of_the_body<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (at, value) in records() {
        let at = Path::dotted(at);
        let record = fixture.body(&value);
        let peeled = ports.bodies().peel(&record, &at);
        let (envelope, stored) = peeled.unwrap_or_else(|| panic!("nothing at `{at}`"));
        let expected = value.at(&at).expect("there is something");
        assert_eq!(fixture.value(&stored).await, expected, "at `{at}`");
        let expected = value.change(&at.0, |_| Some(Value::Null));
        assert_eq!(Some(fixture.value(&envelope).await), expected, "at `{at}`");
        assert_eq!(
            fixture.value(&record).await,
            value,
            "peeling changed what it was given"
        );
    }
}

pub async fn wrapping_is_the_inverse_of_peeling<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (at, value) in records() {
        let at = Path::dotted(at);
        let peeled = ports.bodies().peel(&fixture.body(&value), &at);
        let (envelope, stored) = peeled.unwrap_or_else(|| panic!("nothing at `{at}`"));
        let before = fixture.value(&envelope).await;
        let record = ports.bodies().wrap(&envelope, &at, &stored);
        assert_eq!(fixture.value(&record).await, value, "at `{at}`");
        assert_eq!(
            fixture.value(&envelope).await,
            before,
            "wrapping changed what it was given"
        );
    }
}

pub async fn peeling_finds_nothing_where_nothing_lies<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (json, at) in [
        ("{}", "data"),
        (r#"{ "data": null }"#, "data.session"),
        (r#"{ "data": "text" }"#, "data.length"),
        ("\"text\"", "data"),
        ("null", "data"),
        ("[1]", "1"),
        ("{}", "__proto__"),
        ("{}", "constructor"),
    ] {
        let record = fixture.body(&Value::json(json));
        let found = ports.bodies().peel(&record, &Path::dotted(at));
        assert!(found.is_none(), "something at `{at}` of {json}");
    }
}

pub async fn compressed_text_is_decoded<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    // As `JSON.stringify` writes it: an application can't have written anything else.
    let json = r#"{"zeta":[1.5,null,"😀"],"id":"s","__proto__":{},"alpha":0}"#;
    let text = Value::text(fixture.gzip(json).await);
    let stored = fixture.body(&text);
    let decoded = ports.bodies().decode(&stored).await.expect("it is sound");
    let decoded = decoded.expect("it is compressed text");
    assert_eq!(fixture.value(&decoded).await, Value::json(json));
    assert_eq!(fixture.value(&stored).await, text);
}

pub async fn anything_else_is_its_own_decoding<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for value in [
        Value::json(r#"{ "id": "s" }"#),
        Value::json(r#"["GZIP_V1:"]"#),
        Value::text(""),
        Value::text("gzip_v1:abc"),
        Value::text(" GZIP_V1:abc"),
        Value::text("{\"id\":\"s\"}"),
        Value::Null,
        Value::Undefined,
        Value::units(&[0xD800]),
    ] {
        let decoded = ports.bodies().decode(&fixture.body(&value)).await;
        assert!(matches!(decoded, Ok(None)), "{value:?}");
    }
}

pub async fn compressed_text_that_would_not_come_back_is_broken<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (json, code) in [
        (r#"{"id":"s"}"#, None),
        (
            r#"{"b":["\n\"\\\u0001é",-5e-7,1e+21,true],"7":{"a":{}},"":[]}"#,
            Some("JsonNotExact"),
        ),
        (
            r#"{"7":{"a":{}},"b":["\n\"\\\u0001é",-5e-7,1e+21,true],"":[]}"#,
            None,
        ),
        (r#"{"id": "s"}"#, Some("JsonNotExact")),
        (r#"{"id":9007199254740993}"#, Some("JsonNotExact")),
        (r#"{"id":-0}"#, Some("JsonNotExact")),
        (r#"{"id":1.0}"#, Some("JsonNotExact")),
        (r#"{"id":"s","id":"s"}"#, Some("JsonNotExact")),
        (r#"{"b":1,"1":2}"#, Some("JsonNotExact")),
        (r#"{"id":"\u0073"}"#, Some("JsonNotExact")),
    ] {
        let stored = fixture.body(&Value::text(fixture.gzip(json).await));
        let decoded = ports.bodies().decode(&stored).await;
        assert_eq!(decoded.err().map(|broken| broken.code), code, "{json}");
    }
}

pub async fn compressed_text_that_is_damaged_is_broken<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let sound = fixture
        .gzip(r#"{ "id": "a session of some length, to be cut" }"#)
        .await;
    let half = sound[..sound.len() / 2].to_owned();
    let no_json = fixture.gzip("no JSON at all").await;
    let empty = fixture.gzip("").await;
    for text in ["GZIP_V1:", "GZIP_V1:%%%%", &half, &no_json, &empty] {
        let decoded = ports
            .bodies()
            .decode(&fixture.body(&Value::text(text)))
            .await;
        let broken = decoded.err().map(|broken| broken.code);
        assert_eq!(broken, Some("GzipUnreadable"), "{text}");
    }
}
