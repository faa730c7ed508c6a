//! What one run over many sessions has seen, and what it still has to remove: a record that holds
//! many sessions is read once and rewritten once, however many of them are migrated.

use super::container::Container;
use crate::domain::headroom::Room;
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::place::{Holding, Place};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Bytes that may be committed before their originals go: so much more space a run may need.
const FLUSH_AT: u64 = 64 * 1024 * 1024;

/// Containers by slot and by how they are read.
type Seen<B> = BTreeMap<(Place, Holding), Rc<Container<B>>>;

/// One run, or one session by itself.
pub(super) struct Sweep<B> {
    /// Whether originals in containers go together, later.
    grouped: bool,
    seen: RefCell<Seen<B>>,
    due: RefCell<Vec<Manifest>>,
    due_ids: RefCell<BTreeSet<Key>>,
    bytes: Cell<u64>,
    /// What is left of the browser's storage for what this run stages.
    room: Cell<Room>,
}

impl<B> Sweep<B> {
    /// For one session: it is looked at afresh, and its original goes at once.
    pub fn single() -> Self {
        Self::new(false)
    }

    /// For many.
    pub fn of_many() -> Self {
        Self::new(true)
    }

    fn new(grouped: bool) -> Self {
        Self {
            grouped,
            seen: RefCell::new(BTreeMap::new()),
            due: RefCell::new(Vec::new()),
            due_ids: RefCell::new(BTreeSet::new()),
            bytes: Cell::new(0),
            room: Cell::new(Room::Unknown),
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
        taken
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

    /// Takes charge of an original that is to go. False if that is the caller's own business.
    pub fn takes(&self, manifest: &Manifest) -> bool {
        let held = manifest
            .origin
            .as_ref()
            .is_some_and(|origin| origin.place.within.is_some());
        if !self.grouped || !held {
            return false;
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
        self.bytes.get() >= FLUSH_AT
    }

    /// Sessions whose originals are to go, by the record that holds them.
    pub fn take_due(&self) -> BTreeMap<(Place, Holding), Vec<Manifest>> {
        self.bytes.set(0);
        self.due_ids.borrow_mut().clear();
        let mut due: BTreeMap<_, Vec<Manifest>> = BTreeMap::new();
        for manifest in self.due.take() {
            let place = manifest.origin.as_ref().map(|origin| &origin.place);
            let within = place.and_then(|place| Some((place.slot(), place.within.as_ref()?)));
            if let Some((slot, within)) = within {
                let key = (slot, within.holding.clone());
                due.entry(key).or_default().push(manifest);
            }
        }
        due
    }
}
