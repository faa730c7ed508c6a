//! What a batch came to, in figures.

use super::batch::Run;
use super::{Engine, Options};
use crate::domain::key::Key;
use crate::domain::progress::{About, Phase};
use crate::domain::report::{
    BatchError, BatchMigrationResult, Outcome, Quota, SessionMigrationResult,
};
use crate::error::Error;
use crate::ports::{Clock, Ports, Watch};
use std::collections::BTreeMap;

impl<P: Ports> Engine<P> {
    /// The report of a run, which is also told to who watches it.
    pub(super) fn summary(
        &self,
        run: Run,
        options: &Options,
        cancelled: bool,
        quota: Option<(f64, f64)>,
        started: f64,
        watch: &impl Watch,
    ) -> BatchMigrationResult {
        let count = |outcome| run.rows.iter().filter(|row| row.outcome == outcome).count() as u32;
        let needed = if options.dry_run {
            needed(&run.rows)
        } else {
            0.0
        };
        let now = self.ports.clock().elapsed_ms();
        let result = BatchMigrationResult {
            success: run.errors.is_empty(),
            dry_run: options.dry_run,
            cancelled,
            total: run.rows.len() as u32 - run.whole_sources,
            migrated: count(Outcome::Migrated),
            relaid: run.rows.iter().filter(|row| row.is_relaid()).count() as u32,
            skipped: count(Outcome::Skipped),
            quarantined: count(Outcome::Quarantined),
            finding_counts: finding_counts(&run.rows),
            errors: run.errors,
            duration_ms: now - started,
            backup_retention_days: options
                .backup_retention_days
                .unwrap_or(self.config.backup_retention_days),
            quota: quota.map(|(usage, quota)| Quota {
                usage,
                quota,
                needed,
                headroom: quota - usage - needed,
            }),
            sessions: run.rows,
        };
        let phase = if cancelled {
            Phase::Cancelled
        } else {
            Phase::Complete
        };
        let word = if cancelled { "Cancelled" } else { "Complete" };
        let mut message = format!(
            "{word}: {} migrated, {} skipped, {} errors",
            result.migrated,
            result.skipped,
            result.errors.len()
        );
        if result.quarantined > 0 {
            message += &format!(", {} quarantined", result.quarantined);
        }
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

/// The error of one session, for lists.
pub(super) fn batch_error(id: Option<Key>, error: &Error) -> BatchError {
    BatchError {
        session_id: id,
        code: error.code().into(),
        message: error.to_string(),
        retryable: error.retryable(),
    }
}
