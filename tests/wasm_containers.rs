//! Values and texts that hold many sessions, in a real browser: members told, taken out and put
//! back, while the others keep every unit.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::{JsBodies, key_from_js};
use restow::domain::key::Key;
use restow::domain::path::Path;
use restow::domain::recognise::{Broken, IdFact};
use restow::ports::{Bodies, Insert, Member};
use std::collections::BTreeSet;
use support::browser::host::{self, Patch};
use support::browser::{call, difference, js, text};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn members(held: &JsValue, at: &str) -> Result<Vec<Member<JsValue>>, Broken> {
    JsBodies.members(held, &Path::dotted(at), &Path::dotted("id"))
}

fn splice(
    held: &JsValue,
    at: &str,
    remove: &[usize],
    insert: Option<(u32, &str, &str)>,
) -> Option<JsValue> {
    let remove: BTreeSet<usize> = remove.iter().copied().collect();
    let insert = insert.map(|(position, name, body)| Insert {
        position,
        name: key_from_js(&js(name)),
        body: js(body),
    });
    JsBodies.splice(held, &Path::dotted(at), &remove, insert.as_ref())
}

/// Members as `[[name, body], …]`.
fn listed(members: &[Member<JsValue>]) -> JsValue {
    let pairs = members.iter().map(|member| {
        let name = member.name.as_ref().map(restow::browser::key_to_js);
        js_sys::Array::of2(&name.unwrap_or(JsValue::UNDEFINED), &member.body)
    });
    pairs.collect::<js_sys::Array>().into()
}

#[wasm_bindgen_test]
async fn members_of_values_come_in_their_order_with_their_names() {
    for (held, at, expected) in [
        ("[]", "", "[]"),
        (
            "[{ id: 1 }, 'x', undefined]",
            "",
            "[[undefined, { id: 1 }], [undefined, 'x'], [undefined, undefined]]",
        ),
        (
            "Object.assign([, 1, , 2, ,], { extra: 3 })",
            "",
            "[[undefined, 1], [undefined, 2]]",
        ),
        ("Object.assign([], { constructor: 1, '01': 2 })", "", "[]"),
        ("{ a: { b: [7] } }", "a.b", "[[undefined, 7]]"),
        ("[[8]]", "0", "[[undefined, 8]]"),
        ("{}", "", "[]"),
        (
            "{ b: 1, 7: 2, a: undefined }",
            "",
            "[['7', 2], ['b', 1], ['a', undefined]]",
        ),
        (
            "{ ['__proto__']: { id: 1 }, '': 2, '\\ud800': 3 }",
            "",
            "[['__proto__', { id: 1 }], ['', 2], ['\\ud800', 3]]",
        ),
        ("new Map()", "", "[]"),
        (
            "{ m: new Map([['b', 1], [7, 2], ['7', 3], [-0, 4], ['\\udc00', 5]]) }",
            "m",
            "[['b', 1], [7, 2], ['7', 3], [0, 4], ['\\udc00', 5]]",
        ),
    ] {
        let held = js(held);
        let found = members(&held, at).unwrap_or_else(|broken| panic!("{held:?}: {broken:?}"));
        assert_eq!(
            difference(&listed(&found), &js(expected)).await,
            None,
            "{held:?}"
        );
        assert!(found.iter().all(|member| member.broken.is_none()));
    }
}

#[wasm_bindgen_test]
fn an_array_of_any_length_is_read_at_once() {
    let held =
        js("(list => { list[4294967290] = { id: 'last' }; return list; })([{ id: 'first' }])");
    let found = members(&held, "").expect("it is an array");
    let ids: Vec<_> = found.iter().map(|member| member.facts.id.clone()).collect();
    assert_eq!(
        ids,
        [
            IdFact::Id(Key::text("first")),
            IdFact::Id(Key::text("last"))
        ]
    );
}

#[wasm_bindgen_test]
fn what_holds_no_sessions_says_so() {
    for (held, at) in [
        ("5", ""),
        ("null", ""),
        ("undefined", ""),
        ("new Set([1])", ""),
        ("new Date(0)", ""),
        ("{ a: 'text' }", "a"),
        ("{ a: [] }", "b"),
        ("{}", "constructor"),
        ("new Map([['a', []]])", "a"),
        ("{ [Symbol.toStringTag]: 'Map' }", ""),
        ("new Map([[{}, 1]])", ""),
        ("new Map([['a', 1], [NaN, 1]])", ""),
        ("new Map([[true, 1]])", ""),
        ("new Map([[undefined, 1]])", ""),
        ("new Map([[[1], 1]])", ""),
        ("'5'", ""),
        ("'{\"a\":\"[]\"}'", "a"),
        ("'{\"a\":[]}'", "b"),
    ] {
        let broken = members(&js(held), at).expect_err(held);
        assert_eq!(broken.code, "NoSessionsThere", "{held} at {at}");
    }
    for (held, code) in [
        ("''", "JsonInvalid"),
        ("'[1,]'", "JsonInvalid"),
        ("'[1] x'", "JsonInvalid"),
        ("'{\"a\":{},\"a\":[]}'", "JsonNotExact"),
    ] {
        assert_eq!(
            members(&js(held), if code == "JsonNotExact" { "a" } else { "" })
                .expect_err(held)
                .code,
            code,
            "{held}"
        );
    }
}

#[wasm_bindgen_test]
fn members_say_who_they_are() {
    for held in [
        "[{ id: 's' }, { id: 5 }, {}, 'x', { id: '\\ud800' }, { id: null }]",
        "'[{\"id\":\"s\"}, {\"id\":5.0} ,{},\\n\"x\",{\"id\":\"\\\\ud800\"},{\"id\":null}]'",
    ] {
        let found = members(&js(held), "").expect("it is an array");
        let ids: Vec<_> = found.iter().map(|member| member.facts.id.clone()).collect();
        let expected = [
            IdFact::Id(Key::text("s")),
            IdFact::Id(Key::Number(5.0)),
            IdFact::Missing,
            IdFact::Missing,
            IdFact::Id(Key::Units(vec![0xD800])),
            IdFact::Invalid("null".into()),
        ];
        assert_eq!(ids, expected, "{held}");
        let objects: Vec<_> = found.iter().map(|member| member.facts.is_object).collect();
        assert_eq!(objects, [true, true, true, false, true, true]);
    }
}

#[wasm_bindgen_test]
async fn members_of_a_text_are_its_own_units() {
    for (held, at, expected) in [
        (
            "' [ 1 ,{ \"id\" : -0 } , \"\\ud800\\\\ud800\" ] '",
            "",
            "[[undefined, '1'], [undefined, '{ \"id\" : -0 }'], [undefined, '\"\\ud800\\\\ud800\"']]",
        ),
        (
            "'{\"x\":\"\\udc00\",\"s\":{\"b\":1,\"7\":2,\"\\\\u0061\":3}}'",
            "s",
            "[['b', '1'], ['7', '2'], ['a', '3']]",
        ),
        // Names of which Rust sees the same.
        (
            "'{\"\\ud800\" : 1 ,\"\\ufffd\":2,\"\\\\ud801\":3,\"__proto__\":4}'",
            "",
            "[['\\ud800', '1'], ['\\ufffd', '2'], ['\\ud801', '3'], ['__proto__', '4']]",
        ),
        ("'[]'", "", "[]"),
        ("' { } '", "", "[]"),
    ] {
        let found = members(&js(held), at).expect(held);
        assert_eq!(
            difference(&listed(&found), &js(expected)).await,
            None,
            "{held}"
        );
    }
    let held = js(
        "'[{\"id\":\"s\",\"n\":1},{\"id\":\"t\",\"n\":12345678901234567890},{\"id\":\"u\",\"a\":1,\"a\":2}]'",
    );
    let found = members(&held, "").expect("it is an array");
    let broken: Vec<_> = found
        .iter()
        .map(|member| member.broken.as_ref().map(|broken| broken.code))
        .collect();
    assert_eq!(broken, [None, Some("JsonNotExact"), Some("JsonNotExact")]);
}

/// A held value, its path, what goes, what comes, and what is expected; `undefined` for a refusal.
type Case<'a> = (
    &'a str,
    &'a str,
    &'a [usize],
    Option<(u32, &'a str, &'a str)>,
    &'a str,
);

async fn check(cases: &[Case<'_>]) {
    for (held, at, remove, insert, expected) in cases {
        let value = js(held);
        let found = splice(&value, at, remove, *insert);
        let what = format!("{held} at {at:?} without {remove:?} with {insert:?}");
        let found = found.unwrap_or(JsValue::UNDEFINED);
        assert_eq!(
            difference(&found, &js(expected)).await,
            None,
            "{what}: {found:?}"
        );
        assert_eq!(
            difference(&value, &js(held)).await,
            None,
            "{what} changed what it was given"
        );
    }
}

#[wasm_bindgen_test]
async fn items_are_taken_out_and_put_in_between_holes() {
    check(&[
        ("[1, 2, 3]", "", &[], None, "[1, 2, 3]"),
        ("[1, 2, 3]", "", &[1], None, "[1, 3]"),
        ("[1, 2, 3]", "", &[0, 1, 2], None, "[]"),
        ("[]", "", &[], Some((0, "undefined", "[9]")), "[[9]]"),
        ("[1, 2]", "", &[], Some((0, "undefined", "9")), "[9, 1, 2]"),
        ("[1, 2]", "", &[], Some((1, "undefined", "9")), "[1, 9, 2]"),
        ("[1, 2]", "", &[], Some((2, "undefined", "9")), "[1, 2, 9]"),
        (
            "[1, 2]",
            "",
            &[],
            Some((u32::MAX, "undefined", "9")),
            "[1, 2, 9]",
        ),
        (
            "[1, 2, 3, 4]",
            "",
            &[0, 2],
            Some((1, "undefined", "9")),
            "[2, 9, 4]",
        ),
        ("[, 1, , 2, ,]", "", &[0], None, "[, , 2, ,]"),
        ("[, 1, , 2, ,]", "", &[1], None, "[, 1, , ,]"),
        (
            "[, 1, , 2, ,]",
            "",
            &[],
            Some((1, "undefined", "9")),
            "[, 1, , 9, 2, ,]",
        ),
        (
            "[, 1, , 2, ,]",
            "",
            &[],
            Some((2, "undefined", "9")),
            "[, 1, , 2, , 9]",
        ),
        (
            "Object.assign([1, 2], { total: 2, constructor: 0 })",
            "",
            &[0],
            Some((0, "undefined", "9")),
            "Object.assign([9, 2], { total: 2, constructor: 0 })",
        ),
        (
            "{ a: 1, s: { list: [1, 2], n: [-0, NaN, ,] }, z: undefined }",
            "s.list",
            &[0],
            None,
            "{ a: 1, s: { list: [2], n: [-0, NaN, ,] }, z: undefined }",
        ),
        ("[[1, 2], 3]", "0", &[0], None, "[[2], 3]"),
        ("[1]", "", &[], Some((0, "'name'", "9")), "undefined"),
        ("{ a: [] }", "b", &[], None, "undefined"),
        ("new Set([1])", "", &[0], None, "undefined"),
    ])
    .await;
}

#[wasm_bindgen_test]
async fn fields_and_entries_are_taken_out_and_put_in_by_name() {
    check(&[
        ("{ a: 1, b: 2, c: 3 }", "", &[1], None, "{ a: 1, c: 3 }"),
        (
            "{ a: 1, c: 3 }",
            "",
            &[],
            Some((1, "'b'", "2")),
            "{ a: 1, b: 2, c: 3 }",
        ),
        (
            "{ a: 1 }",
            "",
            &[],
            Some((9, "'b'", "[2]")),
            "{ a: 1, b: [2] }",
        ),
        (
            "{ 7: 1, a: 2 }",
            "",
            &[],
            Some((2, "'5'", "0")),
            "{ 5: 0, 7: 1, a: 2 }",
        ),
        (
            "{ ['__proto__']: { x: 1 }, a: 1 }",
            "",
            &[1],
            None,
            "{ ['__proto__']: { x: 1 } }",
        ),
        (
            "{ a: 1 }",
            "",
            &[0],
            Some((0, "'__proto__'", "{ x: 1 }")),
            "{ ['__proto__']: { x: 1 } }",
        ),
        (
            "{ '\\ufffd': 1 }",
            "",
            &[],
            Some((1, "'\\ud800'", "2")),
            "{ '\\ufffd': 1, '\\ud800': 2 }",
        ),
        ("{ a: 1 }", "", &[0], Some((0, "'a'", "2")), "{ a: 2 }"),
        ("{ a: 1 }", "", &[], Some((0, "'a'", "2")), "undefined"),
        (
            "{ a: 1 }",
            "",
            &[],
            Some((0, "undefined", "2")),
            "undefined",
        ),
        ("{ a: 1 }", "", &[], Some((0, "5", "2")), "undefined"),
        (
            "new Map([['a', 1], [5, 2]])",
            "",
            &[0],
            None,
            "new Map([[5, 2]])",
        ),
        (
            "new Map([['a', 1], ['5', 2]])",
            "",
            &[],
            Some((1, "5", "{ x: 1 }")),
            "new Map([['a', 1], [5, { x: 1 }], ['5', 2]])",
        ),
        (
            "new Map()",
            "",
            &[],
            Some((0, "'\\ud800'", "1")),
            "new Map([['\\ud800', 1]])",
        ),
        (
            "new Map([[5, 1]])",
            "",
            &[],
            Some((0, "5", "2")),
            "undefined",
        ),
        (
            "new Map([[5, 1]])",
            "",
            &[],
            Some((0, "undefined", "2")),
            "undefined",
        ),
        (
            "{ deep: { m: new Map([['a', new Date(1)], ['b', /x/g]]) }, x: [,] }",
            "deep.m",
            &[1],
            None,
            "{ deep: { m: new Map([['a', new Date(1)]]) }, x: [,] }",
        ),
    ])
    .await;
}

#[wasm_bindgen_test]
async fn a_text_keeps_every_other_unit() {
    check(&[
        ("' [ 1 , 2 ,3 ] '", "", &[], None, "' [ 1 , 2 ,3 ] '"),
        (
            "'[-0,1.0,12345678901234567890,{\"a\":1,\"a\":2}]'",
            "",
            &[0],
            None,
            "'[1.0,12345678901234567890,{\"a\":1,\"a\":2}]'",
        ),
        (
            "'[\"\\ud800\",2,\"\\udc00\"]'",
            "",
            &[1],
            None,
            "'[\"\\ud800\",\"\\udc00\"]'",
        ),
        ("'[1,2]'", "", &[0, 1], None, "'[]'"),
        (
            "'[]'",
            "",
            &[],
            Some((0, "undefined", "'{\"id\":\"\\ud800\"}'")),
            "'[{\"id\":\"\\ud800\"}]'",
        ),
        (
            "'[1,2]'",
            "",
            &[0],
            Some((1, "undefined", "' 9'")),
            "'[2, 9]'",
        ),
        (
            "'{\"\\ud800\":1,\"s\":{\"a\":1, \"b\":2}}'",
            "s",
            &[0],
            None,
            "'{\"\\ud800\":1,\"s\":{\"b\":2}}'",
        ),
        (
            "'{\"a\":1}'",
            "",
            &[],
            Some((1, "'b\"\\n'", "'2'")),
            "'{\"a\":1,\"b\\\\\"\\\\n\":2}'",
        ),
        (
            "'{\"a\":1}'",
            "",
            &[],
            Some((0, "'\\ud800'", "'2'")),
            "'{\"\\\\ud800\":2,\"a\":1}'",
        ),
        (
            "'{\"a\":1}'",
            "",
            &[0],
            Some((0, "'a'", "'2'")),
            "'{\"a\":2}'",
        ),
        (
            "'{\"\\\\u0061\":1}'",
            "",
            &[],
            Some((0, "'a'", "'2'")),
            "undefined",
        ),
        (
            "'{\"\\ud800\":1}'",
            "",
            &[],
            Some((0, "'\\ud800'", "'2'")),
            "undefined",
        ),
        (
            "'{\"\\ufffd\":1}'",
            "",
            &[],
            Some((1, "'\\ud800'", "'2'")),
            "'{\"\\ufffd\":1,\"\\\\ud800\":2}'",
        ),
        (
            "'{\"a\":1}'",
            "",
            &[],
            Some((0, "undefined", "'2'")),
            "undefined",
        ),
        ("'{\"a\":1}'", "", &[], Some((0, "5", "'2'")), "undefined"),
        ("'{\"a\":1}'", "", &[], Some((0, "'b'", "2")), "undefined"),
        ("'[1]'", "", &[], Some((0, "'a'", "'2'")), "undefined"),
        (
            "'[1]'",
            "",
            &[],
            Some((0, "undefined", "{ id: 1 }")),
            "undefined",
        ),
        ("'[1'", "", &[0], None, "undefined"),
        ("'5'", "", &[], None, "undefined"),
    ])
    .await;
}

#[wasm_bindgen_test]
fn text_that_parsing_would_change_is_not_parsed() {
    let parse = |text: &str| JsBodies.parse(&js(text)).map_err(|broken| broken.code);
    for (text, value) in [
        ("'{ \"id\" : \"\\ud800\" }'", "\"\\ud800\""),
        ("'{\"id\":\"\\\\ud800\"}'", "\"\\ud800\""),
        ("'{\"id\":1.50}'", "1.5"),
    ] {
        let found = parse(text).expect(text).expect("it is text");
        let id = js_sys::Reflect::get(&found, &JsValue::from_str("id")).expect("it has an id");
        assert!(id == js(value), "{text}: {id:?}");
    }
    assert_eq!(
        parse("'{\"id\":12345678901234567890}'"),
        Err("JsonNotExact")
    );
    assert_eq!(parse("'{\"a\":1,\"a\":1}'"), Err("JsonNotExact"));
    assert_eq!(parse("'{\"a\":-0}'").map(|_| ()), Ok(()));
    for odd in ["''", "'x'", "'[1,]'", "'\\ufeff{}'", "'{} x'"] {
        assert_eq!(parse(odd), Err("JsonInvalid"), "{odd}");
    }
    for none in ["{}", "null", "5", "undefined", "new String('[]')"] {
        assert_eq!(parse(none), Ok(None), "{none}");
    }
}

#[wasm_bindgen_test]
fn texts_are_compared_and_summed() {
    assert!(JsBodies.same_text(&js("'a\\ud800'"), &js("'a\\ud800'")));
    assert!(!JsBodies.same_text(&js("'a\\ud800'"), &js("'a\\ufffd'")));
    assert!(!JsBodies.same_text(&js("5"), &js("5")));
    assert!(!JsBodies.same_text(&js("'5'"), &js("5")));
    assert!(JsBodies.is_text(&js("''")) && !JsBodies.is_text(&js("new String('')")));
    assert_eq!(JsBodies.of_text("ä"), js("'ä'"));
    for (value, sum) in [
        ("'{ }'", Some("{ }")),
        (
            "{ b: 1, a: [undefined, NaN] }",
            Some(r#"{"b":1,"a":[null,null]}"#),
        ),
        ("'\\ufffd'", Some("\u{FFFD}")),
        ("'\\ud800'", None),
        ("['\\ud800']", Some(r#"["\ud800"]"#)),
        ("undefined", None),
        ("() => 1", None),
        ("1n", None),
        ("(one => (one.one = one))({})", None),
    ] {
        assert_eq!(JsBodies.summed(&js(value)).as_deref(), sum, "{value}");
    }
}

#[wasm_bindgen_test]
async fn text_comes_back_from_gzip_as_it_was() {
    let noise = "Array.from({ length: 400000 }, (_, i) => (Math.imul(i, 2654435761) >>> 0).toString(36)).join('ä😀')";
    for original in [
        "''",
        "'{ \"id\" : 1.0 }'",
        "'ä😀\\ufeff\\u0000\\ufffd'",
        noise,
    ] {
        let original = js(original);
        let zipped = JsBodies.zip(&original).await.expect("it can be zipped");
        assert!(
            zipped
                .as_string()
                .is_some_and(|text| text.starts_with("GZIP_V1:"))
        );
        let back = JsBodies.unzip(&zipped).await.expect("it can be unzipped");
        assert_eq!(back, Some(original.clone()));
        // An application reads it as well.
        let theirs = "async text => { const bytes = Uint8Array.from(atob(text.slice(8)), char => char.charCodeAt(0)); \
                      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')); \
                      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await new Response(stream).arrayBuffer()); }";
        assert_eq!(call(theirs, &[&zipped]).await, original);
    }
    let loose = text(&host::gzip("{ \"id\" : 1.0 }").await);
    let inner = JsBodies.unzip(&loose).await.expect("it can be unzipped");
    assert_eq!(inner, Some(text("{ \"id\" : 1.0 }")));
    for none in ["'{}'", "5", "null", "{}"] {
        assert_eq!(JsBodies.unzip(&js(none)).await, Ok(None), "{none}");
    }
    let lone = JsBodies.zip(&js("'\\ud800'")).await;
    assert_eq!(lone.map_err(|broken| broken.code), Err("UnsupportedValue"));
    let patch = Patch::new(
        "() => { const saved = globalThis.CompressionStream; delete globalThis.CompressionStream; \
         return () => { globalThis.CompressionStream = saved; }; }",
    );
    let without = JsBodies.zip(&text("{}")).await;
    drop(patch);
    assert_eq!(
        without.map_err(|broken| broken.code),
        Err("GzipUnsupported")
    );
}
