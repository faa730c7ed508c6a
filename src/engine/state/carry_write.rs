//! What a carry writes: the snapshot of both keys, what is remembered, and the target.

use super::super::Engine;
use super::super::claim::Claim;
use super::super::migrate::GuardOf;
use super::carry::Looked;
use super::deed::{self, CARRY, Deed, FROM, TO};
use super::held::Held;
use super::is_still;
use crate::domain::digest::Digest;
use crate::domain::state::{Base, Carried, Carry, Kind, StateOrigin};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Sources, Swap, Write};

impl<P: Ports> Engine<P> {
    /// Notes that the last carry was written, where a death came before that.
    pub(super) async fn settle_carried(
        &self,
        claim: &Claim<GuardOf<P>>,
        last: Carried,
    ) -> Result<String> {
        let path = last.path.clone();
        if !last.done || last.cleared {
            let done = Carried {
                done: true,
                cleared: false,
                undone: false,
                ..last
            };
            self.note_and_write(claim, CARRY, &path, vec![put(done)])
                .await?;
        }
        Ok(path)
    }

    /// Keeps both keys, and what is going to be done, as a snapshot.
    pub(super) async fn keep_both(
        &self,
        claim: &Claim<GuardOf<P>>,
        carry: &Carry,
        looked: &Looked<P::Body>,
    ) -> Result<Deed> {
        let Looked { found, last, plan } = looked;
        let texts = (found.source.as_str(), found.target.as_deref());
        let base = Base::of(last.as_ref(), carry.print, texts.0, texts.1);
        let text = plan.text.as_deref().or(found.target.as_deref());
        let text = text.unwrap_or_default().to_owned();
        let digest = |text: &String| Digest::of(text.as_bytes());
        let mut deed = Deed {
            carried: Carried {
                from: carry.from.clone(),
                to: carry.to.clone(),
                path: String::new(),
                source: digest(&found.source),
                before: found.target.as_ref().map(digest),
                target: digest(&text),
                rules: carry.print,
                done: true,
                cleared: false,
                undone: false,
                sums: plan.sums.clone(),
                sums_before: base.sums().to_vec(),
            },
            text,
        };
        let held = |key: &str, class: &str, kind: Kind, text: &P::Body| Held {
            key: key.into(),
            class: class.into(),
            kind,
            text: text.clone(),
        };
        let mut rows = vec![held(&carry.from, FROM, Kind::Data, &found.from)];
        // The application stands on the target: it is never cleared.
        let to = found.to.as_ref();
        rows.extend(to.map(|to| held(&carry.to, TO, Kind::Flag, to)));
        let origin = StateOrigin {
            registry: CARRY.into(),
            tenant_id: None,
            keys: rows.len() as u32,
        };
        rows.extend(deed::row(self.ports.bodies(), &deed));
        let days = carry.keep_days.unwrap_or(self.config.backup_retention_days);
        let backup = self
            .store_snapshot_for(days, claim, origin, (CARRY, &rows))
            .await?;
        deed.carried.path = backup.path;
        Ok(deed)
    }

    /// Writes the target over what was read, and reads it back; false where another tab was there first.
    pub(super) async fn write_target(
        &self,
        claim: &Claim<GuardOf<P>>,
        looked: &Looked<P::Body>,
        deed: &Deed,
    ) -> Result<bool> {
        let (bodies, carried) = (self.ports.bodies(), &deed.carried);
        let (found, last) = (&looked.found, looked.last.as_ref());
        let new = looked.plan.text.is_some();
        let pending = Carried {
            done: !new,
            ..carried.clone()
        };
        self.note_and_write(claim, CARRY, &carried.path, vec![put(pending)])
            .await?;
        if !new {
            return Ok(true);
        }
        let (seen, body) = (found.to.as_ref(), bodies.of_text(&deed.text));
        let done = vec![put(carried.clone())];
        let swapped = self
            .swap_and_write(claim, &carried.to, (seen, Some(&body)), done)
            .await;
        match swapped {
            Ok(Swap::Done) => {}
            Ok(Swap::Refused) => {
                self.forget(claim, carried, last).await?;
                return Ok(false);
            }
            Err(Error::Closed) => return Err(Error::Closed),
            Err(error) => {
                // It may have been written even where we hear of a failure.
                if self
                    .swap_text(claim, &carried.to, Some(&body), seen)
                    .await
                    .is_ok()
                {
                    // The error says more than a record that could not be written; the next run
                    // tells by the target what is in it.
                    let _ = self.forget(claim, carried, last).await;
                }
                return Err(error);
            }
        }
        self.ports.sources().settle().await;
        let now = self.text_now(&carried.to).await?;
        if is_still(bodies, now.as_ref(), Some(&body)) {
            return Ok(true);
        }
        if is_still(bodies, now.as_ref(), seen) {
            return Err(Error::StateNotWritten {
                key: carried.to.clone(),
                path: carried.path.clone(),
            });
        }
        // Someone has written over it, whether knowing it or not: what they wrote says which.
        let unsure = Carried {
            done: false,
            ..carried.clone()
        };
        self.note_and_write(claim, "carry-overwritten", &carried.path, vec![put(unsure)])
            .await?;
        Ok(false)
    }

    /// Remembers what was carried before a target was not written after all.
    async fn forget(
        &self,
        claim: &Claim<GuardOf<P>>,
        carried: &Carried,
        last: Option<&Carried>,
    ) -> Result<()> {
        let before = last.cloned().unwrap_or_else(|| carried.undone());
        self.note_and_write(claim, "carry-undone", &carried.path, vec![put(before)])
            .await
    }
}

pub(super) fn put<B>(carried: Carried) -> Write<B> {
    Write::PutCarried(Box::new(carried))
}
