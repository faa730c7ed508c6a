//! Our own database: its stores, its version, and how it comes to be.

use crate::browser::codec;
use crate::browser::idb::connection::Connection;
use crate::browser::idb::errors;
use crate::browser::idb::open::OPEN_LIMIT_MS;
use crate::browser::idb::transaction::{Mode, ask};
use crate::browser::js;
use crate::browser::slot::Slot;
use crate::browser::timer::within;
use crate::error::{Error, Result};
use crate::ports::Durability;
use rexie::{Index, ObjectStore, Rexie};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// Version of the database. Raising it is the last resort: layouts and formats have their own.
pub const VERSION: u32 = 1;
/// The newest format of records that this release reads.
pub const FORMAT: u32 = 1;

/// Manifests and skeletons, by id.
pub const MANIFESTS: &str = "manifests";
/// Chunk lists, by id and generation.
pub const LISTS: &str = "lists";
/// Chunks and parts, by id, generation, path and index.
pub const CHUNKS: &str = "chunks";
/// Backups with their bodies, by path.
pub const BACKUPS: &str = "backups";
/// The same without their bodies, so that listing them loads none.
pub const BACKUP_HEADS: &str = "backupHeads";
/// Index of [`BACKUP_HEADS`] by session.
pub const BY_ID: &str = "id";
/// What is in flight, by id.
pub const JOURNAL: &str = "journal";
/// What has been done, in order.
pub const AUDIT: &str = "audit";
/// What can't be moved, by place.
pub const QUARANTINE: &str = "quarantine";
/// Who may write, by id.
pub const LEASES: &str = "leases";
/// What the database says about itself, by name.
pub const META: &str = "meta";

/// Every store of version 1. One that is not declared would be deleted by an upgrade.
pub const STORES: [&str; 10] = [
    MANIFESTS,
    LISTS,
    CHUNKS,
    BACKUPS,
    BACKUP_HEADS,
    JOURNAL,
    AUDIT,
    QUARANTINE,
    LEASES,
    META,
];

/// What the database says about the format of its records.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Format {
    name: String,
    version: u32,
    min_reader: u32,
}

/// Opens the database with rexie, and creates it if there is none.
pub async fn open_or_create(name: &str) -> Result<Rexie> {
    let slot = Slot::default();
    // The open goes on by itself: whoever gave up waiting must not leave a connection behind.
    spawn_local({
        let (slot, builder) = (slot.clone(), builder(name));
        async move {
            let opened = builder.build().await;
            slot.fill(opened.map(Opened::new));
        }
    });
    match within(OPEN_LIMIT_MS, slot).await {
        Some(Ok(mut opened)) => opened.take().ok_or(Error::Closed),
        Some(Err(error)) => Err(errors::from_rexie(error)),
        None => Err(Error::Blocked {
            database: name.into(),
        }),
    }
}

/// A database that nobody may want any more: it is closed unless someone takes it.
struct Opened(Option<Rexie>);

impl Opened {
    fn new(rexie: Rexie) -> Self {
        Self(Some(rexie))
    }

    fn take(&mut self) -> Option<Rexie> {
        self.0.take()
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Some(rexie) = self.0.take() {
            rexie.close();
        }
    }
}

fn builder(name: &str) -> rexie::RexieBuilder {
    let by = |store: &str, key: &str| ObjectStore::new(store).key_path(key);
    Rexie::builder(name)
        .version(VERSION)
        .add_object_store(by(MANIFESTS, "id"))
        .add_object_store(ObjectStore::new(LISTS).key_path_array(["id", "generation"]))
        .add_object_store(ObjectStore::new(CHUNKS).key_path_array([
            "id",
            "generation",
            "path",
            "index",
        ]))
        .add_object_store(by(BACKUPS, "path"))
        .add_object_store(by(BACKUP_HEADS, "path").add_index(Index::new(BY_ID, "id")))
        .add_object_store(by(JOURNAL, "id"))
        .add_object_store(by(AUDIT, "seq").auto_increment(true))
        .add_object_store(by(QUARANTINE, "place"))
        .add_object_store(by(LEASES, "id"))
        .add_object_store(by(META, "name"))
}

/// Refuses a database that a newer release wrote, or that is none of ours. Tells whether it says
/// of which format it is.
pub async fn check(name: &str, connection: &Connection) -> Result<bool> {
    let version = connection.version();
    if version > f64::from(VERSION) {
        return Err(too_new(name, version as u32, VERSION));
    }
    if !STORES.iter().all(|store| connection.has_store(store)) {
        return Err(Error::MalformedRecord { store: META });
    }
    let tx = connection.begin(&[META], Mode::Read)?;
    let record = ask(tx.store(META)?.get(&JsValue::from_str("format"))).await;
    let record = record.map_err(|thrown| connection.explain(errors::browser(&thrown)))?;
    if record.is_undefined() {
        // Whoever created the database died before saying so. There is only one format yet.
        return Ok(false);
    }
    let format: Format = codec::parse(&record, META)?;
    if format.min_reader > FORMAT {
        return Err(too_new(name, format.min_reader, FORMAT));
    }
    Ok(true)
}

/// Says of which format the records are, unless someone has.
pub async fn sign(connection: &Connection) -> Result<()> {
    let format = codec::to_js(&Format {
        name: "format".into(),
        version: FORMAT,
        min_reader: FORMAT,
    })?;
    let tx = connection.begin(&[META], Mode::Write(Durability::Relaxed))?;
    let store = tx.store(META)?;
    let found = ask(store.get(&js::field(&format, "name"))).await;
    let found = found.map_err(|thrown| connection.explain(errors::aborted(Some(&thrown), 0)))?;
    if found.is_undefined() {
        store
            .put(&format)
            .map_err(|thrown| errors::aborted(Some(&thrown), 0))?;
    }
    tx.done(0).await.map_err(|error| connection.explain(error))
}

/// Whether a Blob can be stored here: one is written, alone in its transaction, where a refusal is
/// told at once, and undone. `None` if it failed for another reason.
pub async fn try_blob(connection: &Connection) -> Option<bool> {
    let blob = js::small_blob().ok()?;
    let record = js::object([("name", JsValue::from_str("blob")), ("value", blob)]);
    let tx = connection
        .begin(&[META], Mode::Write(Durability::Relaxed))
        .ok()?;
    let put = ask(tx.store(META).ok()?.put(&record)).await;
    tx.undo().await;
    match put.map_err(|thrown| errors::name_of(&thrown)) {
        Ok(_) => Some(true),
        Err(name) if ["UnknownError", "DataCloneError"].contains(&name.as_str()) => Some(false),
        Err(_) => None,
    }
}

fn too_new(database: &str, found: u32, known: u32) -> Error {
    Error::SchemaTooNew {
        database: database.into(),
        found,
        known,
    }
}
