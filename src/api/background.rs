//! What happens by itself, when the page has nothing better to do.

use crate::browser::BrowserPorts;
use crate::domain::retention::Rule;
use crate::engine::Engine;
use crate::ports::{Ports, Records};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Milliseconds after which the browser is asked to find the time.
const LATEST_MS: i32 = 10_000;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = requestIdleCallback, catch)]
    fn request_idle_callback(handler: &JsValue, options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &JsValue, ms: i32) -> JsValue;
}

/// Removes expired backups once the page is idle, if there are any.
pub fn clean_up_when_idle(engine: &Rc<Engine<BrowserPorts>>) {
    if !engine.config.auto_cleanup {
        return;
    }
    let engine = Rc::downgrade(engine);
    let run = Closure::once_into_js(move || {
        let Some(engine) = engine.upgrade() else {
            return;
        };
        wasm_bindgen_futures::spawn_local(async move {
            // A clean-up that fails is tried again at the next occasion; nothing depends on it.
            if !matches!(engine.ports.records().backups(None).await, Ok(backups) if backups.sound.is_empty())
            {
                let _ = engine.cleanup(Rule::Expired, true).await;
            }
        });
    });
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"timeout".into(), &LATEST_MS.into());
    // Safari has no idle callbacks.
    if request_idle_callback(&run, &options).is_err() {
        set_timeout(&run, 1000);
    }
}
