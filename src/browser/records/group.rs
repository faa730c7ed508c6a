//! Group commit: batches that are made ready while a transaction is under way share the next one.
//!
//! A transaction that has to be on the disk costs the same for one batch as for thirty. Each batch keeps
//! its own fence and expectations: one whose conditions do not hold is left out and hears why, the
//! others go on. If the transaction as a whole fails, nothing of it was written; then each is tried by
//! itself, so that every batch gets the error that is its own.

use crate::browser::idb::transaction::{Mode, Tx};
use crate::browser::records::batch::{Prepared, in_time};
use crate::browser::records::live::Live;
use crate::browser::records::ours::Ours;
use crate::browser::slot::Slot;
use crate::browser::values::blobs;
use crate::error::{Error, Result};
use futures_util::future::join_all;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// Batches in one transaction at most.
const BATCHES: usize = 64;
/// Bytes in one transaction at most, unless one batch has more: requests are queued in one task, and a
/// page must not stand still longer than its largest session needs.
const BYTES: u64 = 1 << 20;

struct Waiting {
    batch: Prepared,
    end: Slot<Result<()>>,
}

/// Batches on their way into one database.
#[derive(Default)]
pub struct Queue {
    waiting: RefCell<VecDeque<Waiting>>,
    running: Cell<bool>,
}

impl Queue {
    /// Applies a batch, alone or with others. It goes on whether or not anyone waits for it.
    pub async fn apply(self: &Rc<Self>, ours: &Rc<Ours>, batch: Prepared) -> Result<()> {
        let end = Slot::default();
        self.waiting.borrow_mut().push_back(Waiting {
            batch,
            end: end.clone(),
        });
        if !self.running.replace(true) {
            let (queue, ours) = (Rc::clone(self), Rc::clone(ours));
            spawn_local(async move { queue.drain(&ours).await });
        }
        end.await
    }

    async fn drain(&self, ours: &Rc<Ours>) {
        loop {
            let group = self.next_group();
            if group.is_empty() {
                break self.running.set(false);
            }
            let batches: Vec<&Prepared> = group.iter().map(|one| &one.batch).collect();
            let ends = apply_all(ours, &batches).await;
            for (one, end) in group.iter().zip(ends) {
                one.end.fill(end);
            }
        }
    }

    /// The first batch, and those behind it that may share its transaction. None overtakes another.
    fn next_group(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.borrow_mut();
        let mut group: Vec<Waiting> = Vec::new();
        let mut bytes = 0;
        while let Some(next) = waiting.front() {
            bytes += next.batch.bytes;
            let full = group.len() == BATCHES || bytes > BYTES || blobs::met();
            let fits = |first: &Waiting| {
                !full
                    && first.batch.durability() == next.batch.durability()
                    && group.iter().all(|one| one.batch.is_apart_from(&next.batch))
            };
            if !group.first().is_none_or(fits) {
                break;
            }
            group.extend(waiting.pop_front());
        }
        group
    }
}

async fn apply_all(ours: &Rc<Ours>, batches: &[&Prepared]) -> Vec<Result<()>> {
    if let [_, _, ..] = batches {
        match together(ours, batches).await {
            Ok(ends) => return ends,
            // It may be committing still, so that nothing must be done twice.
            Err(error @ Error::Timeout { .. }) => {
                return batches.iter().map(|_| Err(error.clone())).collect();
            }
            Err(_) => {}
        }
    }
    let mut ends = Vec::with_capacity(batches.len());
    for batch in batches {
        ends.push(alone(ours, batch).await);
    }
    ends
}

async fn alone(ours: &Rc<Ours>, batch: &Prepared) -> Result<()> {
    let (live, tx) = batch.begin_in(ours).await?;
    let done = batch.run(tx).await;
    done.map_err(|error| live.connection().explain(error))
}

/// All in one transaction. Unless it takes too long, nothing is written where this fails.
async fn together(ours: &Rc<Ours>, batches: &[&Prepared]) -> Result<Vec<Result<()>>> {
    let live = ours.created().await?;
    let tx = begin(&live, batches)?;
    let limit = batches.iter().map(|batch| batch.limit_ms()).max();
    let run = async {
        let ends = join_all(batches.iter().map(|batch| batch.check(&tx))).await;
        let mut sound = batches.iter().zip(&ends).filter(|(_, end)| end.is_ok());
        match sound.try_for_each(|(batch, _)| batch.queue(&tx)) {
            Ok(()) => tx.done(0).await.map(|()| ends),
            Err(error) => {
                tx.undo().await;
                Err(error)
            }
        }
    };
    in_time(limit.unwrap_or_default(), &tx, run).await
}

fn begin(live: &Live, batches: &[&Prepared]) -> Result<Tx> {
    let mut stores: Vec<_> = batches.iter().flat_map(|batch| batch.stores()).collect();
    stores.sort_unstable();
    stores.dedup();
    let durability = batches.first().map(|batch| batch.durability());
    let mode = durability.map_or(Mode::Read, Mode::Write);
    live.connection().begin(&stores, mode)
}
