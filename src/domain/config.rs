//! The configuration: parsed from plain data, checked field by field.

use crate::domain::layout::{ArrayRule, Layout};
use crate::domain::manifest::{Originals, Wrapping};
use crate::domain::path::Path;
use crate::domain::presets;
use crate::domain::retention;
use crate::error::{Error, Result};
use serde_json::{Map, Value};

/// Whether the key of a record must be the id of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyRule {
    /// Prefix and id, or the id itself where there is no prefix.
    #[default]
    Id,
    /// Any key, for example one from an auto-increment; the body alone tells the id.
    Any,
}

/// Rows that an application keeps beside its sessions, under the same prefix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForeignRows {
    /// `{id}{this}` with `storageVersion` is a session that the application chunked by itself.
    pub chunked_metadata: Option<String>,
    /// Endings of rows that belong to such a session.
    pub suffixes: Vec<String>,
    /// What comes before the number in rows such as `{id}/screenshots/chunk-000`.
    pub numbered: Vec<String>,
}

/// An object store with one record a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceConfig {
    /// Its name in reports: `database/store/prefix` unless given.
    pub name: String,
    /// Name of the database.
    pub database: String,
    /// Name of the object store.
    pub store: String,
    /// What every key of a session begins with; may be empty.
    pub prefix: String,
    /// Whether the key tells the id.
    pub keys: KeyRule,
    /// How a body lies inside its record.
    pub wrapping: Wrapping,
    /// Rows to leave alone.
    pub foreign: ForeignRows,
}

/// A checked configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// In order of precedence.
    pub sources: Vec<SourceConfig>,
    /// How bodies are split.
    pub layout: Layout,
    /// Name of our own database.
    pub database: String,
    /// Days that a backup lives.
    pub backup_retention_days: u32,
    /// What becomes of originals.
    pub originals: Originals,
    /// Whether expired backups go by themselves.
    pub auto_cleanup: bool,
    /// Whether the console functions are installed at once.
    pub console: bool,
}

const FIELDS: &[&str] = &[
    "preset",
    "sources",
    "layout",
    "database",
    "backupRetentionDays",
    "originals",
    "autoCleanup",
    "console",
];

impl Config {
    /// Reads a configuration. Fields beside `preset` override what it fills in.
    pub fn parse(value: &Value) -> Result<Self> {
        let Value::Object(given) = value else {
            return invalid("config", "must be an object");
        };
        known_fields(given, "", FIELDS)?;
        let mut fields = match given.get("preset") {
            None => Map::new(),
            Some(Value::String(name)) => {
                presets::find(name).ok_or_else(|| Error::InvalidConfig {
                    field: "preset".into(),
                    expected: format!("must be one of: {}", presets::NAMES.join(", ")),
                })?
            }
            Some(_) => return invalid("preset", "must be a name, for example \"taskerino\""),
        };
        fields.extend(
            given
                .iter()
                .filter(|(_, v)| !v.is_null())
                .map(|(k, v)| (k.clone(), v.clone())),
        );
        let top = Fields {
            map: &fields,
            at: "",
        };

        let sources = match fields.get("sources") {
            Some(Value::Array(list)) if !list.is_empty() => list
                .iter()
                .enumerate()
                .map(|(index, source)| parse_source(source, &format!("sources[{index}]")))
                .collect::<Result<Vec<_>>>()?,
            _ => {
                return invalid(
                    "sources",
                    "must be a list of at least one source, or use a preset",
                );
            }
        };
        let layout = match fields.get("layout") {
            Some(Value::Object(map)) => parse_layout(map)?,
            _ => return invalid("layout", "must be an object, or use a preset"),
        };
        let database = top.text("database", Some("restow"))?;
        for (index, source) in sources.iter().enumerate() {
            if source.database == database {
                return invalid(
                    &format!("sources[{index}].database"),
                    "must not be Restow's own database; choose another `database`",
                );
            }
            if sources[..index]
                .iter()
                .any(|other| other.name == source.name)
            {
                return invalid(&format!("sources[{index}].name"), "must be unique");
            }
        }
        let originals = match top.text("originals", Some("remove"))?.as_str() {
            "remove" => Originals::Remove,
            "keep" => Originals::Keep,
            _ => return invalid("originals", "must be \"remove\" or \"keep\""),
        };
        Ok(Self {
            sources,
            layout,
            database,
            backup_retention_days: retention_days(fields.get("backupRetentionDays"))?
                .unwrap_or(retention::DEFAULT_DAYS),
            originals,
            auto_cleanup: top.flag("autoCleanup", true)?,
            console: top.flag("console", false)?,
        })
    }
}

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
struct Fields<'a> {
    map: &'a Map<String, Value>,
    at: &'a str,
}

impl Fields<'_> {
    fn name(&self, field: &str) -> String {
        if self.at.is_empty() {
            field.into()
        } else {
            format!("{}.{field}", self.at)
        }
    }

    fn get(&self, field: &str) -> Option<&Value> {
        self.map.get(field).filter(|value| !value.is_null())
    }

    fn text(&self, field: &str, default: Option<&str>) -> Result<String> {
        match (self.get(field), default) {
            (Some(Value::String(text)), _) if !text.is_empty() => Ok(text.clone()),
            (None, Some(default)) => Ok(default.into()),
            _ => invalid(&self.name(field), "must be text that is not empty"),
        }
    }

    fn flag(&self, field: &str, default: bool) -> Result<bool> {
        match self.get(field) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => invalid(&self.name(field), "must be true or false"),
        }
    }

    fn path(&self, field: &str) -> Result<Option<Path>> {
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

    fn texts(&self, field: &str) -> Result<Vec<String>> {
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

fn parse_source(value: &Value, at: &str) -> Result<SourceConfig> {
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

fn parse_layout(map: &Map<String, Value>) -> Result<Layout> {
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

/// Refuses fields that nobody reads: a misspelt option would silently do nothing.
fn known_fields(map: &Map<String, Value>, at: &str, known: &[&str]) -> Result<()> {
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

fn invalid<T>(field: &str, expected: &str) -> Result<T> {
    Err(Error::InvalidConfig {
        field: field.into(),
        expected: expected.into(),
    })
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use serde_json::json;

    fn minimal() -> Value {
        json!({
            "sources": [{ "database": "app", "store": "docs" }],
            "layout": { "arrays": [{ "path": "items", "chunk": 10 }] }
        })
    }

    #[test]
    fn a_few_lines_suffice() {
        let config = Config::parse(&minimal()).unwrap();
        assert_eq!(config.sources[0].name, "app/docs");
        assert_eq!(config.layout.id, Path::dotted("id"));
        assert_eq!(config.database, "restow");
        assert_eq!(config.backup_retention_days, 30);
        assert!(config.auto_cleanup);
    }

    #[test]
    fn a_preset_fills_in_and_every_field_overrides() {
        let config = Config::parse(
            &json!({ "preset": "taskerino", "database": "mine", "originals": "keep" }),
        )
        .unwrap();
        assert_eq!(config.sources[0].database, "taskerino-db");
        assert_eq!(config.database, "mine");
        assert_eq!(config.originals, Originals::Keep);
        assert_eq!(
            config
                .layout
                .array(&Path::dotted("screenshots"))
                .unwrap()
                .chunk,
            20
        );
    }

    #[test]
    fn an_error_names_the_field() {
        let with = |pointer: &str, value: Value| {
            let mut config = minimal();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            match config.pointer_mut(parent).unwrap() {
                Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
                map => map[key] = value,
            }
            config
        };
        for (config, field) in [
            (json!(5), "config"),
            (json!({}), "sources"),
            (json!({ "preset": "nonesuch" }), "preset"),
            (json!({ "preset": 1 }), "preset"),
            (with("/sources", json!([])), "sources"),
            (
                with("/sources/0", json!({ "store": "x" })),
                "sources[0].database",
            ),
            (with("/sources/0/store", json!("")), "sources[0].store"),
            (with("/sources/0/kind", json!("cookie")), "sources[0].kind"),
            (with("/sources/0/keys", json!("some")), "sources[0].keys"),
            (with("/sources/0/body", json!(5)), "sources[0].body"),
            (with("/sources/0/gzip", json!("yes")), "sources[0].gzip"),
            (
                with("/sources/0/database", json!("restow")),
                "sources[0].database",
            ),
            (
                with("/sources/0/foreign", json!({ "suffixes": [1] })),
                "sources[0].foreign.suffixes",
            ),
            (
                with("/layout/arrays/0/chunk", json!(0)),
                "layout.arrays[0].chunk",
            ),
            (
                with("/layout/arrays/0/chunk", json!(1.5)),
                "layout.arrays[0].chunk",
            ),
            (
                with("/layout/parts", json!(["items"])),
                "layout.arrays[0].path",
            ),
            (
                with("/backupRetentionDays", json!(0)),
                "backupRetentionDays",
            ),
            (
                with("/backupRetentionDays", json!("30")),
                "backupRetentionDays",
            ),
            (with("/originals", json!("delete")), "originals"),
            (with("/autoCleanup", json!(1)), "autoCleanup"),
            (with("/skipVerification", json!(true)), "skipVerification"),
            (with("/layout/chunks", json!([])), "layout.chunks"),
        ] {
            match Config::parse(&config) {
                Err(Error::InvalidConfig { field: found, .. }) => assert_eq!(found, field),
                other => panic!("{field}: {other:?}"),
            }
        }
    }
}
