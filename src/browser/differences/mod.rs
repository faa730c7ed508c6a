//! Every place in which two values differ, in words.
//!
//! Two values are the same if storing them would store the same: types, order of fields, holes,
//! `-0`, `NaN` and which objects are one and the same. The bytes of Blobs are not looked at,
//! since reading them takes time that this comparison does not have; their sizes and types are.

mod compare;
mod print;

use compare::Comparison;

use crate::domain::path::Path;
use crate::domain::verification::Difference;
use wasm_bindgen::JsValue;

/// The differences of two values in the order of the first, `limit` at most.
pub fn differences(expected: &JsValue, actual: &JsValue, limit: usize) -> Vec<Difference> {
    let mut comparison = Comparison::new();
    let mut path = Vec::new();
    let mut stack = vec![
        comparison
            .pair(&Path::default(), expected, actual)
            .into_iter(),
    ];
    while let Some(pairs) = stack.last_mut() {
        if comparison.found.len() >= limit {
            break;
        }
        match pairs.next() {
            None => {
                stack.pop();
                path.pop();
            }
            Some((key, expected, actual)) => {
                path.push(key);
                let inner = comparison.pair(&Path(path.clone()), &expected, &actual);
                stack.push(inner.into_iter());
            }
        }
    }
    comparison.found.truncate(limit);
    comparison.found
}
