//! Text: of ours, parsed, zipped, summed and compared.

use super::fixture::Fixture;
use crate::support::value::Value;
use restow::ports::{Bodies, Ports};

pub async fn text_is_text_and_nothing_else_is<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for text in ["", "a", "😀\0\"", "{}"] {
        let body = ports.bodies().of_text(text);
        assert!(ports.bodies().is_text(&body));
        assert_eq!(fixture.value(&body).await, Value::text(text));
    }
    let lone = fixture.body(&Value::units(&[0xD800]));
    assert!(ports.bodies().is_text(&lone));
    for value in [
        Value::Null,
        Value::Undefined,
        Value::from(1.0),
        Value::json("[\"a\"]"),
        Value::json("{}"),
        Value::bytes(&[65]),
    ] {
        assert!(!ports.bodies().is_text(&fixture.body(&value)), "{value:?}");
    }
}

pub async fn json_is_parsed_where_nothing_is_lost<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for json in [
        "null",
        "-0.5e-3",
        r#" { "b" : [ 1.0, 1e21 ], "1": {}, "__proto__": "\u0061😀" } "#,
        r#"{"id":"s","n":9007199254740992}"#,
    ] {
        let parsed = ports.bodies().parse(&fixture.body(&Value::text(json)));
        let parsed = parsed.expect("it is exact").expect("it is text");
        assert_eq!(fixture.value(&parsed).await, Value::json(json), "{json}");
    }
    let minus = ports.bodies().parse(&fixture.body(&Value::text("[-0]")));
    let minus = minus.expect("it is exact").expect("it is text");
    let expected = Value::list([Value::Number(-0.0)]);
    assert_eq!(fixture.value(&minus).await, expected);
    // Lone surrogates, escaped or not, are text as any other.
    let raw: Vec<u16> = [0x22, 0xDC00, 0x5C, 0x75, 0x64, 0x38, 0x30, 0x30, 0x22].to_vec();
    let parsed = ports.bodies().parse(&fixture.body(&Value::units(&raw)));
    let parsed = parsed.expect("it is exact").expect("it is text");
    assert_eq!(
        fixture.value(&parsed).await,
        Value::units(&[0xDC00, 0xD800])
    );
    for value in [Value::Null, Value::json("{}"), Value::from(1.0)] {
        let parsed = ports.bodies().parse(&fixture.body(&value));
        assert!(matches!(parsed, Ok(None)), "{value:?}");
    }
}

pub async fn json_that_would_not_survive_is_broken<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (json, code) in [
        ("", "JsonInvalid"),
        ("undefined", "JsonInvalid"),
        ("{\"a\":1,}", "JsonInvalid"),
        ("[1] [2]", "JsonInvalid"),
        ("9007199254740993", "JsonNotExact"),
        ("[1e400]", "JsonNotExact"),
        (
            "0.1000000000000000055511151231257827021181583404541015625001",
            "JsonNotExact",
        ),
        (r#"{"a":1,"a":1}"#, "JsonNotExact"),
        (r#"{"a":{"b":1,"\u0062":2}}"#, "JsonNotExact"),
    ] {
        let parsed = ports.bodies().parse(&fixture.body(&Value::text(json)));
        let found = parsed.err().map(|broken| broken.code);
        assert_eq!(found, Some(code), "{json}");
    }
}

pub async fn what_is_zipped_comes_back<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for text in [
        "[]",
        " {\"a\":1.0}\n",
        "😀 not JSON at all",
        &"x".repeat(100_000),
    ] {
        let body = fixture.body(&Value::text(text));
        let zipped = ports.bodies().zip(&body).await.expect("it can be zipped");
        let Value::Text(found) = fixture.value(&zipped).await else {
            panic!("it is no text");
        };
        assert!(found.starts_with("GZIP_V1:"));
        let unzipped = ports.bodies().unzip(&zipped).await.expect("it is sound");
        let unzipped = unzipped.expect("it is zipped");
        assert_eq!(fixture.value(&unzipped).await, Value::text(text));
        assert!(ports.bodies().same_text(&unzipped, &body));
    }
    let applications = fixture.body(&Value::text(fixture.gzip("[1.0]").await));
    let unzipped = ports
        .bodies()
        .unzip(&applications)
        .await
        .expect("it is sound");
    let unzipped = unzipped.expect("it is zipped");
    assert_eq!(fixture.value(&unzipped).await, Value::text("[1.0]"));
    for value in [
        Value::text("[]"),
        Value::text(" GZIP_V1:abc"),
        Value::Null,
        Value::json("{}"),
        Value::units(&[0xD800]),
    ] {
        let unzipped = ports.bodies().unzip(&fixture.body(&value)).await;
        assert!(matches!(unzipped, Ok(None)), "{value:?}");
    }
}

pub async fn what_gzip_would_lose_is_not_zipped<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let lone = fixture.body(&Value::units(&[0x5B, 0x22, 0xD800, 0x22, 0x5D]));
    assert!(ports.bodies().zip(&lone).await.is_err());
}

pub async fn a_sum_is_over_the_text_or_the_json<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let odd = Value::object([
        ("a", Value::text("\"\n😀")),
        ("gone", Value::Undefined),
        (
            "n",
            Value::list([Value::Number(f64::NAN), Value::Number(-0.0)]),
        ),
        ("hole", Value::sparse(2, [(1, Value::Undefined)])),
    ]);
    for (value, sum) in [
        (Value::text(" as it is "), Some(" as it is ")),
        (Value::json("[]"), Some("[]")),
        (Value::Null, Some("null")),
        (
            odd,
            Some(r#"{"a":"\"\n😀","n":[null,0],"hole":[null,null]}"#),
        ),
        (Value::Undefined, None),
        (Value::units(&[0xD800]), None),
    ] {
        let found = ports.bodies().summed(&fixture.body(&value));
        assert_eq!(found.as_deref(), sum, "{value:?}");
    }
}

pub async fn only_texts_are_the_same_text<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let values = [
        Value::text("a"),
        Value::text("A"),
        Value::text("é"),
        Value::text("e\u{301}"),
        Value::units(&[0xD800]),
        Value::units(&[0xDBFF]),
        Value::text("\u{FFFD}"),
        Value::text("1"),
    ];
    for (a, one) in values.iter().enumerate() {
        for (b, other) in values.iter().enumerate() {
            let same = ports
                .bodies()
                .same_text(&fixture.body(one), &fixture.body(other));
            assert_eq!(same, a == b, "{one:?} and {other:?}");
        }
    }
    for value in [Value::Null, Value::from(1.0), Value::json("[]")] {
        let (one, other) = (fixture.body(&value), fixture.body(&value));
        assert!(!ports.bodies().same_text(&one, &other), "{value:?}");
    }
}
