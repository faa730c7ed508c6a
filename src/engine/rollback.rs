//! Putting a session back as a backup holds it.

use super::Engine;
use super::claim::{Claim, expecting};
use super::edits::Edits;
use super::migrate::GuardOf;
use super::standing::Standing;
use crate::domain::backup::{Backup, Format};
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, State};
use crate::domain::report::RollbackResult;
use crate::domain::state;
use crate::error::{Error, Result};
use crate::ports::{Clock, Durability, Ports, Records, StoredBackup, Write};
use serde_json::json;

impl<P: Ports> Engine<P> {
    /// Puts a session back, or state, which has an id of its own. Without a path: from the backup of
    /// the migration that rules, or from the newest one if nothing rules any more.
    pub async fn rollback(
        &self,
        id: &Key,
        path: Option<&str>,
        edits: Edits,
        confirmed: bool,
    ) -> Result<RollbackResult> {
        if path.is_none() && id == &state::id() {
            return Err(Error::InvalidArgument {
                name: "backupPath".into(),
                expected: "must be that of a snapshot of state, as listBackups returns it".into(),
            });
        }
        let head = self.choose_backup(id, path).await?;
        if head.original_format == Format::State {
            return self.roll_back_state(&head, edits, confirmed).await;
        }
        if !confirmed {
            let manifest = self.ports.records().manifest(id).await?;
            let edited =
                manifest.is_some_and(|(manifest, _)| manifest.is_live() && manifest.edited);
            return Err(preview(&head, edited));
        }
        self.recover_once().await?;
        let backup = self.sound_backup(&head.path).await?;
        let claim = self.claim(id).await;
        let result = match backup.head.original_format {
            Format::Monolithic => self.roll_back_to_source(&claim, backup, edits).await,
            Format::Chunked => self.restore_chunks(&claim, backup, edits).await,
            // What it was when it was chosen, it is.
            Format::State => Err(Error::BackupDamaged {
                path: backup.head.path,
            }),
        };
        self.release(&claim).await;
        result
    }

    async fn roll_back_to_source(
        &self,
        claim: &Claim<GuardOf<P>>,
        backup: StoredBackup<P::Body>,
        edits: Edits,
    ) -> Result<RollbackResult> {
        let id = claim.id.clone();
        let origin = backup
            .head
            .origin
            .clone()
            .ok_or_else(|| Error::BackupDamaged {
                path: backup.head.path.clone(),
            })?;
        let mut edits_backup_path = None;
        match self.recover(claim).await? {
            Standing::Chunked { manifest, skeleton }
            | Standing::Diverged { manifest, skeleton } => {
                let kept = self.settle_edits(&manifest, edits).await?;
                if !self.is_free(&origin, &backup).await? {
                    return Err(Error::PlaceOccupied { id });
                }
                let rolling = self
                    .begin_rollback(claim, *manifest, &skeleton, &backup.head, kept.0)
                    .await?;
                edits_backup_path = kept.1;
                let done = self
                    .put_back(claim, (&rolling, &skeleton), &origin, &backup)
                    .await;
                if done.is_err() {
                    // The caller hears that nothing came of it, so it must not be finished behind
                    // their back: the chunks, which are whole, rule again. Should this fail too,
                    // recovery finishes what was asked for.
                    let _ = self.cancel_rollback(claim, &rolling, &skeleton).await;
                }
                done?;
            }
            // Nothing of ours is live: the record is put back where its place is free.
            standing @ (Standing::Free | Standing::RolledBack(..)) => {
                let expect = expecting(&id, standing.manifest());
                let generation = standing.manifest().map_or(0, |before| before.generation);
                let journal = vec![self.journal("rollback", &id, generation)];
                let origin_of = (&origin, &backup);
                if !self
                    .write_source(claim, expect.clone(), origin_of, journal)
                    .await?
                {
                    return Err(Error::PlaceOccupied { id });
                }
                let writes = vec![
                    Write::DeleteJournal(id.clone()),
                    self.rollback_audit(&id, &backup.head, &origin),
                ];
                self.write(claim, expect, writes, Durability::Relaxed, 0, true)
                    .await?;
            }
        }
        Ok(RollbackResult {
            session_id: Some(id),
            success: true,
            backup_path: backup.head.path,
            restored_to: Some(origin.source),
            state: None,
            edits_backup_path,
        })
    }

    async fn begin_rollback(
        &self,
        claim: &Claim<GuardOf<P>>,
        mut manifest: Manifest,
        skeleton: &P::Body,
        backup: &Backup,
        edits: Option<Write<P::Body>>,
    ) -> Result<Manifest> {
        let now = self.ports.clock().now();
        let expect = expecting(&claim.id, Some(&manifest));
        manifest.state = State::RollingBack;
        manifest.revision += 1;
        manifest.rollback = Some(backup.path.clone());
        manifest.updated_at = now;
        let mut writes = vec![Write::PutManifest(
            Box::new(manifest.clone()),
            skeleton.clone(),
        )];
        writes.push(self.journal("rollback", &claim.id, manifest.generation));
        writes.extend(edits);
        self.write(
            claim,
            expect,
            writes,
            Durability::Strict,
            backup.bytes,
            false,
        )
        .await?;
        Ok(manifest)
    }

    /// Finishes a rollback that a death has interrupted; without a sound backup it can't be, and
    /// the chunks, which are whole, rule again.
    pub(super) async fn finish_rollback(
        &self,
        claim: &Claim<GuardOf<P>>,
        rolling: &Manifest,
        skeleton: &P::Body,
    ) -> Result<()> {
        let path = rolling.rollback.clone().unwrap_or_default();
        let backup = match self.sound_backup(&path).await {
            Err(Error::BackupDamaged { .. } | Error::BackupNotFound { .. }) => {
                return self.cancel_rollback(claim, rolling, skeleton).await;
            }
            backup => backup?,
        };
        let origin = backup
            .head
            .origin
            .clone()
            .ok_or(Error::BackupDamaged { path })?;
        self.put_back(claim, (rolling, skeleton), &origin, &backup)
            .await
    }

    /// The chunks rule again.
    pub(super) async fn cancel_rollback(
        &self,
        claim: &Claim<GuardOf<P>>,
        rolling: &Manifest,
        skeleton: &P::Body,
    ) -> Result<()> {
        let id = claim.id.clone();
        let expect = expecting(&id, Some(rolling));
        let manifest = Manifest {
            state: State::Committed,
            revision: rolling.revision + 1,
            rollback: None,
            settling: None,
            updated_at: self.ports.clock().now(),
            ..rolling.clone()
        };
        let mut writes = vec![
            Write::PutManifest(Box::new(manifest), skeleton.clone()),
            Write::DeleteJournal(id.clone()),
        ];
        if !rolling.is_live() {
            writes.push(Write::Audit(self.audit("rollback-cancelled", &id)));
        }
        self.write(claim, expect, writes, Durability::Strict, 0, false)
            .await
    }
}

/// What a rollback that was not confirmed would do.
fn preview(head: &Backup, edited: bool) -> Error {
    let target = head
        .origin
        .as_ref()
        .map_or("its chunks", |origin| &origin.source);
    let edits = if edited {
        "; it was edited since, so `edits` has to be chosen"
    } else {
        ""
    };
    Error::ConfirmationRequired {
        action: "rollbackSessionMigration",
        summary: format!(
            "session {} would be put back to {target} from {}{edits}",
            head.id, head.path
        ),
        preview: json!({
            "sessionId": head.id,
            "backupPath": head.path,
            "restoreTo": target,
            "edited": edited,
        }),
    }
}
