//! Restoring a session whose chunks are damaged. What rules is there until what takes its place has
//! been read back.

use super::replacement::Replacement;
use super::{BRIEFLY_MS, Mended, RepairOptions};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::engine::Engine;
use crate::engine::claim::{Claim, expecting};
use crate::engine::migrate::GuardOf;
use crate::engine::stage::put_pieces;
use crate::error::{Error, Result};
use crate::ports::{Clock, Durability, Generations, Ports, Records, Write};

impl<P: Ports> Engine<P> {
    /// Restores a session, or rehearses it: its list from its chunks, or all of it from a backup.
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
        let found = self.ports.records().manifest(id).await?;
        let Some((manifest, skeleton)) = found.filter(|(manifest, _)| manifest == seen) else {
            return Err(Error::StaleHandle { id: id.clone() });
        };
        let whole = self.measure_one(&skeleton).await.ok() == Some(manifest.skeleton_measure);
        if whole && let Some(list) = self.rebuilt_list(&manifest, &skeleton).await? {
            if !options.dry_run {
                let writes = vec![
                    Write::PutList(list),
                    Write::Audit(self.repair_audit(id, None)),
                ];
                let expect = expecting(id, Some(&manifest));
                self.write(claim, expect, writes, Durability::Strict, 0, true)
                    .await?;
            }
            return Ok(Mended::Done("rebuild-list", None));
        }
        let replacement = match self.replacement(&manifest, options.edits).await? {
            Ok(replacement) => replacement,
            Err(reason) => return Ok(Mended::Left(reason)),
        };
        if !options.dry_run {
            self.replace_chunks(claim, &manifest, &replacement).await?;
        }
        Ok(Mended::Done("restore", Some(replacement.path)))
    }

    async fn replace_chunks(
        &self,
        claim: &Claim<GuardOf<P>>,
        before: &Manifest,
        replacement: &Replacement<P::Body>,
    ) -> Result<()> {
        let id = &claim.id;
        let after = self.restored_manifest(before, replacement);
        self.stage_restored(claim, (before, &after), replacement)
            .await?;
        if let Err(error) = self.verify_restored(&after, replacement).await {
            let writes = vec![
                Write::DeleteGenerations(id.clone(), Generations::One(after.generation)),
                Write::DeleteJournal(id.clone()),
            ];
            let expect = expecting(id, Some(before));
            // Should this fail too, the next repair drops it.
            let _ = self
                .write(claim, expect, writes, Durability::Relaxed, 0, true)
                .await;
            return Err(error);
        }
        let skeleton = replacement.parted.skeleton.clone();
        let mut audit = self.repair_audit(id, Some(replacement.path.clone()));
        (audit.chunks, audit.bytes) = (after.chunks, after.bytes);
        let writes = vec![
            Write::PutManifest(Box::new(after.clone()), skeleton),
            Write::Audit(audit),
        ];
        let expect = expecting(id, Some(before));
        self.write(claim, expect, writes, Durability::Strict, 0, false)
            .await?;
        // Read as every reader will, before anything of what was damaged goes.
        let body = self.load_chunked(id).await?;
        body.ok_or_else(|| failed(id, "manifest"))?;
        let writes = vec![
            Write::DeleteGenerations(id.clone(), Generations::AllBut(after.generation)),
            Write::DeleteJournal(id.clone()),
        ];
        let expect = expecting(id, Some(&after));
        self.write(claim, expect, writes, Durability::Relaxed, 0, true)
            .await
    }

    fn restored_manifest(&self, before: &Manifest, new: &Replacement<P::Body>) -> Manifest {
        Manifest {
            generation: before.generation.wrapping_add(1),
            revision: before.revision + 1,
            edited: before.edited && new.same,
            skeleton_measure: new.parted.skeleton_measure,
            fingerprint: new.parted.fingerprint(),
            bytes: new.parted.bytes(),
            chunks: new.parted.pieces.len() as u32,
            updated_at: self.ports.clock().now(),
            ..before.clone()
        }
    }

    /// Pieces and list of another generation, in one strict transaction. They rule nothing.
    async fn stage_restored(
        &self,
        claim: &Claim<GuardOf<P>>,
        (before, after): (&Manifest, &Manifest),
        new: &Replacement<P::Body>,
    ) -> Result<()> {
        let list = new.parted.list(&after.id, after.generation);
        // Whatever an accident has left there must not get among them.
        let one = Generations::One(after.generation);
        let mut writes = vec![Write::DeleteGenerations(after.id.clone(), one)];
        writes.extend(put_pieces(&list, &new.parted.pieces));
        writes.push(Write::PutList(list));
        writes.push(self.repair_journal(&after.id, after.generation));
        let expect = expecting(&after.id, Some(before));
        let (bytes, strict) = (after.bytes, Durability::Strict);
        self.write(claim, expect, writes, strict, bytes, false)
            .await
    }

    /// Reads all of it back in fresh transactions.
    async fn verify_restored(&self, after: &Manifest, new: &Replacement<P::Body>) -> Result<()> {
        let (id, records) = (&after.id, self.ports.records());
        let list = new.parted.list(id, after.generation);
        if records.list(id, after.generation).await?.as_ref() != Some(&list) {
            return Err(failed(id, "chunk list"));
        }
        let names = list.names();
        let pieces = records.pieces(id, after.generation, &names).await?;
        for ((name, measure), piece) in names.iter().zip(list.measures()).zip(pieces) {
            let found = match piece {
                Some(piece) => self.measure_one(&piece).await.ok(),
                None => None,
            };
            if found != Some(measure) {
                return Err(failed(id, &name.to_string()));
            }
        }
        Ok(())
    }
}

fn failed(id: &Key, place: &str) -> Error {
    Error::VerificationFailed {
        id: id.clone(),
        place: place.into(),
    }
}
