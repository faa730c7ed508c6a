//! Texts as trees, and back.

use crate::domain::json::{Document, Node};
use crate::domain::path::Path;
use proptest::prelude::*;

fn read(text: &str) -> Document {
    Document::parse(text).unwrap().unwrap()
}

fn with(text: &str, path: &str, value: Node) -> Option<String> {
    let mut document = read(text);
    let set = document.set(&Path::dotted(path), value);
    set.then(|| document.print())
}

#[test]
fn a_text_prints_back_to_itself() {
    for text in [
        "{}",
        " [ ] ",
        "{ \"a\" : 1.0 ,\n \"b\":[1 , -0,1e3 ] , \"\\u0061\\n\" : \"\\ud800\" }\n",
        "[[],{},[[ {\t} ]]]",
        "\"é😀\"",
        "null",
    ] {
        assert_eq!(read(text).print(), text);
    }
    for text in ["", "{", "[1,]", "{\"a\"}", "1 2", "tru"] {
        assert!(Document::parse(text).is_err(), "{text}");
    }
    let deep = |depth| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Document::parse(&deep(201)).unwrap().is_some());
    assert!(Document::parse(&deep(100_000)).unwrap().is_none());
}

#[test]
fn one_value_changes_and_the_rest_keeps_its_text() {
    let number = Node::number(30.0);
    for (text, path, expected) in [
        (
            "{ \"a\": 1.0,\"b\" : 2 }",
            "b",
            Some("{ \"a\": 1.0,\"b\" : 30 }"),
        ),
        (
            "{\"a\":{\"n\":1.50}}",
            "a.b",
            Some("{\"a\":{\"n\":1.50,\"b\":30}}"),
        ),
        (
            "{\n  \"a\": 1\n}",
            "b",
            Some("{\n  \"a\": 1,\n  \"b\": 30\n}"),
        ),
        ("{\"a\":null}", "a.b.c", Some("{\"a\":{\"b\":{\"c\":30}}}")),
        ("[1, 2]", "1", Some("[1, 30]")),
        ("{\"a\":[]}", "a.0", None),
        ("{\"a\":5}", "a.b", None),
        ("{ }", "a\"", Some("{\"a\\\"\":30}")),
    ] {
        assert_eq!(
            with(text, path, number.clone()).as_deref(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn values_are_taken_out_cut_and_added() {
    let mut document = read("{\"a\":[ 1, 2, 3 ],\"b\":2 , \"c\":{\"d\":1}}");
    document.remove(&Path::dotted("b"));
    document.remove(&Path::dotted("c.d"));
    document.remove(&Path::dotted("x.y"));
    document.remove(&Path::dotted("a.0"));
    assert_eq!(document.print(), "{\"a\":[ 2, 3 ], \"c\":{}}");
    let mut list = document.get(&Path::dotted("a")).unwrap().clone();
    list.push(Node::text(&[0x61, 0xD800, 0x22, 0x0A]));
    list.cut(1, 9);
    document.set(&Path::dotted("a"), list);
    assert_eq!(
        document.print(),
        "{\"a\":[ 3, \"a\\ud800\\\"\\u000a\" ], \"c\":{}}"
    );
}

#[test]
fn equal_values_are_equal_however_they_are_written() {
    for (one, other, same) in [
        ("1.0", "1", true),
        ("1e2", "100", true),
        ("-0", "0", true),
        ("\"\\u0061\"", "\"a\"", true),
        ("\"1\"", "1", false),
        ("{\"a\":1,\"b\":[]}", "{ \"b\":[ ], \"a\":1.0 }", true),
        ("[1,2]", "[2,1]", false),
        ("\"\\ud800\"", "\"\\ud801\"", false),
        ("[]", "{}", false),
    ] {
        let equal = read(one).root.canonical() == read(other).root.canonical();
        assert_eq!(equal, same, "{one} {other}");
    }
}

proptest! {
    #[test]
    fn what_is_json_is_read_and_prints_back(text in "[\\[\\]{}\",: 0-9ab.-]{0,12}") {
        let read = Document::parse(&text).ok().flatten();
        let json = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        prop_assert_eq!(read.is_some(), json);
        if let Some(document) = read {
            prop_assert_eq!(document.print(), text);
        }
    }
}
