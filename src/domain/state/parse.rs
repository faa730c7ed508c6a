//! Registries of key classes, from plain data or by the name of a preset.

use super::class::{KeyClass, Kind, Matcher};
use super::pattern::Pattern;
use super::presets;
use crate::domain::config::fields::{Fields, invalid, known_fields, path};
use crate::domain::limits;
use crate::domain::path::Path;
use crate::error::{Error, Result};
use serde_json::Value;

/// Names of all presets.
pub const PRESETS: &[&str] = &["streak", "agents"];

const FIELDS: &[&str] = &[
    "name", "key", "prefix", "pattern", "kind", "secrets", "offer", "limits",
];

/// Which keys of localStorage an application has, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    /// Name of the preset; `custom` for any other.
    pub name: String,
    /// Its classes.
    pub classes: Vec<KeyClass>,
}

impl Registry {
    /// Reads a registry: the name of a preset, or a list of classes.
    pub fn parse(value: &Value) -> Result<Self> {
        match value {
            Value::String(name) => match presets::find(name) {
                Some(classes) => Self::of(name, &classes),
                None => invalid("registry", &expected()),
            },
            Value::Array(_) => Self::of("custom", value),
            _ => invalid("registry", &expected()),
        }
    }

    /// Whether any of its keys name a tenant, so that one must be given.
    pub fn has_tenants(&self) -> bool {
        self.classes.iter().any(KeyClass::has_tenant)
    }

    fn of(name: &str, classes: &Value) -> Result<Self> {
        let list = classes.as_array().filter(|list| !list.is_empty());
        let Some(list) = list else {
            return invalid("registry", &expected());
        };
        let classes = list.iter().enumerate();
        let classes = classes
            .map(|(index, value)| class(value, &format!("registry[{index}]")))
            .collect::<Result<Vec<_>>>()?;
        for (index, one) in classes.iter().enumerate() {
            let mut before = classes.iter().take(index);
            if before.any(|other| other.name == one.name) {
                return invalid(&format!("registry[{index}].name"), "must be unique");
            }
        }
        Ok(Self {
            name: name.into(),
            classes,
        })
    }
}

fn expected() -> String {
    let names: Vec<String> = PRESETS.iter().map(|name| format!("{name:?}")).collect();
    format!(
        "must be {}, or a list of classes such as {{ name: \"theme\", key: \"theme\" }}",
        names.join(" or ")
    )
}

fn class(value: &Value, at: &str) -> Result<KeyClass> {
    let Value::Object(map) = value else {
        return invalid(
            at,
            "must be an object such as { name: \"theme\", key: \"theme\" }",
        );
    };
    known_fields(map, at, FIELDS)?;
    let fields = Fields { map, at };
    let secrets = secrets(&fields)?;
    let kind = match fields.text("kind", Some("data"))?.as_str() {
        "data" => Kind::Data,
        "secret" => Kind::Secret,
        "token" => Kind::Token,
        "flag" => Kind::Flag,
        _ => {
            let expected = "must be \"data\", \"secret\", \"token\" or \"flag\"";
            return invalid(&fields.name("kind"), expected);
        }
    };
    let mut limits = match fields.get("limits") {
        None => Vec::new(),
        Some(list) => limits::parse(list, &fields.name("limits"))?,
    };
    for limit in &mut limits {
        if kind == Kind::Secret || !secrets.is_empty() {
            limit.hide();
        }
    }
    Ok(KeyClass {
        name: fields.text("name", None)?,
        matcher: matcher(&fields)?,
        kind,
        secrets,
        offer: fields.flag("offer", false)?,
        limits,
    })
}

fn matcher(fields: &Fields<'_>) -> Result<Matcher> {
    let given = ["key", "prefix", "pattern"].map(|field| fields.get(field).is_some());
    match given {
        // A class that has every key would sweep in what is not the application's.
        [true, false, false] => Ok(Matcher::Exact(fields.text("key", None)?)),
        [false, true, false] => Ok(Matcher::Prefix(fields.text("prefix", None)?)),
        [false, false, true] => {
            let pattern = Pattern::parse(&fields.text("pattern", None)?);
            pattern
                .map(Matcher::Pattern)
                .map_err(|expected| Error::InvalidConfig {
                    field: fields.name("pattern"),
                    expected: expected.into(),
                })
        }
        _ => invalid(
            fields.at,
            "must have just one of `key`, `prefix` and `pattern`",
        ),
    }
}

/// Reads where secrets lie.
pub(super) fn secrets(fields: &Fields<'_>) -> Result<Vec<Path>> {
    let list = match fields.get("secrets") {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list.iter().map(path).collect::<Option<Vec<_>>>(),
        Some(_) => None,
    };
    match list {
        Some(list) if !list.iter().any(Path::is_root) => Ok(list),
        _ => invalid(
            &fields.name("secrets"),
            "must be a list of paths such as \"*.apiKey\" or \"**.password\"",
        ),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn limits_of_a_class_are_named_in_errors_and_show_no_secrets() {
        let classes = |limits: Value, kind: &str| json!([{ "name": "a", "key": "a", "kind": kind, "limits": limits }]);
        let limits = json!([{ "path": "tries", "max": 3 }]);
        let secret = |kind| {
            Registry::parse(&classes(limits.clone(), kind))
                .unwrap()
                .classes[0]
                .limits[0]
                .hidden
        };
        assert!(secret("secret") && !secret("data"));
        let wrong = Registry::parse(&classes(json!([{ "path": "tries", "max": "3" }]), "data"));
        assert!(
            matches!(&wrong, Err(Error::InvalidConfig { field, .. }) if field == "registry[0].limits[0].max"),
            "{wrong:?}"
        );
    }

    #[test]
    fn every_preset_is_a_registry() {
        for name in PRESETS {
            let registry = Registry::parse(&json!(name)).unwrap();
            assert_eq!(&registry.name, name);
        }
        assert!(Registry::parse(&json!("agents")).unwrap().has_tenants());
        assert!(!Registry::parse(&json!("streak")).unwrap().has_tenants());
    }

    #[test]
    fn a_registry_of_ones_own_is_a_list_of_classes() {
        let registry = Registry::parse(&json!([
            { "name": "theme", "key": "theme" },
            { "name": "keys", "pattern": "keys_{tenant}", "kind": "secret", "secrets": ["*.key"] },
            { "name": "drafts", "prefix": "draft:", "offer": true },
        ]))
        .unwrap();
        assert_eq!(registry.name, "custom");
        let [theme, keys, drafts] = &registry.classes[..] else {
            panic!("{registry:?}");
        };
        assert_eq!((theme.kind, theme.offer), (Kind::Data, false));
        assert_eq!(keys.secrets, [Path::dotted("*.key")]);
        assert!(keys.has_tenant() && drafts.offer);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (registry, field) in [
            (json!(null), "registry"),
            (json!("none"), "registry"),
            (json!([]), "registry"),
            (json!(["theme"]), "registry[0]"),
            (json!([{ "key": "x" }]), "registry[0].name"),
            (json!([{ "name": "x" }]), "registry[0]"),
            (
                json!([{ "name": "x", "key": "x", "prefix": "y" }]),
                "registry[0]",
            ),
            (json!([{ "name": "x", "prefix": "" }]), "registry[0].prefix"),
            (
                json!([{ "name": "x", "pattern": "{tenant}" }]),
                "registry[0].pattern",
            ),
            (
                json!([{ "name": "x", "key": "x", "kind": "odd" }]),
                "registry[0].kind",
            ),
            (
                json!([{ "name": "x", "key": "x", "secrets": "y" }]),
                "registry[0].secrets",
            ),
            (
                json!([{ "name": "x", "key": "x", "offr": true }]),
                "registry[0].offr",
            ),
            (
                json!([{ "name": "x", "key": "x" }, { "name": "x", "key": "y" }]),
                "registry[1].name",
            ),
        ] {
            match Registry::parse(&registry) {
                Err(Error::InvalidConfig { field: found, .. }) => assert_eq!(found, field),
                other => panic!("{registry}: {other:?}"),
            }
        }
    }
}
