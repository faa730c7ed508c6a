//! State in localStorage, as JavaScript asks for it.

use crate::api::args;
use crate::api::promise::promise;
use crate::api::restow::Restow;
use crate::browser::to_js;
use crate::engine::Captured;
use crate::error::Result;
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Restow {
    /// Captures the tenant's keys of localStorage, or rehearses it.
    #[wasm_bindgen(js_name = captureState)]
    pub fn capture_state(&self, options: &JsValue) -> Promise {
        let (shared, capture) = (self.shared.clone(), args::capture(options));
        promise(async move {
            let captured = shared.engine()?.capture_state(&capture?).await?;
            snapshot(&captured)
        })
    }

    /// Puts captured keys back.
    #[wasm_bindgen(js_name = restoreState)]
    pub fn restore_state(&self, path: &JsValue, options: &JsValue) -> Promise {
        let (shared, path) = (self.shared.clone(), args::text("path", path));
        let (confirmed, overwrite) = (args::confirmed(options), args::flag(options, "overwrite"));
        promise(async move {
            let engine = shared.engine()?;
            to_js(&engine.restore_state(&path?, overwrite?, confirmed).await?)
        })
    }

    /// Merges one key of localStorage into another, or rehearses it.
    #[wasm_bindgen(js_name = carryState)]
    pub fn carry_state(&self, options: &JsValue) -> Promise {
        let (shared, carry) = (self.shared.clone(), args::carry(options));
        let confirmed = args::confirmed(options);
        promise(async move {
            let engine = shared.engine()?;
            to_js(&engine.carry_state(&carry?, confirmed).await?)
        })
    }

    /// Puts both keys of a carry as they were before it.
    #[wasm_bindgen(js_name = undoCarry)]
    pub fn undo_carry(&self, path: &JsValue, options: &JsValue) -> Promise {
        let (shared, path) = (self.shared.clone(), args::text("path", path));
        let (confirmed, overwrite) = (args::confirmed(options), args::flag(options, "overwrite"));
        promise(async move {
            let engine = shared.engine()?;
            to_js(&engine.undo_carry(&path?, overwrite?, confirmed).await?)
        })
    }

    /// Removes captured keys that are still as they were captured.
    #[wasm_bindgen(js_name = clearMigratedState)]
    pub fn clear_migrated_state(&self, path: &JsValue, options: &JsValue) -> Promise {
        let (shared, path) = (self.shared.clone(), args::text("path", path));
        let confirmed = args::confirmed(options);
        promise(async move {
            let engine = shared.engine()?;
            to_js(&engine.clear_migrated_state(&path?, confirmed).await?)
        })
    }
}

/// A snapshot with its values, which stay JavaScript's own.
fn snapshot(captured: &Captured<JsValue>) -> Result<JsValue> {
    let object = to_js(&captured.snapshot)?;
    let entries: Array = args::field(&object, "entries").unchecked_into();
    for (entry, value) in entries.iter().zip(&captured.values) {
        let value = value.clone().unwrap_or(JsValue::NULL);
        // Setting a property of an object that was made a moment ago can't fail.
        let _ = Reflect::set(&entry, &"value".into(), &value);
    }
    Ok(object)
}
