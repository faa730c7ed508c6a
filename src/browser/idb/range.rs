//! Ranges of keys.

use crate::browser::js::{self, List};
use crate::browser::key::key_to_js;
use crate::domain::key::Key;
use crate::error::Result;
use crate::ports::Generations;
use wasm_bindgen::JsValue;
use web_sys::IdbKeyRange;

use super::errors;

/// The key `[id, generation]`, or the beginning of longer ones.
pub fn generation_key(id: &JsValue, generation: f64) -> JsValue {
    list(&[id.clone(), JsValue::from_f64(generation)])
}

/// An array of our own making.
pub fn list(items: &[JsValue]) -> JsValue {
    let list = List::empty();
    for (index, item) in (0..).zip(items) {
        list.put(index, item);
    }
    list.into()
}

/// Every key that begins with `[id, generation]`, of some generations.
pub fn generations(id: &Key, which: Generations) -> Result<Vec<IdbKeyRange>> {
    let id = key_to_js(id);
    let first = list(std::slice::from_ref(&id));
    // An array is greater than any number, so no generation lies behind this.
    let last = list(&[id.clone(), List::empty().into()]);
    let from = |generation: u32| generation_key(&id, f64::from(generation));
    let after = |generation: u32| generation_key(&id, f64::from(generation) + 1.0);
    let bounds = match which {
        Generations::All => vec![(first, last)],
        Generations::One(one) => vec![(from(one), after(one))],
        Generations::AllBut(one) => vec![(first, from(one)), (after(one), last)],
    };
    bounds
        .iter()
        .map(|(lower, upper)| half_open(lower, upper))
        .collect()
}

/// Text keys that begin with a prefix. The range may hold a few others as well, never too few.
pub fn prefix(prefix: &str) -> Result<IdbKeyRange> {
    let lower = JsValue::from_str(prefix);
    let mut units: Vec<u16> = prefix.encode_utf16().collect();
    // The next text behind all of them: the last unit that can be raised is raised.
    while let Some(last) = units.pop() {
        if let Some(next) = last.checked_add(1) {
            units.push(next);
            return half_open(&lower, &js::text_of(&units).into());
        }
    }
    IdbKeyRange::lower_bound(&lower).map_err(|thrown| errors::browser(&thrown))
}

fn half_open(lower: &JsValue, upper: &JsValue) -> Result<IdbKeyRange> {
    IdbKeyRange::bound_with_lower_open_and_upper_open(lower, upper, false, true)
        .map_err(|thrown| errors::browser(&thrown))
}
