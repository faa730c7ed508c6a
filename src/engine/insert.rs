//! A member that is put back among the others of its container.

use super::Engine;
use super::container::Held;
use super::parted::outline_of;
use super::rewrite::Edit;
use crate::domain::key::Key;
use crate::domain::place::{Member as Which, Place, Within, Wrapping};
use crate::error::{Error, Result};
use crate::ports::{Batch, Bodies, Insert, Ports, Records, StoredBackup, Swap};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// Why a member was not put back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hindrance {
    /// There is no container any more.
    Missing,
    /// It holds text where it held values, or the other way round.
    OtherForm,
}

impl<P: Ports> Engine<P> {
    /// Puts a member back where it stood among those that are there now. Refused if its place holds
    /// something else.
    pub(super) async fn insert_member(
        &self,
        id: &Key,
        (slot, within, position): (&Place, &Within, Option<u32>),
        backup: &StoredBackup<P::Body>,
        then: Batch<P::Body>,
    ) -> Result<Swap> {
        let bodies = self.ports.bodies();
        let layout = &backup.head.layout;
        let print = |body: &P::Body| outline_of(bodies, body, &Wrapping::default(), layout);
        let outline = print(&backup.session);
        let stood = self.positions(slot).await?;
        let hindrance = Cell::new(None);
        let decide = |held: Option<&Held<P::Body>>| {
            let Some(held) = held else {
                hindrance.set(Some(Hindrance::Missing));
                return Edit::Refuse;
            };
            match held.find(&within.member) {
                Ok(Some((_, member))) if outline.is_some() && print(&member.body) == outline => {
                    Edit::Keep
                }
                Ok(None) if held.is_text != bodies.is_text(&backup.session) => {
                    hindrance.set(Some(Hindrance::OtherForm));
                    Edit::Refuse
                }
                Ok(None) => Edit::Splice {
                    remove: BTreeSet::new(),
                    insert: Some(Insert {
                        position: among(held, &stood, position),
                        name: match &within.member {
                            Which::Name(name) => Some(name.clone()),
                            Which::Id(_) | Which::Index(_) => None,
                        },
                        body: backup.session.clone(),
                    }),
                },
                _ => Edit::Refuse,
            }
        };
        let swap = self.rewrite_container(slot, &within.holding, &decide, then);
        match (swap.await?, hindrance.get()) {
            (Swap::Refused, Some(Hindrance::Missing)) => {
                Err(Error::ContainerMissing { id: id.clone() })
            }
            (Swap::Refused, Some(Hindrance::OtherForm)) => Err(Error::ContainerKept {
                key: slot.key.to_string(),
                reason: "it holds its sessions in another form than it did",
            }),
            (swap, _) => Ok(swap),
        }
    }

    /// Where members of a container stood when they were migrated, as far as backups tell.
    async fn positions(&self, slot: &Place) -> Result<BTreeMap<Which, u32>> {
        let backups = self.ports.records().backups(None).await?.sound;
        let origins = backups.into_iter().filter_map(|backup| backup.origin);
        let of_slot = origins.filter(|origin| &origin.place.slot() == slot);
        Ok(of_slot
            .filter_map(|origin| Some((origin.place.within?.member, origin.position?)))
            .collect())
    }
}

/// The place for a member that stood at `position`: behind those that stood before it and are there
/// again, and before those that stood behind it, in whatever order they come back.
fn among<B>(held: &Held<B>, stood: &BTreeMap<Which, u32>, position: Option<u32>) -> u32 {
    let all = held.members.len() as u32;
    let Some(position) = position else { return all };
    let (mut first, mut last) = (0, all);
    for (which, before) in stood {
        if let Ok(Some((index, _))) = held.find(which) {
            match *before < position {
                true => first = first.max(index as u32 + 1),
                false => last = last.min(index as u32),
            }
        }
    }
    position.clamp(first.min(last), last.max(first)).min(all)
}
