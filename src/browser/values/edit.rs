//! Single values: found, read and replaced by path.

use crate::browser::js::{self, List};
use crate::browser::values::kind::is_plain;
use crate::browser::values::split::slice;
use crate::domain::path::Path;
use wasm_bindgen::{JsCast, JsValue};

/// The value at the end of a path through plain objects and arrays.
pub fn get(body: &JsValue, path: &Path) -> Option<JsValue> {
    path.0
        .iter()
        .try_fold(body.clone(), |value, key| step(&value, key))
}

/// A copy with another value at a path. The last key may be new; an array takes no key beyond its
/// end.
pub fn set(body: &JsValue, path: &Path, value: &JsValue) -> Option<JsValue> {
    // From the outside in: the containers on the way; then from the inside out: their copies.
    let Some((_, above)) = path.0.split_last() else {
        return Some(value.clone());
    };
    let mut containers = vec![body.clone()];
    for key in above {
        let inner = containers.last().and_then(|outer| step(outer, key))?;
        containers.push(inner);
    }
    let mut value = value.clone();
    for (container, key) in containers.iter().zip(&path.0).rev() {
        value = with(container, key, &value)?;
    }
    Some(value)
}

/// One key down.
pub fn step(container: &JsValue, key: &str) -> Option<JsValue> {
    let fits = match js::is_array(container) {
        true => index(key).is_some(),
        false => is_plain(container),
    };
    fits.then(|| js::own(container, &JsValue::from_str(key)))
        .flatten()
}

/// A shallow copy of a container with one value replaced or added.
fn with(container: &JsValue, key: &str, value: &JsValue) -> Option<JsValue> {
    if js::is_array(container) {
        let length = container.unchecked_ref::<List>().length();
        index(key).filter(|index| *index <= length)?;
    }
    let copy = copy(container)?;
    js::define_value(&copy, &JsValue::from_str(key), value).then_some(copy)
}

/// A shallow copy of a plain object or an array.
pub fn copy(container: &JsValue) -> Option<JsValue> {
    if js::is_array(container) {
        return Some(copy_array(container));
    }
    if !is_plain(container) {
        return None;
    }
    js::from_entries(&js::entries(container).ok()?).ok()
}

/// An array with the same items, holes and other properties.
fn copy_array(array: &JsValue) -> JsValue {
    let length = array.unchecked_ref::<List>().length();
    let copy = slice(array, 0, length);
    copy_extras(array, &copy);
    copy.into()
}

/// Copies the properties of an array that are no items.
pub fn copy_extras(array: &JsValue, into: &List) {
    let Ok(keys) = js::keys(array) else {
        return;
    };
    // Items come first, so the others are found from the end.
    let mut first = keys.length();
    while first > 0 && key_index(&keys.at(first - 1)).is_none() {
        first -= 1;
    }
    for at in first..keys.length() {
        let key = keys.at(at);
        if let Some(value) = js::own(array, &key) {
            js::define_value(into, &key, &value);
        }
    }
}

fn key_index(key: &JsValue) -> Option<u32> {
    index(&key.as_string()?)
}

/// A key as an index of an array: canonical, and below 2^32 - 1.
pub fn index(key: &str) -> Option<u32> {
    let digits = key.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = digits && (key == "0" || !key.starts_with('0'));
    let index = key.parse::<u32>().ok().filter(|_| canonical)?;
    (index != u32::MAX).then_some(index)
}
