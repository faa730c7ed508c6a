//! What limits ask of a body.

use crate::browser::js::{self, List};
use crate::browser::values::edit::{get, index};
use crate::browser::values::kind::{is_plain, kind_name};
use crate::domain::limits::{Fact, MAX_UNITS};
use crate::domain::path::Path;
use js_sys::JsString;
use wasm_bindgen::{JsCast, JsValue};

/// What lies at a path.
pub fn fact(body: &JsValue, path: &Path) -> Fact {
    let Some(value) = get(body, path) else {
        return Fact::Missing;
    };
    if value.is_undefined() {
        return Fact::Undefined;
    }
    if value.is_null() {
        return Fact::Null;
    }
    if value.is_string() {
        return text(value.unchecked_ref());
    }
    if let Some(number) = value.as_f64() {
        return Fact::Number(number);
    }
    if let Some(flag) = value.as_bool() {
        return Fact::Bool(flag);
    }
    if js::is_array(&value) {
        return Fact::Array(value.unchecked_ref::<List>().length());
    }
    if is_plain(&value) {
        return Fact::Object;
    }
    // What is no date throws, whatever it calls itself.
    match js::time_of(&value) {
        Ok(time) => Fact::Date(time),
        Err(_) => Fact::Other(kind_name(&value)),
    }
}

fn text(text: &JsString) -> Fact {
    let units = text.length();
    let known = match units > MAX_UNITS {
        true => text.slice(0, MAX_UNITS),
        false => text.clone(),
    };
    Fact::Text {
        text: String::from(&known),
        units,
        exact: units <= MAX_UNITS && known.is_valid_utf16(),
    }
}

/// Keys of items or values, in their order.
pub fn keys(body: &JsValue, path: &Path) -> Vec<String> {
    let Some(value) = get(body, path) else {
        return Vec::new();
    };
    let is_array = js::is_array(&value);
    if !is_array && !is_plain(&value) {
        return Vec::new();
    }
    let Ok(keys) = js::keys(&value) else {
        return Vec::new();
    };
    let names = (0..keys.length()).filter_map(|at| match js::exact_text(&keys.at(at))? {
        js::Text::Whole(name) => Some(name),
        js::Text::Broken(_) => None,
    });
    match is_array {
        // Properties of an array that are no items come last.
        true => names.take_while(|name| index(name).is_some()).collect(),
        false => names.collect(),
    }
}
