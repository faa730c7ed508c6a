//! One session through the protocol: prepare, stage, verify, commit, retire.
//!
//! Before `stage` nothing of ours exists. After it, a staged generation that rules nothing. After
//! `commit` the chunks rule. Only after that is the original removed, and only if it is unchanged.

use super::locate::Candidate;
use super::prepare::{Plan, Prepared, Purpose};
use super::rows::{show_findings, skipped_row};
use super::standing::Standing;
use super::sweep::Sweep;
use super::{Engine, Options};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::place::{Area, Place};
use crate::domain::progress::{About, Pace, Phase};
use crate::domain::recognise::Row;
use crate::domain::report::{Outcome, SessionMigrationResult};
use crate::error::{Error, Result};
use crate::ports::{Clock, Locks, Ports, Records, Sources, Watch};

/// A manifest and its skeleton, as they were before.
pub(super) type Previous<B> = Option<(Manifest, B)>;
/// The guard of this engine's locks.
pub(super) type GuardOf<P> = <<P as Ports>::Locks as Locks>::Guard;

/// A record and what is going to be done about it.
pub(super) struct Planned<B> {
    candidate: Candidate<B>,
    way: Way<B>,
}

enum Way<B> {
    /// Nothing: it has its row already.
    Settled(Box<SessionMigrationResult>),
    Planned(Plan<B>),
}

impl<B> Planned<B> {
    /// Approximate size of what is held for it; none where nothing is going to be written.
    pub fn bytes(&self) -> u64 {
        match &self.way {
            Way::Planned(Plan::Ready(prepared)) => prepared.parted.bytes(),
            _ => 0,
        }
    }
}

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
        if result.outcome == Outcome::Migrated && !options.dry_run {
            result = self.settled(id, result, options).await?;
        }
        result.dry_run = options.dry_run;
        result.duration_ms = self.ports.clock().elapsed_ms() - started;
        Ok(result)
    }

    /// Moves a session once more if another tab was writing its key of localStorage meanwhile.
    async fn settled(
        &self,
        id: &Key,
        result: SessionMigrationResult,
        options: &Options,
    ) -> Result<SessionMigrationResult> {
        let mut sources = self.config.sources.iter();
        let source = sources.find(|source| Some(&source.name) == result.source.as_ref());
        if source.is_none_or(|source| source.area != Area::LocalStorage) {
            return Ok(result);
        }
        let manifest = self.live_manifest(id).await?;
        let origin = manifest.and_then(|manifest| manifest.origin);
        let Some(place) = origin.map(|o| o.place).filter(Place::is_local) else {
            return Ok(result);
        };
        if !self.ports.sources().settle().await.contains(&place.key) {
            return Ok(result);
        }
        let again = self.move_again(id, options).await?;
        Ok(match again.tells_more() {
            true => again,
            false => result,
        })
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
        self.in_touch(watch, options.dry_run, async |watch| {
            self.migrate_telling(id, options, watch).await
        })
        .await
    }

    async fn migrate_telling(
        &self,
        id: &Key,
        options: &Options,
        watch: &impl Watch,
    ) -> Result<SessionMigrationResult> {
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
        let planned = self.plan_candidate(candidate).await?;
        self.migrate_planned(planned, options, sweep).await
    }

    /// Looks at what a record holds, and plans it.
    pub(super) async fn plan_candidate(
        &self,
        candidate: Candidate<P::Body>,
    ) -> Result<Planned<P::Body>> {
        let way = match self.blocked_row(&candidate).await? {
            Some(row) => Way::Settled(Box::new(row)),
            None => Way::Planned(self.prepare(&candidate, Purpose::Move).await?),
        };
        Ok(Planned { candidate, way })
    }

    /// Does what is planned, or rehearses it.
    pub(super) async fn migrate_planned(
        &self,
        Planned { candidate, way }: Planned<P::Body>,
        options: &Options,
        sweep: &Sweep<P::Body>,
    ) -> Result<Option<SessionMigrationResult>> {
        let source = self.config.sources.get(candidate.source);
        let source = source.map(|source| source.name.clone());
        let id = candidate.row.id().cloned();
        let mut result = match way {
            Way::Settled(row) => return Ok(Some(*row)),
            Way::Planned(Plan::NotASession) => return Ok(None),
            Way::Planned(Plan::Quarantine(broken, findings)) => {
                let place = &candidate.place;
                let at = (candidate.source, place, id.clone());
                let mut result = self.quarantine(at, broken, options.dry_run, sweep).await?;
                let session = candidate.session.as_ref();
                let label =
                    || session.and_then(|session| self.label_of(&self.config.layout, session));
                result.label = result.label.or_else(label);
                // Where chunks rule, it is another row, and nothing of the source is planned.
                if result.outcome == Outcome::Quarantined {
                    show_findings(&mut result, findings);
                }
                result
            }
            Way::Planned(Plan::Ready(prepared)) if options.dry_run => {
                self.rehearse(*prepared, options, sweep).await?
            }
            Way::Planned(Plan::Ready(prepared)) => {
                self.migrate_prepared(*prepared, options, sweep).await?
            }
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
            let bytes = prepared.record_bytes + prepared.parted.bytes();
            self.take_room(sweep, bytes).await?;
            let way = (options, sweep);
            let moved = self.move_session(&claim, prepared, previous, way).await;
            sweep.written(bytes);
            moved
        }
        .await;
        self.release(&claim).await;
        outcome
    }
}
