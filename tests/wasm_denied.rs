//! A page that may not use its localStorage.
//!
//! It is a file of its own because WebKit remembers how a property that was read often is got, and
//! goes on getting it that way after it was defined anew: only a fresh page sees what stands in here.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::domain::config::Config;
use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::ports::{Change, Durability, Ports, Records, Sources};
use serde_json::json;
use support::browser::local::denied;
use support::browser::scene::*;
use support::browser::{js, text, unique};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn denied_storage_is_an_error_and_never_a_panic() {
    let (_, ports) = ports();
    let other = Place::record(Area::LocalStorage, Key::text("any"));
    let name = unique("app");
    plant(&place(&name, "s"), &js("{ id: 's' }")).await;
    let config = json!({
        "sources": [{ "kind": "localStorage", "prefix": "p" }],
        "layout": { "arrays": [] }
    });
    let config = Config::parse(&config).expect("the configuration is sound");
    let texts = config.sources.into_iter().next().expect("there is one");
    let change = |_: Option<&JsValue>| Change::Put(text("x"));
    let then = || batch(vec![put_manifest(&id())], Durability::Strict);
    for (get, expected, name) in [
        (
            "throw new DOMException('no', 'SecurityError')",
            "StorageDenied",
            "SecurityError",
        ),
        ("throw 'a text'", "StorageDenied", "UnknownError"),
        ("return null", "StorageUnavailable", ""),
        ("return undefined", "StorageUnavailable", ""),
    ] {
        let patch = denied(get);
        let results = [
            ports.sources().keys(&texts).await.map(|_| ()),
            ports.sources().read(&other).await.map(|_| ()),
            ports
                .sources()
                .replace(&other, &change, then())
                .await
                .map(|_| ()),
        ];
        for result in results {
            let error = result.expect_err(get);
            assert_eq!(error.code(), expected, "{get}");
            let cause = error.cause().map_or("", |cause| cause.name.as_str());
            assert_eq!(cause, name, "{get}");
        }
        assert!(ports.sources().settle().await.is_empty());
        drop(patch);
    }
    let committed = ports.records().manifest(&id()).await;
    assert!(committed.expect("it can be read").is_none());
    // Databases are read all the same.
    let keys = ports.sources().keys(&source(&name)).await;
    assert_eq!(keys.expect("they can be read"), [Key::text("s")]);
    assert_eq!(
        ports.sources().read(&other).await.expect("it can be read"),
        None
    );
}
