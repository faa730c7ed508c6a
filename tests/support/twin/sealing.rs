//! Which records of ours on the twin are what was written.

use super::image::Own;
use restow::domain::backup::Backup;
use restow::domain::chunk_list::{ChunkList, PieceName};
use restow::domain::damage::{BadRecord, Flaw, Store};
use restow::domain::key::Key;
use restow::domain::path::Path;
use restow::domain::seal::{self, Sealed};
use restow::ports::Rows;

/// The key of a list.
pub fn list_key(id: &Key, generation: u32) -> Key {
    Key::Array(vec![id.clone(), Key::Number(generation.into())])
}

/// The key of a piece.
pub fn piece_key(id: &Key, generation: u32, name: &PieceName) -> Key {
    let Path(path) = &name.path;
    Key::Array(vec![
        id.clone(),
        Key::Number(generation.into()),
        Key::Array(path.iter().map(Key::text).collect()),
        Key::Number(name.index.into()),
    ])
}

impl Own {
    /// Notes the seal of a record that is written now, and that it can be understood.
    pub(super) fn seal<T: Sealed>(&mut self, store: Store, key: Key, record: &T) {
        self.garbled.remove(&(store, key.clone()));
        self.seals.insert((store, key), seal::seal(record));
    }

    /// Forgets a record that is gone.
    pub(super) fn unseal(&mut self, store: Store, key: Key) {
        let at = (store, key);
        self.seals.remove(&at);
        self.garbled.remove(&at);
    }

    /// Whether a record is what was written.
    pub(super) fn is_intact<T: Sealed>(&self, store: Store, key: Key, record: &T) -> bool {
        let at = (store, key);
        let found = self.seals.get(&at).map(String::as_str);
        !self.garbled.contains(&at) && seal::is_intact(record, found)
    }

    /// The same for a record without a seal.
    pub(super) fn is_understood(&self, store: Store, key: &Key) -> bool {
        !self.garbled.contains(&(store, key.clone()))
    }

    /// A chunk list, if it is what was written.
    pub(super) fn sound_list(&self, id: &Key, generation: u32) -> Result<Option<ChunkList>, Flaw> {
        let Some(list) = self.lists.get(&(id.clone(), generation)) else {
            return Ok(None);
        };
        let key = list_key(id, generation);
        let intact = self.is_intact(Store::Lists, key, list);
        intact.then(|| Some(list.clone())).ok_or(Flaw::Changed)
    }

    /// The head of a backup in one of its two stores, if it is what was written.
    pub(super) fn is_head(&self, store: Store, path: &str, head: &Backup) -> bool {
        self.is_intact(store, Key::text(path), head)
    }
}

/// Sorts the records of a store.
pub(super) fn sorted_out<'a, T: Clone + 'a>(
    store: Store,
    records: impl Iterator<Item = (Key, &'a T)>,
    is_sound: impl Fn(&Key, &T) -> bool,
) -> Rows<T> {
    let mut rows = Rows::default();
    for (key, record) in records {
        match is_sound(&key, record) {
            true => rows.sound.push(record.clone()),
            false => rows.bad.push(BadRecord {
                store,
                key,
                flaw: Flaw::Changed,
            }),
        }
    }
    rows
}
