//! `GZIP_V1:` text: base64 of gzip of text. What would not come back byte for byte is refused.

use crate::browser::js;
use crate::browser::timer::{READ_LIMIT_MS, called};
use crate::domain::recognise::Broken;
use js_sys::{Array, Function, JsString, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

const PREFIX: &str = "GZIP_V1:";

/// The value of the JSON text inside; `None` for anything that is no such text.
pub async fn decode(stored: &JsValue) -> Result<Option<JsValue>, Broken> {
    let Some(json) = unzip(stored).await? else {
        return Ok(None);
    };
    let value = js::parse(&json).map_err(|_| unreadable())?;
    if js::stringify(&value).ok().as_ref() != Some(&json) {
        return Err(Broken::new(
            "JsonNotExact",
            "its JSON holds what JavaScript can't keep (long numbers, keys given twice, spaces)",
        ));
    }
    Ok(Some(value))
}

/// The text inside; `None` for anything that is no such text.
pub async fn unzip(stored: &JsValue) -> Result<Option<JsValue>, Broken> {
    if !stored.is_string() {
        return Ok(None);
    }
    let text: &JsString = stored.unchecked_ref();
    if !text.starts_with(PREFIX, 0) {
        return Ok(None);
    }
    let decompressor = transformer("DecompressionStream", "read")?;
    let encoded = text.slice(PREFIX.len() as u32, text.length());
    let bytes = js::atob(&encoded).map_err(|_| unreadable())?;
    // Each character of what `atob` returns stands for one byte.
    let bytes: Vec<u8> = bytes.chars().map(|char| char as u8).collect();
    let bytes = Uint8Array::from(bytes.as_slice());
    let text = match pipe(&bytes, &decompressor).await {
        Some(buffer) => decoded(&buffer),
        None => None,
    };
    text.map(Some).ok_or_else(unreadable)
}

/// Text as such text, from which it was seen to come back.
pub async fn zip(text: &JsValue) -> Result<JsValue, Broken> {
    let compressor = transformer("CompressionStream", "write")?;
    let zipped = match pipe(text, &compressor).await {
        Some(buffer) => encoded(&buffer),
        None => None,
    };
    let unsupported = || Broken::new("UnsupportedValue", "its text does not survive gzip");
    let zipped = zipped.ok_or_else(unsupported)?;
    // Lone surrogates, for one, do not.
    match unzip(&zipped).await?.as_ref() == Some(text) {
        true => Ok(zipped),
        false => Err(unsupported()),
    }
}

/// What a stream makes of bytes, or of the UTF-8 of text; `None` if anything goes wrong.
async fn pipe(input: &JsValue, transformer: &JsValue) -> Option<JsValue> {
    let blob = construct("Blob", &[Array::of1(input).into()])?;
    let stream = js::call(&blob, "stream")?;
    let pipe = js::method(&stream, "pipeThrough")?;
    let output = pipe.call1(&stream, transformer).ok()?;
    let response = construct("Response", &[output])?;
    called(READ_LIMIT_MS, &response, "arrayBuffer").await
}

fn decoded(buffer: &JsValue) -> Option<JsValue> {
    let options = js::object([("fatal", JsValue::TRUE), ("ignoreBOM", JsValue::TRUE)]);
    let decoder = construct("TextDecoder", &[JsValue::from_str("utf-8"), options])?;
    let decode = js::method(&decoder, "decode")?;
    decode.call1(&decoder, buffer).ok()
}

fn encoded(buffer: &JsValue) -> Option<JsValue> {
    let bytes = Uint8Array::new(buffer).to_vec();
    let units: Vec<u16> = bytes.into_iter().map(u16::from).collect();
    let base64 = js::btoa(&js::text_of(&units)).ok()?;
    Some(JsString::from(PREFIX).concat(&base64).into())
}

fn transformer(class: &str, does: &str) -> Result<JsValue, Broken> {
    construct(class, &[JsValue::from_str("gzip")]).ok_or_else(|| {
        let reason = format!("this browser can't {does} gzip (it has no {class})");
        Broken::new("GzipUnsupported", reason)
    })
}

fn unreadable() -> Broken {
    Broken::new("GzipUnreadable", "its gzip text is damaged or cut short")
}

/// `new name(…)`; `None` if there is no such class, or it throws.
fn construct(name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let class: Function = js::method(&js_sys::global(), name)?;
    let arguments: Array = arguments.iter().collect();
    Reflect::construct(&class, &arguments)
        .ok()
        .map(|made: JsValue| Object::from(made).into())
}
