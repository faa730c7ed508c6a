//! The walk through the pieces of a value that feeds their digests.
//!
//! It keeps a stack of its own, so that no nesting is too deep, and numbers each object at first
//! sight. The same object again within a piece is fed as its number; in another piece, or among
//! what was moved, it can't be kept. What is read is what storing a value would read: own
//! enumerable properties with text keys. A value out of a database, or copied as storing would
//! copy it, has nothing else.

use crate::browser::js::{self, List, Numbers};
use crate::browser::values::encoder::{Encoder, Tag};
use crate::browser::values::kind::{Kind, Kinds, kind_name};
use crate::browser::values::odd;
use crate::browser::values::shapes::Shapes;
use crate::domain::digest::Measure;
use wasm_bindgen::{JsCast, JsValue};

/// Why a value can't be measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Something of which no one can prove that it is kept.
    Unsupported {
        /// Index of the piece.
        piece: usize,
        /// Where in the piece.
        path: String,
        /// Its type.
        kind: String,
    },
    /// An object that another piece holds as well.
    Shared {
        /// Index of the piece.
        piece: usize,
        /// Where in the piece.
        path: String,
    },
}

/// What a walk finds.
pub struct Walked {
    /// Digest and size of each piece, without the bytes of Blobs.
    pub measures: Vec<Measure>,
    /// Blobs of each piece, in order of first sight.
    pub blobs: Vec<Vec<JsValue>>,
}

/// How the items of a frame are called in a path.
pub enum Names {
    /// By index.
    Index,
    /// By these keys.
    Keys(List),
    /// Not at all: entries of a Map, members of a Set.
    Entries(&'static str),
}

/// An object that is being walked: the values inside it.
pub struct Frame {
    list: List,
    next: u32,
    count: u32,
    names: Names,
}

impl Frame {
    /// All of a list.
    pub fn new(list: List, count: u32, names: Names) -> Self {
        Self {
            list,
            next: 0,
            count,
            names,
        }
    }

    /// The step of a path that leads to the value at hand.
    fn step(&self) -> String {
        let at = self.next.saturating_sub(1);
        match &self.names {
            Names::Index => format!("[{at}]"),
            Names::Entries(what) => format!("<{what} {at}>"),
            Names::Keys(keys) => {
                let key = keys.at(at).as_string().unwrap_or_default();
                crate::domain::path::Path(vec![key]).to_string()
            }
        }
    }
}

/// What stops a walk, where the path is not known yet.
pub enum Stop {
    Unsupported(String),
    Shared,
}

impl Stop {
    /// Refuses a value by its type.
    pub fn unsupported(value: &JsValue) -> Self {
        Self::Unsupported(kind_name(value))
    }
}

/// Digests of the pieces. `moved` are objects that no piece may hold.
pub fn walk(pieces: &[JsValue], moved: &[JsValue]) -> Result<Walked, Refusal> {
    let mut walker = Walker {
        seen: Numbers::new(),
        count: 0,
        first: 0,
        kinds: Kinds::new(),
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
    for (index, piece) in pieces.iter().enumerate() {
        walker.first = walker.count;
        let mut stack = Vec::new();
        if let Err(stop) = walker.piece(piece, &mut stack) {
            return Err(refusal(stop, index, &stack));
        }
        let encoder = std::mem::replace(&mut walker.encoder, Encoder::new(TAG));
        walked.measures.push(encoder.finish());
        walked.blobs.push(std::mem::take(&mut walker.blobs));
    }
    Ok(walked)
}

/// Kind and version of the digests of pieces.
const TAG: &str = "value/1";

fn refusal(stop: Stop, piece: usize, stack: &[Frame]) -> Refusal {
    let mut path = String::new();
    for frame in stack {
        let step = frame.step();
        if !path.is_empty() && !step.starts_with(['[', '<']) {
            path.push('.');
        }
        path += &step;
    }
    match stop {
        Stop::Shared => Refusal::Shared { piece, path },
        Stop::Unsupported(kind) => Refusal::Unsupported { piece, path, kind },
    }
}

/// The state of a walk.
pub struct Walker {
    /// Number of each object that was seen.
    seen: Numbers,
    count: u32,
    /// Number of the first object of this piece.
    first: u32,
    kinds: Kinds,
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
            if frame.next == frame.count {
                stack.pop();
                continue;
            }
            let value = frame.list.at(frame.next);
            frame.next += 1;
            if let Some(frame) = self.value(&value)? {
                stack.push(frame);
            }
        }
        Ok(())
    }

    /// Feeds a value; a frame if there are values inside it.
    pub fn value(&mut self, value: &JsValue) -> Result<Option<Frame>, Stop> {
        if let Some(text) = js::exact_text(value) {
            self.encoder.exact_text(&text);
            return Ok(None);
        }
        if let Some(number) = value.as_f64() {
            self.encoder.tag(Tag::Number);
            self.encoder.number(number);
            self.encoder.weigh(8);
            return Ok(None);
        }
        if js::is_array(value) {
            return match self.first_sight(value)? {
                true => self.array(value).map(Some),
                false => Ok(None),
            };
        }
        match self.kinds.of(value) {
            Kind::Undefined => self.encoder.tag(Tag::Undefined),
            Kind::Null => self.encoder.tag(Tag::Null),
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

    fn array(&mut self, array: &JsValue) -> Result<Frame, Stop> {
        let items: &List = array.unchecked_ref();
        let length = items.length();
        let keys = js::keys(array).map_err(|_| Stop::unsupported(array))?;
        let count = keys.length();
        // Indices come first and in order, so if the last of them all is in its place, so are
        // all the others.
        let dense =
            count == length && (length == 0 || index_at(&keys, length - 1) == Some(length - 1));
        if dense {
            self.encoder.tag(Tag::Array);
            self.encoder.count(length);
            return Ok(Frame::new(items.clone(), length, Names::Index));
        }
        let values = js::values(array).map_err(|_| Stop::unsupported(array))?;
        if values.length() != count {
            return Err(Stop::unsupported(array));
        }
        let present = (0..count).take_while(|at| index_at(&keys, *at).is_some_and(|i| i < length));
        let present = present.count() as u32;
        self.encoder.tag(Tag::OddArray);
        self.encoder.count(length);
        self.encoder.count(present);
        for at in 0..present {
            self.encoder.count(index_at(&keys, at).unwrap_or_default());
        }
        self.encoder.count(count - present);
        let others = (present..count).map(|at| keys.at(at));
        let measure = crate::browser::values::encoder::measure_keys(others);
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

/// A key as an index of an array: canonical, and below 2^32 - 1.
fn index_at(keys: &List, at: u32) -> Option<u32> {
    super::edit::index(&keys.at(at).as_string()?)
}
