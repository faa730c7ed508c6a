//! The quick comparison of two values, in JavaScript (`alike.js`).

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/values/alike.js")]
extern "C" {
    #[wasm_bindgen(js_name = alike, catch)]
    fn compared(one: &JsValue, other: &JsValue) -> Result<bool, JsValue>;
}

/// Whether two values are certainly the same. What is nested too deep for it throws, and is not told.
pub fn alike(one: &JsValue, other: &JsValue) -> bool {
    compared(one, other).unwrap_or(false)
}
