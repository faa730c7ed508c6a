//! localStorage in a real browser: read without a panic, written in one turn with our fence, and
//! put right where other tabs were overwritten.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::{BrowserPorts, key_to_js};
use restow::domain::config::{Config, SourceConfig};
use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::error::Result;
use restow::ports::{Batch, Change, Durability, Expect, Hold, Ports, Records, Sources, Swap};
use serde_json::json;
use support::browser::host::Patch;
use support::browser::local::{LOCAL, full, lies, tell, write};
use support::browser::scene::*;
use support::browser::{call, host, js, text, unique};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn at(key: &str) -> Place {
    Place::record(Area::LocalStorage, Key::text(key))
}

fn under(prefix: &str) -> SourceConfig {
    let config = json!({
        "sources": [{ "kind": "localStorage", "prefix": prefix }],
        "layout": { "arrays": [] }
    });
    let config = Config::parse(&config).expect("the configuration is sound");
    config.sources.into_iter().next().expect("there is one")
}

/// A strict batch that writes the manifest of the session.
fn then() -> Batch<JsValue> {
    batch(vec![put_manifest(&id())], Durability::Strict)
}

async fn committed(ports: &BrowserPorts) -> bool {
    let found = ports.records().manifest(&id()).await;
    found.expect("it can be read").is_some()
}

/// Writes a text whatever lies there, or removes it.
async fn put(ports: &BrowserPorts, place: &Place, new: Option<&JsValue>) -> Result<Swap> {
    let change = |_: Option<&JsValue>| new.map_or(Change::Remove, |new| Change::Put(new.clone()));
    ports.sources().replace(place, &change, then()).await
}

#[wasm_bindgen_test]
async fn a_storage_whose_methods_throw_is_denied() {
    let (_, ports) = ports();
    let place = at(&unique("k"));
    for method in ["getItem", "setItem"] {
        let patch = Patch::new(&format!(
            "() => {{ const saved = Storage.prototype.{method}; \
             Storage.prototype.{method} = () => {{ throw new DOMException('no', 'SecurityError'); }}; \
             return () => {{ Storage.prototype.{method} = saved; }}; }}"
        ));
        let result = put(&ports, &place, Some(&text("x"))).await;
        drop(patch);
        assert_eq!(code(result), "StorageDenied", "{method}");
        assert!(!committed(&ports).await);
    }
}

#[wasm_bindgen_test]
async fn a_write_that_does_not_stay_is_an_error() {
    let (_, ports) = ports();
    let place = at(&unique("k"));
    plant(&place, &text("old")).await;
    for method in ["setItem", "removeItem"] {
        let patch = Patch::new(&format!(
            "() => {{ const saved = Storage.prototype.{method}; Storage.prototype.{method} = () => {{}}; \
             return () => {{ Storage.prototype.{method} = saved; }}; }}"
        ));
        let new = text("new");
        let result = put(&ports, &place, (method == "setItem").then_some(&new)).await;
        drop(patch);
        assert_eq!(cause(result), "DataError", "{method}");
        assert!(!committed(&ports).await);
        assert_eq!(raw(&place).await, text("old"));
    }
}

#[wasm_bindgen_test]
async fn what_is_closed_says_so() {
    let (_, ports) = ports();
    let place = at(&unique("k"));
    assert_eq!(
        ports.sources().read(&place).await.expect("it can be read"),
        None
    );
    ports.close();
    assert_eq!(code(ports.sources().read(&place).await), "Closed");
    assert_eq!(code(ports.sources().keys(&under("p")).await), "Closed");
    assert_eq!(code(put(&ports, &place, None).await), "Closed");
    assert!(ports.sources().settle().await.is_empty());
}

#[wasm_bindgen_test]
async fn lone_surrogates_in_keys_and_values_survive() {
    let (_, ports) = ports();
    let prefix = unique("p/");
    let key =
        |rest: &[u16]| Key::Units(prefix.encode_utf16().chain(rest.iter().copied()).collect());
    let lone = [key(&[0xD800]), key(&[0xDC00]), key(&[0xD800, 0xD800])];
    let value = |unit: &str| js(&format!("'a{unit}b'"));
    let values = [value("\\ud800"), value("\\udc00"), value("\\ufffd")];
    for (key, value) in lone.iter().zip(&values) {
        write(&key_to_js(key), value);
    }
    write(&text(&format!("{prefix}\u{FFFD}")), &text("another one"));
    write(&text(&prefix[1..]), &text("beside"));
    let mut expected = lone.to_vec();
    expected.push(Key::text(format!("{prefix}\u{FFFD}")));
    expected.sort();
    let keys = ports.sources().keys(&under(&prefix)).await;
    let keys = keys.expect("they can be read");
    assert_eq!(format!("{keys:?}"), format!("{expected:?}"));
    for (key, value) in lone.iter().zip(&values) {
        let place = Place::record(Area::LocalStorage, key.clone());
        let found = ports.sources().read(&place).await.expect("it can be read");
        assert_eq!(found.as_ref(), Some(value), "{key}");
    }
    let place = Place::record(Area::LocalStorage, lone[0].clone());
    let result = put(&ports, &place, Some(&values[1])).await;
    assert_eq!(result.expect("it is written"), Swap::Done);
    assert_eq!(lies(&key_to_js(&lone[0])), values[1]);
    assert_eq!(lies(&key_to_js(&lone[1])), values[1]);
    assert_eq!(lies(&key_to_js(&lone[2])), values[2]);
    let result = put(&ports, &place, None).await;
    assert_eq!(result.expect("it is removed"), Swap::Done);
    assert!(lies(&key_to_js(&lone[0])).is_null());
    assert_eq!(
        ports
            .sources()
            .keys(&under(&prefix))
            .await
            .expect("they can be read")
            .len(),
        3
    );
}

#[wasm_bindgen_test]
async fn keys_that_are_names_of_methods_are_keys() {
    let (_, ports) = ports();
    for key in [
        "getItem",
        "setItem",
        "length",
        "key",
        "__proto__",
        "constructor",
    ] {
        let place = at(key);
        plant(&place, &text("value")).await;
        let keys = ports.sources().keys(&under(key)).await;
        assert_eq!(keys.expect("they can be read"), [Key::text(key)]);
        let found = ports.sources().read(&place).await.expect("it can be read");
        assert_eq!(found, Some(text("value")), "{key}");
        assert_eq!(
            put(&ports, &place, None).await.expect("it is removed"),
            Swap::Done
        );
        assert!(raw(&place).await.is_undefined(), "{key}");
    }
}

#[wasm_bindgen_test]
async fn localstorage_takes_text_under_text_alone() {
    let (_, ports) = ports();
    let place = at(&unique("k"));
    plant(&place, &text("old")).await;
    for odd in ["({})", "5", "null", "undefined", "new String('x')"] {
        let result = put(&ports, &place, Some(&js(odd))).await;
        assert_eq!(code(result), "UnsupportedValue", "{odd}");
        assert_eq!(raw(&place).await, text("old"));
    }
    for key in [Key::Number(5.0), Key::Array(vec![Key::text("a")])] {
        plant(&at("5"), &text("of a text")).await;
        let odd = Place::record(Area::LocalStorage, key);
        assert_eq!(
            ports.sources().read(&odd).await.expect("it can be read"),
            None
        );
        assert_eq!(
            code(put(&ports, &odd, Some(&text("x"))).await),
            "UnsupportedValue"
        );
        assert!(!committed(&ports).await);
        assert_eq!(
            put(&ports, &odd, None).await.expect("there is none"),
            Swap::Done
        );
        apply(&ports, vec![restow::ports::Write::DeleteManifest(id())])
            .await
            .expect("it is applied");
    }
    assert_eq!(lies(&text("5")), text("of a text"));
}

#[wasm_bindgen_test]
async fn where_there_is_no_room_all_stays_as_it_was() {
    let (_, ports) = ports();
    let place = at(&unique("k"));
    plant(&place, &text("old")).await;
    let large = text(&"x".repeat(6_000_000));
    let error = put(&ports, &place, Some(&large))
        .await
        .expect_err("it does not fit");
    assert_eq!(error.code(), "QuotaExceeded");
    assert!(error.to_string().contains("120000"), "{error}");
    assert_eq!(raw(&place).await, text("old"));
    assert!(!committed(&ports).await);
    for name in ["QuotaExceededError", "NS_ERROR_DOM_QUOTA_REACHED"] {
        let patch = full(name);
        let result = put(&ports, &place, Some(&text("new"))).await;
        drop(patch);
        assert_eq!(code(result), "QuotaExceeded");
        assert!(!committed(&ports).await);
    }
    // Our database is as free as it was.
    let result = put(&ports, &place, Some(&text("new"))).await;
    assert_eq!(result.expect("it is written"), Swap::Done);
    assert_eq!(raw(&place).await, text("new"));
    assert!(committed(&ports).await);
}

/// Writes down what happens in our database and in localStorage, in order.
fn events(ours: &str) -> (Patch, impl Fn() -> Vec<String>) {
    let patch = Patch::new(&format!(
        r#"() => {{
            const log = globalThis.events = [];
            const saved = IDBDatabase.prototype.transaction;
            IDBDatabase.prototype.transaction = function (...all) {{
                const made = saved.apply(this, all);
                if (this.name === {ours:?} && made.mode === "readwrite") {{
                    globalThis.victim = made;
                    log.push(`begins ${{made.durability}}`);
                    made.addEventListener("complete", () => log.push("commits"));
                    made.addEventListener("abort", () => log.push("aborts"));
                }}
                return made;
            }};
            const undo = [[IDBObjectStore, "put"], [IDBObjectStore, "delete"], [Storage, "setItem"], [Storage, "removeItem"]].map(([of, name]) => {{
                const saved = of.prototype[name];
                of.prototype[name] = function (...all) {{
                    log.push(`${{name}} ${{this.name ?? "local"}}`);
                    if (globalThis.during) globalThis.during(name);
                    return saved.apply(this, all);
                }};
                return () => {{ of.prototype[name] = saved; }};
            }});
            return () => {{ IDBDatabase.prototype.transaction = saved; for (const one of undo) one(); }};
        }}"#
    ));
    let seen = || {
        let seen = js("globalThis.events.splice(0)");
        let seen = js_sys::Array::from(&seen);
        seen.iter().filter_map(|line| line.as_string()).collect()
    };
    (patch, seen)
}

#[wasm_bindgen_test]
async fn a_text_is_written_while_our_fence_holds() {
    let (ours, ports) = ports();
    let place = at(&unique("k"));
    plant(&place, &text("old")).await;
    let fenced = |hold| Batch {
        fence: Some(fence("t", hold)),
        ..then()
    };
    let first = Batch {
        writes: vec![],
        ..fenced(Hold::Take { force: false })
    };
    ports
        .records()
        .apply(first)
        .await
        .expect("the lease is ours");
    let (patch, seen) = events(&ours);
    let change = |found: Option<&JsValue>| match found == Some(&text("old")) {
        true => Change::Put(text("new")),
        false => Change::Refuse,
    };
    let replace = async |batch| ports.sources().replace(&place, &change, batch).await;
    let result = replace(fenced(Hold::Keep)).await;
    assert_eq!(result.expect("it is written"), Swap::Done);
    let all = [
        "begins strict",
        "put leases",
        "put manifests",
        "setItem local",
        "commits",
    ];
    assert_eq!(seen(), all);
    // Not as expected: nothing is written.
    let result = replace(fenced(Hold::Keep)).await;
    assert_eq!(result.expect("it is refused"), Swap::Refused);
    assert_eq!(seen(), ["begins strict", "aborts"]);
    // It stays as it is, and the batch is written.
    let keep = |_: Option<&JsValue>| Change::Keep;
    let result = ports
        .sources()
        .replace(&place, &keep, fenced(Hold::Keep))
        .await;
    assert_eq!(result.expect("it is kept"), Swap::Done);
    assert_eq!(
        seen(),
        ["begins strict", "put leases", "put manifests", "commits"]
    );
    // A fence that does not hold, or another revision: no one is asked.
    let never = |_: Option<&JsValue>| -> Change<JsValue> { panic!("it was asked") };
    let other = Batch {
        fence: Some(fence("other", Hold::Keep)),
        ..then()
    };
    let stale = Batch {
        expect: vec![Expect {
            id: id(),
            revision: None,
        }],
        ..then()
    };
    for (batch, expected) in [(other, "Fenced"), (stale, "StaleHandle")] {
        let result = ports.sources().replace(&place, &never, batch).await;
        assert_eq!(code(result), expected);
        assert_eq!(seen(), ["begins strict", "aborts"]);
    }
    // Without anything to write there is no transaction.
    let nothing = batch(vec![], Durability::Strict);
    let remove = |_: Option<&JsValue>| Change::Remove;
    let result = ports.sources().replace(&place, &remove, nothing).await;
    assert_eq!(result.expect("it is removed"), Swap::Done);
    assert_eq!(seen(), ["removeItem local"]);
    drop(patch);
    assert!(raw(&place).await.is_undefined());
}

#[wasm_bindgen_test]
async fn a_batch_that_can_not_be_queued_leaves_the_text() {
    let (ours, ports) = ports();
    let place = at(&unique("k"));
    plant(&place, &text("old")).await;
    apply(
        &ports,
        vec![put_piece(&Key::text("other"), 0, &JsValue::NULL)],
    )
    .await
    .expect("it is applied");
    let remove = |_: Option<&JsValue>| Change::Remove;
    let odd = batch(
        vec![put_piece(&id(), 0, &js("() => 1"))],
        Durability::Strict,
    );
    let result = ports.sources().replace(&place, &remove, odd).await;
    assert_eq!(code(result), "UnsupportedValue");
    assert_eq!(raw(&place).await, text("old"));
    // The transaction goes away in the last moment in which anything can still happen.
    let (patch, _) = events(&ours);
    let aborts = |_: Option<&JsValue>| {
        js("globalThis.victim.abort()");
        Change::Remove
    };
    let result = ports.sources().replace(&place, &aborts, then()).await;
    drop(patch);
    assert!(result.is_err());
    assert_eq!(raw(&place).await, text("old"));
    assert!(!committed(&ports).await);
}

#[wasm_bindgen_test]
async fn a_commit_that_fails_afterwards_is_told() {
    let (ours, ports) = ports();
    let place = at(&unique("k"));
    plant(&place, &text("old")).await;
    let (patch, seen) = events(&ours);
    js(
        "globalThis.during = name => { if (name === 'removeItem') queueMicrotask(() => globalThis.victim.abort()); }",
    );
    let result = put(&ports, &place, None).await;
    js("delete globalThis.during");
    drop(patch);
    assert_eq!(code(result), "TransactionAborted");
    assert!(seen().contains(&"removeItem local".into()));
    assert!(raw(&place).await.is_undefined());
    assert!(!committed(&ports).await);
}

#[wasm_bindgen_test]
async fn what_another_tab_wrote_is_put_back_where_ours_lies_over_it() {
    let (_, ports) = ports();
    let (place, key) = {
        let key = unique("k");
        (at(&key), key)
    };
    let told = async || ports.sources().settle().await;
    for (new, there) in [(Some(text("ours")), "ours"), (None, "")] {
        plant(&place, &text("old")).await;
        let result = put(&ports, &place, new.as_ref()).await;
        assert_eq!(result.expect("it is written"), Swap::Done);
        // What we ourselves wrote, and what we saw before, was not lost; no more was another key,
        // nor what lies in another storage.
        let unheard = [
            (key.as_str(), text(there), LOCAL),
            (&key, text("old"), LOCAL),
            ("another", text("theirs"), LOCAL),
            (&key, text("theirs"), "sessionStorage"),
            (&key, text("theirs"), "null"),
        ];
        for (key, value, area) in unheard {
            let value = if value == text("") {
                JsValue::NULL
            } else {
                value
            };
            tell(&text(key), &value, area);
        }
        tell(&JsValue::NULL, &JsValue::NULL, LOCAL);
        assert!(told().await.is_empty());
        assert_eq!(lies(&text(&key)), new.clone().unwrap_or(JsValue::NULL));
        // Theirs was overwritten unseen; and once more, before we had put the first one back.
        for theirs in ["theirs", "old", "theirs again"] {
            tell(&text(&key), &text(theirs), LOCAL);
            assert_eq!(lies(&text(&key)), text(theirs));
        }
        assert_eq!(told().await, [Key::text(&key)]);
        assert!(told().await.is_empty());
    }
}

#[wasm_bindgen_test]
async fn what_lies_there_by_another_hand_stays_and_is_told() {
    let (_, ports) = ports();
    let (key, other) = (unique("k"), unique("other"));
    let place = at(&key);
    plant(&place, &text("old")).await;
    put(&ports, &place, Some(&text("ours")))
        .await
        .expect("it is written");
    plant(&place, &text("newer")).await;
    tell(&text(&key), &text("theirs"), LOCAL);
    assert_eq!(lies(&text(&key)), text("newer"));
    // What another tab removed is told, but not removed again.
    plant(&at(&other), &text("old")).await;
    put(&ports, &at(&other), Some(&text("ours")))
        .await
        .expect("it is written");
    tell(&text(&other), &JsValue::NULL, LOCAL);
    assert_eq!(lies(&text(&other)), text("ours"));
    let mut told = vec![Key::text(&key), Key::text(&other)];
    told.sort();
    assert_eq!(ports.sources().settle().await, told);
}

#[wasm_bindgen_test]
async fn two_that_put_back_in_turn_come_to_an_end() {
    let (_, ports) = ports();
    let key = unique("k");
    put(&ports, &at(&key), Some(&text("ours")))
        .await
        .expect("it is written");
    for round in 0..100 {
        tell(&text(&key), &text(&format!("theirs {round}")), LOCAL);
    }
    assert_eq!(lies(&text(&key)), text("theirs 7"));
    assert_eq!(ports.sources().settle().await, [Key::text(&key)]);
}

#[wasm_bindgen_test]
async fn a_value_that_finds_no_room_is_told() {
    let (_, ports) = ports();
    let key = unique("k");
    plant(&at(&key), &text("old")).await;
    put(&ports, &at(&key), None).await.expect("it is removed");
    let patch = full("QuotaExceededError");
    tell(&text(&key), &text("theirs"), LOCAL);
    drop(patch);
    assert_eq!(ports.sources().settle().await, [Key::text(&key)]);
}

#[wasm_bindgen_test]
async fn another_document_is_heard_of() {
    let (_, ports) = ports();
    let key = unique("k");
    plant(&at(&key), &text("old")).await;
    put(&ports, &at(&key), None).await.expect("it is removed");
    let theirs = "key => { const frame = document.createElement('iframe'); document.body.append(frame); \
                  frame.contentWindow.localStorage.setItem(key, 'theirs'); \
                  setTimeout(() => frame.remove(), 100); }";
    call(theirs, &[&text(&key)]).await;
    assert_eq!(ports.sources().settle().await, [Key::text(&key)]);
    assert_eq!(lies(&text(&key)), text("theirs"));
}

#[wasm_bindgen_test]
async fn settling_takes_time_only_after_a_write() {
    let (_, ports) = ports();
    let place = at(&unique("k"));
    let timed = async || {
        let start = js_sys::Date::now();
        ports.sources().settle().await;
        js_sys::Date::now() - start
    };
    ports.sources().read(&place).await.expect("it can be read");
    assert!(timed().await < 100.0);
    put(&ports, &place, Some(&text("x")))
        .await
        .expect("it is written");
    assert!(timed().await >= 190.0);
    assert!(timed().await < 100.0);
    // What leaves everything as it is is no write.
    put(&ports, &place, Some(&text("x")))
        .await
        .expect("it is there");
    assert!(timed().await < 100.0);
}

#[wasm_bindgen_test]
async fn who_is_closed_or_gone_listens_no_more() {
    let key = unique("k");
    for close in [true, false] {
        let (_, ports) = ports();
        plant(&at(&key), &text("old")).await;
        put(&ports, &at(&key), None).await.expect("it is removed");
        if close {
            ports.close();
        } else {
            drop(ports);
        }
        tell(&text(&key), &text("theirs"), LOCAL);
        assert!(lies(&text(&key)).is_null());
    }
    // Who has never looked at localStorage does not listen either.
    let added = Patch::new(
        "() => { const saved = EventTarget.prototype.addEventListener; globalThis.added = 0; \
         EventTarget.prototype.addEventListener = function (name, ...all) { \
           if (name === 'storage') globalThis.added += 1; return saved.call(this, name, ...all); }; \
         return () => { EventTarget.prototype.addEventListener = saved; }; }",
    );
    let (_, ports) = ports();
    ports
        .sources()
        .keys(&source(&unique("app")))
        .await
        .expect("there is nothing");
    assert_eq!(js("globalThis.added"), JsValue::from(0));
    ports
        .sources()
        .read(&at(&key))
        .await
        .expect("it can be read");
    ports
        .sources()
        .read(&at(&key))
        .await
        .expect("it can be read");
    assert_eq!(js("globalThis.added"), JsValue::from(1));
    drop(added);
    assert!(!host::exists("restow").await);
}
