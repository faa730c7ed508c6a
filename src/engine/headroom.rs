//! Headroom: what a run will need is compared with what the browser's storage has, as early as its
//! sizes are known, and without reading anything twice.
//!
//! Of sessions that lie in one JSON text the length is known before the run begins. Any other is
//! measured when it is planned, and so just before it would be staged.

use super::Engine;
use super::batch::Looked;
use super::sweep::Sweep;
use super::targets::Target;
use crate::domain::headroom::{Room, Rule as Headroom, Shortage, Storage, how_many_fit};
use crate::domain::key::Key;
use crate::domain::manifest::State;
use crate::domain::path::Path;
use crate::domain::retention::{self, Rule};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Ports, Records};
use std::collections::BTreeSet;

/// A session is written as chunks and as a backup, while its original still lies there.
const COPIES: f64 = 2.0;

impl<P: Ports> Engine<P> {
    /// Before anything is written: fails if what is known of the sizes does not fit already.
    pub(super) async fn check_headroom(
        &self,
        looked: &Looked<P::Body>,
        storage: Option<Storage>,
        (rule, force): (Headroom, bool),
    ) -> Result<()> {
        if rule != Headroom::Ignore {
            looked.sweep.set_room(Room::of(storage));
        }
        let (Headroom::Require, Some(storage)) = (rule, storage) else {
            return Ok(());
        };
        let sizes = self.known_sizes(looked, force);
        let needed: f64 = sizes.iter().sum();
        if needed <= storage.available() {
            return Ok(());
        }
        let fewer = how_many_fit(&sizes, storage.available());
        Err(self.short(needed, storage, fewer).await)
    }

    /// Before a session is staged: takes the room for it, and fails if there is not so much.
    pub(super) async fn take_room(&self, sweep: &Sweep<P::Body>, bytes: u64) -> Result<()> {
        let bytes = bytes as f64;
        if sweep.take_room(bytes) {
            return Ok(());
        }
        // What was removed meanwhile has made room: only the browser knows how much.
        let storage = self.ports.records().quota().await;
        match (sweep.take_fresh_room(storage, bytes), storage) {
            (false, Some(storage)) => Err(self.short(bytes, storage, 0).await),
            _ => Ok(()),
        }
    }

    /// What is missing, and what would help.
    pub(super) async fn shortage(&self, needed: f64, storage: Storage, fewer: u32) -> Shortage {
        let now = self.ports.clock().now();
        let backups = self.ports.records().backups(None).await;
        let expired = backups.unwrap_or_default().sound.into_iter();
        let expired = expired.filter(|backup| retention::is_due(backup, Rule::Expired, now));
        let bytes = expired.map(|backup| backup.bytes as f64).sum();
        Shortage::new(needed, storage, fewer, bytes)
    }

    async fn short(&self, needed: f64, storage: Storage, fewer: u32) -> Error {
        let shortage = self.shortage(needed, storage, fewer).await;
        Error::NoHeadroom(Box::new(shortage))
    }

    /// Bytes that each session will need that is sure to be moved and whose size is known.
    fn known_sizes(&self, looked: &Looked<P::Body>, force: bool) -> Vec<f64> {
        let stay = looked.manifests.iter();
        let stay = stay.filter(|manifest| !(force && manifest.state == State::RolledBack));
        let mut seen: BTreeSet<&Key> = stay.map(|manifest| &manifest.id).collect();
        let mut sizes = Vec::new();
        for target in &looked.targets.list {
            let blocked = looked.targets.unreadable.range(..target.source).next();
            if let (Some(id), None) = (target.session(), blocked)
                && seen.insert(id)
                && let Some(units) = self.text_length(target)
            {
                sizes.push(f64::from(units) * COPIES);
            }
        }
        sizes
    }

    /// Length of the text of a session that lies in JSON text with others.
    fn text_length(&self, target: &Target<P::Body>) -> Option<u32> {
        let bodies = self.ports.bodies();
        let body = target.body().filter(|body| bodies.is_text(body))?;
        bodies.fact(body, &Path::default()).length()
    }
}
