//! Two transactions that go hand in hand.

use crate::browser::idb::transaction::Tx;
use crate::browser::slot::Slot;
use crate::error::Error;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How far the two sides are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The source is being read.
    Reading,
    /// It was read; our side checks its conditions.
    Read,
    /// They hold; what is to become of the record is decided, and done.
    Held,
    /// The source is committed; our batch is written.
    Written,
    /// The record was another one.
    Refused,
    /// One of the sides failed.
    Failed,
}

/// What the two sides know of each other.
pub struct Pair {
    /// How far they are.
    pub stage: Cell<Stage>,
    /// Filled when it is our side's turn to begin, or when there is nothing to begin for.
    pub turn: Slot<()>,
    /// The transaction of the source.
    pub source: Tx,
    /// Ours, once it has begun.
    pub ours: RefCell<Option<Rc<Tx>>>,
    /// The first failure.
    pub failure: RefCell<Option<Error>>,
}

impl Pair {
    /// The source has begun, and nothing else.
    pub fn new(source: Tx) -> Self {
        Self {
            stage: Cell::new(Stage::Reading),
            turn: Slot::default(),
            source,
            ours: RefCell::new(None),
            failure: RefCell::new(None),
        }
    }

    /// Ends both sides. The first failure is the one that is told.
    pub fn fail(&self, error: Error) {
        self.failure.borrow_mut().get_or_insert(error);
        self.stage.set(Stage::Failed);
        self.source.abort();
        if let Some(ours) = &*self.ours.borrow() {
            ours.abort();
        }
        self.turn.fill(());
    }
}
