//! What lies on a disk at one moment.

use crate::support::value::{Value, size};
use restow::domain::backup::Backup;
use restow::domain::chunk_list::{ChunkList, PieceName};
use restow::domain::count::Count;
use restow::domain::damage::Store;
use restow::domain::key::Key;
use restow::domain::manifest::Manifest;
use restow::domain::place::{Area, Place};
use restow::domain::records::{AuditEntry, JournalEntry, Lease, QuarantineEntry};
use restow::domain::state::Carried;
use std::collections::{BTreeMap, BTreeSet};

/// The records of one object store.
pub type Rows = BTreeMap<Key, Value>;

/// Everything that is stored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Image {
    /// Those of applications: database, store, records.
    pub sources: BTreeMap<String, BTreeMap<String, Rows>>,
    /// `localStorage`: keys and values are text.
    pub local: Rows,
    /// Ours, once it was created.
    pub own: Option<Own>,
}

/// Our own database.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Own {
    /// Manifests and skeletons.
    pub manifests: BTreeMap<Key, (Manifest, Value)>,
    /// Chunk lists, by session and generation.
    pub lists: BTreeMap<(Key, u32), ChunkList>,
    /// Pieces, by session, generation and name.
    pub pieces: BTreeMap<(Key, u32, PieceName), Value>,
    /// Backups: head, envelope and session.
    pub backups: BTreeMap<String, (Backup, Value, Value)>,
    /// Heads of backups, as they lie in a store of their own.
    pub heads: BTreeMap<String, Backup>,
    /// Seals of the records that have one, by store and key.
    pub seals: BTreeMap<(Store, Key), String>,
    /// Records that are there and can't be understood.
    pub garbled: BTreeSet<(Store, Key)>,
    /// What is in flight.
    pub journal: BTreeMap<Key, JournalEntry>,
    /// What is in quarantine, by place.
    pub quarantine: BTreeMap<String, QuarantineEntry>,
    /// What was carried last, by both keys.
    pub carried: BTreeMap<(String, String), Carried>,
    /// The audit, in order.
    pub audit: Vec<AuditEntry>,
    /// What the last count found.
    pub count: Option<Count>,
    /// Who may write to which session.
    pub leases: BTreeMap<Key, Lease>,
}

impl Image {
    /// The store that a place names.
    pub fn rows(&self, database: &str, store: &str) -> Option<&Rows> {
        self.sources.get(database)?.get(store)
    }

    /// The record at a place.
    pub fn row(&self, place: &Place) -> Option<&Value> {
        match &place.area {
            Area::IndexedDb { database, store } => self.rows(database, store)?.get(&place.key),
            Area::LocalStorage => self.local.get(&place.key),
        }
    }

    /// The store that a place names, created if it is missing.
    pub fn store(&mut self, database: &str, store: &str) -> &mut Rows {
        let stores = self.sources.entry(database.into()).or_default();
        stores.entry(store.into()).or_default()
    }

    /// Writes a record, or removes it.
    pub fn put(&mut self, place: &Place, value: Option<Value>) {
        let rows = match &place.area {
            Area::IndexedDb { database, store } => self.store(database, store),
            Area::LocalStorage => &mut self.local,
        };
        match value {
            Some(value) => rows.insert(place.key.clone(), value),
            None => rows.remove(&place.key),
        };
    }

    /// Bytes in use by databases, approximately: what browsers tell of leaves localStorage out.
    pub fn bytes(&self) -> u64 {
        let stores = self.sources.values().flat_map(BTreeMap::values);
        let rows: u64 = stores.flat_map(BTreeMap::values).map(size).sum();
        let Some(own) = &self.own else { return rows };
        let skeletons = own.manifests.values().map(|(_, skeleton)| size(skeleton));
        let backups = own.backups.values();
        let backups = backups.map(|(_, envelope, session)| size(envelope) + size(session));
        let pieces = own.pieces.values().map(size);
        rows + skeletons.chain(pieces).chain(backups).sum::<u64>()
    }

    /// UTF-16 units in localStorage, of keys and values.
    pub fn local_units(&self) -> u64 {
        let units = |(key, value): (&Key, &Value)| {
            let key = key.units().unwrap_or_default();
            (key.len() + value.utf16().unwrap_or_default().len()) as u64
        };
        self.local.iter().map(units).sum()
    }
}
