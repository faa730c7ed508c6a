//! The few built-ins of JavaScript that values are read and built with.
//!
//! Methods are called through their prototypes (`Array.prototype.slice.call(array)`), so that no
//! property of a stored value can stand in for them, and values of other realms work as well.
//! Whatever may throw for a value that came out of a database is declared with `catch`.

mod object;
mod text;

pub use object::{call, define_value, field, method, object, own, set_field};
pub use text::{Text, exact_text, lossy_text, text_of};

use js_sys::JsString;
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
    /// Takes items out of an array; those behind them move up, holes stay holes.
    #[wasm_bindgen(js_namespace = ["Array", "prototype", "splice"], js_name = call, catch)]
    pub fn splice(array: &JsValue, from: u32, count: u32) -> Result<JsValue, JsValue>;
    /// Copies the items from `from` on to where `target` lies. Holes stay holes.
    #[wasm_bindgen(js_namespace = ["Array", "prototype", "copyWithin"], js_name = call, catch)]
    pub fn copy_within(array: &JsValue, target: u32, from: u32) -> Result<JsValue, JsValue>;
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

    #[wasm_bindgen(js_namespace = Reflect, js_name = deleteProperty, catch)]
    pub fn delete(object: &JsValue, key: &JsValue) -> Result<bool, JsValue>;

    /// Whether it is a primitive number other than NaN and the infinite ones.
    #[wasm_bindgen(js_namespace = Number, js_name = isFinite)]
    pub fn is_finite(value: &JsValue) -> bool;
    /// A value that is known to be a primitive number.
    #[wasm_bindgen(js_name = Number)]
    pub fn number_of(value: &JsValue) -> f64;
    #[wasm_bindgen(js_namespace = JSON, js_name = stringify, catch)]
    pub fn stringify(value: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    pub fn parse(text: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = structuredClone, catch)]
    pub fn structured_clone(value: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = atob, catch)]
    pub fn atob(text: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(js_name = btoa, catch)]
    pub fn btoa(text: &JsValue) -> Result<JsValue, JsValue>;

    /// A Map with some entries.
    pub type Entries;
    #[wasm_bindgen(constructor, js_class = "Map", catch)]
    pub fn with(entries: &List) -> Result<Entries, JsValue>;

    /// A map by identity of objects, or by content of texts, to small numbers.
    pub type Numbers;
    #[wasm_bindgen(constructor, js_class = "Map")]
    pub fn new() -> Numbers;
    #[wasm_bindgen(method)]
    pub fn get(this: &Numbers, key: &JsValue) -> Option<u32>;
    #[wasm_bindgen(method)]
    pub fn set(this: &Numbers, key: &JsValue, number: u32);

    /// A Blob of some parts.
    pub type Blob;
    #[wasm_bindgen(constructor, js_class = "Blob", catch)]
    pub fn blob_of(parts: &List) -> Result<Blob, JsValue>;

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

/// A Map of keys and values.
pub fn map_of(entries: &List) -> Result<JsValue, JsValue> {
    Entries::with(entries).map(JsValue::from)
}

/// A Blob of one character.
pub fn small_blob() -> Result<JsValue, JsValue> {
    let parts = List::empty();
    parts.put(0, &JsValue::from_str("b"));
    Blob::blob_of(&parts).map(JsValue::from)
}

/// Keys and values of a Map, as pairs.
pub fn pairs_of(map: &JsValue) -> Result<List, JsValue> {
    list_of(&map_entries(map)?)
}

/// The members of a Set.
pub fn members_of(set: &JsValue) -> Result<List, JsValue> {
    list_of(&set_members(set)?)
}
