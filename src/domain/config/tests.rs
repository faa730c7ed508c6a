mod chats;
mod state;

use super::*;
use crate::domain::path::Path;
use crate::domain::place::Area;
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
    assert_eq!(config.layout.id, Some(Path::dotted("id")));
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
fn every_kind_of_source_is_read() {
    let mut config = minimal();
    config["layout"]["id"] = json!("meta.id");
    config["sources"] = json!([
        { "database": "app", "store": "rows", "prefix": "s/" },
        { "database": "app", "store": "rows", "key": "all", "body": "data", "gzip": true,
          "path": "state.sessions", "checksum": { "path": "sum", "rule": "sha256" } },
        { "database": "app", "store": "rows", "key": 7, "keys": "any" },
        { "kind": "localStorage", "prefix": "note:" },
        { "kind": "localStorage", "key": "app-state", "path": ["sessions"] },
    ]);
    let sources = Config::parse(&config).unwrap().sources;
    let names: Vec<_> = sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "app/rows/s",
            "app/rows/all (one record)",
            "app/rows/7 (one record)",
            "localStorage/note:",
            "localStorage/app-state"
        ]
    );
    let held = |index: usize| sources[index].container.clone().unwrap();
    assert_eq!(held(1).holding.collection, Path::dotted("state.sessions"));
    assert_eq!(held(1).holding.id, Path::dotted("meta.id"));
    assert!(held(1).holding.wrapping.gzip && !held(1).holding.wrapping.json);
    assert_eq!(held(2).key, Key::Number(7.0));
    assert_eq!(sources[3].area, Area::LocalStorage);
    assert!(sources[3].wrapping.json && sources[3].container.is_none());
    assert!(held(4).holding.wrapping.json);
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
        (
            with("/sources/0", json!({ "kind": "localStorage" })),
            "sources[0].prefix",
        ),
        (
            with(
                "/sources/0",
                json!({ "kind": "localStorage", "prefix": "" }),
            ),
            "sources[0].prefix",
        ),
        (
            with("/sources/0", json!({ "kind": "localStorage", "key": 5 })),
            "sources[0].key",
        ),
        (
            with(
                "/sources/0",
                json!({ "kind": "localStorage", "key": "k", "store": "x" }),
            ),
            "sources[0].store",
        ),
        (
            with(
                "/sources/0",
                json!({ "kind": "localStorage", "key": "k", "prefix": "x" }),
            ),
            "sources[0].prefix",
        ),
        (
            with("/sources/0/path", json!("sessions")),
            "sources[0].path",
        ),
        (with("/sources/0/key", json!([])), "sources[0].key"),
        (
            with(
                "/sources/0",
                json!({ "database": "app", "store": "x", "key": "k", "checksum": { "path": "c", "rule": "crc" } }),
            ),
            "sources[0].checksum",
        ),
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
        (with("/worker", json!("yes")), "worker"),
        (with("/skipVerification", json!(true)), "skipVerification"),
        (with("/layout/chunks", json!([])), "layout.chunks"),
        (with("/limits", json!({})), "limits"),
        (with("/limits", json!([{ "path": "a" }])), "limits[0]"),
        (
            with("/limits", json!([{ "path": "id", "cap": 5 }])),
            "limits[0].path",
        ),
        (
            with(
                "/limits",
                json!([{ "path": "", "pattern": "a", "secret": true }]),
            ),
            "limits[0].secret",
        ),
    ] {
        match Config::parse(&config) {
            Err(Error::InvalidConfig { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{field}: {other:?}"),
        }
    }
}

#[test]
fn a_limit_may_judge_an_id_but_neither_change_it_nor_hide_it() {
    let parsed = |limit: Value| {
        let layout = json!({ "id": "meta.id", "label": "title" });
        let source = json!({ "database": "app", "store": "docs" });
        let limits = [json!({ "path": "other", "cap": 5 }), limit];
        Config::parse(&json!({ "sources": [source], "layout": layout, "limits": limits }))
    };
    for sound in [
        json!({ "path": "meta.id", "maxLength": 9 }),
        json!({ "path": "meta.id", "maxLength": 9, "action": "quarantine" }),
        json!({ "path": "meta.id.x", "cap": 9 }),
        json!({ "path": "title", "cap": 9 }),
        json!({ "path": "meta", "rule": "streak" }),
        json!({ "path": "*", "cap": 9 }),
    ] {
        let config = parsed(sound.clone());
        assert_eq!(config.unwrap().limits.len(), 2, "{sound}");
    }
    for (limit, field) in [
        (json!({ "path": "meta.id", "cap": 9 }), "limits[1].path"),
        (
            json!({ "path": "meta", "type": "object", "action": "drop" }),
            "limits[1].path",
        ),
        (
            json!({ "path": "meta.id", "maxLength": 9, "action": "cap" }),
            "limits[1].path",
        ),
        (
            json!({ "path": "meta", "rule": "streak", "fields": { "best": "id" } }),
            "limits[1].path",
        ),
        (
            json!({ "path": "title", "maxLength": 9, "secret": true }),
            "limits[1].secret",
        ),
        (
            json!({ "path": "meta.*", "maxLength": 9, "secret": true }),
            "limits[1].secret",
        ),
    ] {
        match parsed(limit.clone()) {
            Err(Error::InvalidConfig { field: found, .. }) => assert_eq!(found, field, "{limit}"),
            other => panic!("{limit}: {other:?}"),
        }
    }
}
