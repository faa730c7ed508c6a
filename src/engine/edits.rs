//! What becomes of edited chunks when something else takes their place.

use super::Engine;
use crate::domain::manifest::Manifest;
use crate::error::{Error, Result};
use crate::ports::{Ports, Write};

/// What becomes of edits made since the migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Edits {
    /// The rollback is refused.
    #[default]
    Refuse,
    /// The edited session becomes a backup of its own.
    Keep,
    /// They are given up.
    Discard,
}

impl<P: Ports> Engine<P> {
    /// What is to be done about edits: the write that keeps them, and its path. Chunks that were
    /// never edited but that no backup holds any more are always kept, unless told otherwise.
    pub(super) async fn settle_edits(
        &self,
        manifest: &Manifest,
        edits: Edits,
    ) -> Result<(Option<Write<P::Body>>, Option<String>)> {
        match edits {
            Edits::Refuse if manifest.edited => Err(Error::EditedSinceMigration {
                id: manifest.id.clone(),
            }),
            Edits::Discard => Ok((None, None)),
            Edits::Refuse | Edits::Keep if self.is_backed_up(manifest).await? => Ok((None, None)),
            Edits::Refuse | Edits::Keep => {
                let (body, reason) = self.body_to_keep(&manifest.id, "rollback").await?;
                let (write, path) = self.backup_of_chunks(manifest, &body, reason).await?;
                Ok((Some(write), Some(path)))
            }
        }
    }
}
