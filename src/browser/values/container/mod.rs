//! Records that hold many sessions: what an array or a map holds, and the same without some of it.

mod pairs;
mod text;
mod value;

use crate::browser::values::edit::{get, set};
use crate::domain::path::Path;
use crate::domain::recognise::Broken;
use crate::ports::{Insert, Member};
use std::collections::BTreeSet;
pub use text::parse;
use value::Collection;
use wasm_bindgen::JsValue;

/// What the array or map at a path of a value, or of JSON text, holds.
pub fn members(
    held: &JsValue,
    collection: &Path,
    id: &Path,
) -> Result<Vec<Member<JsValue>>, Broken> {
    if held.is_string() {
        return text::members(held, collection, id);
    }
    let found = get(held, collection).and_then(|value| Collection::of(&value));
    found.ok_or_else(nothing_there)?.members(id)
}

/// The same without some members, and with another one. Only the containers on the way are copied.
pub fn splice(
    held: &JsValue,
    collection: &Path,
    remove: &BTreeSet<usize>,
    insert: Option<&Insert<JsValue>>,
) -> Option<JsValue> {
    if held.is_string() {
        return text::splice(held, collection, remove, insert);
    }
    let found = Collection::of(&get(held, collection)?)?;
    set(held, collection, &found.splice(remove, insert)?)
}

fn nothing_there() -> Broken {
    Broken::new(
        "NoSessionsThere",
        "there is no array or map of sessions at its path",
    )
}
