//! Requests as futures.

use crate::browser::slot::Slot;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use wasm_bindgen::prelude::*;
use web_sys::{Event, IdbRequest};

/// The answer to a request: its result, or its exception.
///
/// The task that awaits it goes on inside the request's own event, while its transaction is
/// active. A reply that is dropped takes its handlers with it.
pub struct Reply {
    request: IdbRequest,
    slot: Slot<Result<JsValue, JsValue>>,
    _handlers: [Closure<dyn FnMut(Event)>; 2],
}

impl Reply {
    /// Listens to a request that was just made.
    pub fn to(request: IdbRequest) -> Self {
        let slot = Slot::default();
        let on_success = Closure::<dyn FnMut(Event)>::new({
            let (slot, request) = (slot.clone(), request.clone());
            move |_| slot.fill(request.result())
        });
        let on_error = Closure::<dyn FnMut(Event)>::new({
            let (slot, request) = (slot.clone(), request.clone());
            move |_| slot.fill(Err(exception(&request)))
        });
        request.set_onsuccess(Some(on_success.as_ref().unchecked_ref()));
        request.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Self {
            request,
            slot,
            _handlers: [on_success, on_error],
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.request.set_onsuccess(None);
        self.request.set_onerror(None);
    }
}

impl Future for Reply {
    type Output = Result<JsValue, JsValue>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.slot).poll(context)
    }
}

/// The exception of a request that failed.
pub fn exception(request: &IdbRequest) -> JsValue {
    match request.error() {
        Ok(Some(exception)) => exception.into(),
        Ok(None) => JsValue::UNDEFINED,
        Err(thrown) => thrown,
    }
}
