//! What a batch came to, in figures.

use super::batch::Run;
use super::{Engine, Options};
use crate::domain::console;
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
    pub quota: Option<(f64, f64)>,
    /// When it began.
    pub started: f64,
}

impl<P: Ports> Engine<P> {
    /// The report of a run, which is also told to who watches it.
    pub(super) fn summary(
        &self,
        came: Came,
        options: &Options,
        watch: &impl Watch,
    ) -> BatchMigrationResult {
        let run = came.run;
        let count = |outcome| run.rows.iter().filter(|row| row.outcome == outcome).count() as u32;
        let captured = came.state.as_ref().map_or(0, |state| state.capture.bytes);
        let needed = match options.dry_run {
            true => needed(&run.rows) + captured as f64,
            false => 0.0,
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
            quota: came.quota.map(|(usage, quota)| Quota {
                usage,
                quota,
                needed,
                headroom: quota - usage - needed,
            }),
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

/// Bytes that a run needs at its peak: chunks and backups of all, while the originals go one by
/// one and the browser frees their space in its own time.
fn needed(rows: &[SessionMigrationResult]) -> f64 {
    rows.iter()
        .filter(|row| row.outcome == Outcome::Migrated)
        .map(|row| row.bytes as f64 * 2.0)
        .sum()
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
