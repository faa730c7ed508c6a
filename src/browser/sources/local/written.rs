//! What was written to localStorage lately, and what other tabs say they wrote to the same keys.
//!
//! Tabs hear of each other's writes later: a tab may write over what another has just written
//! without having seen it. It is told of that by a `storage` event afterwards, when what lies there
//! is still its own. What the other tab wrote is put back then, since it alone holds it.

use crate::domain::key::Key;
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;

/// For how long a write is remembered.
const WINDOW_MS: f64 = 10_000.0;
/// Most values that are put back to one key after one write, so that two tabs never go on for ever
/// putting back what the other put back.
const MAX_PUT_BACKS: u32 = 8;

/// Writes by their keys. `null` is written where a text was removed.
#[derive(Default)]
pub struct Written(BTreeMap<Key, Write>);

struct Write {
    at: f64,
    /// What was seen there, and then written over. Another tab that wrote it lost nothing.
    seen: Option<JsValue>,
    /// What lies there if nobody has written since.
    ours: JsValue,
    put_backs: u32,
}

/// What is to be done about the write of another tab.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing: it is not about what was written here.
    Nothing,
    /// The key is not as we left it.
    Concerned,
    /// So it is, and the other tab's value is to be put back.
    Overwritten,
}

impl Written {
    /// Remembers a write.
    pub fn note(&mut self, key: Key, seen: JsValue, ours: JsValue, now: f64) {
        self.0.retain(|_, write| now - write.at <= WINDOW_MS);
        let write = Write {
            at: now,
            seen: Some(seen),
            ours,
            put_backs: 0,
        };
        self.0.insert(key, write);
    }

    /// Another tab has written `theirs` to a key where `there` lies now.
    pub fn hear(&mut self, key: &Key, theirs: &JsValue, there: &JsValue, now: f64) -> Heard {
        let recent = |write: &&mut Write| now - write.at <= WINDOW_MS;
        let Some(write) = self.0.get_mut(key).filter(recent) else {
            return Heard::Nothing;
        };
        if *theirs == write.ours || write.seen.as_ref() == Some(theirs) {
            return Heard::Nothing;
        }
        // What another tab removed is not brought back, but nor is what it left removed.
        if theirs.is_null() || *there != write.ours || write.put_backs == MAX_PUT_BACKS {
            return Heard::Concerned;
        }
        write.put_backs += 1;
        // From now on the last word is theirs, whatever we once saw.
        write.seen = None;
        write.ours = theirs.clone();
        Heard::Overwritten
    }
}
