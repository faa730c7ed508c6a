//! Heads of backups, from the backups themselves. A damaged backup is neither used nor removed.

use super::{BRIEFLY_MS, Mended, Mending};
use crate::domain::damage::Store;
use crate::domain::key::Key;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::{Durability, Ports, Write};

impl<P: Ports> Engine<P> {
    /// Writes the heads again that are missing or wrong, where the backup is whole.
    pub(super) async fn rebuild_heads(&self, mending: &mut Mending<'_>) -> Result<()> {
        let heads = mending.take(|problem| problem.store == Store::BackupHeads);
        for problem in heads {
            let path = problem.place.clone();
            let done = self.rebuild_head(&path, mending.options.dry_run).await;
            let done = match done {
                Err(Error::BackupDamaged { .. }) => Ok(Mended::Left("BackupDamaged")),
                Err(Error::BackupNotFound { .. }) => Ok(Mended::Left("BackupMissing")),
                done => done,
            };
            mending.settle(vec![problem], done)?;
        }
        Ok(())
    }

    async fn rebuild_head(&self, path: &str, dry_run: bool) -> Result<Mended> {
        let backup = self.sound_backup(path).await?;
        if !dry_run {
            let id: Key = backup.head.id.clone();
            let claim = self.claim_within(&id, BRIEFLY_MS).await;
            let writes = vec![
                Write::PutHead(Box::new(backup.head)),
                Write::Audit(self.repair_audit(&id, Some(path.to_owned()))),
            ];
            let written = self
                .write(&claim, Vec::new(), writes, Durability::Strict, 0, true)
                .await;
            self.release(&claim).await;
            written?;
        }
        Ok(Mended::Done("rebuild-head", Some(path.to_owned())))
    }
}
