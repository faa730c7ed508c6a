//! Batches, places and ports for the tests of databases.

use super::{call, text, unique};
use restow::browser::{BrowserPorts, key_to_js};
use restow::domain::backup::{Backup, Format};
use restow::domain::chunk_list::{ChunkList, PieceName};
use restow::domain::config::{Config, SourceConfig};
use restow::domain::cut::Cut;
use restow::domain::digest::{Digest, Measure};
use restow::domain::key::Key;
use restow::domain::layout::Layout;
use restow::domain::manifest::{Manifest, Originals, State};
use restow::domain::path::Path;
use restow::domain::place::{Area, Place};
use restow::domain::time::Timestamp;
use restow::error::Result;
use restow::ports::{Batch, Durability, Fence, Hold, Ports, Records, Write};
use serde_json::json;
use wasm_bindgen::JsValue;

/// Ports on a database of their own, and its name.
pub fn ports() -> (String, BrowserPorts) {
    let name = unique("restow");
    let ports = BrowserPorts::new(&name);
    (name, ports)
}

/// The manifests that can be used.
pub async fn manifests_in(ports: &BrowserPorts) -> Vec<Manifest> {
    let found = ports.records().manifests().await;
    found.expect("they can be listed").sound
}

/// A session.
pub fn id() -> Key {
    Key::text("s")
}

/// A moment.
pub const NOW: Timestamp = Timestamp(1_768_465_800_000);

/// A manifest without anything optional.
pub fn manifest(id: &Key) -> Manifest {
    Manifest {
        id: id.clone(),
        label: None,
        state: State::Committed,
        generation: 1,
        revision: 1,
        edited: false,
        layout: layout(),
        skeleton_measure: Measure {
            digest: Digest(1),
            bytes: 2,
        },
        fingerprint: Digest(3),
        bytes: 4,
        chunks: 5,
        places: None,
        origin: None,
        originals: Originals::Remove,
        backup: None,
        rollback: None,
        settling: None,
        warnings: vec![],
        created_at: NOW,
        updated_at: NOW,
    }
}

/// A layout that takes nothing out.
pub fn layout() -> Layout {
    Layout {
        version: 1,
        id: Some(Path::dotted("id")),
        label: None,
        arrays: vec![],
        parts: vec![],
    }
}

/// A manifest as a write.
pub fn put_manifest(id: &Key) -> Write<JsValue> {
    Write::PutManifest(Box::new(manifest(id)), JsValue::NULL)
}

/// A chunk of `items` as a write.
pub fn put_piece(id: &Key, index: u32, body: &JsValue) -> Write<JsValue> {
    Write::PutPiece {
        id: id.clone(),
        generation: 1,
        name: PieceName {
            path: Path::dotted("items"),
            index,
        },
        body: body.clone(),
    }
}

/// An empty list as a write.
pub fn put_list(id: &Key) -> Write<JsValue> {
    Write::PutList(ChunkList::new(id.clone(), 1, &Cut::default(), &[]))
}

/// A backup as a write.
pub fn add_backup(path: &str, id: &Key) -> Write<JsValue> {
    let head = Backup {
        path: path.into(),
        id: id.clone(),
        backup_created_at: NOW,
        expires_at: None,
        original_format: Format::Chunked,
        reason: "migration".into(),
        origin: None,
        state: None,
        layout: layout(),
        fingerprint: Digest(6),
        bytes: 7,
    };
    Write::AddBackup {
        head: Box::new(head),
        envelope: JsValue::NULL,
        session: text("the session"),
    }
}

/// A batch without conditions.
pub fn batch(writes: Vec<Write<JsValue>>, durability: Durability) -> Batch<JsValue> {
    Batch {
        fence: None,
        expect: vec![],
        writes,
        durability,
        bytes: 123,
    }
}

/// Applies writes.
pub async fn apply(ports: &BrowserPorts, writes: Vec<Write<JsValue>>) -> Result<()> {
    ports
        .records()
        .apply(batch(writes, Durability::Strict))
        .await
}

/// A fence on [`id`].
pub fn fence(token: &str, hold: Hold) -> Fence {
    Fence {
        id: id(),
        token: token.into(),
        hold,
        now: NOW,
        until: Timestamp(NOW.0 + 1000),
    }
}

/// The code of an error, or `ok`.
pub fn code<T>(result: Result<T>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "ok")
}

/// The name of what the browser said.
pub fn cause<T>(result: Result<T>) -> String {
    let error = result.err().expect("it fails");
    error
        .cause()
        .map_or_else(String::new, |cause| cause.name.clone())
}

/// A record of the store `rows`.
pub fn place(database: &str, key: &str) -> Place {
    Place::record(Area::store(database, "rows"), Key::text(key))
}

/// A source over the store `rows`.
pub fn source(database: &str) -> SourceConfig {
    let config = json!({
        "sources": [{ "database": database, "store": "rows" }],
        "layout": { "arrays": [] }
    });
    let config = Config::parse(&config).expect("the configuration is sound");
    config.sources.into_iter().next().expect("there is one")
}

/// Writes a record of an application.
pub async fn plant(place: &Place, record: &JsValue) {
    super::host::plant_at(place, &key_to_js(&place.key), record).await;
}

/// A record as it lies in its store.
pub async fn raw(place: &Place) -> JsValue {
    super::host::read_at(place, &key_to_js(&place.key)).await
}

/// Name, version, stores, key paths and indices of a database, as text; empty if there is none.
pub async fn outline(database: &str) -> String {
    let outline = r#"async name => {
        if (!(await indexedDB.databases()).some(one => one.name === name)) return "";
        const database = await new Promise((resolve, reject) => {
            const request = indexedDB.open(name);
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        const names = [...database.objectStoreNames];
        const lines = names.map(name => {
            const store = database.transaction(name).objectStore(name);
            const indices = [...store.indexNames].map(one => `${one}(${store.index(one).keyPath})`);
            const increment = store.autoIncrement ? "+" : "";
            const path = Array.isArray(store.keyPath) ? `[${store.keyPath}]` : store.keyPath;
            return `${name}: ${path}${increment} ${indices}`.trim();
        });
        const version = database.version;
        database.close();
        return [`version ${version}`, ...lines].join("\n");
    }"#;
    let found = call(outline, &[&text(database)]).await;
    found.as_string().expect("it is text")
}
