//! Keys between Rust and JavaScript, without losing a bit of them.

use crate::browser::js::{self, List, Text};
use crate::domain::key::Key;
use js_sys::{Date, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// Deepest nesting of an array key that is read. IndexedDB allows more; nobody uses it.
const MAX_DEPTH: u32 = 256;

/// The key as IndexedDB takes it.
pub fn key_to_js(key: &Key) -> JsValue {
    match key {
        Key::Text(text) => JsValue::from_str(text),
        Key::Units(units) => js::text_of(units).into(),
        Key::Number(number) => JsValue::from_f64(*number),
        Key::Date(ms) => Date::new(&JsValue::from_f64(*ms)).into(),
        Key::Binary(bytes) => Uint8Array::from(bytes.as_slice()).into(),
        Key::Array(keys) => {
            let list = List::empty();
            for (index, key) in (0..).zip(keys) {
                list.put(index, &key_to_js(key));
            }
            list.into()
        }
    }
}

/// A value as a key; `None` if IndexedDB would not take it for one.
pub fn key_from_js(value: &JsValue) -> Option<Key> {
    read(value, 0)
}

/// Keys of a store, in the order in which the browser tells them; `None` if it tells one that is
/// none. Kinds of keys come one after the other, so those of one kind cross at once.
pub fn keys_from_js(found: &List) -> Option<Vec<Key>> {
    let length = found.length();
    let ends = || length > 0 && [0, length - 1].iter().all(|at| found.at(*at).is_string());
    if ends() {
        let all = js::lossy_text(&js::join(found, &"\0".into()))?;
        let keys: Vec<Key> = all.split('\0').map(Key::text).collect();
        // A lone surrogate arrives as U+FFFD, and a key may have what stands between them.
        if keys.len() == length as usize && !all.contains('\u{FFFD}') {
            return Some(keys);
        }
    }
    (0..length).map(|at| key_from_js(&found.at(at))).collect()
}

fn read(value: &JsValue, depth: u32) -> Option<Key> {
    if let Some(number) = value.as_f64() {
        return Key::number(number);
    }
    if let Some(text) = js::exact_text(value) {
        return Some(match text {
            Text::Whole(text) => Key::Text(text),
            Text::Broken(units) => Key::Units(units),
        });
    }
    if !value.is_object() {
        return None;
    }
    if js::is_array(value) {
        let list: &List = value.unchecked_ref();
        if depth == MAX_DEPTH {
            return None;
        }
        let keys = (0..list.length()).map(|index| read(&list.at(index), depth + 1));
        return keys.collect::<Option<Vec<_>>>().map(Key::Array);
    }
    if let Ok(time) = js::time_of(value) {
        return (!time.is_nan()).then_some(Key::Date(time));
    }
    bytes(value).map(Key::Binary)
}

/// The bytes of a buffer, or of a view on one.
fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    let is_buffer = js::tag(value) == "[object ArrayBuffer]";
    if is_buffer {
        return Some(Uint8Array::new(value).to_vec());
    }
    if !js_sys::ArrayBuffer::is_view(value.unchecked_ref()) {
        return None;
    }
    let offset = js::field(value, "byteOffset").as_f64()? as u32;
    let length = js::field(value, "byteLength").as_f64()? as u32;
    let buffer = js::field(value, "buffer");
    Some(Uint8Array::new_with_byte_offset_and_length(&buffer, offset, length).to_vec())
}
