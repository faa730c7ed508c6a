//! Records as they lie in our stores. Ids, keys and bodies are put in by hand, as the browser
//! holds them; all else goes through the one serializer.

use crate::browser::codec::to_js;
use crate::browser::idb::range::{generation_key, list};
use crate::browser::js::{self, object, set_field};
use crate::browser::key::key_to_js;
use crate::domain::backup::Backup;
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::count::Count;
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::path::Path;
use crate::domain::place::{Member, Place};
use crate::domain::records::{AuditEntry, JournalEntry, QuarantineEntry};
use crate::domain::seal::{Sealed, print, seal};
use crate::domain::state::Carried;
use crate::error::{Error, Result};
use crate::ports::Fence;
use serde::Serialize;
use wasm_bindgen::JsValue;

/// A manifest and its skeleton.
pub fn manifest(manifest: &Manifest, skeleton: &JsValue) -> Result<JsValue> {
    let record = sealed(manifest, &manifest.id)?;
    if let Some(origin) = &manifest.origin {
        put_keys(&record, &origin.place);
    }
    set_field(&record, "skeleton", skeleton);
    Ok(record)
}

/// A chunk list.
pub fn chunk_list(list: &ChunkList) -> Result<JsValue> {
    sealed(list, &list.id)
}

/// One piece.
pub fn piece(id: &Key, generation: u32, name: &PieceName, body: &JsValue) -> JsValue {
    object([
        ("id", key_to_js(id)),
        ("generation", JsValue::from_f64(f64::from(generation))),
        ("path", path(&name.path)),
        ("index", JsValue::from_f64(f64::from(name.index))),
        ("data", body.clone()),
    ])
}

/// The key of a list.
pub fn list_key(id: &Key, generation: u32) -> JsValue {
    generation_key(&key_to_js(id), f64::from(generation))
}

/// The key of one piece.
pub fn piece_key(id: &Key, generation: u32, name: &PieceName) -> JsValue {
    list(&[
        key_to_js(id),
        JsValue::from_f64(f64::from(generation)),
        path(&name.path),
        JsValue::from_f64(f64::from(name.index)),
    ])
}

/// A backup without its bodies.
pub fn backup_head(head: &Backup) -> Result<JsValue> {
    let record = sealed(head, &head.id)?;
    if let Some(origin) = &head.origin {
        put_keys(&record, &origin.place);
    }
    Ok(record)
}

/// A backup with them.
pub fn backup(head: &Backup, envelope: &JsValue, session: &JsValue) -> Result<JsValue> {
    let record = backup_head(head)?;
    set_field(&record, "envelope", envelope);
    set_field(&record, "session", session);
    Ok(record)
}

/// What is in flight.
pub fn journal(entry: &JournalEntry) -> Result<JsValue> {
    sealed(entry, &entry.id)
}

/// A session in quarantine.
pub fn quarantine(entry: &QuarantineEntry) -> Result<JsValue> {
    let record = to_js(entry)?;
    let id = entry.id.as_ref().map_or(JsValue::NULL, key_to_js);
    set_field(&record, "id", &id);
    Ok(record)
}

/// What was carried last between two keys.
pub fn carried(entry: &Carried) -> Result<JsValue> {
    let record = to_js(entry)?;
    let name = Carried::name(&entry.from, &entry.to);
    set_field(&record, "name", &JsValue::from_str(&name));
    Ok(record)
}

/// What the last count found.
pub fn count(count: &Count) -> Result<JsValue> {
    let record = to_js(count)?;
    set_field(&record, "name", &JsValue::from_str(Count::NAME));
    set_field(&record, "seal", &JsValue::from_str(&seal(count)));
    Ok(record)
}

/// One line of the audit; its position is given by the database.
pub fn audit(entry: &AuditEntry) -> Result<JsValue> {
    let unnumbered = AuditEntry {
        seq: None,
        ..entry.clone()
    };
    with_id(&unnumbered, &entry.id)
}

/// The lease that a fence takes or keeps.
pub fn lease(fence: &Fence) -> JsValue {
    object([
        ("id", key_to_js(&fence.id)),
        ("token", JsValue::from_str(&fence.token)),
        ("until", JsValue::from_str(&fence.until.to_string())),
    ])
}

/// Puts the keys of a place into the origin of a record.
fn put_keys(record: &JsValue, place: &Place) {
    let origin = js::field(record, "origin");
    set_field(&origin, "key", &key_to_js(&place.key));
    let Some(within) = &place.within else { return };
    let member = js::field(&js::field(&origin, "within"), "member");
    match &within.member {
        Member::Id(id) => set_field(&member, "id", &key_to_js(id)),
        Member::Name(name) => set_field(&member, "name", &key_to_js(name)),
        Member::Index(_) => {}
    }
}

fn with_id<T: Serialize>(value: &T, id: &Key) -> Result<JsValue> {
    let record = to_js(value)?;
    set_field(&record, "id", &key_to_js(id));
    Ok(record)
}

/// A record with a seal over all its fields. They are printed for the seal, and one text crosses to
/// JavaScript sooner than many fields.
fn sealed<T: Sealed>(value: &T, id: &Key) -> Result<JsValue> {
    let (fields, seal) = print(value);
    let record = js::parse(&JsValue::from_str(&fields));
    let record = record.map_err(|_| Error::MalformedRecord { store: T::KIND })?;
    set_field(&record, "id", &key_to_js(id));
    set_field(&record, "seal", &JsValue::from_str(&seal));
    Ok(record)
}

fn path(path: &Path) -> JsValue {
    let keys: Vec<_> = path.0.iter().map(|key| JsValue::from_str(key)).collect();
    list(&keys)
}
