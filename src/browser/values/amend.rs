//! Changes that limits have decided, carried out on copies of the containers around them.

use crate::browser::js::{self, List};
use crate::browser::values::edit::{copy_extras, index, step};
use crate::browser::values::split::{Copies, slice};
use crate::domain::limits::{Change, Edit, Scalar};
use crate::domain::path::Path;
use crate::ports::Amended;
use js_sys::JsString;
use wasm_bindgen::{JsCast, JsValue};

/// A copy with some values changed; `None` where one of them can't be. Each container is copied
/// once, however many of its values change.
pub fn amend(body: &JsValue, edits: &[&Edit]) -> Option<Amended<JsValue>> {
    let mut copies = Copies::of(body);
    for edit in edits {
        let Some((above, key)) = edit.path.split_last() else {
            truncate_root(&mut copies, &edit.change)?;
            continue;
        };
        let container = copies.container(&above)?;
        match &edit.change {
            Change::Remove => {
                remove(&container, key)?;
                if js::is_array(&container) {
                    // Behind a removed item each index means another item by now.
                    copies.forget(|path| path.starts_with(&above) && *path != above);
                }
            }
            Change::Set(scalar) => {
                step(&container, key)?;
                put(&container, key, &value_of(scalar))?;
            }
            Change::Truncate { from, to } => {
                let value = step(&container, key)?;
                let (from, to) = (*from, *to);
                if js::is_array(&value) {
                    let kept = shortened(&value, from, to);
                    put(&container, key, &kept)?;
                    copies.moved.push(value);
                    copies.forget(|path| path.starts_with(&edit.path));
                } else if value.is_string() {
                    put(&container, key, &cut(value.unchecked_ref(), from, to))?;
                } else {
                    return None;
                }
            }
        }
    }
    Some(Amended {
        body: copies.root(),
        moved: copies.moved,
    })
}

/// A body that is a list can be cut, and nothing else can be done to a body as a whole.
fn truncate_root(copies: &mut Copies, change: &Change) -> Option<()> {
    let Change::Truncate { from, to } = change else {
        return None;
    };
    let whole = copies.root();
    if !js::is_array(&whole) {
        return None;
    }
    copies.forget(|_| true);
    copies.take(&Path::default(), |_| shortened(&whole, *from, *to));
    copies.moved.push(whole);
    Some(())
}

/// Items of an array, with its other properties.
fn shortened(array: &JsValue, from: u32, to: u32) -> JsValue {
    let kept = slice(array, from, to);
    copy_extras(array, &kept);
    kept.into()
}

fn put(container: &JsValue, key: &str, value: &JsValue) -> Option<()> {
    js::define_value(container, &JsValue::from_str(key), value).then_some(())
}

fn value_of(scalar: &Scalar) -> JsValue {
    match scalar {
        Scalar::Null => JsValue::NULL,
        Scalar::Bool(flag) => JsValue::from_bool(*flag),
        Scalar::Number(number) => JsValue::from_f64(number.get()),
        Scalar::Text(text) => JsValue::from_str(text),
    }
}

/// Units of a text; of a surrogate pair that a cut goes through, neither half.
fn cut(text: &JsString, from: u32, to: u32) -> JsValue {
    let to = to.min(text.length());
    let from = from.min(to);
    let splits = |at: u32| {
        let unit = |at: u32| text.char_code_at(at);
        at > 0
            && matches!(unit(at - 1) as u32, 0xD800..=0xDBFF)
            && matches!(unit(at) as u32, 0xDC00..=0xDFFF)
    };
    let from = from + u32::from(splits(from));
    let to = to - u32::from(splits(to));
    text.slice(from, to.max(from)).into()
}

/// Takes a property out of a copy, or an item, behind which the others move up.
fn remove(container: &JsValue, key: &str) -> Option<()> {
    step(container, key)?;
    let key_value = JsValue::from_str(key);
    if !js::is_array(container) {
        return js::delete(container, &key_value).ok()?.then_some(());
    }
    let at = index(key)?;
    if js::splice(container, at, 1).is_ok() {
        return Some(());
    }
    // The built-in asks the array for its constructor, which may be a stored property.
    let last = container.unchecked_ref::<List>().length().checked_sub(1)?;
    js::copy_within(container, at, at + 1).ok()?;
    js::set_field(container, "length", &JsValue::from_f64(f64::from(last)));
    Some(())
}
