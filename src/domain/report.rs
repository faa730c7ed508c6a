//! What calls return. These are the plain objects that JavaScript sees, field for field.

use crate::domain::backup::Format;
use crate::domain::count::Count;
use crate::domain::damage::{Flaw, Problem};
use crate::domain::headroom::Shortage;
use crate::domain::key::Key;
use crate::domain::limits::Finding;
use crate::domain::path::Path;
use crate::domain::state::{
    StateClearResult, StateOrigin, StateRestoreResult, StateRunResult, StateStatus,
};
use crate::domain::time::Timestamp;
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

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionState {
    /// In its source, to be migrated (or rolled back there).
    Legacy,
    /// Committed in chunks.
    Chunked,
    /// In its source, and can't be moved safely.
    Quarantined,
    /// In both, and different.
    Diverged,
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

/// Whether there is anything to migrate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MigrationNeed {
    /// A run would move something, or bring it to a newer layout.
    Yes,
    /// It would not.
    No,
    /// A source can't be read, or telling would take reading too much.
    Unknown,
}

/// A source that can't be read: what it holds is in no count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadableSource {
    /// Its name.
    pub source: String,
    /// Code of the error.
    pub code: String,
}

/// How many sessions stand where.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MigrationStatus {
    /// The sum of the next four.
    pub total: u32,
    /// Committed.
    pub chunked: u32,
    /// To be migrated, or rolled back.
    pub legacy: u32,
    /// Left in their source.
    pub quarantined: u32,
    /// In both places, and different.
    pub diverged: u32,
    /// Chunked of total, rounded; 100 only when nothing is left, and 100 for 0 of 0. It speaks of
    /// sessions alone: of state, `state` has the counts.
    pub percentage: u32,
    /// Sessions that the application itself chunked earlier, in its own way. They are left alone
    /// and are not part of `total`.
    pub chunked_elsewhere: u32,
    /// Sources that can't be read now. While there are any, the percentage stays below 100.
    pub unreadable_sources: Vec<UnreadableSource>,
    /// How state stands; `None` where the configuration has none.
    pub state: Option<StateStatus>,
    /// Whether every record was opened for this answer.
    pub exact: bool,
    /// When every record was opened last that is told by its key since then.
    pub counted_at: Timestamp,
}

impl MigrationStatus {
    /// The status that a count tells.
    pub fn of(count: &Count) -> Self {
        Self {
            counted_at: count.at,
            ..Self::new(
                count.chunked,
                count.legacy,
                count.quarantined,
                count.diverged,
                count.elsewhere,
            )
        }
    }

    /// The status for some counts.
    pub fn new(chunked: u32, legacy: u32, quarantined: u32, diverged: u32, elsewhere: u32) -> Self {
        let total = chunked + legacy + quarantined + diverged;
        let percentage = if chunked == total {
            100
        } else {
            ((f64::from(chunked) * 100.0 / f64::from(total)).round() as u32).min(99)
        };
        Self {
            total,
            chunked,
            legacy,
            quarantined,
            diverged,
            percentage,
            chunked_elsewhere: elsewhere,
            unreadable_sources: Vec::new(),
            state: None,
            exact: true,
            counted_at: Timestamp::default(),
        }
    }

    /// The same where some sources can't be read.
    pub fn without(mut self, unreadable: Vec<UnreadableSource>) -> Self {
        if !unreadable.is_empty() {
            self.percentage = self.percentage.min(99);
        }
        self.unreadable_sources = unreadable;
        self
    }
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRow {
    /// The session; `null` where its record has no id that can be told.
    pub id: Option<Key>,
    /// Its name for people.
    pub label: Option<String>,
    /// Name of its source; `null` if it was created here.
    pub source: Option<String>,
    /// Where it stands.
    pub state: SessionState,
    /// Whether it was rolled back, and so is left alone without `force`.
    pub rolled_back: bool,
    /// Approximate size of the body; 0 where it could not be read.
    pub bytes: u64,
    /// Chunks and parts; 0 unless chunked or diverged.
    pub chunks: u32,
    /// Why it is in quarantine, as a code and in words; and what else was noticed.
    pub warnings: Vec<Warning>,
}

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

/// What a check of a stored session found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyResult {
    /// The session.
    pub session_id: Key,
    /// Whether every piece is there and equal to its digest.
    pub ok: bool,
    /// Pieces that were checked.
    pub checked: u32,
    /// What is missing or wrong, in it and in its backups.
    pub problems: Vec<Problem>,
}

/// What a check of everything found.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyAllResult {
    /// Whether all was looked at and nothing is wrong.
    pub ok: bool,
    /// Sessions whose chunks were read.
    pub sessions: u32,
    /// Backups that were read.
    pub backups: u32,
    /// Skeletons, pieces and backups that were compared with their digests.
    pub checked: u32,
    /// What is missing or wrong.
    pub problems: Vec<Problem>,
    /// Whether its signal stopped it.
    pub cancelled: bool,
    /// How long it took.
    pub duration_ms: f64,
}

/// What became of one thing that was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Repaired {
    /// The session; `None` where it belongs to none.
    pub session_id: Option<Key>,
    /// `resume`, `restore`, `rebuild-list`, `rebuild-manifest`, `rebuild-head`, `remove-orphans`,
    /// `remove-lease`, `remove-quarantine`, `close-journal`.
    pub action: &'static str,
    /// What was wrong.
    pub code: Flaw,
    /// Which record or piece it was.
    pub place: String,
    /// The backup that was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// The backup of what could still be read of what was replaced by an older state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
}

/// What is wrong still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Left {
    /// The session; `None` where it belongs to none.
    pub session_id: Option<Key>,
    /// What is wrong.
    pub code: Flaw,
    /// Which record or piece it is.
    pub place: String,
    /// Why nothing was done about it, as a code.
    pub reason: String,
}

/// What `repair` did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RepairResult {
    /// Whether nothing is left.
    pub success: bool,
    /// Whether it was a rehearsal.
    pub dry_run: bool,
    /// What was done, or would be.
    pub repaired: Vec<Repaired>,
    /// What was not.
    pub left: Vec<Left>,
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

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_of_nothing_is_done() {
        assert_eq!(MigrationStatus::new(0, 0, 0, 0, 0).percentage, 100);
    }

    #[test]
    fn the_figures_of_the_console_example() {
        let status = MigrationStatus::new(12, 35, 0, 0, 0);
        assert_eq!((status.total, status.percentage), (47, 26));
    }

    #[test]
    fn never_a_hundred_while_something_is_left() {
        assert_eq!(MigrationStatus::new(9999, 1, 0, 0, 0).percentage, 99);
        assert_eq!(MigrationStatus::new(9999, 0, 1, 0, 0).percentage, 99);
    }

    proptest! {
        #[test]
        fn the_four_add_up(a in 0u32..10_000, b in 0u32..10_000, c in 0u32..10_000, d in 0u32..10_000) {
            let status = MigrationStatus::new(a, b, c, d, 3);
            prop_assert_eq!(status.total, a + b + c + d);
            prop_assert_eq!(status.percentage == 100, b + c + d == 0);
        }
    }
}
