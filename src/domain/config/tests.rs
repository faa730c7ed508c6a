use super::*;
use crate::domain::path::Path;
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
    let config =
        Config::parse(&json!({ "preset": "taskerino", "database": "mine", "originals": "keep" }))
            .unwrap();
    assert_eq!(config.sources[0].area.database(), Some("taskerino-db"));
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
