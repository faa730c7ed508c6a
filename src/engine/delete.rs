//! Sessions that are deleted on purpose. A backup of each stays for as long as any backup does.

use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::prepare::Prepared;
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
            let prepared = self.prepare_session(&claim.id, &candidate).await?;
            self.delete_record(claim, &standing, prepared).await?;
            found = true;
        }
        match standing {
            Standing::Chunked { manifest, .. } | Standing::Diverged { manifest, .. } => {
                self.delete_chunks(claim, *manifest).await?;
                found = true;
            }
            Standing::RolledBack(tombstone, _) => {
                let writes = vec![Write::DeleteManifest(claim.id.clone())];
                let expect = expecting(&claim.id, Some(&tombstone));
                self.write(claim, expect, writes, Durability::Relaxed, 0, true)
                    .await?;
            }
            Standing::Free => {}
        }
        Ok(found)
    }

    async fn delete_record(
        &self,
        claim: &Claim<GuardOf<P>>,
        standing: &Standing<P::Body>,
        prepared: Prepared<P::Body>,
    ) -> Result<()> {
        let id = &claim.id;
        let (backup, path) = self.backup_of_record(&prepared, "deletion").await?;
        let generation = standing.manifest().map_or(0, |before| before.generation);
        let writes = vec![backup, self.journal("delete", id, generation)];
        let (expect, bytes) = (expecting(id, standing.manifest()), prepared.record_bytes);
        self.write(
            claim,
            expect.clone(),
            writes,
            Durability::Strict,
            bytes,
            false,
        )
        .await?;
        let audit = AuditEntry {
            source: Some(prepared.origin.source.clone()),
            backup: Some(path),
            bytes,
            ..self.audit("delete", id)
        };
        let writes = vec![Write::DeleteJournal(id.clone()), Write::Audit(audit)];
        let (origin, layout) = (&prepared.origin, &self.config.layout);
        match self
            .remove_record(claim, expect, origin, layout, writes)
            .await?
        {
            Swap::Done => Ok(()),
            Swap::Refused => Err(Error::StaleHandle { id: id.clone() }),
        }
    }

    async fn delete_chunks(&self, claim: &Claim<GuardOf<P>>, manifest: Manifest) -> Result<()> {
        let id = claim.id.clone();
        let body = self.load_chunked(&id).await?;
        let body = body.ok_or_else(|| Error::StaleHandle { id: id.clone() })?;
        let (backup, path) = self.backup_of_chunks(&manifest, &body, "deletion").await?;
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
