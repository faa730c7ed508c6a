//! The configuration: parsed from plain data, checked field by field.

mod agree;
mod container;
pub(in crate::domain) mod fields;
mod parse;
mod registry;
mod source;
mod state;

pub use fields::{path, retention_days, whole};
pub use state::{StateConfig, claims};

use crate::domain::digest::Digest;
use crate::domain::key::Key;
use crate::domain::layout::Layout;
use crate::domain::limits::{self, Limit};
use crate::domain::manifest::Originals;
use crate::domain::place::{Area, Holding, Wrapping};
use crate::domain::presets;
use crate::domain::retention;
use crate::domain::state::Selection;
use crate::error::{Error, Result};
use fields::{Fields, invalid, known_fields};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What the key of a record says of the id of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyRule {
    /// Prefix and id, or the id itself where there is no prefix.
    #[default]
    Id,
    /// Any key, for example one from an auto-increment; the body alone tells the id.
    Any,
    /// The whole key, prefix and all, is the id; no body is asked for one.
    Whole,
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

/// A record that holds many sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The record's key.
    pub key: Key,
    /// How it holds them.
    pub holding: Holding,
}

/// A place where sessions lie: one record each, or all of them in one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceConfig {
    /// Its name in reports: `database/store/prefix`, or `localStorage/prefix`, unless given.
    pub name: String,
    /// The storage.
    pub area: Area,
    /// What every key of a session begins with; may be empty.
    pub prefix: String,
    /// Whether the key of a record, or of a map's member, tells the id.
    pub keys: KeyRule,
    /// How a body lies inside its record, where each has one of its own.
    pub wrapping: Wrapping,
    /// The one record that holds all of them, if there is one.
    pub container: Option<Container>,
    /// Rows to leave alone.
    pub foreign: ForeignRows,
    /// Which keys are sessions, where that is no matter of a prefix.
    pub selection: Option<Selection>,
}

impl SourceConfig {
    /// Whose sessions it holds, where its keys name a tenant.
    pub fn tenant(&self) -> Option<&str> {
        self.selection.as_ref()?.tenant.as_deref()
    }

    /// Those of all keys of localStorage that are its sessions, or the record that holds them.
    pub fn local(&self, keys: &[Key]) -> BTreeSet<Key> {
        let of = |choose: &dyn Fn(&Key) -> bool| {
            let chosen = keys.iter().filter(|key| choose(key));
            chosen.cloned().collect()
        };
        match (&self.area, &self.container, &self.selection) {
            (Area::IndexedDb { .. }, ..) => BTreeSet::new(),
            (_, Some(holds), _) => of(&|key| key == &holds.key),
            (_, None, Some(selection)) => selection.of(keys).into_iter().collect(),
            (_, None, None) => {
                of(&|key| matches!(key, Key::Text(text) if text.starts_with(&self.prefix)))
            }
        }
    }
}

/// A checked configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// In order of precedence.
    pub sources: Vec<SourceConfig>,
    /// How bodies are split.
    pub layout: Layout,
    /// What values may be, judged one after the other when a session is planned.
    pub limits: Vec<Limit>,
    /// What a run does about state in localStorage, if anything.
    pub state: Option<StateConfig>,
    /// Name of our own database, which is one tenant's alone where sources name one, or where there
    /// is nothing but a tenant's state.
    pub database: String,
    /// Days that a backup lives.
    pub backup_retention_days: u32,
    /// What becomes of originals.
    pub originals: Originals,
    /// Whether expired backups go by themselves.
    pub auto_cleanup: bool,
    /// Whether the console functions are installed at once.
    pub console: bool,
    /// Stands for all that was given, and for this release: both say what a session is.
    pub print: Digest,
}

const FIELDS: &[&str] = &[
    "preset",
    "sources",
    "layout",
    "limits",
    "state",
    "tenantId",
    "claim",
    "database",
    "backupRetentionDays",
    "originals",
    "autoCleanup",
    "console",
    "worker",
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
                presets::find(name, given).ok_or_else(|| Error::InvalidConfig {
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

        let state = state::state(&fields, given.contains_key("state"))?;
        // An application may have nothing but state.
        let list = match fields.get("sources") {
            Some(Value::Array(list)) if !list.is_empty() || state.is_some() => list.as_slice(),
            None if state.is_some() => &[],
            _ => {
                return invalid(
                    "sources",
                    "must be a list of at least one source, or use a preset",
                );
            }
        };
        let asked = list.iter().any(source::asks_bodies);
        let layout = match fields.get("layout") {
            Some(Value::Object(map)) => parse::layout(map, asked)?,
            None if list.is_empty() => parse::layout(&Map::new(), asked)?,
            _ => return invalid("layout", "must be an object, or use a preset"),
        };
        let limits = match fields.get("limits") {
            Some(value) => limits::parse(value, "limits")?,
            None => Vec::new(),
        };
        agree::agree(&limits, &layout)?;
        let sources = list
            .iter()
            .enumerate()
            .map(|(index, source)| {
                source::source(source, &format!("sources[{index}]"), layout.id.as_ref())
            })
            .collect::<Result<Vec<_>>>()?;
        let mut database = top.text("database", Some("restow"))?;
        if let Some(tenant) = registry::tenant_of(&sources, state.as_ref())? {
            database = format!("{database}/{tenant}");
        }
        for (index, source) in sources.iter().enumerate() {
            if source.area.database() == Some(&database) {
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
        // Where the engine runs was decided by whoever has loaded it.
        top.flag("worker", false)?;
        let originals = match top.text("originals", Some("remove"))?.as_str() {
            "remove" => Originals::Remove,
            "keep" => Originals::Keep,
            _ => return invalid("originals", "must be \"remove\" or \"keep\""),
        };
        Ok(Self {
            sources,
            layout,
            limits,
            state,
            database,
            backup_retention_days: retention_days(fields.get("backupRetentionDays"))?
                .unwrap_or(retention::DEFAULT_DAYS),
            originals,
            auto_cleanup: top.flag("autoCleanup", true)?,
            console: top.flag("console", false)?,
            print: print(given.clone()),
        })
    }
}

/// Where the engine runs, and whether it prints, is no matter of sessions.
fn print(mut given: Map<String, Value>) -> Digest {
    given.remove("worker");
    given.remove("console");
    let text = format!("{} {}", env!("CARGO_PKG_VERSION"), Value::Object(given));
    Digest::of(text.as_bytes())
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
