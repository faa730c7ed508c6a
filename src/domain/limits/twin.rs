//! A body for tests, out of facts.

use crate::domain::edit::array_index;
use crate::domain::limits::day::{Context, Day};
use crate::domain::limits::edit::{Change, Edit};
use crate::domain::limits::fact::{Fact, Look};
use crate::domain::path::Path;
use serde_json::Value;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Twin {
    One(Fact),
    List(Vec<Twin>),
    Map(Vec<(String, Twin)>),
}

impl Twin {
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::One(Fact::Null),
            Value::Bool(flag) => Self::One(Fact::Bool(*flag)),
            Value::Number(number) => Self::One(Fact::Number(number.as_f64().unwrap())),
            Value::String(text) => Self::One(Fact::text(text)),
            Value::Array(list) => Self::List(list.iter().map(Self::of).collect()),
            Value::Object(map) => {
                Self::Map(map.iter().map(|(k, v)| (k.clone(), Self::of(v))).collect())
            }
        }
    }

    /// The same with another value, whose place must be there.
    pub fn with(mut self, path: &str, fact: Fact) -> Self {
        *self.at_mut(&Path::dotted(path).0).unwrap() = Self::One(fact);
        self
    }

    /// Puts a list of facts in a place that must be there.
    pub fn put_list(&mut self, path: &str, facts: Vec<Fact>) {
        *self.at_mut(&Path::dotted(path).0).unwrap() =
            Self::List(facts.into_iter().map(Self::One).collect());
    }

    /// Carries edits out, in their order.
    pub fn apply<'a>(&mut self, edits: impl IntoIterator<Item = &'a Edit>) {
        for edit in edits {
            self.edit(edit);
        }
    }

    fn edit(&mut self, edit: &Edit) {
        let value = self.at_mut(&edit.path.0).unwrap();
        match &edit.change {
            Change::Set(scalar) => *value = Self::One(scalar.fact()),
            Change::Truncate { from, to } => match value {
                Self::List(list) => {
                    *list = list[*from as usize..*to as usize].to_vec();
                }
                Self::One(fact) => *fact = fact.after(&edit.change),
                Self::Map(_) => panic!("an object has no length"),
            },
            Change::Remove => {
                let (parent, key) = edit.path.split_last().unwrap();
                match self.at_mut(&parent.0).unwrap() {
                    Self::List(list) => {
                        list.remove(array_index(key).unwrap() as usize);
                    }
                    Self::Map(map) => map.retain(|(own, _)| own != key),
                    Self::One(_) => panic!("nothing lies below"),
                }
            }
        }
    }

    fn at_mut(&mut self, keys: &[String]) -> Option<&mut Self> {
        let Some((key, rest)) = keys.split_first() else {
            return Some(self);
        };
        let value = match self {
            Self::List(list) => list.get_mut(array_index(key)? as usize),
            Self::Map(map) => map.iter_mut().find(|(k, _)| k == key).map(|(_, v)| v),
            Self::One(_) => None,
        };
        value?.at_mut(rest)
    }

    fn at(&self, keys: &[String]) -> Option<&Self> {
        let Some((key, rest)) = keys.split_first() else {
            return Some(self);
        };
        let value = match self {
            Self::List(list) => list.get(array_index(key)? as usize),
            Self::Map(map) => map.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            Self::One(_) => None,
        };
        value?.at(rest)
    }
}

impl Look for Twin {
    fn fact(&self, path: &Path) -> Fact {
        match self.at(&path.0) {
            None => Fact::Missing,
            Some(Self::One(fact)) => fact.clone(),
            Some(Self::List(list)) => Fact::Array(list.len() as u32),
            Some(Self::Map(_)) => Fact::Object,
        }
    }

    fn keys(&self, path: &Path) -> Vec<String> {
        match self.at(&path.0) {
            Some(Self::List(list)) => (0..list.len()).map(|index| index.to_string()).collect(),
            Some(Self::Map(map)) => map.iter().map(|(key, _)| key.clone()).collect(),
            _ => Vec::new(),
        }
    }
}

/// The day in Berlin, from a table of its offsets in 2025: 30 March has 23 hours, 26 October 25.
pub fn berlin(ms: i64) -> Option<Day> {
    let seconds = ms.div_euclid(1000);
    let summer = (1_743_296_400..1_761_440_400).contains(&seconds);
    day_at(seconds, if summer { 2 } else { 1 })
}

/// The day in Auckland in the southern summer, thirteen hours ahead.
pub fn auckland(ms: i64) -> Option<Day> {
    day_at(ms.div_euclid(1000), 13)
}

fn day_at(seconds: i64, hours: i8) -> Option<Day> {
    let offset = time::UtcOffset::from_hms(hours, 0, 0).ok()?;
    let date = time::OffsetDateTime::from_unix_timestamp(seconds)
        .ok()?
        .to_offset(offset)
        .date();
    let (year, month, day) = date.to_calendar_date();
    Day::new(year, month.into(), day)
}

/// A day in Berlin.
pub fn on(day: &str) -> Context<'static> {
    Context {
        today: Day::parse(day).unwrap(),
        day_of: &berlin,
    }
}
