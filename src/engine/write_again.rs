//! The writes of a session that is written once more: under another layout, or because some of it is
//! damaged. What ruled before is there until what rules after it has been read back.

use super::Engine;
use super::claim::{Claim, expecting};
use super::load::join_pieces;
use super::migrate::GuardOf;
use super::parted::{Parted, part};
use super::stage::put_pieces;
use super::stopwatch::Stopwatch;
use crate::domain::digest::Digest;
use crate::domain::layout::Layout;
use crate::domain::manifest::{Manifest, Origin};
use crate::domain::report::PhaseTimes;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Durability, Generations, Ports, Records, Write};

/// A session as it is to be written once more.
pub(super) struct Renewed<B> {
    /// What rules now.
    pub before: Manifest,
    /// Taken apart under `layout`.
    pub parted: Parted<B>,
    pub layout: Layout,
    /// What it has to be when it is read back: its fingerprint under a layout.
    pub proof: (Layout, Digest),
    /// Whether it then differs from what was migrated.
    pub edited: bool,
    /// What is being done, for journal and audit.
    pub action: &'static str,
    /// A backup of what rules now, and its path.
    pub backup: Option<(Write<B>, String)>,
    /// The backup that the audit names.
    pub noted: Option<String>,
    pub times: PhaseTimes,
}

impl<P: Ports> Engine<P> {
    /// The whole way. `skeleton` is the one that rules now.
    pub(super) async fn write_again(
        &self,
        claim: &Claim<GuardOf<P>>,
        renewed: &mut Renewed<P::Body>,
        skeleton: P::Body,
    ) -> Result<()> {
        let mut watch = Stopwatch::start(self.ports.clock());
        self.stage_again(claim, renewed).await?;
        renewed.times.stage = watch.lap();
        let mut committed = self.verify_again(renewed).await;
        renewed.times.verify = watch.lap();
        if committed.is_ok() {
            committed = self.commit_again(claim, renewed, skeleton).await;
        }
        renewed.times.commit = watch.lap();
        if let Err(error) = committed {
            // Should this fail too, recovery drops what does not rule.
            let _ = self.drop_other(claim, renewed, false).await;
            return Err(error);
        }
        // Harmless if it fails: recovery drops what does not rule.
        let _ = self.drop_other(claim, renewed, true).await;
        renewed.times.remove = watch.lap();
        Ok(())
    }

    /// Backup, pieces and list of another generation, in one strict transaction. They rule nothing.
    async fn stage_again(
        &self,
        claim: &Claim<GuardOf<P>>,
        renewed: &Renewed<P::Body>,
    ) -> Result<()> {
        let (before, parted) = (&renewed.before, &renewed.parted);
        let generation = before.generation + 1;
        let list = parted.list(&before.id, generation);
        let backup = renewed.backup.as_ref().map(|(write, _)| write.clone());
        let mut writes: Vec<_> = backup.into_iter().collect();
        // A death may have left some of an earlier attempt.
        let again = Generations::One(generation);
        writes.push(Write::DeleteGenerations(before.id.clone(), again));
        writes.extend(put_pieces(&list, &parted.pieces));
        writes.push(Write::PutList(list));
        writes.push(self.journal(renewed.action, &before.id, generation));
        let bytes = parted.bytes() + renewed.backup.as_ref().map_or(0, |_| before.bytes);
        let expect = expecting(&before.id, Some(before));
        self.write(claim, expect, writes, Durability::Strict, bytes, false)
            .await
    }

    /// Reads all of it back in fresh transactions.
    async fn verify_again(&self, renewed: &Renewed<P::Body>) -> Result<()> {
        let before = &renewed.before;
        let failed = |place: &str| Error::VerificationFailed {
            id: before.id.clone(),
            place: place.into(),
        };
        let (records, generation) = (self.ports.records(), before.generation + 1);
        let list = renewed.parted.list(&before.id, generation);
        if records.list(&before.id, generation).await?.as_ref() != Some(&list) {
            return Err(failed("chunk list"));
        }
        let names = list.names();
        let pieces = records.pieces(&before.id, generation, &names).await?;
        let missing = names.iter().zip(&pieces).find(|(_, piece)| piece.is_none());
        if let Some((name, _)) = missing {
            return Err(failed(&name.to_string()));
        }
        let pieces = pieces.into_iter().flatten().collect();
        self.compare_renewed(renewed, pieces).await?;
        let Some((_, path)) = &renewed.backup else {
            return Ok(());
        };
        let backup = self.sound_backup(path).await;
        backup.map(|_| ()).map_err(|_| failed("backup"))
    }

    /// Compares in memory what would be written and read back.
    pub(super) async fn rehearse_again(&self, renewed: &Renewed<P::Body>) -> Result<()> {
        let bodies = self.ports.bodies();
        let pieces = renewed.parted.pieces.iter().map(|piece| bodies.copy(piece));
        let pieces = pieces.collect::<Result<Vec<_>>>()?;
        self.compare_renewed(renewed, pieces).await
    }

    /// Whether pieces join to the session that is to be written.
    async fn compare_renewed(
        &self,
        renewed: &Renewed<P::Body>,
        pieces: Vec<P::Body>,
    ) -> Result<()> {
        let bodies = self.ports.bodies();
        let failed = |place: String| Error::VerificationFailed {
            id: renewed.before.id.clone(),
            place,
        };
        let list = renewed.parted.list(&renewed.before.id, 0);
        let joined = join_pieces(bodies, &renewed.parted.skeleton, &list, pieces);
        let joined = joined.map_err(failed)?;
        let (layout, fingerprint) = &renewed.proof;
        match part(bodies, &joined, layout).await {
            Ok(again) if again.fingerprint() == *fingerprint => Ok(()),
            _ => Err(failed("joined session".into())),
        }
    }

    /// The new generation rules, and is read back as every reader will read it; else the old one,
    /// which is still there, rules again.
    async fn commit_again(
        &self,
        claim: &Claim<GuardOf<P>>,
        renewed: &Renewed<P::Body>,
        skeleton: P::Body,
    ) -> Result<()> {
        let (before, parted) = (&renewed.before, &renewed.parted);
        let after = Manifest {
            generation: before.generation + 1,
            revision: before.revision + 1,
            edited: renewed.edited,
            layout: renewed.layout.clone(),
            skeleton_measure: parted.skeleton_measure,
            fingerprint: parted.fingerprint(),
            bytes: parted.bytes(),
            chunks: parted.pieces.len() as u32,
            places: Some(parted.list(&before.id, 0).places()),
            // What lies in the source is still compared as it was measured.
            origin: match renewed.layout == before.layout {
                true => before.origin.clone(),
                false => before.origin.clone().map(|origin| Origin {
                    layout: Some(before.origin_layout().clone()),
                    ..origin
                }),
            },
            warnings: parted.warnings.clone(),
            updated_at: self.ports.clock().now(),
            ..before.clone()
        };
        let mut audit = self.audit(renewed.action, &before.id);
        audit.backup = renewed.noted.clone();
        (audit.chunks, audit.bytes) = (after.chunks, after.bytes);
        let writes = vec![
            Write::PutManifest(Box::new(after.clone()), parted.skeleton.clone()),
            Write::Audit(audit),
        ];
        let expect = expecting(&before.id, Some(before));
        self.write(claim, expect, writes, Durability::Strict, 0, false)
            .await?;
        let confirmed = match self.stored(&before.id).await? {
            Some(stored) if stored.manifest == after => self.joined(&stored).await.map(|_| ()),
            _ => Err(Error::VerificationFailed {
                id: before.id.clone(),
                place: "manifest".into(),
            }),
        };
        if confirmed.is_err() {
            let again = Manifest {
                revision: after.revision + 1,
                ..before.clone()
            };
            let put = vec![Write::PutManifest(Box::new(again), skeleton)];
            let expect = expecting(&before.id, Some(&after));
            self.write(claim, expect, put, Durability::Strict, 0, false)
                .await?;
        }
        confirmed
    }

    /// Drops whatever generation does not rule, and a backup that was made in vain.
    async fn drop_other(
        &self,
        claim: &Claim<GuardOf<P>>,
        renewed: &Renewed<P::Body>,
        committed: bool,
    ) -> Result<()> {
        let id = &renewed.before.id;
        let Some(rules) = self.live_manifest(id).await? else {
            return Ok(());
        };
        let others = Generations::AllBut(rules.generation);
        let mut writes = vec![
            Write::DeleteGenerations(id.clone(), others),
            Write::DeleteJournal(id.clone()),
        ];
        if !committed && rules.generation == renewed.before.generation {
            let backup = renewed.backup.as_ref();
            writes.extend(backup.map(|(_, path)| Write::DeleteBackup(path.clone())));
        }
        let expect = expecting(id, Some(&rules));
        self.write(claim, expect, writes, Durability::Relaxed, 0, true)
            .await
    }
}
