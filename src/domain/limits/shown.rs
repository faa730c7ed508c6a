//! How much of a value a report shows.

use crate::domain::limits::fact::Fact;
use serde::Serialize;

/// Longest text that a finding shows, in UTF-16 units; of a longer one its length alone.
pub const MAX_SHOWN: u32 = 80;

/// A value as a report shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// Its type; `secret` where it is one.
    #[serde(rename = "type")]
    pub kind: String,
    /// UTF-16 units of a text, items of an array.
    pub length: Option<u32>,
    /// The value, of a number, a boolean, a date or a short text that is no secret.
    pub value: Option<Plain>,
}

/// A value that may be shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Plain {
    /// A boolean.
    Bool(bool),
    /// A number, or a date in milliseconds since 1970.
    Number(f64),
    /// Text, or a number that JSON does not know: `NaN`, `Infinity`, `-Infinity`, `-0`.
    Text(String),
}

impl Shown {
    /// What may be shown of a value.
    pub fn of(fact: &Fact, secret: bool) -> Self {
        Self {
            kind: if secret { "secret" } else { fact.type_name() }.into(),
            length: fact.length(),
            value: plain(fact).filter(|_| !secret),
        }
    }
}

fn plain(fact: &Fact) -> Option<Plain> {
    match fact {
        Fact::Bool(flag) => Some(Plain::Bool(*flag)),
        Fact::Number(number) | Fact::Date(number) => {
            let negative_zero = *number == 0.0 && number.is_sign_negative();
            Some(match number.is_finite() && !negative_zero {
                true => Plain::Number(*number),
                false if negative_zero => Plain::Text("-0".into()),
                false if number.is_nan() => Plain::Text("NaN".into()),
                false if *number > 0.0 => Plain::Text("Infinity".into()),
                false => Plain::Text("-Infinity".into()),
            })
        }
        Fact::Text { text, units, exact } if *exact && *units <= MAX_SHOWN => {
            Some(Plain::Text(text.clone()))
        }
        _ => None,
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn shown(fact: Fact, secret: bool) -> Value {
        serde_json::to_value(Shown::of(&fact, secret)).unwrap()
    }

    #[test]
    fn a_value_is_shown_where_it_is_short_and_no_secret() {
        let long = "x".repeat(81);
        for (fact, value) in [
            (
                Fact::Number(12.5),
                json!({ "type": "number", "length": null, "value": 12.5 }),
            ),
            (
                Fact::Number(f64::NAN),
                json!({ "type": "number", "length": null, "value": "NaN" }),
            ),
            (
                Fact::Number(-0.0),
                json!({ "type": "number", "length": null, "value": "-0" }),
            ),
            (
                Fact::Bool(true),
                json!({ "type": "boolean", "length": null, "value": true }),
            ),
            (
                Fact::text("abc"),
                json!({ "type": "text", "length": 3, "value": "abc" }),
            ),
            (
                Fact::text(&long),
                json!({ "type": "text", "length": 81, "value": null }),
            ),
            (
                Fact::Array(5),
                json!({ "type": "array", "length": 5, "value": null }),
            ),
            (
                Fact::Missing,
                json!({ "type": "missing", "length": null, "value": null }),
            ),
        ] {
            assert_eq!(shown(fact, false), value);
        }
    }

    #[test]
    fn of_a_secret_nothing_is_shown_but_its_length() {
        let secret = |length: Value| json!({ "type": "secret", "length": length, "value": null });
        assert_eq!(shown(Fact::text("abc"), true), secret(json!(3)));
        assert_eq!(shown(Fact::Number(7.0), true), secret(Value::Null));
        assert_eq!(shown(Fact::Missing, true), secret(Value::Null));
    }
}
