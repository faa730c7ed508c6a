//! Records of our stores as structs. What does not parse is named by its store and nothing else.

use crate::browser::codec::parse;
use crate::browser::js::{self, List};
use crate::browser::key::key_from_js;
use crate::browser::schema;
use crate::domain::backup::Backup;
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::count::Count;
use crate::domain::damage::{Flaw, Store};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::path::Path;
use crate::domain::place::{Member, Place};
use crate::domain::records::{AuditEntry, JournalEntry, Lease, QuarantineEntry};
use crate::domain::seal::{self, Sealed};
use crate::domain::state::Carried;
use crate::domain::time::Timestamp;
use crate::error::{Error, Result};
use crate::ports::StoredBackup;
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};

/// A manifest without its skeleton.
pub fn manifest(record: &JsValue) -> Result<Manifest, Flaw> {
    intact(record, unsealed_manifest(record))
}

fn unsealed_manifest(record: &JsValue) -> Result<Manifest> {
    let mut manifest: Manifest = parse(record, schema::MANIFESTS)?;
    manifest.id = id(record, schema::MANIFESTS)?;
    if let Some(origin) = &mut manifest.origin {
        take_keys(record, &mut origin.place, schema::MANIFESTS)?;
    }
    Ok(manifest)
}

/// The skeleton beside a manifest.
pub fn skeleton(record: &JsValue) -> Result<JsValue> {
    body(record, "skeleton", schema::MANIFESTS)
}

/// What a batch may expect of a manifest.
#[derive(Deserialize)]
pub struct Revision {
    pub generation: u32,
    pub revision: u32,
}

/// Generation and revision of a manifest.
pub fn revision(record: &JsValue) -> Result<Revision> {
    parse(record, schema::MANIFESTS)
}

/// A lease, of which the id is known.
#[derive(Deserialize)]
pub struct LeaseRow {
    pub token: String,
    pub until: Timestamp,
}

/// Who may write.
pub fn lease(record: &JsValue) -> Result<LeaseRow> {
    parse(record, schema::LEASES)
}

/// The same with its id.
pub fn whole_lease(record: &JsValue) -> Result<Lease> {
    let LeaseRow { token, until } = lease(record)?;
    let id = id(record, schema::LEASES)?;
    Ok(Lease { id, token, until })
}

/// A chunk list.
pub fn chunk_list(record: &JsValue) -> Result<ChunkList, Flaw> {
    intact(record, unsealed_list(record))
}

fn unsealed_list(record: &JsValue) -> Result<ChunkList> {
    let mut list: ChunkList = parse(record, schema::LISTS)?;
    list.id = id(record, schema::LISTS)?;
    Ok(list)
}

/// The value of a piece.
pub fn piece(record: &JsValue) -> Result<JsValue> {
    body(record, "data", schema::CHUNKS)
}

/// Which piece a key of the store names.
pub fn piece_name(key: &JsValue) -> Result<PieceName> {
    let malformed = || Error::MalformedRecord {
        store: schema::CHUNKS,
    };
    let keys = as_list(key).ok_or_else(malformed)?;
    let path = as_list(&keys.at(2)).ok_or_else(malformed)?;
    let path = (0..path.length()).map(|index| path.at(index).as_string());
    let index = keys.at(3).as_f64().filter(|index| index.fract() == 0.0);
    Ok(PieceName {
        path: Path(path.collect::<Option<_>>().ok_or_else(malformed)?),
        index: index.ok_or_else(malformed)? as u32,
    })
}

/// A backup without its bodies.
pub fn backup_head(record: &JsValue, store: &'static str) -> Result<Backup, Flaw> {
    intact(record, unsealed_head(record, store))
}

fn unsealed_head(record: &JsValue, store: &'static str) -> Result<Backup> {
    let mut head: Backup = parse(record, store)?;
    head.id = id(record, store)?;
    if let Some(origin) = &mut head.origin {
        take_keys(record, &mut origin.place, store)?;
    }
    Ok(head)
}

/// A backup with them.
pub fn backup(record: &JsValue) -> Result<StoredBackup<JsValue>, Flaw> {
    let body = |field| body(record, field, schema::BACKUPS).map_err(|_| Flaw::Changed);
    Ok(StoredBackup {
        head: backup_head(record, schema::BACKUPS)?,
        envelope: body("envelope")?,
        session: body("session")?,
    })
}

/// What is in flight.
pub fn journal(record: &JsValue) -> Result<JournalEntry, Flaw> {
    intact(record, unsealed_journal(record))
}

fn unsealed_journal(record: &JsValue) -> Result<JournalEntry> {
    let mut entry: JournalEntry = parse(record, schema::JOURNAL)?;
    entry.id = id(record, schema::JOURNAL)?;
    Ok(entry)
}

/// A session in quarantine.
pub fn quarantine(record: &JsValue) -> Result<QuarantineEntry> {
    let mut entry: QuarantineEntry = parse(record, schema::QUARANTINE)?;
    if entry.id.is_some() {
        entry.id = Some(id(record, schema::QUARANTINE)?);
    }
    Ok(entry)
}

/// One line of the audit.
pub fn audit(record: &JsValue) -> Result<AuditEntry> {
    let mut entry: AuditEntry = parse(record, schema::AUDIT)?;
    entry.id = id(record, schema::AUDIT)?;
    Ok(entry)
}

/// What the last count found.
pub fn count(record: &JsValue) -> Result<Count, Flaw> {
    intact(record, parse(record, schema::META))
}

/// A record whose seal fits, or that has none.
fn intact<T: Sealed>(record: &JsValue, value: Result<T>) -> Result<T, Flaw> {
    let value = value.map_err(|_| Flaw::Changed)?;
    let found = js::field(record, "seal");
    let fits = found.is_undefined()
        || found
            .as_string()
            .is_some_and(|found| seal::is_intact(&value, Some(&found)));
    fits.then_some(value).ok_or(Flaw::Changed)
}

/// The key under which a record lies, as the record itself says it.
pub fn key_of(record: &JsValue, store: Store) -> Option<Key> {
    let field = |name| key_from_js(&js::field(record, name));
    match store {
        Store::Manifests | Store::Journal | Store::Leases => field("id"),
        Store::Lists => Some(Key::Array(vec![field("id")?, field("generation")?])),
        Store::Chunks => {
            let names = ["id", "generation", "path", "index"].into_iter();
            names.map(field).collect::<Option<_>>().map(Key::Array)
        }
        Store::Backups | Store::BackupHeads => field("path"),
        Store::Audit => field("seq"),
        Store::Quarantine => field("place"),
        Store::Meta => field("name"),
    }
}

/// Whether a record of `meta` says what it should.
pub fn meta(record: &JsValue) -> Result<(), Flaw> {
    let known = match js::field(record, "name").as_string() {
        // It was checked when the database was opened.
        Some(name) if name.starts_with("carried:") => {
            let carried = parse::<Carried>(record, schema::META);
            carried.is_ok_and(|carried| Carried::name(&carried.from, &carried.to) == name)
        }
        _ => true,
    };
    known.then_some(()).ok_or(Flaw::Changed)
}

/// Takes the keys of a place out of the origin of a record.
fn take_keys(record: &JsValue, place: &mut Place, store: &'static str) -> Result<()> {
    let origin = js::field(record, "origin");
    place.key = key(&origin, "key", store)?;
    let Some(within) = &mut place.within else {
        return Ok(());
    };
    let member = js::field(&js::field(&origin, "within"), "member");
    match &mut within.member {
        Member::Id(id) => *id = key(&member, "id", store)?,
        Member::Name(name) => *name = key(&member, "name", store)?,
        Member::Index(_) => {}
    }
    Ok(())
}

fn id(record: &JsValue, store: &'static str) -> Result<Key> {
    key(record, "id", store)
}

fn key(record: &JsValue, field: &str, store: &'static str) -> Result<Key> {
    key_from_js(&js::field(record, field)).ok_or(Error::MalformedRecord { store })
}

/// A body, which may be `undefined` but not missing.
fn body(record: &JsValue, field: &str, store: &'static str) -> Result<JsValue> {
    js::own(record, &JsValue::from_str(field)).ok_or(Error::MalformedRecord { store })
}

fn as_list(value: &JsValue) -> Option<List> {
    js::is_array(value).then(|| value.clone().unchecked_into())
}
