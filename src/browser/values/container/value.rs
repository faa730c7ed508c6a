//! Arrays, plain objects and Maps of sessions.

use super::pairs::Pairs;
use crate::browser::js::{self, List};
use crate::browser::values::edit::{copy_extras, index};
use crate::browser::values::facts::facts;
use crate::browser::values::join::concat;
use crate::browser::values::kind::is_plain;
use crate::browser::values::split::slice;
use crate::domain::key::Key;
use crate::domain::path::Path;
use crate::domain::recognise::Broken;
use crate::ports::{Insert, Member};
use std::collections::BTreeSet;
use wasm_bindgen::{JsCast, JsValue};

/// What holds sessions.
pub enum Collection {
    /// An array.
    Array(List),
    /// A plain object.
    Object(Pairs),
    /// A Map.
    Map(Pairs),
}

impl Collection {
    /// A value as what holds sessions; `None` for any other.
    pub fn of(value: &JsValue) -> Option<Self> {
        if js::is_array(value) {
            return Some(Self::Array(value.clone().unchecked_into()));
        }
        if is_plain(value) {
            return Pairs::of_object(value).map(Self::Object);
        }
        Pairs::of_map(value).map(Self::Map)
    }

    /// What it holds, in its order.
    pub fn members(&self, id: &Path) -> Result<Vec<Member<JsValue>>, Broken> {
        let member = |name: Option<Key>, body: JsValue| Member {
            name,
            facts: facts(&body, Some(id)),
            body,
            broken: None,
        };
        match self {
            Self::Array(array) => Ok(indices(array)
                .into_iter()
                .map(|index| member(None, array.at(index)))
                .collect()),
            Self::Object(pairs) | Self::Map(pairs) => pairs
                .iter()
                .map(|(name, value)| match name {
                    Some(name) => Ok(member(Some(name), value)),
                    // It could not be said which one it is.
                    None => Err(Broken::new(
                        "NoSessionsThere",
                        "its Map has keys that are neither text nor numbers",
                    )),
                })
                .collect(),
        }
    }

    /// The same without some, and with another one; `None` if that does not fit in.
    pub fn splice(
        &self,
        remove: &BTreeSet<usize>,
        insert: Option<&Insert<JsValue>>,
    ) -> Option<JsValue> {
        match self {
            Self::Array(array) => splice_array(array, remove, insert),
            Self::Object(pairs) => {
                let is_text = |name: &Key| matches!(name, Key::Text(_) | Key::Units(_));
                let fits = insert.is_none_or(|new| new.name.as_ref().is_some_and(is_text));
                js::from_entries(&fits.then(|| pairs.splice(remove, insert))??).ok()
            }
            Self::Map(pairs) => js::map_of(&pairs.splice(remove, insert)?).ok(),
        }
    }
}

/// Indices at which an array holds something. Holes are no members.
fn indices(array: &List) -> Vec<u32> {
    let Ok(keys) = js::keys(array) else {
        return Vec::new();
    };
    // Indices come first, and in their order.
    (0..keys.length())
        .map_while(|at| index(&keys.at(at).as_string()?))
        .collect()
}

/// Items that stay are moved together with the holes around them; other properties stay as well.
fn splice_array(
    array: &List,
    remove: &BTreeSet<usize>,
    insert: Option<&Insert<JsValue>>,
) -> Option<JsValue> {
    if insert.is_some_and(|new| new.name.is_some()) {
        return None;
    }
    let length = array.length();
    let indices = indices(array);
    let mut parts: Vec<JsValue> = Vec::new();
    let mut from = 0;
    let mut cut = |to: u32, next: u32| {
        parts.push(slice(array, from, to).into());
        from = next;
        parts.len()
    };
    let mut staying = 0;
    let mut gap = None;
    for (member, index) in indices.into_iter().enumerate() {
        if remove.contains(&member) {
            cut(index, index + 1);
            continue;
        }
        if insert.is_some_and(|new| new.position == staying) {
            gap = Some(cut(index, index));
        }
        staying += 1;
    }
    let end = cut(length, length);
    if let Some(new) = insert {
        let one = List::empty();
        one.put(0, &new.body);
        parts.insert(gap.unwrap_or(end), one.into());
    }
    let spliced = concat(&parts);
    copy_extras(array, &spliced);
    Some(spliced.into())
}
