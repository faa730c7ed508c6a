//! Taking a body apart.

use crate::browser::js::{self, List};
use crate::browser::values::edit::{copy, copy_extras, step};
use crate::domain::cut::Cut;
use crate::domain::path::Path;
use crate::ports::Split;
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};

/// Slices arrays and lifts parts out. Only the containers on the way to them are copied.
pub fn split(body: &JsValue, cut: &Cut) -> Split<JsValue> {
    let mut skeleton = Copies::of(body);
    let mut pieces = Vec::with_capacity(cut.pieces());
    for rule in &cut.arrays {
        let array = skeleton.take(&rule.path, |array| {
            let placeholder = List::empty();
            copy_extras(array, &placeholder);
            placeholder.into()
        });
        pieces.extend(
            rule.ranges()
                .map(|range| -> JsValue { slice(&array, range.start, range.end).into() }),
        );
        skeleton.moved.push(array);
    }
    for path in &cut.parts {
        pieces.push(skeleton.take(path, |_| JsValue::NULL));
    }
    Split {
        skeleton: skeleton.root(),
        pieces,
        moved: skeleton.moved,
    }
}

/// Items `from..to` of an array. Holes stay holes; other properties are left behind.
pub fn slice(array: &JsValue, from: u32, to: u32) -> List {
    if !js::is_array(array) {
        return List::empty();
    }
    // The built-in asks the array for its constructor, which may be a stored property.
    js::slice(array, from, to).unwrap_or_else(|_| slice_by_hand(array, from, to))
}

fn slice_by_hand(array: &JsValue, from: u32, to: u32) -> List {
    let to = to.min(array.unchecked_ref::<List>().length());
    let copy = List::holes(f64::from(to.saturating_sub(from))).unwrap_or_else(|_| List::empty());
    for index in from..to {
        let key = JsValue::from_str(&index.to_string());
        if let Some(value) = js::own(array, &key) {
            let key = JsValue::from_str(&(index - from).to_string());
            js::define_value(&copy, &key, &value);
        }
    }
    copy
}

/// Shallow copies of the containers on some paths, each made once.
pub struct Copies {
    body: JsValue,
    copies: BTreeMap<Path, JsValue>,
    /// The containers that were copied.
    pub moved: Vec<JsValue>,
}

impl Copies {
    /// Nothing is copied yet.
    pub fn of(body: &JsValue) -> Self {
        Self {
            body: body.clone(),
            copies: BTreeMap::new(),
            moved: Vec::new(),
        }
    }

    /// The body, with everything that was replaced.
    pub fn root(&self) -> JsValue {
        let copy = self.copies.get(&Path::default());
        copy.unwrap_or(&self.body).clone()
    }

    /// Replaces what lies at a path, and returns it. `undefined` if there is no such place, which
    /// is then left alone.
    pub fn take(&mut self, path: &Path, placeholder: impl Fn(&JsValue) -> JsValue) -> JsValue {
        let Some((above, key)) = path.split_last() else {
            let whole = self.root();
            self.copies.insert(Path::default(), placeholder(&whole));
            return whole;
        };
        let found = self.container(&above).and_then(|container| {
            let value = step(&container, key)?;
            let key = JsValue::from_str(key);
            js::define_value(&container, &key, &placeholder(&value)).then_some(value)
        });
        found.unwrap_or(JsValue::UNDEFINED)
    }

    /// Forgets copies, by their paths: what lies there was replaced.
    pub fn forget(&mut self, replaced: impl Fn(&Path) -> bool) {
        self.copies.retain(|path, _| !replaced(path));
    }

    /// The copy of a container, made if need be, together with those around it.
    pub fn container(&mut self, path: &Path) -> Option<JsValue> {
        if let Some(copy) = self.copies.get(path) {
            return Some(copy.clone());
        }
        let (original, above) = match path.split_last() {
            None => (self.body.clone(), None),
            Some((above, key)) => {
                let above = self.container(&above)?;
                (step(&above, key)?, Some((above, JsValue::from_str(key))))
            }
        };
        let copy = copy(&original)?;
        if let Some((above, key)) = above {
            js::define_value(&above, &key, &copy);
        }
        self.copies.insert(path.clone(), copy.clone());
        self.moved.push(original);
        Some(copy)
    }
}
