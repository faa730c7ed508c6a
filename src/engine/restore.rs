//! Writing a whole body as a new generation of chunks, in one transaction.

use super::Engine;
use super::claim::{Claim, expecting};
use super::edits::Edits;
use super::migrate::GuardOf;
use super::parted::{Parted, part};
use super::recover::Standing;
use super::stage::put_pieces;
use crate::domain::manifest::{Manifest, Originals, State};
use crate::domain::recognise::Broken;
use crate::domain::records::AuditEntry;
use crate::domain::report::RollbackResult;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Durability, Generations, Ports, StoredBackup, Write};

impl<P: Ports> Engine<P> {
    /// Puts a session back into chunks, from a backup of format `chunked`.
    pub(super) async fn restore_chunks(
        &self,
        claim: &Claim<GuardOf<P>>,
        backup: StoredBackup<P::Body>,
        edits: Edits,
    ) -> Result<RollbackResult> {
        let id = claim.id.clone();
        let previous = match self.recover(claim).await? {
            Standing::Free => None,
            Standing::Chunked { manifest, .. } => Some(*manifest),
            Standing::Diverged { .. } => return Err(Error::Diverged { id }),
            // The session rules in its source now; the backup must not compete with it.
            Standing::RolledBack(..) => return Err(Error::PlaceOccupied { id }),
        };
        if previous.is_none() && self.locate(&id).await?.is_some() {
            return Err(Error::PlaceOccupied { id });
        }
        let (kept, edits_backup_path) = match &previous {
            Some(manifest) => self.settle_edits(manifest, edits).await?,
            None => (None, None),
        };
        let audit = AuditEntry {
            backup: Some(backup.head.path.clone()),
            bytes: backup.head.bytes,
            ..self.audit("rollback", &id)
        };
        let mut extra = vec![Write::Audit(audit)];
        extra.extend(kept);
        self.install(claim, &backup.session, previous, extra)
            .await?;
        Ok(RollbackResult {
            session_id: id,
            success: true,
            backup_path: backup.head.path,
            restored_to: None,
            edits_backup_path,
        })
    }

    /// Writes a body as the live generation of a session, in one strict transaction: before it the
    /// old one rules, after it the new one.
    pub(super) async fn install(
        &self,
        claim: &Claim<GuardOf<P>>,
        body: &P::Body,
        previous: Option<Manifest>,
        extra: Vec<Write<P::Body>>,
    ) -> Result<Manifest> {
        let id = claim.id.clone();
        let layout = previous
            .as_ref()
            .map_or(&self.config.layout, |manifest| &manifest.layout);
        let parted = part(self.ports.bodies(), body, layout)
            .await
            .map_err(|broken| unsupported(&broken))?;
        let expect = expecting(&id, previous.as_ref());
        let generation = previous.as_ref().map_or(1, |before| before.generation + 1);
        let list = parted.list(&id, generation);
        let label = layout
            .label
            .as_ref()
            .and_then(|path| self.ports.bodies().text(body, path));
        let manifest = self.next_manifest(&id, &parted, label, layout.clone(), previous);
        let mut writes = put_pieces(&list, &parted.pieces);
        writes.push(Write::PutList(list));
        writes.push(Write::PutManifest(
            Box::new(manifest.clone()),
            parted.skeleton.clone(),
        ));
        if generation > 1 {
            writes.push(Write::DeleteGenerations(
                id,
                Generations::AllBut(generation),
            ));
        }
        writes.extend(extra);
        self.write(
            claim,
            expect,
            writes,
            Durability::Strict,
            manifest.bytes,
            true,
        )
        .await?;
        Ok(manifest)
    }

    fn next_manifest(
        &self,
        id: &crate::domain::key::Key,
        parted: &Parted<P::Body>,
        label: Option<String>,
        layout: crate::domain::layout::Layout,
        previous: Option<Manifest>,
    ) -> Manifest {
        let now = self.ports.clock().now();
        Manifest {
            id: id.clone(),
            label,
            state: State::Committed,
            generation: previous
                .as_ref()
                .map_or(1, |manifest| manifest.generation + 1),
            revision: previous
                .as_ref()
                .map_or(1, |manifest| manifest.revision + 1),
            edited: previous.is_some(),
            layout,
            skeleton_measure: parted.skeleton_measure,
            fingerprint: parted.fingerprint(),
            bytes: parted.bytes(),
            chunks: parted.pieces.len() as u32,
            originals: previous
                .as_ref()
                .map_or(Originals::Remove, |manifest| manifest.originals),
            backup: previous
                .as_ref()
                .and_then(|manifest| manifest.backup.clone()),
            created_at: previous
                .as_ref()
                .map_or(now, |manifest| manifest.created_at),
            origin: previous.and_then(|manifest| manifest.origin),
            rollback: None,
            warnings: parted.warnings.clone(),
            updated_at: now,
        }
    }
}

/// A value given by the caller that can't be stored safely.
pub(super) fn unsupported(broken: &Broken) -> Error {
    Error::UnsupportedValue {
        code: broken.code,
        reason: broken.reason.clone(),
    }
}
