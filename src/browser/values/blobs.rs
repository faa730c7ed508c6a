//! Blobs, where they can't be stored.
//!
//! A private window of WebKit stores none, and a transaction that tries it while another request
//! of it is under way never ends, nor does any later one on that database. So whoever is about to
//! write asks first whether a Blob was met at all.

use crate::browser::values::walk::walk;
use std::cell::Cell;
use wasm_bindgen::JsValue;

thread_local! {
    static MET: Cell<bool> = const { Cell::new(false) };
}

/// Notes that a value with a Blob was measured, as every value is before it is written.
pub fn note() {
    MET.set(true);
}

/// Whether one was ever measured in this page.
pub fn met() -> bool {
    MET.get()
}

/// Whether a record holds one. What can't be walked is left to the browser to judge.
pub fn held_by(record: &JsValue) -> bool {
    let walked = walk(std::slice::from_ref(record), &[]);
    walked.is_ok_and(|walked| walked.blobs.iter().any(|blobs| !blobs.is_empty()))
}
