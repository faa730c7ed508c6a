//! What a run does about state, from plain data.

use super::fields::{Fields, invalid, known_fields};
use crate::domain::state::{Carry, Registry};
use crate::error::{Error, Result};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// State in localStorage that a run captures before it migrates sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateConfig {
    /// Which keys there are.
    pub registry: Registry,
    /// Whose keys; there is one if keys of the registry name their tenant.
    pub tenant: Option<String>,
    /// Keys that the caller knows to be the tenant's.
    pub claims: BTreeSet<String>,
    /// What is carried from one key into another after sessions, if anything.
    pub carry: Option<Carry>,
}

/// Reads `state`, and beside it `tenantId` and `claim`, which stand for `state.tenantId` and
/// `state.claim` where a preset has the rest. `own` says whether the caller wrote `state`.
pub fn state(fields: &Map<String, Value>, own: bool) -> Result<Option<StateConfig>> {
    let top = Fields {
        map: fields,
        at: "",
    };
    let map = match top.get("state") {
        Some(Value::Object(map)) => map,
        Some(_) => {
            return invalid(
                "state",
                "must be an object such as { registry: \"agents\", tenantId }",
            );
        }
        None => {
            return match ["tenantId", "claim"]
                .into_iter()
                .find(|name| top.get(name).is_some())
            {
                Some(name) => invalid(name, "belongs to `state`, or to a preset that has state"),
                None => Ok(None),
            };
        }
    };
    known_fields(map, "state", &["registry", "tenantId", "claim", "carry"])?;
    let inner = Fields { map, at: "state" };
    let registry = inner.get("registry").unwrap_or(&Value::Null);
    let registry = Registry::parse(registry).map_err(|error| within("state", error))?;
    let tenant = match of_either(&top, &inner, "tenantId")? {
        None => None,
        Some((name, _)) if !registry.has_tenants() => {
            return invalid(
                &name,
                "must be left out, since no key of this registry names a tenant",
            );
        }
        Some((_, Value::String(tenant))) if !tenant.is_empty() => Some(tenant.clone()),
        Some((name, _)) => return invalid(&name, "must be text that is not empty"),
    };
    if tenant.is_none() && registry.has_tenants() {
        let name = if own { "state.tenantId" } else { "tenantId" };
        return invalid(
            name,
            "must be given, since keys of this registry name their tenant",
        );
    }
    let claims = match of_either(&top, &inner, "claim")? {
        None => BTreeSet::new(),
        Some((name, value)) => match claims(value) {
            Some(claims) => claims,
            None => return invalid(&name, "must be a list of keys"),
        },
    };
    Ok(Some(StateConfig {
        registry,
        tenant,
        claims,
        carry: carry(inner.get("carry"))?,
    }))
}

/// What is to be carried: options as `carryState` takes them, or the name of a preset. The run says
/// whether it is a rehearsal.
fn carry(value: Option<&Value>) -> Result<Option<Carry>> {
    let within = |error: Error| within("state.carry", error);
    match value {
        None => Ok(None),
        Some(Value::Object(map)) => {
            let known = ["preset", "from", "to", "rules", "limits", "secrets"];
            known_fields(map, "state.carry", &known)?;
            let carry = Carry::parse(&Value::Object(map.clone()));
            carry.map(Some).map_err(within)
        }
        Some(Value::String(name)) => {
            let carry = Carry::parse(&json!({ "preset": name }));
            carry.map(Some).map_err(within)
        }
        Some(_) => invalid(
            "state.carry",
            "must be \"streak\", or an object such as { from, to, rules }",
        ),
    }
}

/// Keys by their whole names.
pub fn claims(value: &Value) -> Option<BTreeSet<String>> {
    let keys = value.as_array()?.iter();
    keys.map(|key| key.as_str().map(str::to_owned)).collect()
}

/// A field of `state`, or the one beside it that stands for it.
fn of_either<'v>(
    top: &'v Fields<'v>,
    inner: &'v Fields<'v>,
    field: &str,
) -> Result<Option<(String, &'v Value)>> {
    match (top.get(field), inner.get(field)) {
        (Some(_), Some(_)) => invalid(field, &format!("is given twice; see `state.{field}`")),
        (Some(value), None) => Ok(Some((field.into(), value))),
        (None, Some(value)) => Ok(Some((inner.name(field), value))),
        (None, None) => Ok(None),
    }
}

/// A field that lies below another here.
fn within(at: &str, error: Error) -> Error {
    match error {
        Error::InvalidConfig { field, expected } => Error::InvalidConfig {
            field: format!("{at}.{field}"),
            expected,
        },
        other => other,
    }
}
