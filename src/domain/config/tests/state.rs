//! State in a configuration, with and without sessions, and presets that have it.

use super::*;

const TENANT: &str = "a1b2c3d4-e5f6-4a8b-9c0d-1e2f3a4b5c6d";
const OTHER: &str = "f1234567-89ab-4cde-f012-3456789abcde";

fn parsed(config: Value) -> Config {
    Config::parse(&config).unwrap_or_else(|error| panic!("{config}: {error}"))
}

#[test]
fn a_streak_is_state_that_is_carried_and_nothing_else() {
    let config = parsed(json!({ "preset": "streak" }));
    let state = config.state.unwrap();
    let carry = state.carry.unwrap();
    assert_eq!(
        (state.registry.name.as_str(), state.tenant),
        ("streak", None)
    );
    assert!(config.sources.is_empty() && !carry.rules.is_empty());
    assert_eq!(config.database, "restow");
}

#[test]
fn agents_are_chats_and_state_of_one_tenant() {
    let config =
        parsed(json!({ "preset": "agents", "tenantId": TENANT, "claim": ["chat_session_7"] }));
    let state = config.state.unwrap();
    assert_eq!(state.registry.name, "agents");
    assert_eq!(state.tenant.as_deref(), Some(TENANT));
    assert!(state.claims.contains("chat_session_7") && state.carry.is_none());
    let selection = config.sources[0].selection.as_ref().unwrap();
    assert!(selection.claims.contains("chat_session_7"));
    assert_eq!(config.sources[0].tenant(), Some(TENANT));
    assert_eq!(config.database, format!("restow/{TENANT}"));
}

#[test]
fn every_field_overrides_what_a_preset_has() {
    let carry = json!({ "preset": "streak", "to": "account" });
    let config = parsed(json!({
        "preset": "streak", "database": "mine", "backupRetentionDays": 7,
        "state": { "registry": "streak", "carry": carry },
    }));
    assert_eq!(
        (config.database.as_str(), config.backup_retention_days),
        ("mine", 7)
    );
    assert_eq!(config.state.unwrap().carry.unwrap().to, "account");
    let captured_only = parsed(json!({ "preset": "streak", "state": { "registry": "streak" } }));
    assert_eq!(captured_only.state.unwrap().carry, None);
    let in_state = json!({ "registry": "agents", "tenantId": TENANT });
    let config = parsed(json!({ "preset": "agents", "state": in_state, "sources": [] }));
    assert!(config.sources.is_empty());
    assert_eq!(config.database, format!("restow/{TENANT}"));
}

#[test]
fn state_may_stand_alone_or_beside_sessions() {
    let classes = json!([{ "name": "theme", "key": "theme" }]);
    let alone = parsed(json!({ "state": { "registry": classes } }));
    assert!(alone.sources.is_empty() && alone.layout.arrays.is_empty());
    let mut both = minimal();
    both["state"] = json!({ "registry": "agents", "tenantId": TENANT });
    let both = parsed(both);
    assert_eq!(both.sources.len(), 1);
    // Sessions that name no tenant stay where they are, whoever's state is captured beside them.
    assert_eq!(both.database, "restow");
}

#[test]
fn a_record_that_holds_sessions_and_keys_of_sessions_are_the_sources_own() {
    let mut config = minimal();
    config["sources"] = json!([
        { "database": "app", "store": "docs" },
        { "kind": "localStorage", "prefix": "note:" },
        { "kind": "localStorage", "key": "app-state", "path": "sessions" },
    ]);
    let keys = ["note:1", "app-state", "app-state-2", "docs", "n"].map(Key::text);
    let own = parsed(config).sources.into_iter().map(|source| {
        let own = source.local(&keys).into_iter();
        own.map(|key| key.to_string()).collect::<Vec<_>>()
    });
    let expected: [&[&str]; 3] = [&[], &["note:1"], &["app-state"]];
    assert_eq!(own.collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_wrong_with_state_is_named() {
    let agents = |more: Value| {
        let mut state = json!({ "registry": "agents", "tenantId": TENANT });
        let map = state.as_object_mut().unwrap();
        map.extend(more.as_object().unwrap().clone());
        json!({ "state": state })
    };
    for (config, field) in [
        (json!({ "preset": "agents" }), "tenantId"),
        (json!({ "preset": "agents", "tenantId": "" }), "tenantId"),
        (json!({ "preset": "agents", "tenantId": 7 }), "tenantId"),
        (
            json!({ "preset": "agents", "tenantId": TENANT, "claim": "x" }),
            "claim",
        ),
        (
            json!({ "preset": "streak", "tenantId": TENANT }),
            "tenantId",
        ),
        (
            json!({ "preset": "taskerino", "tenantId": TENANT }),
            "tenantId",
        ),
        (json!({ "preset": "taskerino", "claim": [] }), "claim"),
        (json!({ "preset": "strek" }), "preset"),
        (json!({ "state": "agents" }), "state"),
        (json!({ "state": {} }), "state.registry"),
        (json!({ "state": { "registry": "none" } }), "state.registry"),
        (
            json!({ "state": { "registry": [{ "key": "x" }] } }),
            "state.registry[0].name",
        ),
        (
            json!({ "state": { "registry": "agents" } }),
            "state.tenantId",
        ),
        (agents(json!({ "tenant": "x" })), "state.tenant"),
        (agents(json!({ "claim": [7] })), "state.claim"),
        (agents(json!({ "carry": 7 })), "state.carry"),
        (agents(json!({ "carry": "none" })), "state.carry.preset"),
        (
            agents(json!({ "carry": { "from": "a" } })),
            "state.carry.to",
        ),
        (
            agents(json!({ "carry": { "preset": "streak", "dryRun": true } })),
            "state.carry.dryRun",
        ),
        (
            json!({ "preset": "agents", "tenantId": TENANT, "state": { "registry": "agents", "tenantId": TENANT } }),
            "tenantId",
        ),
        (
            json!({ "preset": "agents", "state": { "registry": "agents", "tenantId": TENANT }, "sources": [
                { "kind": "localStorage", "registry": "agents", "classes": ["chat"], "tenantId": OTHER },
            ] }),
            "state.tenantId",
        ),
        (
            json!({ "state": { "registry": "streak" }, "sources": [{ "database": "a", "store": "b" }] }),
            "layout",
        ),
        (json!({ "sources": [], "layout": {} }), "sources"),
    ] {
        match Config::parse(&config) {
            Err(Error::InvalidConfig { field: found, .. }) => assert_eq!(found, field, "{config}"),
            other => panic!("{config}: {other:?}"),
        }
    }
}
