//! State in localStorage: captured as one backup, put back, and cleared.
//!
//! Nothing here knows of sessions. Whoever works on state holds one lease, under an id that no
//! session has.

mod capture;
mod carry;
mod carry_write;
mod clear;
mod deed;
mod held;
mod restore;
mod snapshot;
mod undo;
mod undo_carry;

pub use capture::{Capture, Captured};

use super::Engine;
use super::claim::Claim;
use super::migrate::GuardOf;
use crate::domain::config::{KeyRule, SourceConfig};
use crate::domain::key::Key;
use crate::domain::place::{Area, Place};
use crate::domain::records::AuditEntry;
use crate::domain::state;
use crate::error::{Error, Result};
use crate::ports::{Batch, Bodies, Change, Clock, Durability, Ports, Sources, Swap, Write};

/// The whole of localStorage.
fn everything() -> SourceConfig {
    SourceConfig {
        name: "localStorage".into(),
        area: Area::LocalStorage,
        prefix: String::new(),
        keys: KeyRule::Any,
        wrapping: Default::default(),
        container: None,
        foreign: Default::default(),
        selection: None,
    }
}

fn place(key: &str) -> Place {
    Place::record(Area::LocalStorage, Key::text(key))
}

/// An error as it is to be told: there is no session that it could be about.
fn about_state(error: Error) -> Error {
    match error {
        Error::Busy { .. } | Error::Fenced { .. } | Error::StaleHandle { .. } => Error::StateBusy,
        error => error,
    }
}

/// Whether one text lies where another lay, or still nothing where there was nothing.
fn is_still<V: Bodies>(bodies: &V, found: Option<&V::Body>, seen: Option<&V::Body>) -> bool {
    match (found, seen) {
        (None, None) => true,
        (Some(found), Some(seen)) => bodies.same_text(found, seen),
        _ => false,
    }
}

impl<P: Ports> Engine<P> {
    /// Runs something that only one tab at a time may do to state.
    async fn with_state<T>(
        &self,
        work: impl AsyncFnOnce(&Claim<GuardOf<P>>) -> Result<T>,
    ) -> Result<T> {
        let claim = self.claim(&state::id()).await;
        let result = work(&claim).await;
        self.release(&claim).await;
        result.map_err(about_state)
    }

    /// Writes a key, or removes it, if `expected` still lies there.
    async fn swap_text(
        &self,
        claim: &Claim<GuardOf<P>>,
        key: &str,
        expected: Option<&P::Body>,
        new: Option<&P::Body>,
    ) -> Result<Swap> {
        self.swap_and_write(claim, key, (expected, new), Vec::new())
            .await
    }

    /// The same, with writes of ours that happen only where the key is written.
    async fn swap_and_write(
        &self,
        claim: &Claim<GuardOf<P>>,
        key: &str,
        (expected, new): (Option<&P::Body>, Option<&P::Body>),
        writes: Vec<Write<P::Body>>,
    ) -> Result<Swap> {
        let bodies = self.ports.bodies();
        let change = |found: Option<&P::Body>| match (is_still(bodies, found, expected), new) {
            (false, _) => Change::Refuse,
            (true, Some(new)) => Change::Put(new.clone()),
            (true, None) => Change::Remove,
        };
        let then = Batch {
            fence: Some(claim.fence(self.ports.clock().now(), false)),
            expect: Vec::new(),
            writes,
            durability: Durability::Relaxed,
            bytes: 0,
        };
        let at = place(key);
        let swap = self.ports.sources().replace(&at, &change, then).await?;
        if swap == Swap::Done {
            claim.applied(false);
        }
        Ok(swap)
    }

    /// Notes in the audit what is going to be done with a snapshot: before anything is, so that no
    /// clean-up takes the snapshot from under it, or right after it.
    async fn note(&self, claim: &Claim<GuardOf<P>>, action: &str, path: &str) -> Result<()> {
        self.note_and_write(claim, action, path, Vec::new()).await
    }

    /// The same, with other writes.
    async fn note_and_write(
        &self,
        claim: &Claim<GuardOf<P>>,
        action: &str,
        path: &str,
        mut writes: Vec<Write<P::Body>>,
    ) -> Result<()> {
        let audit = AuditEntry {
            backup: Some(path.into()),
            ..self.audit(action, &state::id())
        };
        writes.push(Write::Audit(audit));
        let strict = Durability::Strict;
        self.write(claim, Vec::new(), writes, strict, 0, false)
            .await
    }

    /// What lies under a key.
    async fn text_now(&self, key: &str) -> Result<Option<P::Body>> {
        self.ports.sources().read(&place(key)).await
    }
}
