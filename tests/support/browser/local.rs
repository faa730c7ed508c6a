//! localStorage as an application, or another tab, would use it.

use super::host::Patch;
use super::js;
use wasm_bindgen::{JsCast, JsValue};

/// The storage of an event about localStorage, as an expression.
pub const LOCAL: &str = "localStorage";

fn call(function: &str, arguments: &[&JsValue]) -> JsValue {
    let function: js_sys::Function = js(function).unchecked_into();
    let arguments: js_sys::Array = arguments.iter().copied().collect();
    let result = function.apply(&JsValue::UNDEFINED, &arguments);
    result.expect("localStorage can be used")
}

/// Writes a text.
pub fn write(key: &JsValue, value: &JsValue) {
    call(
        "(key, value) => localStorage.setItem(key, value)",
        &[key, value],
    );
}

/// What lies under a key; `null` if nothing does.
pub fn lies(key: &JsValue) -> JsValue {
    call("key => localStorage.getItem(key)", &[key])
}

/// The event by which another tab's write is told.
pub fn tell(key: &JsValue, value: &JsValue, area: &str) {
    let event = format!(
        "(key, newValue) => dispatchEvent(new StorageEvent('storage', {{ key, newValue, storageArea: {area} }}))"
    );
    call(&event, &[key, value]);
}

/// Lets `localStorage` do something else than return the storage.
pub fn denied(body: &str) -> Patch {
    Patch::new(&format!(
        "() => {{ const saved = Object.getOwnPropertyDescriptor(window, 'localStorage'); \
         Object.defineProperty(window, 'localStorage', {{ get() {{ {body} }}, configurable: true }}); \
         return () => {{ Object.defineProperty(window, 'localStorage', saved); }}; }}"
    ))
}

/// Lets `setItem` throw as if there were no room.
pub fn full(name: &str) -> Patch {
    Patch::new(&format!(
        "() => {{ const saved = Storage.prototype.setItem; \
         Storage.prototype.setItem = () => {{ throw new DOMException('full', '{name}'); }}; \
         return () => {{ Storage.prototype.setItem = saved; }}; }}"
    ))
}
