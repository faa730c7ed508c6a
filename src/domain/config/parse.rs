//! Layouts, from plain data.

use super::fields::{Fields, invalid, known_fields, path, whole};
use crate::domain::layout::{ArrayRule, Layout};
use crate::domain::path::Path;
use crate::error::{Error, Result};
use serde_json::{Map, Value};

/// The layout.
pub fn layout(map: &Map<String, Value>) -> Result<Layout> {
    known_fields(
        map,
        "layout",
        &["version", "id", "label", "arrays", "parts"],
    )?;
    let fields = Fields { map, at: "layout" };
    let arrays = match fields.get("arrays") {
        None => Vec::new(),
        Some(Value::Array(list)) => list
            .iter()
            .enumerate()
            .map(|(index, rule)| {
                let at = format!("layout.arrays[{index}]");
                let Value::Object(map) = rule else {
                    return invalid(
                        &at,
                        "must be an object such as { path: \"items\", chunk: 100 }",
                    );
                };
                known_fields(map, &at, &["path", "chunk"])?;
                let fields = Fields { map, at: &at };
                let Some(path) = fields.path("path")? else {
                    return invalid(
                        &fields.name("path"),
                        "must be a path: dotted text, or a list of keys",
                    );
                };
                // Bounds are the layout's own business: it names the same field.
                let chunk = fields
                    .get("chunk")
                    .and_then(Value::as_u64)
                    .and_then(|n| u32::try_from(n).ok());
                Ok(ArrayRule {
                    path,
                    chunk: chunk.unwrap_or(0),
                })
            })
            .collect::<Result<Vec<_>>>()?,
        Some(_) => return invalid("layout.arrays", "must be a list of { path, chunk }"),
    };
    let parts = match fields.get("parts") {
        None => Vec::new(),
        Some(Value::Array(list)) => list
            .iter()
            .enumerate()
            .map(|(index, part)| match path(part) {
                Some(path) => Ok(path),
                None => invalid(
                    &format!("layout.parts[{index}]"),
                    "must be a path: dotted text, or a list of keys",
                ),
            })
            .collect::<Result<Vec<_>>>()?,
        Some(_) => return invalid("layout.parts", "must be a list of paths"),
    };
    let layout = Layout {
        version: whole("layout.version", fields.get("version"), 1, u32::MAX)?.unwrap_or(1),
        id: fields.path("id")?.unwrap_or_else(|| Path::dotted("id")),
        label: fields.path("label")?,
        arrays,
        parts,
    };
    match layout.problem() {
        None => Ok(layout),
        Some((field, expected)) => Err(Error::InvalidConfig { field, expected }),
    }
}
