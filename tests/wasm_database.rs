//! Our own database in a real browser: its shape, its durability, and every way in which a browser
//! says no.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::{BrowserPorts, thrown};
use restow::domain::chunk_list::PieceName;
use restow::domain::key::Key;
use restow::domain::path::Path;
use restow::domain::records::{AuditEntry, JournalEntry, QuarantineEntry};
use restow::error::Error;
use restow::ports::{Batch, Clock, Durability, Hold, Ports, Records, Sources, Write};
use support::browser::engine::{Engine, engine};
use support::browser::host::{self, Patch};
use support::browser::scene::*;
use support::browser::{call, difference, js, text, unique};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Our database, as it is documented.
const SHAPE: &str = "version 1
audit: seq+
backupHeads: path id(id)
backups: path
chunks: [id,generation,path,index]
journal: id
leases: id
lists: [id,generation]
manifests: id
meta: name
quarantine: place";

#[wasm_bindgen_test]
async fn the_first_write_creates_the_database_as_documented() {
    let (name, ports) = ports();
    assert_eq!(outline(&name).await, "");
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    assert_eq!(outline(&name).await, SHAPE);
    let format = host::read(&name, "meta", &text("format")).await;
    let expected = js("{ name: 'format', version: 1, minReader: 1 }");
    assert_eq!(difference(&format, &expected).await, None);
}

#[wasm_bindgen_test]
async fn records_lie_there_as_documented() {
    let (name, ports) = ports();
    let id = Key::Units(vec![0x61, 0xD800]);
    let piece = js("{ a: [1, , undefined] }");
    let audit = AuditEntry {
        seq: Some(77),
        at: NOW,
        action: "migrate".into(),
        id: id.clone(),
        source: None,
        backup: Some("b".into()),
        chunks: 1,
        bytes: 2,
        findings: vec![],
    };
    let journal = JournalEntry {
        id: id.clone(),
        action: "migrate".into(),
        generation: 1,
        started_at: NOW,
    };
    let quarantine = QuarantineEntry {
        place: "p".into(),
        id: Some(id.clone()),
        source: "app".into(),
        code: "C".into(),
        reason: "r".into(),
        since: NOW,
    };
    let writes = vec![
        put_manifest(&id),
        put_list(&id),
        put_piece(&id, 3, &piece),
        add_backup("b", &id),
        Write::Audit(audit),
        Write::PutJournal(journal),
        Write::PutQuarantine(quarantine),
    ];
    apply(&ports, writes).await.expect("it is applied");
    let now = "'2026-01-15T08:30:00.000Z'";
    let layout = "{ version: 1, id: ['id'], label: null, arrays: [], parts: [] }";
    let zeros = "'0'.repeat(31)";
    let head = format!(
        "path: 'b', id: 'a\\ud800', backupCreatedAt: {now}, expiresAt: null, originalFormat: 'chunked', \
         reason: 'migration', origin: null, layout: {layout}, fingerprint: {zeros} + '6', bytes: 7"
    );
    for (store, key, record) in [
        (
            "manifests",
            "'a\\ud800'",
            format!(
                "{{ id: 'a\\ud800', label: null, state: 'committed', generation: 1, revision: 1, edited: false, \
                 layout: {layout}, skeletonMeasure: {{ digest: {zeros} + '1', bytes: 2 }}, fingerprint: {zeros} + '3', \
                 bytes: 4, chunks: 5, origin: null, originals: 'remove', backup: null, rollback: null, warnings: [], \
                 createdAt: {now}, updatedAt: {now}, skeleton: null }}"
            ),
        ),
        ("lists", "['a\\ud800', 1]", "{ id: 'a\\ud800', generation: 1, arrays: [], parts: [] }".into()),
        (
            "chunks",
            "['a\\ud800', 1, ['items'], 3]",
            "{ id: 'a\\ud800', generation: 1, path: ['items'], index: 3, data: { a: [1, , undefined] } }".into(),
        ),
        ("backups", "'b'", format!("{{ {head}, envelope: null, session: 'the session' }}")),
        ("backupHeads", "'b'", format!("{{ {head} }}")),
        (
            "audit",
            "1",
            format!("{{ at: {now}, action: 'migrate', id: 'a\\ud800', backup: 'b', chunks: 1, bytes: 2, seq: 1 }}"),
        ),
        (
            "journal",
            "'a\\ud800'",
            format!("{{ id: 'a\\ud800', action: 'migrate', generation: 1, startedAt: {now} }}"),
        ),
        (
            "quarantine",
            "'p'",
            format!("{{ place: 'p', id: 'a\\ud800', source: 'app', code: 'C', reason: 'r', since: {now} }}"),
        ),
    ] {
        let found = host::read(&name, store, &js(key)).await;
        let field = JsValue::from_str("seal");
        let seal = js_sys::Reflect::get(&found, &field).expect("it is an object");
        let seal = seal.as_string();
        let sealed = ["manifests", "lists", "backups", "backupHeads", "journal"].contains(&store);
        let fits = seal.is_some_and(|seal| seal.starts_with("1:") && seal.len() == 34);
        assert_eq!(fits, sealed, "the seal in {store}");
        let object = js_sys::Object::from(found.clone());
        js_sys::Reflect::delete_property(&object, &field).expect("it goes");
        assert_eq!(difference(&found, &js(&record)).await, None, "in {store}");
    }
    // And back: the id is what it was.
    let records = ports.records();
    assert_eq!(
        records.manifests().await.expect("they parse").sound[0].id,
        id
    );
    assert_eq!(records.audit().await.expect("they parse").sound[0].id, id);
    assert_eq!(records.journal().await.expect("they parse").sound[0].id, id);
    assert_eq!(
        records.backups(Some(&id)).await.expect("they parse").sound[0].id,
        id
    );
    assert_eq!(
        records.quarantine().await.expect("they parse").sound[0].id,
        Some(id)
    );
}

/// Writes down every transaction: database, stores, mode and durability.
fn transactions() -> (Patch, impl Fn() -> Vec<String>) {
    let patch = Patch::new(
        r#"() => {
            const saved = IDBDatabase.prototype.transaction;
            globalThis.transactions = [];
            IDBDatabase.prototype.transaction = function (stores, mode, options) {
                const made = saved.apply(this, arguments);
                const names = [...made.objectStoreNames].join("+");
                globalThis.transactions.push(`${this.name} ${names} ${made.mode} ${made.durability}`);
                return made;
            };
            return () => { IDBDatabase.prototype.transaction = saved; };
        }"#,
    );
    let seen = || {
        let seen = js("globalThis.transactions.splice(0)");
        js_sys::Array::from(&seen)
            .iter()
            .filter_map(|line| line.as_string())
            .collect()
    };
    (patch, seen)
}

#[wasm_bindgen_test]
async fn a_batch_is_one_transaction_of_the_durability_asked_for() {
    let (name, ports) = ports();
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    let (patch, seen) = transactions();
    for (durability, word) in [
        (Durability::Strict, "strict"),
        (Durability::Relaxed, "relaxed"),
    ] {
        let writes = vec![put_manifest(&id()), put_piece(&id(), 0, &JsValue::NULL)];
        let batch = Batch {
            fence: Some(fence("t", Hold::Once { force: false })),
            ..batch(writes, durability)
        };
        ports.records().apply(batch).await.expect("it is applied");
        assert_eq!(
            seen(),
            [format!("{name} chunks+leases+manifests readwrite {word}")]
        );
    }
    ports.records().load(&id()).await.expect("it can be read");
    assert_eq!(
        seen(),
        [format!("{name} chunks+lists+manifests readonly default")]
    );
    drop(patch);
}

#[wasm_bindgen_test]
async fn a_batch_queues_everything_before_it_waits() {
    let (_, ports) = ports();
    apply(&ports, vec![]).await.expect("nothing to do is done");
    let patch = Patch::new(
        r#"() => {
            const saved = IDBObjectStore.prototype.put;
            globalThis.turns = [];
            let turn = 0;
            const next = () => { turn += 1; if (turn < 1e6) timer = setTimeout(next); };
            let timer = setTimeout(next);
            IDBObjectStore.prototype.put = function (...all) {
                globalThis.turns.push(turn);
                return saved.apply(this, all);
            };
            return () => { clearTimeout(timer); IDBObjectStore.prototype.put = saved; };
        }"#,
    );
    let pieces = (0..50).map(|index| put_piece(&id(), index, &text("body")));
    apply(&ports, pieces.collect())
        .await
        .expect("it is applied");
    drop(patch);
    let turns = js("globalThis.turns.slice(-50)");
    let turns: Vec<_> = js_sys::Array::from(&turns)
        .iter()
        .filter_map(|turn| turn.as_f64())
        .collect();
    assert_eq!(turns.len(), 50);
    assert!(turns.iter().all(|turn| turn == &turns[0]), "{turns:?}");
}

#[wasm_bindgen_test]
async fn looking_creates_nothing_where_the_browser_has_no_list() {
    let (name, ports) = ports();
    let app = unique("app");
    let patch = Patch::new(
        "() => { const saved = IDBFactory.prototype.databases; delete IDBFactory.prototype.databases; \
         return () => { IDBFactory.prototype.databases = saved; }; }",
    );
    let records = ports.records();
    assert!(
        records
            .manifests()
            .await
            .expect("there is nothing")
            .sound
            .is_empty()
    );
    assert!(
        records
            .load(&id())
            .await
            .expect("there is nothing")
            .is_none()
    );
    assert!(
        ports
            .sources()
            .keys(&source(&app))
            .await
            .expect("there is nothing")
            .is_empty()
    );
    assert!(
        ports
            .sources()
            .read(&place(&app, "s"))
            .await
            .expect("there is nothing")
            .is_none()
    );
    drop(patch);
    // WebKit goes on listing what was undone, as of version 0, which means that it does not exist.
    let listed = match engine() {
        Engine::Chromium | Engine::Firefox => JsValue::UNDEFINED,
        Engine::WebKit => JsValue::from(0),
    };
    for database in [&name, &app] {
        assert_eq!(host::version(database).await, listed);
        assert!(!host::exists(database).await);
    }
}

#[wasm_bindgen_test]
async fn first_writes_at_once_create_it_once() {
    let name = unique("restow");
    let (one, two) = (BrowserPorts::new(&name), BrowserPorts::new(&name));
    let write = async |ports: &BrowserPorts, index: u32| {
        apply(ports, vec![put_piece(&id(), index, &JsValue::NULL)]).await
    };
    let (a, (b, (c, read))) = futures_util::future::join(
        write(&one, 0),
        futures_util::future::join(
            write(&one, 1),
            futures_util::future::join(write(&two, 2), one.records().manifests()),
        ),
    )
    .await;
    for result in [a, b, c] {
        assert_eq!(code(result), "ok");
    }
    assert_eq!(code(read), "ok");
    assert_eq!(outline(&name).await, SHAPE);
    let names: Vec<_> = (0..3)
        .map(|index| PieceName {
            path: Path::dotted("items"),
            index,
        })
        .collect();
    let pieces = two
        .records()
        .pieces(&id(), 1, &names)
        .await
        .expect("they can be read");
    assert!(pieces.iter().all(Option::is_some));
}

#[wasm_bindgen_test]
async fn another_tab_may_delete_the_database_at_any_time() {
    let (name, ports) = ports();
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    assert_eq!(manifests_in(&ports).await.len(), 1);
    host::delete(&name).await;
    assert_eq!(manifests_in(&ports).await.len(), 0);
    assert!(!host::exists(&name).await, "looking created it again");
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    assert_eq!(outline(&name).await, SHAPE);
    assert_eq!(manifests_in(&ports).await.len(), 1);
}

#[wasm_bindgen_test]
async fn a_newer_version_is_let_through_and_then_left_alone() {
    let (name, ports) = ports();
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    // A newer release upgrades while our connection is open: it is not blocked.
    let newer = host::connect(&name, Some(2)).await;
    call("database => database.close()", &[&newer]).await;
    let fresh = BrowserPorts::new(&name);
    for ports in [&ports, &fresh] {
        for result in [
            code(ports.records().manifests().await),
            code(ports.records().load(&id()).await),
            code(apply(ports, vec![put_manifest(&id())]).await),
        ] {
            assert_eq!(result, "SchemaTooNew");
        }
        let error = ports.records().journal().await.expect_err("it is too new");
        assert!(
            matches!(
                error,
                Error::SchemaTooNew {
                    found: 2,
                    known: 1,
                    ..
                }
            ),
            "{error}"
        );
    }
    assert_eq!(
        outline(&name).await,
        SHAPE.replace("version 1", "version 2")
    );
}

#[wasm_bindgen_test]
async fn a_newer_format_is_left_alone() {
    let (name, ports) = ports();
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    ports.close();
    let write = r#"async (name, format) => {
        const database = await new Promise(resolve => {
            const request = indexedDB.open(name);
            request.onsuccess = () => resolve(request.result);
        });
        const transaction = database.transaction("meta", "readwrite");
        transaction.objectStore("meta").put(format);
        await new Promise(resolve => { transaction.oncomplete = resolve; });
        database.close();
    }"#;
    // A newer writer that older readers may read is no obstacle.
    let readable = js("{ name: 'format', version: 2, minReader: 1, more: true }");
    call(write, &[&text(&name), &readable]).await;
    assert_eq!(
        code(apply(&BrowserPorts::new(&name), vec![put_manifest(&id())]).await),
        "ok"
    );
    let found = host::read(&name, "meta", &text("format")).await;
    assert_eq!(
        difference(&found, &readable).await,
        None,
        "the newer format was overwritten"
    );

    let too_new = js("{ name: 'format', version: 3, minReader: 3 }");
    call(write, &[&text(&name), &too_new]).await;
    let ports = BrowserPorts::new(&name);
    assert_eq!(code(ports.records().manifests().await), "SchemaTooNew");
    assert_eq!(
        code(apply(&ports, vec![Write::DeleteManifest(id())]).await),
        "SchemaTooNew"
    );
    assert!(host::has(&name, "manifests", &text("s")).await);
}

#[wasm_bindgen_test]
async fn a_database_that_is_not_ours_is_left_alone() {
    for stores in ["", "settings", "manifests"] {
        let (name, ports) = ports();
        let create = r#"(name, stores) => new Promise(resolve => {
            const request = indexedDB.open(name);
            request.onupgradeneeded = () => stores.split(" ").filter(Boolean).forEach(one => request.result.createObjectStore(one));
            request.onsuccess = () => { request.result.close(); resolve(); };
        })"#;
        call(create, &[&text(&name), &text(stores)]).await;
        let before = outline(&name).await;
        for result in [
            code(ports.records().manifests().await),
            code(apply(&ports, vec![put_manifest(&id())]).await),
        ] {
            assert_eq!(result, "MalformedRecord", "with {stores:?}");
        }
        assert_eq!(outline(&name).await, before);
    }
}

#[wasm_bindgen_test]
async fn records_that_do_not_parse_are_named_by_their_store() {
    let (name, ports) = ports();
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    for (store, record) in [
        ("manifests", "{ id: 's', state: 'unheard of' }"),
        ("manifests", "{ id: 's', generation: -1 }"),
        ("lists", "{ id: 's', generation: 1, arrays: 'none' }"),
        (
            "chunks",
            "{ id: 's', generation: 1, path: ['items'], index: 0 }",
        ),
        ("backups", "{ path: 'b' }"),
        ("backupHeads", "{ path: 'b', id: 's' }"),
        ("journal", "{ id: 'j' }"),
        ("quarantine", "{ place: 'p' }"),
        ("audit", "{ seq: 1, at: 'yesterday' }"),
        ("leases", "{ id: 's' }"),
    ] {
        host::put(&name, store, &js(record)).await;
        let records = ports.records();
        let names = [PieceName {
            path: Path::dotted("items"),
            index: 0,
        }];
        use restow::domain::damage::{BadRecord, Flaw};
        let bad = |rows: Vec<BadRecord>| rows.iter().any(|row| row.flaw == Flaw::Changed);
        let damaged = |error: Option<Error>| matches!(error, Some(Error::Damaged { .. }));
        let named = match store {
            "manifests" => {
                bad(records.manifests().await.expect("it is listed").bad)
                    && damaged(records.manifest(&id()).await.err())
            }
            "lists" => damaged(records.list(&id(), 1).await.err()),
            "chunks" => damaged(records.pieces(&id(), 1, &names).await.err()),
            "backups" => matches!(
                records.backup("b").await,
                Err(Error::BackupDamaged { path }) if path == "b"
            ),
            "backupHeads" => bad(records.backups(None).await.expect("it is listed").bad),
            "journal" => bad(records.journal().await.expect("it is listed").bad),
            "quarantine" => bad(records.quarantine().await.expect("it is listed").bad),
            "audit" => bad(records.audit().await.expect("it is listed").bad),
            _ => {
                let batch = Batch {
                    fence: Some(fence("t", Hold::Keep)),
                    ..batch(vec![], Durability::Relaxed)
                };
                let refused = records.apply(batch).await.err();
                matches!(refused, Some(Error::MalformedRecord { store: "leases" }))
                    && bad(records.census().await.expect("it is counted").bad)
            }
        };
        assert!(named, "{store}");
    }
}

#[wasm_bindgen_test]
async fn what_fails_says_why_by_name() {
    let (_, ports) = ports();
    apply(&ports, vec![add_backup("b", &id())])
        .await
        .expect("it is applied");
    let again = apply(&ports, vec![put_manifest(&id()), add_backup("b", &id())]).await;
    let error = again.expect_err("the path is taken");
    assert_eq!(error.code(), "TransactionAborted");
    let cause = error.cause().expect("the browser said something");
    assert_eq!(cause.name, "ConstraintError");
    let exception = thrown(cause).expect("the exception is kept");
    assert_eq!(
        call("one => one instanceof DOMException", &[&exception]).await,
        JsValue::TRUE
    );
    assert!(manifests_in(&ports).await.is_empty());

    let function = js("{ list: [1, () => 1] }");
    let error = apply(
        &ports,
        vec![put_manifest(&id()), put_piece(&id(), 0, &function)],
    )
    .await;
    let error = error.expect_err("it can't be stored");
    assert!(
        matches!(&error, Error::UnsupportedValue { reason, .. } if reason.contains("`data.list[1]` is a function")),
        "{error}"
    );
    assert!(manifests_in(&ports).await.is_empty());
    // The next batch is none the worse for it.
    assert_eq!(code(apply(&ports, vec![put_manifest(&id())]).await), "ok");
}

#[wasm_bindgen_test]
async fn a_full_disk_is_told_as_such_and_nothing_is_written() {
    for how in [
        // Thrown by the request itself.
        "throw new DOMException('full', 'QuotaExceededError');",
        // By the transaction alone, as browsers do at the commit.
        r#"const transaction = this.transaction;
           Object.defineProperty(transaction, "error", { value: new DOMException("full", "QuotaExceededError") });
           const request = saved.apply(this, all);
           queueMicrotask(() => transaction.abort());
           return request;"#,
    ] {
        let (name, ports) = ports();
        apply(&ports, vec![put_manifest(&Key::text("other"))])
            .await
            .expect("it is applied");
        let patch = Patch::new(&format!(
            "() => {{ const saved = IDBObjectStore.prototype.put; \
             IDBObjectStore.prototype.put = function (...all) {{ \
               if (this.name !== 'chunks') return saved.apply(this, all); {how} }}; \
             return () => {{ IDBObjectStore.prototype.put = saved; }}; }}"
        ));
        let result = apply(
            &ports,
            vec![put_manifest(&id()), put_piece(&id(), 0, &JsValue::NULL)],
        )
        .await;
        drop(patch);
        let error = result.expect_err("the disk is full");
        assert!(
            matches!(error, Error::QuotaExceeded { needed: 123, .. }),
            "{error}"
        );
        assert_eq!(
            error.cause().map(|cause| cause.name.as_str()),
            Some("QuotaExceededError")
        );
        assert!(!host::has(&name, "manifests", &text("s")).await);
        assert_eq!(code(apply(&ports, vec![put_manifest(&id())]).await), "ok");
    }
}

/// Keeps every connection that is opened in `globalThis.opened`.
fn connections() -> Patch {
    Patch::new(
        r#"() => {
            const saved = IDBFactory.prototype.open;
            globalThis.opened = [];
            IDBFactory.prototype.open = function (...all) {
                const request = saved.apply(this, all);
                request.addEventListener("success", () => globalThis.opened.push(request.result));
                return request;
            };
            return () => { IDBFactory.prototype.open = saved; };
        }"#,
    )
}

#[wasm_bindgen_test]
async fn a_connection_that_goes_away_is_opened_again() {
    let app = unique("app");
    plant(&place(&app, "s"), &js("{ id: 's' }")).await;
    let patch = connections();
    let (_, ports) = ports();
    let works = async || {
        apply(&ports, vec![put_manifest(&id())])
            .await
            .expect("it is applied");
        assert_eq!(manifests_in(&ports).await.len(), 1);
        assert!(
            ports
                .records()
                .load(&id())
                .await
                .expect("it can be read")
                .is_some()
        );
        assert_eq!(
            ports
                .sources()
                .keys(&source(&app))
                .await
                .expect("they can be read")
                .len(),
            1
        );
        assert!(
            ports
                .sources()
                .read(&place(&app, "s"))
                .await
                .expect("it can be read")
                .is_some()
        );
    };
    works().await;
    for loss in [
        // Told by an event, as when the person clears the site's data.
        "for (const one of globalThis.opened.splice(0)) one.dispatchEvent(new Event('close'))",
        // Not told at all.
        "for (const one of globalThis.opened.splice(0)) one.close()",
    ] {
        call(&format!("() => {{ {loss}; }}"), &[]).await;
        assert_eq!(manifests_in(&ports).await.len(), 1);
        works().await;
        call(&format!("() => {{ {loss}; }}"), &[]).await;
        works().await;
    }
    drop(patch);
}

#[wasm_bindgen_test]
async fn a_connection_that_can_not_be_had_again_is_lost() {
    let app = unique("app");
    plant(&place(&app, "s"), &js("{ id: 's' }")).await;
    let (name, ports) = ports();
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    assert!(ports.sources().read(&place(&app, "s")).await.is_ok());
    let patch = Patch::new(&format!(
        "() => {{ const saved = IDBDatabase.prototype.transaction; \
         IDBDatabase.prototype.transaction = function (...all) {{ \
           if (String(all[0]) === 'meta' || ![{name:?}, {app:?}].includes(this.name)) return saved.apply(this, all); \
           throw new DOMException('closing', 'InvalidStateError'); }}; \
         return () => {{ IDBDatabase.prototype.transaction = saved; }}; }}"
    ));
    for result in [
        code(ports.records().load(&id()).await),
        code(apply(&ports, vec![put_manifest(&id())]).await),
        code(ports.sources().read(&place(&app, "s")).await),
    ] {
        assert_eq!(result, "ConnectionLost");
    }
    drop(patch);
    assert_eq!(code(ports.records().load(&id()).await), "ok");
    assert_eq!(code(ports.sources().read(&place(&app, "s")).await), "ok");
}

#[wasm_bindgen_test]
async fn a_browser_without_storage_says_so() {
    let (_, ports) = ports();
    for (property, expected) in [
        ("value: undefined", "StorageUnavailable"),
        (
            "get() { throw new DOMException('no', 'SecurityError'); }",
            "StorageDenied",
        ),
        (
            "value: { open() { throw new DOMException('no', 'SecurityError'); } }",
            "StorageDenied",
        ),
        (
            "value: { open() { const request = { error: new DOMException('no', 'InvalidStateError') }; \
              setTimeout(() => request.onerror(new Event('error'))); return request; } }",
            "StorageDenied",
        ),
        (
            "value: { open() { const request = { error: new DOMException('no', 'UnknownError') }; \
              setTimeout(() => request.onerror(new Event('error'))); return request; } }",
            "Browser",
        ),
    ] {
        let patch = Patch::new(&format!(
            "() => {{ const saved = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB'); \
             Object.defineProperty(globalThis, 'indexedDB', {{ {property}, configurable: true }}); \
             return () => {{ Object.defineProperty(globalThis, 'indexedDB', saved); }}; }}"
        ));
        for result in [
            code(ports.records().manifests().await),
            code(apply(&ports, vec![put_manifest(&id())]).await),
            code(ports.sources().keys(&source("app")).await),
        ] {
            assert_eq!(result, expected, "{property}");
        }
        drop(patch);
    }
    assert_eq!(code(apply(&ports, vec![put_manifest(&id())]).await), "ok");
}

/// Lets a thousand times as much time pass.
fn haste() -> Patch {
    Patch::new(
        "() => { const saved = globalThis.setTimeout; \
         globalThis.setTimeout = (run, ms, ...all) => saved(run, ms > 5000 ? ms / 100 : ms, ...all); \
         return () => { globalThis.setTimeout = saved; }; }",
    )
}

#[wasm_bindgen_test]
async fn an_open_that_is_held_up_ends_and_leaves_no_connection() {
    let (name, ports) = ports();
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    let (fresh, app) = (BrowserPorts::new(&name), unique("app"));
    plant(&place(&app, "s"), &js("1")).await;
    // Another tab is in the middle of an upgrade that takes its time.
    let busy = r#"name => new Promise(resolve => {
        const request = indexedDB.open(name, 9);
        request.onupgradeneeded = () => {
            const store = request.transaction.objectStore(request.result.objectStoreNames[0]);
            let go = true;
            const stay = () => { if (go) store.count().onsuccess = stay; };
            stay();
            resolve({ end: () => new Promise(ended => {
                request.onerror = event => { event.preventDefault(); ended(); };
                go = false;
                request.transaction.abort();
            }) });
        };
    })"#;
    for database in [&name, &app] {
        let upgrade = call(busy, &[&text(database)]).await;
        let patch = haste();
        let (result, lasting) = match database == &name {
            true => (
                code(fresh.records().manifests().await),
                code(apply(&fresh, vec![put_manifest(&id())]).await),
            ),
            false => (
                code(ports.sources().keys(&source(&app)).await),
                code(ports.sources().read(&place(&app, "s")).await),
            ),
        };
        drop(patch);
        assert_eq!((result, lasting), ("Blocked", "Blocked"));
        call("upgrade => upgrade.end()", &[&upgrade]).await;
    }
    // What opens too late is closed at once, so nobody is in the way of a deletion.
    fresh.clock().breathe().await;
    fresh.close();
    ports.close();
    host::delete(&name).await;
    host::delete(&app).await;
}

#[wasm_bindgen_test]
async fn a_record_that_the_browser_cannot_read_is_unreadable() {
    let app = unique("app");
    plant(&place(&app, "s"), &js("1")).await;
    let (_, ports) = ports();
    let writes = vec![put_manifest(&id()), put_piece(&id(), 0, &JsValue::NULL)];
    apply(&ports, writes).await.expect("it is applied");
    let patch = Patch::new(
        r#"() => {
            const saved = IDBObjectStore.prototype.get;
            IDBObjectStore.prototype.get = function () {
                const request = { error: new DOMException("Failed to read large IndexedDB value", "DataError") };
                setTimeout(() => request.onerror?.(new Event("error")));
                return request;
            };
            return () => { IDBObjectStore.prototype.get = saved; };
        }"#,
    );
    let names = [PieceName {
        path: Path::dotted("items"),
        index: 0,
    }];
    for result in [
        ports.sources().read(&place(&app, "s")).await.map(|_| ()),
        ports.records().pieces(&id(), 1, &names).await.map(|_| ()),
        ports.records().load(&id()).await.map(|_| ()),
    ] {
        let error = result.expect_err("it can't be read");
        assert_eq!(error.code(), "Unreadable");
        assert_eq!(
            error.cause().map(|cause| cause.name.as_str()),
            Some("DataError")
        );
    }
    drop(patch);
    assert_eq!(code(ports.records().load(&id()).await), "ok");
}

#[wasm_bindgen_test]
async fn what_hangs_comes_to_an_end() {
    let (name, ports) = ports();
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    let hold = r#"name => new Promise(resolve => {
        const request = indexedDB.open(name);
        request.onsuccess = () => {
            const transaction = request.result.transaction(request.result.objectStoreNames, "readwrite");
            const store = transaction.objectStore("meta");
            let go = true;
            const stay = () => { if (go) store.count().onsuccess = stay; };
            stay();
            transaction.oncomplete = () => request.result.close();
            resolve({ end: () => { go = false; } });
        };
    })"#;
    let held = call(hold, &[&text(&name)]).await;
    let patch = haste();
    for result in [
        code(apply(&ports, vec![put_manifest(&Key::text("late"))]).await),
        code(ports.records().load(&id()).await),
    ] {
        assert_eq!(result, "Timeout");
    }
    drop(patch);
    call("held => held.end()", &[&held]).await;
    assert_eq!(code(ports.records().load(&id()).await), "ok");
    assert!(
        !host::has(&name, "manifests", &text("late")).await,
        "it was written after all"
    );
}

#[wasm_bindgen_test]
async fn a_batch_that_nobody_waits_for_is_whole_or_not_there() {
    let (_, ports) = ports();
    apply(&ports, vec![put_manifest(&Key::text("other"))])
        .await
        .expect("it is applied");
    for turns in 0..12 {
        let id = Key::Number(f64::from(turns));
        {
            let writes = vec![put_manifest(&id), put_piece(&id, 0, &JsValue::NULL)];
            let batch = Batch {
                fence: Some(fence("t", Hold::Once { force: true })),
                ..batch(writes, Durability::Relaxed)
            };
            let mut applied = std::pin::pin!(ports.records().apply(batch));
            for _ in 0..turns {
                let turn = std::pin::pin!(ports.clock().breathe());
                let polled = futures_util::future::select(applied.as_mut(), turn).await;
                if matches!(polled, futures_util::future::Either::Left(_)) {
                    break;
                }
            }
        }
        let names = [PieceName {
            path: Path::dotted("items"),
            index: 0,
        }];
        let manifest = ports.records().manifest(&id).await.expect("it can be read");
        let pieces = ports
            .records()
            .pieces(&id, 1, &names)
            .await
            .expect("it can be read");
        assert_eq!(
            manifest.is_some(),
            pieces[0].is_some(),
            "after {turns} turns"
        );
    }
}

#[wasm_bindgen_test]
async fn what_is_closed_stays_closed() {
    let app = unique("app");
    plant(&place(&app, "s"), &js("1")).await;
    let (name, ports) = ports();
    apply(&ports, vec![put_manifest(&id())])
        .await
        .expect("it is applied");
    assert!(ports.sources().read(&place(&app, "s")).await.is_ok());
    ports.close();
    for result in [
        code(ports.records().manifests().await),
        code(ports.records().load(&id()).await),
        code(apply(&ports, vec![put_manifest(&id())]).await),
        code(ports.sources().keys(&source(&app)).await),
        code(ports.sources().read(&place(&app, "s")).await),
    ] {
        assert_eq!(result, "Closed");
    }
    host::delete(&name).await;
    host::delete(&app).await;
    // Closing in the middle of an open leaves no connection either.
    let ports = BrowserPorts::new(&name);
    let (result, ()) =
        futures_util::future::join(apply(&ports, vec![put_manifest(&id())]), async {
            ports.close();
        })
        .await;
    assert_eq!(code(result), "Closed");
    for _ in 0..20 {
        ports.clock().breathe().await;
    }
    host::delete(&name).await;
}
