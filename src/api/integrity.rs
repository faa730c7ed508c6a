//! `verifyDataIntegrity`: the only call that shows values, because its caller holds both.

use crate::browser::differences;
use crate::domain::verification::{MAX_LISTED, describe};
use crate::error::{Error, Result};
use wasm_bindgen::JsValue;

/// Differences beyond this are not even counted.
const MAX_COUNTED: usize = MAX_LISTED * 100;

/// Fails with one error that lists every mismatch.
pub fn verify(original: &JsValue, migrated: &JsValue) -> Result<()> {
    let differences = differences(original, migrated, MAX_COUNTED);
    if differences.is_empty() {
        return Ok(());
    }
    Err(Error::IntegrityMismatch {
        text: describe(&differences),
        count: differences.len(),
    })
}
