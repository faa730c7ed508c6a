//! The fast way through plain values: walked in JavaScript (`flat.js`), fed to the digest here. It
//! feeds the very bytes that the walk value by value would, or declines.

use crate::browser::js::{List, Numbers};
use crate::browser::values::encoder::{Encoder, Tag};
use crate::browser::values::shapes;
use crate::domain::digest::Measure;
use js_sys::{Float64Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/values/flat.js")]
extern "C" {
    type Flattener;
    #[wasm_bindgen(constructor)]
    fn new(seen: &Numbers) -> Flattener;
    #[wasm_bindgen(method)]
    fn begin(this: &Flattener, piece: &JsValue, first: u32);
    #[wasm_bindgen(method, catch)]
    fn next(this: &Flattener) -> Result<Option<Stretch>, JsValue>;
    #[wasm_bindgen(method)]
    fn undo(this: &Flattener);
    #[wasm_bindgen(method, getter)]
    fn count(this: &Flattener) -> u32;

    /// A stretch of the walk, written down.
    type Stretch;
    #[wasm_bindgen(method, getter)]
    fn steps(this: &Stretch) -> Uint32Array;
    #[wasm_bindgen(method, getter)]
    fn numbers(this: &Stretch) -> Float64Array;
    #[wasm_bindgen(method, getter)]
    fn text(this: &Stretch) -> Uint8Array;
    #[wasm_bindgen(method, getter)]
    fn shapes(this: &Stretch) -> List;
}

/// Walks the pieces of one value.
pub struct Flat {
    flattener: Flattener,
    /// Number of keys of each shape, and their measure.
    shapes: Vec<(u32, Measure)>,
}

impl Flat {
    /// `seen` are the objects that were met.
    pub fn new(seen: &Numbers) -> Self {
        Self {
            flattener: Flattener::new(seen),
            shapes: Vec::new(),
        }
    }

    /// Feeds a piece whose first object gets the number `first`; how many objects have one then.
    /// `None` if it has what only the walk value by value knows: nothing is met then, and what the
    /// encoder was fed is of no use.
    pub fn feed(&mut self, piece: &JsValue, first: u32, encoder: &mut Encoder) -> Option<u32> {
        self.flattener.begin(piece, first);
        loop {
            // What is too much for it throws.
            let stretch = self.flattener.next().ok().flatten();
            match stretch.and_then(|stretch| self.stretch(&stretch, encoder)) {
                Some(true) => {}
                Some(false) => return Some(self.flattener.count()),
                None => {
                    self.flattener.undo();
                    self.shapes.clear();
                    return None;
                }
            }
        }
    }

    /// Feeds a stretch; whether there was anything in it.
    fn stretch(&mut self, stretch: &Stretch, encoder: &mut Encoder) -> Option<bool> {
        let (steps, text) = (stretch.steps().to_vec(), stretch.text().to_vec());
        let text = str::from_utf8(&text).ok()?;
        // A lone surrogate arrives as U+FFFD.
        let is_ascii = text.is_ascii();
        if !is_ascii && text.contains('\u{FFFD}') {
            return None;
        }
        let new = stretch.shapes();
        for at in 0..new.length() {
            let keys: List = new.at(at).unchecked_into();
            let count = keys.length();
            self.shapes.push((count, shapes::measure(&keys, count)));
        }
        let numbers = stretch.numbers().to_vec();
        let reader = Reader {
            steps: steps.iter(),
            numbers: numbers.iter(),
            texts: Texts {
                left: text,
                is_ascii,
            },
            shapes: &self.shapes,
        };
        reader.feed(encoder)?;
        Some(!steps.is_empty())
    }
}

/// Reads what the walk has written down.
struct Reader<'a> {
    steps: std::slice::Iter<'a, u32>,
    numbers: std::slice::Iter<'a, f64>,
    texts: Texts<'a>,
    shapes: &'a [(u32, Measure)],
}

impl Reader<'_> {
    /// `None` if it makes no sense.
    fn feed(mut self, encoder: &mut Encoder) -> Option<()> {
        while let Some(step) = self.steps.next() {
            let tag = Tag::plain(*step)?;
            match tag {
                Tag::Text => {
                    let text = self.texts.next(*self.steps.next()?)?;
                    encoder.tag(tag);
                    encoder.text(text);
                }
                Tag::Number | Tag::Date => {
                    encoder.tag(tag);
                    encoder.number(*self.numbers.next()?);
                    encoder.weigh(8);
                }
                Tag::Seen | Tag::Array => {
                    encoder.tag(tag);
                    encoder.count(*self.steps.next()?);
                }
                Tag::Object => {
                    let (count, keys) = self.shapes.get(*self.steps.next()? as usize)?;
                    encoder.tag(tag);
                    encoder.count(*count);
                    encoder.digest(keys.digest);
                    encoder.weigh_exactly(keys.bytes);
                }
                _ => encoder.tag(tag),
            }
        }
        Some(())
    }
}

/// Texts, with one character between each.
struct Texts<'a> {
    left: &'a str,
    is_ascii: bool,
}

impl<'a> Texts<'a> {
    /// The next one, which has so many UTF-16 units.
    fn next(&mut self, units: u32) -> Option<&'a str> {
        let bytes = match self.is_ascii {
            true => units as usize,
            false => bytes_of(self.left, units)?,
        };
        let (text, left) = self.left.split_at_checked(bytes)?;
        self.left = left.get(1..).unwrap_or_default();
        Some(text)
    }
}

/// How many bytes the first so many UTF-16 units take.
fn bytes_of(text: &str, units: u32) -> Option<usize> {
    let mut left = units;
    for (at, byte) in text.bytes().enumerate() {
        // Each character has one byte that is no continuation; beyond the first plane, two units.
        let begins = match byte {
            0x80..0xC0 => 0,
            0xF0.. => 2,
            _ => 1,
        };
        if begins > 0 && left == 0 {
            return Some(at);
        }
        left = left.checked_sub(begins)?;
    }
    (left == 0).then_some(text.len())
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_their_units() {
        let all = ["", "a", "é", "€uro", "😀", "x😀y", "", "\u{0}"];
        let joined = all.join("\0");
        let mut texts = Texts {
            left: &joined,
            is_ascii: false,
        };
        for text in all {
            let units = text.encode_utf16().count() as u32;
            assert_eq!(texts.next(units), Some(text));
        }
        assert_eq!(texts.next(1), None);
        // Half a character is none.
        assert_eq!(bytes_of("😀", 1), None);
    }
}
