//! What a batch came to, in figures.

use super::run::Run;
use super::{Engine, Options};
use crate::domain::console;
use crate::domain::headroom::{Storage, how_many_fit};
use crate::domain::key::Key;
use crate::domain::progress::{About, Phase};
use crate::domain::report::{
    BatchError, BatchMigrationResult, Outcome, Part, Quota, SessionMigrationResult,
};
use crate::domain::state::StateRunResult;
use crate::error::Error;
use crate::ports::{Clock, Ports, Watch};
use std::collections::BTreeMap;

/// What a run came to, part by part.
pub(super) struct Came {
    pub run: Run,
    pub state: Option<StateRunResult>,
    pub cancelled: bool,
    pub storage: Option<Storage>,
    /// When it began.
    pub started: f64,
}

impl<P: Ports> Engine<P> {
    /// The report of a run, which is also told to who watches it.
    pub(super) async fn summary(
        &self,
        came: Came,
        options: &Options,
        watch: &impl Watch,
    ) -> BatchMigrationResult {
        let run = came.run;
        let count = |outcome| run.rows.iter().filter(|row| row.outcome == outcome).count() as u32;
        let captured = came.state.as_ref().map_or(0, |state| state.capture.bytes);
        let needed = match options.dry_run {
            true => sizes(&run.rows).iter().sum::<f64>() + captured as f64,
            false => 0.0,
        };
        let shortage = match (run.shortage, came.storage) {
            (Some(shortage), _) => Some(shortage),
            (None, Some(storage)) if needed > storage.available() => {
                let fewer = how_many_fit(&sizes(&run.rows), storage.available());
                Some(self.shortage(needed, storage, fewer).await)
            }
            (None, _) => None,
        };
        let now = self.ports.clock().elapsed_ms();
        let result = BatchMigrationResult {
            success: run.errors.is_empty(),
            dry_run: options.dry_run,
            cancelled: came.cancelled,
            total: run.rows.len() as u32 - run.whole_sources,
            migrated: count(Outcome::Migrated),
            relaid: run.rows.iter().filter(|row| row.is_relaid()).count() as u32,
            skipped: count(Outcome::Skipped),
            quarantined: count(Outcome::Quarantined),
            finding_counts: finding_counts(&run.rows),
            errors: run.errors,
            duration_ms: now - came.started,
            backup_retention_days: options
                .backup_retention_days
                .unwrap_or(self.config.backup_retention_days),
            quota: came.storage.map(|storage| Quota {
                usage: storage.usage,
                quota: storage.quota,
                needed,
                headroom: storage.available() - needed,
                persisted: storage.persisted,
            }),
            shortage,
            state: came.state,
            sessions: run.rows,
        };
        let phase = match came.cancelled {
            true => Phase::Cancelled,
            false => Phase::Complete,
        };
        let message = console::last_line(&result);
        watch.progress(&run.pace.event(phase, message, About::default(), now));
        result
    }
}

/// How many findings of each code there are in some rows.
fn finding_counts(rows: &[SessionMigrationResult]) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for (code, count) in rows.iter().flat_map(|row| &row.finding_counts) {
        *counts.entry(code.clone()).or_default() += count;
    }
    counts
}

/// Bytes that each session needs at the peak of a run: chunks and backups of all, while the originals go one by
/// one and the browser frees their space in its own time.
fn sizes(rows: &[SessionMigrationResult]) -> Vec<f64> {
    let moved = rows.iter().filter(|row| row.outcome == Outcome::Migrated);
    moved.map(|row| row.bytes as f64 * 2.0).collect()
}

/// The error of one session, or of a source, for lists.
pub(super) fn batch_error(id: Option<Key>, error: &Error) -> BatchError {
    BatchError {
        session_id: id,
        ..part_error(Part::Sessions, error)
    }
}

/// The error of a whole part of a run.
pub(super) fn part_error(part: Part, error: &Error) -> BatchError {
    BatchError {
        part,
        session_id: None,
        code: error.code().into(),
        message: error.to_string(),
        retryable: error.retryable(),
    }
}
