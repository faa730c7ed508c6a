//! Blobs that hold their bytes themselves.
//!
//! WebKit keeps a Blob that was read from a record as a reference to the file of that record, stores it so
//! in others, and can't read it there any more once the first record is gone. So what is written in WebKit
//! has Blobs that were made of bytes.

use crate::browser::js::{self, List, field, list_of, set_field};
use crate::browser::values::walk::walk;
use js_sys::{Array, Map, Promise, Reflect, Set};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type Blob;
    #[wasm_bindgen(constructor, catch)]
    fn new(parts: &Array, options: &JsValue) -> Result<Blob, JsValue>;

    type File;
    #[wasm_bindgen(constructor, catch)]
    fn new(parts: &Array, name: &JsValue, options: &JsValue) -> Result<File, JsValue>;
}

/// Whether the browser keeps Blobs by the files that they were read from. Every browser with another
/// engine that names WebKit names itself as well.
pub fn is_needed() -> bool {
    let agent = field(&field(&js_sys::global(), "navigator"), "userAgent");
    let agent = agent.as_string().unwrap_or_default();
    let others = ["Chrome/", "Chromium/", "HeadlessChrome/", "Edg/"];
    agent.contains("AppleWebKit/") && !others.iter().any(|other| agent.contains(other))
}

/// A copy of a record whose Blobs hold their bytes; `None` if it has none, or can't be walked. Fails if
/// the bytes of one can't be read.
pub async fn detached(record: &JsValue) -> Result<Option<JsValue>, JsValue> {
    let Ok(copy) = js::structured_clone(record) else {
        return Ok(None);
    };
    let Ok(walked) = walk(std::slice::from_ref(&copy), &[]) else {
        return Ok(None);
    };
    let copies = Map::new();
    for blob in walked.blobs.iter().flatten() {
        copies.set(blob, &of_bytes(blob).await?);
    }
    if copies.size() == 0 {
        return Ok(None);
    }
    replace(&copy, &copies)?;
    Ok(Some(copy))
}

/// The same Blob or File, made of its bytes.
async fn of_bytes(blob: &JsValue) -> Result<JsValue, JsValue> {
    let read = js::method(blob, "arrayBuffer").ok_or(JsValue::UNDEFINED)?;
    let bytes = JsFuture::from(Promise::resolve(&read.call0(blob)?)).await?;
    let parts = Array::of1(&bytes);
    let options = js::object([("type", field(blob, "type"))]);
    match String::from(js::tag(blob)).as_str() {
        "[object File]" => {
            set_field(&options, "lastModified", &field(blob, "lastModified"));
            Ok(File::new(&parts, &field(blob, "name"), &options)?.into())
        }
        _ => Ok(Blob::new(&parts, &options)?.into()),
    }
}

/// Puts copies in the places of what they are copies of, however deep.
fn replace(root: &JsValue, copies: &Map) -> Result<(), JsValue> {
    let other = |value: &JsValue| match copies.has(value) {
        true => copies.get(value),
        false => value.clone(),
    };
    let seen = Set::new(&JsValue::UNDEFINED);
    let mut left = vec![root.clone()];
    while let Some(value) = left.pop() {
        if !value.is_object() || seen.has(&value) {
            continue;
        }
        seen.add(&value);
        match String::from(js::tag(&value)).as_str() {
            "[object Map]" => {
                let pairs = list_of(&js::map_entries(&value)?)?;
                let map: &Map = value.unchecked_ref();
                map.clear();
                for pair in items(&pairs) {
                    let pair: List = pair.unchecked_into();
                    let (key, inner) = (other(&pair.at(0)), other(&pair.at(1)));
                    map.set(&key, &inner);
                    left.extend([key, inner]);
                }
            }
            "[object Set]" => {
                let members = list_of(&js::set_members(&value)?)?;
                let set: &Set = value.unchecked_ref();
                set.clear();
                for member in items(&members) {
                    let member = other(&member);
                    set.add(&member);
                    left.push(member);
                }
            }
            "[object Object]" | "[object Array]" | "[object Error]" => {
                for key in Reflect::own_keys(&value)? {
                    let descriptor = js::descriptor(&value, &key)?;
                    let inner = field(&descriptor, "value");
                    if copies.has(&inner) {
                        set_field(&descriptor, "value", &copies.get(&inner));
                        js::define(&value, &key, &descriptor)?;
                    } else {
                        left.push(inner);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn items(list: &List) -> impl Iterator<Item = JsValue> + '_ {
    (0..list.length()).map(|index| list.at(index))
}
