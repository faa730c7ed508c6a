//! Backups that have had their time. A backup goes only where the session it was made for is
//! committed and proven, or was deleted on purpose.

use super::claim::{BRIEFLY_MS, expecting};
use super::{Engine, confirm};
use crate::domain::backup::{Backup, Format};
use crate::domain::manifest::{Manifest, State};
use crate::domain::records::AuditEntry;
use crate::domain::report::{CleanupResult, KeptBackup};
use crate::domain::retention::{self, Rule};
use crate::domain::time::Timestamp;
use crate::error::{Error, Result};
use crate::ports::{Clock, Durability, Ports, Records, Write};
use serde_json::json;

impl<P: Ports> Engine<P> {
    /// Removes backups that are due under `rule`.
    pub async fn cleanup(&self, rule: Rule, confirmed: bool) -> Result<CleanupResult> {
        let now = self.ports.clock().now();
        let all = self.ports.records().backups(None).await?.sound;
        let trusted = retention::clock_is_sound(self.newest_record(&all).await?, now);
        let due: Vec<Backup> = all
            .into_iter()
            .filter(|backup| retention::is_due(backup, rule, now))
            .collect();
        confirm(confirmed, "cleanupOldBackups", || {
            let paths: Vec<&str> = due.iter().map(|backup| backup.path.as_str()).collect();
            let summary = format!("{} backups would be removed", paths.len());
            (summary, json!({ "backups": paths }))
        })?;
        if !due.is_empty() {
            self.recover_once().await?;
        }
        let mut result = CleanupResult::default();
        for backup in due {
            let kept = match trusted {
                // What goes wrong with one backup keeps no other from going.
                true => match self.remove_backup(&backup).await {
                    Ok(kept) => kept,
                    Err(Error::Closed) => return Err(Error::Closed),
                    Err(error) => Some(error.code()),
                },
                false => Some("ClockNotTrusted"),
            };
            match kept {
                Some(code) => result.kept.push(KeptBackup {
                    path: backup.path,
                    code: code.into(),
                }),
                None => {
                    result.freed_bytes += backup.bytes;
                    result.removed.push(backup.path);
                }
            }
        }
        Ok(result)
    }

    /// Removes one backup, or says why not.
    async fn remove_backup(&self, backup: &Backup) -> Result<Option<&'static str>> {
        let claim = self.claim_within(&backup.id, BRIEFLY_MS).await;
        let manifest = self.ports.records().manifest(&backup.id).await?;
        let manifest = manifest.map(|(manifest, _)| manifest);
        if let Some(why_not) = self.still_needed(backup, manifest.as_ref()).await? {
            return Ok(Some(why_not));
        }
        let expect = expecting(&backup.id, manifest.as_ref());
        let audit = AuditEntry {
            backup: Some(backup.path.clone()),
            bytes: backup.bytes,
            ..self.audit("cleanup", &backup.id)
        };
        let writes = vec![
            Write::DeleteBackup(backup.path.clone()),
            Write::Audit(audit),
        ];
        match self
            .write(&claim, expect, writes, Durability::Relaxed, 0, true)
            .await
        {
            Ok(()) => Ok(None),
            Err(Error::Busy { .. } | Error::Fenced { .. } | Error::StaleHandle { .. }) => {
                Ok(Some("Busy"))
            }
            Err(error) => Err(error),
        }
    }

    /// Why a backup must not go yet.
    async fn still_needed(
        &self,
        backup: &Backup,
        manifest: Option<&Manifest>,
    ) -> Result<Option<&'static str>> {
        let why_not = match manifest {
            _ if backup.original_format == Format::State => self.used_lately(backup).await?,
            Some(manifest) if manifest.state == State::Committed => {
                match self.verify_stored(&backup.id).await {
                    Ok((_, problems)) if problems.is_empty() => None,
                    _ => Some("Damaged"),
                }
            }
            None if self.was_deleted(backup).await? => None,
            _ => Some("NotCommitted"),
        };
        if why_not.is_some() {
            return Ok(why_not);
        }
        // A damaged backup may be all that is left of something, and someone may want to look.
        match self.sound_backup(&backup.path).await {
            Ok(_) => Ok(None),
            Err(Error::BackupDamaged { .. }) => Ok(Some("BackupDamaged")),
            Err(error) => Err(error),
        }
    }

    /// Whether the session of a backup, which has no manifest, was deleted on purpose and is
    /// nowhere.
    async fn was_deleted(&self, backup: &Backup) -> Result<bool> {
        let id = &backup.id;
        let mut deleted = backup.reason == "deletion";
        if !deleted {
            let audit = self.ports.records().audit().await?.sound;
            let mut lines = audit.iter().rev().filter(|line| &line.id == id);
            let last = lines.find(|line| !["cleanup", "repair"].contains(&line.action.as_str()));
            deleted = last.is_some_and(|line| line.action == "delete");
        }
        Ok(deleted && self.locate(id).await?.is_none())
    }

    /// A snapshot of state needs no session. But what it held may just have been removed from
    /// localStorage, or been put back there, and browsers write that to the disk later.
    async fn used_lately(&self, backup: &Backup) -> Result<Option<&'static str>> {
        let (audit, now) = (
            self.ports.records().audit().await?.sound,
            self.ports.clock().now(),
        );
        let mut uses = audit.iter().filter(|line| {
            line.backup.as_ref() == Some(&backup.path)
                && ["restore", "clear"].contains(&line.action.as_str())
        });
        let lately = uses.any(|line| now < line.at.plus_days(retention::MIN_DAYS));
        Ok(lately.then_some("UsedLately"))
    }

    /// The newest time that any record of ours carries.
    async fn newest_record(&self, backups: &[Backup]) -> Result<Option<Timestamp>> {
        let manifests = self.ports.records().manifests().await?.sound;
        let audit = self.ports.records().audit().await?.sound;
        let times = backups.iter().map(|backup| backup.backup_created_at);
        let times = times.chain(manifests.iter().map(|manifest| manifest.updated_at));
        Ok(times.chain(audit.last().map(|entry| entry.at)).max())
    }
}
