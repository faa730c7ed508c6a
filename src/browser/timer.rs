//! Waits that end.

use crate::browser::js;
use crate::browser::slot::Slot;
use crate::error::{Error, Result};
use futures_util::future::{Either, select};
use js_sys::Promise;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &JsValue, ms: u32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(handle: &JsValue);
}

/// Ready after some milliseconds. Dropping it stops the clock.
pub struct Timer {
    slot: Slot<()>,
    handle: JsValue,
    // Lives as long as the browser may call it.
    _handler: Closure<dyn FnMut()>,
}

impl Timer {
    /// Starts the clock.
    pub fn new(ms: u32) -> Self {
        let slot = Slot::default();
        let handler = Closure::new({
            let slot = slot.clone();
            move || slot.fill(())
        });
        let handle = set_timeout(handler.as_ref(), ms);
        Self {
            slot,
            handle,
            _handler: handler,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.handle);
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.slot).poll(context)
    }
}

/// Longest time for one read.
pub const READ_LIMIT_MS: u32 = 60_000;

/// A read that ends, even if the browser's storage hangs.
pub async fn in_time<T>(read: impl Future<Output = Result<T>>) -> Result<T> {
    within(READ_LIMIT_MS, read).await.unwrap_or_else(|| {
        Err(Error::Timeout {
            what: "reading from IndexedDB",
            seconds: READ_LIMIT_MS / 1000,
        })
    })
}

/// What a promise is fulfilled with; `None` if it is rejected, or takes longer than that. It may be one
/// of another realm.
pub async fn answer(ms: u32, promise: JsValue) -> Option<JsValue> {
    let promise = JsFuture::from(Promise::resolve(&promise));
    within(ms, promise).await?.ok()
}

/// What the promise of a method without arguments resolves to, if it does so in time.
pub async fn called(ms: u32, object: &JsValue, method: &str) -> Option<JsValue> {
    answer(ms, js::call(object, method)?).await
}

/// What a future yields, or `None` if it takes longer than that.
pub async fn within<T>(ms: u32, future: impl Future<Output = T>) -> Option<T> {
    match select(pin!(future), Timer::new(ms)).await {
        Either::Left((value, _)) => Some(value),
        Either::Right(_) => None,
    }
}
