//! A claim on one session: the lock between tabs, and the lease that every write checks.

use super::Engine;
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::place::{Area, Place};
use crate::domain::records::LEASE_MS;
use crate::domain::time::Timestamp;
use crate::error::Result;
use crate::ports::{
    Batch, Clock, Durability, Expect, Fence, Held, Hold, Locks, Ports, Records, Write,
};
use std::cell::Cell;

/// How long to wait for a lock: long enough for the lease of a frozen tab to end.
const LOCK_LIMIT_MS: u32 = 35_000;
/// How long what can as well be left waits for a session that another tab may be at work on.
pub(super) const BRIEFLY_MS: u32 = 250;

/// Held while one session is written.
pub(super) struct Claim<G> {
    pub id: Key,
    guard: G,
    taken: Cell<bool>,
}

impl<P: Ports> Engine<P> {
    /// Waits for the session's lock. The lease itself is taken by the first write.
    pub(super) async fn claim(&self, id: &Key) -> Claim<<P::Locks as Locks>::Guard> {
        self.claim_within(id, LOCK_LIMIT_MS).await
    }

    /// As [`claim`](Self::claim), with a limit of its own for work that can as well be left alone.
    pub(super) async fn claim_within(
        &self,
        id: &Key,
        limit_ms: u32,
    ) -> Claim<<P::Locks as Locks>::Guard> {
        // The kind of id is part of the name: 5 and "5" are different sessions.
        let kind = if matches!(id, Key::Number(_)) {
            "number"
        } else {
            "text"
        };
        let suffix = id.as_suffix().unwrap_or_default();
        self.claim_named(id.clone(), &format!("{kind}:{suffix}"), limit_ms)
            .await
    }

    /// Waits for the lock of a record that holds many sessions. Its lease lies under a key that no
    /// session can have.
    pub(super) async fn claim_container(&self, slot: &Place) -> Claim<<P::Locks as Locks>::Guard> {
        self.claim_area("container", &slot.area, Some(&slot.key))
            .await
    }

    /// The same for removing records of a store together.
    pub(super) async fn claim_store(&self, area: &Area) -> Claim<<P::Locks as Locks>::Guard> {
        self.claim_area("store", area, None).await
    }

    async fn claim_area(
        &self,
        kind: &str,
        area: &Area,
        key: Option<&Key>,
    ) -> Claim<<P::Locks as Locks>::Guard> {
        let (database, store) = match area {
            Area::IndexedDb { database, store } => (database.as_str(), store.as_str()),
            Area::LocalStorage => ("localStorage", ""),
        };
        let names = [kind, database, store].map(Key::text);
        let id = Key::Array(names.into_iter().chain(key.cloned()).collect());
        let name = id.to_string();
        self.claim_named(id, &name, LOCK_LIMIT_MS).await
    }

    async fn claim_named(
        &self,
        id: Key,
        name: &str,
        limit_ms: u32,
    ) -> Claim<<P::Locks as Locks>::Guard> {
        let name = format!("restow:{}:{name}", self.config.database);
        Claim {
            id,
            guard: self.ports.locks().acquire(&name, limit_ms).await,
            taken: Cell::new(false),
        }
    }

    /// Applies some writes under a claim. `last` gives the lease up with them.
    pub(super) async fn write<G: Held>(
        &self,
        claim: &Claim<G>,
        expect: Vec<Expect>,
        writes: Vec<Write<P::Body>>,
        durability: Durability,
        bytes: u64,
        last: bool,
    ) -> Result<()> {
        let fence = Some(claim.fence(self.ports.clock().now(), last));
        self.ports
            .records()
            .apply(Batch {
                fence,
                expect,
                writes,
                durability,
                bytes,
            })
            .await?;
        claim.taken.set(!last);
        Ok(())
    }

    /// Gives the lease up, if it was taken. Failing to is harmless: it ends by itself. But nobody would
    /// remove it then, so what failed once is tried again.
    pub(super) async fn release<G: Held>(&self, claim: &Claim<G>) {
        for _ in 0..2 {
            if claim.taken.get() {
                let _ = self
                    .write(claim, Vec::new(), Vec::new(), Durability::Relaxed, 0, true)
                    .await;
            }
        }
    }
}

/// Expects the manifest that a decision was made on. The lease itself is taken by the first write
/// only, so that one must not be made on what others have changed since.
pub(super) fn expecting(id: &Key, manifest: Option<&Manifest>) -> Vec<Expect> {
    vec![Expect {
        id: id.clone(),
        revision: manifest.map(|manifest| (manifest.generation, manifest.revision)),
    }]
}

impl<G: Held> Claim<G> {
    /// The fence for the next batch.
    pub fn fence(&self, now: Timestamp, last: bool) -> Fence {
        let force = self.guard.exclusive();
        let hold = match (self.taken.get(), last) {
            (false, false) => Hold::Take { force },
            (false, true) => Hold::Once { force },
            (true, false) => Hold::Keep,
            (true, true) => Hold::Release,
        };
        let until = Timestamp(now.0 + LEASE_MS);
        Fence {
            id: self.id.clone(),
            token: self.guard.token().to_owned(),
            hold,
            now,
            until,
        }
    }

    /// Whether the lease is held, as far as this tab knows.
    pub fn is_taken(&self) -> bool {
        self.taken.get()
    }

    /// Notes that a batch with the fence of this claim was applied elsewhere.
    pub fn applied(&self, last: bool) {
        self.taken.set(!last);
    }
}
