//! Sessions that are deleted on purpose. A backup of each stays for as long as any backup does.

use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::prepare::Plan;
use super::recover::Standing;
use super::{Engine, confirm};
use crate::domain::backup::{Backup, Format};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
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
        // The source first: were it the last to go, a death in between would bring the session back.
        let in_source = self.delete_from_source(claim, &standing).await?;
        match standing {
            Standing::Chunked { manifest, .. } | Standing::Diverged { manifest, .. } => {
                self.delete_chunks(claim, *manifest).await?;
                Ok(true)
            }
            Standing::RolledBack(..) | Standing::Free => Ok(in_source),
        }
    }

    async fn delete_from_source(
        &self,
        claim: &Claim<GuardOf<P>>,
        standing: &Standing<P::Body>,
    ) -> Result<bool> {
        let Some(candidate) = self.locate(&claim.id).await? else {
            return Ok(false);
        };
        let prepared = match self.prepare(&candidate).await? {
            Plan::Ready(prepared) => prepared,
            Plan::Quarantine(broken) => {
                return Err(Error::Quarantined {
                    id: claim.id.clone(),
                    code: broken.code,
                    reason: broken.reason,
                });
            }
            Plan::NotASession => return Ok(false),
        };
        let (backup, _) = self.backup_of_record(&prepared, "deletion").await?;
        let bytes = prepared.record_bytes;
        let expect = expecting(&claim.id, standing.manifest());
        let kept = expect.clone();
        self.write(claim, kept, vec![backup], Durability::Strict, bytes, false)
            .await?;
        let mut then = vec![Write::Audit(self.audit("delete", &claim.id))];
        if let Standing::RolledBack(..) = standing {
            then.push(Write::DeleteManifest(claim.id.clone()));
        }
        let (origin, layout) = (&prepared.origin, &self.config.layout);
        match self
            .remove_record(claim, expect, origin, layout, then)
            .await?
        {
            Swap::Done => Ok(true),
            Swap::Refused => Err(Error::StaleHandle {
                id: claim.id.clone(),
            }),
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
        prepared: &super::prepare::Prepared<P::Body>,
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
