//! Fields of plain data, read one by one; what is wrong is named.

use crate::domain::path::Path;
use crate::domain::retention;
use crate::error::{Error, Result};
use serde_json::{Map, Value};

/// Reads `backupRetentionDays`, from the configuration or from options.
pub fn retention_days(value: Option<&Value>) -> Result<Option<u32>> {
    whole(
        "backupRetentionDays",
        value,
        retention::MIN_DAYS,
        retention::MAX_DAYS,
    )
}

/// Reads a whole number within bounds; `None` where there is none.
pub fn whole(field: &str, value: Option<&Value>, min: u32, max: u32) -> Result<Option<u32>> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    match value.as_f64() {
        Some(number)
            if number.fract() == 0.0 && (f64::from(min)..=f64::from(max)).contains(&number) =>
        {
            Ok(Some(number as u32))
        }
        _ => invalid(
            field,
            &format!("must be a whole number from {min} to {max}"),
        ),
    }
}

/// Reads a path: dotted text, or a list of keys.
pub fn path(value: &Value) -> Option<Path> {
    match value {
        Value::String(text) => Some(Path::dotted(text)),
        Value::Array(keys) => keys
            .iter()
            .map(|key| match key {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => number.as_u64().map(|index| index.to_string()),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()
            .map(Path),
        _ => None,
    }
}

/// A map of fields and where it lies, for messages.
pub struct Fields<'a> {
    pub map: &'a Map<String, Value>,
    pub at: &'a str,
}

impl Fields<'_> {
    pub fn name(&self, field: &str) -> String {
        if self.at.is_empty() {
            field.into()
        } else {
            format!("{}.{field}", self.at)
        }
    }

    pub fn get(&self, field: &str) -> Option<&Value> {
        self.map.get(field).filter(|value| !value.is_null())
    }

    pub fn text(&self, field: &str, default: Option<&str>) -> Result<String> {
        match (self.get(field), default) {
            (Some(Value::String(text)), _) if !text.is_empty() => Ok(text.clone()),
            (None, Some(default)) => Ok(default.into()),
            _ => invalid(&self.name(field), "must be text that is not empty"),
        }
    }

    pub fn flag(&self, field: &str, default: bool) -> Result<bool> {
        match self.get(field) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => invalid(&self.name(field), "must be true or false"),
        }
    }

    pub fn path(&self, field: &str) -> Result<Option<Path>> {
        let Some(value) = self.get(field) else {
            return Ok(None);
        };
        match path(value) {
            Some(path) => Ok(Some(path)),
            None => invalid(
                &self.name(field),
                "must be a path: dotted text, or a list of keys",
            ),
        }
    }

    pub fn texts(&self, field: &str) -> Result<Vec<String>> {
        let list = match self.get(field) {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect(),
            Some(_) => None,
        };
        match list {
            Some(list) => Ok(list),
            None => invalid(&self.name(field), "must be a list of texts"),
        }
    }
}

/// Refuses fields that nobody reads: a misspelt option would silently do nothing.
pub fn known_fields(map: &Map<String, Value>, at: &str, known: &[&str]) -> Result<()> {
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let field = Fields { map, at }.name(key);
            Err(Error::InvalidConfig {
                field,
                expected: format!("is not known; known are: {}", known.join(", ")),
            })
        }
    }
}

pub fn invalid<T>(field: &str, expected: &str) -> Result<T> {
    Err(Error::InvalidConfig {
        field: field.into(),
        expected: expected.into(),
    })
}
