//! A browser that never answers: every wait ends, with an error of ours or without what was asked for.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::BrowserPorts;
use restow::domain::headroom::Storage;
use restow::ports::{Bodies, Clock, Durability, Held, Locks, Ports, Records, Sources};
use support::browser::host::{self, Patch};
use support::browser::scene::{apply, batch, code, id, place, plant, ports, put_manifest};
use support::browser::{call, js, unique};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Sets a property of an object for as long as the patch lives.
fn with(object: &str, name: &str, value: &str) -> Patch {
    Patch::new(&format!(
        "() => {{ const object = {object}; const saved = Object.getOwnPropertyDescriptor(object, '{name}'); \
         Object.defineProperty(object, '{name}', {{ value: {value}, configurable: true, writable: true }}); \
         return () => {{ if (saved) Object.defineProperty(object, '{name}', saved); else delete object['{name}']; }}; }}"
    ))
}

/// Puts what a browser tells of its storage into its place: not every one tells anything.
fn storage(estimate: &str, persisted: &str) -> Patch {
    let told = format!("{{ estimate: {estimate}, persisted: {persisted} }}");
    with("navigator", "storage", &told)
}

/// What never settles.
const NEVER: &str = "() => new Promise(() => {})";

/// A minute passes in three seconds: what does answer still has the time to.
fn in_a_hurry() -> Patch {
    let hurried =
        "(saved => (run, ms) => saved.call(globalThis, run, ms / 20))(globalThis.setTimeout)";
    with("globalThis", "setTimeout", hurried)
}

/// Our database with a manifest in it, and its name.
async fn holding() -> (String, BrowserPorts) {
    let (name, ports) = ports();
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    (name, ports)
}

async fn quota() -> Option<Storage> {
    BrowserPorts::new(&unique("waits")).records().quota().await
}

#[wasm_bindgen_test]
async fn an_estimate_that_never_comes_is_none() {
    let _hurry = in_a_hurry();
    let patch = storage(NEVER, "async () => true");
    assert_eq!(quota().await, None);
    drop(patch);
    let _patch = storage("async () => ({ usage: 1, quota: 9 })", NEVER);
    let told = quota().await.expect("it is told without it");
    assert_eq!(told.persisted, None);
}

#[wasm_bindgen_test]
async fn an_estimate_that_cannot_be_true_is_none() {
    for told in [
        "{}",
        "{ usage: 5, quota: 4 }",
        "{ usage: 0, quota: 0 }",
        "{ usage: NaN, quota: 4 }",
        "{ usage: '1', quota: '2' }",
        "null",
    ] {
        let estimate = format!("async () => ({told})");
        let _patch = storage(&estimate, "async () => true");
        assert_eq!(quota().await, None, "{told}");
    }
    for estimate in ["() => { throw new Error(); }", "() => 5", "undefined"] {
        let _patch = storage(estimate, "async () => true");
        assert_eq!(quota().await, None, "{estimate}");
    }
    let _patch = storage("async () => ({ usage: 1, quota: 9 })", "async () => true");
    assert_eq!(quota().await.expect("it is sound").available(), 8.0);
}

#[wasm_bindgen_test]
async fn a_lock_that_is_never_granted_nor_refused_is_none() {
    let _patch = with("navigator.locks", "request", NEVER);
    let ports = BrowserPorts::new(&unique("waits"));
    assert!(!ports.locks().acquire(&unique("lock"), 20).await.exclusive());
}

#[wasm_bindgen_test]
async fn a_list_of_databases_that_never_comes_is_done_without() {
    let (name, one) = holding().await;
    one.close();
    let _hurry = in_a_hurry();
    let _patch = with("indexedDB", "databases", NEVER);
    let two = BrowserPorts::new(&name);
    assert!(
        two.records()
            .manifest(&id())
            .await
            .expect("it opens")
            .is_some()
    );
}

#[wasm_bindgen_test]
async fn a_database_that_never_opens_is_blocked() {
    let (name, one) = holding().await;
    one.close();
    let _hurry = in_a_hurry();
    // Asked for, and never told of.
    let _patch = with(
        "IDBFactory.prototype",
        "open",
        "(saved => function (...all) { const request = saved.apply(this, all); \
          for (const at of ['onsuccess', 'onupgradeneeded']) Object.defineProperty(request, at, { set() {} }); \
          request.addEventListener('success', () => request.result.close()); return request; })(IDBFactory.prototype.open)",
    );
    let two = BrowserPorts::new(&name);
    assert_eq!(code(two.records().manifest(&id()).await), "Blocked");
    assert_eq!(
        code(apply(&two, vec![put_manifest(&id())]).await),
        "Blocked"
    );
}

/// Requests of one kind are made, and never answered.
fn deaf(method: &str) -> Patch {
    with(
        "IDBObjectStore.prototype",
        method,
        &format!(
            "(saved => function (...all) {{ const request = saved.apply(this, all); \
              for (const at of ['onsuccess', 'onerror']) Object.defineProperty(request, at, {{ set() {{}} }}); \
              request.addEventListener = () => {{}}; return request; }})(IDBObjectStore.prototype.{method})"
        ),
    )
}

#[wasm_bindgen_test]
async fn a_read_that_is_never_answered_ends() {
    let (name, ports) = holding().await;
    let source = unique("source");
    let at = place(&source, "a");
    plant(&at, &js("({ id: 'a' })")).await;
    ports.sources().read(&at).await.expect("it is there");
    let _hurry = in_a_hurry();
    let patch = deaf("get");
    assert_eq!(code(ports.records().manifest(&id()).await), "Timeout");
    assert_eq!(code(ports.sources().read(&at).await), "Timeout");
    // What is checked before it is opened, and signed, ends as well.
    let two = BrowserPorts::new(&name);
    assert_eq!(code(two.records().manifest(&id()).await), "Timeout");
    drop(patch);
    assert_eq!(code(two.records().manifest(&id()).await), "ok");
}

#[wasm_bindgen_test]
async fn a_transaction_that_never_ends_ends() {
    let (_, ports) = holding().await;
    let _hurry = in_a_hurry();
    let patch = with(
        "IDBDatabase.prototype",
        "transaction",
        "(saved => function (...all) { const made = saved.apply(this, all); \
          for (const at of ['oncomplete', 'onabort']) Object.defineProperty(made, at, { set() {} }); \
          return made; })(IDBDatabase.prototype.transaction)",
    );
    assert_eq!(
        code(apply(&ports, vec![put_manifest(&id())]).await),
        "Timeout"
    );
    drop(patch);
    assert_eq!(code(apply(&ports, vec![put_manifest(&id())]).await), "ok");
}

#[wasm_bindgen_test]
async fn a_refusal_where_there_is_no_source_ends() {
    let (_, ports) = holding().await;
    let nowhere = place(&unique("nowhere"), "a");
    let _hurry = in_a_hurry();
    let _patch = deaf("get");
    let mut then = batch(vec![put_manifest(&id())], Durability::Strict);
    then.fence = Some(support::browser::scene::fence(
        "one",
        restow::ports::Hold::Take { force: false },
    ));
    let refuse = |_: Option<&JsValue>| restow::ports::Change::Refuse;
    let swapped = ports.sources().replace(&nowhere, &refuse, then).await;
    assert_eq!(code(swapped), "Timeout");
}

#[wasm_bindgen_test]
async fn a_blob_that_is_never_read_is_unreadable() {
    let (_, ports) = ports();
    let _hurry = in_a_hurry();
    let _patch = with("Blob.prototype", "arrayBuffer", NEVER);
    let body = js("({ blob: new Blob(['never']) })");
    let broken = ports
        .bodies()
        .measure(&[body], &[])
        .await
        .expect_err("it can't be read");
    assert_eq!(broken.code, "BlobUnreadable");
}

#[wasm_bindgen_test]
async fn text_that_is_never_unzipped_is_refused() {
    let (_, ports) = ports();
    let zipped = JsValue::from_str(&host::gzip("{}").await);
    assert!(ports.bodies().decode(&zipped).await.is_ok());
    let _hurry = in_a_hurry();
    let _patch = with("Response.prototype", "arrayBuffer", NEVER);
    assert!(ports.bodies().decode(&zipped).await.is_err());
    assert!(ports.bodies().zip(&js("'text'")).await.is_err());
}

#[wasm_bindgen_test]
async fn a_page_without_messages_has_its_turn() {
    let (_, ports) = ports();
    let _hurry = in_a_hurry();
    let _patch = with("MessagePort.prototype", "postMessage", "() => {}");
    ports.clock().breathe().await;
    assert!(call("() => true", &[]).await.is_truthy());
}
