//! Steps 5 and 6: the original goes, by one checked operation, and the journal is closed with it.

use super::Engine;
use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::parted::is_as_migrated;
use super::prepare::Prepared;
use super::remove::Doomed;
use super::sweep::Sweep;
use crate::domain::layout::Layout;
use crate::domain::manifest::{Manifest, Origin, Originals};
use crate::domain::recovery::SourceNow;
use crate::error::Result;
use crate::ports::{Batch, Bodies, Change, Clock, Durability, Expect, Ports, Sources, Swap, Write};

/// What became of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retired {
    /// Gone.
    Removed,
    /// To go later in this run, together with others in the same record.
    Due,
    /// Kept, as configured.
    Kept,
    /// Left alone: it is no longer what was migrated.
    Changed,
}

impl<P: Ports> Engine<P> {
    /// Removes the original of a committed session if it is what was migrated, and closes the
    /// journal. `prepared` is what was read there, if it is still at hand.
    pub(super) async fn retire(
        &self,
        claim: &Claim<GuardOf<P>>,
        manifest: &Manifest,
        prepared: Option<&Prepared<P::Body>>,
        sweep: &Sweep<P::Body>,
    ) -> Result<Retired> {
        let Some(origin) = &manifest.origin else {
            return Ok(Retired::Kept);
        };
        let closing = || vec![Write::DeleteJournal(claim.id.clone())];
        let expect = expecting(&claim.id, Some(manifest));
        if manifest.originals == Originals::Keep {
            self.write(claim, expect, closing(), Durability::Relaxed, 0, true)
                .await?;
            return Ok(Retired::Kept);
        }
        if sweep.takes(manifest) {
            return Ok(Retired::Due);
        }
        let layout = manifest.origin_layout();
        let record = prepared.map(|prepared| prepared.record(self.ports.bodies()));
        let read = (origin, record.as_ref());
        match self
            .remove_record(claim, expect.clone(), read, layout, closing())
            .await?
        {
            Swap::Done => Ok(Retired::Removed),
            Swap::Refused => {
                self.write(claim, expect, closing(), Durability::Relaxed, 0, false)
                    .await?;
                Ok(Retired::Changed)
            }
        }
    }

    /// Removes a record if it is just what was read there, with some writes of ours, and gives the
    /// lease up. Gone already is as good as removed.
    pub(super) async fn remove_record(
        &self,
        claim: &Claim<GuardOf<P>>,
        expect: Vec<Expect>,
        (origin, as_read): (&Origin, Option<&P::Body>),
        layout: &Layout,
        writes: Vec<Write<P::Body>>,
    ) -> Result<Swap> {
        // Blobs can't be read inside a transaction, so their bytes are compared just before it.
        if origin.fingerprint != origin.outline {
            let now = self
                .compare(
                    (&origin.place, &origin.wrapping),
                    layout,
                    origin.fingerprint,
                    &Sweep::single(),
                )
                .await?;
            if now == SourceNow::Different {
                return Ok(Swap::Refused);
            }
        }
        let fence = Some(claim.fence(self.ports.clock().now(), true));
        let then = Batch {
            fence,
            expect,
            writes,
            durability: Durability::Relaxed,
            bytes: 0,
        };
        let swap = match &origin.place.within {
            Some(within) => {
                let doomed = Doomed {
                    id: &claim.id,
                    member: &within.member,
                    outline: origin.outline,
                    layout,
                };
                self.remove_one_member(&origin.place.slot(), &within.holding, doomed, then)
                    .await?
            }
            None => {
                let bodies = self.ports.bodies();
                let unchanged = |record: &P::Body| {
                    as_read.is_some_and(|read| bodies.alike(record, read))
                        || is_as_migrated(bodies, record, origin, layout)
                };
                let change = |record: Option<&P::Body>| match record.is_none_or(&unchanged) {
                    true => Change::Remove,
                    false => Change::Refuse,
                };
                let sources = self.ports.sources();
                sources.replace(&origin.place, &change, then).await?
            }
        };
        if swap == Swap::Done {
            claim.applied(true);
        }
        Ok(swap)
    }
}
