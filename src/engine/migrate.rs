//! One session through the protocol: prepare, stage, verify, commit, retire.
//!
//! Before `stage` nothing of ours exists. After it, a staged generation that rules nothing. After
//! `commit` the chunks rule. Only after that is the original removed, and only if it is unchanged.

use super::claim::Claim;
use super::locate::Candidate;
use super::prepare::{Plan, Prepared};
use super::recover::Standing;
use super::retire::Retired;
use super::rows::{planned_row, skipped_row};
use super::stopwatch::Stopwatch;
use super::{Engine, Options};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::path::Path;
use crate::domain::progress::{Pace, Phase};
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
        let candidate = match self.locate(id).await {
            Err(Error::Unreadable { .. }) => None,
            found => found?,
        };
        let result = match candidate {
            Some(candidate) => self.migrate_candidate(candidate, options).await?,
            None => match self.ports.records().manifest(id).await? {
                Some((manifest, _)) if manifest.is_live() => None,
                _ => return Err(Error::NotFound { id: id.clone() }),
            },
        };
        let mut result = match result {
            Some(result) => result,
            None => self.already(id).await?,
        };
        result.dry_run = options.dry_run;
        result.duration_ms = self.ports.clock().elapsed_ms() - started;
        Ok(result)
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
            Some((Some(id.clone()), None)),
            clock.elapsed_ms(),
        ));
        let result = self.migrate(id, options).await?;
        pace.advance(result.bytes);
        let message = format!("Complete: {id}");
        watch.progress(&pace.event(
            Phase::Complete,
            message,
            Some((Some(id.clone()), result.label.clone())),
            clock.elapsed_ms(),
        ));
        Ok(result)
    }

    /// Migrates the session of a record; `None` if the record is none of a session's.
    pub(super) async fn migrate_candidate(
        &self,
        candidate: Candidate<P::Body>,
        options: &Options,
    ) -> Result<Option<SessionMigrationResult>> {
        let source = self
            .config
            .sources
            .get(candidate.source)
            .map(|source| source.name.clone());
        let plan = self.prepare(&candidate).await?;
        let id = candidate.row.id().cloned();
        let mut result = match plan {
            Plan::NotASession => return Ok(None),
            Plan::Quarantine(broken) => {
                let mut result = self
                    .quarantine(
                        candidate.source,
                        &candidate.place,
                        id.clone(),
                        broken,
                        options.dry_run,
                    )
                    .await?;
                if let (Some(path), Some(session)) = (&self.config.layout.label, &candidate.session)
                {
                    result.label = self.ports.bodies().text(session, path);
                }
                result
            }
            Plan::Ready(prepared) if options.dry_run => self.rehearse(*prepared, options).await?,
            Plan::Ready(prepared) => self.migrate_prepared(*prepared, options).await?,
        };
        result.session_id = result.session_id.or(id);
        result.source = result.source.or(source);
        result.dry_run = options.dry_run;
        Ok(Some(result))
    }

    async fn migrate_prepared(
        &self,
        prepared: Prepared<P::Body>,
        options: &Options,
    ) -> Result<SessionMigrationResult> {
        let claim = self.claim(&prepared.id).await;
        let outcome = async {
            let previous = match self.recover(&claim).await? {
                Standing::Free => None,
                Standing::RolledBack(manifest, skeleton) if options.force => {
                    Some((*manifest, skeleton))
                }
                standing => return Ok(standing.skipped(prepared)),
            };
            self.move_session(&claim, prepared, previous, options).await
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
        mut previous: Previous<P::Body>,
        options: &Options,
    ) -> Result<SessionMigrationResult> {
        // Once more, if the application wrote its record between our reading and the removal.
        for last in [false, true] {
            let mut result = planned_row(&prepared);
            let manifest = self
                .commit_session(
                    claim,
                    &prepared,
                    previous.as_ref(),
                    options,
                    &mut result.phases,
                )
                .await?;
            result.backup_path = manifest.backup.clone();
            let mut watch = Stopwatch::start(self.ports.clock());
            let retired = self.retire(claim, &manifest).await;
            result.phases.remove = watch.lap();
            match retired {
                Ok(Retired::Removed | Retired::Kept) => return Ok(result),
                Ok(Retired::Changed) if !last => {}
                Ok(Retired::Changed) => {
                    result.outcome = Outcome::Skipped;
                    result.code = Some("Diverged".into());
                    result.reason = Some("its source kept changing while it was migrated".into());
                    return Ok(result);
                }
                // The session is safe in chunks; the next run removes its original.
                Err(error) => {
                    result.warnings.push(Warning::new(
                        "OriginalStillThere",
                        &Path::default(),
                        format!(
                            "was migrated, but its original could not be removed yet ({})",
                            error.code()
                        ),
                    ));
                    return Ok(result);
                }
            }
            let again = match self.locate(&prepared.id).await? {
                Some(candidate) if candidate.place == prepared.origin.place => {
                    self.prepare(&candidate).await?
                }
                _ => return Ok(result),
            };
            match again {
                Plan::Ready(newer) => prepared = *newer,
                _ => return Ok(result),
            }
            previous = self.ports.records().manifest(&claim.id).await?;
        }
        Err(Error::Diverged {
            id: claim.id.clone(),
        })
    }

    /// The row of a session that is chunked already and has nothing in its source.
    async fn already(&self, id: &Key) -> Result<SessionMigrationResult> {
        let manifest = self
            .ports
            .records()
            .manifest(id)
            .await?
            .map(|(manifest, _)| manifest);
        Ok(skipped_row(
            id,
            manifest.as_ref(),
            "AlreadyChunked",
            "it is chunked already",
        ))
    }
}
