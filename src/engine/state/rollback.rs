//! Putting state back by the call that puts sessions back, so that every backup in the list can be
//! rolled back in one way.

use super::super::{Edits, Engine};
use crate::domain::backup::Backup;
use crate::domain::report::RollbackResult;
use crate::error::{Error, Result};
use crate::ports::Ports;
use serde_json::json;

impl<P: Ports> Engine<P> {
    /// Puts the keys of a snapshot back, which undoes a carry where it was made by one. A key that holds something else by now is kept, unless the
    /// caller has decided about edits; what is overwritten then is a snapshot first, either way.
    pub(in crate::engine) async fn roll_back_state(
        &self,
        head: &Backup,
        edits: Edits,
        confirmed: bool,
    ) -> Result<RollbackResult> {
        let path = &head.path;
        if !confirmed {
            return Err(preview(head));
        }
        let overwrite = edits != Edits::Refuse;
        let state = match self.sound_snapshot(path).await?.deed {
            Some(_) => self.undo_carry(path, overwrite, true).await?,
            None => self.restore_state(path, overwrite, true).await?,
        };
        Ok(RollbackResult {
            session_id: None,
            success: state.success,
            backup_path: path.clone(),
            restored_to: Some("localStorage".into()),
            edits_backup_path: state.overwritten_path.clone(),
            state: Some(state),
        })
    }
}

/// What it would do.
fn preview(head: &Backup) -> Error {
    let keys = head.state.as_ref().map_or(0, |origin| origin.keys);
    Error::ConfirmationRequired {
        action: "rollbackSessionMigration",
        summary: format!(
            "{keys} keys would be put back into localStorage from {}; those that hold something \
             else would be kept",
            head.path
        ),
        preview: json!({
            "sessionId": null,
            "backupPath": head.path,
            "restoreTo": "localStorage",
            "keys": keys,
        }),
    }
}
