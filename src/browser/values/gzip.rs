//! `GZIP_V1:` text: base64 of gzip of JSON. What would not come back byte for byte is refused.

use crate::browser::js;
use crate::domain::recognise::Broken;
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

const PREFIX: &str = "GZIP_V1:";

/// The value inside; `None` for anything that is no such text.
pub async fn decode(stored: &JsValue) -> Result<Option<JsValue>, Broken> {
    if !stored.is_string() {
        return Ok(None);
    }
    let text: &js_sys::JsString = stored.unchecked_ref();
    if !text.starts_with(PREFIX, 0) {
        return Ok(None);
    }
    let Some(decompressor) = construct("DecompressionStream", &[JsValue::from_str("gzip")]) else {
        return Err(Broken::new(
            "GzipUnsupported",
            "this browser can't read gzip (it has no DecompressionStream)",
        ));
    };
    let unreadable = || Broken::new("GzipUnreadable", "its gzip text is damaged or cut short");
    let encoded = text.slice(PREFIX.len() as u32, text.length());
    let bytes = js::atob(&encoded).map_err(|_| unreadable())?;
    // Each character of what `atob` returns stands for one byte.
    let bytes: Vec<u8> = bytes.chars().map(|char| char as u8).collect();
    let json = unzip(&bytes, &decompressor).await.ok_or_else(unreadable)?;
    let value = js::parse(&json).map_err(|_| unreadable())?;
    if js::stringify(&value).ok().as_ref() != Some(&json) {
        return Err(Broken::new(
            "JsonNotExact",
            "its JSON holds what JavaScript can't keep (long numbers, keys given twice, spaces)",
        ));
    }
    Ok(Some(value))
}

/// The text of some gzip; `None` if anything is wrong with it.
async fn unzip(bytes: &[u8], decompressor: &JsValue) -> Option<JsValue> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = construct("Blob", &[parts.into()])?;
    let stream = js::method(&blob, "stream")?.call0(&blob).ok()?;
    let pipe = js::method(&stream, "pipeThrough")?;
    let plain = pipe.call1(&stream, decompressor).ok()?;
    let response = construct("Response", &[plain])?;
    let buffer = js::method(&response, "arrayBuffer")?
        .call0(&response)
        .ok()?;
    let buffer = JsFuture::from(buffer.dyn_into::<Promise>().ok()?)
        .await
        .ok()?;
    let options = js::object([("fatal", JsValue::TRUE), ("ignoreBOM", JsValue::TRUE)]);
    let decoder = construct("TextDecoder", &[JsValue::from_str("utf-8"), options])?;
    js::method(&decoder, "decode")?
        .call1(&decoder, &buffer)
        .ok()
}

/// `new name(…)`; `None` if there is no such class, or it throws.
fn construct(name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let class: Function = js::method(&js_sys::global(), name)?;
    let arguments: Array = arguments.iter().collect();
    Reflect::construct(&class, &arguments)
        .ok()
        .map(|made: JsValue| Object::from(made).into())
}
