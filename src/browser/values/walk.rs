//! The walk through the pieces of a value that feeds their digests.
//!
//! It keeps a stack of its own, so that no nesting is too deep, and numbers each object at first
//! sight. The same object again within a piece is fed as its number; in another piece, or among
//! what was moved, it can't be kept. What is read is what storing a value would read: own
//! enumerable properties with text keys. A value out of a database, or copied as storing would
//! copy it, has nothing else.

use crate::browser::js::{self, Numbers};
use crate::browser::values::arrays;
use crate::browser::values::encoder::{Encoder, Tag};
use crate::browser::values::flat::Flat;
use crate::browser::values::frame::{Frame, Names, Refusal, Stop};
use crate::browser::values::kind::{Kind, kind_of};
use crate::browser::values::odd;
use crate::browser::values::shapes::Shapes;
use crate::domain::digest::Measure;
use wasm_bindgen::JsValue;

/// What a walk finds.
pub struct Walked {
    /// Digest and size of each piece, without the bytes of Blobs.
    pub measures: Vec<Measure>,
    /// Blobs of each piece, in order of first sight.
    pub blobs: Vec<Vec<JsValue>>,
}

/// Digests of the pieces. `moved` are objects that no piece may hold.
pub fn walk(pieces: &[JsValue], moved: &[JsValue]) -> Result<Walked, Refusal> {
    let mut walker = Walker {
        seen: Numbers::new(),
        count: 0,
        first: 0,
        shapes: Shapes::new(),
        encoder: Encoder::new(TAG),
        blobs: Vec::new(),
    };
    for object in moved {
        walker.seen.set(object, walker.count);
        walker.count += 1;
    }
    let mut walked = Walked {
        measures: Vec::with_capacity(pieces.len()),
        blobs: Vec::with_capacity(pieces.len()),
    };
    let mut flat = Flat::new(&walker.seen);
    for (index, piece) in pieces.iter().enumerate() {
        walker.first = walker.count;
        match flat.feed(piece, walker.first, &mut walker.encoder) {
            Some(count) => walker.count = count,
            None => {
                walker.encoder = Encoder::new(TAG);
                let mut stack = Vec::new();
                if let Err(stop) = walker.piece(piece, &mut stack) {
                    return Err(stop.at(index, &stack));
                }
            }
        }
        let encoder = std::mem::replace(&mut walker.encoder, Encoder::new(TAG));
        walked.measures.push(encoder.finish());
        walked.blobs.push(std::mem::take(&mut walker.blobs));
    }
    Ok(walked)
}

/// Kind and version of the digests of pieces.
const TAG: &str = "value/1";

/// The state of a walk.
pub struct Walker {
    /// Number of each object that was seen.
    seen: Numbers,
    count: u32,
    /// Number of the first object of this piece.
    first: u32,
    shapes: Shapes,
    /// Of this piece.
    pub encoder: Encoder,
    /// Of this piece.
    pub blobs: Vec<JsValue>,
}

impl Walker {
    fn piece(&mut self, piece: &JsValue, stack: &mut Vec<Frame>) -> Result<(), Stop> {
        if let Some(frame) = self.value(piece)? {
            stack.push(frame);
        }
        while let Some(frame) = stack.last_mut() {
            let Some(value) = frame.next() else {
                stack.pop();
                continue;
            };
            if let Some(frame) = self.value(&value)? {
                stack.push(frame);
            }
        }
        Ok(())
    }

    /// Feeds a value; a frame if there are values inside it.
    pub fn value(&mut self, value: &JsValue) -> Result<Option<Frame>, Stop> {
        // Asking for the type first is the faster way for all types together: an answer of yes or
        // no need not be written to memory.
        if value.is_string()
            && let Some(text) = js::exact_text(value)
        {
            self.encoder.exact_text(&text);
            return Ok(None);
        }
        if js::is_finite(value) {
            self.number(js::number_of(value));
            return Ok(None);
        }
        if js::is_array(value) {
            return match self.first_sight(value)? {
                true => arrays::feed(self, value).map(Some),
                false => Ok(None),
            };
        }
        match kind_of(value) {
            Kind::Undefined if value.is_undefined() => self.encoder.tag(Tag::Undefined),
            Kind::Null if value.is_null() => self.encoder.tag(Tag::Null),
            Kind::Number if !value.is_object() => {
                let number = value.as_f64();
                self.number(number.ok_or_else(|| Stop::unsupported(value))?);
            }
            Kind::Object if value.is_object() => {
                return match self.first_sight(value)? {
                    true => self.object(value).map(Some),
                    false => Ok(None),
                };
            }
            kind => return odd::feed(self, kind, value),
        }
        Ok(None)
    }

    fn number(&mut self, number: f64) {
        self.encoder.tag(Tag::Number);
        self.encoder.number(number);
        self.encoder.weigh(8);
    }

    /// Numbers an object; `false` if it was seen before in this piece, and is fed as that.
    pub fn first_sight(&mut self, object: &JsValue) -> Result<bool, Stop> {
        match self.seen.get(object) {
            None => {
                self.seen.set(object, self.count);
                self.count += 1;
                Ok(true)
            }
            Some(number) if number < self.first => Err(Stop::Shared),
            Some(number) => {
                self.encoder.tag(Tag::Seen);
                self.encoder.count(number - self.first);
                Ok(false)
            }
        }
    }

    fn object(&mut self, object: &JsValue) -> Result<Frame, Stop> {
        let unreadable = |_| Stop::unsupported(object);
        let keys = js::keys(object).map_err(unreadable)?;
        let values = js::values(object).map_err(unreadable)?;
        let count = keys.length();
        if values.length() != count {
            return Err(Stop::unsupported(object));
        }
        let measure = self.shapes.measure(&keys, count);
        self.encoder.tag(Tag::Object);
        self.encoder.count(count);
        self.encoder.digest(measure.digest);
        self.encoder.weigh_exactly(measure.bytes);
        Ok(Frame::new(values, count, Names::Keys(keys)))
    }

    /// Feeds a text that a value of another kind has.
    pub fn text_field(&mut self, value: &JsValue, name: &str) -> Result<(), Stop> {
        let text = js::exact_text(&js::field(value, name));
        let text = text.ok_or_else(|| Stop::unsupported(value))?;
        self.encoder.exact_text(&text);
        Ok(())
    }
}
