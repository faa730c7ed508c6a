//! Backups: what there is, what went back, and what was cleaned up.

use crate::domain::backup::Format;
use crate::domain::key::Key;
use crate::domain::state::{StateOrigin, StateRestoreResult};
use crate::domain::time::Timestamp;
use serde::Serialize;

/// A backup in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BackupRow {
    /// Its name, as `rollbackSessionMigration` takes it, or `restoreState`.
    pub path: String,
    /// The session; `None` for a snapshot of state.
    pub id: Option<Key>,
    /// Whose keys it holds, for a snapshot of state.
    pub state: Option<StateOrigin>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it may be cleaned up; `null` for never.
    pub expires_at: Option<Timestamp>,
    /// Days until then; 0 if it has expired, `null` for never.
    pub remaining_days: Option<f64>,
    /// What it holds.
    pub original_format: Format,
    /// What it was made for.
    pub reason: String,
    /// Approximate size.
    pub bytes: u64,
}

/// What a rollback did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RollbackResult {
    /// The session; `None` for a snapshot of state.
    pub session_id: Option<Key>,
    /// True for a session, since a rollback that can't be done rejects; for state, false if
    /// `state.failed` has keys.
    pub success: bool,
    /// The backup that was used.
    pub backup_path: String,
    /// The source it went back to; `null` if it went back into chunks.
    pub restored_to: Option<String>,
    /// What became of each key, for a snapshot of state.
    pub state: Option<StateRestoreResult>,
    /// A backup of the edits that were made since the migration, with `edits: "keep"`.
    pub edits_backup_path: Option<String>,
}

/// What a clean-up did.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CleanupResult {
    /// Backups that were removed.
    pub removed: Vec<String>,
    /// Backups that were due but kept, and why.
    pub kept: Vec<KeptBackup>,
    /// Bytes that were freed, approximately.
    pub freed_bytes: u64,
}

/// A backup that a clean-up left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptBackup {
    /// The backup.
    pub path: String,
    /// Why, as a code: `NotCommitted`, `Damaged`, `BackupDamaged`, `Busy`, `ClockNotTrusted`,
    /// `UsedLately`.
    pub code: String,
}
