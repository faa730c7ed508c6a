//! Values in a real browser: what is kept, what is told apart, what is refused.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::{BrowserPorts, JsBodies};
use restow::domain::chunk_list::PieceName;
use restow::domain::cut::Cut;
use restow::domain::digest::Digest;
use restow::domain::key::Key;
use restow::domain::layout::{ArrayRule, Layout};
use restow::domain::path::Path;
use restow::domain::recognise::IdFact;
use restow::ports::{Batch, Bodies, Durability, Ports, Records, Split, Write};
use std::collections::HashMap;
use support::browser::types::{DIFFERENT, REFUSED};
use support::browser::{call, difference, host, js, unique};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Chunks of two items, and two parts.
fn layout() -> Layout {
    Layout {
        version: 1,
        id: Some(Path::dotted("id")),
        label: None,
        arrays: vec![ArrayRule {
            path: Path::dotted("items"),
            chunk: 2,
        }],
        parts: vec![Path::dotted("summary"), Path::dotted("deep.part")],
    }
}

fn cut(body: &JsValue) -> Cut {
    Cut::plan(&layout(), |path| JsBodies.shape(body, path)).0
}

/// Skeleton and pieces.
fn all(split: &Split<JsValue>) -> Vec<JsValue> {
    let mut pieces = vec![split.skeleton.clone()];
    pieces.extend(split.pieces.iter().cloned());
    pieces
}

fn join(cut: &Cut, pieces: &[JsValue]) -> JsValue {
    let mut rest = pieces[1..].iter().cloned();
    let mut arrays = Vec::new();
    for array in &cut.arrays {
        let chunks = rest.by_ref().take(array.ranges().count());
        arrays.push((array.path.clone(), chunks.collect::<Vec<_>>()));
    }
    let parts: Vec<_> = cut.parts.iter().cloned().zip(rest).collect();
    JsBodies
        .join(&pieces[0], &arrays, &parts)
        .expect("the skeleton has the places")
}

/// Stores values as pieces, and reads them back.
async fn stored(values: &[JsValue]) -> Vec<JsValue> {
    let ports = BrowserPorts::new(&unique("values"));
    let name = |index: u32| PieceName {
        path: Path::dotted("items"),
        index,
    };
    let names: Vec<_> = (0..values.len() as u32).map(name).collect();
    let put = |(name, body): (&PieceName, &JsValue)| Write::PutPiece {
        id: Key::text("s"),
        generation: 1,
        name: name.clone(),
        body: body.clone(),
    };
    let batch = Batch {
        fence: None,
        expect: vec![],
        writes: names.iter().zip(values).map(put).collect(),
        durability: Durability::Strict,
        bytes: 0,
    };
    ports.records().apply(batch).await.expect("they are stored");
    let found = ports.records().pieces(&Key::text("s"), 1, &names).await;
    let found: Option<Vec<_>> = found.expect("they can be read").into_iter().collect();
    ports.close();
    found.expect("none is missing")
}

fn digest(value: &JsValue) -> Digest {
    let measures = JsBodies.outline(std::slice::from_ref(value), &[]);
    measures.expect("it can be measured")[0].digest
}

#[wasm_bindgen_test]
async fn every_type_survives_splitting_storing_and_joining() {
    for expression in DIFFERENT {
        let body = js(&format!(
            "{{ zeta: 1, id: 's', items: [({expression}), ({expression}), ({expression})], \
             other: ({expression}), summary: ({expression}), deep: {{ part: [({expression})] }}, \
             alpha: 2 }}"
        ));
        let (cut, before) = (cut(&body), js("structuredClone"));
        let before = call("(clone, body) => clone(body)", &[&before, &body]).await;
        let split = JsBodies.split(&body, &cut);
        let pieces = all(&split);
        let measured = JsBodies
            .measure(&pieces, &split.moved)
            .await
            .unwrap_or_else(|broken| panic!("{expression}: {}", broken.reason));
        let found = stored(&pieces).await;
        let again = JsBodies.measure(&found, &[]).await;
        let again = again.unwrap_or_else(|broken| panic!("{expression}: {}", broken.reason));
        assert_eq!(
            measured, again,
            "{expression} measures differently once stored"
        );
        let joined = join(&cut, &found);
        assert_eq!(difference(&joined, &before).await, None, "{expression}");
        assert_eq!(
            difference(&body, &before).await,
            None,
            "{expression} was changed"
        );
    }
}

#[wasm_bindgen_test]
async fn what_differs_has_different_digests() {
    let values: Vec<_> = DIFFERENT.iter().map(|expression| js(expression)).collect();
    let measured = JsBodies.measure(&values, &[]).await;
    let measured = measured.expect("they can be measured");
    for measures in [&measured.full, &measured.outline] {
        let mut seen = HashMap::new();
        for (expression, measure) in DIFFERENT.iter().zip(measures) {
            if let Some(other) = seen.insert(measure.digest, expression) {
                panic!("{other} and {expression} have the same digest");
            }
        }
    }
    // The same again, and as a copy: the digest depends on nothing else.
    for (expression, measure) in DIFFERENT.iter().zip(&measured.outline) {
        assert_eq!(digest(&js(expression)), measure.digest, "{expression}");
        let copy = JsBodies.copy(&js(expression)).expect("it can be copied");
        assert_eq!(digest(&copy), measure.digest, "a copy of {expression}");
    }
}

#[wasm_bindgen_test]
async fn only_the_full_digest_knows_the_bytes_of_a_blob() {
    let large = "new Blob([new Uint8Array(9 * 1024 * 1024)";
    for (a, b) in [
        ("new Blob(['a'])".to_owned(), "new Blob(['b'])".to_owned()),
        (
            "[new Blob(['a']), new Blob(['b'])]".into(),
            "[new Blob(['b']), new Blob(['a'])]".into(),
        ),
        (format!("{large}, 'a'])"), format!("{large}, 'b'])")),
    ] {
        let pieces = [js(&a), js(&b)];
        let measured = JsBodies.measure(&pieces, &[]).await;
        let measured = measured.expect("they can be measured");
        assert_eq!(measured.outline[0], measured.outline[1], "{a}");
        assert_ne!(measured.full[0].digest, measured.full[1].digest, "{a}");
        assert_eq!(measured.full[0].bytes, measured.outline[0].bytes, "{a}");
    }
}

#[wasm_bindgen_test]
async fn a_blob_that_cannot_be_read_is_broken() {
    let large = "new Blob([new Uint8Array(9 * 1024 * 1024)])";
    for (blob, method, value) in [
        (
            "new Blob(['a'])",
            "arrayBuffer",
            "() => Promise.reject(new Error('gone'))",
        ),
        (
            "new Blob(['a'])",
            "arrayBuffer",
            "async () => new ArrayBuffer(0)",
        ),
        (
            large,
            "stream",
            "() => new ReadableStream({ start: it => it.error(new Error('gone')) })",
        ),
        (large, "stream", "() => new Blob(['a']).stream()"),
    ] {
        let blob = js(&format!(
            "Object.defineProperty({blob}, '{method}', {{ value: {value} }})"
        ));
        let broken = JsBodies.measure(&[blob], &[]).await.err();
        assert_eq!(
            broken.map(|broken| broken.code),
            Some("BlobUnreadable"),
            "{value}"
        );
    }
}

#[wasm_bindgen_test]
async fn no_blob_is_sliced() {
    for size in [1, 9 * 1024 * 1024] {
        let blob = js(&format!(
            "Object.defineProperty(new Blob([new Uint8Array({size})]), 'slice', {{ value: undefined }})"
        ));
        assert!(JsBodies.measure(&[blob], &[]).await.is_ok(), "{size} bytes");
    }
}

#[wasm_bindgen_test]
fn every_nan_is_the_same() {
    let other = js("new Float64Array(new BigUint64Array([0xfff8000000000001n]).buffer)[0]");
    assert_eq!(digest(&other), digest(&js("NaN")));
}

#[wasm_bindgen_test]
fn what_regular_expressions_forget_is_not_measured() {
    let used = js("(regex => (regex.lastIndex = 5, regex))(/a/g)");
    assert_eq!(digest(&used), digest(&js("/a/g")));
}

#[wasm_bindgen_test]
async fn what_cannot_be_proven_to_be_kept_is_refused_by_type_and_path() {
    let key = call(
        "() => crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt'])",
        &[],
    )
    .await;
    let odd = REFUSED
        .iter()
        .map(|(expression, kind)| (js(expression), *kind))
        .chain([(key, "CryptoKey")]);
    for (value, kind) in odd {
        let wrap: js_sys::Function =
            js("value => ({ list: [1, { 'odd key': new Map([[1, new Set([value])]]) }] })").into();
        let body = wrap
            .call1(&JsValue::NULL, &value)
            .expect("it can be wrapped");
        let pieces = [JsValue::NULL, body];
        let broken = JsBodies.outline(&pieces, &[]).expect_err(kind);
        assert_eq!(broken.code, "UnsupportedValue", "{kind}");
        let reason = "the value at `list[1][\"odd key\"]<key or value 1><member 0>";
        assert!(
            broken.reason.starts_with(reason),
            "{kind}: {}",
            broken.reason
        );
        assert!(
            broken.reason.contains(&format!(" is a {kind}, ")),
            "{}",
            broken.reason
        );
        let broken = JsBodies.measure(&pieces, &[]).await.expect_err(kind);
        assert_eq!(broken.code, "UnsupportedValue", "{kind}");
    }
}

#[wasm_bindgen_test]
fn bytes_behind_views_in_two_pieces_are_shared() {
    for body in [
        "(buffer => ({ items: [new Uint8Array(buffer, 0, 1), 0, new Uint8Array(buffer, 1)] }))(new ArrayBuffer(2))",
        "(buffer => ({ items: [new DataView(buffer)], summary: buffer }))(new ArrayBuffer(2))",
        "(blob => ({ items: [blob], other: blob }))(new Blob(['a']))",
        "(date => ({ items: [date], other: [date] }))(new Date(0))",
        "(one => ({ items: [one, 0, new Map([[one, 1]])] }))({})",
        "(one => (one.items = [one], one))({})",
        "(one => (one.deep = { part: {}, back: one }, one))({})",
        "(one => (one.deep = { part: { back: one } }, one))({})",
    ] {
        let body = js(body);
        let split = JsBodies.split(&body, &cut(&body));
        let broken = JsBodies.outline(&all(&split), &split.moved);
        let broken = broken.expect_err("it is shared");
        assert_eq!(broken.code, "SharedObject");
        assert!(
            broken.reason.ends_with(" is also held in another place"),
            "{}",
            broken.reason
        );
    }
    // Within one piece it is no harm, and in a body that is not taken apart neither.
    for body in [
        "(buffer => ({ items: [new Uint8Array(buffer, 0, 1), new Uint8Array(buffer, 1)] }))(new ArrayBuffer(2))",
        "(one => (one.self = one, one))({ id: 's' })",
    ] {
        let body = js(body);
        let split = JsBodies.split(&body, &cut(&body));
        assert!(JsBodies.outline(&all(&split), &split.moved).is_ok());
    }
}

#[wasm_bindgen_test]
async fn values_of_another_realm_are_what_they_are() {
    let realm = call(
        "() => new Promise(resolve => { const frame = document.createElement('iframe'); \
         frame.onload = () => resolve(frame); frame.srcdoc = '<p>'; document.body.append(frame); })",
        &[],
    )
    .await;
    for expression in DIFFERENT {
        let there = call(
            "(frame, code) => { const value = frame.contentWindow.eval(`(${code})`); return [value]; }",
            &[&realm, &JsValue::from_str(expression)],
        )
        .await;
        let there = js_sys::Array::from(&there).get(0);
        assert_eq!(digest(&there), digest(&js(expression)), "{expression}");
        let measured = JsBodies.measure(&[there, js(expression)], &[]).await;
        let measured = measured.unwrap_or_else(|broken| panic!("{expression}: {}", broken.reason));
        assert_eq!(measured.full[0], measured.full[1], "{expression}");
    }
    let body = "{ id: 's', items: [[1], , { a: 1 }], summary: { b: [2] }, deep: { part: 'x' } }";
    let there = call(
        "(frame, code) => frame.contentWindow.eval(`(${code})`)",
        &[&realm, &JsValue::from_str(body)],
    )
    .await;
    let cut = cut(&there);
    assert_eq!(cut.pieces(), 4);
    let joined = join(&cut, &all(&JsBodies.split(&there, &cut)));
    assert_eq!(difference(&joined, &js(body)).await, None);
    assert!(JsBodies.facts(&there, Some(&Path::dotted("id"))).is_object);
    call("frame => frame.remove()", &[&realm]).await;
}

#[wasm_bindgen_test]
async fn no_nesting_is_too_deep() {
    for step in [
        "value => [value]",
        "value => ({ a: value })",
        "value => new Map([[1, value]])",
    ] {
        let nest = |depth: u32, core: &str| {
            js(&format!(
                "(() => {{ let value = {core}; const step = {step}; \
                 for (let i = 0; i < {depth}; i++) value = step(value); return value; }})()"
            ))
        };
        let deep = nest(10_000, "1");
        assert_eq!(digest(&deep), digest(&nest(10_000, "1")), "{step}");
        assert_ne!(digest(&deep), digest(&nest(10_001, "1")), "{step}");
        assert_ne!(digest(&deep), digest(&nest(10_000, "2")), "{step}");
        let broken = JsBodies.outline(&[nest(10_000, "() => 1")], &[]);
        assert_eq!(broken.expect_err(step).code, "UnsupportedValue");
        assert_eq!(
            restow::browser::differences(&deep, &nest(10_000, "2"), 9).len(),
            1
        );
        let body = js_sys::Object::new();
        js_sys::Reflect::set(&body, &"summary".into(), &deep).expect("it can be set");
        let cut = cut(&body);
        let joined = join(&cut, &all(&JsBodies.split(&body, &cut)));
        assert_eq!(digest(&joined), digest(&body), "{step}");
    }
}

#[wasm_bindgen_test]
async fn arrays_that_hide_their_constructor_are_cut_all_the_same() {
    for extra in ["5", "null", "{}", "() => { throw 1; }"] {
        let list = format!("Object.assign([1, , 3], {{ constructor: {extra}, length2: 3 }})");
        let list = js(&list);
        for (from, to, expected) in [(0, 2, "[1, ,]"), (1, 3, "[, 3]"), (1, 99, "[, 3]")] {
            let slice = JsBodies.slice(&list, from, to);
            assert_eq!(difference(&slice, &js(expected)).await, None, "{extra}");
        }
        let changed = JsBodies.set(&list, &Path::dotted("1"), &js("2"));
        let changed = changed.expect("it can be set");
        assert_eq!(JsBodies.len(&changed), Some(3));
        assert_eq!(JsBodies.get(&changed, &Path::dotted("1")), Some(js("2")));
    }
}

#[wasm_bindgen_test]
async fn a_sparse_array_of_any_length_is_measured_at_once() {
    let sparse = "Object.assign([], { 4294967293: 1, length: 4294967294 })";
    assert_eq!(digest(&js(sparse)), digest(&js(sparse)));
    let longer = "Object.assign([], { 4294967293: 1, length: 4294967295 })";
    assert_ne!(digest(&js(sparse)), digest(&js(longer)));
}

#[wasm_bindgen_test]
async fn a_thousand_chunks_and_more_are_joined() {
    let body = js("{ items: Array.from({ length: 5003 }, (_, index) => ({ index })) }");
    let cut = cut(&body);
    assert_eq!(cut.pieces(), 2502);
    let joined = join(&cut, &all(&JsBodies.split(&body, &cut)));
    assert_eq!(difference(&joined, &body).await, None);
}

#[wasm_bindgen_test]
fn facts_of_odd_bodies() {
    for (body, fact) in [
        ("{ id: 1n }", IdFact::Invalid("bigint".into())),
        ("{ id: NaN }", IdFact::Invalid("NaN".into())),
        ("{ id: new Date(0) }", IdFact::Invalid("Date".into())),
        ("{ id: new String('s') }", IdFact::Invalid("String".into())),
        ("{ id: null }", IdFact::Invalid("null".into())),
        ("{ get id() { throw 1; } }", IdFact::Missing),
        ("Object.create({ id: 's' })", IdFact::Missing),
        (
            "Object.assign(Object.create(null), { id: 's' })",
            IdFact::Id(Key::text("s")),
        ),
    ] {
        assert_eq!(
            JsBodies.facts(&js(body), Some(&Path::dotted("id"))).id,
            fact,
            "{body}"
        );
    }
    for body in [
        "new Map()",
        "new Date()",
        "[]",
        "new (class { get [Symbol.toStringTag]() { return 'X'; } })()",
        "() => 1",
    ] {
        assert!(
            !JsBodies
                .facts(&js(body), Some(&Path::dotted("id")))
                .is_object,
            "{body}"
        );
    }
}

async fn decode(text: &str) -> Result<Option<JsValue>, &'static str> {
    let decoded = JsBodies.decode(&JsValue::from_str(text)).await;
    decoded.map_err(|broken| broken.code)
}

#[wasm_bindgen_test]
async fn json_that_javascript_would_write_otherwise_is_not_exact() {
    for json in [
        r#"{"a":1,"a":2}"#,
        r#"{"n":1e400}"#,
        "12345678901234567890",
        r#"{"n":-0}"#,
        r#"{"n":1.0}"#,
        r#"{ "a": 1 }"#,
        r#"{"s":"\u0041"}"#,
        r#"{"2":1,"1":2}"#,
    ] {
        assert_eq!(
            decode(&host::gzip(json).await).await,
            Err("JsonNotExact"),
            "{json}"
        );
    }
    for json in [
        r#"{"__proto__":{"a":[]},"s":"\ud800😀\n","n":1e+30,"x":null}"#,
        "[]",
        "\"\"",
    ] {
        let decoded = decode(&host::gzip(json).await).await.expect("it is sound");
        let decoded = decoded.expect("it is compressed text");
        let written = call("value => JSON.stringify(value)", &[&decoded]).await;
        assert_eq!(written.as_string().as_deref(), Some(json));
    }
}

#[wasm_bindgen_test]
async fn gzip_that_is_cut_or_followed_by_anything_is_unreadable() {
    let sound = host::gzip(r#"{"id":"a session"}"#).await;
    let binary = |change: &str| {
        let code = format!(
            "text => {{ const bytes = Uint8Array.from(atob(text.slice(8)), char => char.charCodeAt(0)); \
             const changed = ({change})(bytes); \
             return 'GZIP_V1:' + btoa(String.fromCharCode(...changed)); }}"
        );
        let change: js_sys::Function = js(&code).into();
        let text = change.call1(&JsValue::NULL, &JsValue::from_str(&sound));
        text.expect("it can be changed")
            .as_string()
            .expect("it is text")
    };
    for change in [
        "bytes => bytes.slice(0, -1)",
        "bytes => bytes.slice(0, -8)",
        "bytes => [...bytes, 0]",
        "bytes => [...bytes, ...bytes]",
        "bytes => bytes.map((byte, at) => at === bytes.length - 5 ? byte ^ 1 : byte)",
        "bytes => bytes.slice(1)",
    ] {
        assert_eq!(
            decode(&binary(change)).await,
            Err("GzipUnreadable"),
            "{change}"
        );
    }
    assert!(decode(&binary("bytes => bytes")).await.is_ok());
    let not_utf8 = call(
        "async () => { const stream = new Blob([new Uint8Array([34, 0xff, 34])]).stream(); \
         const zipped = stream.pipeThrough(new CompressionStream('gzip')); \
         const bytes = new Uint8Array(await new Response(zipped).arrayBuffer()); \
         return 'GZIP_V1:' + btoa(String.fromCharCode(...bytes)); }",
        &[],
    )
    .await;
    let not_utf8 = not_utf8.as_string().expect("it is text");
    assert_eq!(decode(&not_utf8).await, Err("GzipUnreadable"));
    assert_eq!(
        decode(&host::gzip("\u{FEFF}{}").await).await,
        Err("GzipUnreadable")
    );
}

#[wasm_bindgen_test]
async fn without_a_decompressor_gzip_is_unsupported() {
    let text = host::gzip("{}").await;
    let patch = host::Patch::new(
        "() => { const saved = globalThis.DecompressionStream; delete globalThis.DecompressionStream; \
         return () => { globalThis.DecompressionStream = saved; }; }",
    );
    assert_eq!(decode(&text).await, Err("GzipUnsupported"));
    drop(patch);
    assert!(decode(&text).await.is_ok());
}

#[wasm_bindgen_test]
fn a_copy_that_fails_says_what_and_where() {
    let error = JsBodies
        .copy(&js("{ list: [1, { f: () => 1 }] }"))
        .expect_err("a function");
    assert_eq!(error.code(), "UnsupportedValue");
    assert!(
        error.to_string().contains("`list[1].f` is a function"),
        "{error}"
    );
}
