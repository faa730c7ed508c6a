//! Our own database.

use super::Batch;
use crate::domain::backup::Backup;
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::headroom::Storage;
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::records::{AuditEntry, JournalEntry, QuarantineEntry};
use crate::domain::state::Carried;
use crate::error::Result;

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

/// Our own database. Reading creates nothing: without a database there is nothing to be found.
pub trait Records {
    /// See [`Ports::Body`](super::Ports::Body).
    type Body: Clone + 'static;

    /// Applies a batch in one transaction.
    async fn apply(&self, batch: Batch<Self::Body>) -> Result<()>;

    /// One manifest and its skeleton.
    async fn manifest(&self, id: &Key) -> Result<Option<(Manifest, Self::Body)>>;
    /// All manifests, in the order of their ids.
    async fn manifests(&self) -> Result<Vec<Manifest>>;
    /// The list of a generation.
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

    /// One backup.
    async fn backup(&self, path: &str) -> Result<Option<StoredBackup<Self::Body>>>;
    /// All backups, of one session or of all, oldest first, without their bodies.
    async fn backups(&self, id: Option<&Key>) -> Result<Vec<Backup>>;
    /// What is in flight.
    async fn journal(&self) -> Result<Vec<JournalEntry>>;
    /// What is in quarantine.
    async fn quarantine(&self) -> Result<Vec<QuarantineEntry>>;
    /// What was carried last from one key of localStorage into another.
    async fn carried(&self, from: &str, to: &str) -> Result<Option<Carried>>;
    /// The audit, oldest first.
    async fn audit(&self) -> Result<Vec<AuditEntry>>;
    /// Bytes in use by this origin, and bytes that it may use, as far as the browser tells.
    async fn quota(&self) -> Option<Storage>;
}
