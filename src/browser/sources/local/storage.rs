//! localStorage itself. Its texts stay JavaScript's own, since a Rust `String` would lose lone
//! surrogates in keys and values.

use crate::browser::idb::errors;
use crate::error::{Cause, Error, Result};
use gloo_storage::{LocalStorage, Storage as _};
use js_sys::JsString;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = web_sys::Storage)]
    type Texts;
    #[wasm_bindgen(method, catch, js_name = getItem)]
    fn get_item(this: &Texts, key: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setItem)]
    fn set_item(this: &Texts, key: &JsValue, text: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = removeItem)]
    fn remove_item(this: &Texts, key: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = key)]
    fn key_at(this: &Texts, index: u32) -> Result<JsValue, JsValue>;
}

/// `localStorage` of the page. What lies nowhere is `null` in it.
pub struct Storage {
    texts: Texts,
}

impl Storage {
    /// localStorage, if there is one and we may use it.
    pub fn open() -> Result<Self> {
        // Workers have no window. Where storage is denied, reading the property throws; where the
        // page's embedder has turned it off, it is `null`.
        let window = web_sys::window().ok_or(Error::StorageUnavailable)?;
        let probe = window.local_storage().map_err(|thrown| denied(&thrown))?;
        probe.ok_or(Error::StorageUnavailable)?;
        // This would have panicked.
        let texts = LocalStorage::raw().unchecked_into();
        Ok(Self { texts })
    }

    /// The keys of all texts. One that goes away meanwhile is left out.
    pub fn keys(&self) -> Result<Vec<JsValue>> {
        let mut keys = Vec::new();
        let mut index = 0;
        while index < self.texts.length().map_err(|thrown| denied(&thrown))? {
            let key = self.texts.key_at(index).map_err(|thrown| denied(&thrown))?;
            keys.extend(key.is_string().then_some(key));
            index += 1;
        }
        Ok(keys)
    }

    /// The text of a key; `null` without one.
    pub fn get(&self, key: &JsValue) -> Result<JsValue> {
        self.texts.get_item(key).map_err(|thrown| denied(&thrown))
    }

    /// Writes a text, and makes sure that it lies there. If there is no room, the old one stays.
    pub fn put(&self, key: &JsValue, text: &JsValue) -> Result<()> {
        let written = self.texts.set_item(key, text);
        written.map_err(|thrown| refused(&thrown, key, text))?;
        self.expect(key, text)
    }

    /// Removes a text, and makes sure that it is gone.
    pub fn remove(&self, key: &JsValue) -> Result<()> {
        let removed = self.texts.remove_item(key);
        removed.map_err(|thrown| denied(&thrown))?;
        self.expect(key, &JsValue::NULL)
    }

    /// Whether it is that very storage.
    pub fn is(&self, other: &JsValue) -> bool {
        let own: &JsValue = self.texts.as_ref();
        own == other
    }

    fn expect(&self, key: &JsValue, text: &JsValue) -> Result<()> {
        match self.get(key)? == *text {
            true => Ok(()),
            false => Err(Error::Browser {
                cause: Cause::named("DataError"),
            }),
        }
    }
}

fn denied(thrown: &JsValue) -> Error {
    Error::StorageDenied {
        cause: errors::cause(thrown),
    }
}

fn refused(thrown: &JsValue, key: &JsValue, text: &JsValue) -> Error {
    let cause = errors::cause(thrown);
    match cause.name.as_str() {
        // Older versions of Firefox have a name of their own.
        "QuotaExceededError" | "NS_ERROR_DOM_QUOTA_REACHED" => {
            let units = |text: &JsValue| u64::from(text.unchecked_ref::<JsString>().length());
            Error::QuotaExceeded {
                needed: 2 * (units(key) + units(text)),
                cause: Some(cause),
            }
        }
        _ => Error::StorageDenied { cause },
    }
}
