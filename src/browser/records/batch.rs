//! Batches: everything is made ready before the transaction opens, and queued at once in it.

use crate::browser::idb::errors::unreadable;
use crate::browser::idb::request::Reply;
use crate::browser::idb::transaction::{Mode, Tx, read};
use crate::browser::key::key_to_js;
use crate::browser::records::live::Live;
use crate::browser::records::load::damaged;
use crate::browser::records::op::{Op, prepare};
use crate::browser::records::ours::Ours;
use crate::browser::records::{decode, encode};
use crate::browser::schema::{LEASES, MANIFESTS};
use crate::browser::timer::within;
use crate::browser::values::{blobs, detach};
use crate::domain::key::Key;
use crate::domain::records::lease_is_over;
use crate::error::{Error, Result};
use crate::ports::{Batch, Durability, Expect, Fence, Hold};
use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Longest time for a batch; large ones get more, as if the disk wrote a megabyte a second.
const LIMIT_MS: u32 = 60_000;
const BYTES_A_MS: u64 = 1_000;

/// A batch, ready for its transaction.
pub struct Prepared {
    pub(super) fence: Option<Fence>,
    pub(super) expect: Vec<Expect>,
    pub(super) ops: Vec<Op>,
    durability: Durability,
    /// Approximate size.
    pub bytes: u64,
    /// Whether no lease was found, so that there is none to give up.
    no_lease: Cell<bool>,
}

impl Prepared {
    /// Turns a batch into requests.
    pub fn new(batch: Batch<JsValue>) -> Result<Self> {
        let mut ops = Vec::with_capacity(batch.writes.len() + 1);
        if let Some(fence) = &batch.fence {
            ops.push(match fence.hold {
                Hold::Take { .. } | Hold::Keep => Op::Put(LEASES, encode::lease(fence)),
                Hold::Release | Hold::Once { .. } => Op::Delete(LEASES, key_to_js(&fence.id)),
            });
        }
        for write in &batch.writes {
            prepare(write, &mut ops)?;
        }
        Ok(Self {
            fence: batch.fence,
            expect: batch.expect,
            ops,
            durability: batch.durability,
            bytes: batch.bytes,
            no_lease: Cell::new(false),
        })
    }

    /// The same with Blobs of its own, where the browser would keep them by the files that they were
    /// read from.
    pub async fn with_own_blobs(mut self) -> Result<Self> {
        if !blobs::met() || !detach::is_needed() {
            return Ok(self);
        }
        for op in &mut self.ops {
            if let Some(record) = op.record_mut() {
                let own = detach::detached(record).await;
                let own = own.map_err(|_| Error::UnsupportedValue {
                    code: "BlobUnreadable",
                    reason: "the browser can't read one of its Blobs".into(),
                })?;
                *record = own.unwrap_or_else(|| record.clone());
            }
        }
        Ok(self)
    }

    /// How sure it must be.
    pub fn durability(&self) -> Durability {
        self.durability
    }

    /// Whether there is nothing to check and nothing to write.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty() && self.fence.is_none() && self.expect.is_empty()
    }

    /// The stores that it needs, and no others.
    pub(super) fn stores(&self) -> Vec<&'static str> {
        let mut stores: Vec<_> = self.ops.iter().map(Op::store).collect();
        stores.extend(self.fence.as_ref().map(|_| LEASES));
        stores.extend(self.expect.first().map(|_| MANIFESTS));
        stores.sort_unstable();
        stores.dedup();
        stores
    }

    /// Begins its transaction.
    pub fn begin(&self, live: &Live) -> Result<Tx> {
        live.connection()
            .begin(&self.stores(), Mode::Write(self.durability))
    }

    /// The same in our database, which is created if need be, and opened again if it turns out to
    /// be closed: nothing has happened yet.
    pub async fn begin_in(&self, ours: &Rc<Ours>) -> Result<(Rc<Live>, Tx)> {
        let mut live = ours.created().await?;
        if blobs::met() && !live.stores_blobs().await {
            self.refuse_blobs()?;
        }
        let mut begun = self.begin(&live);
        if begun.is_err() && live.is_gone() {
            live = ours.created().await?;
            begun = self.begin(&live);
        }
        Ok((live, begun?))
    }

    /// Refuses records with Blobs, where the browser can't store any.
    fn refuse_blobs(&self) -> Result<()> {
        match self.ops.iter().filter_map(Op::record).any(blobs::held_by) {
            false => Ok(()),
            true => Err(Error::UnsupportedValue {
                code: "UnsupportedValue",
                reason: "one of its values is a Blob, and this window can't store any".into(),
            }),
        }
    }

    /// A cheap request, so that the transaction does not commit yet.
    pub async fn stay_open(&self, tx: &Tx) -> Result<()> {
        if let Some(store) = self.stores().first() {
            let nowhere = JsValue::from_f64(-1.0);
            read(tx.store(store)?.count_with_key(&nowhere)).await?;
        }
        Ok(())
    }

    /// Whether fence and expectation hold, as far as the transaction sees: in this order. Nothing but
    /// its own requests is awaited, and all are made at once: a container's removal may expect thousands.
    pub async fn check(&self, tx: &Tx) -> Result<()> {
        let ask = |store, id: &Key| {
            Ok(Reply::to(
                tx.store(store)?.get(&key_to_js(id)).map_err(unreadable)?,
            ))
        };
        let fence = self
            .fence
            .as_ref()
            .map(|fence| (fence, ask(LEASES, &fence.id)));
        let expect: Vec<_> = self
            .expect
            .iter()
            .map(|expect| (expect, ask(MANIFESTS, &expect.id)))
            .collect();
        if let Some((fence, reply)) = fence {
            let found = reply?.await.map_err(unreadable)?;
            holds(fence, &found)?;
            self.no_lease.set(found.is_undefined());
        }
        for (expect, reply) in expect {
            is_as_expected(expect, &reply?.await.map_err(unreadable)?)?;
        }
        Ok(())
    }

    /// Whether two batches are about different sessions, so that neither depends on the other.
    pub(super) fn is_apart_from(&self, other: &Self) -> bool {
        let (Some(_), Some(_)) = (&self.fence, &other.fence) else {
            return false;
        };
        self.ids().all(|id| other.ids().all(|other| id != other))
    }

    fn ids(&self) -> impl Iterator<Item = &Key> {
        let fence = self.fence.iter().map(|fence| &fence.id);
        fence.chain(self.expect.iter().map(|expect| &expect.id))
    }

    /// Queues everything at once.
    pub fn queue(&self, tx: &Tx) -> Result<()> {
        let idle = |op: &&Op| self.no_lease.get() && matches!(op, Op::Delete(LEASES, _));
        let mut ops = self.ops.iter().filter(|op| !idle(op));
        ops.try_for_each(|op| op.queue(tx, self.bytes))
    }

    /// The whole way in a transaction that was begun just now: check, queue, commit.
    pub async fn run(&self, tx: Tx) -> Result<()> {
        self.in_time(&tx, self.run_in(&tx)).await
    }

    /// Longest time for all of it.
    pub fn limit_ms(&self) -> u32 {
        LIMIT_MS + (self.bytes / BYTES_A_MS) as u32
    }

    /// What is done in the transaction, or its end if that takes too long.
    pub async fn in_time<T>(&self, tx: &Tx, run: impl Future<Output = Result<T>>) -> Result<T> {
        in_time(self.limit_ms(), tx, run).await
    }

    async fn run_in(&self, tx: &Tx) -> Result<()> {
        let queued = match self.check(tx).await {
            Ok(()) => self.queue(tx),
            Err(error) => Err(error),
        };
        match queued {
            Ok(()) => tx.done(self.bytes).await,
            Err(error) => {
                tx.undo().await;
                Err(error)
            }
        }
    }
}

/// What is done in a transaction, or its end if that takes longer than so many milliseconds.
pub(super) async fn in_time<T>(
    limit: u32,
    tx: &Tx,
    run: impl Future<Output = Result<T>>,
) -> Result<T> {
    within(limit, run).await.unwrap_or_else(|| {
        // Where it is committing already this comes too late, and the next reader sees it.
        tx.abort();
        Err(Error::Timeout {
            what: "writing to IndexedDB",
            seconds: limit / 1000,
        })
    })
}

/// Whether the lease that was found lets the fence through.
fn holds(fence: &Fence, found: &JsValue) -> Result<()> {
    let lease = match found.is_undefined() {
        true => None,
        false => match (decode::lease(found), fence.hold) {
            // Nobody holds what can't be understood: its holder's next write would fail as well.
            (Err(_), Hold::Take { .. } | Hold::Once { .. }) => None,
            (lease, _) => Some(lease?),
        },
    };
    let ours = lease
        .as_ref()
        .is_some_and(|lease| lease.token == fence.token);
    match fence.hold {
        Hold::Take { force } | Hold::Once { force } => {
            let free = lease.is_none_or(|lease| lease_is_over(lease.until, fence.now));
            match ours || free || force {
                true => Ok(()),
                false => Err(Error::Busy {
                    id: fence.id.clone(),
                }),
            }
        }
        Hold::Keep | Hold::Release if ours => Ok(()),
        Hold::Keep | Hold::Release => Err(Error::Fenced {
            id: fence.id.clone(),
        }),
    }
}

fn is_as_expected(expect: &Expect, found: &JsValue) -> Result<()> {
    let found = match found.is_undefined() {
        true => None,
        false => {
            let row = decode::revision(found).map_err(|_| damaged(&expect.id, "manifest"))?;
            Some((row.generation, row.revision))
        }
    };
    match found == expect.revision {
        true => Ok(()),
        false => Err(Error::StaleHandle {
            id: expect.id.clone(),
        }),
    }
}
