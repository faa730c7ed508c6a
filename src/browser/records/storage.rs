//! What the browser says of its storage, in time or not at all: a run goes on without it.

use crate::browser::js;
use crate::browser::timer::within;
use crate::domain::headroom::Storage;
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Longest wait for figures that nothing depends on.
const LIMIT_MS: u32 = 2_000;

/// Usage, quota and persistence of this origin.
pub async fn storage() -> Option<Storage> {
    within(LIMIT_MS, asked()).await.flatten()
}

async fn asked() -> Option<Storage> {
    let manager = js::field(&js::field(&js_sys::global(), "navigator"), "storage");
    let estimate = answer(&manager, "estimate").await?;
    let usage = js::field(&estimate, "usage").as_f64()?;
    let quota = js::field(&estimate, "quota").as_f64()?;
    let persisted = answer(&manager, "persisted").await;
    Storage::new(usage, quota, persisted.and_then(|told| told.as_bool()))
}

async fn answer(manager: &JsValue, method: &str) -> Option<JsValue> {
    let promise = js::method(manager, method)?.call0(manager).ok()?;
    JsFuture::from(promise.dyn_into::<Promise>().ok()?)
        .await
        .ok()
}
