//! Errors as JavaScript sees them: real `Error`s with a name, a stable code and a cause.

use crate::browser::{self, key_to_js};
use crate::domain::key::Key;
use crate::error::Error;
use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// The `name` of every error.
pub const NAME: &str = "RestowError";

/// An `Error` with `name`, `code`, `retryable`, and where known `sessionId`, `cause`, `preview`,
/// `shortage`.
pub fn to_js(error: &Error, about: Option<&Key>) -> JsValue {
    let object: JsValue = js_sys::Error::new(&error.to_string()).into();
    set(&object, "name", &NAME.into());
    set(&object, "code", &error.code().into());
    set(&object, "retryable", &error.retryable().into());
    if let Some(id) = error.session().or(about) {
        set(&object, "sessionId", &key_to_js(id));
    }
    let cause = error.cause().and_then(|cause| cause.inner.as_ref());
    if let Some(cause) = cause.and_then(|cause| cause.downcast_ref::<JsValue>()) {
        set(&object, "cause", cause);
    }
    if let Error::ConfirmationRequired { preview, .. } = error {
        set(
            &object,
            "preview",
            &browser::to_js(preview).unwrap_or(JsValue::NULL),
        );
    }
    if let Error::NoHeadroom(shortage) = error {
        let shortage = browser::to_js(shortage).unwrap_or(JsValue::NULL);
        set(&object, "shortage", &shortage);
    }
    object
}

fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Setting a property of an error that was made a moment ago can't fail.
    let _ = Reflect::set(object, &name.into(), value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Cause;
    use std::rc::Rc;
    use wasm_bindgen::JsCast;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn get(object: &JsValue, name: &str) -> JsValue {
        Reflect::get(object, &name.into()).unwrap()
    }

    #[wasm_bindgen_test]
    fn an_error_is_an_error_and_tells_its_code() {
        let inner: JsValue = js_sys::Error::new("disk").into();
        let cause = Cause {
            name: "QuotaExceededError".into(),
            inner: Some(Rc::new(inner.clone())),
        };
        let error = Error::QuotaExceeded {
            needed: 5,
            cause: Some(cause),
        };
        let object = to_js(&error, Some(&Key::Number(7.0)));
        assert!(object.is_instance_of::<js_sys::Error>());
        assert_eq!(get(&object, "name"), "RestowError");
        assert_eq!(get(&object, "code"), "QuotaExceeded");
        assert_eq!(get(&object, "retryable"), false);
        assert_eq!(get(&object, "sessionId"), 7.0);
        assert_eq!(get(&object, "cause"), inner);
    }

    #[wasm_bindgen_test]
    fn a_refused_call_carries_its_preview() {
        let preview = serde_json::json!({ "backups": ["a"] });
        let error = Error::ConfirmationRequired {
            action: "x",
            summary: "y".into(),
            preview,
        };
        let object = to_js(&error, None);
        assert!(js_sys::Array::is_array(&get(
            &get(&object, "preview"),
            "backups"
        )));
    }
}
