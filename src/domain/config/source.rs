//! Sources, from plain data.

use super::container::container;
use super::fields::{Fields, invalid, known_fields};
use super::registry::{self, selection};
use super::{ForeignRows, KeyRule, SourceConfig};
use crate::domain::path::Path;
use crate::domain::place::{Area, Wrapping};
use crate::error::Result;
use serde_json::Value;

/// Fields of every source.
const COMMON: [&str; 4] = ["kind", "name", "keys", "gzip"];
/// Fields of an object store, beside them.
const STORE: [&str; 3] = ["database", "store", "body"];
/// Fields of one record a session.
const RECORDS: [&str; 2] = ["prefix", "foreign"];
/// Fields of one record that holds many.
const CONTAINER: [&str; 3] = ["key", "path", "checksum"];

/// Whether a source, as it was given, asks bodies for their ids.
pub fn asks_bodies(value: &Value) -> bool {
    let given = |field: &str| value.get(field).filter(|value| !value.is_null());
    given("registry").is_none() && given("keys").and_then(Value::as_str) != Some("whole")
}

/// One source; `at` is where it lies, `id` where the layout finds a session's id.
pub fn source(value: &Value, at: &str, id: Option<&Path>) -> Result<SourceConfig> {
    let Value::Object(map) = value else {
        return invalid(
            at,
            "must be an object such as { kind: \"indexedDB\", database, store }",
        );
    };
    let fields = Fields { map, at };
    let local = match fields.text("kind", Some("indexedDB"))?.as_str() {
        "indexedDB" => false,
        "localStorage" => true,
        _ => {
            return invalid(
                &fields.name("kind"),
                "must be \"indexedDB\" or \"localStorage\"",
            );
        }
    };
    let holds_many = fields.get("key").is_some();
    let selection = selection(&fields)?;
    if selection.is_some() && !local {
        return invalid(
            &fields.name("registry"),
            "is for sources of kind \"localStorage\"",
        );
    }
    known_fields(map, at, &known(local, holds_many, selection.is_some()))?;
    let area = match local {
        true => Area::LocalStorage,
        false => Area::store(fields.text("database", None)?, fields.text("store", None)?),
    };
    let wrapping = Wrapping {
        body: fields.path("body")?.unwrap_or_default(),
        gzip: fields.flag("gzip", false)?,
        json: local,
    };
    let prefix = prefix(&fields, local && !holds_many && selection.is_none())?;
    let container = match holds_many {
        true => Some(container(&fields, &area, &wrapping, id)?),
        false => None,
    };
    let keys = match &selection {
        Some(_) => KeyRule::Whole,
        None => keys(&fields, holds_many)?,
    };
    let last = match (&container, &selection) {
        (Some(held), _) => held.key.to_string(),
        (None, Some(selection)) => selection.registry.name.clone(),
        (None, None) => prefix.clone(),
    };
    // A record may well be called like the prefix of those that took its place.
    let default_name = match &area {
        Area::IndexedDb { database, store } if holds_many => {
            format!("{database}/{store}/{last} (one record)")
        }
        Area::IndexedDb { database, store } => {
            let name = format!("{database}/{store}/{last}");
            name.trim_end_matches('/').to_owned()
        }
        Area::LocalStorage => format!("localStorage/{last}"),
    };
    Ok(SourceConfig {
        name: fields.text("name", Some(&default_name))?,
        keys,
        foreign: foreign(&fields)?,
        selection,
        area,
        prefix,
        wrapping,
        container,
    })
}

/// The fields that a source of its kind has.
fn known(local: bool, holds_many: bool, selected: bool) -> Vec<&'static str> {
    if selected {
        return ["kind", "name", "gzip"]
            .into_iter()
            .chain(registry::FIELDS)
            .collect();
    }
    let mut known = COMMON.to_vec();
    known.extend(if local { &[][..] } else { &STORE });
    known.extend(if holds_many { &CONTAINER[..] } else { &RECORDS });
    if !holds_many {
        known.push("key");
    }
    if local && !holds_many {
        known.extend(registry::FIELDS);
    }
    known
}

fn keys(fields: &Fields<'_>, holds_many: bool) -> Result<KeyRule> {
    match fields.text("keys", Some("id"))?.as_str() {
        "id" => Ok(KeyRule::Id),
        "any" => Ok(KeyRule::Any),
        "whole" if !holds_many => Ok(KeyRule::Whole),
        _ if holds_many => invalid(&fields.name("keys"), "must be \"id\" or \"any\""),
        _ => invalid(&fields.name("keys"), "must be \"id\", \"any\" or \"whole\""),
    }
}

/// Without a prefix every key of localStorage would be taken for a session.
fn prefix(fields: &Fields<'_>, required: bool) -> Result<String> {
    match fields.get("prefix") {
        Some(Value::String(text)) if !required || !text.is_empty() => Ok(text.clone()),
        None if !required => Ok(String::new()),
        _ if required => invalid(
            &fields.name("prefix"),
            "must be what the key of each session begins with; or give `key`, if one key holds all",
        ),
        _ => invalid(&fields.name("prefix"), "must be text"),
    }
}

fn foreign(fields: &Fields<'_>) -> Result<ForeignRows> {
    match fields.get("foreign") {
        None => Ok(ForeignRows::default()),
        Some(Value::Object(map)) => {
            let at = fields.name("foreign");
            known_fields(map, &at, &["chunkedMetadata", "suffixes", "numbered"])?;
            let fields = Fields { map, at: &at };
            Ok(ForeignRows {
                chunked_metadata: match fields.get("chunkedMetadata") {
                    None => None,
                    Some(_) => Some(fields.text("chunkedMetadata", None)?),
                },
                suffixes: fields.texts("suffixes")?,
                numbered: fields.texts("numbered")?,
            })
        }
        Some(_) => invalid(&fields.name("foreign"), "must be an object"),
    }
}
