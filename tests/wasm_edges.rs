//! What crosses the border between Rust and JavaScript: keys, ids, configuration, locks and time.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::{BrowserPorts, from_js, key_from_js, key_to_js, to_js};
use restow::domain::key::Key;
use restow::domain::report::{MigrationStatus, Quota};
use restow::ports::{Clock, Held, Locks, Ports};
use serde_json::json;
use support::browser::{call, difference, host, js, unique};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn keys_lose_nothing_on_the_way_there_and_back() {
    for (expression, key) in [
        ("'a'", Key::text("a")),
        ("''", Key::text("")),
        ("'\\ufffd'", Key::text("\u{FFFD}")),
        ("'a\\ud800b'", Key::Units(vec![0x61, 0xD800, 0x62])),
        ("0", Key::Number(0.0)),
        ("-1.5", Key::Number(-1.5)),
        ("Infinity", Key::Number(f64::INFINITY)),
        ("new Date(5)", Key::Date(5.0)),
        ("new Uint8Array([1, 2]).buffer", Key::Binary(vec![1, 2])),
        ("[]", Key::Array(vec![])),
        (
            "[1, ['a', new Date(2)]]",
            Key::Array(vec![
                Key::Number(1.0),
                Key::Array(vec![Key::text("a"), Key::Date(2.0)]),
            ]),
        ),
    ] {
        assert_eq!(
            key_from_js(&js(expression)),
            Some(key.clone()),
            "{expression}"
        );
        let there = key_to_js(&key);
        assert_eq!(key_from_js(&there), Some(key), "{expression}");
        let order = call("(a, b) => indexedDB.cmp(a, b)", &[&there, &js(expression)]).await;
        assert_eq!(order.as_f64(), Some(0.0), "{expression}");
    }
    let long: Vec<u16> = (0..60_000).map(|unit| 0xD800 + (unit % 0x400)).collect();
    let key = Key::Units(long);
    assert_eq!(key_from_js(&key_to_js(&key)), Some(key));
    assert_eq!(
        key_from_js(&js("new Uint8Array([9, 1, 2, 9]).subarray(1, 3)")),
        Some(Key::Binary(vec![1, 2]))
    );
    for none in [
        "undefined",
        "null",
        "true",
        "NaN",
        "1n",
        "({})",
        "new Date(NaN)",
        "[undefined]",
        "[,]",
        "() => 1",
        "Symbol()",
        "new String('a')",
        "(one => (one.push(one), one))([])",
    ] {
        assert_eq!(key_from_js(&js(none)), None, "{none}");
    }
}

#[wasm_bindgen_test]
fn configuration_is_plain_data() {
    let given = js(
        "{ a: 1, b: undefined, c: null, d: [1.5, 'x', , true], e: { f: -3, ['__proto__']: 2 ** 53 } }",
    );
    let found = from_js(&given, "config").expect("it is plain");
    assert_eq!(
        found,
        json!({ "a": 1, "c": null, "d": [1.5, "x", null, true], "e": { "f": -3, "__proto__": 9007199254740992.0 } })
    );
    assert!(found["a"].is_u64() && found["e"]["f"].is_i64());
    for (odd, name) in [
        ("{ a: { b: () => 1 } }", "config.a.b"),
        ("{ a: [new Date()] }", "config.a[0]"),
        ("{ a: new Map() }", "config.a"),
        ("{ a: NaN }", "config.a"),
        ("{ a: 1n }", "config.a"),
        ("{ get a() { throw 1; } }", "config"),
        ("Symbol()", "config"),
    ] {
        let error = from_js(&js(odd), "config").expect_err(odd);
        assert_eq!(error.code(), "InvalidArgument", "{odd}");
        assert!(
            error.to_string().starts_with(&format!("`{name}` ")),
            "{odd}: {error}"
        );
    }
    let deep = js("(() => { const one = {}; one.one = one; return one; })()");
    assert!(from_js(&deep, "config").is_err());
}

#[wasm_bindgen_test]
async fn results_are_plain_objects() {
    let status = to_js(&MigrationStatus::new(1, 2, 0, 0, 0)).expect("it is plain");
    let expected = "{ total: 3, chunked: 1, legacy: 2, quarantined: 0, diverged: 0, percentage: 33, chunkedElsewhere: 0, unreadableSources: [], state: null, exact: true, countedAt: '1970-01-01T00:00:00.000Z' }";
    assert_eq!(difference(&status, &js(expected)).await, None);
    let quota = Quota {
        usage: 1.5,
        quota: 2.0,
        needed: 3.0,
        headroom: -2.5,
        persisted: Some(false),
    };
    let list = to_js(&(Some(quota), None::<u32>, 1_u64 << 50)).expect("it is plain");
    let expected =
        "[{ usage: 1.5, quota: 2, needed: 3, headroom: -2.5, persisted: false }, null, 2 ** 50]";
    assert_eq!(difference(&list, &js(expected)).await, None);
    let map = std::collections::BTreeMap::from([("a", 1)]);
    assert_eq!(
        difference(&to_js(&map).expect("it is plain"), &js("{ a: 1 }")).await,
        None
    );
    assert!(
        to_js(&u64::MAX).is_err(),
        "a number that JavaScript would round"
    );
}

#[wasm_bindgen_test]
async fn without_web_locks_one_goes_on_without() {
    let ports = BrowserPorts::new(&unique("locks"));
    let patch = host::Patch::new(
        "() => { Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true }); \
         return () => { delete navigator.locks; }; }",
    );
    let guard = ports.locks().acquire("any", 5000).await;
    assert!(!guard.exclusive());
    assert_eq!(guard.token().len(), 32);
    drop(patch);
    assert!(
        ports
            .locks()
            .acquire(&unique("any"), 5000)
            .await
            .exclusive()
    );
}

#[wasm_bindgen_test]
async fn a_lock_that_may_not_be_asked_for_is_none() {
    let ports = BrowserPorts::new(&unique("locks"));
    // Names that begin so are reserved: the browser rejects the request.
    assert!(!ports.locks().acquire("-reserved", 5000).await.exclusive());
    let patch = host::Patch::new(
        "() => { const saved = LockManager.prototype.request; \
         LockManager.prototype.request = () => { throw new DOMException('no', 'SecurityError'); }; \
         return () => { LockManager.prototype.request = saved; }; }",
    );
    assert!(!ports.locks().acquire("any", 5000).await.exclusive());
    drop(patch);
}

#[wasm_bindgen_test]
async fn who_stops_waiting_never_gets_the_lock() {
    let ports = BrowserPorts::new(&unique("locks"));
    let name = unique("lock");
    let held = ports.locks().acquire(&name, 1000).await;
    assert!(held.exclusive());
    {
        // Polled once, so that the browser was asked, and then dropped.
        let mut waiting = std::pin::pin!(ports.locks().acquire(&name, 60_000));
        let turn = std::pin::pin!(ports.clock().breathe());
        let polled = futures_util::future::select(waiting.as_mut(), turn).await;
        assert!(matches!(polled, futures_util::future::Either::Right(_)));
    }
    assert!(!ports.locks().acquire(&name, 20).await.exclusive());
    drop(held);
    assert!(
        ports.locks().acquire(&name, 1000).await.exclusive(),
        "someone who left holds the lock"
    );
    // What is released is gone a moment later, and nobody waits in line any more.
    let mut left = vec![name.clone()];
    for _ in 0..100 {
        ports.clock().breathe().await;
        let query = "async () => { const { held, pending } = await navigator.locks.query(); \
                     return [...held, ...pending].map(one => one.name); }";
        let names = js_sys::Array::from(&call(query, &[]).await);
        left = names.iter().filter_map(|name| name.as_string()).collect();
        if !left.contains(&name) {
            break;
        }
    }
    assert!(!left.contains(&name), "{left:?}");
}

#[wasm_bindgen_test]
async fn a_lock_that_comes_too_late_is_passed_on() {
    let ports = BrowserPorts::new(&unique("locks"));
    let name = unique("lock");
    let held = ports.locks().acquire(&name, 1000).await;
    // The request can't be taken back, as when it is granted in that very moment.
    let patch = host::Patch::new(
        "() => { const saved = AbortController.prototype.abort; \
         AbortController.prototype.abort = () => {}; \
         return () => { AbortController.prototype.abort = saved; }; }",
    );
    assert!(!ports.locks().acquire(&name, 20).await.exclusive());
    drop(patch);
    drop(held);
    assert!(ports.locks().acquire(&name, 2000).await.exclusive());
}

#[wasm_bindgen_test]
async fn breathing_lets_the_page_have_its_turn() {
    let ports = BrowserPorts::new(&unique("clock"));
    for without in ["undefined", "MessageChannel"] {
        let patch = host::Patch::new(&format!(
            "() => {{ const names = '{without}'.split(' ').filter(name => name in globalThis && name !== 'undefined'); \
             const saved = names.map(name => [name, Object.getOwnPropertyDescriptor(globalThis, name)]); \
             for (const name of names) Object.defineProperty(globalThis, name, {{ value: undefined, configurable: true }}); \
             return () => {{ for (const [name, descriptor] of saved) Object.defineProperty(globalThis, name, descriptor); }}; }}"
        ));
        let turn = js(
            "(turn => { setTimeout(() => { turn.came = true; }); return turn; })({ came: false })",
        );
        let came = || js_sys::Reflect::get(&turn, &JsValue::from_str("came")) == Ok(JsValue::TRUE);
        let mut breaths = 0;
        while !came() {
            ports.clock().breathe().await;
            breaths += 1;
            assert!(
                breaths < 10_000,
                "the page never had its turn (without {without})"
            );
        }
        drop(patch);
    }
}
