//! What may take the place of a damaged session: a backup that is whole.

use super::Reason;
use crate::domain::backup::Format;
use crate::domain::manifest::Manifest;
use crate::engine::parted::{Parted, part_amended};
use crate::engine::prepare::Purpose;
use crate::engine::{Edits, Engine};
use crate::error::{Error, Result};
use crate::ports::{Ports, Records, StoredBackup};

/// A body that may take the place of a damaged one.
pub(super) struct Replacement<B> {
    pub parted: Parted<B>,
    /// The backup that it comes from.
    pub path: String,
    /// Whether it is proven to be just what is damaged.
    pub same: bool,
}

impl<P: Ports> Engine<P> {
    /// A body of the fingerprint that the manifest has, from whatever backup holds it; or, where
    /// edits may be given up, what was migrated.
    pub(super) async fn replacement(
        &self,
        manifest: &Manifest,
        edits: Edits,
    ) -> Result<Result<Replacement<P::Body>, Reason>> {
        let heads = self.ports.records().backups(Some(&manifest.id)).await?;
        let own = manifest.backup.clone();
        let others = heads.sound.into_iter().rev().map(|head| head.path);
        let others = others.filter(|path| Some(path) != own.as_ref());
        let paths: Vec<String> = own.clone().into_iter().chain(others).collect();
        let (mut reason, mut migrated) = ("BackupMissing", None);
        for path in paths {
            let is_own = Some(&path) == own.as_ref();
            let backup = match self.sound_backup(&path).await {
                Ok(backup) => backup,
                Err(Error::Closed) => return Err(Error::Closed),
                Err(error) => {
                    if is_own {
                        reason = match error {
                            Error::BackupNotFound { .. } => "BackupMissing",
                            Error::BackupDamaged { .. } => "BackupDamaged",
                            error => error.code(),
                        };
                    }
                    continue;
                }
            };
            if is_own {
                reason = "BackupDiffers";
            }
            for parted in self.bodies_of(&backup, manifest).await {
                let same = parted.fingerprint() == manifest.fingerprint;
                let replacement = Replacement {
                    parted,
                    path: path.clone(),
                    same,
                };
                if same {
                    return Ok(Ok(replacement));
                }
                if is_own {
                    migrated = Some(replacement);
                }
            }
        }
        Ok(match migrated {
            Some(migrated) if edits == Edits::Discard => Ok(migrated),
            _ if manifest.edited && reason == "BackupDiffers" => Err("Edited"),
            _ => Err(reason),
        })
    }

    /// What a backup holds, as it was stored and, behind it, as the limits would leave it today.
    async fn bodies_of(
        &self,
        backup: &StoredBackup<P::Body>,
        manifest: &Manifest,
    ) -> Vec<Parted<P::Body>> {
        let mut body = backup.session.clone();
        if let (Some(origin), Format::Monolithic) =
            (&backup.head.origin, backup.head.original_format)
        {
            match self.decoded(&body, &origin.wrapping).await {
                Ok(decoded) => body = decoded.unwrap_or(body),
                Err(_) => return Vec::new(),
            }
        }
        let limited = self.limited(&body, Purpose::Move);
        let kept = limited.body.filter(|_| limited.broken.is_none());
        let mut found = Vec::new();
        for (body, moved) in
            std::iter::once((body, Vec::new())).chain(kept.map(|kept| (kept, limited.moved)))
        {
            let parted = part_amended(self.ports.bodies(), (&body, moved), &manifest.layout).await;
            found.extend(parted);
        }
        found
    }
}
