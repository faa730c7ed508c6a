//! The writes of a session that is brought to another layout. What ruled before is there until what
//! rules after it has been read back.

use super::Engine;
use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::relayout::Renewed;
use super::stage::put_pieces;
use super::stopwatch::Stopwatch;
use crate::domain::manifest::{Manifest, Origin};
use crate::error::{Error, Result};
use crate::ports::{Clock, Durability, Generations, Ports, Records, Write};

/// What is being done, for journal, audit and backup.
const ACTION: &str = "layout";

impl<P: Ports> Engine<P> {
    /// The whole way; returns the path of the backup. `skeleton` is the one that rules now.
    pub(super) async fn write_layout(
        &self,
        claim: &Claim<GuardOf<P>>,
        renewed: &mut Renewed<P::Body>,
        skeleton: P::Body,
    ) -> Result<String> {
        let mut watch = Stopwatch::start(self.ports.clock());
        let path = self.stage_layout(claim, renewed).await?;
        renewed.times.stage = watch.lap();
        let mut committed = self.verify_layout(renewed, &path).await;
        renewed.times.verify = watch.lap();
        if committed.is_ok() {
            committed = self.commit_layout(claim, renewed, skeleton, &path).await;
        }
        renewed.times.commit = watch.lap();
        if let Err(error) = committed {
            // Should this fail too, recovery drops what does not rule.
            let _ = self.drop_layout(claim, renewed, Some(&path)).await;
            return Err(error);
        }
        // Harmless if it fails: recovery drops what does not rule.
        let _ = self.drop_layout(claim, renewed, None).await;
        renewed.times.remove = watch.lap();
        Ok(path)
    }

    /// Backup, pieces and list of another generation, in one strict transaction. They rule nothing.
    async fn stage_layout(
        &self,
        claim: &Claim<GuardOf<P>>,
        renewed: &Renewed<P::Body>,
    ) -> Result<String> {
        let Renewed {
            before,
            body,
            parted,
            ..
        } = renewed;
        let generation = before.generation + 1;
        let (backup, path) = self.backup_of_chunks(before, body, ACTION).await?;
        let list = parted.list(&before.id, generation);
        let mut writes = vec![backup];
        writes.extend(put_pieces(&list, &parted.pieces));
        writes.push(Write::PutList(list));
        writes.push(self.journal(ACTION, &before.id, generation));
        let (expect, bytes) = (expecting(&before.id, Some(before)), before.bytes * 2);
        self.write(claim, expect, writes, Durability::Strict, bytes, false)
            .await?;
        Ok(path)
    }

    /// Reads all of it back in fresh transactions.
    async fn verify_layout(&self, renewed: &Renewed<P::Body>, path: &str) -> Result<()> {
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
        let backup = self.sound_backup(path).await;
        backup.map(|_| ()).map_err(|_| failed("backup"))
    }

    /// The new generation rules, and is read back as every reader will read it; else the old one,
    /// which is still there, rules again.
    async fn commit_layout(
        &self,
        claim: &Claim<GuardOf<P>>,
        renewed: &Renewed<P::Body>,
        skeleton: P::Body,
        path: &str,
    ) -> Result<()> {
        let (before, parted) = (&renewed.before, &renewed.parted);
        let after = Manifest {
            generation: before.generation + 1,
            revision: before.revision + 1,
            layout: self.config.layout.clone(),
            skeleton_measure: parted.skeleton_measure,
            fingerprint: parted.fingerprint(),
            bytes: parted.bytes(),
            chunks: parted.pieces.len() as u32,
            // What lies in the source is still compared as it was measured.
            origin: before.origin.clone().map(|origin| Origin {
                layout: Some(before.origin_layout().clone()),
                ..origin
            }),
            warnings: parted.warnings.clone(),
            updated_at: self.ports.clock().now(),
            ..before.clone()
        };
        let mut audit = self.audit(ACTION, &before.id);
        audit.backup = Some(path.to_owned());
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
    async fn drop_layout(
        &self,
        claim: &Claim<GuardOf<P>>,
        renewed: &Renewed<P::Body>,
        backup: Option<&str>,
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
        if rules.generation == renewed.before.generation {
            writes.extend(backup.map(|path| Write::DeleteBackup(path.to_owned())));
        }
        let expect = expecting(id, Some(&rules));
        self.write(claim, expect, writes, Durability::Relaxed, 0, true)
            .await
    }
}
