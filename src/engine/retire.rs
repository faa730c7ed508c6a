//! Steps 5 and 6: the original goes, by one checked operation, and the journal is closed with it.

use super::Engine;
use super::claim::Claim;
use super::migrate::GuardOf;
use super::parted::outline_of;
use crate::domain::manifest::{Manifest, Origin, Originals};
use crate::error::Result;
use crate::ports::{Batch, Clock, Durability, Ports, Sources, Swap, Write};

/// What became of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retired {
    /// Gone.
    Removed,
    /// Kept, as configured.
    Kept,
    /// Left alone: it is no longer what was migrated.
    Changed,
}

impl<P: Ports> Engine<P> {
    /// Removes the original of a committed session if it is what was migrated, and closes the
    /// journal.
    pub(super) async fn retire(
        &self,
        claim: &Claim<GuardOf<P>>,
        manifest: &Manifest,
    ) -> Result<Retired> {
        let Some(origin) = &manifest.origin else {
            return Ok(Retired::Kept);
        };
        let closing = vec![Write::DeleteJournal(claim.id.clone())];
        if manifest.originals == Originals::Keep {
            self.write(claim, None, closing, Durability::Relaxed, 0, true)
                .await?;
            return Ok(Retired::Kept);
        }
        self.remove_original(claim, manifest, origin, closing).await
    }

    /// Removes the original whatever was configured, if it is what was migrated.
    pub(super) async fn remove_original(
        &self,
        claim: &Claim<GuardOf<P>>,
        manifest: &Manifest,
        origin: &Origin,
        writes: Vec<Write<P::Body>>,
    ) -> Result<Retired> {
        let bodies = self.ports.bodies();
        let unchanged = |record: Option<&P::Body>| match record {
            // Gone already is as good as removed.
            None => true,
            Some(record) => {
                outline_of(bodies, record, &origin.wrapping, &manifest.layout)
                    == Some(origin.outline)
            }
        };
        let fence = Some(claim.fence(self.ports.clock().now(), true));
        let then = Batch {
            fence,
            expect: None,
            writes,
            durability: Durability::Relaxed,
            bytes: 0,
        };
        match self
            .ports
            .sources()
            .replace_if(&origin.place, &unchanged, None, then)
            .await?
        {
            Swap::Done => {
                claim.applied(true);
                Ok(Retired::Removed)
            }
            Swap::Refused => {
                let writes = vec![Write::DeleteJournal(claim.id.clone())];
                self.write(claim, None, writes, Durability::Relaxed, 0, false)
                    .await?;
                Ok(Retired::Changed)
            }
        }
    }

    /// Removes from its place a record that is just `record`, with some writes of ours.
    pub(super) async fn remove_record(
        &self,
        claim: &Claim<GuardOf<P>>,
        origin: &Origin,
        writes: Vec<Write<P::Body>>,
    ) -> Result<Swap> {
        let bodies = self.ports.bodies();
        let layout = &self.config.layout;
        let unchanged = |record: Option<&P::Body>| {
            record.is_some_and(|record| {
                outline_of(bodies, record, &origin.wrapping, layout) == Some(origin.outline)
            })
        };
        let fence = Some(claim.fence(self.ports.clock().now(), true));
        let then = Batch {
            fence,
            expect: None,
            writes,
            durability: Durability::Relaxed,
            bytes: 0,
        };
        let swap = self
            .ports
            .sources()
            .replace_if(&origin.place, &unchanged, None, then)
            .await?;
        if swap == Swap::Done {
            claim.applied(true);
        }
        Ok(swap)
    }
}
