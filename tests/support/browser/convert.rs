//! Values of the contract suite as values of the browser, and back.

use super::{call, js};
use crate::support::value::Value;
use js_sys::{Array, ArrayBuffer, JsString, Object, Reflect, Uint8Array};
use std::collections::HashMap;
use std::pin::Pin;
use wasm_bindgen::{JsCast, JsValue};

/// A new value of the browser. What is one reference becomes one object.
pub fn to_js(value: &Value) -> JsValue {
    build(value, &mut HashMap::new())
}

fn build(value: &Value, made: &mut HashMap<*const (), JsValue>) -> JsValue {
    if let Some(known) = value.reference().and_then(|reference| made.get(&reference)) {
        return known.clone();
    }
    let new = match value {
        Value::Undefined => JsValue::UNDEFINED,
        Value::Null => JsValue::NULL,
        Value::Bool(flag) => JsValue::from_bool(*flag),
        Value::Number(number) => JsValue::from_f64(*number),
        Value::Text(text) => JsValue::from_str(text),
        Value::Units(units) => JsString::from_char_code(units).into(),
        Value::Bytes(bytes) => Uint8Array::from(&**bytes).buffer().into(),
        Value::Blob(bytes) => {
            let make: js_sys::Function = js("bytes => new Blob([bytes])").unchecked_into();
            make.call1(&JsValue::UNDEFINED, &Uint8Array::from(&**bytes))
                .expect("a Blob can be made")
        }
        Value::List(list) => {
            let array = Array::new_with_length(list.len);
            for (index, item) in &list.items {
                define(&array, &index.to_string(), &build(item, made));
            }
            for (key, value) in list.extras.iter() {
                define(&array, key, &build(value, made));
            }
            array.into()
        }
        Value::Object(fields) => {
            let object = Object::new();
            for (key, value) in fields.iter() {
                define(&object, key, &build(value, made));
            }
            object.into()
        }
        Value::Unsupported("function") => js("() => 1"),
        Value::Unsupported(_) => js("new DOMMatrix()"),
    };
    if let Some(reference) = value.reference() {
        made.insert(reference, new.clone());
    }
    new
}

fn define(object: &JsValue, key: &str, value: &JsValue) {
    let define: js_sys::Function = js(
        "(object, key, value) => Object.defineProperty(object, key, \
         { value, writable: true, enumerable: true, configurable: true })",
    )
    .unchecked_into();
    define
        .call3(&JsValue::UNDEFINED, object, &JsValue::from_str(key), value)
        .expect("a property can be defined");
}

/// A value of the browser in the neutral form, read without any code of the library.
pub fn from_js(value: &JsValue) -> Pin<Box<dyn Future<Output = Value> + '_>> {
    Box::pin(async move {
        if value.is_undefined() {
            return Value::Undefined;
        }
        if value.is_null() {
            return Value::Null;
        }
        if let Some(flag) = value.as_bool() {
            return Value::Bool(flag);
        }
        if let Some(number) = value.as_f64() {
            return Value::Number(number);
        }
        if let Some(text) = value.dyn_ref::<JsString>() {
            return Value::units(&text.iter().collect::<Vec<_>>());
        }
        if let Some(buffer) = value.dyn_ref::<ArrayBuffer>() {
            return Value::bytes(&Uint8Array::new(buffer).to_vec());
        }
        let tag = String::from(Object::prototype_tag(value));
        if tag == "[object Blob]" {
            let buffer = call("blob => blob.arrayBuffer()", &[value]).await;
            return Value::blob(&Uint8Array::new(&buffer).to_vec());
        }
        if tag == "[object Array]" {
            return list(value).await;
        }
        if tag == "[object Object]" {
            let mut entries = Vec::new();
            for (key, value) in own(value) {
                entries.push((key, from_js(&value).await));
            }
            return Value::object(entries);
        }
        Value::Unsupported(if value.is_function() {
            "function"
        } else {
            "CryptoKey"
        })
    })
}

async fn list(value: &JsValue) -> Value {
    let length = value.unchecked_ref::<Array>().length();
    let (mut items, mut extras) = (Vec::new(), Vec::new());
    for (key, value) in own(value) {
        let value = from_js(&value).await;
        match key.parse::<u32>() {
            Ok(index) if index < length && index.to_string() == key => items.push((index, value)),
            _ => extras.push((key, value)),
        }
    }
    let list = Value::sparse(length, items);
    extras
        .into_iter()
        .fold(list, |list, (key, value)| list.extra(&key, value))
}

fn own(value: &JsValue) -> Vec<(String, JsValue)> {
    let keys = Object::keys(value.unchecked_ref::<Object>());
    let entry = |key: JsValue| {
        let value = Reflect::get(value, &key).expect("a property can be read");
        (key.as_string().expect("a key is text"), value)
    };
    keys.iter().map(entry).collect()
}

trait Tag {
    fn prototype_tag(value: &JsValue) -> JsString;
}

impl Tag for Object {
    fn prototype_tag(value: &JsValue) -> JsString {
        let tag: js_sys::Function = js("Object.prototype.toString").unchecked_into();
        let tag = tag.call0(value).expect("every value has a tag");
        tag.unchecked_into()
    }
}
