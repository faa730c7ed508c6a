//! Names and values of a plain object or a Map.

use crate::browser::idb::range::list;
use crate::browser::js::{self, List};
use crate::browser::key::{key_from_js, key_to_js};
use crate::domain::key::Key;
use crate::ports::Insert;
use std::collections::BTreeSet;
use wasm_bindgen::{JsCast, JsValue};

/// A list of `[name, value]`, in the order of what has them.
pub struct Pairs(List);

impl Pairs {
    /// Of a plain object.
    pub fn of_object(object: &JsValue) -> Option<Self> {
        js::entries(object).ok().map(Self)
    }

    /// Of a Map; `None` for anything else.
    pub fn of_map(value: &JsValue) -> Option<Self> {
        // A value that only calls itself a Map has no entries.
        let is_map = js::tag(value) == "[object Map]";
        is_map.then(|| js::pairs_of(value).ok()).flatten().map(Self)
    }

    /// Names and values; `None` for a name that is neither text nor a number.
    pub fn iter(&self) -> impl Iterator<Item = (Option<Key>, JsValue)> {
        (0..self.0.length()).map(|at| {
            let pair: List = self.0.at(at).unchecked_into();
            let name = key_from_js(&pair.at(0));
            let is_name = |key: &Key| matches!(key, Key::Text(_) | Key::Units(_) | Key::Number(_));
            (name.filter(is_name), pair.at(1))
        })
    }

    /// The same without some, and with another one; `None` if that has no name, or one that is
    /// taken.
    pub fn splice(
        &self,
        remove: &BTreeSet<usize>,
        insert: Option<&Insert<JsValue>>,
    ) -> Option<List> {
        let new = match insert {
            None => None,
            Some(new) => Some((key_to_js(new.name.as_ref()?), new)),
        };
        let mut pairs: Vec<JsValue> = Vec::new();
        for (member, at) in (0..self.0.length()).enumerate() {
            if !remove.contains(&member) {
                pairs.push(self.0.at(at));
            }
        }
        if let Some((name, new)) = new {
            let taken = |pair: &JsValue| js::same(&pair.unchecked_ref::<List>().at(0), &name);
            if pairs.iter().any(taken) {
                return None;
            }
            let at = pairs.len().min(new.position as usize);
            pairs.insert(at, list(&[name, new.body.clone()]));
        }
        Some(list(&pairs).unchecked_into())
    }
}
