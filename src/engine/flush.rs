//! Originals that go together: one checked operation for each record that holds many, and one for small
//! records of one store.

use super::Engine;
use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::remove::Doomed;
use super::sweep::{Shelf, Sweep};
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, Origin, State};
use crate::domain::recovery::SourceNow;
use crate::error::{Error, Result};
use crate::ports::{Batch, Clock, Durability, Ports, Records, Write};
use std::collections::BTreeSet;

/// Times that the sessions of a container are looked at again, if others change them meanwhile.
const ATTEMPTS: u32 = 5;

/// What became of an original.
pub(super) enum Flushed {
    Removed,
    /// It is no longer what was migrated.
    Changed,
    Failed(Error),
}

impl<P: Ports> Engine<P> {
    /// Removes what is due. `action` is noted in the audit for each that goes, if the migration
    /// itself has not been.
    pub(super) async fn flush(
        &self,
        sweep: &Sweep<P::Body>,
        action: Option<&str>,
    ) -> Vec<(Key, Flushed)> {
        let mut outcomes = Vec::new();
        for (shelf, manifests) in sweep.take_due() {
            let flushed = self.flush_shelf(&shelf, &manifests, action).await;
            let is_store = matches!(shelf, Shelf::Store(_));
            if flushed.is_ok() || !is_store || manifests.len() == 1 {
                outcomes.extend(told(&manifests, flushed));
                continue;
            }
            // One that can't be read or removed keeps no other.
            for one in manifests.chunks(1) {
                let flushed = self.flush_shelf(&shelf, one, action).await;
                outcomes.extend(told(one, flushed));
            }
        }
        sweep.forget();
        outcomes
    }

    async fn flush_shelf(
        &self,
        shelf: &Shelf,
        manifests: &[Manifest],
        action: Option<&str>,
    ) -> Result<BTreeSet<Key>> {
        let claim = match shelf {
            Shelf::Container(slot, _) => self.claim_container(slot).await,
            Shelf::Store(area) => self.claim_store(area).await,
        };
        let flushed = self.flush_claimed(&claim, shelf, manifests, action).await;
        self.release(&claim).await;
        flushed
    }

    /// Removes what goes together; returns those that have changed, or that something else was done to
    /// meanwhile.
    async fn flush_claimed(
        &self,
        claim: &Claim<GuardOf<P>>,
        shelf: &Shelf,
        manifests: &[Manifest],
        action: Option<&str>,
    ) -> Result<BTreeSet<Key>> {
        let all = ids(manifests);
        let mut manifests = manifests.to_vec();
        let mut attempt = 0;
        loop {
            attempt += 1;
            self.keep_unchanged_blobs(&mut manifests).await?;
            let then = Batch {
                fence: Some(claim.fence(self.ports.clock().now(), true)),
                expect: manifests
                    .iter()
                    .flat_map(|manifest| expecting(&manifest.id, Some(manifest)))
                    .collect(),
                writes: self.closing(&manifests, action),
                durability: Durability::Relaxed,
                bytes: 0,
            };
            let removed = match shelf {
                Shelf::Container(slot, holding) => {
                    let doomed: Vec<_> = manifests.iter().filter_map(doomed).collect();
                    self.remove_members(slot, holding, &doomed, then).await
                }
                Shelf::Store(_) => self.remove_records(&manifests, then).await,
            };
            match removed {
                Ok(mut changed) => {
                    claim.applied(true);
                    let looked_at = ids(&manifests);
                    changed.extend(all.into_iter().filter(|id| !looked_at.contains(id)));
                    return Ok(changed);
                }
                // Someone edited one of them, or did something else to it.
                Err(Error::StaleHandle { .. }) if attempt < ATTEMPTS => {
                    manifests = self.still_committed(manifests).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Blobs can't be read inside a transaction, so their bytes are compared just before it.
    async fn keep_unchanged_blobs(&self, manifests: &mut Vec<Manifest>) -> Result<()> {
        let has_blobs = |origin: &&Origin| origin.fingerprint != origin.outline;
        let sweep = Sweep::of_many();
        let mut changed = BTreeSet::new();
        for manifest in manifests.iter() {
            if let Some(origin) = manifest.origin.as_ref().filter(has_blobs) {
                let (at, layout) = ((&origin.place, &origin.wrapping), manifest.origin_layout());
                let now = self.compare(at, layout, origin.fingerprint, &sweep).await?;
                if now == SourceNow::Different {
                    changed.insert(manifest.id.clone());
                }
            }
        }
        manifests.retain(|manifest| !changed.contains(&manifest.id));
        Ok(())
    }

    fn closing(&self, manifests: &[Manifest], action: Option<&str>) -> Vec<Write<P::Body>> {
        let mut writes = Vec::with_capacity(manifests.len());
        for manifest in manifests {
            writes.push(Write::DeleteJournal(manifest.id.clone()));
            if let Some(action) = action {
                let mut audit = self.audit(action, &manifest.id);
                audit.source = manifest.origin.as_ref().map(|o| o.source.clone());
                audit.backup = manifest.backup.clone();
                writes.push(Write::Audit(audit));
            }
        }
        writes
    }

    /// What is still committed in the generation that was migrated; edited or not.
    async fn still_committed(&self, before: Vec<Manifest>) -> Result<Vec<Manifest>> {
        let mut still = Vec::with_capacity(before.len());
        for old in before {
            let now = self.ports.records().manifest(&old.id).await?;
            still.extend(now.map(|(manifest, _)| manifest).filter(|now| {
                now.state == State::Committed
                    && now.origin == old.origin
                    && now.backup == old.backup
            }));
        }
        Ok(still)
    }
}

fn ids(manifests: &[Manifest]) -> BTreeSet<Key> {
    manifests
        .iter()
        .map(|manifest| manifest.id.clone())
        .collect()
}

/// What became of each original, by those that have changed.
fn told(manifests: &[Manifest], flushed: Result<BTreeSet<Key>>) -> Vec<(Key, Flushed)> {
    let of = |id: &Key| match &flushed {
        Ok(changed) if changed.contains(id) => Flushed::Changed,
        Ok(_) => Flushed::Removed,
        Err(error) => Flushed::Failed(error.clone()),
    };
    let ids = ids(manifests).into_iter();
    ids.map(|id| (id.clone(), of(&id))).collect()
}

fn doomed(manifest: &Manifest) -> Option<Doomed<'_>> {
    let origin = manifest.origin.as_ref()?;
    Some(Doomed {
        id: &manifest.id,
        member: &origin.place.within.as_ref()?.member,
        outline: origin.outline,
        layout: manifest.origin_layout(),
    })
}
