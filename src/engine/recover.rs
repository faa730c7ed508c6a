//! Finishing what a run, or a death, has left behind. The journal only says where to look; manifest
//! and source decide.

use super::Engine;
use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::parted::part_record;
use super::prepare::Prepared;
use super::retire::Retired;
use super::rows::skipped_row;
use crate::domain::digest::Digest;
use crate::domain::key::Key;
use crate::domain::layout::Layout;
use crate::domain::manifest::{Manifest, Place, State, Wrapping};
use crate::domain::recovery::{self, SourceNow, Step};
use crate::domain::report::SessionMigrationResult;
use crate::error::{Error, Result};
use crate::ports::{Durability, Generations, Ports, Records, Sources, Write};

/// How long recovery waits for the lock of a session that another tab may be at work on.
const BRIEFLY_MS: u32 = 250;

/// Where a session stands after recovery.
pub(super) enum Standing<B> {
    /// Nothing of ours: it may be migrated.
    Free,
    /// The chunks rule.
    Chunked {
        manifest: Box<Manifest>,
        skeleton: B,
    },
    /// Both live and different.
    Diverged {
        manifest: Box<Manifest>,
        skeleton: B,
    },
    /// Rolled back; the tombstone and its skeleton.
    RolledBack(Box<Manifest>, B),
}

impl<B> Standing<B> {
    /// The manifest on which this was decided.
    pub fn manifest(&self) -> Option<&Manifest> {
        match self {
            Self::Free => None,
            Self::Chunked { manifest, .. }
            | Self::Diverged { manifest, .. }
            | Self::RolledBack(manifest, _) => Some(manifest),
        }
    }

    /// The row of a planned session that is not to be migrated.
    pub fn skipped(self, prepared: Prepared<B>) -> SessionMigrationResult {
        let mut row = self.row(&prepared.id);
        row.label = prepared.label;
        row.bytes = prepared.parted.bytes();
        row
    }

    /// The row of a session that is left as it is.
    pub fn row(&self, id: &Key) -> SessionMigrationResult {
        let (code, reason) = match self {
            Self::Free => ("AlreadyChunked", "there is nothing to do"),
            Self::Chunked { .. } => ("AlreadyChunked", "it is chunked already"),
            Self::Diverged { .. } => (
                "Diverged",
                "source and chunks are different; see resolveConflict",
            ),
            Self::RolledBack(..) => (
                "RolledBack",
                "it was rolled back; `force` migrates it again",
            ),
        };
        skipped_row(id, self.manifest(), code, reason)
    }
}

impl<P: Ports> Engine<P> {
    /// Recovers, once in the life of this engine, every session that the journal names. A session
    /// that another tab is at work on is left to it.
    pub(super) async fn recover_once(&self) -> Result<()> {
        if self.recovered.replace(true) {
            return Ok(());
        }
        let entries = match self.ports.records().journal().await {
            Ok(entries) => entries,
            Err(error) => {
                self.recovered.set(false);
                return Err(error);
            }
        };
        for entry in entries {
            let claim = self.claim_within(&entry.id, BRIEFLY_MS).await;
            let recovered = self.recover(&claim).await;
            if recovered.is_ok() {
                self.close_journal(&claim).await;
            }
            self.release(&claim).await;
        }
        Ok(())
    }

    /// Applies the recovery table to one session, until it stands still.
    pub(super) async fn recover(&self, claim: &Claim<GuardOf<P>>) -> Result<Standing<P::Body>> {
        loop {
            if let Some(standing) = self.recover_step(claim).await? {
                return Ok(standing);
            }
        }
    }

    /// One step of the table; `None` if the session has to be looked at again after it.
    async fn recover_step(&self, claim: &Claim<GuardOf<P>>) -> Result<Option<Standing<P::Body>>> {
        let Some((manifest, skeleton)) = self.ports.records().manifest(&claim.id).await? else {
            return Ok(Some(Standing::Free));
        };
        let source = self.source_now(&manifest).await?;
        let step = recovery::decide(Some(manifest.state), source, manifest.originals);
        let manifest = Box::new(manifest);
        Ok(Some(match step {
            Step::DropStaged => {
                self.drop_staged(claim, &manifest).await?;
                Standing::Free
            }
            Step::RetireSource => match self.retire(claim, &manifest).await? {
                Retired::Changed => Standing::Diverged { manifest, skeleton },
                Retired::Removed | Retired::Kept => Standing::Chunked { manifest, skeleton },
            },
            Step::Diverged => Standing::Diverged { manifest, skeleton },
            Step::FinishRollback => {
                self.finish_rollback(claim, &manifest, &skeleton).await?;
                return Ok(None);
            }
            Step::CancelRollback => {
                self.cancel_rollback(claim, &manifest, &skeleton).await?;
                return Ok(None);
            }
            Step::LeaveRolledBack => Standing::RolledBack(manifest, skeleton),
            Step::Nothing => match manifest.state {
                State::RolledBack => Standing::RolledBack(manifest, skeleton),
                // A rollback whose source can't be read waits for a time when it can.
                State::RollingBack => {
                    return Err(Error::Busy {
                        id: claim.id.clone(),
                    });
                }
                State::Staged | State::Committed => Standing::Chunked { manifest, skeleton },
            },
        }))
    }

    /// Where a session would stand after recovery, without any of it.
    pub(super) async fn foresee(&self, id: &Key) -> Result<Standing<P::Body>> {
        let Some((mut manifest, skeleton)) = self.ports.records().manifest(id).await? else {
            return Ok(Standing::Free);
        };
        loop {
            let source = self.source_now(&manifest).await?;
            let step = recovery::decide(Some(manifest.state), source, manifest.originals);
            if step == Step::CancelRollback {
                manifest.state = State::Committed;
                continue;
            }
            let rolled_back = manifest.state == State::RolledBack;
            let manifest = Box::new(manifest);
            return Ok(match step {
                Step::DropStaged => Standing::Free,
                Step::Diverged => Standing::Diverged { manifest, skeleton },
                Step::FinishRollback | Step::LeaveRolledBack => {
                    Standing::RolledBack(manifest, skeleton)
                }
                Step::Nothing if rolled_back => Standing::RolledBack(manifest, skeleton),
                Step::RetireSource | Step::CancelRollback | Step::Nothing => {
                    Standing::Chunked { manifest, skeleton }
                }
            });
        }
    }

    /// Compares what lies in the source now with what was found there at the migration; while a
    /// rollback is under way, with the backup that it puts back.
    pub(super) async fn source_now(&self, manifest: &Manifest) -> Result<SourceNow> {
        if let (State::RollingBack, Some(path)) = (manifest.state, &manifest.rollback) {
            let backups = self.ports.records().backups(Some(&manifest.id)).await?;
            let backup = backups.into_iter().find(|backup| &backup.path == path);
            let Some((origin, backup)) = backup.and_then(|b| Some((b.origin.clone()?, b))) else {
                // Without its backup a rollback can't go on; the chunks are whole and rule again.
                return Ok(SourceNow::Different);
            };
            return self
                .compare(
                    &origin.place,
                    &origin.wrapping,
                    &backup.layout,
                    backup.fingerprint,
                )
                .await;
        }
        match &manifest.origin {
            Some(origin) => {
                self.compare(
                    &origin.place,
                    &origin.wrapping,
                    &manifest.layout,
                    origin.fingerprint,
                )
                .await
            }
            None => Ok(SourceNow::Gone),
        }
    }

    async fn compare(
        &self,
        place: &Place,
        wrapping: &Wrapping,
        layout: &Layout,
        fingerprint: Digest,
    ) -> Result<SourceNow> {
        let record = match self.ports.sources().read(place).await {
            Ok(Some(record)) => record,
            Ok(None) => return Ok(SourceNow::Gone),
            Err(Error::Unreadable { .. }) => return Ok(SourceNow::Unreadable),
            Err(error) => return Err(error),
        };
        Ok(
            match part_record(self.ports.bodies(), &record, wrapping, layout).await {
                Ok(Some(record)) if record.print.fingerprint == fingerprint => SourceNow::Same,
                _ => SourceNow::Different,
            },
        )
    }

    /// Drops a generation that never ruled, and the backup that was made for it: the source, which
    /// holds the same, was never touched.
    async fn drop_staged(&self, claim: &Claim<GuardOf<P>>, manifest: &Manifest) -> Result<()> {
        let id = claim.id.clone();
        let expect = expecting(&id, Some(manifest));
        let mut writes = vec![
            Write::DeleteManifest(id.clone()),
            Write::DeleteGenerations(id.clone(), Generations::All),
            Write::DeleteJournal(id),
        ];
        writes.extend(manifest.backup.clone().map(Write::DeleteBackup));
        self.write(claim, expect, writes, Durability::Relaxed, 0, false)
            .await
    }

    async fn close_journal(&self, claim: &Claim<GuardOf<P>>) {
        // Harmless if it fails: the entry only makes the next run look again.
        let writes = vec![Write::DeleteJournal(claim.id.clone())];
        let _ = self
            .write(claim, None, writes, Durability::Relaxed, 0, true)
            .await;
    }
}
