//! Our own database.

use super::Batch;
use crate::domain::backup::Backup;
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::count::{Count, Stamp};
use crate::domain::damage::{BadRecord, Flaw};
use crate::domain::headroom::Storage;
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::records::{AuditEntry, JournalEntry, Lease, QuarantineEntry};
use crate::domain::state::Carried;
use crate::error::Result;
use std::collections::BTreeMap;

/// A stored session, read in one transaction.
#[derive(Debug, Clone)]
pub struct Stored<B> {
    /// Its manifest.
    pub manifest: Manifest,
    /// Its skeleton.
    pub skeleton: B,
    /// Its list of chunks; `None` for a tombstone, or if it is missing.
    pub list: Option<ChunkList>,
    /// Its pieces, in the order of the list; `None` for one that is missing.
    pub pieces: Vec<Option<B>>,
    /// Of what is missing, what is there and can't be read: pieces by name, the list by its own.
    pub flawed: BTreeMap<String, Flaw>,
    /// Pieces of this generation that the list does not know.
    pub unexpected: Vec<PieceName>,
}

/// A backup with its bodies.
#[derive(Debug, Clone)]
pub struct StoredBackup<B> {
    /// All but the bodies.
    pub head: Backup,
    /// The record without the session.
    pub envelope: B,
    /// The session as it was stored.
    pub session: B,
}

/// The records of one store. One that can't be used never hides another.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// Those that are what was written.
    pub sound: Vec<T>,
    /// Those that are there and can't be used.
    pub bad: Vec<BadRecord>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            sound: Vec::new(),
            bad: Vec::new(),
        }
    }
}

/// What is stored of one generation of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// The session.
    pub id: Key,
    /// Which writing of it.
    pub generation: u32,
    /// Pieces that are there.
    pub pieces: u32,
    /// Whether a chunk list is there.
    pub list: bool,
}

/// What lies in our database, by its keys.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Census {
    /// Generations of all sessions, in the order of their ids.
    pub generations: Vec<Generation>,
    /// Paths of the backups that have bodies.
    pub backups: Vec<String>,
    /// Leases, of whoever holds them or has died with them.
    pub leases: Vec<Lease>,
    /// Leases and records of `meta` that can't be understood, and keys that are none of ours.
    pub bad: Vec<BadRecord>,
}

/// What tells whether sessions stand where they stood, read in one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pulse {
    /// The newest line of the audit that tells of a session, or the last of `MOST_PASSED` that do not.
    pub stamp: Option<Stamp>,
    /// Places in quarantine.
    pub quarantine: Vec<Key>,
    /// The count that was kept last; `None` if it is not what was written.
    pub count: Option<Count>,
}

impl Pulse {
    /// Whether nothing has changed where any session stands.
    pub fn is_as(&self, other: &Self) -> bool {
        self.stamp == other.stamp && self.quarantine == other.quarantine
    }
}

/// Our own database. Reading creates nothing: without a database there is nothing to be found.
pub trait Records {
    /// See [`Ports::Body`](super::Ports::Body).
    type Body: Clone + 'static;

    /// Applies a batch in one transaction.
    async fn apply(&self, batch: Batch<Self::Body>) -> Result<()>;

    /// One manifest and its skeleton; `Damaged` for one that is not what was written.
    async fn manifest(&self, id: &Key) -> Result<Option<(Manifest, Self::Body)>>;
    /// All manifests, in the order of their ids.
    async fn manifests(&self) -> Result<Rows<Manifest>>;
    /// The list of a generation; `Damaged` for one that is not what was written.
    async fn list(&self, id: &Key, generation: u32) -> Result<Option<ChunkList>>;
    /// Some pieces of a generation, in the order asked for; `None` for one that is missing.
    async fn pieces(
        &self,
        id: &Key,
        generation: u32,
        names: &[PieceName],
    ) -> Result<Vec<Option<Self::Body>>>;
    /// A session with all its pieces, in one transaction.
    async fn load(&self, id: &Key) -> Result<Option<Stored<Self::Body>>>;

    /// One backup; `BackupDamaged` for one that is not what was written.
    async fn backup(&self, path: &str) -> Result<Option<StoredBackup<Self::Body>>>;
    /// All backups, of one session or of all, oldest first, without their bodies.
    async fn backups(&self, id: Option<&Key>) -> Result<Rows<Backup>>;
    /// What is in flight.
    async fn journal(&self) -> Result<Rows<JournalEntry>>;
    /// What is in quarantine.
    async fn quarantine(&self) -> Result<Rows<QuarantineEntry>>;
    /// What was carried last from one key of localStorage into another.
    async fn carried(&self, from: &str, to: &str) -> Result<Option<Carried>>;
    /// The audit, oldest first.
    async fn audit(&self) -> Result<Rows<AuditEntry>>;
    /// What tells whether sessions stand where they stood.
    async fn pulse(&self) -> Result<Pulse>;
    /// Keeps a count, in the system's own time. Without a database it does nothing.
    async fn keep_count(&self, count: &Count) -> Result<()>;
    /// What lies in all stores, by its keys; nothing large is loaded.
    async fn census(&self) -> Result<Census>;
    /// Bytes in use by this origin, and bytes that it may use, as far as the browser tells.
    async fn quota(&self) -> Option<Storage>;
}
