//! One session through the protocol: prepare, stage, verify, commit, retire.
//!
//! Before `stage` nothing of ours exists. After it, a staged generation that rules nothing. After
//! `commit` the chunks rule. Only after that is the original removed, and only if it is unchanged.

use super::claim::Claim;
use super::locate::Candidate;
use super::prepare::{Plan, Prepared};
use super::retire::Retired;
use super::rows::{planned_row, skipped_row};
use super::standing::Standing;
use super::stopwatch::Stopwatch;
use super::sweep::Sweep;
use super::{Engine, Options};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::path::Path;
use crate::domain::progress::{About, Pace, Phase};
use crate::domain::recognise::Row;
use crate::domain::report::{Outcome, SessionMigrationResult, Warning};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Locks, Ports, Records, Watch};

/// A manifest and its skeleton, as they were before.
type Previous<B> = Option<(Manifest, B)>;
/// The guard of this engine's locks.
pub(super) type GuardOf<P> = <<P as Ports>::Locks as Locks>::Guard;

impl<P: Ports> Engine<P> {
    /// Migrates one session, or rehearses it. `NotFound` if there is none; other errors are those
    /// of the storage. A session in quarantine is a result, not an error.
    pub async fn migrate(&self, id: &Key, options: &Options) -> Result<SessionMigrationResult> {
        let started = self.ports.clock().elapsed_ms();
        if !options.dry_run {
            self.recover_once().await?;
        }
        let mut result = match self.migrate_located(id, options).await? {
            Some(result) => result,
            // Between the looks at source and manifest another tab may have rolled it back.
            None => match self.migrate_located(id, options).await? {
                Some(result) => result,
                None => return Err(Error::NotFound { id: id.clone() }),
            },
        };
        result.dry_run = options.dry_run;
        result.duration_ms = self.ports.clock().elapsed_ms() - started;
        Ok(result)
    }

    async fn migrate_located(
        &self,
        id: &Key,
        options: &Options,
    ) -> Result<Option<SessionMigrationResult>> {
        let located = match self.locate(id).await {
            Err(Error::Unreadable { .. }) => {
                let result = self.quarantine_unreadable(id, options.dry_run).await?;
                return Ok(Some(result));
            }
            located => located?,
        };
        if let Some(candidate) = located
            && let Some(result) = self
                .migrate_candidate(candidate, options, &Sweep::single())
                .await?
        {
            return Ok(Some(result));
        }
        let Some(manifest) = self.live_manifest(id).await? else {
            return Ok(None);
        };
        if self.is_outdated(&manifest) {
            return self.relayout(id, options).await.map(Some);
        }
        let reason = "it is chunked already";
        let mut row = skipped_row(id, Some(&manifest), "AlreadyChunked", reason);
        row.warnings.extend(self.contradiction(&manifest));
        Ok(Some(row))
    }

    /// The manifest of a session whose chunks rule.
    pub(super) async fn live_manifest(&self, id: &Key) -> Result<Option<Manifest>> {
        let manifest = self.ports.records().manifest(id).await?;
        Ok(manifest
            .map(|(manifest, _)| manifest)
            .filter(Manifest::is_live))
    }

    /// As [`migrate`](Self::migrate), for a caller that wants to hear of it.
    pub async fn migrate_watched(
        &self,
        id: &Key,
        options: &Options,
        watch: &impl Watch,
    ) -> Result<SessionMigrationResult> {
        if watch.cancelled() {
            return Err(Error::Cancelled);
        }
        let clock = self.ports.clock();
        let mut pace = Pace::new(1, clock.elapsed_ms());
        let message = format!("Migrating session {}: {id}", pace.position());
        watch.progress(&pace.event(
            Phase::Migrating,
            message,
            About {
                id: Some(id.clone()),
                ..About::default()
            },
            clock.elapsed_ms(),
        ));
        let result = self.migrate(id, options).await?;
        pace.advance(result.bytes);
        let message = format!("Complete: {id}");
        watch.progress(&pace.event(
            Phase::Complete,
            message,
            About {
                id: Some(id.clone()),
                label: result.label.clone(),
                source: result.source.clone(),
            },
            clock.elapsed_ms(),
        ));
        Ok(result)
    }

    /// Migrates the session of a record; `None` if the record is none of a session's.
    pub(super) async fn migrate_candidate(
        &self,
        candidate: Candidate<P::Body>,
        options: &Options,
        sweep: &Sweep<P::Body>,
    ) -> Result<Option<SessionMigrationResult>> {
        let source = self
            .config
            .sources
            .get(candidate.source)
            .map(|source| source.name.clone());
        let id = candidate.row.id().cloned();
        if let Some(row) = self.blocked_row(&candidate).await? {
            return Ok(Some(row));
        }
        let plan = self.prepare(&candidate).await?;
        let mut result = match plan {
            Plan::NotASession => return Ok(None),
            Plan::Quarantine(broken) => {
                let place = &candidate.place;
                let at = (candidate.source, place, id.clone());
                let mut result = self.quarantine(at, broken, options.dry_run, sweep).await?;
                if let (Some(path), Some(session)) = (&self.config.layout.label, &candidate.session)
                {
                    result.label = result
                        .label
                        .or_else(|| self.ports.bodies().text(session, path));
                }
                result
            }
            Plan::Ready(prepared) if options.dry_run => {
                self.rehearse(*prepared, options, sweep).await?
            }
            Plan::Ready(prepared) => self.migrate_prepared(*prepared, options, sweep).await?,
        };
        result.session_id = result.session_id.or(id);
        result.source = result.source.or(source);
        result.dry_run = options.dry_run;
        Ok(Some(result))
    }

    /// The row of a session that must not be planned now: a source that comes first can't be read,
    /// and may hold a newer one.
    async fn blocked_row(
        &self,
        candidate: &Candidate<P::Body>,
    ) -> Result<Option<SessionMigrationResult>> {
        let (Some(error), Row::Session(id)) = (&candidate.blocked, &candidate.row) else {
            return Ok(None);
        };
        if self.ports.records().manifest(id).await?.is_some() {
            return Ok(None);
        }
        let reason = format!(
            "a source that comes first can't be read, and may hold it too ({})",
            error.code()
        );
        let mut row = skipped_row(id, None, "HigherSourceUnreadable", &reason);
        let source = self.config.sources.get(candidate.source);
        row.source = source.map(|source| source.name.clone());
        Ok(Some(row))
    }

    async fn migrate_prepared(
        &self,
        prepared: Prepared<P::Body>,
        options: &Options,
        sweep: &Sweep<P::Body>,
    ) -> Result<SessionMigrationResult> {
        let claim = self.claim(&prepared.id).await;
        let outcome = async {
            let standing = self.recover_in(&claim, sweep).await?;
            if !standing.may_move(&prepared, options.force) {
                return Ok(standing.skipped(prepared));
            }
            let previous = match standing {
                Standing::RolledBack(manifest, skeleton) => Some((*manifest, skeleton)),
                _ => None,
            };
            let way = (options, sweep);
            self.move_session(&claim, prepared, previous, way).await
        }
        .await;
        self.release(&claim).await;
        outcome
    }

    /// Steps 2 to 6 for a session that is claimed and may be migrated.
    pub(super) async fn move_session(
        &self,
        claim: &Claim<GuardOf<P>>,
        mut prepared: Prepared<P::Body>,
        previous: Previous<P::Body>,
        way: (&Options, &Sweep<P::Body>),
    ) -> Result<SessionMigrationResult> {
        let mut result = self.move_once(claim, &prepared, previous, way).await?;
        // Once more, if the application wrote its record between our reading and the removal.
        if let Moved::Changed(row) = result {
            result = match self.plan_again(claim, &prepared).await {
                Again::Planned(newer, previous) => {
                    prepared = *newer;
                    self.move_once(claim, &prepared, Some(*previous), way)
                        .await?
                }
                Again::Gone => Moved::Done(row),
                Again::Never => Moved::Changed(row),
            };
        }
        match result {
            Moved::Done(row) => Ok(row),
            Moved::Changed(row) => Ok(diverged(row)),
        }
    }

    /// Looks once more at a committed session whose original turned out to have changed, and moves
    /// what lies there now, if nobody has edited the chunks.
    pub(super) async fn move_again(
        &self,
        id: &Key,
        options: &Options,
    ) -> Result<SessionMigrationResult> {
        let claim = self.claim(id).await;
        let outcome = async {
            let standing = self.recover(&claim).await?;
            let (manifest, skeleton) = match standing {
                Standing::Diverged { manifest, skeleton } if !manifest.edited => {
                    (manifest, skeleton)
                }
                standing => return Ok(standing.row(id)),
            };
            let prepared = match self.locate(id).await? {
                Some(candidate) => self.prepare_session(id, &candidate).await?,
                None => return Err(Error::StaleHandle { id: id.clone() }),
            };
            let previous = Some((*manifest, skeleton));
            let way = (options, &Sweep::single());
            match self.move_once(&claim, &prepared, previous, way).await? {
                Moved::Done(row) => Ok(row),
                Moved::Changed(row) => Ok(diverged(row)),
            }
        }
        .await;
        self.release(&claim).await;
        outcome
    }

    async fn move_once(
        &self,
        claim: &Claim<GuardOf<P>>,
        prepared: &Prepared<P::Body>,
        previous: Previous<P::Body>,
        (options, sweep): (&Options, &Sweep<P::Body>),
    ) -> Result<Moved> {
        let mut row = planned_row(prepared);
        let manifest = self
            .commit_session(claim, prepared, previous.as_ref(), options, &mut row.phases)
            .await?;
        row.backup_path = manifest.backup.clone();
        let mut watch = Stopwatch::start(self.ports.clock());
        let retired = self.retire(claim, &manifest, sweep).await;
        row.phases.remove = watch.lap();
        match retired {
            Ok(Retired::Removed | Retired::Due | Retired::Kept) => {}
            Ok(Retired::Changed) => return Ok(Moved::Changed(row)),
            // The session is safe in chunks; the next run removes its original.
            Err(error) => row.warnings.push(still_there(&error)),
        }
        Ok(Moved::Done(row))
    }

    /// Plans a session anew that was committed while its source changed.
    async fn plan_again(
        &self,
        claim: &Claim<GuardOf<P>>,
        before: &Prepared<P::Body>,
    ) -> Again<P::Body> {
        let candidate = match self.locate(&before.id).await {
            Ok(Some(candidate)) if candidate.place == before.origin.place => candidate,
            Ok(_) => return Again::Gone,
            Err(_) => return Again::Never,
        };
        let newer = self.prepare_session(&before.id, &candidate).await;
        let previous = self.ports.records().manifest(&claim.id).await;
        match (newer, previous) {
            (Ok(newer), Ok(Some(previous))) if !previous.0.edited => {
                Again::Planned(Box::new(newer), Box::new(previous))
            }
            _ => Again::Never,
        }
    }
}

/// Says that an original could not be removed.
pub(super) fn still_there(error: &Error) -> Warning {
    let message = format!(
        "was migrated, but its original could not be removed yet ({})",
        error.code()
    );
    Warning::new("OriginalStillThere", &Path::default(), message)
}

/// The row of a session whose source changed, and changed again.
fn diverged(mut row: SessionMigrationResult) -> SessionMigrationResult {
    row.outcome = Outcome::Skipped;
    row.code = Some("Diverged".into());
    row.reason = Some("its source changed while it was migrated".into());
    row
}

/// What there is to be done about a source that changed.
enum Again<B> {
    /// This is how it would go now, and this rules until then.
    Planned(Box<Prepared<B>>, Box<(Manifest, B)>),
    /// Nothing: it was removed.
    Gone,
    /// It can't be planned now, or must not be: chunks that someone has edited since are not to be
    /// replaced.
    Never,
}

/// What one way through the protocol came to.
enum Moved {
    /// The chunks rule, and the source does not speak against them.
    Done(SessionMigrationResult),
    /// The chunks rule, but the source is no longer what was migrated.
    Changed(SessionMigrationResult),
}
