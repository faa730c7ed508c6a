//! The disk that tabs share and that outlives them.

use super::clock::TwinClock;
use super::image::{Image, Own, Rows};
use super::locks::LockTable;
use crate::support::value::Value;
use restow::domain::chunk_list::PieceName;
use restow::domain::key::Key;
use restow::domain::place::Place;
use restow::domain::time::Timestamp;
use restow::error::{Cause, Error, Result};
use restow::ports::Durability;
use std::cell::{Ref, RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Databases, locks and clock of one device. Cloning it makes another handle of the same disk.
#[derive(Clone)]
pub struct Disk {
    state: Rc<RefCell<State>>,
    clock: TwinClock,
}

/// Some change of an image, to be played again after a power cut.
type Change = Rc<dyn Fn(&mut Image)>;

#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) now: Image,
    /// What a power cut leaves at least.
    durable: Image,
    /// What came after it, in order; `true` for a relaxed commit, which a power cut may undo.
    later: Vec<(Change, bool)>,
    pub(super) commits: usize,
    pub(super) limit: Option<u64>,
    pub(super) unreadable: BTreeSet<Place>,
    pub(super) unreadable_pieces: BTreeSet<(Key, u32, PieceName)>,
    pub(super) broken: BTreeMap<String, Error>,
    pub(super) locks: LockTable,
    pub(super) tabs: u32,
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl Disk {
    /// An empty disk, on the morning of 15 January 2026.
    pub fn new() -> Self {
        let morning = Timestamp::parse("2026-01-15T08:30:00Z").expect("this is a time");
        Self {
            state: Rc::default(),
            clock: TwinClock::new(morning),
        }
    }

    /// Another disk on which the same lies, without any tab: what happens on one of them does not
    /// show on the other. Its clock begins where this one stands.
    pub fn fork(&self) -> Self {
        use restow::ports::Clock;
        let mut state = self.state().clone();
        state.locks.free_all();
        Self {
            state: Rc::new(RefCell::new(state)),
            clock: TwinClock::new(self.clock.now()),
        }
    }

    /// The device's clock.
    pub fn clock(&self) -> &TwinClock {
        &self.clock
    }

    /// Everything that lies here now.
    pub fn image(&self) -> Image {
        self.state().now.clone()
    }

    /// Our own database, if it was created.
    pub fn own(&self) -> Option<Own> {
        self.state().now.own.clone()
    }

    /// Whether our own database was created.
    pub fn has_own(&self) -> bool {
        self.state().now.own.is_some()
    }

    /// The record at a place.
    pub fn row(&self, place: &Place) -> Option<Value> {
        self.state().now.row(place).cloned()
    }

    /// All records of a store of an application.
    pub fn rows(&self, database: &str, store: &str) -> Rows {
        let state = self.state();
        state.now.rows(database, store).cloned().unwrap_or_default()
    }

    /// Transactions that were committed since the disk was new, in whatever database.
    pub fn commits(&self) -> usize {
        self.state().commits
    }

    /// Relaxed commits that a power cut may undo.
    pub fn undecided(&self) -> usize {
        let state = self.state();
        state.later.iter().filter(|(_, relaxed)| *relaxed).count()
    }

    /// The power fails: of the relaxed commits since the last strict one, the first `keep` reach
    /// the disk, and the others never happened. Kill the tabs before, or together with it.
    pub fn power_cut(&self, keep: usize) {
        let mut state = self.state_mut();
        let mut relaxed_so_far = 0;
        for (change, relaxed) in std::mem::take(&mut state.later) {
            relaxed_so_far += usize::from(relaxed);
            if !relaxed || relaxed_so_far <= keep {
                change(&mut state.durable);
            }
        }
        state.now = state.durable.clone();
    }

    /// Writes all that was committed to the disk, as time does.
    pub fn settle(&self) {
        self.state_mut().settle();
    }

    /// Does something to what lies here, outside any tab: it is never undone by a power cut.
    pub fn plant_with(&self, change: impl Fn(&mut Image) + 'static) {
        self.state_mut().plant(change);
    }

    /// Bytes that may be used; batches that need more fail with `QuotaExceeded`.
    pub fn set_limit(&self, bytes: Option<u64>) {
        self.state_mut().limit = bytes;
    }

    /// Whether the browser has Web Locks; without them no lock is ever exclusive.
    pub fn set_web_locks(&self, there: bool) {
        self.state_mut().locks.denied = !there;
    }

    pub(super) fn state(&self) -> Ref<'_, State> {
        self.state.borrow()
    }

    pub(super) fn state_mut(&self) -> RefMut<'_, State> {
        self.state.borrow_mut()
    }
}

impl State {
    /// Commits a transaction.
    pub(super) fn commit(&mut self, durability: Durability, change: impl Fn(&mut Image) + 'static) {
        self.commits += 1;
        self.play(Rc::new(change), true);
        if durability == Durability::Strict {
            self.settle();
        }
    }

    /// Changes what lies here as if it had always been so: no power cut undoes it.
    pub(super) fn plant(&mut self, change: impl Fn(&mut Image) + 'static) {
        self.play(Rc::new(change), false);
    }

    /// Our own database. To open it is to create it, whatever comes of the transaction.
    pub(super) fn open(&mut self) -> &Own {
        if self.now.own.is_none() {
            self.plant(|image| image.own = Some(Own::default()));
        }
        self.now.own.get_or_insert_default()
    }

    fn play(&mut self, change: Change, relaxed: bool) {
        change(&mut self.now);
        self.later.push((change, relaxed));
    }

    fn settle(&mut self) {
        for (change, _) in self.later.drain(..) {
            change(&mut self.durable);
        }
    }

    /// Fails if a change has no room. What needs no more room than before always has it.
    pub(super) fn room(&self, needed: u64, change: impl Fn(&mut Image)) -> Result<()> {
        let Some(limit) = self.limit else {
            return Ok(());
        };
        let mut after = self.now.clone();
        change(&mut after);
        if after.bytes() > limit.max(self.now.bytes()) {
            return Err(Error::QuotaExceeded {
                needed,
                cause: Some(Cause::named("QuotaExceededError")),
            });
        }
        Ok(())
    }
}
