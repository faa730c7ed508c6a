//! Several sessions of one run at once: while one is being written, the next ones are read and planned, and
//! batches that are ready together share a transaction.
//!
//! Records are named in their order, whichever of them is read first, since the first of two copies of a
//! session is the one that is moved. How many are under way is limited by bytes, as soon as they are known:
//! a hundred large sessions must not be in memory together.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// Records under way at most.
pub(super) const LANES: usize = 32;
/// Records that are being read, and so of a size not known yet, at most.
const READING: u32 = 4;
/// Bytes under way at most, unless one session has more.
const BYTES: u64 = 3 << 20;

/// The lanes of a run.
#[derive(Default)]
pub(super) struct Lanes {
    /// Lanes that have begun, and that have named what they have read.
    begun: Cell<usize>,
    named: Cell<usize>,
    reading: Cell<u32>,
    bytes: Cell<u64>,
    waiting: RefCell<Vec<Waker>>,
}

/// One lane, from its first read until it is dropped.
pub(super) struct Lane<'a> {
    lanes: &'a Lanes,
    index: usize,
    /// Its bytes once they are known.
    bytes: Option<u64>,
}

impl Lanes {
    /// Begins the lane of this index, once those before it have begun and one more may read.
    pub async fn begin(&self, index: usize) -> Lane<'_> {
        self.until(|| self.begun.get() == index && self.reading.get() < READING)
            .await;
        self.begun.set(index + 1);
        self.reading.set(self.reading.get() + 1);
        self.changed();
        Lane {
            lanes: self,
            index,
            bytes: None,
        }
    }

    async fn until(&self, holds: impl Fn() -> bool) {
        poll_fn(|context| match holds() {
            true => Poll::Ready(()),
            false => {
                self.waiting.borrow_mut().push(context.waker().clone());
                Poll::Pending
            }
        })
        .await;
    }

    fn changed(&self) {
        for waker in self.waiting.take() {
            waker.wake();
        }
    }
}

impl Lane<'_> {
    /// Waits until all before it have named what they have read, and does the same at once.
    pub async fn name<T>(&self, naming: impl FnOnce() -> T) -> T {
        let named = &self.lanes.named;
        self.lanes.until(|| named.get() == self.index).await;
        let name = naming();
        named.set(self.index + 1);
        self.lanes.changed();
        name
    }

    /// Waits until there is room for so many bytes, and lets another lane read.
    pub async fn take(&mut self, bytes: u64) {
        let all = &self.lanes.bytes;
        let fits = || all.get() == 0 || all.get() + bytes <= BYTES;
        self.lanes.until(fits).await;
        all.set(all.get() + bytes);
        self.bytes = Some(bytes);
        self.lanes.reading.set(self.lanes.reading.get() - 1);
        self.lanes.changed();
    }
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        let Lanes { reading, bytes, .. } = self.lanes;
        match self.bytes {
            Some(taken) => bytes.set(bytes.get() - taken),
            None => reading.set(reading.get() - 1),
        }
        self.lanes.changed();
    }
}
