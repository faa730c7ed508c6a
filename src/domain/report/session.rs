//! What became of one session.

use crate::domain::key::Key;
use crate::domain::limits::Finding;
use crate::domain::path::Path;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something worth knowing about a session that does not keep it from being migrated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable code.
    pub code: String,
    /// Where, dotted; empty for the session as a whole.
    pub path: String,
    /// In words, without any value.
    pub message: String,
}

impl Warning {
    /// A warning about the value at `path`.
    pub fn new(code: &str, path: &Path, message: String) -> Self {
        Self {
            code: code.into(),
            path: path.to_string(),
            message,
        }
    }
}

/// What became of a session in a run, or would become of it in a rehearsal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Moved, verified, backed up.
    Migrated,
    /// Nothing to do; `code` says why.
    Skipped,
    /// Left in its source; `code` says why.
    Quarantined,
    /// An error; nothing of this session was harmed.
    Failed,
}

/// Milliseconds that each phase of a session took; 0 for one that it did not come to.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct PhaseTimes {
    /// Reading the record.
    pub read: f64,
    /// Taking it apart and measuring it.
    pub plan: f64,
    /// Writing backup, chunks and manifest.
    pub stage: f64,
    /// Reading all of it back and comparing it; in a rehearsal, comparing in memory.
    pub verify: f64,
    /// Committing the manifest.
    pub commit: f64,
    /// Removing the original.
    pub remove: f64,
}

/// One session's row in a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionMigrationResult {
    /// The session; `null` where its record has no id that can be told.
    pub session_id: Option<Key>,
    /// Its name for people.
    pub label: Option<String>,
    /// Name of the source it came from.
    pub source: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// True unless `outcome` is `failed`.
    pub success: bool,
    /// Whether this was a rehearsal.
    pub dry_run: bool,
    /// Why it was skipped, quarantined or failed.
    pub code: Option<String>,
    /// The same in words.
    pub reason: Option<String>,
    /// The version of its layout before, where it was in chunks already and got a newer one.
    pub from_layout: Option<u32>,
    /// Items of each chunked array, by its path.
    pub counts: BTreeMap<String, u32>,
    /// Chunks and parts.
    pub chunks: u32,
    /// Approximate size of the body.
    pub bytes: u64,
    /// What was noticed.
    pub warnings: Vec<Warning>,
    /// What limits have found: everything that they changed, and the first of all else. Of a session
    /// in quarantine nothing is changed.
    pub findings: Vec<Finding>,
    /// How many findings of each code there are.
    pub finding_counts: BTreeMap<String, u32>,
    /// Path of the backup that was made.
    pub backup_path: Option<String>,
    /// Milliseconds it took.
    pub duration_ms: f64,
    /// The same by phase.
    pub phases: PhaseTimes,
}

impl SessionMigrationResult {
    /// Whether it was in chunks already and got a newer layout.
    pub fn is_relaid(&self) -> bool {
        self.outcome == Outcome::Migrated && self.from_layout.is_some()
    }

    /// Whether a second look has come to something that the first did not: moved once more, or found
    /// to differ. Anything else says that all was well.
    pub fn tells_more(&self) -> bool {
        self.outcome == Outcome::Migrated || self.is_diverged()
    }

    /// Whether it was left alone because source and chunks are different.
    pub fn is_diverged(&self) -> bool {
        self.code.as_deref() == Some("Diverged")
    }
}
