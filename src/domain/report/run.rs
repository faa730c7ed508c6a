//! What a run over everything did, or would do.

use crate::domain::headroom::Shortage;
use crate::domain::key::Key;
use crate::domain::report::session::SessionMigrationResult;
use crate::domain::state::{StateClearResult, StateRunResult};
use serde::Serialize;
use std::collections::BTreeMap;

/// A part of a run. One that fails never stops another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Capturing state.
    Capture,
    /// Migrating sessions.
    Sessions,
    /// Carrying state over from one key to another.
    Carry,
}

/// What failed in a batch: a session, or a part of the run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchError {
    /// The part of the run.
    pub part: Part,
    /// The session; `None` where it is about none.
    pub session_id: Option<Key>,
    /// Stable code of the error.
    pub code: String,
    /// Its message.
    pub message: String,
    /// Whether running again may help.
    pub retryable: bool,
}

/// Room in the browser's storage, as far as it tells.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quota {
    /// Bytes in use by this origin.
    pub usage: f64,
    /// Bytes that it may use.
    pub quota: f64,
    /// Bytes that the run needs at its peak, estimated.
    pub needed: f64,
    /// `quota - usage - needed`; negative where it will not suffice.
    pub headroom: f64,
    /// Whether the browser keeps it when the disk runs full; `None` where it does not say.
    pub persisted: Option<bool>,
}

/// What a batch did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchMigrationResult {
    /// False if `errors` is not empty, whichever part failed. Quarantine alone leaves it true.
    pub success: bool,
    /// Whether this was a rehearsal.
    pub dry_run: bool,
    /// Whether the run was cancelled by its signal before it was through.
    pub cancelled: bool,
    /// Sessions, whatever became of them.
    pub total: u32,
    /// Moved, or brought to a newer layout.
    pub migrated: u32,
    /// Those of `migrated` that were in chunks already and got a newer layout.
    pub relaid: u32,
    /// Chunked already, diverged, or rolled back on purpose.
    pub skipped: u32,
    /// Left in their source.
    pub quarantined: u32,
    /// How many findings of limits of each code there are in all sessions.
    pub finding_counts: BTreeMap<String, u32>,
    /// Sessions, and parts of the run, that failed.
    pub errors: Vec<BatchError>,
    /// Milliseconds.
    pub duration_ms: f64,
    /// Days that the backups of this run live.
    pub backup_retention_days: u32,
    /// Room in storage before the run.
    pub quota: Option<Quota>,
    /// What is missing for a rehearsed run, or for the session before which a run has stopped.
    pub shortage: Option<Shortage>,
    /// What became of state; `None` where the configuration has none.
    pub state: Option<StateRunResult>,
    /// A row for each session, in the order of the run; and one for each source that can't be read.
    pub sessions: Vec<SessionMigrationResult>,
}

/// What `removeOriginals` did.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoveOriginalsResult {
    /// Sessions whose original was removed.
    pub removed: Vec<Key>,
    /// Sessions whose original differs from the chunks; see `resolveConflict`.
    pub diverged: Vec<Key>,
    /// What became of the key that was carried; `None` where there is none.
    pub state: Option<StateClearResult>,
    /// Sessions that failed.
    pub errors: Vec<BatchError>,
}
