//! Putting a body together.

use crate::browser::js::{self, List};
use crate::browser::values::edit::{copy_extras, get};
use crate::browser::values::split::Copies;
use crate::domain::path::Path;
use wasm_bindgen::JsValue;

/// Arguments of one call: they lie on the stack.
const MAX_ARGUMENTS: usize = 1000;

/// Puts arrays and parts into the places of a skeleton. `None` if it has no such places.
pub fn join(
    skeleton: &JsValue,
    arrays: &[(Path, Vec<JsValue>)],
    parts: &[(Path, JsValue)],
) -> Option<JsValue> {
    let mut body = Copies::of(skeleton);
    for (path, chunks) in arrays {
        get(skeleton, path).filter(js::is_array)?;
        body.take(path, |placeholder| {
            let array = concat(chunks);
            copy_extras(placeholder, &array);
            array.into()
        });
    }
    for (path, part) in parts {
        get(skeleton, path)?;
        body.take(path, |_| part.clone());
    }
    Some(body.root())
}

/// Arrays, one behind the other. Holes stay holes, at the end as well.
pub fn concat(arrays: &[JsValue]) -> List {
    arrays
        .chunks(MAX_ARGUMENTS)
        .fold(List::empty(), |joined, some| {
            let list = List::empty();
            for (index, array) in (0..).zip(some) {
                list.put(index, array);
            }
            js::concat(&joined, &list).unwrap_or(joined)
        })
}
