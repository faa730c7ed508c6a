//! Values as JavaScript would write them.

use crate::browser::js::{self, List};
use crate::browser::values::kind_name;
use js_sys::{JsString, Number};
use wasm_bindgen::{JsCast, JsValue};

/// As much of a text as anyone prints.
const MAX_UNITS: u32 = 200;

/// A value: texts quoted, objects by type and length.
pub fn print(value: &JsValue) -> String {
    if value.is_string() {
        let text: &JsString = value.unchecked_ref();
        let quoted = js::stringify(&text.slice(0, MAX_UNITS));
        return quoted
            .ok()
            .and_then(|text| text.as_string())
            .unwrap_or_default();
    }
    if let Some(number) = value.as_f64() {
        return match number == 0.0 && number.is_sign_negative() {
            true => "-0".into(),
            false => Number::from(number)
                .to_string_with_radix(10)
                .map_or_else(|_| number.to_string(), String::from),
        };
    }
    if let Some(flag) = value.as_bool() {
        return flag.to_string();
    }
    if js::is_array(value) {
        return format!("Array({})", value.unchecked_ref::<List>().length());
    }
    match kind_name(value).as_str() {
        "bigint" => js::digits_of(value, 10).map_or_else(|_| "bigint".into(), |text| text + "n"),
        "Date" => match js::iso_of(value) {
            Ok(time) => format!("new Date(\"{time}\")"),
            Err(_) => "Invalid Date".into(),
        },
        "RegExp" => {
            let part = |name: &str| js::field(value, name).as_string().unwrap_or_default();
            format!("/{}/{}", part("source"), part("flags"))
        }
        name @ ("Map" | "Set" | "Blob" | "File") => {
            let size = js::field(value, "size").as_f64().unwrap_or_default();
            format!("{name}({size})")
        }
        name => name.into(),
    }
}
