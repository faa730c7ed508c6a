//! The requests of a batch.

use crate::browser::idb::transaction::Tx;
use crate::browser::idb::{errors, range};
use crate::browser::key::key_to_js;
use crate::browser::records::encode;
use crate::browser::schema::*;
use crate::browser::values;
use crate::error::{Error, Result};
use crate::ports::Write;
use wasm_bindgen::JsValue;

/// One request of a batch.
pub enum Op {
    /// Writes a record.
    Put(&'static str, JsValue),
    /// Writes a record where there must be none.
    Add(&'static str, JsValue),
    /// Removes one record, or a range of them.
    Delete(&'static str, JsValue),
}

impl Op {
    /// The store that it goes to.
    pub fn store(&self) -> &'static str {
        match self {
            Self::Put(store, _) | Self::Add(store, _) | Self::Delete(store, _) => store,
        }
    }

    /// What it writes, if it writes.
    pub fn record(&self) -> Option<&JsValue> {
        match self {
            Self::Put(_, record) | Self::Add(_, record) => Some(record),
            Self::Delete(..) => None,
        }
    }

    /// The same, to be exchanged.
    pub fn record_mut(&mut self) -> Option<&mut JsValue> {
        match self {
            Self::Put(_, record) | Self::Add(_, record) => Some(record),
            Self::Delete(..) => None,
        }
    }

    /// Makes the request. It is not awaited: if it fails, its transaction does.
    pub fn queue(&self, tx: &Tx, bytes: u64) -> Result<()> {
        let store = tx.store(self.store())?;
        let queued = match self {
            Self::Put(_, record) => store.put(record),
            Self::Add(_, record) => store.add(record),
            Self::Delete(_, query) => store.delete(query),
        };
        queued
            .map(|_| ())
            .map_err(|thrown| self.refused(&thrown, bytes))
    }

    fn refused(&self, thrown: &JsValue, bytes: u64) -> Error {
        match (self, errors::name_of(thrown).as_str()) {
            (Self::Put(_, record) | Self::Add(_, record), "DataCloneError") => {
                values::unsupported(record)
            }
            _ => errors::aborted(Some(thrown), bytes),
        }
    }
}

/// The requests that one write takes.
pub fn prepare(write: &Write<JsValue>, ops: &mut Vec<Op>) -> Result<()> {
    match write {
        Write::PutManifest(manifest, skeleton) => {
            ops.push(Op::Put(MANIFESTS, encode::manifest(manifest, skeleton)?));
        }
        Write::DeleteManifest(id) => ops.push(Op::Delete(MANIFESTS, key_to_js(id))),
        Write::PutList(list) => ops.push(Op::Put(LISTS, encode::chunk_list(list)?)),
        Write::PutPiece {
            id,
            generation,
            name,
            body,
        } => ops.push(Op::Put(CHUNKS, encode::piece(id, *generation, name, body))),
        Write::DeletePiece {
            id,
            generation,
            name,
        } => ops.push(Op::Delete(CHUNKS, encode::piece_key(id, *generation, name))),
        Write::DeleteGenerations(id, which) => {
            for range in range::generations(id, *which)? {
                ops.push(Op::Delete(CHUNKS, range.clone().into()));
                ops.push(Op::Delete(LISTS, range.into()));
            }
        }
        Write::AddBackup {
            head,
            envelope,
            session,
        } => {
            ops.push(Op::Add(BACKUPS, encode::backup(head, envelope, session)?));
            ops.push(Op::Add(BACKUP_HEADS, encode::backup_head(head)?));
        }
        Write::PutHead(head) => ops.push(Op::Put(BACKUP_HEADS, encode::backup_head(head)?)),
        Write::DeleteBackup(path) => {
            let path = JsValue::from_str(path);
            ops.push(Op::Delete(BACKUPS, path.clone()));
            ops.push(Op::Delete(BACKUP_HEADS, path));
        }
        Write::PutJournal(entry) => ops.push(Op::Put(JOURNAL, encode::journal(entry)?)),
        Write::DeleteJournal(id) => ops.push(Op::Delete(JOURNAL, key_to_js(id))),
        Write::PutQuarantine(entry) => ops.push(Op::Put(QUARANTINE, encode::quarantine(entry)?)),
        Write::DeleteQuarantine(place) => {
            ops.push(Op::Delete(QUARANTINE, JsValue::from_str(place)));
        }
        Write::PutCarried(entry) => ops.push(Op::Put(META, encode::carried(entry)?)),
        Write::Audit(entry) => ops.push(Op::Put(AUDIT, encode::audit(entry)?)),
    }
    Ok(())
}
