//! Values from JSON.

use super::{Object, Value};
use restow::domain::key::Key;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::rc::Rc;

impl Value {
    /// From JSON text, with its keys in their order.
    pub fn json(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|error| panic!("{error} in {text}"))
    }

    /// The same for text that may be no JSON.
    pub fn parse(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// As `JSON.stringify` prints what came from JSON.
    pub fn to_json(&self) -> String {
        match self {
            Self::Bool(flag) => flag.to_string(),
            Self::Number(number) if number.is_finite() => {
                let key = Key::number(*number).and_then(|key| key.as_suffix());
                key.expect("a number that is finite prints as a key does")
            }
            Self::Text(text) => printed(text),
            Self::Units(units) => printed_units(units),
            Self::List(list) => {
                let items = (0..list.len).map(|index| list.items.get(&index));
                let items = items.map(|item| item.map_or("null".into(), Value::to_json));
                format!("[{}]", items.collect::<Vec<_>>().join(","))
            }
            Self::Object(object) => {
                let entries = object.iter();
                let entries = entries.filter(|(_, value)| {
                    !matches!(value, Value::Undefined | Value::Unsupported("function"))
                });
                let entries =
                    entries.map(|(key, value)| format!("{}:{}", printed(key), value.to_json()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
            }
            _ => "null".into(),
        }
    }
}

/// Lone surrogates are escaped.
fn printed_units(units: &[u16]) -> String {
    let decoded = char::decode_utf16(units.iter().copied());
    let inside = decoded.map(|unit| match unit {
        Ok(char) => {
            let quoted = printed(&char.to_string());
            quoted[1..quoted.len() - 1].to_owned()
        }
        Err(lone) => format!("\\u{:04x}", lone.unpaired_surrogate()),
    });
    format!("\"{}\"", inside.collect::<String>())
}

fn printed(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl From<serde_json::Value> for Value {
    /// Keys come in the order that `serde_json` keeps, which is the alphabet's.
    fn from(json: serde_json::Value) -> Self {
        Self::deserialize(json).expect("JSON is a value")
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Parts)
    }
}

struct Parts;

impl<'de> Visitor<'de> for Parts {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::list(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Object::default();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            object.insert(&key, value);
        }
        Ok(Value::Object(Rc::new(object)))
    }
}
