//! Finishing what a run, or a death, has left behind. The journal only says where to look; manifest
//! and source decide.

use super::Engine;
use super::claim::{BRIEFLY_MS, Claim, expecting};
use super::migrate::GuardOf;
use super::retire::Retired;
use super::standing::Standing;
use super::sweep::Sweep;
use crate::domain::manifest::{Manifest, State};
use crate::domain::recovery::{self, Step};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Durability, Generations, Ports, Records, Rows, Write};

/// How long a browser may take to write localStorage to the disk: Chromium up to half a minute.
const SETTLED_AFTER_MS: u64 = 60_000;

impl<P: Ports> Engine<P> {
    /// Recovers, once in the life of this engine, every session that the journal names. A session
    /// that another tab is at work on is left to it.
    pub(super) async fn recover_once(&self) -> Result<()> {
        if self.recovered.replace(true) {
            return Ok(());
        }
        // One that can't be understood still says where to look, and more it never does.
        let ids = match self.ports.records().journal().await {
            Ok(Rows { sound, bad }) => {
                let bad = bad.into_iter().map(|record| record.key);
                let sound = sound.into_iter().map(|entry| entry.id);
                sound.chain(bad).collect::<Vec<_>>()
            }
            Err(error) => {
                self.recovered.set(false);
                return Err(error);
            }
        };
        let sweep = Sweep::of_many();
        for id in ids {
            let claim = self.claim_within(&id, BRIEFLY_MS).await;
            let recovered = self.recover_in(&claim, &sweep).await;
            let settling = |standing: &Standing<P::Body>| {
                standing.manifest().is_some_and(|m| m.settling.is_some())
            };
            match recovered {
                // A later start has to look again.
                Ok(standing) if settling(&standing) => {}
                // Its entry goes with its original.
                Ok(standing) if sweep.has_due(&id) => {
                    self.tidy_up(&claim, standing.manifest(), Vec::new()).await;
                }
                Ok(standing) => {
                    let closing = vec![Write::DeleteJournal(id.clone())];
                    self.tidy_up(&claim, standing.manifest(), closing).await;
                }
                Err(_) => {}
            }
            self.release(&claim).await;
            if sweep.is_full() {
                self.flush(&sweep, None).await;
            }
        }
        // What fails here is tried again by the next run.
        self.flush(&sweep, None).await;
        Ok(())
    }

    /// Applies the recovery table to one session, until it stands still.
    pub(super) async fn recover(&self, claim: &Claim<GuardOf<P>>) -> Result<Standing<P::Body>> {
        self.recover_in(claim, &Sweep::single()).await
    }

    /// The same as one of many.
    pub(super) async fn recover_in(
        &self,
        claim: &Claim<GuardOf<P>>,
        sweep: &Sweep<P::Body>,
    ) -> Result<Standing<P::Body>> {
        loop {
            if let Some(standing) = self.recover_step(claim, sweep).await? {
                return Ok(standing);
            }
            // What that step wrote must be seen by the next one, or it would be taken for ever.
            sweep.forget();
        }
    }

    /// One step of the table; `None` if the session has to be looked at again after it.
    async fn recover_step(
        &self,
        claim: &Claim<GuardOf<P>>,
        sweep: &Sweep<P::Body>,
    ) -> Result<Option<Standing<P::Body>>> {
        let Some((manifest, skeleton)) = self.ports.records().manifest(&claim.id).await? else {
            return Ok(Some(Standing::Free));
        };
        let source = self.source_now(&manifest, sweep).await?;
        let step = recovery::decide(&manifest, source);
        if step == Step::RetireSource {
            // An original is never removed where it may be all that is whole.
            self.need_whole(&claim.id).await?;
        }
        let manifest = Box::new(manifest);
        Ok(Some(match step {
            Step::DropStaged => {
                self.drop_staged(claim, &manifest).await?;
                Standing::Free
            }
            Step::RetireSource => match self.retire(claim, &manifest, None, sweep).await? {
                Retired::Changed => Standing::Diverged { manifest, skeleton },
                Retired::Removed | Retired::Due | Retired::Kept => {
                    Standing::Chunked { manifest, skeleton }
                }
            },
            Step::Diverged => Standing::Diverged { manifest, skeleton },
            // No power cut has come between: the application itself has removed it since.
            Step::FinishRollback if manifest.settling.is_some_and(|since| since > self.born) => {
                Standing::RolledBack(manifest, skeleton)
            }
            Step::FinishRollback => {
                self.finish_rollback(claim, &manifest, &skeleton).await?;
                return Ok(None);
            }
            Step::CancelRollback => {
                self.cancel_rollback(claim, &manifest, &skeleton).await?;
                return Ok(None);
            }
            Step::SettleRollback => {
                let manifest = self.settle_rollback(claim, *manifest).await?;
                Standing::RolledBack(Box::new(manifest), skeleton)
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

    /// Drops what a death has left of a generation that never came to rule, and the lease of the
    /// tab that died, with some more writes.
    async fn tidy_up(
        &self,
        claim: &Claim<GuardOf<P>>,
        manifest: Option<&Manifest>,
        mut writes: Vec<Write<P::Body>>,
    ) {
        let id = claim.id.clone();
        if let Some(manifest) = manifest.filter(|manifest| manifest.is_live()) {
            let others = Generations::AllBut(manifest.generation);
            writes.push(Write::DeleteGenerations(id.clone(), others));
        }
        let expect = expecting(&id, manifest);
        // Harmless if it fails: the entry only makes the next run look again.
        let _ = self
            .write(claim, expect, writes, Durability::Relaxed, 0, true)
            .await;
    }

    /// Lets the chunks go of a session that was put back into localStorage, once a later start has
    /// found it there and the browser has had the time to write it to the disk.
    async fn settle_rollback(
        &self,
        claim: &Claim<GuardOf<P>>,
        manifest: Manifest,
    ) -> Result<Manifest> {
        let now = self.ports.clock().now();
        let since = manifest.settling.unwrap_or(now);
        let is_later_start = since < self.born;
        if !is_later_start || now.0 < since.0 + SETTLED_AFTER_MS {
            return Ok(manifest);
        }
        let id = claim.id.clone();
        let expect = expecting(&id, Some(&manifest));
        let tombstone = Manifest {
            revision: manifest.revision + 1,
            edited: false,
            rollback: None,
            settling: None,
            chunks: 0,
            places: None,
            updated_at: now,
            ..manifest
        };
        let null = self.ports.bodies().null();
        let writes = vec![
            Write::PutManifest(Box::new(tombstone.clone()), null),
            Write::DeleteGenerations(id.clone(), Generations::All),
            Write::DeleteJournal(id),
        ];
        self.write(claim, expect, writes, Durability::Strict, 0, false)
            .await?;
        Ok(tombstone)
    }
}
