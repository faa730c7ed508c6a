//! Every place in which two values differ, in words.
//!
//! Two values are the same if storing them would store the same: types, order of fields, holes,
//! `-0`, `NaN` and which objects are one and the same. The bytes of Blobs are not looked at,
//! since reading them takes time that this comparison does not have; their sizes and types are.

mod compare;
mod inside;
mod print;
mod report;

use compare::Comparison;

use crate::domain::verification::Difference;
use wasm_bindgen::JsValue;

/// The differences of two values in the order of the first, `limit` at most.
pub fn differences(expected: &JsValue, actual: &JsValue, limit: usize) -> Vec<Difference> {
    let mut comparison = Comparison::new();
    let mut stack = vec![comparison.pair(expected, actual).into_iter()];
    while let Some(pairs) = stack.last_mut() {
        if comparison.report.found.len() >= limit {
            break;
        }
        match pairs.next() {
            None => {
                stack.pop();
                comparison.report.path.pop();
            }
            Some((key, expected, actual)) => {
                comparison.report.path.push(key);
                stack.push(comparison.pair(&expected, &actual).into_iter());
            }
        }
    }
    comparison.report.found.truncate(limit);
    comparison.report.found
}
