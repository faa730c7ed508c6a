//! Differences between two values, as `verifyDataIntegrity` lists them.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::differences;
use support::browser::js;
use support::browser::types::DIFFERENT;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Each difference as `what at path: expected -> actual`.
fn lines(expected: &str, actual: &str) -> Vec<String> {
    let found = differences(&js(expected), &js(actual), 100);
    let line = |one: restow::domain::verification::Difference| {
        format!(
            "{} at {}: {} -> {}",
            one.what, one.path, one.expected, one.actual
        )
    };
    found.into_iter().map(line).collect()
}

#[wasm_bindgen_test]
fn what_is_the_same_has_no_differences() {
    for expression in DIFFERENT {
        // Blobs are compared by size and type, the bytes of these two are the same.
        assert_eq!(lines(expression, expression), [""; 0], "{expression}");
        let nested = format!("{{ a: [({expression})] }}");
        assert_eq!(lines(&nested, &nested), [""; 0], "{expression}");
    }
}

#[wasm_bindgen_test]
fn what_differs_has_at_least_one() {
    for (at, one) in DIFFERENT.iter().enumerate() {
        for other in &DIFFERENT[at + 1..] {
            let (a, b) = (js(one), js(other));
            assert!(!differences(&a, &b, 9).is_empty(), "{one} and {other}");
            assert!(!differences(&b, &a, 9).is_empty(), "{other} and {one}");
        }
    }
}

#[wasm_bindgen_test]
fn every_difference_is_named_with_its_path() {
    for (expected, actual, line) in [
        ("1", "2", "Value mismatch at : 1 -> 2"),
        ("-0", "0", "Value mismatch at : -0 -> 0"),
        ("NaN", "1e21", "Value mismatch at : NaN -> 1e+21"),
        ("1n", "2n", "Value mismatch at : 1n -> 2n"),
        (
            "{ a: 'x\"y' }",
            "{ a: undefined }",
            "Value mismatch at a: \"x\\\"y\" -> undefined",
        ),
        (
            "{ a: true }",
            "{ a: null }",
            "Value mismatch at a: true -> null",
        ),
        (
            "{ a: [1, 2, 3] }",
            "{ a: 'text' }",
            "Type mismatch at a: Array(3) -> \"text\"",
        ),
        (
            "{ a: {} }",
            "{ a: [] }",
            "Type mismatch at a: Object -> Array(0)",
        ),
        (
            "{ a: new Map([[1, 2]]) }",
            "{ a: new Set([1]) }",
            "Type mismatch at a: Map(1) -> Set(1)",
        ),
        (
            "{ list: [1, 2, 3] }",
            "{ list: [1, 2] }",
            "Length mismatch at list.length: 3 -> 2",
        ),
        (
            "{ list: [1, 2] }",
            "{ list: [1, 9] }",
            "Value mismatch at list[1]: 2 -> 9",
        ),
        (
            "{ list: [1, , 3] }",
            "{ list: [1, undefined, 3] }",
            "Unexpected field at list[1]: undefined -> undefined",
        ),
        (
            "{ list: [1, 2] }",
            "{ list: [1, ,] }",
            "Missing field at list[1]: 2 -> undefined",
        ),
        (
            "{ list: Object.assign([], { x: 1 }) }",
            "{ list: [] }",
            "Missing field at list.x: 1 -> undefined",
        ),
        (
            "{ a: 1, b: 2 }",
            "{ a: 1 }",
            "Missing field at b: 2 -> undefined",
        ),
        (
            "{ a: 1 }",
            "{ a: 1, 'odd key': {} }",
            "Unexpected field at [\"odd key\"]: undefined -> Object",
        ),
        (
            "{ a: 1, b: 2 }",
            "{ b: 2, a: 1 }",
            "Order of fields at : a, b -> b, a",
        ),
        (
            "{ d: new Date(0) }",
            "{ d: new Date(1) }",
            "Value mismatch at d: new Date(\"1970-01-01T00:00:00.000Z\") -> new Date(\"1970-01-01T00:00:00.001Z\")",
        ),
        (
            "{ d: new Date(NaN) }",
            "{ d: new Date(0) }",
            "Value mismatch at d: Invalid Date -> new Date(\"1970-01-01T00:00:00.000Z\")",
        ),
        ("/a/g", "/a/i", "Value mismatch at : /a/g -> /a/i"),
        (
            "new Map([['k', 1]])",
            "new Map([['k', 2]])",
            "Value mismatch at [\"value 0\"]: 1 -> 2",
        ),
        (
            "new Map([['k', 1]])",
            "new Map([['l', 1]])",
            "Value mismatch at [\"key 0\"]: \"k\" -> \"l\"",
        ),
        (
            "new Set([1, 2])",
            "new Set([1])",
            "Length mismatch at size: 2 -> 1",
        ),
        (
            "new Uint8Array([1, 2, 3]).buffer",
            "new Uint8Array([1, 9, 3]).buffer",
            "Value mismatch at [1]: 2 -> 9",
        ),
        (
            "new Uint8Array(2).buffer",
            "new Uint8Array(3).buffer",
            "Length mismatch at byteLength: 2 -> 3",
        ),
        (
            "{ v: new Uint8Array([1, 2]) }",
            "{ v: new Uint8Array([1, 3]) }",
            "Value mismatch at v.buffer[1]: 2 -> 3",
        ),
        (
            "new Uint8Array(1)",
            "new Int8Array(1)",
            "Type mismatch at : Uint8Array -> Int8Array",
        ),
        (
            "{ b: new Blob(['a']) }",
            "{ b: new Blob(['ab']) }",
            "Value mismatch at b.size: 1 -> 2",
        ),
        (
            "() => 1",
            "() => 1",
            "Value mismatch at : function -> function",
        ),
        (
            "new WeakMap()",
            "new WeakMap()",
            "Can't be compared at : WeakMap -> WeakMap",
        ),
        (
            "Object.assign(new Error('a'), { stack: 's' })",
            "Object.assign(new Error('b'), { stack: 's' })",
            "Value mismatch at message: \"a\" -> \"b\"",
        ),
        (
            "(one => [one, one])({})",
            "[{}, {}]",
            "Reference mismatch at [1]: an object seen before -> an object of its own",
        ),
    ] {
        assert_eq!(lines(expected, actual), [line], "{expected} and {actual}");
    }
}

#[wasm_bindgen_test]
fn all_differences_are_found_in_order_up_to_the_limit() {
    let (a, b) = (
        "{ id: 1, list: [1, { x: 1, y: 2 }, 3], last: 'a' }",
        "{ id: 2, list: [1, { x: 9, y: 8 }], last: 'b' }",
    );
    let found = lines(a, b);
    let at: Vec<_> = found
        .iter()
        .map(|line| line.split([' ', ':']).nth(3).unwrap_or_default())
        .collect();
    assert_eq!(at, ["id", "list.length", "list[1].x", "list[1].y", "last"]);
    assert_eq!(differences(&js(a), &js(b), 2).len(), 2);
    assert_eq!(differences(&js(a), &js(b), 0).len(), 0);
}

#[wasm_bindgen_test]
fn a_long_text_is_cut_before_it_is_printed() {
    let found = differences(&js("'x'.repeat(1e6)"), &js("'y'.repeat(1e6)"), 1);
    assert!(found[0].expected.starts_with("\"xxx"));
    assert!(found[0].expected.len() < 300);
}

#[wasm_bindgen_test]
fn keys_that_a_string_would_lose_are_told_apart() {
    let (a, b) = ("{ '\\ud800': 1 }", "{ '\\udc00': 1 }");
    assert_eq!(differences(&js(a), &js(b), 9).len(), 2);
    assert!(differences(&js(a), &js(a), 9).is_empty());
    let (a, b) = ("{ '\\ud800': 1 }", "{ '\\ud800': 2 }");
    assert_eq!(lines(a, b).len(), 1);
}
