//! Keys and ids, as IndexedDB knows them, without losing any of them on the way through Rust.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;

/// Longest id, in UTF-16 code units, that is migrated; longer ones are quarantined.
pub const MAX_ID_UNITS: usize = 1024;

/// An IndexedDB key. A session's id is a key of the first or the third kind.
#[derive(Debug, Clone)]
pub enum Key {
    /// Well-formed text.
    Text(String),
    /// Text with lone surrogates, as UTF-16 code units: it would not survive a `String`.
    Units(Vec<u16>),
    /// A number, never NaN; `-0` is stored as `0`, which IndexedDB takes for the same key.
    Number(f64),
    /// A date, in milliseconds since 1970.
    Date(f64),
    /// Bytes.
    Binary(Vec<u8>),
    /// An array of keys.
    Array(Vec<Key>),
}

impl Key {
    /// Text as a key.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number as a key; `None` for NaN, which IndexedDB does not take.
    pub fn number(number: f64) -> Option<Self> {
        (!number.is_nan()).then_some(Self::Number(if number == 0.0 { 0.0 } else { number }))
    }

    /// The key as `String(key)` would print it in JavaScript, for text and numbers; this is how
    /// apps build `sessions/{id}`.
    pub fn as_suffix(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number_text(*number)),
            _ => None,
        }
    }

    /// IndexedDB's order of types: number, date, text, binary, array.
    fn rank(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Date(_) => 1,
            Self::Text(_) | Self::Units(_) => 2,
            Self::Binary(_) => 3,
            Self::Array(_) => 4,
        }
    }

    /// UTF-16 code units of a text.
    pub fn units(&self) -> Option<Vec<u16>> {
        match self {
            Self::Text(text) => Some(text.encode_utf16().collect()),
            Self::Units(units) => Some(units.clone()),
            _ => None,
        }
    }
}

/// Prints a number as JavaScript's `String(number)` does for the numbers that serve as ids.
fn number_text(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity".into()
        } else {
            "-Infinity".into()
        };
    }
    let magnitude = number.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{number:e}");
        return if text.contains("e-") {
            text
        } else {
            text.replace('e', "e+")
        };
    }
    format!("{number}")
}

impl fmt::Display for Key {
    /// For messages: text as it is, cut at 120 characters; never part of a stored key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&crate::domain::path::shorten(text, 120)),
            Self::Units(units) => {
                let text: String = char::decode_utf16(units.iter().copied())
                    .map(|unit| match unit {
                        Ok(char) => char.to_string(),
                        Err(lone) => format!("\\u{:04x}", lone.unpaired_surrogate()),
                    })
                    .collect();
                f.write_str(&crate::domain::path::shorten(&text, 120))
            }
            Self::Number(number) => f.write_str(&number_text(*number)),
            Self::Date(ms) => write!(f, "Date({ms})"),
            Self::Binary(bytes) => write!(f, "Binary({} bytes)", bytes.len()),
            Self::Array(keys) => {
                f.write_str("[")?;
                for (index, key) in keys.iter().enumerate() {
                    write!(f, "{}{key}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
        }
    }
}

impl Ord for Key {
    /// The order of IndexedDB's key comparison.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) | (Self::Date(a), Self::Date(b)) => a.total_cmp(b),
            (Self::Binary(a), Self::Binary(b)) => a.cmp(b),
            (Self::Array(a), Self::Array(b)) => a.cmp(b),
            // By units as well, but without making a copy of each: lists are long.
            (Self::Text(a), Self::Text(b)) => a.encode_utf16().cmp(b.encode_utf16()),
            _ if self.rank() == other.rank() => self.units().cmp(&other.units()),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a == b,
            _ => self.cmp(other) == Ordering::Equal,
        }
    }
}

impl Eq for Key {}

impl Serialize for Key {
    /// As the id that it is in JavaScript; kinds that are no ids are written as their
    /// [`Display`](fmt::Display) text, which is for people and is never read back.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            // As an integer where it is one, so that JSON text prints 5 rather than 5.0.
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                serializer.serialize_i64(*number as i64)
            }
            Self::Number(number) => serializer.serialize_f64(*number),
            other => serializer.serialize_str(&other.to_string()),
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Id {
            Text(String),
            Number(f64),
        }
        match Id::deserialize(deserializer)? {
            Id::Text(text) => Ok(Self::Text(text)),
            Id::Number(number) => {
                Self::number(number).ok_or_else(|| serde::de::Error::custom("NaN is not a key"))
            }
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn prints_numbers_as_javascript_does() {
        for (number, text) in [
            (5.0, "5"),
            (-0.0, "0"),
            (0.5, "0.5"),
            (1e21, "1e+21"),
            (1.5e-7, "1.5e-7"),
            (9007199254740991.0, "9007199254740991"),
            (f64::INFINITY, "Infinity"),
        ] {
            assert_eq!(
                Key::number(number).and_then(|k| k.as_suffix()).as_deref(),
                Some(text)
            );
        }
        assert!(Key::number(f64::NAN).is_none());
    }

    #[test]
    fn orders_as_indexed_db_does() {
        let mut keys = [
            Key::Array(vec![]),
            Key::Binary(vec![]),
            Key::text("a"),
            Key::Date(0.0),
            Key::Number(9.0),
            Key::Units(vec![0xD800]),
            Key::text("\u{E000}"),
        ];
        keys.sort();
        let kinds: Vec<_> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(
            kinds,
            [
                "9",
                "Date(0)",
                "a",
                "\\ud800",
                "\u{E000}",
                "Binary(0 bytes)",
                "[]"
            ]
        );
    }

    #[test]
    fn a_number_and_its_text_are_different_ids() {
        assert_ne!(Key::text("5"), Key::Number(5.0));
    }
}
