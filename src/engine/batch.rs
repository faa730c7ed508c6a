//! All sessions, one after the other. One bad record never stops, harms or hides another.

use super::locate::{Candidate, duplicate};
use super::prepare::place_name;
use super::rows::{blank, skipped_row};
use super::survey::unreadable;
use super::targets::Target;
use super::{Engine, Options};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::progress::{Pace, Phase};
use crate::domain::recognise::{Row, undecodable};
use crate::domain::report::{
    BatchError, BatchMigrationResult, Outcome, Quota, SessionMigrationResult,
};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Ports, Records, Watch};
use std::collections::BTreeSet;

impl<P: Ports> Engine<P> {
    /// Migrates every session, or rehearses it. Fails only where nothing at all can be read or
    /// written; what concerns one session is that session's row.
    pub async fn migrate_all(
        &self,
        options: &Options,
        watch: &impl Watch,
    ) -> Result<BatchMigrationResult> {
        let clock = self.ports.clock();
        let started = clock.elapsed_ms();
        let scanning = Pace::new(0, started).event(
            Phase::Scanning,
            "Looking for sessions".into(),
            None,
            started,
        );
        watch.progress(&scanning);
        if !options.dry_run {
            self.recover_once().await?;
        }
        let quota = self.ports.records().quota().await;
        let manifests = self.ports.records().manifests().await?;
        let targets = self.targets(&manifests).await?;
        let mut run = Run {
            pace: Pace::new(
                targets.iter().filter(|target| target.likely).count() as u32,
                clock.elapsed_ms(),
            ),
            rows: Vec::new(),
            errors: Vec::new(),
            done: BTreeSet::new(),
            still_broken: BTreeSet::new(),
        };
        let mut cancelled = false;
        for (index, target) in targets.iter().enumerate() {
            if watch.cancelled() {
                cancelled = true;
                break;
            }
            if index > 0 && (index as u32).is_multiple_of(options.batch_size.max(1)) {
                clock.breathe().await;
            }
            self.one(target, options, watch, &mut run).await;
        }
        self.chunked_before(manifests, &mut run).await;
        if !options.dry_run && !cancelled {
            // Harmless if it fails: the next run tries again.
            let _ = self.prune_quarantine(&run.still_broken).await;
        }
        Ok(self.summary(run, options, cancelled, quota, started, watch))
    }

    /// Rows for the sessions that had nothing in a source: chunked before, or by another tab since.
    async fn chunked_before(&self, before: Vec<Manifest>, run: &mut Run) {
        let now = self.ports.records().manifests().await;
        for manifest in now.unwrap_or(before) {
            if manifest.is_live() && !run.done.contains(&manifest.id) {
                let (code, reason) = ("AlreadyChunked", "it is chunked already");
                let row = skipped_row(&manifest.id, Some(&manifest), code, reason);
                run.rows.push(row);
            }
        }
    }

    /// One record of the batch: whatever becomes of it is a row, unless it is no session.
    async fn one(&self, target: &Target, options: &Options, watch: &impl Watch, run: &mut Run) {
        let started = self.ports.clock().elapsed_ms();
        let source = &self.config.sources[target.source];
        let opened = self
            .open_record(target.source, target.place.key.clone())
            .await;
        let (id, label) = match &opened {
            Ok(Some(candidate))
                if matches!(candidate.row, Row::Foreign | Row::ChunkedElsewhere) =>
            {
                return run.pace.correct(if target.likely { -1 } else { 0 });
            }
            Ok(None) => return run.pace.correct(if target.likely { -1 } else { 0 }),
            Ok(Some(candidate)) => {
                let label = self
                    .config
                    .layout
                    .label
                    .as_ref()
                    .zip(candidate.session.as_ref());
                let label =
                    label.and_then(|(path, session)| self.ports.bodies().text(session, path));
                (candidate.row.id().cloned(), label)
            }
            // What the key alone tells of the id keeps a copy in a lower source from taking its
            // place.
            Err(_) => {
                let row = undecodable(source, &target.place.key, unreadable());
                (row.id().cloned(), None)
            }
        };
        run.pace.correct(if target.likely { 0 } else { 1 });
        // A lower source's copy of a session that a higher one has is left alone; lists report it.
        if id.as_ref().is_some_and(|id| run.done.contains(id)) && !target.duplicate {
            return run.pace.correct(-1);
        }
        let name = label
            .clone()
            .or_else(|| id.as_ref().map(ToString::to_string));
        let name = name.unwrap_or_else(|| target.place.key.to_string());
        let message = format!("Migrating session {}: {name}", run.pace.position());
        watch.progress(&run.pace.event(
            Phase::Migrating,
            message,
            Some((id.clone(), label.clone())),
            started,
        ));

        let row = match self.outcome(target, opened, options).await {
            Ok(Some(row)) => row,
            Ok(None) => return run.pace.correct(-1),
            Err(error) => {
                run.errors.push(batch_error(id.clone(), &error));
                let mut row = blank(Outcome::Failed);
                row.session_id = id;
                row.label = label;
                row.source = Some(source.name.clone());
                row.code = Some(error.code().into());
                row.reason = Some(error.to_string());
                row
            }
        };
        if matches!(row.outcome, Outcome::Quarantined | Outcome::Failed) {
            let place = place_name(&source.name, &target.place);
            run.still_broken.insert(place);
        }
        run.pace.advance(row.bytes);
        run.done.extend(row.session_id.clone());
        run.rows.push(SessionMigrationResult {
            dry_run: options.dry_run,
            duration_ms: self.ports.clock().elapsed_ms() - started,
            ..row
        });
    }

    async fn outcome(
        &self,
        target: &Target,
        opened: Result<Option<Candidate<P::Body>>>,
        options: &Options,
    ) -> Result<Option<SessionMigrationResult>> {
        match opened {
            Ok(None) => Ok(None),
            Ok(Some(mut candidate)) => {
                if target.duplicate {
                    candidate.row = Row::Broken(candidate.row.id().cloned(), duplicate());
                }
                self.migrate_candidate(candidate, options).await
            }
            Err(Error::Unreadable { .. }) => {
                let source = &self.config.sources[target.source];
                let Row::Broken(id, broken) = undecodable(source, &target.place.key, unreadable())
                else {
                    return Ok(None);
                };
                let row = self
                    .quarantine(target.source, &target.place, id, broken, options.dry_run)
                    .await?;
                Ok(Some(row))
            }
            Err(error) => Err(error),
        }
    }

    fn summary(
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
            total: run.rows.len() as u32,
            migrated: count(Outcome::Migrated),
            skipped: count(Outcome::Skipped),
            quarantined: count(Outcome::Quarantined),
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
        watch.progress(&run.pace.event(phase, message, None, now));
        result
    }
}

/// What a batch has come to so far.
struct Run {
    pace: Pace,
    rows: Vec<SessionMigrationResult>,
    errors: Vec<BatchError>,
    done: BTreeSet<Key>,
    /// Places whose record is in quarantine, or could not be looked at.
    still_broken: BTreeSet<String>,
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
