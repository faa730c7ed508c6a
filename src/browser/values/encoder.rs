//! What is fed to the digest of a piece: one tag for each value, then what the value consists of.
//!
//! The encoding is part of the format: digests are stored. Numbers are little-endian; a text is
//! its length in bytes and its UTF-8; *keys* are the digest of a list of texts.
//!
//! | value | tag and contents |
//! |---|---|
//! | `undefined`, `null`, `false`, `true` | 0, 1, 2, 3 |
//! | number | 4, its 64 bits; one pattern for NaN |
//! | text | 5, text |
//! | text with lone surrogates | 6, number of UTF-16 units, units |
//! | big integer | 7, its hexadecimal digits as text |
//! | seen before in this piece | 8, its number, in order of first sight |
//! | plain object | 9, number of properties, keys, values |
//! | array without holes | 10, length, items |
//! | any other array | 11, length, number of items, their indices, number of other properties, their keys, items, other values |
//! | Date | 12, milliseconds as a number |
//! | RegExp | 13, source and flags as texts |
//! | object around a primitive | 14, the primitive |
//! | Map | 15, number of entries, key and value in turn |
//! | Set | 16, number of members, members |
//! | ArrayBuffer | 17, length, bytes |
//! | view | 18, type as text, offset, length in bytes, its ArrayBuffer |
//! | Blob | 19, size, type as text |
//! | File | 20, size, type and name as texts, time of last change |
//! | Error | 21, name and message as texts, stack, file name, line and column where it has them (else `undefined`), 1 and its cause or 0 |
//! | ImageData | 22, width, height, color space as text (`srgb` where it has none), pixel format or `undefined`, its view |

use crate::browser::js::{self, Text};
use crate::domain::digest::{Digest, Hasher, Measure};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

/// Feeding many small things one by one would be slow.
const BUFFER: usize = 64 * 1024;

/// Tags of the table above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Tag {
    /// And so on, as the table says.
    Undefined = 0,
    Null = 1,
    False = 2,
    True = 3,
    Number = 4,
    Text = 5,
    BrokenText = 6,
    BigInt = 7,
    Seen = 8,
    Object = 9,
    Array = 10,
    OddArray = 11,
    Date = 12,
    RegExp = 13,
    Boxed = 14,
    Map = 15,
    Set = 16,
    ArrayBuffer = 17,
    View = 18,
    Blob = 19,
    File = 20,
    Error = 21,
    ImageData = 22,
}

impl Tag {
    /// The tag of a plain value by its number.
    pub fn plain(number: u32) -> Option<Self> {
        Some(match number {
            0 => Self::Undefined,
            1 => Self::Null,
            2 => Self::False,
            3 => Self::True,
            4 => Self::Number,
            5 => Self::Text,
            8 => Self::Seen,
            9 => Self::Object,
            10 => Self::Array,
            12 => Self::Date,
            _ => return None,
        })
    }
}

/// Builds the digest of one piece.
pub struct Encoder {
    hasher: Hasher,
    buffer: Vec<u8>,
    bytes: u64,
}

impl Encoder {
    /// For one kind of thing.
    pub fn new(tag: &str) -> Self {
        Self {
            hasher: Hasher::new(tag),
            buffer: Vec::new(),
            bytes: 0,
        }
    }

    /// A tag.
    pub fn tag(&mut self, tag: Tag) {
        self.buffer.push(tag as u8);
    }

    /// A whole number below 2^32: lengths, indices.
    pub fn count(&mut self, number: u32) {
        self.feed(&number.to_le_bytes());
    }

    /// A number by its bits.
    pub fn number(&mut self, number: f64) {
        let bits = if number.is_nan() { f64::NAN } else { number }.to_bits();
        self.feed(&bits.to_le_bytes());
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.count(text.len() as u32);
        self.feed(text.as_bytes());
        self.weigh(text.len());
    }

    /// A text as it stands in JavaScript, with its tag.
    pub fn exact_text(&mut self, text: &Text) {
        match text {
            Text::Whole(text) => {
                self.tag(Tag::Text);
                self.text(text);
            }
            Text::Broken(units) => {
                self.tag(Tag::BrokenText);
                self.count(units.len() as u32);
                for unit in units {
                    self.feed(&unit.to_le_bytes());
                }
                self.weigh(units.len());
            }
        }
    }

    /// Another digest.
    pub fn digest(&mut self, digest: Digest) {
        self.feed(&digest.0.to_le_bytes());
    }

    /// All bytes of a buffer.
    pub fn buffer(&mut self, buffer: &JsValue) {
        let bytes = Uint8Array::new(buffer);
        let mut window = vec![0; BUFFER.min(bytes.length() as usize)];
        let mut from = 0;
        while from < bytes.length() {
            let to = (from + BUFFER as u32).min(bytes.length());
            let window = &mut window[..(to - from) as usize];
            bytes.subarray(from, to).copy_to(window);
            self.feed(window);
            from = to;
        }
        self.weigh(bytes.length() as usize);
    }

    /// Adds to the size.
    pub fn weigh(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    /// Adds to the size what may be more than an index can count.
    pub fn weigh_exactly(&mut self, bytes: u64) {
        self.bytes += bytes;
    }

    /// Digest and size of all that was fed.
    pub fn finish(mut self) -> Measure {
        self.flush();
        Measure {
            digest: self.hasher.finish(),
            bytes: self.bytes,
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.flush();
            if bytes.len() > BUFFER / 2 {
                self.hasher.raw(bytes);
                return;
            }
        }
        self.buffer.extend_from_slice(bytes);
    }

    fn flush(&mut self) {
        self.hasher.raw(&self.buffer);
        self.buffer.clear();
    }
}

/// The digest of a list of keys, and their length in bytes.
pub fn measure_keys(keys: impl Iterator<Item = JsValue>) -> Measure {
    let mut encoder = Encoder::new("keys/1");
    for key in keys {
        if let Some(text) = js::exact_text(&key) {
            encoder.exact_text(&text);
        }
    }
    encoder.finish()
}
