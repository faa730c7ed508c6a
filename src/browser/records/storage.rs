//! What the browser says of its storage, in time or not at all: a run goes on without it.

use crate::browser::js;
use crate::browser::timer::called;
use crate::domain::headroom::Storage;

/// Longest wait for each of two answers that nothing depends on.
const LIMIT_MS: u32 = 1_000;

/// Usage, quota and persistence of this origin.
pub async fn storage() -> Option<Storage> {
    let manager = js::field(&js::field(&js_sys::global(), "navigator"), "storage");
    let estimate = called(LIMIT_MS, &manager, "estimate").await?;
    let usage = js::field(&estimate, "usage").as_f64()?;
    let quota = js::field(&estimate, "quota").as_f64()?;
    let persisted = called(LIMIT_MS, &manager, "persisted").await;
    Storage::new(usage, quota, persisted.and_then(|told| told.as_bool()))
}
