//! Text, without losing lone surrogates.

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

/// Texts of more units are encoded by the browser at once: the glue goes through them unit by unit.
const LONG: u32 = 512;

#[wasm_bindgen]
extern "C" {
    type TextEncoder;
    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;
    #[wasm_bindgen(method)]
    fn encode(this: &TextEncoder, text: &JsString) -> Uint8Array;
}

/// A text, whose lone surrogates become U+FFFD; `None` for what is no text.
pub fn lossy_text(value: &JsValue) -> Option<String> {
    match value.dyn_ref::<JsString>() {
        Some(text) if text.length() > LONG => {
            String::from_utf8(TextEncoder::new().encode(text).to_vec()).ok()
        }
        _ => value.as_string(),
    }
}

/// Text as UTF-16 code units.
fn units_of(text: &JsString) -> Vec<u16> {
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
    let text = lossy_text(value)?;
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
