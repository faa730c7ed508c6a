//! Bodies on which something has gone wrong for someone.

use crate::support::value::Value;

/// Sessions to be split by the layout of the contracts, each with what is odd about it.
pub fn sessions() -> Vec<(&'static str, Value)> {
    let base = || {
        Value::json(
            r#"{ "zeta": 1, "items": [{ "n": 1 }, { "n": 2 }, { "n": 3 }], "id": "s",
                "video": { "last": true, "chunks": [[1], [], [[2]], 4], "first": null },
                "summary": { "b": [], "a": {} }, "deep": { "part": "text", "x": 1 }, "alpha": 2 }"#,
        )
    };
    let holes = |len, items: &[u32]| {
        Value::sparse(
            len,
            items
                .iter()
                .map(|index| (*index, Value::from(f64::from(*index)))),
        )
    };
    vec![
        ("everything in its place", base()),
        (
            "nothing to be taken out",
            Value::json(r#"{ "id": "s", "b": 1, "a": 2 }"#),
        ),
        ("an empty object", Value::json("{}")),
        ("empty arrays and texts", {
            let base = base().with("items", Value::list([])).with("summary", "");
            base.with("video.chunks", Value::list([]))
        }),
        (
            "parts of every type",
            base()
                .with("summary", Value::list([]))
                .with("deep.part", 5.0),
        ),
        (
            "arrays of other types",
            base().with("items", "text").with("video", Value::Null),
        ),
        (
            "a chunk that is just full",
            base().with("items", holes(4, &[0, 1, 2, 3])),
        ),
        ("one item", base().with("items", Value::json("[null]"))),
        (
            "holes at the edges of chunks",
            base().with("items", holes(7, &[2, 5])),
        ),
        ("nothing but holes", base().with("items", holes(5, &[]))),
        ("properties of an array", {
            let items = base()
                .get("items")
                .extra("total", 3.0)
                .extra("", Value::list([]));
            base().with("items", items)
        }),
        ("whole numbers as keys", {
            let entries = ["b", "10", "2", "01", "a"].map(|key| (key, Value::text(key)));
            base()
                .with("summary", Value::object(entries))
                .with("7", 7.0)
        }),
        ("names that every object has", names()),
        (
            "values that JSON has not",
            base().with("summary", oddities()).with("alpha", oddities()),
        ),
        (
            "the same in chunks",
            base().with("items", Value::list([oddities(), oddities()])),
        ),
        ("undefined where something could be", {
            let base = base().with("items", Value::Undefined);
            base.with("deep.part", Value::Undefined)
        }),
    ]
}

/// Own keys that hide what prototypes have.
pub fn names() -> Value {
    let text = r#"{ "items": [{ "__proto__": { "x": 1 } }, { "constructor": null }, 3],
        "__proto__": { "polluted": true }, "hasOwnProperty": 1, "toString": "text",
        "summary": { "__proto__": null, "valueOf": [] }, "constructor": { "prototype": {} } }"#;
    Value::json(text)
}

/// An object with every value that JSON can't say.
pub fn oddities() -> Value {
    let entries = [
        ("undefined", Value::Undefined),
        ("negative zero", Value::from(-0.0)),
        ("not a number", Value::from(f64::NAN)),
        ("infinite", Value::from(f64::INFINITY)),
        ("large", Value::from(9_007_199_254_740_993.0)),
        ("tiny", Value::from(5e-324)),
        ("lone surrogate", Value::units(&[0x61, 0xD800, 0x62])),
        ("not quite lone", Value::text("\u{FFFD}😀\0")),
        ("", Value::text("")),
        ("bytes", Value::bytes(&[0, 255, 128])),
        ("no bytes", Value::bytes(&[])),
        ("blob", Value::blob(&[1, 2, 3])),
        ("sparse", Value::sparse(3, [(1, Value::Undefined)])),
    ];
    Value::object(entries)
}

/// Values no two of which are the same.
pub fn different() -> Vec<Value> {
    let mut values = vec![
        Value::Undefined,
        Value::from(-0.0),
        Value::from(f64::NAN),
        Value::from(f64::INFINITY),
        Value::units(&[0xD800]),
        Value::units(&[0xDC00]),
        Value::units(&[0xD800, 0xD800]),
        Value::text("\u{FFFD}"),
        Value::list([Value::Undefined]),
        Value::sparse(1, []),
        Value::sparse(2, []),
        Value::sparse(2, [(0, Value::Null)]),
        Value::sparse(2, [(1, Value::Null)]),
        Value::list([]).extra("a", 1.0),
        Value::list([]).extra("b", 1.0),
        Value::bytes(&[]),
        Value::bytes(&[0]),
        Value::bytes(&[0, 0]),
        Value::bytes(&[1]),
        Value::blob(&[]),
        Value::blob(&[0]),
        Value::object([("a", Value::Undefined)]),
        oddities(),
    ];
    let json = [
        "null",
        "false",
        "true",
        "0",
        "1",
        "-1",
        "1.5",
        "\"\"",
        "\"0\"",
        "\"1\"",
        "\"null\"",
        "\"NaN\"",
        "\"undefined\"",
        "[]",
        "{}",
        "[null]",
        "[1]",
        "[[1]]",
        "[1,2]",
        "[2,1]",
        "[[1],2]",
        "[1,[2]]",
        "[[1,2]]",
        "{\"0\":1}",
        "{\"a\":1}",
        "{\"a\":2}",
        "{\"b\":1}",
        "{\"a\":1,\"b\":2}",
        "{\"b\":2,\"a\":1}",
        "{\"a\":{\"b\":1}}",
        "{\"a\":{},\"b\":1}",
        "\"ab\"",
        "[\"a\",\"b\"]",
        "[\"ab\"]",
        "{\"a\":\"b\"}",
        "{\"ab\":\"\"}",
        "{\"\":\"ab\"}",
        "{\"__proto__\":null}",
        "{\"__proto__\":{}}",
        "{\"length\":0}",
    ];
    values.extend(json.map(Value::json));
    values
}
