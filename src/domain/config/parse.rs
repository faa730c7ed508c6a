//! Layouts, from plain data.

use super::fields::{Fields, invalid, known_fields, path, whole};
use crate::domain::layout::{ArrayRule, Layout};
use crate::domain::path::Path;
use crate::error::{Error, Result};
use serde_json::{Map, Value};

/// The layout; `asked` says whether any source asks bodies for their ids.
pub fn layout(map: &Map<String, Value>, asked: bool) -> Result<Layout> {
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
        id: id(&fields, asked)?,
        label: fields.path("label")?,
        arrays,
        parts,
    };
    match layout.problem() {
        None => Ok(layout),
        Some((field, expected)) => Err(Error::InvalidConfig { field, expected }),
    }
}

/// By default `id`, unless no one asks for it.
fn id(fields: &Fields<'_>, asked: bool) -> Result<Option<Path>> {
    match fields.map.get("id") {
        Some(Value::Null) if asked => invalid(
            &fields.name("id"),
            "must be the path of the id, since a source asks bodies for it; see `keys: \"whole\"`",
        ),
        None if asked => Ok(Some(Path::dotted("id"))),
        _ => fields.path("id"),
    }
}
