//! Diverged sessions: one side lives on, the other is backed up first.

use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::prepare::{Prepared, Purpose};
use super::rows::skipped_row;
use super::standing::Standing;
use super::sweep::Sweep;
use super::{Engine, Options, confirm};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::recognise::Row;
use crate::domain::report::SessionMigrationResult;
use crate::error::{Error, Result};
use crate::ports::{Durability, Ports, Write};
use serde_json::json;

/// What is being done, for journal and audit.
const ACTION: &str = "resolve-conflict";

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
        match (self.recover(claim).await?, keep) {
            (Standing::Diverged { manifest, skeleton }, Side::Source) => {
                self.keep_source(claim, *manifest, skeleton).await
            }
            (Standing::Diverged { manifest, .. }, Side::Chunks) => {
                self.keep_chunks(claim, &manifest).await
            }
            // A death on the way dropped the chunks, of which there is a backup: the source is all
            // that is left, and it is what was to live on.
            (Standing::Free, Side::Source) => {
                let id = &claim.id;
                let candidate = self.locate(id).await?;
                let candidate = candidate.ok_or_else(|| Error::NotFound { id: id.clone() })?;
                let prepared = self.prepare_session(id, &candidate, Purpose::Move).await?;
                self.move_session(
                    claim,
                    prepared,
                    None,
                    (&Options::default(), &Sweep::single()),
                )
                .await
            }
            _ => Err(Error::InvalidArgument {
                name: "id".into(),
                expected: "must be the id of a diverged session".into(),
            }),
        }
    }

    async fn keep_source(
        &self,
        claim: &Claim<GuardOf<P>>,
        manifest: Manifest,
        skeleton: P::Body,
    ) -> Result<SessionMigrationResult> {
        let id = &claim.id;
        let prepared = self.prepare_place(&manifest, Side::Source).await?;
        let (body, reason) = self.body_to_keep(id, "conflict").await?;
        let (backup, path) = self.backup_of_chunks(&manifest, &body, reason).await?;
        let mut audit = self.audit(ACTION, id);
        audit.backup = Some(path);
        let journal = self.journal(ACTION, id, manifest.generation);
        let writes = vec![backup, journal, Write::Audit(audit)];
        let (expect, bytes) = (expecting(id, Some(&manifest)), manifest.bytes);
        self.write(claim, expect, writes, Durability::Strict, bytes, false)
            .await?;
        let previous = Some((manifest, skeleton));
        self.move_session(
            claim,
            prepared,
            previous,
            (&Options::default(), &Sweep::single()),
        )
        .await
    }

    async fn keep_chunks(
        &self,
        claim: &Claim<GuardOf<P>>,
        manifest: &Manifest,
    ) -> Result<SessionMigrationResult> {
        let id = &claim.id;
        let prepared = self.prepare_place(manifest, Side::Chunks).await?;
        let what = (ACTION, "conflict");
        let removed = self
            .remove_backed_up(claim, Some(manifest), &prepared, what)
            .await?;
        let Some(path) = removed else {
            return Err(Error::Diverged { id: id.clone() });
        };
        let mut row = skipped_row(id, Some(manifest), "ChunksKept", "the chunks live on");
        row.backup_path = Some(path);
        Ok(row)
    }

    /// Plans the record that lies where a migrated session came from.
    async fn prepare_place(&self, manifest: &Manifest, keep: Side) -> Result<Prepared<P::Body>> {
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
        let mut candidate = self
            .open_place(source, &origin.place, &Sweep::single())
            .await?
            .ok_or_else(diverged)?;
        // What is to go need not be a sound session; it only has to be backed up whole.
        if keep == Side::Chunks && candidate.row.id().is_none_or(|own| own == &id) {
            candidate.row = Row::Session(id.clone());
        }
        let purpose = match keep {
            Side::Source => Purpose::Move,
            Side::Chunks => Purpose::BackUp,
        };
        self.prepare_session(&id, &candidate, purpose).await
    }
}
