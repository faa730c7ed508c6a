//! The smaller records of our database.

use crate::domain::key::Key;
use crate::domain::limits::PublicFinding;
use crate::domain::state;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

/// What is being done to a session, so that the next run knows where to look. It decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JournalEntry {
    /// The session.
    pub id: Key,
    /// `migrate`, `rollback`, `resolve-conflict`, `delete`.
    pub action: String,
    /// The generation that is being written.
    pub generation: u32,
    /// When it began.
    pub started_at: Timestamp,
}

/// Who may write to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lease {
    /// The session.
    pub id: Key,
    /// Unique to one acquisition; compared inside every write transaction.
    pub token: String,
    /// After this the lease may be taken over.
    pub until: Timestamp,
}

/// A session that can't be moved safely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuarantineEntry {
    /// Source and key, as one name; the key of this record.
    pub place: String,
    /// The session's id, where it has one that can be told.
    pub id: Option<Key>,
    /// Name of the source.
    pub source: String,
    /// Why, as a stable code.
    pub code: String,
    /// Why, in words; never a value.
    pub reason: String,
    /// When it was first found.
    pub since: Timestamp,
}

/// One line of the audit: what was done, when, to which id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Position; given by the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u32>,
    /// When.
    pub at: Timestamp,
    /// What was done: `migrate`, `rollback`, `edit`, `create`, `delete`, `cleanup`, `capture`, …
    pub action: String,
    /// To which session; empty for state, and told as `null`.
    #[serde(serialize_with = "session")]
    pub id: Key,
    /// Name of the source, where one took part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Path of the backup, where one took part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// Chunks and parts afterwards.
    pub chunks: u32,
    /// Approximate size.
    pub bytes: u64,
    /// What limits have found, without any value; the first of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<PublicFinding>,
}

/// No session is `null`. Where lines are stored the browser puts ids in as they are.
fn session<S: Serializer>(id: &Key, serializer: S) -> Result<S::Ok, S::Error> {
    (*id != state::id()).then_some(id).serialize(serializer)
}
