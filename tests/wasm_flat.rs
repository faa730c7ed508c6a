//! The fast walk through plain values: it feeds the digest just what the walk value by value feeds.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::JsBodies;
use restow::domain::digest::Measure;
use restow::domain::recognise::Broken;
use restow::ports::Bodies;
use support::browser::host::Patch;
use support::browser::js;
use support::browser::types::DIFFERENT;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn fast(pieces: &[JsValue]) -> Result<Vec<Measure>, Broken> {
    JsBodies.outline(pieces, &[])
}

/// The same where the fast walk can't hand anything over.
fn slow(pieces: &[JsValue]) -> Result<Vec<Measure>, Broken> {
    let _patch = Patch::new(
        "() => { Uint32Array.prototype.subarray = () => { throw new Error('not here'); }; \
         return () => { delete Uint32Array.prototype.subarray; }; }",
    );
    JsBodies.outline(pieces, &[])
}

/// Values that are plain but for their looks, and some that only seem to be.
const PLAIN: &[&str] = &[
    "[]",
    "{}",
    "[[[]], {}, [{}], { a: [] }]",
    "{ text: 'é€😀', more: ['', '\\0', 'a\\0b', 'x'.repeat(70000)], number: [-0, NaN, 1e300, -Infinity] }",
    "['\\ud83d', '\\ude00']",
    "['€'.repeat(900000), 'x'.repeat(3000000), '😀'.repeat(600)]",
    "['x'.repeat(600) + '\\ud83d', '\\ude00' + '\\ufffd'.repeat(600)]",
    "['\\ufffd', 'é', 'a']",
    "[{ 'a\\0b': 1, c: 2 }, { a: 1, 'b\\0c': 2 }]",
    "[{ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 1, b: 2 }, { a: 1 }]",
    "Array.from({ length: 3000 }, (_, at) => ({ [`key ${at}`]: at, at: new Date(at), is: at % 2 > 0, no: null, un: undefined }))",
    "Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`k${at}`, [at, `${at}`]]))",
    "Array.from({ length: 40000 }, (_, at) => at % 3 ? at : `é ${at}`)",
    "(one => [one, { one }, [one]])({ same: [] })",
    "(one => (one.self = one, one))({ a: 1 })",
    "{ 0: 1, b: 2, ['__proto__']: { c: 3 }, length: 4, toString: 5, constructor: null }",
    "Array.from({ length: 2000 }).reduce(inner => [inner, { inner: 1 }], 'deep')",
    "[new Date(5), new Date(NaN), new Date(-1)]",
    "[1, , 3]",
    "Object.assign([1], { more: 2 })",
    "[{ plain: [1, 2, { three: 3 }] }, new Map([[{ a: 1 }, { b: 2 }]]), { after: 1 }]",
    "JSON.parse('{\"a\":{\"b\":[1,2,{\"c\":null}]}}')",
];

#[wasm_bindgen_test]
fn both_walks_feed_the_same() {
    for expression in DIFFERENT.iter().chain(PLAIN) {
        let pieces = [js(expression)];
        assert_eq!(fast(&pieces), slow(&pieces), "{expression}");
    }
    // Pieces of one value, of which some are not plain, and the objects after them.
    let pieces: Vec<_> = DIFFERENT.iter().chain(PLAIN).map(|one| js(one)).collect();
    assert_eq!(fast(&pieces), slow(&pieces));
    let backwards: Vec<_> = pieces.iter().rev().cloned().collect();
    let (fast, slow) = (fast(&backwards), slow(&backwards));
    assert_eq!(fast, slow);
    assert!(fast.is_ok());
}

#[wasm_bindgen_test]
fn both_walks_refuse_the_same() {
    for expression in [
        "(one => [[one], [1, one]])({})",
        "(one => [[one], { a: [{ b: one }] }])([])",
        "(one => [{ one }, [new Map(), one]])(new Date(1))",
        "[[1, () => 1], [2]]",
        "[{ [Symbol.toStringTag]: 'Date', a: 1 }]",
        "[{ a: 1 }, [2, [Symbol('s')]]]",
    ] {
        let pieces = js_sys::Array::from(&js(expression)).to_vec();
        let (fast, slow) = (fast(&pieces), slow(&pieces));
        assert_eq!(fast, slow, "{expression}");
        assert!(fast.is_err(), "{expression}");
        // Whatever was met on the way is forgotten.
        let pieces = [js("[1]"), js("{ a: [new Date(1)] }")];
        assert!(self::fast(&pieces).is_ok());
    }
}

#[wasm_bindgen_test]
fn plain_values_are_walked_fast() {
    let _patch = Patch::new(
        "() => { const saved = Object.values; globalThis.slowly = 0; \
         Object.values = value => (globalThis.slowly += 1, saved(value)); \
         return () => { Object.values = saved; }; }",
    );
    let slowly = |expression: &str| {
        let before = js("slowly").as_f64();
        fast(&[js(expression)]).expect("it can be measured");
        js("slowly")
            .as_f64()
            .zip(before)
            .map(|(after, before)| after - before)
    };
    let plain = "{ a: [{ b: 'é', c: [new Date(1), null, undefined, -0, true] }], d: { e: {} } }";
    assert_eq!(slowly(plain), Some(0.0));
    // More than one stretch of numbers, and of objects.
    let many = "Array.from({ length: 70000 }, (_, at) => at % 7 ? at / 3 : { at })";
    assert_eq!(slowly(many), Some(0.0));
    assert_eq!(slowly("[{ a: 1 }, new Map()]"), Some(1.0));
}

#[wasm_bindgen_test]
fn what_is_alike_has_the_same_digest() {
    let values: Vec<_> = DIFFERENT.iter().chain(PLAIN).collect();
    for (at, one) in values.iter().enumerate() {
        for other in &values[at..] {
            let (a, b) = (js(one), js(other));
            if JsBodies.alike(&a, &b) {
                assert_eq!(fast(&[a]), fast(&[b]), "{one} and {other}");
            }
        }
    }
}

#[wasm_bindgen_test]
fn one_change_is_never_alike() {
    let plain =
        "{ a: [{ b: 'é', c: [new Date(1), null, undefined, -0, true, NaN] }], d: { e: {} } }";
    assert!(JsBodies.alike(&js(plain), &js(plain)));
    for (from, to) in [
        ("'é'", "'e'"),
        ("'é'", "new String('é')"),
        ("new Date(1)", "new Date(2)"),
        ("new Date(1)", "1"),
        ("new Date(1)", "{}"),
        ("null", "undefined"),
        ("undefined", "null"),
        ("undefined", ""),
        ("undefined, ", ""),
        ("-0", "0"),
        ("true", "1"),
        ("NaN", "null"),
        ("d: { e: {} }", "d: { e: [] }"),
        ("d: { e: {} }", "d: { e: {}, f: undefined }"),
        ("d: { e: {} }", "d: {}"),
        ("d: { e: {} }", "d: { f: {} }"),
        ("[{ b", "[, { b"),
        ("b: 'é', c", "c: 'é', b"),
    ] {
        let changed = plain.replace(from, to);
        assert_ne!(changed, plain);
        assert!(!JsBodies.alike(&js(plain), &js(&changed)), "{changed}");
        assert!(!JsBodies.alike(&js(&changed), &js(plain)), "{changed}");
    }
    // As many keys as items, and yet none of them an item.
    let beside = "Object.assign([,], { more: undefined })";
    for odd in [beside, "Object.assign([1, 2], { more: 1 })", "[1, , 3]"] {
        for other in [odd, "[undefined]", "[1, 2]", "[1, undefined, 3]"] {
            assert!(!JsBodies.alike(&js(odd), &js(other)), "{odd} and {other}");
            assert!(!JsBodies.alike(&js(other), &js(odd)), "{other} and {odd}");
        }
    }
}

/// What is one object in the one would have to be one in the other: digests know.
#[wasm_bindgen_test]
fn the_same_object_twice_is_not_two() {
    let twice = "(one => [one, one, { one }])({ same: [] })";
    let each = "[{ same: [] }, { same: [] }, { one: { same: [] } }]";
    let round = "(one => (one.self = one, one))({ a: 1 })";
    assert!(JsBodies.alike(&js(each), &js(each)));
    for (one, other) in [(twice, each), (each, twice), (twice, twice), (round, round)] {
        assert!(!JsBodies.alike(&js(one), &js(other)), "{one} and {other}");
    }
}

/// What it does not know, or can't get through, it says nothing of.
#[wasm_bindgen_test]
fn of_what_it_does_not_know_nothing_is_said() {
    for expression in [
        "new Map([[1, 2]])",
        "new Blob(['a'])",
        "{ a: new Uint8Array(2) }",
        "{ a: /x/ }",
        "Object.create(Date.prototype)",
        "Object.create(null)",
        "Array.from({ length: 200000 }).reduce(inner => [inner], 'deep')",
    ] {
        assert!(
            !JsBodies.alike(&js(expression), &js(expression)),
            "{expression}"
        );
    }
}
