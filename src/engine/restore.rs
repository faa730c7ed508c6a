//! Putting a session back into chunks, from a backup of chunks.

use super::Engine;
use super::claim::Claim;
use super::edits::Edits;
use super::migrate::GuardOf;
use super::standing::Standing;
use crate::domain::records::AuditEntry;
use crate::domain::report::RollbackResult;
use crate::error::{Error, Result};
use crate::ports::{Ports, StoredBackup, Write};

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
            Standing::RolledBack(tombstone, _) => Some(*tombstone),
        };
        let ruling = previous.as_ref().filter(|manifest| manifest.is_live());
        // Where the session rules in its source, the backup must not compete with it.
        if ruling.is_none() && self.locate(&id).await?.is_some() {
            return Err(Error::PlaceOccupied { id });
        }
        let (kept, edits_backup_path) = match ruling {
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
            session_id: Some(id),
            success: true,
            backup_path: backup.head.path,
            restored_to: None,
            state: None,
            edits_backup_path,
        })
    }
}
