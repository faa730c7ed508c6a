//! The disk that tabs share and that outlives them.

use super::clock::TwinClock;
use super::image::{Image, Own, Rows};
use super::late::Late;
use super::local::Local;
use super::locks::LockTable;
use crate::support::value::Value;
use restow::domain::chunk_list::PieceName;
use restow::domain::key::Key;
use restow::domain::place::Place;
use restow::domain::time::Timestamp;
use restow::error::Error;
use std::cell::{Ref, RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Databases, localStorage, locks and clock of one device. Cloning it makes another handle of the
/// same disk.
#[derive(Clone)]
pub struct Disk {
    state: Rc<RefCell<State>>,
    clock: TwinClock,
}

#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) now: Image,
    /// What a power cut leaves at least.
    pub(super) durable: Image,
    /// What came after it, in order.
    pub(super) later: Vec<Late>,
    pub(super) commits: usize,
    pub(super) limit: Option<u64>,
    pub(super) unreadable: BTreeSet<Place>,
    pub(super) unreadable_pieces: BTreeSet<(Key, u32, PieceName)>,
    pub(super) broken: BTreeMap<String, Error>,
    pub(super) local: Local,
    pub(super) locks: LockTable,
    pub(super) tabs: u32,
    /// Whether batches must tell what they change; see `check_told`.
    pub(super) tells: bool,
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
        let mut state = self.state().clone();
        state.locks.free_all();
        Self {
            state: Rc::new(RefCell::new(state)),
            clock: self.clock.fork(),
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

    /// Does something to the databases here, outside any tab: it is never undone by a power cut.
    pub fn plant_with(&self, change: impl Fn(&mut Image) + 'static) {
        self.state_mut().plant(change);
    }

    /// Bytes that may be used; batches that need more fail with `QuotaExceeded`.
    pub fn set_limit(&self, bytes: Option<u64>) {
        self.state_mut().limit = bytes;
    }

    /// From now on a batch that changes where a session stands needs a line of the audit.
    pub fn demand_lines(&self) {
        self.state_mut().tells = true;
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
