//! The whole way of sessions that lie in localStorage, or many in one record, in a real browser.
#![cfg(target_arch = "wasm32")]
// Tests may fail loudly.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod support;

use restow::browser::{BrowserPorts, from_js};
use restow::domain::config::Config;
use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::domain::report::{BatchMigrationResult, Outcome};
use restow::engine::{Edits, Engine, Options};
use restow::ports::Unwatched;
use serde_json::json;
use support::browser::host::{self, Patch};
use support::browser::scene::{plant, raw};
use support::browser::{difference, js, text, unique};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Restow as one page has it, over one source.
struct Page {
    config: Config,
}

impl Page {
    fn new(source: serde_json::Value) -> Self {
        let config = json!({
            "database": unique("restow"),
            "sources": [source],
            "layout": { "label": "title", "arrays": [{ "path": "items", "chunk": 2 }], "parts": ["note"] },
        });
        let config = Config::parse(&config).expect("the configuration is sound");
        Self { config }
    }

    /// A new start.
    fn start(&self) -> Engine<BrowserPorts> {
        let ports = BrowserPorts::new(&self.config.database);
        Engine::new(ports, self.config.clone())
    }

    async fn migrate(&self) -> BatchMigrationResult {
        let (engine, options) = (self.start(), Options::default());
        let result = engine.migrate_all(&options, &Unwatched).await;
        result.expect("it comes to an end")
    }

    async fn load(&self, id: &Key) -> JsValue {
        let found = self.start().load_full(id).await;
        found.expect("it can be loaded").expect("it is there")
    }

    async fn roll_back(&self, id: &Key) {
        let result = self.start().rollback(id, None, Edits::Refuse, true).await;
        result.unwrap_or_else(|error| panic!("{id}: {error}"));
    }
}

fn id(id: &str) -> Key {
    Key::text(id)
}

/// Fails unless what lies at a place is what an expression says.
async fn expect(place: &Place, expression: &str) {
    let found = raw(place).await;
    let difference = difference(&found, &js(expression)).await;
    assert_eq!(difference, None, "{found:?} is not {expression}");
}

/// A record that holds sessions `s` and `t`, whatever its form: without `s`, without both, and as it
/// was again.
async fn there_and_back(page: &Page, place: &Place, full: &str, none: &str) {
    let (s, t) = (
        "{ id: 's', items: [1, null, 3], note: { a: 1 } }",
        "{ id: 't', title: 'T', items: [] }",
    );
    plant(place, &js(full)).await;
    let result = page.migrate().await;
    assert_eq!(
        (result.migrated, result.total),
        (2, 2),
        "{full}: {result:?}"
    );
    expect(place, none).await;
    for (name, body) in [("s", s), ("t", t)] {
        let found = page.load(&id(name)).await;
        assert_eq!(difference(&found, &js(body)).await, None, "{full}");
    }
    let again = page.migrate().await;
    assert_eq!(
        (again.migrated, again.skipped, again.total),
        (0, 2, 2),
        "{again:?}"
    );
    // In the other order, so that each finds its place among those that are there.
    page.roll_back(&id("t")).await;
    page.roll_back(&id("s")).await;
    expect(place, full).await;
    // A later start finds them there, and is done with them.
    let rolled_back = page.migrate().await;
    assert_eq!(rolled_back.migrated, 0, "{rolled_back:?}");
    for name in ["s", "t"] {
        let chunked = page.start().is_chunked(&id(name)).await;
        assert!(!chunked.expect("it can be told"), "{full}: {name}");
    }
    expect(place, full).await;
}

#[wasm_bindgen_test]
async fn sessions_in_values_go_and_come_back() {
    let (s, t) = (
        "{ id: 's', items: [1, null, 3], note: { a: 1 } }",
        "{ id: 't', title: 'T', items: [] }",
    );
    for (path, full, none) in [
        ("", format!("[{s}, {t}]"), "[]".to_owned()),
        (
            "list",
            format!("{{ list: [{s}, {t}], when: new Date(5) }}"),
            "{ list: [], when: new Date(5) }".into(),
        ),
        (
            "map",
            format!("{{ a: [,], map: {{ s: {s}, t: {t} }} }}"),
            "{ a: [,], map: {} }".into(),
        ),
        (
            "m",
            format!("{{ m: new Map([['s', {s}], ['t', {t}]]), n: NaN }}"),
            "{ m: new Map(), n: NaN }".into(),
        ),
    ] {
        let database = unique("app");
        let page =
            Page::new(json!({ "database": database, "store": "rows", "key": "all", "path": path }));
        let place = Place::record(Area::store(&database, "rows"), id("all"));
        let neighbour = Place::record(Area::store(&database, "rows"), id("neighbour"));
        plant(&neighbour, &js("new Map([[1, /x/]])")).await;
        there_and_back(&page, &place, &full, &none).await;
        expect(&neighbour, "new Map([[1, /x/]])").await;
    }
}

#[wasm_bindgen_test]
async fn sessions_in_texts_go_and_come_back() {
    let (s, t) = (
        r#"{"id":"s","items":[1,null,3],"note":{"a":1}}"#,
        r#"{ "id":"t", "title":"T" ,"items":[] }"#,
    );
    let quoted = |text: &str| format!("'{text}'");
    for (path, full, none) in [
        ("", format!("[{s},{t}]"), "[]".to_owned()),
        (
            "list",
            format!(r#"{{"n":12345678901234567890 ,"x":"\ud800", "list":[{s},{t}], "n":-0}}"#),
            r#"{"n":12345678901234567890 ,"x":"\ud800", "list":[], "n":-0}"#.into(),
        ),
        ("", format!(r#"{{"s":{s},"t":{t}}}"#), "{}".into()),
    ] {
        let (full, none) = (quoted(&full), quoted(&none));
        let key = unique("all");
        let page = Page::new(json!({ "kind": "localStorage", "key": key, "path": path }));
        there_and_back(
            &page,
            &Place::record(Area::LocalStorage, id(&key)),
            &full,
            &none,
        )
        .await;
        let database = unique("app");
        let page =
            Page::new(json!({ "database": database, "store": "rows", "key": "all", "path": path }));
        let place = Place::record(Area::store(&database, "rows"), id("all"));
        there_and_back(&page, &place, &full, &none).await;
    }
}

#[wasm_bindgen_test]
async fn sessions_in_zipped_text_go_and_come_back() {
    let json = r#"{"list":[{"id":"s","n":1.0,"items":[1]},{"id":"t"},{"id":5}], "x":-0}"#;
    let database = unique("app");
    let page = Page::new(
        json!({ "database": database, "store": "rows", "key": "all", "path": "list", "body": "data", "gzip": true }),
    );
    let place = Place::record(Area::store(&database, "rows"), id("all"));
    let zipped = text(&host::gzip(json).await);
    let record = |data: &JsValue| {
        let record = js("{ version: 7, data: 0 }");
        js_sys::Reflect::set(&record, &text("data"), data).expect("it can be set");
        record
    };
    plant(&place, &record(&zipped)).await;
    let lies = async || {
        let found = raw(&place).await;
        let data = js_sys::Reflect::get(&found, &text("data")).expect("it has data");
        let unzip = "async text => { const bytes = Uint8Array.from(atob(text.slice(8)), char => char.charCodeAt(0)); \
                     return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text(); }";
        let inner = support::browser::call(unzip, &[&data]).await;
        let same = difference(&found, &record(&data)).await;
        (inner.as_string().expect("it is text"), same)
    };
    let result = page.migrate().await;
    assert_eq!((result.migrated, result.total), (3, 3), "{result:?}");
    assert_eq!(lies().await, (r#"{"list":[], "x":-0}"#.into(), None));
    assert_eq!(
        difference(&page.load(&Key::Number(5.0)).await, &js("{ id: 5 }")).await,
        None
    );
    for id in [id("s"), id("t"), Key::Number(5.0)] {
        page.roll_back(&id).await;
    }
    assert_eq!(lies().await, (json.into(), None));
}

#[wasm_bindgen_test]
async fn sessions_with_a_key_of_their_own_go_and_come_back() {
    let prefix = unique("p") + "/";
    let page = Page::new(json!({ "kind": "localStorage", "prefix": prefix }));
    let place = |id: &str| Place::record(Area::LocalStorage, Key::text(format!("{prefix}{id}")));
    let beside = Place::record(Area::LocalStorage, id(&unique("beside")));
    let texts = [
        (
            "s",
            r#"'{ "id": "s", "items": [1, 2, 3], "note": "\ud800" }'"#,
        ),
        ("t", r#"'{"id":"t"}'"#),
        ("odd", r#"'{"id":"odd","n":12345678901234567890}'"#),
        ("none", "'no JSON at all'"),
    ];
    for (name, body) in texts {
        plant(&place(name), &js(body)).await;
    }
    plant(&beside, &text("stays")).await;
    let status = page
        .start()
        .status(Default::default())
        .await
        .expect("it can be told");
    assert_eq!((status.total, status.legacy, status.quarantined), (4, 2, 2));
    let result = page.migrate().await;
    assert_eq!(
        (result.migrated, result.quarantined, result.total),
        (2, 2, 4),
        "{result:?}"
    );
    for (name, body) in texts {
        match name {
            "s" | "t" => expect(&place(name), "undefined").await,
            _ => expect(&place(name), body).await,
        }
    }
    let expected = "{ id: 's', items: [1, 2, 3], note: '\\ud800' }";
    assert_eq!(
        difference(&page.load(&id("s")).await, &js(expected)).await,
        None
    );
    for name in ["s", "t"] {
        page.roll_back(&id(name)).await;
    }
    for (name, body) in texts {
        expect(&place(name), body).await;
    }
    expect(&beside, "'stays'").await;
}

#[wasm_bindgen_test]
async fn what_another_tab_wrote_meanwhile_is_moved_as_well() {
    let prefix = unique("p") + "/";
    let page = Page::new(json!({ "kind": "localStorage", "prefix": prefix }));
    let place = Place::record(Area::LocalStorage, Key::text(format!("{prefix}s")));
    plant(&place, &text(r#"{"id":"s","items":[1]}"#)).await;
    // The other tab wrote before we removed, and we are told afterwards.
    let patch = Patch::new(
        r#"() => {
            const saved = Storage.prototype.removeItem;
            let told = false;
            Storage.prototype.removeItem = function (key) {
                saved.call(this, key);
                if (told) return;
                told = true;
                const newValue = '{"id":"s","items":[1,2]}';
                setTimeout(() => dispatchEvent(new StorageEvent("storage", { key, newValue, storageArea: this })), 20);
            };
            return () => { Storage.prototype.removeItem = saved; };
        }"#,
    );
    let result = page.migrate().await;
    drop(patch);
    assert_eq!(result.sessions.len(), 1, "{result:?}");
    assert_eq!(result.sessions[0].outcome, Outcome::Migrated, "{result:?}");
    let found = page.load(&id("s")).await;
    assert_eq!(
        difference(&found, &js("{ id: 's', items: [1, 2] }")).await,
        None
    );
    expect(&place, "undefined").await;
}

#[wasm_bindgen_test]
async fn where_storage_is_denied_the_other_sources_are_moved() {
    let database = unique("app");
    let config = js(&format!(
        "{{ database: '{}', sources: [{{ database: '{database}', store: 'rows' }}, {{ kind: 'localStorage', prefix: 'p/' }}], layout: {{ arrays: [] }} }}",
        unique("restow")
    ));
    let config = from_js(&config, "config").expect("it is plain");
    let config = Config::parse(&config).expect("the configuration is sound");
    plant(
        &Place::record(Area::store(&database, "rows"), id("s")),
        &js("{ id: 's' }"),
    )
    .await;
    let page = Page { config };
    let patch = support::browser::local::denied("throw new DOMException('no', 'SecurityError')");
    let result = page.migrate().await;
    let status = page
        .start()
        .status(Default::default())
        .await
        .expect("it can be told");
    drop(patch);
    assert_eq!(result.migrated, 1, "{result:?}");
    assert_eq!(result.errors.len(), 1, "{result:?}");
    assert_eq!(status.unreadable_sources.len(), 1);
    assert_eq!(status.chunked, 1);
}
