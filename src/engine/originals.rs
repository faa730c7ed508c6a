//! Originals that were kept, and are to go after all.

use super::claim::{Claim, expecting};
use super::container::At;
use super::flush::Flushed;
use super::migrate::GuardOf;
use super::standing::Standing;
use super::summary::{batch_error, part_error};
use super::sweep::Sweep;
use super::{Engine, confirm};
use crate::domain::manifest::Manifest;
use crate::domain::report::{Part, RemoveOriginalsResult};
use crate::error::{Error, Result};
use crate::ports::{Ports, Records, Swap, Write};
use serde_json::json;

/// What is done, for the audit.
const ACTION: &str = "remove-original";

/// What became of one original.
enum Original {
    Removed,
    /// To go together with others.
    Due,
    Diverged,
    NotThere,
}

impl<P: Ports> Engine<P> {
    /// Removes every original that is still just what was migrated, by the same checked step; and the
    /// key of a carry that is through, if it still holds just what was carried.
    pub async fn remove_originals(&self, confirmed: bool) -> Result<RemoveOriginalsResult> {
        let sweep = Sweep::of_many();
        let mut manifests = Vec::new();
        for manifest in self.ports.records().manifests().await?.sound {
            let Some(origin) = manifest.origin.as_ref().filter(|_| manifest.is_live()) else {
                continue;
            };
            // What can't be read now is that session's error, and keeps no other from going.
            if !matches!(self.read_at(&origin.place, &sweep).await, Ok(At::Nothing)) {
                manifests.push(manifest);
            }
        }
        let carried = self.carried_path().await?;
        confirm(confirmed, "removeOriginals", || {
            let ids: Vec<_> = manifests.iter().map(|manifest| &manifest.id).collect();
            let mut summary = format!("{} originals would be removed", ids.len());
            if let Some(path) = &carried {
                summary +=
                    &format!(", and the key that was carried if it still holds what {path} has");
            }
            (summary, json!({ "sessionIds": ids, "carried": carried }))
        })?;
        self.recover_once().await?;
        let mut result = RemoveOriginalsResult::default();
        for manifest in manifests {
            let id = manifest.id.clone();
            let claim = self.claim(&id).await;
            match self.remove_one(&claim, &sweep).await {
                Ok(Original::Removed) => result.removed.push(id),
                Ok(Original::Due) => {}
                Ok(Original::Diverged) => result.diverged.push(id),
                Ok(Original::NotThere) => {}
                Err(error) => result.errors.push(batch_error(Some(id), &error)),
            }
            self.release(&claim).await;
        }
        for (id, outcome) in self.flush(&sweep, Some(ACTION)).await {
            match outcome {
                Flushed::Removed => result.removed.push(id),
                Flushed::Changed => result.diverged.push(id),
                Flushed::Failed(error) => result.errors.push(batch_error(Some(id), &error)),
            }
        }
        if let Some(path) = carried {
            match self.clear_migrated_state(&path, true).await {
                Ok(cleared) => result.state = Some(cleared),
                Err(Error::Closed) => return Err(Error::Closed),
                Err(error) => result.errors.push(part_error(Part::Carry, &error)),
            }
        }
        Ok(result)
    }

    async fn remove_one(
        &self,
        claim: &Claim<GuardOf<P>>,
        sweep: &Sweep<P::Body>,
    ) -> Result<Original> {
        match self.recover_in(claim, sweep).await? {
            Standing::Diverged { .. } => Ok(Original::Diverged),
            Standing::Chunked { manifest, .. } => {
                let Manifest {
                    origin: Some(origin),
                    ..
                } = manifest.as_ref()
                else {
                    return Ok(Original::NotThere);
                };
                if matches!(self.read_at(&origin.place, sweep).await?, At::Nothing) {
                    return Ok(Original::NotThere);
                }
                self.need_whole(&claim.id).await?;
                if sweep.has_due(&claim.id) || sweep.takes(&manifest) {
                    return Ok(Original::Due);
                }
                let mut audit = self.audit(ACTION, &claim.id);
                audit.source = Some(origin.source.clone());
                audit.backup = manifest.backup.clone();
                let writes = vec![Write::DeleteJournal(claim.id.clone()), Write::Audit(audit)];
                let expect = expecting(&claim.id, Some(&manifest));
                let layout = manifest.origin_layout();
                match self
                    .remove_record(claim, expect, (origin, None), layout, writes)
                    .await?
                {
                    Swap::Refused => Ok(Original::Diverged),
                    Swap::Done => Ok(Original::Removed),
                }
            }
            Standing::Free | Standing::RolledBack(..) => Ok(Original::NotThere),
        }
    }
}
