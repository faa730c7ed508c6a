//! Rewriting a record that holds sessions, by one checked operation. Its other members, and
//! whatever else it holds, are taken from what lies there at that very moment.

use super::Engine;
use super::container::Held;
use crate::domain::place::{Holding, Place};
use crate::domain::recognise::Broken;
use crate::error::{Error, Result};
use crate::ports::{Batch, Bodies, Change, Insert, Ports, Sources, Swap};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// Looks at a zipped record, which can only be zipped again before the transaction, while the
/// application goes on changing it.
const ATTEMPTS: u32 = 5;

/// What is to become of the members.
pub(super) enum Edit<B> {
    /// Nothing is written, not even the batch.
    Refuse,
    /// They stay as they are.
    Keep,
    /// Some go, and one may come.
    Splice {
        remove: BTreeSet<usize>,
        insert: Option<Insert<B>>,
    },
}

/// Decides by the members, or without them where there is no such record; may be asked again.
pub(super) type Decide<'a, B> = &'a dyn Fn(Option<&Held<B>>) -> Edit<B>;

impl<P: Ports> Engine<P> {
    /// Rewrites a container as `decide` says. `ContainerKept` if it must not be rewritten.
    pub(super) async fn rewrite_container(
        &self,
        slot: &Place,
        holding: &Holding,
        decide: Decide<'_, P::Body>,
        then: Batch<P::Body>,
    ) -> Result<Swap> {
        for attempt in 1..=ATTEMPTS {
            let zipped = match holding.wrapping.gzip {
                true => self.zip_ahead(slot, holding, decide).await?,
                false => None,
            };
            let (stale, fixed) = (Cell::new(false), Cell::new(None));
            let broken = RefCell::new(None);
            let change = |record: Option<&P::Body>| {
                let Some(record) = record else {
                    return self.without_record(decide);
                };
                match &zipped {
                    Some(zipped) => zipped.change(self.ports.bodies(), record, holding, &stale),
                    None => self.change_now(record, holding, decide, (&fixed, &broken)),
                }
            };
            let swap = self.ports.sources().replace(slot, &change, then.clone());
            let swap = swap.await?;
            if let Some(reason) = fixed.get() {
                return Err(kept(slot, reason));
            }
            match broken.take() {
                None if !stale.get() => return Ok(swap),
                None => {}
                // It may just have been zipped.
                Some(_) if holding.wrapping.gzip && attempt < ATTEMPTS => {}
                Some(broken) => {
                    return Err(Error::ContainerUnreadable {
                        place: slot.key.to_string(),
                        code: broken.code,
                        reason: broken.reason,
                    });
                }
            }
        }
        Err(kept(slot, "the application keeps changing it"))
    }

    fn without_record(&self, decide: Decide<'_, P::Body>) -> Change<P::Body> {
        match decide(None) {
            Edit::Keep => Change::Keep,
            Edit::Refuse | Edit::Splice { .. } => Change::Refuse,
        }
    }

    /// The change of a record that is not zipped.
    fn change_now(
        &self,
        record: &P::Body,
        holding: &Holding,
        decide: Decide<'_, P::Body>,
        (fixed, broken): (&Cell<Option<&'static str>>, &RefCell<Option<Broken>>),
    ) -> Change<P::Body> {
        let held = match self.held_now(record, holding) {
            Ok(held) => held,
            Err(why) => {
                broken.replace(Some(why));
                return Change::Refuse;
            }
        };
        match self.edited(&held, holding, decide) {
            Edited::Refuse => Change::Refuse,
            Edited::Keep => Change::Keep,
            Edited::New(_) if held.fixed.is_some() => {
                fixed.set(held.fixed);
                Change::Refuse
            }
            Edited::New(inner) => rewrap(self.ports.bodies(), record, holding, &inner)
                .map_or(Change::Refuse, Change::Put),
        }
    }

    /// Does to a zipped record what can only be done outside a transaction; `None` if it is not
    /// zipped.
    async fn zip_ahead(
        &self,
        slot: &Place,
        holding: &Holding,
        decide: Decide<'_, P::Body>,
    ) -> Result<Option<Zipped<P::Body>>> {
        let Some(record) = self.ports.sources().read(slot).await? else {
            return Ok(None);
        };
        let bodies = self.ports.bodies();
        let Ok(held) = self.held(&record, holding).await else {
            return Ok(None);
        };
        if !held.zipped {
            return Ok(None);
        }
        let outcome = match self.edited(&held, holding, decide) {
            Edited::New(_) if held.fixed.is_some() => {
                return Err(kept(slot, held.fixed.unwrap_or_default()));
            }
            Edited::New(inner) => {
                let unsupported = |broken| super::install::unsupported(&broken);
                Edited::New(bodies.zip(&inner).await.map_err(unsupported)?)
            }
            other => other,
        };
        Ok(Some(Zipped {
            stored: held.stored,
            outcome,
        }))
    }

    fn edited(
        &self,
        held: &Held<P::Body>,
        holding: &Holding,
        decide: Decide<'_, P::Body>,
    ) -> Edited<P::Body> {
        let bodies = self.ports.bodies();
        match decide(Some(held)) {
            Edit::Refuse => Edited::Refuse,
            Edit::Keep => Edited::Keep,
            Edit::Splice { remove, insert } => {
                let spliced =
                    bodies.splice(&held.inner, &holding.collection, &remove, insert.as_ref());
                spliced.map_or(Edited::Refuse, Edited::New)
            }
        }
    }
}

/// A body of a container with another one made ahead.
struct Zipped<B> {
    /// What it was made from.
    stored: B,
    outcome: Edited<B>,
}

impl<B: Clone + 'static> Zipped<B> {
    fn change<V: Bodies<Body = B>>(
        &self,
        bodies: &V,
        record: &B,
        holding: &Holding,
        stale: &Cell<bool>,
    ) -> Change<B> {
        let now = bodies.get(record, &holding.wrapping.body);
        if !now.is_some_and(|now| bodies.same_text(&now, &self.stored)) {
            stale.set(true);
            return Change::Refuse;
        }
        match &self.outcome {
            Edited::Refuse => Change::Refuse,
            Edited::Keep => Change::Keep,
            Edited::New(stored) => {
                rewrap(bodies, record, holding, stored).map_or(Change::Refuse, Change::Put)
            }
        }
    }
}

/// What the members were made into.
enum Edited<B> {
    Refuse,
    Keep,
    New(B),
}

/// The record with another body in it, and the checksum of that.
fn rewrap<V: Bodies>(
    bodies: &V,
    record: &V::Body,
    holding: &Holding,
    stored: &V::Body,
) -> Option<V::Body> {
    let record = bodies.set(record, &holding.wrapping.body, stored)?;
    match &holding.checksum {
        Some(checksum) if bodies.text(&record, &checksum.path).is_some() => {
            let sum = checksum.rule.of(&bodies.summed(stored)?);
            bodies.set(&record, &checksum.path, &bodies.of_text(&sum))
        }
        _ => Some(record),
    }
}

fn kept(slot: &Place, reason: &'static str) -> Error {
    Error::ContainerKept {
        key: slot.key.to_string(),
        reason,
    }
}
