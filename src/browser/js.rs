//! The few built-ins of JavaScript that values are read and built with.
//!
//! Methods are called through their prototypes (`Array.prototype.slice.call(array)`), so that no
//! property of a stored value can stand in for them, and values of other realms work as well.
//! Whatever may throw for a value that came out of a database is declared with `catch`.

use js_sys::{Function, JsString};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// An array, read by index. Never holds anything but a genuine array.
    #[derive(Clone)]
    pub type List;

    /// `[]`.
    #[wasm_bindgen(constructor, js_class = "Array")]
    pub fn empty() -> List;
    /// An array of nothing but holes.
    #[wasm_bindgen(constructor, js_class = "Array", catch)]
    pub fn holes(length: f64) -> Result<List, JsValue>;
    #[wasm_bindgen(method, getter)]
    pub fn length(this: &List) -> u32;
    #[wasm_bindgen(method, indexing_getter)]
    pub fn at(this: &List, index: u32) -> JsValue;
    /// Only for arrays of our own making.
    #[wasm_bindgen(method, indexing_setter)]
    pub fn put(this: &List, index: u32, value: &JsValue);

    #[wasm_bindgen(js_namespace = Array, js_name = isArray)]
    pub fn is_array(value: &JsValue) -> bool;
    /// The entries of a Map; throws for anything else.
    #[wasm_bindgen(js_namespace = ["Map", "prototype", "entries"], js_name = call, catch)]
    pub fn map_entries(map: &JsValue) -> Result<JsValue, JsValue>;
    /// The members of a Set; throws for anything else.
    #[wasm_bindgen(js_namespace = ["Set", "prototype", "values"], js_name = call, catch)]
    pub fn set_members(set: &JsValue) -> Result<JsValue, JsValue>;
    /// Everything that can be iterated, as an array.
    #[wasm_bindgen(js_namespace = Array, js_name = from, catch)]
    pub fn list_of(iterable: &JsValue) -> Result<List, JsValue>;
    /// One level less of arrays within an array.
    #[wasm_bindgen(js_namespace = ["Array", "prototype", "flat"], js_name = call)]
    pub fn flatten(list: &List) -> List;
    /// Holes stay holes.
    #[wasm_bindgen(js_namespace = ["Array", "prototype", "slice"], js_name = call, catch)]
    pub fn slice(array: &JsValue, from: u32, to: u32) -> Result<List, JsValue>;
    /// `into` and the arrays of `list`, one behind the other. Holes stay holes.
    #[wasm_bindgen(js_namespace = ["Array", "prototype", "concat"], js_name = apply, catch)]
    pub fn concat(into: &List, list: &List) -> Result<List, JsValue>;
    #[wasm_bindgen(js_namespace = ["Array", "prototype", "join"], js_name = call)]
    pub fn join(list: &List, separator: &JsValue) -> JsValue;

    /// Own enumerable keys that are texts, in their order.
    #[wasm_bindgen(js_namespace = Object, js_name = keys, catch)]
    pub fn keys(value: &JsValue) -> Result<List, JsValue>;
    /// Values of [`keys`], in the same order.
    #[wasm_bindgen(js_namespace = Object, js_name = values, catch)]
    pub fn values(value: &JsValue) -> Result<List, JsValue>;
    /// Keys and values, in the same order.
    #[wasm_bindgen(js_namespace = Object, js_name = entries, catch)]
    pub fn entries(value: &JsValue) -> Result<List, JsValue>;
    /// Creates data properties, so that `__proto__` is a key like any other.
    #[wasm_bindgen(js_namespace = Object, js_name = fromEntries, catch)]
    pub fn from_entries(entries: &List) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Object, js_name = is)]
    pub fn same(a: &JsValue, b: &JsValue) -> bool;
    /// `[object Map]` and the like, for any value of any realm.
    #[wasm_bindgen(js_namespace = ["Object", "prototype", "toString"], js_name = call)]
    pub fn tag(value: &JsValue) -> JsString;

    #[wasm_bindgen(js_namespace = Reflect, js_name = getOwnPropertyDescriptor, catch)]
    pub fn descriptor(object: &JsValue, key: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Reflect, js_name = defineProperty, catch)]
    pub fn define(object: &JsValue, key: &JsValue, descriptor: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(js_namespace = JSON, js_name = stringify, catch)]
    pub fn stringify(value: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    pub fn parse(text: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = structuredClone, catch)]
    pub fn structured_clone(value: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = atob, catch)]
    pub fn atob(text: &JsValue) -> Result<String, JsValue>;

    /// A map by identity of objects, or by content of texts, to small numbers.
    pub type Numbers;
    #[wasm_bindgen(constructor, js_class = "Map")]
    pub fn new() -> Numbers;
    #[wasm_bindgen(method)]
    pub fn get(this: &Numbers, key: &JsValue) -> Option<u32>;
    #[wasm_bindgen(method)]
    pub fn set(this: &Numbers, key: &JsValue, number: u32);

    /// Any object, for methods whose brand is not proven.
    pub type Unproven;
    #[wasm_bindgen(method, catch, js_name = valueOf)]
    pub fn value_of(this: &Unproven) -> Result<JsValue, JsValue>;

    /// The time of a date in milliseconds; throws for anything else.
    #[wasm_bindgen(js_namespace = ["Date", "prototype", "getTime"], js_name = call, catch)]
    pub fn time_of(date: &JsValue) -> Result<f64, JsValue>;
    #[wasm_bindgen(js_namespace = ["Date", "prototype", "toISOString"], js_name = call, catch)]
    pub fn iso_of(date: &JsValue) -> Result<String, JsValue>;
    /// A big integer in hexadecimal digits; throws for anything else.
    #[wasm_bindgen(js_namespace = ["BigInt", "prototype", "toString"], js_name = call, catch)]
    pub fn digits_of(number: &JsValue, radix: u32) -> Result<String, JsValue>;
}

/// Keys and values of a Map, as pairs.
pub fn pairs_of(map: &JsValue) -> Result<List, JsValue> {
    list_of(&map_entries(map)?)
}

/// The members of a Set.
pub fn members_of(set: &JsValue) -> Result<List, JsValue> {
    list_of(&set_members(set)?)
}

/// A property of any value; `undefined` where there is none or the reading of it throws.
pub fn field(value: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A property that can be called.
pub fn method(value: &JsValue, name: &str) -> Option<Function> {
    field(value, name).dyn_into().ok()
}

/// A new object with some properties, in order.
pub fn object<const N: usize>(fields: [(&str, JsValue); N]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        set_field(&object, name, &value);
    }
    object.into()
}

/// Sets a property of an object of our own making.
pub fn set_field(object: &JsValue, name: &str, value: &JsValue) {
    // An object of our own making is neither frozen nor a proxy, so this can't fail.
    let _ = js_sys::Reflect::set(object, &JsValue::from_str(name), value);
}

/// Defines a property as an assignment would, but as the object's own whatever its name.
pub fn define_value(object: &JsValue, key: &JsValue, value: &JsValue) -> bool {
    let descriptor = self::object([
        ("value", value.clone()),
        ("writable", JsValue::TRUE),
        ("enumerable", JsValue::TRUE),
        ("configurable", JsValue::TRUE),
    ]);
    define(object, key, &descriptor).unwrap_or(false)
}

/// The value of an own data property; `None` for no property, and for an accessor.
pub fn own(object: &JsValue, key: &JsValue) -> Option<JsValue> {
    let descriptor = descriptor(object, key).ok()?;
    if descriptor.is_undefined() {
        return None;
    }
    let value = field(&descriptor, "value");
    let is_data = !value.is_undefined()
        || self::descriptor(&descriptor, &JsValue::from_str("value"))
            .is_ok_and(|found| !found.is_undefined());
    is_data.then_some(value)
}

/// Text as UTF-16 code units.
pub fn units_of(text: &JsString) -> Vec<u16> {
    text.iter().collect()
}

/// Text from UTF-16 code units, lone surrogates included.
pub fn text_of(units: &[u16]) -> JsString {
    // Every unit is an argument of `String.fromCharCode`, and arguments lie on the stack.
    units.chunks(4096).fold(JsString::from(""), |text, chunk| {
        text.concat(&JsString::from_char_code(chunk))
    })
}

/// Text exactly, or as UTF-16 code units where a `String` would lose a lone surrogate.
pub enum Text {
    /// Well-formed.
    Whole(String),
    /// With surrogates that have no partner.
    Broken(Vec<u16>),
}

/// Reads a value that is known to be text.
pub fn exact_text(value: &JsValue) -> Option<Text> {
    let text = value.as_string()?;
    // A lone surrogate arrives as U+FFFD, so only such text needs a second look; most text is
    // ASCII, which is told faster.
    if !text.is_ascii() && text.contains('\u{FFFD}') {
        let original: &JsString = value.unchecked_ref();
        if !original.is_valid_utf16() {
            return Some(Text::Broken(units_of(original)));
        }
    }
    Some(Text::Whole(text))
}
