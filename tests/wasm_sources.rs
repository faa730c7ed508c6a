//! Databases of applications in a real browser: looked at without harm, written under a fence.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use futures_util::future::{Either, join, select};
use restow::browser::{BrowserPorts, JsBodies};
use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::error::Result;
use restow::ports::{
    Batch, Bodies, Clock, Durability, Expect, Hold, Ports, Records, Sources, Swap,
};
use std::pin::pin;
use support::browser::host::{self, Patch};
use support::browser::scene::*;
use support::browser::{call, difference, js, text, unique};
use support::checked::replace_if;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A strict batch that writes the manifest of the session.
fn then() -> Batch<JsValue> {
    batch(vec![put_manifest(&id())], Durability::Strict)
}

async fn committed(ports: &BrowserPorts) -> bool {
    let found = ports.records().manifest(&id()).await;
    found.expect("it can be read").is_some()
}

/// Whether a value measures as an expression does.
fn is(value: Option<&JsValue>, expression: &str) -> bool {
    let outline = |value: &JsValue| JsBodies.outline(std::slice::from_ref(value), &[]).ok();
    value.is_some_and(|value| outline(value) == outline(&js(expression)))
}

/// Removes a record if it is as an expression says.
async fn remove(ports: &BrowserPorts, place: &Place, expression: &str) -> Result<Swap> {
    let expected = |value: Option<&JsValue>| is(value, expression);
    replace_if(ports.sources(), place, &expected, None, then()).await
}

/// An application's database with one record `{ id: "s" }`.
async fn app() -> (String, Place) {
    let name = unique("app");
    let place = place(&name, "s");
    plant(&place, &js("{ id: 's' }")).await;
    (name, place)
}

#[wasm_bindgen_test]
async fn an_application_keeps_its_connection_its_version_and_its_stores() {
    let name = unique("app");
    let create = r#"name => new Promise(resolve => {
        const request = indexedDB.open(name, 7);
        request.onupgradeneeded = () => {
            request.result.createObjectStore("rows");
            request.result.createObjectStore("settings", { keyPath: "a.b", autoIncrement: true }).createIndex("i", "x");
        };
        request.onsuccess = () => {
            const transaction = request.result.transaction(["rows", "settings"], "readwrite");
            transaction.objectStore("rows").put({ id: "s" }, "s");
            transaction.objectStore("settings").put({ x: 1 });
            transaction.oncomplete = () => resolve(request.result);
        };
    })"#;
    let theirs = call(create, &[&text(&name)]).await;
    let before = outline(&name).await;
    let (_, ports) = ports();
    let place = place(&name, "s");
    assert_eq!(
        ports
            .sources()
            .keys(&source(&name))
            .await
            .expect("they can be read"),
        [Key::text("s")]
    );
    assert!(is(
        ports
            .sources()
            .read(&place)
            .await
            .expect("it can be read")
            .as_ref(),
        "{ id: 's' }"
    ));
    assert_eq!(
        remove(&ports, &place, "{ id: 's' }")
            .await
            .expect("it is removed"),
        Swap::Done
    );
    assert_eq!(outline(&name).await, before);
    let use_it = r#"database => new Promise((resolve, reject) => {
        const transaction = database.transaction(["rows", "settings"], "readwrite");
        transaction.objectStore("rows").put({ id: "t" }, "t");
        const settings = transaction.objectStore("settings").getAll();
        transaction.oncomplete = () => resolve(JSON.stringify([database.version, settings.result]));
        transaction.onabort = () => reject(transaction.error);
    })"#;
    let found = call(use_it, &[&theirs]).await;
    assert_eq!(
        found.as_string().as_deref(),
        Some(r#"[7,[{"x":1,"a":{"b":1}}]]"#)
    );
    // It may upgrade whenever it likes, and delete as well: our connection gives way.
    call("database => database.close()", &[&theirs]).await;
    let newer = host::connect(&name, Some(8)).await;
    call("database => database.close()", &[&newer]).await;
    assert_eq!(
        ports
            .sources()
            .keys(&source(&name))
            .await
            .expect("they can be read"),
        [Key::text("t")]
    );
    host::delete(&name).await;
    assert!(
        ports
            .sources()
            .keys(&source(&name))
            .await
            .expect("there is nothing")
            .is_empty()
    );
    assert!(!host::exists(&name).await, "looking created it again");
}

#[wasm_bindgen_test]
async fn a_record_that_is_undefined_is_there() {
    let (name, _) = app().await;
    let odd = place(&name, "odd");
    plant(&odd, &JsValue::UNDEFINED).await;
    let (_, ports) = ports();
    let found = ports.sources().read(&odd).await.expect("it can be read");
    assert_eq!(found, Some(JsValue::UNDEFINED));
    let seen = std::cell::Cell::new(None);
    let expected = |value: Option<&JsValue>| {
        seen.set(Some(value.is_some()));
        false
    };
    let result = replace_if(ports.sources(), &odd, &expected, None, then()).await;
    assert_eq!(result.expect("it is refused"), Swap::Refused);
    assert_eq!(seen.get(), Some(true));
}

/// Writes down what happens in two databases, in order.
fn events(ours: &str, app: &str) -> (Patch, impl Fn() -> Vec<String>) {
    let patch = Patch::new(&format!(
        r#"() => {{
            const names = {{ {ours:?}: "ours", {app:?}: "app" }};
            const log = globalThis.events = [];
            const saved = IDBDatabase.prototype.transaction;
            IDBDatabase.prototype.transaction = function (...all) {{
                const made = saved.apply(this, all);
                const who = names[this.name];
                if (who && made.mode === "readwrite") {{
                    log.push(`${{who}} begins ${{made.durability}}`);
                    made.addEventListener("complete", () => log.push(`${{who}} commits`));
                    made.addEventListener("abort", () => log.push(`${{who}} aborts`));
                }}
                return made;
            }};
            const undo = ["put", "delete", "add"].map(name => {{
                const saved = IDBObjectStore.prototype[name];
                IDBObjectStore.prototype[name] = function (...all) {{
                    log.push(`${{names[this.transaction.db.name]}} ${{name}}s ${{this.name}}`);
                    return saved.apply(this, all);
                }};
                return () => {{ IDBObjectStore.prototype[name] = saved; }};
            }});
            return () => {{ IDBDatabase.prototype.transaction = saved; for (const one of undo) one(); }};
        }}"#
    ));
    let seen = || {
        let seen = js("globalThis.events.splice(0)");
        js_sys::Array::from(&seen)
            .iter()
            .filter_map(|line| line.as_string())
            .collect()
    };
    (patch, seen)
}

#[wasm_bindgen_test]
async fn the_source_is_written_while_our_fence_holds_and_before_our_batch() {
    let (ours, ports) = ports();
    apply(&ports, vec![]).await.expect("nothing to do is done");
    let (name, place) = app().await;
    let fenced = |hold| Batch {
        fence: Some(fence("t", hold)),
        ..then()
    };
    let take = Hold::Take { force: false };
    // Our database comes to be first; what that writes is not of interest here.
    let first = Batch {
        writes: vec![],
        ..fenced(take)
    };
    ports
        .records()
        .apply(first)
        .await
        .expect("the lease is ours");
    let (patch, seen) = events(&ours, &name);
    let expected = |value: Option<&JsValue>| is(value, "{ id: 's' }");
    let new = js("{ id: 's', new: true }");
    let result = replace_if(
        ports.sources(),
        &place,
        &expected,
        Some(&new),
        fenced(Hold::Keep),
    )
    .await;
    assert_eq!(result.expect("it is replaced"), Swap::Done);
    let all = [
        "app begins strict",
        "ours begins strict",
        "app puts rows",
        "app commits",
        "ours puts leases",
        "ours puts manifests",
        "ours commits",
    ];
    assert_eq!(seen(), all);
    // Not as expected: neither writes.
    let result = replace_if(ports.sources(), &place, &expected, None, fenced(Hold::Keep)).await;
    assert_eq!(result.expect("it is refused"), Swap::Refused);
    let mut found = seen();
    found[2..].sort();
    assert_eq!(
        found,
        [
            "app begins strict",
            "ours begins strict",
            "app aborts",
            "ours aborts"
        ]
    );
    // A fence that does not hold: the source is not even compared.
    let never = |_: Option<&JsValue>| panic!("it was compared");
    let other = Batch {
        fence: Some(fence("other", Hold::Keep)),
        ..then()
    };
    let result = replace_if(ports.sources(), &place, &never, None, other).await;
    assert_eq!(code(result), "Fenced");
    let stale = Batch {
        expect: vec![Expect {
            id: id(),
            revision: None,
        }],
        ..then()
    };
    let result = replace_if(ports.sources(), &place, &never, None, stale).await;
    assert_eq!(code(result), "StaleHandle");
    assert!(
        seen()
            .iter()
            .all(|line| !line.contains("puts") && !line.contains("deletes"))
    );
    drop(patch);
    assert_eq!(difference(&raw(&place).await, &new).await, None);
}

#[wasm_bindgen_test]
async fn what_an_application_writes_at_the_same_time_is_never_lost() {
    let (_, ports) = ports();
    let (name, place) = app().await;
    let (mut done, mut refused) = (0, 0);
    for round in 0..40_u32 {
        plant(&place, &js("{ id: 's' }")).await;
        let theirs = async {
            for _ in 0..round % 20 {
                ports.clock().breathe().await;
            }
            plant(&place, &js("{ id: 's', newer: true }")).await;
        };
        let (result, ()) = join(remove(&ports, &place, "{ id: 's' }"), theirs).await;
        match result.expect("it is decided") {
            Swap::Done => done += 1,
            Swap::Refused => refused += 1,
        }
        let left = raw(&place).await;
        assert!(
            is(Some(&left), "{ id: 's', newer: true }"),
            "round {round}: {left:?}"
        );
    }
    assert!(
        done > 0 && refused > 0,
        "{done} done, {refused} refused: no real race"
    );
    assert_eq!(
        ports
            .sources()
            .keys(&source(&name))
            .await
            .expect("they can be read")
            .len(),
        1
    );
}

/// Keeps a readwrite transaction open on all stores of a database, and writes a record at the end.
async fn hold(database: &str) -> JsValue {
    let hold = r#"name => new Promise(resolve => {
        const request = indexedDB.open(name);
        request.onsuccess = () => {
            const database = request.result;
            const transaction = database.transaction(database.objectStoreNames, "readwrite");
            const store = transaction.objectStore(database.objectStoreNames[0]);
            let go = true;
            const puts = [];
            const stay = () => {
                for (const put of puts.splice(0)) store.put(...put);
                if (go) store.count().onsuccess = stay;
            };
            stay();
            const ended = new Promise(ended => {
                transaction.oncomplete = () => { database.close(); ended(); };
            });
            resolve({ put: (...all) => puts.push(all), end: () => { go = false; return ended; } });
        };
    })"#;
    call(hold, &[&text(database)]).await
}

#[wasm_bindgen_test]
async fn a_writer_that_came_first_is_waited_for_and_seen() {
    let (_, ports) = ports();
    let (name, place) = app().await;
    let held = hold(&name).await;
    let theirs = async {
        for _ in 0..50 {
            ports.clock().breathe().await;
        }
        call(
            "held => { held.put({ id: 's', newer: true }, 's'); return held.end(); }",
            &[&held],
        )
        .await;
    };
    let (result, ()) = join(remove(&ports, &place, "{ id: 's' }"), theirs).await;
    assert_eq!(result.expect("it is decided"), Swap::Refused);
    assert!(is(Some(&raw(&place).await), "{ id: 's', newer: true }"));
    assert!(!committed(&ports).await);
}

/// Lets waits of more than five seconds pass a hundred times as fast.
fn haste() -> Patch {
    Patch::new(
        "() => { const saved = globalThis.setTimeout; \
         globalThis.setTimeout = (run, ms, ...all) => saved(run, ms > 5000 ? ms / 100 : ms, ...all); \
         return () => { globalThis.setTimeout = saved; }; }",
    )
}

#[wasm_bindgen_test]
async fn whoever_is_held_up_gives_up_and_leaves_everything_as_it_was() {
    let (ours, ports) = ports();
    apply(
        &ports,
        vec![put_piece(&Key::text("other"), 0, &JsValue::NULL)],
    )
    .await
    .expect("it is applied");
    let (name, place) = app().await;
    for database in [&name, &ours] {
        let held = hold(database).await;
        let patch = haste();
        let result = remove(&ports, &place, "{ id: 's' }").await;
        drop(patch);
        assert_eq!(code(result), "Timeout");
        call("held => held.end()", &[&held]).await;
        assert!(is(Some(&raw(&place).await), "{ id: 's' }"));
        assert!(!committed(&ports).await);
    }
    assert_eq!(
        remove(&ports, &place, "{ id: 's' }")
            .await
            .expect("it is removed"),
        Swap::Done
    );
    assert!(committed(&ports).await);
}

#[wasm_bindgen_test]
async fn when_our_side_fails_the_source_is_left_as_it_was() {
    for new in [None, Some(js("{ id: 's', new: true }"))] {
        let (ours, ports) = ports();
        apply(
            &ports,
            vec![put_piece(&Key::text("other"), 0, &JsValue::NULL)],
        )
        .await
        .expect("it is applied");
        let (_, place) = app().await;
        let patch = Patch::new(&format!(
            r#"() => {{
                const saved = IDBDatabase.prototype.transaction;
                IDBDatabase.prototype.transaction = function (...all) {{
                    const made = saved.apply(this, all);
                    if (this.name === {ours:?} && made.mode === "readwrite") globalThis.victim = made;
                    return made;
                }};
                return () => {{ IDBDatabase.prototype.transaction = saved; }};
            }}"#
        ));
        // In the last moment in which anything can still happen.
        let expected = |value: Option<&JsValue>| {
            js("globalThis.victim.abort()");
            is(value, "{ id: 's' }")
        };
        let result = replace_if(ports.sources(), &place, &expected, new.as_ref(), then()).await;
        drop(patch);
        assert!(result.is_err());
        assert!(is(Some(&raw(&place).await), "{ id: 's' }"));
        assert!(!committed(&ports).await);
    }
}

#[wasm_bindgen_test]
async fn when_the_source_refuses_our_batch_is_not_written() {
    let name = unique("app");
    let create = r#"name => new Promise(resolve => {
        const request = indexedDB.open(name);
        request.onupgradeneeded = () => {
            const store = request.result.createObjectStore("rows");
            store.createIndex("unique", "unique", { unique: true });
            store.put({ id: "s" }, "s");
            store.put({ unique: 1 }, "other");
        };
        request.onsuccess = () => { request.result.close(); resolve(); };
    })"#;
    call(create, &[&text(&name)]).await;
    let (_, ports) = ports();
    let place = place(&name, "s");
    let expected = |value: Option<&JsValue>| is(value, "{ id: 's' }");
    for (new, code, cause) in [
        ("{ unique: 1 }", "TransactionAborted", "ConstraintError"),
        ("{ f: () => 1 }", "UnsupportedValue", ""),
    ] {
        let result = replace_if(ports.sources(), &place, &expected, Some(&js(new)), then()).await;
        let error = result.expect_err(new);
        assert_eq!(error.code(), code, "{new}");
        let found = error.cause().map_or("", |cause| cause.name.as_str());
        assert_eq!(found, cause, "{new}");
        assert!(is(Some(&raw(&place).await), "{ id: 's' }"));
        assert!(!committed(&ports).await);
    }
    let patch = Patch::new(
        "() => { const saved = IDBObjectStore.prototype.put; \
         IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; \
         return () => { IDBObjectStore.prototype.put = saved; }; }",
    );
    let result = replace_if(ports.sources(), &place, &expected, Some(&js("1")), then()).await;
    drop(patch);
    assert_eq!(cause(result), "QuotaExceededError");
    assert!(is(Some(&raw(&place).await), "{ id: 's' }"));
}

#[wasm_bindgen_test]
async fn a_store_with_keys_inside_its_records_gets_them_where_they_belong() {
    let name = unique("app");
    let create = r#"name => new Promise(resolve => {
        const request = indexedDB.open(name);
        request.onupgradeneeded = () => {
            request.result.createObjectStore("rows", { keyPath: "id" }).put({ id: "s" });
            request.result.createObjectStore("counted", { keyPath: "id", autoIncrement: true }).put({ x: 1 });
        };
        request.onsuccess = () => { request.result.close(); resolve(); };
    })"#;
    call(create, &[&text(&name)]).await;
    let (_, ports) = ports();
    let rows = place(&name, "s");
    let replace = async |place: &Place, old: &str, new: &str| {
        let expected = |value: Option<&JsValue>| is(value, old);
        replace_if(ports.sources(), place, &expected, Some(&js(new)), then()).await
    };
    assert_eq!(
        replace(&rows, "{ id: 's' }", "{ id: 's', new: 1 }")
            .await
            .expect("it is replaced"),
        Swap::Done
    );
    assert!(is(Some(&raw(&rows).await), "{ id: 's', new: 1 }"));
    // A record that would go to another place, over a stranger perhaps, goes nowhere.
    let stray = replace(&rows, "{ id: 's', new: 1 }", "{ id: 'stray' }").await;
    assert_eq!(cause(stray), "DataError");
    assert!(is(Some(&raw(&rows).await), "{ id: 's', new: 1 }"));
    assert!(!host::has(&name, "rows", &text("stray")).await);
    let counted = Place::record(Area::store(&name, "counted"), Key::Number(1.0));
    assert_eq!(
        replace(&counted, "{ x: 1, id: 1 }", "{ x: 2, id: 1 }")
            .await
            .expect("it is replaced"),
        Swap::Done
    );
    let stray = replace(&counted, "{ x: 2, id: 1 }", "{ x: 3 }").await;
    assert_eq!(cause(stray), "DataError");
    let expected = |value: Option<&JsValue>| is(value, "{ x: 2, id: 1 }");
    let gone = replace_if(ports.sources(), &counted, &expected, None, then()).await;
    assert_eq!(gone.expect("it is removed"), Swap::Done);
}

#[wasm_bindgen_test]
async fn a_large_record_is_compared_and_replaced_as_well() {
    let (_, ports) = ports();
    let (name, _) = app().await;
    let large = place(&name, "large");
    let body = "{ id: 'large', text: 'x'.repeat(12e6), list: Array.from({ length: 20000 }, (_, i) => ({ i, text: 'y'.repeat(400) })) }";
    plant(&large, &js(body)).await;
    let digest = JsBodies
        .outline(&[js(body)], &[])
        .expect("it can be measured");
    assert!(digest[0].bytes > 20_000_000);
    let expected = |value: Option<&JsValue>| {
        let value = value.expect("it is there");
        JsBodies
            .outline(std::slice::from_ref(value), &[])
            .ok()
            .as_ref()
            == Some(&digest)
    };
    let new = js(&body.replace("20000", "20001"));
    let fenced = Batch {
        fence: Some(fence("t", Hold::Once { force: false })),
        ..then()
    };
    let result = replace_if(
        ports.sources(),
        &large,
        &expected,
        Some(&new),
        fenced.clone(),
    )
    .await;
    assert_eq!(result.expect("it is replaced"), Swap::Done);
    assert!(committed(&ports).await);
    let result = replace_if(ports.sources(), &large, &expected, None, fenced.clone()).await;
    assert_eq!(result.expect("it is refused"), Swap::Refused);
    plant(&large, &js(body)).await;
    let result = replace_if(ports.sources(), &large, &expected, None, fenced).await;
    assert_eq!(result.expect("it is removed"), Swap::Done);
    assert!(raw(&large).await.is_undefined());
}

#[wasm_bindgen_test]
async fn a_replacement_that_nobody_waits_for_leaves_nothing_half_done() {
    let (_, ports) = ports();
    let (_, place) = app().await;
    for turns in 0..30 {
        plant(&place, &js("{ id: 's' }")).await;
        apply(&ports, vec![restow::ports::Write::DeleteManifest(id())])
            .await
            .expect("it is applied");
        {
            let mut replaced = pin!(remove(&ports, &place, "{ id: 's' }"));
            for _ in 0..turns {
                let turn = pin!(ports.clock().breathe());
                if matches!(select(replaced.as_mut(), turn).await, Either::Left(_)) {
                    break;
                }
            }
        }
        let gone = raw(&place).await.is_undefined();
        assert!(
            gone || !committed(&ports).await,
            "after {turns} turns the batch was written without the source"
        );
    }
    plant(&place, &js("{ id: 's' }")).await;
    assert_eq!(
        remove(&ports, &place, "{ id: 's' }")
            .await
            .expect("nothing is in the way"),
        Swap::Done
    );
}

#[wasm_bindgen_test]
async fn without_conditions_and_writes_there_is_still_the_comparison() {
    let (_, ports) = ports();
    let (_, place) = app().await;
    let nothing = || batch(vec![], Durability::Strict);
    let expected = |value: Option<&JsValue>| is(value, "{ id: 's' }");
    let new = js("1");
    let result = replace_if(ports.sources(), &place, &expected, Some(&new), nothing()).await;
    assert_eq!(result.expect("it is replaced"), Swap::Done);
    let result = replace_if(ports.sources(), &place, &expected, None, nothing()).await;
    assert_eq!(result.expect("it is refused"), Swap::Refused);
    assert_eq!(raw(&place).await, new);
}
