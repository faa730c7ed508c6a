//! Our own structs as plain objects, and back. Bodies never come this way: they would lose what
//! JSON does not know.

use crate::browser::js::{self, List};
use crate::error::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

/// Deepest nesting of configuration and options.
const MAX_DEPTH: u32 = 32;

/// A struct as a plain object: the one way in which structs leave Rust.
pub fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue> {
    value
        .serialize(&Serializer::json_compatible())
        .map_err(|_| Error::InvalidArgument {
            name: "value".into(),
            expected: "is too large a number to be exact in JavaScript".into(),
        })
}

/// A record of one of our stores as a struct. Fields that the struct does not have are left
/// alone, bodies among them.
pub fn parse<T: DeserializeOwned>(record: &JsValue, store: &'static str) -> Result<T> {
    serde_wasm_bindgen::from_value(record.clone()).map_err(|_| Error::MalformedRecord { store })
}

/// Configuration or options as plain data. Fields that are `undefined` count as missing.
pub fn from_js(value: &JsValue, name: &str) -> Result<Value> {
    plain(value, name, 0)
}

fn plain(value: &JsValue, name: &str, depth: u32) -> Result<Value> {
    if value.is_undefined() || value.is_null() {
        return Ok(Value::Null);
    }
    if let Some(flag) = value.as_bool() {
        return Ok(Value::Bool(flag));
    }
    if let Some(number) = value.as_f64() {
        return number_of(number).ok_or_else(|| refuse(name, "must be a finite number"));
    }
    if let Some(text) = value.as_string() {
        return Ok(Value::String(text));
    }
    if depth == MAX_DEPTH {
        return Err(refuse(name, "is nested too deeply"));
    }
    if js::is_array(value) {
        let list: &List = value.unchecked_ref();
        let items = (0..list.length())
            .map(|index| plain(&list.at(index), &format!("{name}[{index}]"), depth + 1));
        return items.collect::<Result<Vec<_>>>().map(Value::Array);
    }
    if !value.is_object() || js::tag(value) != "[object Object]" {
        return Err(refuse(name, "must be plain data"));
    }
    let unreadable = |_| refuse(name, "must be plain data");
    let keys = js::keys(value).map_err(unreadable)?;
    let values = js::values(value).map_err(unreadable)?;
    let mut fields = Map::new();
    for index in 0..keys.length() {
        let (Some(key), field) = (keys.at(index).as_string(), values.at(index)) else {
            continue;
        };
        if !field.is_undefined() {
            let at = format!("{name}.{key}");
            fields.insert(key, plain(&field, &at, depth + 1)?);
        }
    }
    Ok(Value::Object(fields))
}

/// Whole numbers as integers, so that they are read as such.
fn number_of(number: f64) -> Option<Value> {
    if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0 {
        return Some(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number)
}

fn refuse(name: &str, expected: &str) -> Error {
    Error::InvalidArgument {
        name: name.into(),
        expected: expected.into(),
    }
}
