//! Step 3: all that was staged is read back, and must be what it was made of.

use super::Engine;
use super::load::{join, join_pieces};
use super::parted::{Parted, part, part_record};
use super::prepare::Prepared;
use crate::domain::manifest::Manifest;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Records};

impl<P: Ports> Engine<P> {
    /// Step 3: reads all of it back in fresh transactions and compares every value. One copy after the
    /// other, so that both are never in memory at once.
    pub(super) async fn verify_staged(
        &self,
        staged: &Manifest,
        prepared: &Prepared<P::Body>,
    ) -> Result<()> {
        self.verify_chunks(staged, prepared).await?;
        self.verify_backup(staged, prepared).await
    }

    async fn verify_chunks(&self, staged: &Manifest, prepared: &Prepared<P::Body>) -> Result<()> {
        let bodies = self.ports.bodies();
        let failed = |place: &str| failed(staged, place);
        let stored = self
            .ports
            .records()
            .load(&staged.id)
            .await
            .map_err(|error| match error {
                Error::Damaged { place, .. } => failed(&place),
                error => error,
            })?
            .ok_or_else(|| failed("manifest"))?;
        if &stored.manifest != staged {
            return Err(failed("manifest"));
        }
        let list = prepared.parted.list(&staged.id, staged.generation);
        if stored.list.as_ref() != Some(&list) {
            return Err(failed("chunk list"));
        }
        if let Some(name) = stored.unexpected.first() {
            return Err(failed(&name.to_string()));
        }
        // Joined: what a reader will get, compared with what was planned; or taken apart again, and
        // compared piece by piece.
        let joined = join(bodies, &stored).map_err(|place| failed(&place))?;
        let Parted {
            skeleton, pieces, ..
        } = &prepared.parted;
        let planned = join_pieces(bodies, skeleton, &list, pieces.clone());
        if planned.is_ok_and(|planned| bodies.alike(&joined, &planned)) {
            return Ok(());
        }
        let again = part(bodies, &joined, &staged.layout)
            .await
            .map_err(|_| failed("joined session"))?;
        let differs = again
            .measures
            .iter()
            .zip(&prepared.parted.measures)
            .position(|(a, b)| a != b);
        if let Some(index) = differs {
            let place = list
                .names()
                .get(index)
                .map_or_else(String::new, ToString::to_string);
            return Err(failed(&place));
        }
        match again.fingerprint() == staged.fingerprint {
            true => Ok(()),
            false => Err(failed("skeleton")),
        }
    }

    async fn verify_backup(&self, staged: &Manifest, prepared: &Prepared<P::Body>) -> Result<()> {
        let bodies = self.ports.bodies();
        let failed = || failed(staged, "backup");
        let path = staged.backup.as_deref().unwrap_or_default();
        let backup = self
            .ports
            .records()
            .backup(path)
            .await
            .map_err(|error| match error {
                Error::BackupDamaged { .. } => failed(),
                error => error,
            })?
            .ok_or_else(failed)?;
        let record = bodies.wrap(
            &backup.envelope,
            &prepared.origin.wrapping.body,
            &backup.session,
        );
        if backup.head.fingerprint != prepared.origin.fingerprint {
            return Err(failed());
        }
        if bodies.alike(&record, &prepared.record(bodies)) {
            return Ok(());
        }
        match part_record(bodies, &record, &prepared.origin.wrapping, &staged.layout).await {
            Ok(Some(record)) if record.print.fingerprint == prepared.origin.fingerprint => Ok(()),
            _ => Err(failed()),
        }
    }
}

fn failed(staged: &Manifest, place: &str) -> Error {
    Error::VerificationFailed {
        id: staged.id.clone(),
        place: place.into(),
    }
}
