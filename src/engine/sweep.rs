//! What one run over many sessions has seen, and what it still has to remove: a record that holds
//! many sessions is read once and rewritten once, however many of them are migrated, and small records of one
//! store go together.

use super::container::Container;
use crate::domain::headroom::{Room, Storage};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::place::{Area, Holding, Place};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Bytes that may be committed before their originals go: so much more space a run may need.
const FLUSH_AT: u64 = 64 * 1024 * 1024;

/// Records that go together at most, and their bytes: what is removed is compared first.
const RECORDS: usize = 128;
const RECORD_BYTES: u64 = 2 << 20;
/// A record that is larger goes by itself.
const SMALL: u64 = 256 << 10;

/// What originals go together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shelf {
    /// Those that one record holds.
    Container(Place, Holding),
    /// Those that are records of one object store.
    Store(Area),
}

/// Containers by slot and by how they are read.
type Seen<B> = BTreeMap<(Place, Holding), Rc<Container<B>>>;

/// One run, or one session by itself.
pub(super) struct Sweep<B> {
    /// Whether originals in containers go together, later.
    grouped: bool,
    /// Whether records of one store do as well.
    whole_run: bool,
    seen: RefCell<Seen<B>>,
    due: RefCell<Vec<Manifest>>,
    due_ids: RefCell<BTreeSet<Key>>,
    bytes: Cell<u64>,
    /// Of these, records that are sessions by themselves.
    records: Cell<(usize, u64)>,
    /// What is left of the browser's storage for what this run stages.
    room: Cell<Room>,
    /// Of what was taken, what may not be written yet.
    under_way: Cell<f64>,
}

impl<B> Sweep<B> {
    /// For one session: it is looked at afresh, and its original goes at once.
    pub fn single() -> Self {
        Self::new(false, false)
    }

    /// For many.
    pub fn of_many() -> Self {
        Self::new(true, false)
    }

    /// For a run that migrates many, and so has many records of one store to remove.
    pub fn of_run() -> Self {
        Self::new(true, true)
    }

    fn new(grouped: bool, whole_run: bool) -> Self {
        Self {
            grouped,
            whole_run,
            seen: RefCell::new(BTreeMap::new()),
            due: RefCell::new(Vec::new()),
            due_ids: RefCell::new(BTreeSet::new()),
            bytes: Cell::new(0),
            records: Cell::new((0, 0)),
            room: Cell::new(Room::Unknown),
            under_way: Cell::new(0.0),
        }
    }

    /// Notes how much room there is.
    pub fn set_room(&self, room: Room) {
        self.room.set(room);
    }

    /// Takes room for some bytes; false if there is not so much.
    pub fn take_room(&self, bytes: f64) -> bool {
        let mut room = self.room.get();
        let taken = room.take(bytes);
        self.room.set(room);
        if taken {
            self.under_way.set(self.under_way.get() + bytes);
        }
        taken
    }

    /// The same of what the browser says now, which may not know yet of what is under way.
    pub fn take_fresh_room(&self, storage: Option<Storage>, bytes: f64) -> bool {
        let (mut room, under_way) = (Room::of(storage), self.under_way.get() + bytes);
        let taken = room.take(under_way);
        if taken {
            self.room.set(room);
            self.under_way.set(under_way);
        }
        taken
    }

    /// What room was taken for is written, or is not going to be.
    pub fn written(&self, bytes: u64) {
        self.under_way
            .set((self.under_way.get() - bytes as f64).max(0.0));
    }

    /// A container that was opened before in this run.
    pub fn seen(&self, slot: &Place, holding: &Holding) -> Option<Rc<Container<B>>> {
        let key = (slot.clone(), holding.clone());
        self.seen.borrow().get(&key).cloned()
    }

    /// Remembers a container for the rest of the run.
    pub fn saw(&self, slot: &Place, holding: &Holding, container: &Rc<Container<B>>) {
        if self.grouped {
            let key = (slot.clone(), holding.clone());
            self.seen.borrow_mut().insert(key, Rc::clone(container));
        }
    }

    /// Forgets what was seen, where it may have changed.
    pub fn forget(&self) {
        self.seen.borrow_mut().clear();
    }

    /// Whether the original of a session is to go with others, later.
    pub fn groups(&self, manifest: &Manifest) -> bool {
        self.grouped
            && match shelf_of(manifest) {
                Some(Shelf::Container(..)) => true,
                Some(Shelf::Store(_)) => self.whole_run && manifest.bytes <= SMALL,
                None => false,
            }
    }

    /// Takes charge of an original that is to go. False if that is the caller's own business.
    pub fn takes(&self, manifest: &Manifest) -> bool {
        if !self.groups(manifest) {
            return false;
        }
        if let Some(Shelf::Store(_)) = shelf_of(manifest) {
            let (records, bytes) = self.records.get();
            self.records.set((records + 1, bytes + manifest.bytes));
        }
        self.due_ids.borrow_mut().insert(manifest.id.clone());
        self.due.borrow_mut().push(manifest.clone());
        self.bytes.set(self.bytes.get() + manifest.bytes);
        true
    }

    /// Whether the original of a session is among what is due.
    pub fn has_due(&self, id: &Key) -> bool {
        self.due_ids.borrow().contains(id)
    }

    /// Whether so much is due that it should go now.
    pub fn is_full(&self) -> bool {
        let (records, bytes) = self.records.get();
        self.bytes.get() >= FLUSH_AT || records >= RECORDS || bytes >= RECORD_BYTES
    }

    /// Sessions whose originals are to go, by what goes together.
    pub fn take_due(&self) -> BTreeMap<Shelf, Vec<Manifest>> {
        self.bytes.set(0);
        self.records.set((0, 0));
        self.due_ids.borrow_mut().clear();
        let mut due: BTreeMap<_, Vec<Manifest>> = BTreeMap::new();
        for manifest in self.due.take() {
            if let Some(shelf) = shelf_of(&manifest) {
                due.entry(shelf).or_default().push(manifest);
            }
        }
        due
    }
}

/// With what others the original of a session can go; `None` for a key of localStorage, which goes by
/// itself.
fn shelf_of(manifest: &Manifest) -> Option<Shelf> {
    let place = &manifest.origin.as_ref()?.place;
    match &place.within {
        Some(within) => Some(Shelf::Container(place.slot(), within.holding.clone())),
        None if place.is_local() => None,
        None => Some(Shelf::Store(place.area.clone())),
    }
}
