//! Promises that always settle, with a real `Error` when they reject.

use crate::api::error;
use crate::domain::key::Key;
use crate::error::Result;
use js_sys::Promise;
use std::future::Future;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// Runs a call. It borrows nothing from the object that it was called on, so that calls may
/// overlap in any way.
pub fn promise(call: impl Future<Output = Result<JsValue>> + 'static) -> Promise {
    future_to_promise(async move { call.await.map_err(|error| error::to_js(&error, None)) })
}

/// Runs a call about one session, whose id every error then carries.
pub fn promise_about(
    id: Result<Key>,
    call: impl AsyncFnOnce(Key) -> Result<JsValue> + 'static,
) -> Promise {
    future_to_promise(async move {
        let id = id.map_err(|error| error::to_js(&error, None))?;
        call(id.clone())
            .await
            .map_err(|error| error::to_js(&error, Some(&id)))
    })
}
