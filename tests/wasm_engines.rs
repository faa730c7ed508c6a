//! What engines do differently, each difference by name, and that Restow keeps what each keeps.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::JsBodies;
use restow::domain::digest::Digest;
use restow::ports::Bodies;
use std::collections::HashSet;
use support::browser::engine::{Engine, engine};
use support::browser::scene::{apply, code, id, ports, put_piece};
use support::browser::types::ERRORS;
use support::browser::{call, difference, host, js, text, unique};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn digest(value: &JsValue) -> Digest {
    let measures = JsBodies.outline(std::slice::from_ref(value), &[]);
    measures.expect("it can be measured")[0].digest
}

/// A value after a way through IndexedDB.
async fn stored(value: &JsValue) -> JsValue {
    let database = unique("app");
    host::plant(&database, "s", &text("k"), value).await;
    host::read(&database, "s", &text("k")).await
}

#[wasm_bindgen_test]
async fn errors_are_kept_as_the_engine_keeps_them() {
    let made = js(ERRORS);
    let found = stored(&made).await;
    let causes =
        "errors => JSON.stringify(errors.map(one => 'cause' in one ? one.cause ?? null : 0))";
    let causes = call(causes, &[&found]).await.as_string();
    let expected = match engine() {
        Engine::Chromium | Engine::Firefox => {
            r#"[0,0,0,0,7,"text","another",{"code":7},{"code":8},null]"#
        }
        // Whatever the cause, its text is stored.
        Engine::WebKit => {
            r#"[0,0,0,0,"7","text","another","[object Object]","[object Object]","undefined"]"#
        }
    };
    assert_eq!(causes.as_deref(), Some(expected));
    // What has been stored once is kept from then on, and measured as it was.
    let again = stored(&found).await;
    assert_eq!(difference(&found, &again).await, None);
    assert_eq!(digest(&found), digest(&again));
    let digests: HashSet<_> = js_sys::Array::from(&found)
        .iter()
        .map(|error| digest(&error).0)
        .collect();
    let different = match engine() {
        Engine::Chromium | Engine::Firefox => 10,
        Engine::WebKit => 9,
    };
    assert_eq!(digests.len(), different);
}

#[wasm_bindgen_test]
async fn a_body_is_taken_as_the_engine_would_store_it() {
    // What the application hands over is copied first, so that what was lost is never measured.
    let made = js(ERRORS);
    let copy = JsBodies.copy(&made).expect("it can be copied");
    assert_eq!(digest(&copy), digest(&stored(&copy).await));
}

#[wasm_bindgen_test]
async fn a_stack_that_was_set_by_hand() {
    let made = js("Object.assign(new Error('message'), { stack: 'a' })");
    let found = stored(&made).await;
    let kept = call("error => error.stack === 'a'", &[&found]).await;
    // Firefox stores where the error was made.
    assert_eq!(kept == JsValue::TRUE, engine() != Engine::Firefox);
    assert_eq!(digest(&found), digest(&stored(&found).await));
}

#[wasm_bindgen_test]
async fn pixels_of_an_engine_that_names_no_color_space_are_srgb() {
    let image = js("new ImageData(new Uint8ClampedArray([1, 2, 3, 4]), 1, 1)");
    let named = call("image => image.colorSpace", &[&image])
        .await
        .as_string();
    let expected = (engine() == Engine::Chromium).then_some("srgb");
    assert_eq!(named.as_deref(), expected);
    let space = |space: &str| {
        js(&format!(
            "Object.defineProperty(new ImageData(new Uint8ClampedArray([1, 2, 3, 4]), 1, 1), \
             'colorSpace', {{ value: {space} }})"
        ))
    };
    assert_eq!(digest(&image), digest(&space("'srgb'")));
    assert_eq!(digest(&image), digest(&space("undefined")));
    assert_ne!(digest(&image), digest(&space("'display-p3'")));
    assert_eq!(digest(&image), digest(&stored(&image).await));
}

#[wasm_bindgen_test]
async fn other_color_spaces() {
    let wide = "() => new ImageData(1, 1, { colorSpace: 'display-p3' })";
    let made = support::browser::try_call(wide, &[]).await;
    let plain = js("new ImageData(1, 1)");
    match (engine(), made) {
        (Engine::Chromium, Ok(wide)) => {
            assert_ne!(digest(&wide), digest(&plain));
            assert_eq!(digest(&wide), digest(&stored(&wide).await));
        }
        (Engine::WebKit, Ok(wide)) => assert_eq!(digest(&wide), digest(&plain)),
        (Engine::Firefox, Err(thrown)) => {
            let name = call("thrown => thrown.name", &[&thrown]).await;
            assert_eq!(name.as_string().as_deref(), Some("TypeError"));
        }
        (engine, made) => panic!("{engine:?}: {made:?}"),
    }
}

#[wasm_bindgen_test]
async fn how_much_room_there_is() {
    let told = call(
        "async () => typeof (await navigator.storage?.estimate())?.quota",
        &[],
    )
    .await;
    let expected = match engine() {
        Engine::Chromium | Engine::Firefox => "number",
        // WebKitGTK does not tell.
        Engine::WebKit => "undefined",
    };
    assert_eq!(told.as_string().as_deref(), Some(expected));
}

#[wasm_bindgen_test]
fn what_all_of_them_have() {
    for name in [
        "navigator.locks",
        "indexedDB.databases",
        "CompressionStream",
        "DecompressionStream",
        "BroadcastChannel",
    ] {
        let there = js(&format!("typeof {name} !== 'undefined'"));
        assert_eq!(there, JsValue::TRUE, "{name}");
    }
}

fn with_blob() -> JsValue {
    js("{ id: 's', picture: new Blob(['a']) }")
}

#[wasm_bindgen_test]
async fn a_blob_that_may_be_stored_is() {
    let (name, ports) = ports();
    let body = with_blob();
    let pieces = std::slice::from_ref(&body);
    JsBodies.measure(pieces, &[]).await.expect("it is measured");
    assert_eq!(
        code(apply(&ports, vec![put_piece(&id(), 0, &body)]).await),
        "ok"
    );
    // The one that was tried was undone.
    let tried = host::read(&name, "meta", &text("blob")).await;
    assert!(tried.is_undefined());
}

#[wasm_bindgen_test]
async fn where_no_blob_can_be_stored_it_is_refused_before_anything_is_written() {
    let (_, ports) = ports();
    let body = with_blob();
    let pieces = std::slice::from_ref(&body);
    JsBodies.measure(pieces, &[]).await.expect("it is measured");
    let patch = host::Patch::new(
        "() => { const saved = IDBObjectStore.prototype.put; globalThis.tried = []; \
         IDBObjectStore.prototype.put = function (record, ...rest) { \
           globalThis.tried.push(record.name ?? this.name); \
           if (record.name !== 'blob') return saved.call(this, record, ...rest); \
           throw new DOMException('none', 'DataCloneError'); }; \
         return () => { IDBObjectStore.prototype.put = saved; }; }",
    );
    for _ in 0..2 {
        let refused = apply(&ports, vec![put_piece(&id(), 0, &body)]).await;
        assert_eq!(code(refused), "UnsupportedValue");
    }
    let plain = apply(&ports, vec![put_piece(&id(), 0, &js("{ a: 1 }"))]).await;
    assert_eq!(code(plain), "ok");
    drop(patch);
    let tried = js("tried.join()").as_string();
    assert_eq!(tried.as_deref(), Some("format,blob,chunks"));
}

/// Everything of a body that has a Blob, a File, and one Blob in four places.
const BLOBS: &str = "(() => { const one = new Blob(['one'], { type: 'text/plain' }); \
     const file = new File(['two'], 'é.txt', { type: 'image/png', lastModified: 5 }); \
     const inside = Object.defineProperty({ list: [one, , file] }, '__proto__', \
       { value: one, enumerable: true, writable: true, configurable: true }); \
     return { id: 's', inside, map: new Map([[one, new Set([1, file, 2])], ['k', inside]]) }; })()";

/// What lies in our store of pieces, read past Restow.
const FIRST_PIECE: &str = "async name => { const wait = request => new Promise((ok, no) => { \
     request.onsuccess = () => ok(request.result); request.onerror = () => no(request.error); }); \
     const database = await wait(indexedDB.open(name)); \
     const [{ data }] = await wait(database.transaction('chunks').objectStore('chunks').getAll()); \
     database.close(); return data; }";

#[wasm_bindgen_test]
async fn blobs_outlive_the_record_that_they_were_read_from() {
    // WebKit loses them now and then if they are stored as they were read.
    for _ in 0..25 {
        let app = unique("app");
        host::plant(&app, "s", &text("k"), &js(BLOBS)).await;
        let body = host::read(&app, "s", &text("k")).await;
        let pieces = std::slice::from_ref(&body);
        JsBodies.measure(pieces, &[]).await.expect("it is measured");
        let (name, ports) = ports();
        let written = apply(&ports, vec![put_piece(&id(), 0, &body)]).await;
        assert_eq!(code(written), "ok");
        drop((body, ports));
        host::delete(&app).await;
        let found = call(FIRST_PIECE, &[&text(&name)]).await;
        // An engine that copies a Blob twice where it occurs twice does so here as well.
        let wanted = js(&format!("structuredClone({BLOBS})"));
        assert_eq!(difference(&wanted, &found).await, None);
    }
}

#[wasm_bindgen_test]
fn a_record_with_blobs_is_written_back_only_where_the_engine_keeps_them() {
    let loses = engine() == Engine::WebKit;
    let neighbour =
        js("{ list: [{ id: 'a' }, { id: 'b', deep: new Map([[1, new Blob(['b'])]]) }] }");
    assert_eq!(JsBodies.may_be_written_back(&neighbour), !loses);
    assert!(JsBodies.may_be_written_back(&js("{ list: [{ id: 'a' }] }")));
    assert!(JsBodies.may_be_written_back(&text("[{ \"id\": \"a\" }]")));
}
