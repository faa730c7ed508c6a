//! Members of containers, and records of one store, that go: each only if it is just what was migrated.

use super::Engine;
use super::container::{Ambiguous, Held};
use super::parted::{is_as_migrated, outline_of};
use super::rewrite::Edit;
use crate::domain::digest::Digest;
use crate::domain::key::Key;
use crate::domain::layout::Layout;
use crate::domain::manifest::Manifest;
use crate::domain::place::{Holding, Member as Which, Place, Wrapping};
use crate::error::Result;
use crate::ports::{Batch, Bodies, Member, Ports, Sources, Swap};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// A member that is to go.
#[derive(Clone, Copy)]
pub(super) struct Doomed<'a> {
    /// The session.
    pub id: &'a Key,
    pub member: &'a Which,
    /// What it was when it was migrated, without the bytes of Blobs.
    pub outline: Digest,
    /// The layout under which that was computed.
    pub layout: &'a Layout,
}

impl<P: Ports> Engine<P> {
    /// Removes one member; refused, with all that was to be written, if it has changed. Gone
    /// already is as good as removed.
    pub(super) async fn remove_one_member(
        &self,
        slot: &Place,
        holding: &Holding,
        doomed: Doomed<'_>,
        then: Batch<P::Body>,
    ) -> Result<Swap> {
        let bodies = self.ports.bodies();
        self.rewrite_container(
            slot,
            holding,
            &|held| match held.map(|held| sort(bodies, held, &[doomed])) {
                None => Edit::Keep,
                Some((_, changed)) if !changed.is_empty() => Edit::Refuse,
                Some((remove, _)) => splice(remove),
            },
            then,
        )
        .await
    }

    /// Removes members, except those that have changed, which are returned.
    pub(super) async fn remove_members(
        &self,
        slot: &Place,
        holding: &Holding,
        doomed: &[Doomed<'_>],
        then: Batch<P::Body>,
    ) -> Result<BTreeSet<Key>> {
        let bodies = self.ports.bodies();
        let left = RefCell::new(BTreeSet::new());
        self.rewrite_container(
            slot,
            holding,
            &|held| {
                let sorted = held.map(|held| sort(bodies, held, doomed));
                let (remove, changed) = sorted.unwrap_or_default();
                left.replace(changed);
                splice(remove)
            },
            then,
        )
        .await?;
        Ok(left.into_inner())
    }

    /// Removes records of one store, except those that have changed, which are returned.
    pub(super) async fn remove_records(
        &self,
        manifests: &[Manifest],
        then: Batch<P::Body>,
    ) -> Result<BTreeSet<Key>> {
        let bodies = self.ports.bodies();
        let doomed: Vec<_> = manifests
            .iter()
            .filter_map(|manifest| Some((manifest, manifest.origin.as_ref()?)))
            .collect();
        let places: Vec<Place> = doomed
            .iter()
            .map(|(_, origin)| origin.place.clone())
            .collect();
        let left = RefCell::new(BTreeSet::new());
        let goes = |index: usize, record: &P::Body| {
            let Some((manifest, origin)) = doomed.get(index) else {
                return false;
            };
            let unchanged = is_as_migrated(bodies, record, origin, manifest.origin_layout());
            if !unchanged {
                left.borrow_mut().insert(manifest.id.clone());
            }
            unchanged
        };
        self.ports.sources().remove(&places, &goes, then).await?;
        Ok(left.into_inner())
    }
}

fn splice<B>(remove: BTreeSet<usize>) -> Edit<B> {
    match remove.is_empty() {
        true => Edit::Keep,
        false => Edit::Splice {
            remove,
            insert: None,
        },
    }
}

/// Which members go, and which sessions have changed.
fn sort<V: Bodies>(
    bodies: &V,
    held: &Held<V::Body>,
    doomed: &[Doomed<'_>],
) -> (BTreeSet<usize>, BTreeSet<Key>) {
    let (mut remove, mut changed) = (BTreeSet::new(), BTreeSet::new());
    for doomed in doomed {
        match held.find(doomed.member) {
            Ok(None) => {}
            Ok(Some((at, member))) if is_unchanged(bodies, member, doomed) => {
                remove.insert(at);
            }
            Ok(Some(_)) | Err(Ambiguous) => {
                changed.insert(doomed.id.clone());
            }
        }
    }
    (remove, changed)
}

fn is_unchanged<V: Bodies>(bodies: &V, member: &Member<V::Body>, doomed: &Doomed<'_>) -> bool {
    let outline = outline_of(bodies, &member.body, &Wrapping::default(), doomed.layout);
    outline == Some(doomed.outline)
}
