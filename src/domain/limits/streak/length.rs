//! How many days a value says.

use crate::domain::limits::fact::Fact;

/// Most digits of a text that is read as a number: all of them are exact.
const MAX_DIGITS: u32 = 15;

/// A number of days, as it was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Length {
    /// There is none.
    Absent,
    /// A whole number, not negative; it may be infinite.
    Days(f64),
    /// Days, but not written as they should be, and what would be right.
    Odd(f64, &'static str),
    /// Nothing that could be days.
    Malformed,
}

impl Length {
    /// Reads a value:
    ///
    /// | value | days |
    /// |---|---|
    /// | missing, `undefined`, `null` | none |
    /// | whole numbers from 0, also beyond 2^53 and `Infinity`, which is what JSON's `1e309` becomes | so many |
    /// | `-0` | 0 |
    /// | 3.7 | 3, odd |
    /// | `"12"`, up to 15 digits | 12, odd |
    /// | negative, `NaN`, any other text, booleans, lists, objects, dates | malformed |
    pub fn read(fact: &Fact) -> Self {
        match fact {
            fact if fact.is_absent() => Self::Absent,
            Fact::Number(number) if *number >= 0.0 && number.fract() > 0.0 => {
                Self::Odd(number.floor(), "must be a whole number of days")
            }
            // Adding 0 turns -0 into 0.
            Fact::Number(number) if *number >= 0.0 => Self::Days(number + 0.0),
            Fact::Text { text, units, .. }
                if (1..=MAX_DIGITS).contains(units) && text.bytes().all(|b| b.is_ascii_digit()) =>
            {
                match text.parse() {
                    Ok(days) => Self::Odd(days, "must be a number, not text"),
                    Err(_) => Self::Malformed,
                }
            }
            _ => Self::Malformed,
        }
    }
}
