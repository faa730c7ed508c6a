//! What the browser tests stand on: values written by hand, and databases looked at and written
//! past the ports.

pub mod convert;
pub mod engine;
pub mod host;
pub mod local;
pub mod scene;
pub mod types;

use std::cell::Cell;
use wasm_bindgen::prelude::*;

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
}

/// A name that no other test has.
pub fn unique(name: &str) -> String {
    COUNT.set(COUNT.get() + 1);
    format!("{name}-{}-{}", js_sys::Date::now(), COUNT.get())
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = eval, catch)]
    fn evaluate(code: &str) -> Result<JsValue, JsValue>;
}

/// The value of an expression.
pub fn js(code: &str) -> JsValue {
    evaluate(&format!("({code}\n)")).unwrap_or_else(|thrown| panic!("{code}: {thrown:?}"))
}

/// Calls a function that is written as an expression, and awaits what it returns.
pub async fn call(function: &str, arguments: &[&JsValue]) -> JsValue {
    try_call(function, arguments)
        .await
        .unwrap_or_else(|thrown| panic!("{function}: {thrown:?}"))
}

/// The same, where it may throw.
pub async fn try_call(function: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let function: js_sys::Function = js(function).unchecked_into();
    let arguments: js_sys::Array = arguments.iter().copied().collect();
    let result = function.apply(&JsValue::UNDEFINED, &arguments)?;
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&result)).await
}

/// Text as an argument.
pub fn text(text: &str) -> JsValue {
    JsValue::from_str(text)
}

/// Where two values differ, as the oracle of the tests sees it; `None` if nowhere.
pub async fn difference(a: &JsValue, b: &JsValue) -> Option<String> {
    call(include_str!("same.js"), &[a, b]).await.as_string()
}
