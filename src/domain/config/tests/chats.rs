//! Bodies that are lists, ids that are keys, and keys that a registry tells.

use super::*;

const TENANT: &str = "a1b2c3d4-e5f6-4a8b-9c0d-1e2f3a4b5c6d";

fn chats() -> Value {
    json!({
        "sources": [{ "kind": "localStorage", "registry": "agents", "classes": ["chat"], "tenantId": TENANT }],
        "layout": { "id": null, "arrays": [{ "path": [], "chunk": 50 }] }
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut config = chats();
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match (config.pointer_mut(parent).unwrap(), key.parse::<usize>()) {
            (Value::Array(list), Ok(at)) => list[at] = value.clone(),
            (Value::Array(list), Err(_)) => list.push(value.clone()),
            (map, _) => map[key] = value.clone(),
        }
    }
    config
}

#[test]
fn a_registry_tells_which_keys_are_sessions() {
    let claims = json!(["chat_session_7"]);
    let config = with(&[
        ("/sources/0/claim", claims),
        ("/sources/0/gzip", json!(true)),
    ]);
    let config = Config::parse(&config).unwrap();
    let source = &config.sources[0];
    let selection = source.selection.as_ref().unwrap();
    assert_eq!(source.name, "localStorage/agents");
    assert_eq!((source.keys, source.prefix.as_str()), (KeyRule::Whole, ""));
    assert!(source.wrapping.json && source.wrapping.gzip);
    assert_eq!((selection.classes.len(), selection.claims.len()), (1, 1));
    assert_eq!(source.tenant(), Some(TENANT));
}

#[test]
fn a_tenant_has_a_database_of_its_own() {
    let named = |config: &Value| Config::parse(config).unwrap().database;
    assert_eq!(named(&chats()), format!("restow/{TENANT}"));
    let mine = with(&[("/database", json!("mine"))]);
    assert_eq!(named(&mine), format!("mine/{TENANT}"));
    let plain = json!([{ "name": "theme", "key": "theme" }]);
    let mut config = with(&[
        ("/sources/0/registry", plain),
        ("/sources/0/classes", json!(["theme"])),
    ]);
    config["sources"][0]["tenantId"] = Value::Null;
    assert_eq!(named(&config), "restow");
}

#[test]
fn the_id_is_asked_for_only_where_a_source_asks_bodies() {
    let id = |sources: Value, layout: Value| {
        let config = json!({ "sources": sources, "layout": layout });
        Config::parse(&config).map(|config| config.layout.id)
    };
    let whole = json!({ "database": "app", "store": "docs", "keys": "whole" });
    let asks = json!({ "database": "app", "store": "more" });
    assert_eq!(id(json!([whole]), json!({})).unwrap(), None);
    assert_eq!(id(json!([whole]), json!({ "id": null })).unwrap(), None);
    let given = id(json!([whole]), json!({ "id": "key" })).unwrap();
    assert_eq!(given, Some(Path::dotted("key")));
    let both = id(json!([whole, asks]), json!({})).unwrap();
    assert_eq!(both, Some(Path::dotted("id")));
    match id(json!([whole, asks]), json!({ "id": null })) {
        Err(Error::InvalidConfig { field, .. }) => assert_eq!(field, "layout.id"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_wrong_with_chats_is_named() {
    let other = |tenant: &str| {
        let source = json!({ "name": "modal", "kind": "localStorage", "registry": "agents", "classes": ["chat-modal"], "tenantId": tenant });
        with(&[("/sources/-", source)])
    };
    let rows = json!({ "database": "app", "store": "docs", "keys": "whole" });
    let asked = json!([{ "database": "app", "store": "docs" }]);
    let held = json!([{ "kind": "localStorage", "key": "all", "keys": "whole" }]);
    for (config, field) in [
        (
            with(&[("/sources/0/tenantId", Value::Null)]),
            "sources[0].tenantId",
        ),
        (
            with(&[("/sources/0/tenantId", json!(""))]),
            "sources[0].tenantId",
        ),
        (
            with(&[("/sources/0/classes", Value::Null)]),
            "sources[0].classes",
        ),
        (
            with(&[("/sources/0/classes", json!([]))]),
            "sources[0].classes",
        ),
        (
            with(&[("/sources/0/classes/0", json!("chats"))]),
            "sources[0].classes[0]",
        ),
        (
            with(&[("/sources/0/classes/0", json!("auth-token"))]),
            "sources[0].classes[0]",
        ),
        (
            with(&[("/sources/0/classes/0", json!("auth-storage"))]),
            "sources[0].classes[0]",
        ),
        (
            with(&[("/sources/0/classes/0", json!("current-user"))]),
            "sources[0].classes[0]",
        ),
        (
            with(&[("/sources/0/classes/0", json!("llm-configs"))]),
            "sources[0].classes[0]",
        ),
        (
            with(&[("/sources/0/classes/0", json!("agents"))]),
            "sources[0].classes[0]",
        ),
        (
            with(&[("/sources/0/registry", json!("none"))]),
            "sources[0].registry",
        ),
        (
            with(&[("/sources/0/registry", json!([{ "name": "a" }]))]),
            "sources[0].registry[0]",
        ),
        (
            with(&[("/sources/0/claim", json!([7]))]),
            "sources[0].claim",
        ),
        (
            with(&[("/sources/0/prefix", json!("chat_"))]),
            "sources[0].prefix",
        ),
        (
            with(&[("/sources/0/keys", json!("any"))]),
            "sources[0].keys",
        ),
        (with(&[("/sources/0/key", json!("k"))]), "sources[0].key"),
        (
            with(&[("/sources/0/kind", json!("indexedDB"))]),
            "sources[0].registry",
        ),
        (other("acme"), "sources[1].tenantId"),
        (with(&[("/sources/-", rows)]), "sources[1].tenantId"),
        (
            with(&[("/layout/id", json!("id"))]),
            "layout.arrays[0].path",
        ),
        (
            with(&[("/layout/parts", json!(["note"]))]),
            "layout.arrays[0].path",
        ),
        (with(&[("/sources", asked)]), "layout.id"),
        (with(&[("/sources", held)]), "sources[0].keys"),
    ] {
        match Config::parse(&config) {
            Err(Error::InvalidConfig { field: found, .. }) => assert_eq!(found, field, "{config}"),
            other => panic!("{field}: {other:?}"),
        }
    }
    assert_eq!(Config::parse(&other(TENANT)).unwrap().sources.len(), 2);
}
