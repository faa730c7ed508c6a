//! Properties of objects, own ones above all.

use crate::browser::js;
use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};

/// A property of any value; `undefined` where there is none or the reading of it throws.
pub fn field(value: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A property that can be called.
pub fn method(value: &JsValue, name: &str) -> Option<Function> {
    field(value, name).dyn_into().ok()
}

/// What a method without arguments returns; `None` if it is none, or throws.
pub fn call(object: &JsValue, method: &str) -> Option<JsValue> {
    self::method(object, method)?.call0(object).ok()
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
    js::define(object, key, &descriptor).unwrap_or(false)
}

/// The value of an own data property; `None` for no property, and for an accessor.
pub fn own(object: &JsValue, key: &JsValue) -> Option<JsValue> {
    let descriptor = js::descriptor(object, key).ok()?;
    if descriptor.is_undefined() {
        return None;
    }
    let value = field(&descriptor, "value");
    let is_data = !value.is_undefined()
        || js::descriptor(&descriptor, &JsValue::from_str("value"))
            .is_ok_and(|found| !found.is_undefined());
    is_data.then_some(value)
}
