//! Arguments as JavaScript gives them, checked one by one.

use crate::browser::{from_js, key_from_js};
use crate::domain::config::{self, Config};
use crate::domain::headroom::Rule as Headroom;
use crate::domain::key::Key;
use crate::domain::path::Path;
use crate::domain::state::{self, Carry, Registry};
use crate::domain::time::Timestamp;
use crate::engine::{AuditFilter, Capture, Counting, Edits, Options, RepairOptions, Side};
use crate::error::{Error, Result};
use js_sys::Reflect;
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::Range;
use wasm_bindgen::JsValue;

/// Largest batch.
const MAX_BATCH: u32 = 10_000;

/// A configuration.
pub fn config(value: &JsValue) -> Result<Config> {
    let plain = from_js(value, "config").map_err(|error| match error {
        Error::InvalidArgument { name, expected } => {
            let field = name.strip_prefix("config.").unwrap_or(&name).to_owned();
            Error::InvalidConfig { field, expected }
        }
        other => other,
    })?;
    Config::parse(&plain)
}

/// A property of an object; `undefined` where there is no object.
pub fn field(object: &JsValue, name: &str) -> JsValue {
    if !object.is_object() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// An id: text or a number.
pub fn id(value: &JsValue) -> Result<Key> {
    match key_from_js(value) {
        Some(key @ (Key::Text(_) | Key::Units(_) | Key::Number(_))) => Ok(key),
        _ => invalid("id", "must be text or a number"),
    }
}

/// An id, or nothing.
pub fn optional_id(value: &JsValue) -> Result<Option<Key>> {
    if value.is_null() || value.is_undefined() {
        Ok(None)
    } else {
        id(value).map(Some)
    }
}

/// An id; or `null`, as `listBackups` has it for a snapshot of state, which only a path can name.
pub fn id_or_state(value: &JsValue, path: &JsValue) -> Result<Key> {
    match optional_id(value)? {
        Some(id) => Ok(id),
        None if path.is_string() => Ok(state::id()),
        None => invalid(
            "id",
            "must be text or a number; null only with the path of a snapshot",
        ),
    }
}

/// A path: dotted text, or a list of keys.
pub fn path(value: &JsValue) -> Result<Path> {
    let plain = from_js(value, "path").ok();
    match plain.as_ref().and_then(config::path) {
        Some(path) => Ok(path),
        None => invalid("path", "must be dotted text, or a list of keys"),
    }
}

/// A half-open range of items, or nothing.
pub fn range(value: &JsValue) -> Result<Option<Range<u32>>> {
    if value.is_null() || value.is_undefined() {
        return Ok(None);
    }
    let bound = |name: &str, default: u32| match field(value, name) {
        bound if bound.is_undefined() || bound.is_null() => Ok(default),
        bound => index(name, &bound),
    };
    let (from, to) = (bound("from", 0)?, bound("to", u32::MAX)?);
    Ok(Some(from..to.max(from)))
}

/// A whole number that is an index. `Infinity` is the end of everything.
pub fn index(name: &str, value: &JsValue) -> Result<u32> {
    match value.as_f64() {
        Some(f64::INFINITY) => Ok(u32::MAX),
        Some(number) if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) => {
            Ok(number as u32)
        }
        _ => invalid(name, "must be a whole number, 0 or more"),
    }
}

/// Text, or nothing.
pub fn optional_text(name: &str, value: &JsValue) -> Result<Option<String>> {
    if value.is_null() || value.is_undefined() {
        return Ok(None);
    }
    value
        .as_string()
        .map_or_else(|| invalid(name, "must be text"), |text| Ok(Some(text)))
}

/// Text.
pub fn text(name: &str, value: &JsValue) -> Result<String> {
    match optional_text(name, value)? {
        Some(text) => Ok(text),
        None => invalid(name, "must be text"),
    }
}

/// Whether an option is set.
pub fn flag(options: &JsValue, name: &str) -> Result<bool> {
    match field(options, name) {
        value if value.is_undefined() || value.is_null() => Ok(false),
        value => value
            .as_bool()
            .map_or_else(|| invalid(name, "must be true or false"), Ok),
    }
}

/// Whether a destructive call is confirmed: only by `confirm: true`.
pub fn confirmed(options: &JsValue) -> bool {
    field(options, "confirm") == JsValue::TRUE
}

/// A whole number among options.
fn number(options: &JsValue, name: &str, min: u32, max: u32) -> Result<Option<u32>> {
    let value = field(options, name);
    let plain = match value.as_f64() {
        Some(number) => Value::from(number),
        None if value.is_undefined() || value.is_null() => Value::Null,
        None => Value::Bool(false),
    };
    config::whole(name, Some(&plain), min, max).map_err(argument)
}

/// What is wrong with a field is wrong with an argument here.
fn argument(error: Error) -> Error {
    match error {
        Error::InvalidConfig { field, expected } => Error::InvalidArgument {
            name: field,
            expected,
        },
        other => other,
    }
}

/// What is to be repaired.
pub fn repair(options: &JsValue) -> Result<RepairOptions> {
    Ok(RepairOptions {
        dry_run: flag(options, "dryRun")?,
        confirmed: confirmed(options),
        id: optional_id(&field(options, "id"))?,
        edits: match edits(options)? {
            Edits::Keep => return invalid("edits", "must be \"refuse\" or \"discard\""),
            edits => edits,
        },
    })
}

/// What of localStorage is to be captured.
pub fn capture(options: &JsValue) -> Result<Capture> {
    let registry = from_js(&field(options, "registry"), "registry")?;
    let claims = match from_js(&field(options, "claim"), "claim")? {
        Value::Null => Some(BTreeSet::new()),
        value => config::claims(&value),
    };
    let Some(claims) = claims else {
        return invalid("claim", "must be a list of keys");
    };
    Ok(Capture {
        registry: Registry::parse(&registry).map_err(argument)?,
        tenant: optional_text("tenantId", &field(options, "tenantId"))?,
        claims,
        dry_run: flag(options, "dryRun")?,
    })
}

/// Whether the state of the configuration is to be captured, as a run would: where no registry is given,
/// and nothing that belongs to one.
pub fn capture_as_in_run(options: &JsValue) -> Result<Option<Options>> {
    let given = |name: &&str| !matches!(field(options, name), value if value.is_null() || value.is_undefined());
    if ["registry", "tenantId", "claim"].iter().any(given) {
        return Ok(None);
    }
    Ok(Some(Options {
        dry_run: flag(options, "dryRun")?,
        ..Options::default()
    }))
}

/// What is to be carried.
pub fn carry(options: &JsValue) -> Result<Carry> {
    let plain = from_js(options, "options").map_err(|error| match error {
        Error::InvalidArgument { name, expected } => Error::InvalidArgument {
            name: name.strip_prefix("options.").unwrap_or(&name).to_owned(),
            expected,
        },
        other => other,
    })?;
    Carry::parse(&plain).map_err(argument)
}

/// What a migration is asked for.
pub fn options(value: &JsValue) -> Result<Options> {
    let retention = (
        crate::domain::retention::MIN_DAYS,
        crate::domain::retention::MAX_DAYS,
    );
    if !(value.is_undefined() || value.is_null() || value.is_object()) {
        return invalid("options", "must be an object such as { dryRun: true }");
    }
    Ok(Options {
        dry_run: flag(value, "dryRun")?,
        backup_retention_days: number(value, "backupRetentionDays", retention.0, retention.1)?,
        batch_size: number(value, "batchSize", 1, MAX_BATCH)?
            .unwrap_or(Options::default().batch_size),
        force: flag(value, "force")?,
        headroom: headroom(value)?,
    })
}

/// How sessions are to be counted.
pub fn counting(options: &JsValue) -> Result<Counting> {
    if !(options.is_undefined() || options.is_null() || options.is_object()) {
        return invalid("options", "must be an object such as { exact: true }");
    }
    Ok(Counting {
        exact: flag(options, "exact")?,
        dry_run: false,
    })
}

/// What is done where the browser's storage does not suffice.
fn headroom(options: &JsValue) -> Result<Headroom> {
    match optional_text("headroom", &field(options, "headroom"))?.as_deref() {
        None | Some("require") => Ok(Headroom::Require),
        Some("fit") => Ok(Headroom::Fit),
        Some("ignore") => Ok(Headroom::Ignore),
        Some(_) => invalid("headroom", "must be \"require\", \"fit\" or \"ignore\""),
    }
}

/// What becomes of edits in a rollback.
pub fn edits(options: &JsValue) -> Result<Edits> {
    match optional_text("edits", &field(options, "edits"))?.as_deref() {
        None | Some("refuse") => Ok(Edits::Refuse),
        Some("keep") => Ok(Edits::Keep),
        Some("discard") => Ok(Edits::Discard),
        Some(_) => invalid("edits", "must be \"refuse\", \"keep\" or \"discard\""),
    }
}

/// Which side of a conflict lives on.
pub fn side(value: &JsValue) -> Result<Side> {
    match value.as_string().as_deref() {
        Some("source") => Ok(Side::Source),
        Some("chunks") => Ok(Side::Chunks),
        _ => invalid("keep", "must be \"source\" or \"chunks\""),
    }
}

/// Days after which a clean-up takes a backup whatever its expiry.
pub fn older_than_days(value: &JsValue) -> Result<Option<u32>> {
    number(
        value,
        "olderThanDays",
        0,
        crate::domain::retention::MAX_DAYS,
    )
}

/// Which lines of the audit are wanted.
pub fn audit_filter(value: &JsValue) -> Result<AuditFilter> {
    let since = optional_text("since", &field(value, "since"))?;
    let since = match since {
        None => None,
        Some(text) => match Timestamp::parse(&text) {
            Some(time) => Some(time),
            None => return invalid("since", "must be an ISO 8601 time in UTC"),
        },
    };
    Ok(AuditFilter {
        id: optional_id(&field(value, "id"))?,
        action: optional_text("action", &field(value, "action"))?,
        since,
        limit: number(value, "limit", 0, u32::MAX)?,
    })
}

fn invalid<T>(name: &str, expected: &str) -> Result<T> {
    Err(Error::InvalidArgument {
        name: name.into(),
        expected: expected.into(),
    })
}
