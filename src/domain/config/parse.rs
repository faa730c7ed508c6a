//! Sources and layouts, from plain data.

use super::fields::{Fields, invalid, known_fields, path, whole};
use super::{ForeignRows, KeyRule, SourceConfig};
use crate::domain::layout::{ArrayRule, Layout};
use crate::domain::manifest::Wrapping;
use crate::domain::path::Path;
use crate::error::{Error, Result};
use serde_json::{Map, Value};

/// One source; `at` is where it lies.
pub fn source(value: &Value, at: &str) -> Result<SourceConfig> {
    let Value::Object(map) = value else {
        return invalid(
            at,
            "must be an object such as { kind: \"indexedDB\", database, store }",
        );
    };
    known_fields(
        map,
        at,
        &[
            "kind", "name", "database", "store", "prefix", "keys", "body", "gzip", "foreign",
        ],
    )?;
    let fields = Fields { map, at };
    if fields.text("kind", Some("indexedDB"))? != "indexedDB" {
        return invalid(&fields.name("kind"), "must be \"indexedDB\"");
    }
    let database = fields.text("database", None)?;
    let store = fields.text("store", None)?;
    let prefix = match fields.get("prefix") {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(_) => return invalid(&fields.name("prefix"), "must be text"),
    };
    let keys = match fields.text("keys", Some("id"))?.as_str() {
        "id" => KeyRule::Id,
        "any" => KeyRule::Any,
        _ => return invalid(&fields.name("keys"), "must be \"id\" or \"any\""),
    };
    let foreign = match fields.get("foreign") {
        None => ForeignRows::default(),
        Some(Value::Object(map)) => {
            let at = fields.name("foreign");
            known_fields(map, &at, &["chunkedMetadata", "suffixes", "numbered"])?;
            let fields = Fields { map, at: &at };
            ForeignRows {
                chunked_metadata: match fields.get("chunkedMetadata") {
                    None => None,
                    Some(_) => Some(fields.text("chunkedMetadata", None)?),
                },
                suffixes: fields.texts("suffixes")?,
                numbered: fields.texts("numbered")?,
            }
        }
        Some(_) => return invalid(&fields.name("foreign"), "must be an object"),
    };
    let default_name = format!("{database}/{store}/{prefix}");
    Ok(SourceConfig {
        name: fields.text("name", Some(default_name.trim_end_matches('/')))?,
        wrapping: Wrapping {
            body: fields.path("body")?.unwrap_or_default(),
            gzip: fields.flag("gzip", false)?,
        },
        database,
        store,
        prefix,
        keys,
        foreign,
    })
}

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
