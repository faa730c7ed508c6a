//! Diverged sessions: one side lives on, the other is backed up first.

use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::prepare::{Plan, Prepared};
use super::recover::Standing;
use super::rows::skipped_row;
use super::{Engine, Options, confirm};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::report::SessionMigrationResult;
use crate::error::{Error, Result};
use crate::ports::{Durability, Ports, Swap, Write};
use serde_json::json;

/// The side that lives on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What lies in the source; it is migrated anew.
    Source,
    /// What lies in chunks; the record in the source goes.
    Chunks,
}

impl<P: Ports> Engine<P> {
    /// Decides a conflict.
    pub async fn resolve_conflict(
        &self,
        id: &Key,
        keep: Side,
        confirmed: bool,
    ) -> Result<SessionMigrationResult> {
        confirm(confirmed, "resolveConflict", || {
            let (lives, goes) = match keep {
                Side::Source => ("source", "chunks"),
                Side::Chunks => ("chunks", "source"),
            };
            let summary = format!(
                "of session {id} the {lives} would live on; the {goes} would become a backup"
            );
            (
                summary,
                json!({ "sessionId": id, "keep": lives, "backUp": goes }),
            )
        })?;
        self.recover_once().await?;
        let claim = self.claim(id).await;
        let result = self.resolve_claimed(&claim, keep).await;
        self.release(&claim).await;
        result
    }

    async fn resolve_claimed(
        &self,
        claim: &Claim<GuardOf<P>>,
        keep: Side,
    ) -> Result<SessionMigrationResult> {
        let Standing::Diverged { manifest, skeleton } = self.recover(claim).await? else {
            return Err(Error::InvalidArgument {
                name: "id".into(),
                expected: "must be the id of a diverged session".into(),
            });
        };
        let prepared = self.prepare_place(&manifest).await?;
        let expect = expecting(&claim.id, Some(&manifest));
        match keep {
            Side::Source => {
                let body = self.load_chunked(&claim.id).await?;
                let body = body.ok_or_else(|| Error::StaleHandle {
                    id: claim.id.clone(),
                })?;
                let (backup, path) = self.backup_of_chunks(&manifest, &body, "conflict").await?;
                let mut audit = self.audit("resolve-conflict", &claim.id);
                audit.backup = Some(path);
                let writes = vec![backup, Write::Audit(audit)];
                self.write(
                    claim,
                    expect,
                    writes,
                    Durability::Strict,
                    manifest.bytes,
                    false,
                )
                .await?;
                self.move_session(
                    claim,
                    prepared,
                    Some((*manifest, skeleton)),
                    &Options::default(),
                )
                .await
            }
            Side::Chunks => {
                let (backup, path) = self.backup_of_record(&prepared, "conflict").await?;
                let bytes = prepared.record_bytes;
                let writes = vec![backup];
                let kept = expect.clone();
                self.write(claim, kept, writes, Durability::Strict, bytes, false)
                    .await?;
                let mut audit = self.audit("resolve-conflict", &claim.id);
                audit.backup = Some(path.clone());
                let (origin, layout) = (&prepared.origin, &self.config.layout);
                let writes = vec![Write::Audit(audit)];
                let swap = self
                    .remove_record(claim, expect, origin, layout, writes)
                    .await?;
                if swap == Swap::Refused {
                    return Err(Error::Diverged {
                        id: claim.id.clone(),
                    });
                }
                let mut row = skipped_row(
                    &claim.id,
                    Some(&manifest),
                    "ChunksKept",
                    "the chunks live on",
                );
                row.backup_path = Some(path);
                Ok(row)
            }
        }
    }

    /// Plans the record that lies where a migrated session came from.
    async fn prepare_place(&self, manifest: &Manifest) -> Result<Prepared<P::Body>> {
        let id = manifest.id.clone();
        let diverged = || Error::Diverged {
            id: manifest.id.clone(),
        };
        let origin = manifest.origin.as_ref().ok_or_else(diverged)?;
        let source = self
            .config
            .sources
            .iter()
            .position(|source| source.name == origin.source);
        let source = source.ok_or_else(|| Error::InvalidConfig {
            field: "sources".into(),
            expected: format!(
                "must still name {:?}, where the session came from",
                origin.source
            ),
        })?;
        let candidate = self
            .open_record(source, origin.place.key.clone())
            .await?
            .ok_or_else(diverged)?;
        match self.prepare(&candidate).await? {
            Plan::Ready(prepared) if prepared.id == id => Ok(*prepared),
            Plan::Quarantine(broken) => Err(Error::Quarantined {
                id,
                code: broken.code,
                reason: broken.reason,
            }),
            _ => Err(Error::Quarantined {
                id,
                code: "IdMismatch",
                reason: "the record in its place is another session's".into(),
            }),
        }
    }
}
