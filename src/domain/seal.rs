//! Seals: a digest over the small fields of a record, written beside them. Bodies have digests of
//! their own; without a seal nothing would tell that a state or a path was changed by an accident.

use crate::domain::backup::Backup;
use crate::domain::chunk_list::ChunkList;
use crate::domain::digest::Hasher;
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::place::{Member, Place};
use crate::domain::records::JournalEntry;
use serde::Serialize;

/// Raised when a record gets a field: a release that does not know it could not compute the seal.
const VERSION: &str = "1:";

/// A record that carries a seal.
pub trait Sealed: Serialize {
    /// Keeps kinds of records apart.
    const KIND: &'static str;
    /// Its keys, which may be of kinds that JSON does not know.
    fn keys(&self) -> Vec<&Key>;
}

/// The seal of a record.
pub fn seal<T: Sealed>(record: &T) -> String {
    print(record).1
}

/// The fields of a record as JSON text, and its seal.
pub fn print<T: Sealed>(record: &T) -> (String, String) {
    let mut hasher = Hasher::new("seal/1");
    hasher.text(T::KIND);
    // What serde prints of one struct is always printed in one order. What it can't print is no text.
    let fields = serde_json::to_string(record).unwrap_or_default();
    hasher.text(&fields);
    for key in record.keys() {
        feed(&mut hasher, key);
    }
    (fields, format!("{VERSION}{}", hasher.finish()))
}

/// Whether a record is what was written. Records of older releases have no seal, and those of newer
/// ones may have one that only they can compute.
pub fn is_intact<T: Sealed>(record: &T, found: Option<&str>) -> bool {
    found.is_none_or(|found| !found.starts_with(VERSION) || found == seal(record))
}

/// Feeds a key by its type.
pub(in crate::domain) fn feed(hasher: &mut Hasher, key: &Key) {
    match key {
        Key::Text(text) => {
            hasher.text("text");
            hasher.text(text);
        }
        Key::Units(units) => {
            hasher.text("units");
            hasher.number(units.len() as u64);
            units.iter().for_each(|unit| hasher.number((*unit).into()));
        }
        Key::Number(number) => {
            hasher.text("number");
            hasher.number(number.to_bits());
        }
        Key::Date(ms) => {
            hasher.text("date");
            hasher.number(ms.to_bits());
        }
        Key::Binary(bytes) => {
            hasher.text("binary");
            hasher.number(bytes.len() as u64);
            hasher.raw(bytes);
        }
        Key::Array(keys) => {
            hasher.text("array");
            hasher.number(keys.len() as u64);
            keys.iter().for_each(|key| feed(hasher, key));
        }
    }
}

fn keys_of(place: &Place) -> Vec<&Key> {
    let member = place.within.as_ref().and_then(|w| match &w.member {
        Member::Id(key) | Member::Name(key) => Some(key),
        Member::Index(_) => None,
    });
    std::iter::once(&place.key).chain(member).collect()
}

impl Sealed for Manifest {
    const KIND: &'static str = "manifest";

    fn keys(&self) -> Vec<&Key> {
        let origin = self.origin.iter().flat_map(|o| keys_of(&o.place));
        std::iter::once(&self.id).chain(origin).collect()
    }
}

impl Sealed for ChunkList {
    const KIND: &'static str = "list";

    fn keys(&self) -> Vec<&Key> {
        vec![&self.id]
    }
}

impl Sealed for Backup {
    const KIND: &'static str = "backup";

    fn keys(&self) -> Vec<&Key> {
        let origin = self.origin.iter().flat_map(|o| keys_of(&o.place));
        std::iter::once(&self.id).chain(origin).collect()
    }
}

impl Sealed for JournalEntry {
    const KIND: &'static str = "journal";

    fn keys(&self) -> Vec<&Key> {
        vec![&self.id]
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;
    use proptest::prelude::*;

    fn entry(id: Key) -> JournalEntry {
        JournalEntry {
            id,
            action: "migrate".into(),
            generation: 1,
            started_at: Timestamp(1_700_000_000_000),
        }
    }

    #[test]
    fn kinds_of_ids_are_told_apart() {
        let ids = [Key::text("5"), Key::Number(5.0), Key::text("\\ud800")];
        let seals = ids.map(|id| seal(&entry(id)));
        assert!(seals[0] != seals[1] && seals[1] != seals[2]);
        // Both print alike.
        assert_ne!(seals[2], seal(&entry(Key::Units(vec![0xD800]))));
    }

    #[test]
    fn without_a_seal_or_with_a_newer_one_nothing_is_known() {
        let record = entry(Key::text("s"));
        assert!(is_intact(&record, None));
        assert!(is_intact(&record, Some("2:of a newer release")));
        assert!(!is_intact(&record, Some("1:")));
    }

    proptest! {
        #[test]
        fn any_change_breaks_it(action in "[a-z]{0,8}", generation: u32, at in 0u64..1 << 45) {
            let record = entry(Key::text("s"));
            let other = JournalEntry {
                action,
                generation,
                started_at: Timestamp(at),
                ..record.clone()
            };
            let same = other == record;
            prop_assert_eq!(is_intact(&other, Some(&seal(&record))), same);
        }
    }
}
