//! Sources, from plain data.

use super::fields::{Fields, invalid, known_fields};
use super::{Container, ForeignRows, KeyRule, SourceConfig};
use crate::domain::checksum::{Checksum, Rule};
use crate::domain::key::Key;
use crate::domain::path::Path;
use crate::domain::place::{Area, Holding, Wrapping};
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

/// One source; `at` is where it lies, `id` where the layout finds a session's id.
pub fn source(value: &Value, at: &str, id: &Path) -> Result<SourceConfig> {
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
    let mut known = COMMON.to_vec();
    known.extend(if local { &[][..] } else { &STORE });
    known.extend(if holds_many { &CONTAINER[..] } else { &RECORDS });
    if !holds_many {
        known.push("key");
    }
    known_fields(map, at, &known)?;
    let area = match local {
        true => Area::LocalStorage,
        false => Area::store(fields.text("database", None)?, fields.text("store", None)?),
    };
    let wrapping = Wrapping {
        body: fields.path("body")?.unwrap_or_default(),
        gzip: fields.flag("gzip", false)?,
        json: local,
    };
    let prefix = prefix(&fields, local && !holds_many)?;
    let container = match holds_many {
        true => Some(container(&fields, &area, &wrapping, id)?),
        false => None,
    };
    let last = container
        .as_ref()
        .map_or_else(|| prefix.clone(), |held| held.key.to_string());
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
        keys: match fields.text("keys", Some("id"))?.as_str() {
            "id" => KeyRule::Id,
            "any" => KeyRule::Any,
            _ => return invalid(&fields.name("keys"), "must be \"id\" or \"any\""),
        },
        foreign: foreign(&fields)?,
        area,
        prefix,
        wrapping,
        container,
    })
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

fn container(
    fields: &Fields<'_>,
    area: &Area,
    wrapping: &Wrapping,
    id: &Path,
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
