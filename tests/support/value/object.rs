//! Plain objects.

use super::Value;
use std::rc::Rc;

/// Keys and values in the order in which JavaScript would list them: whole numbers first,
/// ascending, then everything else as it was added.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object(Vec<(Rc<str>, Value)>);

impl Object {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let (_, value) = self.0.iter().find(|(own, _)| **own == *key)?;
        Some(value)
    }

    /// Replaces the value of a key where it stands, or adds the key.
    pub fn insert(&mut self, key: &str, value: Value) {
        if let Some((_, old)) = self.0.iter_mut().find(|(own, _)| **own == *key) {
            *old = value;
            return;
        }
        let at = match index(key) {
            None => self.0.len(),
            Some(number) => self
                .0
                .iter()
                .position(|(own, _)| index(own).is_none_or(|own| own > number))
                .unwrap_or(self.0.len()),
        };
        self.0.insert(at, (key.into(), value));
    }

    /// All entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The index that a key is, as an array has it: digits without a leading zero.
pub fn index(key: &str) -> Option<u32> {
    let number: u32 = key.parse().ok()?;
    (number < u32::MAX && number.to_string() == key).then_some(number)
}
