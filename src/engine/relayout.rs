//! Sessions that were chunked under an older layout are brought to the configured one: written
//! beside the generation that rules, read back, and only then made to rule in its stead.

use super::claim::Claim;
use super::migrate::GuardOf;
use super::parted::part;
use super::rows::{blank, skipped_row};
use super::standing::Standing;
use super::stopwatch::Stopwatch;
use super::write_again::Renewed;
use super::{Engine, Options};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::recognise::Broken;
use crate::domain::report::{Outcome, PhaseTimes, SessionMigrationResult};
use crate::error::{Error, Result};
use crate::ports::{Clock, Ports};

/// What is being done, for journal, audit and backup.
const ACTION: &str = "layout";

impl<P: Ports> Engine<P> {
    /// Brings a session to the configured layout, or rehearses it.
    pub(super) async fn relayout(
        &self,
        id: &Key,
        options: &Options,
    ) -> Result<SessionMigrationResult> {
        let started = self.ports.clock().elapsed_ms();
        let mut row = if options.dry_run {
            match self.live_manifest(id).await? {
                Some(manifest) => self.rehearse_layout(manifest).await?,
                None => return Err(Error::NotFound { id: id.clone() }),
            }
        } else {
            let claim = self.claim(id).await;
            let row = self.relayout_claimed(&claim).await;
            self.release(&claim).await;
            row?
        };
        row.dry_run = options.dry_run;
        row.duration_ms = self.ports.clock().elapsed_ms() - started;
        Ok(row)
    }

    async fn rehearse_layout(&self, manifest: Manifest) -> Result<SessionMigrationResult> {
        let mut renewed = match self.renewed(manifest).await? {
            Outlook::Renewed(renewed, _) => renewed,
            Outlook::Stays(row) => return Ok(*row),
        };
        let mut watch = Stopwatch::start(self.ports.clock());
        self.rehearse_again(&renewed).await?;
        renewed.times.verify = watch.lap();
        Ok(row_of(&renewed))
    }

    async fn relayout_claimed(&self, claim: &Claim<GuardOf<P>>) -> Result<SessionMigrationResult> {
        let (manifest, skeleton) = match self.recover(claim).await? {
            Standing::Chunked { manifest, skeleton }
                if manifest.layout.is_older_than(&self.config.layout) =>
            {
                (*manifest, skeleton)
            }
            standing => return Ok(standing.row(&claim.id)),
        };
        let (mut renewed, body) = match self.renewed(manifest).await? {
            Outlook::Renewed(renewed, body) => (renewed, body),
            Outlook::Stays(row) => return Ok(*row),
        };
        let before = &renewed.before;
        let (backup, path) = self.backup_of_chunks(before, &body, ACTION).await?;
        renewed.noted = Some(path.clone());
        renewed.backup = Some((backup, path.clone()));
        self.write_again(claim, &mut renewed, skeleton).await?;
        let mut row = row_of(&renewed);
        row.backup_path = Some(path);
        Ok(row)
    }

    /// A session as it would be under the configured layout; every digest of what rules is checked.
    async fn renewed(&self, before: Manifest) -> Result<Outlook<P::Body>> {
        let mut watch = Stopwatch::start(self.ports.clock());
        let stale = || Error::StaleHandle {
            id: before.id.clone(),
        };
        let stored = self.stored(&before.id).await?.ok_or_else(stale)?;
        if stored.manifest != before {
            return Err(stale());
        }
        let body = self.joined(&stored).await?;
        let read = watch.lap();
        let parted = match part(self.ports.bodies(), &body, &self.config.layout).await {
            Ok(parted) => parted,
            // It is whole under its old layout, and stays so.
            Err(Broken { code, reason }) => {
                let row = skipped_row(&before.id, Some(&before), code, &reason);
                return Ok(Outlook::Stays(Box::new(row)));
            }
        };
        let times = PhaseTimes {
            read,
            plan: watch.lap(),
            ..PhaseTimes::default()
        };
        let renewed = Box::new(Renewed {
            parted,
            layout: self.config.layout.clone(),
            // Taken apart as it was before: what a reader has had until now.
            proof: (before.layout.clone(), before.fingerprint),
            edited: before.edited,
            action: ACTION,
            backup: None,
            noted: None,
            before,
            times,
        });
        Ok(Outlook::Renewed(renewed, body))
    }
}

/// What renewing the layout of a session would come to.
enum Outlook<B> {
    /// As it would be, and its body.
    Renewed(Box<Renewed<B>>, B),
    /// It can't be split that way: the row that says why.
    Stays(Box<SessionMigrationResult>),
}

fn row_of<B>(renewed: &Renewed<B>) -> SessionMigrationResult {
    let before = &renewed.before;
    let arrays = renewed.parted.cut.arrays.iter();
    SessionMigrationResult {
        session_id: Some(before.id.clone()),
        label: before.label.clone(),
        source: before.origin.as_ref().map(|origin| origin.source.clone()),
        from_layout: Some(before.layout.version),
        counts: arrays
            .map(|array| (array.path.to_string(), array.len))
            .collect(),
        chunks: renewed.parted.pieces.len() as u32,
        bytes: renewed.parted.bytes(),
        warnings: renewed.parted.warnings.clone(),
        phases: renewed.times,
        ..blank(Outcome::Migrated)
    }
}
