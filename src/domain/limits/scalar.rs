//! Values small enough to be written down in a configuration.

use crate::domain::limits::fact::Fact;
use crate::domain::limits::kinds::Kinds;
use serde_json::Value;

/// A finite number. Parsing refuses others, so that configurations can be compared.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Finite(f64);

impl Eq for Finite {}

impl Finite {
    /// `None` for NaN and the infinite.
    pub fn new(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl From<u32> for Finite {
    fn from(number: u32) -> Self {
        Self(f64::from(number))
    }
}

/// A value small enough to be written down in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; `-0` equals `0`.
    Number(Finite),
    /// Text.
    Text(String),
}

impl Scalar {
    /// The fact that a port would tell of it.
    pub fn fact(&self) -> Fact {
        match self {
            Self::Null => Fact::Null,
            Self::Bool(flag) => Fact::Bool(*flag),
            Self::Number(number) => Fact::Number(number.get()),
            Self::Text(text) => Fact::text(text),
        }
    }

    /// From plain data; `None` for lists, objects, and numbers that are not finite.
    pub fn parse(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::Null),
            Value::Bool(flag) => Some(Self::Bool(*flag)),
            Value::Number(number) => number.as_f64().and_then(Finite::new).map(Self::Number),
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Its kind.
    pub fn kind(&self) -> Kinds {
        self.fact().kind()
    }
}
