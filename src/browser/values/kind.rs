//! Types of values, told by `Object.prototype.toString`: it knows values of other realms, which
//! `instanceof` does not.

use crate::browser::js::{self, Numbers};
use js_sys::JsString;
use wasm_bindgen::JsValue;

/// Types that a digest knows, and all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// `true` or `false`, or an object around one.
    Boolean,
    /// An object around a number.
    Number,
    /// An object around text.
    String,
    /// A big integer, or an object around one.
    BigInt,
    /// A plain object, or an instance that nothing tells from one.
    Object,
    /// A date.
    Date,
    /// A regular expression.
    RegExp,
    /// A map.
    Map,
    /// A set.
    Set,
    /// Bytes.
    ArrayBuffer,
    /// A view on bytes.
    View,
    /// A Blob.
    Blob,
    /// A File.
    File,
    /// An error of any of the standard types.
    Error,
    /// Pixels.
    ImageData,
    /// Anything else.
    Other,
}

const TAGS: &[(&str, Kind)] = &[
    ("Undefined", Kind::Undefined),
    ("Null", Kind::Null),
    ("Boolean", Kind::Boolean),
    ("Number", Kind::Number),
    ("String", Kind::String),
    ("BigInt", Kind::BigInt),
    ("Object", Kind::Object),
    ("Date", Kind::Date),
    ("RegExp", Kind::RegExp),
    ("Map", Kind::Map),
    ("Set", Kind::Set),
    ("ArrayBuffer", Kind::ArrayBuffer),
    ("DataView", Kind::View),
    ("Int8Array", Kind::View),
    ("Uint8Array", Kind::View),
    ("Uint8ClampedArray", Kind::View),
    ("Int16Array", Kind::View),
    ("Uint16Array", Kind::View),
    ("Int32Array", Kind::View),
    ("Uint32Array", Kind::View),
    ("Float16Array", Kind::View),
    ("Float32Array", Kind::View),
    ("Float64Array", Kind::View),
    ("BigInt64Array", Kind::View),
    ("BigUint64Array", Kind::View),
    ("Blob", Kind::Blob),
    ("File", Kind::File),
    ("Error", Kind::Error),
    ("ImageData", Kind::ImageData),
];

thread_local! {
    /// Numbers of all tags, so that their names need not be carried into Rust.
    static NUMBERS: Numbers = {
        let numbers = Numbers::new();
        for (number, (name, _)) in (0..).zip(TAGS) {
            numbers.set(&JsValue::from_str(&format!("[object {name}]")), number);
        }
        numbers
    };
}

/// The type of anything but an array, a primitive number or a primitive text.
pub fn kind_of(value: &JsValue) -> Kind {
    let tag: JsString = js::tag(value);
    let number = NUMBERS.with(|numbers| numbers.get(&tag));
    let known = number.and_then(|number| TAGS.get(number as usize));
    known.map_or(Kind::Other, |(_, kind)| *kind)
}

/// The name of a value's type, for messages: `CryptoKey`, `function`, `symbol`.
pub fn kind_name(value: &JsValue) -> String {
    if value.is_null() {
        return "null".into();
    }
    let primitive = value.js_typeof().as_string().unwrap_or_default();
    if primitive != "object" {
        return primitive;
    }
    if js::is_array(value) {
        return "Array".into();
    }
    let tag = String::from(js::tag(value));
    let name = tag
        .strip_prefix("[object ")
        .and_then(|tag| tag.strip_suffix(']'));
    crate::domain::path::shorten(name.unwrap_or("object"), 80)
}

/// Whether it is an object whose properties are its own data, and no array.
pub fn is_plain(value: &JsValue) -> bool {
    value.is_object() && !js::is_array(value) && js::tag(value) == "[object Object]"
}
