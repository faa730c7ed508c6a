//! Sources whose keys a registry tells, from plain data.

use super::SourceConfig;
use super::fields::{Fields, invalid};
use crate::domain::state::{Kind, Registry, Selection};
use crate::error::{Error, Result};
use std::collections::BTreeSet;

/// Fields of a source whose keys a registry tells.
pub const FIELDS: [&str; 4] = ["registry", "classes", "tenantId", "claim"];

/// Which keys are sessions; `None` where no registry tells.
pub fn selection(fields: &Fields<'_>) -> Result<Option<Selection>> {
    let Some(value) = fields.get("registry") else {
        return Ok(None);
    };
    let registry = Registry::parse(value).map_err(|error| match error {
        Error::InvalidConfig { field, expected } => Error::InvalidConfig {
            field: fields.name(&field),
            expected,
        },
        other => other,
    })?;
    Ok(Some(Selection {
        classes: classes(fields, &registry)?,
        tenant: tenant(fields, &registry)?,
        claims: fields.texts("claim")?.into_iter().collect(),
        registry,
    }))
}

/// Sessions are shown, and go from where they lay: neither may befall tokens, flags and secrets.
fn classes(fields: &Fields<'_>, registry: &Registry) -> Result<Vec<String>> {
    let names = fields.texts("classes")?;
    if names.is_empty() {
        return invalid(
            &fields.name("classes"),
            "must name the classes whose keys are sessions, for example [\"chat\"]",
        );
    }
    for (index, name) in names.iter().enumerate() {
        let field = format!("{}[{index}]", fields.name("classes"));
        match registry.classes.iter().find(|class| &class.name == name) {
            None => return invalid(&field, "must be the name of a class of the registry"),
            Some(class) if class.kind != Kind::Data || !class.secrets.is_empty() => {
                let expected = "must be a class of kind \"data\" without secrets";
                return invalid(&field, expected);
            }
            Some(_) => {}
        }
    }
    Ok(names)
}

fn tenant(fields: &Fields<'_>, registry: &Registry) -> Result<Option<String>> {
    match (registry.has_tenants(), fields.get("tenantId")) {
        (true, None) => invalid(
            &fields.name("tenantId"),
            "must be given, since keys of this registry name their tenant",
        ),
        (true, Some(_)) => fields.text("tenantId", None).map(Some),
        (false, None) => Ok(None),
        (false, Some(_)) => invalid(
            &fields.name("tenantId"),
            "must be left out, since no key of this registry names a tenant",
        ),
    }
}

/// Whose sessions the sources hold: one tenant's, or no tenant's. What names no tenant beside what
/// does would be whoever's signs in first.
pub fn tenant_of(sources: &[SourceConfig]) -> Result<Option<&str>> {
    let tenants: Vec<Option<&str>> = sources.iter().map(SourceConfig::tenant).collect();
    let distinct: BTreeSet<_> = tenants.iter().collect();
    if distinct.len() < 2 {
        return Ok(tenants.first().copied().flatten());
    }
    let odd = tenants
        .iter()
        .position(|tenant| Some(tenant) != tenants.first());
    invalid(
        &format!("sources[{}].tenantId", odd.unwrap_or_default()),
        "must be the same for all sources; open another Restow for others",
    )
}
