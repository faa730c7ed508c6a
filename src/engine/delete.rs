//! Sessions that are deleted on purpose. A backup of each stays for as long as any backup does.

use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::prepare::{Prepared, Purpose};
use super::standing::Standing;
use super::{Engine, confirm};
use crate::domain::backup::{Backup, Format};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::records::AuditEntry;
use crate::error::{Error, Result};
use crate::ports::{Clock, Durability, Generations, Ports, Swap, Write};
use serde_json::json;

impl<P: Ports> Engine<P> {
    /// Deletes a session from its source and from chunks. False if there is none.
    pub async fn delete(&self, id: &Key, confirmed: bool) -> Result<bool> {
        confirm(confirmed, "deleteSession", || {
            let summary = format!("session {id} would be deleted; a backup of it is kept");
            (summary, json!({ "sessionId": id }))
        })?;
        self.recover_once().await?;
        let claim = self.claim(id).await;
        let result = self.delete_claimed(&claim).await;
        self.release(&claim).await;
        result
    }

    async fn delete_claimed(&self, claim: &Claim<GuardOf<P>>) -> Result<bool> {
        let standing = self.recover(claim).await?;
        // The sources first: were they the last to go, a death in between would bring the session
        // back. All of them, or the copy in the next one would.
        let mut found = false;
        while let Some(candidate) = self.locate(&claim.id).await? {
            let prepared = self
                .prepare_session(&claim.id, &candidate, Purpose::BackUp)
                .await?;
            let manifest = standing.manifest();
            let what = ("delete", "deletion");
            let removed = self
                .remove_backed_up(claim, manifest, &prepared, what)
                .await?;
            if removed.is_none() {
                return Err(Error::StaleHandle {
                    id: claim.id.clone(),
                });
            }
            found = true;
        }
        match standing {
            Standing::Chunked { manifest, .. } | Standing::Diverged { manifest, .. } => {
                self.delete_chunks(claim, *manifest).await?;
                found = true;
            }
            Standing::RolledBack(tombstone, _) => {
                let id = claim.id.clone();
                let writes = vec![
                    Write::DeleteManifest(id.clone()),
                    Write::DeleteGenerations(id.clone(), Generations::All),
                    Write::DeleteJournal(id),
                ];
                let expect = expecting(&claim.id, Some(&tombstone));
                self.write(claim, expect, writes, Durability::Relaxed, 0, true)
                    .await?;
            }
            Standing::Free => {}
        }
        Ok(found)
    }

    /// Backs a record up, strictly, and then removes it if it is still the same. Returns the path of
    /// the backup, or `None` if the record was changed.
    pub(super) async fn remove_backed_up(
        &self,
        claim: &Claim<GuardOf<P>>,
        manifest: Option<&Manifest>,
        prepared: &Prepared<P::Body>,
        (action, reason): (&str, &str),
    ) -> Result<Option<String>> {
        let id = &claim.id;
        let (backup, path) = self.backup_of_record(prepared, reason).await?;
        let generation = manifest.map_or(0, |before| before.generation);
        let writes = vec![backup, self.journal(action, id, generation)];
        let (expect, bytes) = (expecting(id, manifest), prepared.record_bytes);
        let kept = expect.clone();
        self.write(claim, kept, writes, Durability::Strict, bytes, false)
            .await?;
        let audit = AuditEntry {
            source: Some(prepared.origin.source.clone()),
            backup: Some(path.clone()),
            bytes,
            ..self.audit(action, id)
        };
        let writes = vec![Write::DeleteJournal(id.clone()), Write::Audit(audit)];
        let (origin, layout) = (&prepared.origin, &self.config.layout);
        let swap = self
            .remove_record(claim, expect, (origin, None), layout, writes)
            .await?;
        Ok((swap == Swap::Done).then_some(path))
    }

    async fn delete_chunks(&self, claim: &Claim<GuardOf<P>>, manifest: Manifest) -> Result<()> {
        let id = claim.id.clone();
        let (body, reason) = self.body_to_keep(&id, "deletion").await?;
        let (backup, path) = self.backup_of_chunks(&manifest, &body, reason).await?;
        let mut audit = self.audit("delete", &id);
        audit.backup = Some(path);
        audit.bytes = manifest.bytes;
        let writes = vec![
            backup,
            Write::DeleteManifest(id.clone()),
            Write::DeleteGenerations(id.clone(), Generations::All),
            Write::DeleteJournal(id.clone()),
            Write::Audit(audit),
        ];
        let expect = expecting(&id, Some(&manifest));
        self.write(
            claim,
            expect,
            writes,
            Durability::Strict,
            manifest.bytes,
            true,
        )
        .await
    }

    /// The write that backs up a record of a source, and its path.
    pub(super) async fn backup_of_record(
        &self,
        prepared: &Prepared<P::Body>,
        reason: &str,
    ) -> Result<(Write<P::Body>, String)> {
        let now = self.ports.clock().now();
        let path = self.free_backup_path(&prepared.id, now).await?;
        let head = Backup {
            path: path.clone(),
            id: prepared.id.clone(),
            backup_created_at: now,
            expires_at: Some(now.plus_days(self.config.backup_retention_days)),
            original_format: Format::Monolithic,
            reason: reason.into(),
            origin: Some(prepared.backup_origin()),
            state: None,
            layout: self.config.layout.clone(),
            fingerprint: prepared.origin.fingerprint,
            bytes: prepared.record_bytes,
        };
        let envelope = prepared.envelope.clone();
        Ok((
            Write::AddBackup {
                head: Box::new(head),
                envelope,
                session: prepared.stored.clone(),
            },
            path,
        ))
    }
}
