//! Everything that looks at the whole of a value: digest, size, copy and identity.

use super::{List, Object, Value, number_bits};
use restow::domain::digest::{Hasher, Measure};
use restow::domain::path::Path;
use restow::domain::recognise::Broken;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Digests a value: types, order of keys, holes, `-0`, `NaN` and all.
pub struct Walk {
    hasher: Hasher,
    blobs: bool,
}

impl Walk {
    /// Digest and size of one value, with the bytes of Blobs or without them.
    pub fn measure(value: &Value, blobs: bool) -> Result<Measure, Broken> {
        let hasher = Hasher::new("twin");
        let mut walk = Self { hasher, blobs };
        walk.value(value, &Path::default())?;
        Ok(Measure {
            digest: walk.hasher.finish(),
            bytes: size(value),
        })
    }

    fn value(&mut self, value: &Value, at: &Path) -> Result<(), Broken> {
        match value {
            Value::Undefined => self.hasher.raw(b"u"),
            Value::Null => self.hasher.raw(b"0"),
            Value::Bool(flag) => self.hasher.raw(if *flag { b"t" } else { b"f" }),
            Value::Number(number) => {
                self.hasher.raw(b"n");
                self.hasher.number(number_bits(*number));
            }
            Value::Text(text) => {
                self.hasher.raw(b"s");
                self.hasher.text(text);
            }
            Value::Units(units) => {
                self.hasher.raw(b"w");
                self.hasher.number(units.len() as u64);
                for unit in units.iter() {
                    self.hasher.raw(&unit.to_le_bytes());
                }
            }
            Value::Bytes(bytes) => self.bytes(b"b", bytes, true),
            Value::Blob(bytes) => self.bytes(b"B", bytes, self.blobs),
            Value::List(list) => {
                self.hasher.raw(b"l");
                self.hasher.number(u64::from(list.len));
                self.hasher.number(list.items.len() as u64);
                for (index, item) in &list.items {
                    self.hasher.number(u64::from(*index));
                    self.value(item, &at.child(index.to_string()))?;
                }
                self.entries(&list.extras, at)?;
            }
            Value::Object(object) => {
                self.hasher.raw(b"o");
                self.entries(object, at)?;
            }
            Value::Unsupported(kind) => {
                let reason = format!("the value at `{at}` is a {kind}, which can't be read safely");
                return Err(Broken::new("UnsupportedValue", reason));
            }
        }
        Ok(())
    }

    fn entries(&mut self, object: &Object, at: &Path) -> Result<(), Broken> {
        self.hasher.number(object.len() as u64);
        for (key, value) in object.iter() {
            self.hasher.text(key);
            self.value(value, &at.child(key))?;
        }
        Ok(())
    }

    fn bytes(&mut self, tag: &[u8], bytes: &[u8], content: bool) {
        self.hasher.raw(tag);
        self.hasher.number(bytes.len() as u64);
        if content {
            self.hasher.raw(bytes);
        }
    }
}

/// Approximate size: UTF-8 length of texts and keys, eight for a number, the length of binary data.
pub fn size(value: &Value) -> u64 {
    let entries = |object: &Object| -> u64 {
        let entry = |(key, value): (&str, &Value)| key.len() as u64 + size(value);
        object.iter().map(entry).sum()
    };
    match value {
        Value::Number(_) => 8,
        Value::Text(text) => text.len() as u64,
        Value::Units(units) => String::from_utf16_lossy(units).len() as u64,
        Value::Bytes(bytes) | Value::Blob(bytes) => bytes.len() as u64,
        Value::List(list) => list.items.values().map(size).sum::<u64>() + entries(&list.extras),
        Value::Object(object) => entries(object),
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Unsupported(_) => 0,
    }
}

/// A copy with references of its own; what was one object inside the value is one in the copy.
pub fn copied(value: &Value) -> Value {
    copy(value, &mut HashMap::new())
}

fn copy(value: &Value, done: &mut HashMap<*const (), Value>) -> Value {
    let Some(reference) = value.reference() else {
        return value.clone();
    };
    if let Some(copy) = done.get(&reference) {
        return copy.clone();
    }
    let mut object = |object: &Object| {
        let mut new = Object::default();
        for (key, value) in object.iter() {
            new.insert(key, copy(value, done));
        }
        new
    };
    let new = match value {
        Value::Bytes(bytes) => Value::bytes(bytes),
        Value::Blob(bytes) => Value::blob(bytes),
        Value::Object(own) => Value::Object(Rc::new(object(own))),
        Value::List(list) => {
            let extras = object(&list.extras);
            let items = list.items.iter();
            let items = items.map(|(index, item)| (*index, copy(item, done)));
            Value::List(Rc::new(List {
                len: list.len,
                items: items.collect(),
                extras,
            }))
        }
        primitive => primitive.clone(),
    };
    done.insert(reference, new.clone());
    new
}

/// The type of the first value inside a value that can't be stored.
pub fn unstorable(value: &Value) -> Option<&'static str> {
    let entries = |object: &Object| object.iter().find_map(|(_, value)| unstorable(value));
    match value {
        Value::Unsupported(kind @ ("function" | "symbol")) => Some(kind),
        Value::List(list) => {
            let items = list.items.values().find_map(unstorable);
            items.or_else(|| entries(&list.extras))
        }
        Value::Object(object) => entries(object),
        _ => None,
    }
}

/// The references of a value and of everything inside it.
pub fn marks(value: &Value) -> HashSet<*const ()> {
    let mut found = HashSet::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut HashSet<*const ()>) {
    if value
        .reference()
        .is_some_and(|reference| !found.insert(reference))
    {
        return;
    }
    match value {
        Value::List(list) => {
            let extras = list.extras.iter().map(|(_, value)| value);
            list.items
                .values()
                .chain(extras)
                .for_each(|value| collect(value, found));
        }
        Value::Object(object) => object.iter().for_each(|(_, value)| collect(value, found)),
        _ => {}
    }
}
