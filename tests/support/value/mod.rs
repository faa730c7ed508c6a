//! Values as JavaScript has them, in memory: the bodies of the twin, and the neutral form in which
//! the contract suite writes down what it plants and expects.

mod json;
mod lenient;
mod object;
mod place;
mod walk;

pub use object::Object;
pub use walk::{Walk, copied, marks, size, unstorable};

use std::collections::BTreeMap;
use std::rc::Rc;

/// A value. Cloning it copies a reference, and references have an identity, as in JavaScript.
#[derive(Debug, Clone)]
pub enum Value {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number; `-0` and `NaN` are themselves.
    Number(f64),
    /// Well-formed text.
    Text(Rc<str>),
    /// Text with lone surrogates; see [`Value::units`].
    Units(Rc<[u16]>),
    /// An `ArrayBuffer`.
    Bytes(Rc<[u8]>),
    /// A `Blob`, whose bytes a transaction can't read.
    Blob(Rc<[u8]>),
    /// An array.
    List(Rc<List>),
    /// A plain object.
    Object(Rc<Object>),
    /// A value of a type that can't be read safely. `function` and `symbol` can't even be stored;
    /// anything else, such as `CryptoKey`, can.
    Unsupported(&'static str),
}

/// An array, which may have holes and properties of its own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct List {
    /// Its length, holes included.
    pub len: u32,
    /// Its items; an index that is absent is a hole.
    pub items: BTreeMap<u32, Value>,
    /// Properties that are no items.
    pub extras: Object,
}

impl Value {
    /// Text.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self::Text(text.as_ref().into())
    }

    /// Text from UTF-16 code units, which may be lone surrogates.
    pub fn units(units: &[u16]) -> Self {
        match String::from_utf16(units) {
            Ok(text) => Self::text(text),
            Err(_) => Self::Units(units.into()),
        }
    }

    /// The UTF-16 code units of text; `None` for anything else.
    pub fn utf16(&self) -> Option<Vec<u16>> {
        match self {
            Self::Text(text) => Some(text.encode_utf16().collect()),
            Self::Units(units) => Some(units.to_vec()),
            _ => None,
        }
    }

    /// An `ArrayBuffer`.
    pub fn bytes(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.into())
    }

    /// A `Blob`.
    pub fn blob(bytes: &[u8]) -> Self {
        Self::Blob(bytes.into())
    }

    /// An array without holes.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Self {
        let items: BTreeMap<_, _> = (0..).zip(items).collect();
        Self::sparse(items.len() as u32, items)
    }

    /// An array that has these items and holes everywhere else.
    pub fn sparse(len: u32, items: impl IntoIterator<Item = (u32, Value)>) -> Self {
        let items: BTreeMap<_, _> = items.into_iter().collect();
        assert!(
            items.keys().all(|index| *index < len),
            "an item lies beyond the end of its array"
        );
        Self::List(Rc::new(List {
            len,
            items,
            extras: Object::default(),
        }))
    }

    /// An array with one more property that is no item.
    pub fn extra(self, key: &str, value: impl Into<Value>) -> Self {
        let Self::List(list) = self else {
            panic!("only an array has extra properties");
        };
        let mut list = List::clone(&list);
        list.extras.insert(key, value.into());
        Self::List(Rc::new(list))
    }

    /// A plain object with its keys in this order.
    pub fn object<K: AsRef<str>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        let mut object = Object::default();
        for (key, value) in entries {
            object.insert(key.as_ref(), value);
        }
        Self::Object(Rc::new(object))
    }

    /// The reference of a value that has an identity.
    pub fn reference(&self) -> Option<*const ()> {
        match self {
            Self::Bytes(bytes) | Self::Blob(bytes) => Some(Rc::as_ptr(bytes).cast()),
            Self::List(list) => Some(Rc::as_ptr(list).cast()),
            Self::Object(object) => Some(Rc::as_ptr(object).cast()),
            _ => None,
        }
    }
}

impl PartialEq for Value {
    /// Equal in type, order of keys, holes and every value: `-0` is not `0`, `NaN` is `NaN`.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Undefined, Self::Undefined) | (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => number_bits(*a) == number_bits(*b),
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Units(a), Self::Units(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) | (Self::Blob(a), Self::Blob(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            (Self::Unsupported(a), Self::Unsupported(b)) => a == b,
            _ => false,
        }
    }
}

/// Bits that are the same for every `NaN`.
fn number_bits(number: f64) -> u64 {
    if number.is_nan() {
        f64::NAN.to_bits()
    } else {
        number.to_bits()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}
