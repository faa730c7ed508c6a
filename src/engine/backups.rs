//! Backups: what there is, and names for new ones.

use super::Engine;
use super::parted::{part, part_record};
use super::remnant::REMNANT;
use crate::domain::backup::{Backup, BackupOrigin, Format};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::report::BackupRow;
use crate::domain::retention;
use crate::domain::time::Timestamp;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Ports, Records, StoredBackup, Write};

impl<P: Ports> Engine<P> {
    /// Backups of one session, or of all, oldest first.
    pub async fn list_backups(&self, id: Option<&Key>) -> Result<Vec<BackupRow>> {
        let now = self.ports.clock().now();
        let backups = self.ports.records().backups(id).await?.sound;
        Ok(backups
            .into_iter()
            .map(|backup| BackupRow {
                remaining_days: backup.expires_at.map(|expiry| now.days_until(expiry)),
                path: backup.path,
                // A snapshot of state is no session's.
                id: backup.state.is_none().then_some(backup.id),
                state: backup.state,
                created_at: backup.backup_created_at,
                expires_at: backup.expires_at,
                original_format: backup.original_format,
                reason: backup.reason,
                bytes: backup.bytes,
            })
            .collect())
    }

    /// A path that no backup has yet.
    pub(super) async fn free_backup_path(&self, id: &Key, now: Timestamp) -> Result<String> {
        let named = |attempt| retention::backup_path(id, now, attempt);
        self.free_path(id, &named).await
    }

    /// The first of several names that no backup has yet.
    pub(super) async fn free_path(
        &self,
        id: &Key,
        named: &dyn Fn(u32) -> String,
    ) -> Result<String> {
        let taken: Vec<String> = self
            .ports
            .records()
            .backups(Some(id))
            .await?
            .sound
            .into_iter()
            .map(|backup| backup.path)
            .collect();
        let mut attempt = 0;
        loop {
            let path = named(attempt);
            // Ids of different kinds may print alike, so the path itself is asked for too.
            if !taken.contains(&path) && self.ports.records().backup(&path).await?.is_none() {
                return Ok(path);
            }
            attempt += 1;
        }
    }

    /// A backup that has been read and whose digest is right.
    pub(super) async fn sound_backup(&self, path: &str) -> Result<StoredBackup<P::Body>> {
        let backup = self.ports.records().backup(path).await?;
        let backup = backup.ok_or_else(|| Error::BackupNotFound { path: path.into() })?;
        let bodies = self.ports.bodies();
        let head = &backup.head;
        let fingerprint = match (&head.origin, head.original_format) {
            (Some(origin), Format::Monolithic) => {
                let record = bodies.wrap(&backup.envelope, &origin.wrapping.body, &backup.session);
                let record = part_record(bodies, &record, &origin.wrapping, &head.layout).await;
                record.ok().flatten().map(|record| record.print.fingerprint)
            }
            _ => {
                let parted = part(bodies, &backup.session, &head.layout).await;
                parted.ok().map(|parted| parted.fingerprint())
            }
        };
        if fingerprint != Some(head.fingerprint) || !self.fits_envelope(&backup).await {
            return Err(Error::BackupDamaged { path: path.into() });
        }
        Ok(backup)
    }

    /// Whether there is no envelope where none belongs: then its fingerprint says nothing of it.
    async fn fits_envelope(&self, backup: &StoredBackup<P::Body>) -> bool {
        let has_one = |origin: &BackupOrigin| !origin.wrapping.body.is_root();
        if backup.head.origin.as_ref().is_some_and(has_one) {
            return true;
        }
        let null = self.ports.bodies().null();
        let expected = self.measure_one(&null).await.ok();
        expected.is_some() && self.measure_one(&backup.envelope).await.ok() == expected
    }

    /// The backup of that path, or the one that undoes what was done last: a later one may hold
    /// what was decided against, or edits.
    pub(super) async fn choose_backup(&self, id: &Key, path: Option<&str>) -> Result<Backup> {
        let mut backups = self.ports.records().backups(Some(id)).await?.sound;
        let found = match path {
            Some(path) => backups.iter().position(|backup| backup.path == path),
            None => {
                let manifest = self.ports.records().manifest(id).await?;
                let migration = manifest.as_ref().and_then(|(m, _)| m.backup.as_ref());
                let own = |backup: &Backup| Some(&backup.path) == migration;
                // A session that was deleted comes back as it was last, wherever it lay.
                // What was left of a damaged one is chosen by its path only.
                let any = |backup: &Backup| {
                    backup.original_format == Format::Monolithic
                        || manifest.is_none() && backup.reason != REMNANT
                };
                let named = backups.iter().rposition(own);
                named.or_else(|| backups.iter().rposition(any))
            }
        };
        match found {
            Some(index) => Ok(backups.swap_remove(index)),
            None => Err(Error::BackupNotFound {
                path: path.map_or_else(|| format!("of session {id}"), str::to_owned),
            }),
        }
    }

    /// Whether the backup of its migration still holds just what an unedited session does.
    pub(super) async fn is_backed_up(&self, manifest: &Manifest) -> Result<bool> {
        let (false, Some(path), Some(origin)) =
            (manifest.edited, &manifest.backup, &manifest.origin)
        else {
            return Ok(false);
        };
        match self.sound_backup(path).await {
            Ok(backup) => Ok(backup.head.fingerprint == origin.fingerprint),
            Err(Error::BackupDamaged { .. } | Error::BackupNotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The write that backs up the joined body of a chunked session, and its path.
    pub(super) async fn backup_of_chunks(
        &self,
        manifest: &Manifest,
        body: &P::Body,
        reason: &str,
    ) -> Result<(Write<P::Body>, String)> {
        let now = self.ports.clock().now();
        let path = self.free_backup_path(&manifest.id, now).await?;
        let parted = part(self.ports.bodies(), body, &manifest.layout).await;
        let parted = parted.map_err(|broken| Error::Quarantined {
            id: manifest.id.clone(),
            code: broken.code,
            reason: broken.reason,
        })?;
        let head = Backup {
            path: path.clone(),
            id: manifest.id.clone(),
            backup_created_at: now,
            expires_at: Some(now.plus_days(self.config.backup_retention_days)),
            original_format: Format::Chunked,
            reason: reason.into(),
            origin: None,
            state: None,
            layout: manifest.layout.clone(),
            fingerprint: parted.fingerprint(),
            bytes: parted.bytes(),
        };
        let envelope = self.ports.bodies().null();
        Ok((
            Write::AddBackup {
                head: Box::new(head),
                envelope,
                session: body.clone(),
            },
            path,
        ))
    }
}
