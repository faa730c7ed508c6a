//! What a port tells of one value of a body. The value itself stays where it is.

use crate::domain::limits::edit::Change;
use crate::domain::limits::kinds::Kinds;
use crate::domain::path::Path;

/// Most UTF-16 units of a text that a port hands over; a rule that needs more can't be decided.
pub const MAX_UNITS: u32 = 4096;

/// What lies at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// Nothing.
    Missing,
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number: NaN, the infinite and `-0` as well.
    Number(f64),
    /// Text.
    Text {
        /// Its first [`MAX_UNITS`] units; half surrogate pairs replaced.
        text: String,
        /// Its whole length in UTF-16 units.
        units: u32,
        /// Whether `text` is all of it, with nothing replaced.
        exact: bool,
    },
    /// A `Date`, in milliseconds since 1970; NaN where it is invalid.
    Date(f64),
    /// An array and its length.
    Array(u32),
    /// An object whose properties are its own data.
    Object,
    /// Anything else, and the name of its type: `bigint`, `Map`, `Blob`.
    Other(String),
}

impl Fact {
    /// A text that is short and well-formed.
    pub fn text(text: &str) -> Self {
        let units = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        Self::Text {
            text: text.into(),
            units,
            exact: units <= MAX_UNITS,
        }
    }

    /// Whether there is nothing to judge: JavaScript reads both as `undefined`.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing | Self::Undefined)
    }

    /// Whether there is nothing, or `null`.
    pub fn is_absent(&self) -> bool {
        self.is_missing() || *self == Self::Null
    }

    /// Length of a text in UTF-16 units, or of an array in items.
    pub fn length(&self) -> Option<u32> {
        match self {
            Self::Text { units, .. } => Some(*units),
            Self::Array(len) => Some(*len),
            _ => None,
        }
    }

    /// The name of its type.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Missing => "missing",
            Self::Undefined => "undefined",
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text { .. } => "text",
            Self::Date(_) => "date",
            Self::Array(_) => "array",
            Self::Object => "object",
            Self::Other(name) => name,
        }
    }

    /// Its kind; none where there is nothing.
    pub fn kind(&self) -> Kinds {
        match self {
            Self::Missing | Self::Undefined => Kinds::NONE,
            Self::Null => Kinds::NULL,
            Self::Bool(_) => Kinds::BOOL,
            Self::Number(_) => Kinds::NUMBER,
            Self::Text { .. } => Kinds::TEXT,
            Self::Date(_) => Kinds::DATE,
            Self::Array(_) => Kinds::ARRAY,
            Self::Object => Kinds::OBJECT,
            Self::Other(_) => Kinds::OTHER,
        }
    }

    /// What would lie there after a change.
    pub fn after(&self, change: &Change) -> Fact {
        match (change, self) {
            (Change::Remove, _) => Self::Missing,
            (Change::Set(scalar), _) => scalar.fact(),
            (Change::Truncate { from, to }, Self::Array(len)) => {
                Self::Array((*to).min(*len).saturating_sub(*from))
            }
            (Change::Truncate { from, to }, Self::Text { text, units, exact }) => {
                let kept = (*to).min(*units).saturating_sub(*from);
                let known: Vec<u16> = match *exact || *from == 0 {
                    true => text.encode_utf16().collect(),
                    false => Vec::new(),
                };
                let (start, count) = (*from as usize, kept as usize);
                let part: Vec<u16> = known.into_iter().skip(start).take(count).collect();
                // A cut through a pair leaves the half out, as the port does.
                let halves = part.len() - whole_pairs(&part).len();
                let whole = String::from_utf16_lossy(whole_pairs(&part));
                Self::Text {
                    exact: *exact && part.len() == count,
                    units: kept.saturating_sub(u32::try_from(halves).unwrap_or(0)),
                    text: whole,
                }
            }
            (Change::Truncate { .. }, other) => other.clone(),
        }
    }
}

/// The units without half a pair at either end.
fn whole_pairs(units: &[u16]) -> &[u16] {
    let units = match units.split_first() {
        Some((0xDC00..=0xDFFF, rest)) => rest,
        _ => units,
    };
    match units.split_last() {
        Some((0xD800..=0xDBFF, rest)) => rest,
        _ => units,
    }
}

/// What the domain asks of a body. The port answers for own properties alone, and reads nothing
/// that a getter would have to compute.
pub trait Look {
    /// What lies at a path.
    fn fact(&self, path: &Path) -> Fact;
    /// Keys of the items of an array, or of the values of an object, in order; none for all else.
    fn keys(&self, path: &Path) -> Vec<String>;
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    fn cut(text: &str, from: u32, to: u32) -> Fact {
        Fact::text(text).after(&Change::Truncate { from, to })
    }

    #[test]
    fn a_text_is_cut_by_units_and_never_through_a_pair() {
        assert_eq!(cut("abc", 0, 2), Fact::text("ab"));
        assert_eq!(cut("abc", 1, 3), Fact::text("bc"));
        assert_eq!(cut("a😀b", 0, 2), Fact::text("a"));
        assert_eq!(cut("a😀b", 2, 4), Fact::text("b"));
        assert_eq!(cut("a😀b", 0, 9), Fact::text("a😀b"));
    }

    #[test]
    fn of_a_long_text_its_length_is_known_and_its_beginning() {
        let long = Fact::Text {
            text: "a".repeat(4096),
            units: 9000,
            exact: false,
        };
        let Fact::Text { text, units, exact } = long.after(&Change::Truncate { from: 0, to: 3 })
        else {
            panic!();
        };
        assert_eq!((text.as_str(), units, exact), ("aaa", 3, false));
        let end = long.after(&Change::Truncate {
            from: 8990,
            to: 9000,
        });
        assert_eq!(end.length(), Some(10));
    }

    #[test]
    fn an_array_keeps_its_first_or_last_items() {
        let change = Change::Truncate { from: 7, to: 10 };
        assert_eq!(Fact::Array(10).after(&change), Fact::Array(3));
    }
}
