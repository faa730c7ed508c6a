//! What was found, and where the comparison is at the moment.

use crate::browser::differences::print::print;
use crate::domain::path::Path;
use crate::domain::verification::Difference;
use wasm_bindgen::JsValue;

/// Differences in order.
#[derive(Default)]
pub struct Report {
    /// What was found so far.
    pub found: Vec<Difference>,
    /// The keys on the way to the pair at hand.
    pub path: Vec<String>,
}

impl Report {
    /// The pair at hand differs.
    pub fn values(&mut self, what: &'static str, expected: &JsValue, actual: &JsValue) {
        self.texts(what, print(expected), print(actual));
    }

    /// The same, said in words.
    pub fn texts(&mut self, what: &'static str, expected: String, actual: String) {
        self.found.push(Difference {
            path: Path(self.path.clone()),
            what,
            expected,
            actual,
        });
    }

    /// Something inside the pair at hand differs.
    pub fn inside(&mut self, key: &str, what: &'static str, expected: String, actual: String) {
        self.path.push(key.into());
        self.texts(what, expected, actual);
        self.path.pop();
    }

    /// Two lengths, where they differ.
    pub fn lengths(&mut self, key: &str, expected: usize, actual: usize) {
        if expected != actual {
            let (expected, actual) = (expected.to_string(), actual.to_string());
            self.inside(key, "Length mismatch", expected, actual);
        }
    }
}
