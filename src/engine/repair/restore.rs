//! Restoring a session whose chunks are damaged. What rules is there until what takes its place has
//! been read back.

use super::replacement::Cure;
use super::{ACTION, BRIEFLY_MS, Mended, RepairOptions};
use crate::domain::manifest::Manifest;
use crate::domain::report::PhaseTimes;
use crate::engine::claim::{Claim, expecting};
use crate::engine::migrate::GuardOf;
use crate::engine::parted::Parted;
use crate::engine::remnant::REMNANT;
use crate::engine::write_again::Renewed;
use crate::engine::{Edits, Engine};
use crate::error::{Error, Result};
use crate::ports::{Durability, Ports, Write};

impl<P: Ports> Engine<P> {
    /// Restores a session, or rehearses it: its list from its chunks, or all of it from chunks and
    /// backups.
    pub(super) async fn restore_session(
        &self,
        seen: &Manifest,
        options: &RepairOptions,
    ) -> Result<Mended> {
        let claim = self.claim_within(&seen.id, BRIEFLY_MS).await;
        let done = self.restore_claimed(&claim, seen, options).await;
        self.release(&claim).await;
        done
    }

    async fn restore_claimed(
        &self,
        claim: &Claim<GuardOf<P>>,
        seen: &Manifest,
        options: &RepairOptions,
    ) -> Result<Mended> {
        let id = &claim.id;
        let stored = self.stored(id).await?;
        let Some(stored) = stored.filter(|stored| &stored.manifest == seen) else {
            return Err(Error::StaleHandle { id: id.clone() });
        };
        match self.cure(&stored).await? {
            Cure::List(list) => {
                if !options.dry_run {
                    let audit = Write::Audit(self.repair_audit(id, None));
                    let writes = vec![Write::PutList(list), audit];
                    let expect = expecting(id, Some(seen));
                    self.write(claim, expect, writes, Durability::Strict, 0, true)
                        .await?;
                }
                Ok(Mended::Done("rebuild-list", None))
            }
            Cure::Exact(parted, path) => {
                let mut renewed = restored(seen, *parted);
                renewed.noted = path.clone();
                self.replace(claim, renewed, &stored.skeleton, options)
                    .await?;
                Ok(Mended::Done("restore", path))
            }
            Cure::Older(reason, ..) if options.edits != Edits::Discard => Ok(Mended::Left(reason)),
            Cure::Older(_, parted, path) => {
                let kept = match self.remnant(&stored) {
                    Some(body) => self.backup_of_chunks(seen, &body, REMNANT).await.ok(),
                    None => None,
                };
                // What can't be kept stays where it is.
                let Some(backup) = kept else {
                    return Ok(Mended::Left("NothingKept"));
                };
                let kept = backup.1.clone();
                let renewed = Renewed {
                    edited: false,
                    noted: Some(path.clone()),
                    backup: Some(backup),
                    ..restored(seen, *parted)
                };
                self.replace(claim, renewed, &stored.skeleton, options)
                    .await?;
                Ok(Mended::Replaced(path, kept))
            }
            Cure::None(reason) => Ok(Mended::Left(reason)),
        }
    }

    /// Writes it beside what is damaged, reads it back, and only then lets it rule; a rehearsal does
    /// the same in memory.
    async fn replace(
        &self,
        claim: &Claim<GuardOf<P>>,
        mut renewed: Renewed<P::Body>,
        skeleton: &P::Body,
        options: &RepairOptions,
    ) -> Result<()> {
        if options.dry_run {
            return self.rehearse_again(&renewed).await;
        }
        self.write_again(claim, &mut renewed, skeleton.clone())
            .await
    }
}

/// A session as it is to rule in another generation.
fn restored<B>(before: &Manifest, parted: Parted<B>) -> Renewed<B> {
    Renewed {
        before: before.clone(),
        layout: before.layout.clone(),
        proof: (before.layout.clone(), parted.fingerprint()),
        parted,
        edited: before.edited,
        action: ACTION,
        backup: None,
        noted: None,
        times: PhaseTimes::default(),
    }
}
