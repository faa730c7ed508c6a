//! What applications, other tabs and accidents do to a disk behind Restow's back.

use super::disk::Disk;
use super::image::{Image, Own};
use super::sealing::piece_key;
use crate::support::value::Value;
use restow::domain::backup::Backup;
use restow::domain::chunk_list::PieceName;
use restow::domain::damage::Store;
use restow::domain::key::Key;
use restow::domain::manifest::Manifest;
use restow::domain::place::{Area, Place};
use restow::error::Error;

impl Disk {
    /// A record of an application. What was unreadable there can be read again.
    pub fn plant(&self, database: &str, store: &str, key: Key, value: impl Into<Value>) {
        let place = Place::record(Area::store(database, store), key);
        self.plant_at(&place, value);
    }

    /// The same for any place; in localStorage as an application in this very tab does it.
    pub fn plant_at(&self, place: &Place, value: impl Into<Value>) {
        self.put(place, Some(value.into()));
    }

    /// The application removes a record.
    pub fn remove(&self, database: &str, store: &str, key: Key) {
        self.remove_at(&Place::record(Area::store(database, store), key));
    }

    /// The same for any place.
    pub fn remove_at(&self, place: &Place) {
        self.put(place, None);
    }

    fn put(&self, place: &Place, value: Option<Value>) {
        let place = place.slot();
        self.state_mut().unreadable.remove(&place);
        let local = place.is_local();
        let change = move |image: &mut Image| image.put(&place, value.clone());
        match local {
            true => self.state_mut().plant_local(change),
            false => self.plant_with(change),
        }
    }

    /// A store without records, and its database.
    pub fn create_store(&self, database: &str, store: &str) {
        let (database, store) = (database.to_owned(), store.to_owned());
        self.plant_with(move |image| {
            image.store(&database, &store);
        });
    }

    /// Makes a record of an application unreadable: it has a key, but its value is lost.
    pub fn make_unreadable(&self, place: &Place) {
        self.state_mut().unreadable.insert(place.slot());
    }

    /// Makes every look at a database of an application fail, or none.
    pub fn break_database(&self, database: &str, error: Option<Error>) {
        let broken = &mut self.state_mut().broken;
        match error {
            Some(error) => broken.insert(database.into(), error),
            None => broken.remove(database),
        };
    }

    /// Does something to our own database, which must be there.
    pub fn damage(&self, change: impl Fn(&mut Own) + 'static) {
        assert!(self.has_own(), "there is no database of ours to be damaged");
        self.plant_with(move |image: &mut Image| image.own.iter_mut().for_each(&change));
    }

    /// Names of all stored pieces of a session, by generation.
    pub fn pieces_of(&self, id: &Key) -> Vec<(u32, PieceName)> {
        let own = self.own().unwrap_or_default();
        let pieces = own.pieces.into_keys().filter(|(of, ..)| of == id);
        pieces
            .map(|(_, generation, name)| (generation, name))
            .collect()
    }

    /// Drops a piece.
    pub fn drop_piece(&self, id: &Key, generation: u32, name: &PieceName) {
        let key = self.piece_key(id, generation, name);
        self.damage(move |own| {
            own.pieces.remove(&key);
        });
    }

    /// Puts another value in the place of a piece.
    pub fn alter_piece(
        &self,
        id: &Key,
        generation: u32,
        name: &PieceName,
        value: impl Into<Value>,
    ) {
        let (key, value) = (self.piece_key(id, generation, name), value.into());
        self.damage(move |own| {
            own.pieces.insert(key.clone(), value.clone());
        });
    }

    /// Makes a record of ours one that can't be understood.
    pub fn garble(&self, store: Store, key: &Key) {
        let at = (store, key.clone());
        self.damage(move |own| {
            own.garbled.insert(at.clone());
        });
    }

    /// Makes the record of a piece one that can't be understood.
    pub fn damage_piece_record(&self, id: &Key, generation: u32, name: &PieceName) {
        let (id, generation, name) = self.piece_key(id, generation, name);
        self.garble(Store::Chunks, &piece_key(&id, generation, &name));
    }

    /// Swaps two pieces of a session.
    pub fn swap_pieces(&self, id: &Key, generation: u32, one: &PieceName, other: &PieceName) {
        let one = self.piece_key(id, generation, one);
        let other = self.piece_key(id, generation, other);
        self.damage(move |own| {
            let (Some(a), Some(b)) = (own.pieces.get(&one), own.pieces.get(&other)) else {
                return;
            };
            let (a, b) = (a.clone(), b.clone());
            own.pieces.insert(one.clone(), b);
            own.pieces.insert(other.clone(), a);
        });
    }

    /// Makes a piece unreadable: it has a key, but its value is lost.
    pub fn make_piece_unreadable(&self, id: &Key, generation: u32, name: &PieceName) {
        let key = self.piece_key(id, generation, name);
        self.state_mut().unreadable_pieces.insert(key);
    }

    /// The key of a piece that must be there: a test that damages nothing proves nothing.
    fn piece_key(&self, id: &Key, generation: u32, name: &PieceName) -> (Key, u32, PieceName) {
        let key = (id.clone(), generation, name.clone());
        let own = self.own().unwrap_or_default();
        assert!(own.pieces.contains_key(&key), "there is no piece {name}");
        key
    }

    /// Changes a manifest and its skeleton, which must be there, and seals it again: as if a release
    /// had written it so.
    pub fn alter_manifest(&self, id: &Key, change: impl Fn(&mut Manifest, &mut Value) + 'static) {
        let own = self.own().unwrap_or_default();
        assert!(own.manifests.contains_key(id), "there is no manifest {id}");
        let id = id.clone();
        self.damage(move |own| {
            if let Some((manifest, skeleton)) = own.manifests.get_mut(&id) {
                change(manifest, skeleton);
                let manifest = manifest.clone();
                own.seal(Store::Manifests, id.clone(), &manifest);
            }
        });
    }

    /// Changes a backup, which must be there: its head, envelope and session. Its heads are sealed
    /// again: as if a release had written it so.
    pub fn alter_backup(
        &self,
        path: &str,
        change: impl Fn(&mut Backup, &mut Value, &mut Value) + 'static,
    ) {
        let own = self.own().unwrap_or_default();
        assert!(own.backups.contains_key(path), "there is no backup {path}");
        let path = path.to_owned();
        self.damage(move |own| {
            if let Some((head, envelope, session)) = own.backups.get_mut(&path) {
                change(head, envelope, session);
                let head = head.clone();
                own.seal(Store::Backups, Key::text(&path), &head);
                own.seal(Store::BackupHeads, Key::text(&path), &head);
                own.heads.insert(path.clone(), head);
            }
        });
    }
}
