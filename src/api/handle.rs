//! The object that `openSession` returns. The package adds iteration to it.

use crate::api::restow::Shared;
use crate::api::{args, error};
use crate::browser::{BrowserPorts, key_to_js, to_js};
use crate::engine::{Engine, Handle};
use crate::error::Result;
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A chunked session, read and written piece by piece.
#[wasm_bindgen]
pub struct SessionHandle {
    shared: Shared,
    handle: Rc<Handle<JsValue>>,
}

impl SessionHandle {
    /// A handle of an engine's.
    pub fn new(shared: &Shared, handle: Handle<JsValue>) -> Self {
        Self {
            shared: shared.clone(),
            handle: Rc::new(handle),
        }
    }

    fn run<F>(
        &self,
        call: impl FnOnce(Rc<Engine<BrowserPorts>>, Rc<Handle<JsValue>>) -> F + 'static,
    ) -> Promise
    where
        F: Future<Output = Result<JsValue>>,
    {
        let (shared, handle) = (self.shared.clone(), self.handle.clone());
        crate::api::promise::promise_about(Ok(handle.id()), async move |_| {
            call(shared.engine()?, handle).await
        })
    }
}

#[wasm_bindgen]
impl SessionHandle {
    /// The session's id.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> JsValue {
        key_to_js(&self.handle.id())
    }

    /// The session without what was taken out. The caller's own copy.
    #[wasm_bindgen(getter)]
    pub fn metadata(&self) -> Result<JsValue, JsValue> {
        use crate::ports::{Bodies, Ports};
        let engine = self
            .shared
            .engine()
            .map_err(|error| error::to_js(&error, None))?;
        let copy = engine.ports.bodies().copy(&self.handle.metadata());
        copy.map_err(|error| error::to_js(&error, None))
    }

    /// Raised by every change.
    #[wasm_bindgen(getter)]
    pub fn revision(&self) -> u32 {
        self.handle.revision()
    }

    /// What was taken out.
    #[wasm_bindgen(getter)]
    pub fn places(&self) -> Result<JsValue, JsValue> {
        to_js(&self.handle.places()).map_err(|error| error::to_js(&error, None))
    }

    /// The value at a path, or items of the array there.
    pub fn read(&self, path: &JsValue, range: &JsValue) -> Promise {
        let (path, range) = (args::path(path), args::range(range));
        self.run(async move |engine, handle| {
            Ok(engine
                .read(&handle, &path?, range?)
                .await?
                .unwrap_or(JsValue::UNDEFINED))
        })
    }

    /// Adds items at the end of an array; its new length.
    pub fn append(&self, path: &JsValue, items: JsValue) -> Promise {
        let path = args::path(path);
        self.run(async move |engine, handle| {
            Ok(engine.append(&handle, &path?, &items).await?.into())
        })
    }

    /// Replaces one item of an array.
    #[wasm_bindgen(js_name = setItem)]
    pub fn set_item(&self, path: &JsValue, index: &JsValue, item: JsValue) -> Promise {
        let (path, index) = (args::path(path), args::index("index", index));
        self.run(async move |engine, handle| {
            engine.set_item(&handle, &path?, index?, &item).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Replaces or adds a value.
    pub fn set(&self, path: &JsValue, value: JsValue) -> Promise {
        let path = args::path(path);
        self.run(async move |engine, handle| {
            engine.set(&handle, &path?, &value).await?;
            Ok(JsValue::UNDEFINED)
        })
    }
}
