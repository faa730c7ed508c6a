//! Objects of one shape: the same keys in the same order. Their keys are digested once.

use crate::browser::js::{self, List, Numbers};
use crate::browser::values::encoder::measure_keys;
use crate::domain::digest::Measure;
use wasm_bindgen::JsValue;

/// Objects with more keys than this are dictionaries, and hardly two of them are alike.
const MAX_KEYS: u32 = 64;
/// Most shapes that are remembered.
const MAX_SHAPES: usize = 1024;

/// Remembers shapes during one walk.
pub struct Shapes {
    by_keys: Numbers,
    known: Vec<(u32, Measure)>,
    separator: JsValue,
}

impl Shapes {
    /// Knows none yet.
    pub fn new() -> Self {
        Self {
            by_keys: Numbers::new(),
            known: Vec::new(),
            separator: JsValue::from_str("\u{0}"),
        }
    }

    /// Digest and size of the keys of one object.
    pub fn measure(&mut self, keys: &List, count: u32) -> Measure {
        if count > MAX_KEYS {
            return measure(keys, count);
        }
        let joined = js::join(keys, &self.separator);
        match self
            .by_keys
            .get(&joined)
            .and_then(|number| self.known.get(number as usize))
        {
            // What is remembered has no separator inside a key, so the same text cut into as
            // many keys can only be the same keys.
            Some((known, measure)) if *known == count => *measure,
            Some(_) => measure(keys, count),
            None => self.learn(keys, count, &joined),
        }
    }

    fn learn(&mut self, keys: &List, count: u32, joined: &JsValue) -> Measure {
        let measure = measure(keys, count);
        let separators = joined
            .as_string()
            .map(|joined| joined.bytes().filter(|byte| *byte == 0).count());
        if self.known.len() < MAX_SHAPES && separators == Some(count.saturating_sub(1) as usize) {
            self.by_keys.set(joined, self.known.len() as u32);
            self.known.push((count, measure));
        }
        measure
    }
}

/// Digest and size of so many keys.
pub fn measure(keys: &List, count: u32) -> Measure {
    measure_keys((0..count).map(|index| keys.at(index)))
}
