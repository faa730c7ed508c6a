//! Records that hold many sessions, from plain data.

use super::Container;
use super::fields::{Fields, invalid, known_fields};
use crate::domain::checksum::{Checksum, Rule};
use crate::domain::key::Key;
use crate::domain::path::Path;
use crate::domain::place::{Area, Holding, Wrapping};
use crate::error::Result;
use serde_json::Value;

/// The one record that holds all sessions of a source.
pub fn container(
    fields: &Fields<'_>,
    area: &Area,
    wrapping: &Wrapping,
    id: Option<&Path>,
) -> Result<Container> {
    let key = match (fields.get("key"), area) {
        (Some(Value::String(text)), _) => Some(Key::text(text)),
        (Some(Value::Number(number)), Area::IndexedDb { .. }) => {
            number.as_f64().and_then(Key::number)
        }
        _ => None,
    };
    let Some(key) = key else {
        return invalid(&fields.name("key"), "must be the key of one record");
    };
    let Some(id) = id else {
        let expected = "must be \"id\" or \"any\": its sessions are told by their ids";
        return invalid(&fields.name("keys"), expected);
    };
    let checksum = match (fields.get("checksum"), area) {
        (None, _) => None,
        (Some(Value::Object(map)), Area::IndexedDb { .. }) => {
            let at = fields.name("checksum");
            known_fields(map, &at, &["path", "rule"])?;
            let fields = Fields { map, at: &at };
            let rule = Rule::named(&fields.text("rule", None)?);
            let (Some(path), Some(rule)) = (fields.path("path")?, rule) else {
                return invalid(
                    &at,
                    "must be { path, rule }, with a rule \"hash31\" or \"sha256\"",
                );
            };
            Some(Checksum { path, rule })
        }
        _ => {
            return invalid(
                &fields.name("checksum"),
                "must be { path, rule }, for a record of IndexedDB",
            );
        }
    };
    Ok(Container {
        key,
        holding: Holding {
            wrapping: wrapping.clone(),
            collection: fields.path("path")?.unwrap_or_default(),
            id: id.clone(),
            checksum,
        },
    })
}
