//! Sources whose keys a registry tells, from plain data.

use super::fields::{Fields, invalid};
use super::{SourceConfig, StateConfig};
use crate::domain::state::{Kind, Registry, Selection};
use crate::error::{Error, Result};

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

/// Whose our own database is: the tenant of the sources, or of the state where there are none; or no
/// tenant's. What names no tenant beside what does would be whoever's signs in first.
pub fn tenant_of<'c>(
    sources: &'c [SourceConfig],
    state: Option<&'c StateConfig>,
) -> Result<Option<&'c str>> {
    let of_state = state.and_then(|state| state.tenant.as_deref());
    let tenants: Vec<Option<&str>> = sources.iter().map(SourceConfig::tenant).collect();
    let Some(first) = tenants.first().copied() else {
        return Ok(of_state);
    };
    if let Some(odd) = tenants.iter().position(|tenant| *tenant != first) {
        return invalid(
            &format!("sources[{odd}].tenantId"),
            "must be the same for all sources; open another Restow for others",
        );
    }
    if first.is_some() && of_state.is_some() && first != of_state {
        return invalid(
            "state.tenantId",
            "must be that of the sources; open another Restow for others",
        );
    }
    Ok(first)
}
