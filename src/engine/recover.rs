//! Finishing what a run, or a death, has left behind. The journal only says where to look; manifest
//! and source decide.

use super::Engine;
use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::retire::Retired;
use super::standing::Standing;
use crate::domain::manifest::{Manifest, State};
use crate::domain::recovery::{self, Step};
use crate::error::{Error, Result};
use crate::ports::{Durability, Generations, Ports, Records, Write};

/// How long recovery waits for the lock of a session that another tab may be at work on.
const BRIEFLY_MS: u32 = 250;

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
