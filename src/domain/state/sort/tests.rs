use super::*;
use proptest::prelude::*;
use serde_json::json;

const ACME: &str = "a1b2c3d4-e5f6-4a8b-9c0d-1e2f3a4b5c6d";
const OTHER: &str = "f1234567-89ab-4cde-f012-3456789abcde";

fn agents() -> Registry {
    Registry::parse(&json!("agents")).unwrap()
}

fn keys(texts: &[&str]) -> Vec<Key> {
    texts.iter().map(|text| Key::text(*text)).collect()
}

/// What becomes of one key among others: the class that takes or is offered it, or why it is left.
fn fate_among(others: &[&str], key: &str, tenant: &str, claims: &[&str]) -> String {
    let registry = agents();
    let mut all = keys(others);
    all.push(Key::text(key));
    let claims = claims.iter().map(|claim| (*claim).to_owned()).collect();
    let sorted = sort(&all, &registry, Some(tenant), &claims);
    let named = |list: &[Taken<'_>]| {
        let found = list.iter().find(|taken| taken.key == key);
        found.map(|taken| taken.class.name.clone())
    };
    let left = sorted.left.iter().find(|(left, _)| *left == Key::text(key));
    match (named(&sorted.taken), named(&sorted.offered), left) {
        (Some(class), None, None) => class,
        (None, Some(class), None) => format!("offered as {class}"),
        (None, None, Some((_, why))) => format!("{why:?}"),
        other => panic!("{key}: {other:?}"),
    }
}

fn fate(key: &str, tenant: &str) -> String {
    fate_among(&[], key, tenant, &[])
}

/// Every key of the application with its class; `{t}` stands for the tenant.
const REAL: &[(&str, &str)] = &[
    ("ai_agents_{t}", "agents"),
    ("user_agents_{t}", "agents-older"),
    ("user_llm_configs_{t}", "llm-configs"),
    ("tenant_mcp_servers_{t}", "mcp-servers"),
    ("mcp_servers_{t}", "mcp-servers-older"),
    ("user_mcp_servers_{t}", "mcp-servers-of-user"),
    ("chat_session_{t}_agent-1733000000000", "chat"),
    ("chat_session_{t}_agent-grc-analyst-{t}", "chat"),
    ("chat_session_{t}_agent-executive-advisor-{t}", "chat"),
    ("chat_session_{t}_global", "chat-global"),
    ("agent_chat_{t}_agent-risk-specialist-{t}", "chat-modal"),
    ("agent_metrics_{t}", "metrics"),
    ("mcp_tools_{t}", "mcp-tools"),
    ("mcp_server_config_{t}_finance", "mcp-server-config"),
    ("mcp_server_configs_{t}", "mcp-server-configs"),
    ("mcp_bridge_config_{t}", "mcp-bridge-config"),
    ("mcp_privacy_config_{t}", "mcp-privacy-config"),
    ("grc_encrypted_credentials_{t}", "encrypted-credentials"),
    ("grc_security_settings_{t}", "security-settings"),
    ("ui_preferences_{t}", "ui-preferences"),
    ("notification_preferences_{t}", "notification-preferences"),
    ("privacy_settings_{t}", "privacy-settings"),
];

#[test]
fn every_key_of_the_tenant_is_taken_and_no_key_of_another() {
    for tenant in [ACME, OTHER, "tenant-acme"] {
        for other in [ACME, OTHER, "tenant-acme", "acme", "tenant"] {
            for (form, class) in REAL {
                let key = form.replace("{t}", other);
                let found = fate(&key, tenant);
                match tenant == other {
                    true => assert_eq!(found, *class, "{key}"),
                    false => assert!(
                        ["OtherTenant", "Ambiguous"].contains(&found.as_str()),
                        "{key} of {other} is {found} for {tenant}"
                    ),
                }
            }
        }
    }
}

#[test]
fn keys_without_a_tenant_are_taken_as_what_they_are() {
    for (key, expected) in [
        ("theme", "theme"),
        ("current_user", "current-user"),
        ("current_tenant", "current-tenant"),
        ("current_tenant_id", "current-tenant-id"),
        ("migration_completed", "migration-completed"),
        ("migration_date", "migration-date"),
        ("migration_skipped", "migration-skipped"),
        ("use_localstorage_fallback", "localstorage-fallback"),
        ("rollback_active", "rollback-active"),
        ("auth_token", "Token"),
        ("auth-storage", "Token"),
        ("i18nextLng", "Unknown"),
        ("my_theme", "Unknown"),
        ("other_app_settings_1", "Unknown"),
        ("grc_settings_backup", "Unknown"),
    ] {
        assert_eq!(fate(key, ACME), expected, "{key}");
    }
}

#[test]
fn the_parts_of_a_key_are_told() {
    let registry = agents();
    let key = format!("chat_session_{ACME}_agent-grc-analyst-{ACME}");
    let sorted = sort(&keys(&[&key]), &registry, Some(ACME), &BTreeSet::new());
    let parts = &sorted.taken[0].parts;
    assert_eq!(parts["tenant"], ACME);
    assert_eq!(parts["agent"], format!("agent-grc-analyst-{ACME}"));
}

#[test]
fn ids_with_underscores_are_taken_where_the_tenant_is_a_whole_id() {
    let key = format!("mcp_server_config_{ACME}_sec_edgar_v2");
    assert_eq!(fate(&key, ACME), "mcp-server-config");
    assert_eq!(fate(&key, OTHER), "OtherTenant");
}

#[test]
fn a_key_that_may_be_another_tenants_is_ambiguous_until_it_is_claimed() {
    let key = "chat_session_a_b_1";
    assert_eq!(fate(key, "a"), "Ambiguous");
    assert_eq!(fate(key, "a_b"), "Ambiguous");
    assert_eq!(fate_among(&[], key, "a", &[key]), "chat");
    // Even where there surely is another: who claims a key knows the ids.
    assert_eq!(fate_among(&["ai_agents_a_b"], key, "a", &[]), "Ambiguous");
    assert_eq!(fate_among(&["ai_agents_a_b"], key, "a", &[key]), "chat");
}

#[test]
fn a_chat_without_a_tenant_is_offered_and_moves_when_it_is_claimed() {
    let key = "chat_session_1733000000000";
    assert_eq!(fate(key, ACME), "offered as chat-without-tenant");
    assert_eq!(fate_among(&[], key, ACME, &[key]), "chat-without-tenant");
    // It may be a chat of the tenant `x`, unless someone knows better.
    let odd = "chat_session_x_1";
    assert_eq!(fate(odd, ACME), "Ambiguous");
    assert_eq!(fate_among(&[], odd, ACME, &[odd]), "chat-without-tenant");
}

#[test]
fn no_claim_moves_a_token_or_what_is_surely_another_tenants() {
    let of_other = format!("chat_session_{OTHER}_agent-1");
    assert_eq!(
        fate_among(&[], &of_other, ACME, &[&of_other]),
        "OtherTenant"
    );
    let known = "chat_session_x_1";
    assert_eq!(
        fate_among(&["ai_agents_x"], known, ACME, &[known]),
        "OtherTenant"
    );
    let agents = format!("ai_agents_{OTHER}");
    assert_eq!(fate_among(&[], &agents, ACME, &[&agents]), "OtherTenant");
    assert_eq!(
        fate_among(&[], "auth_token", ACME, &["auth_token"]),
        "Token"
    );
    assert_eq!(fate_among(&[], "odd", ACME, &["odd"]), "Unknown");
}

#[test]
fn every_key_of_the_streak_is_taken_and_nothing_beside_it() {
    let registry = Registry::parse(&json!("streak")).unwrap();
    let all = keys(&[
        "cleanStreak_anonymous_state",
        "cleanStreak_authenticated_state",
        "cleanStreak_appState",
        "migration_banner_dismissed",
        "cleanStreak_anonymous_state_2",
        "theme",
    ]);
    let sorted = sort(&all, &registry, None, &BTreeSet::new());
    let taken: Vec<&str> = sorted.taken.iter().map(|t| t.class.name.as_str()).collect();
    assert_eq!(
        taken,
        [
            "anonymous-state",
            "authenticated-state",
            "app-state",
            "banner-dismissed"
        ]
    );
    assert_eq!(sorted.left.len(), 2);
}

#[test]
fn a_prefix_sweeps_in_no_key_of_a_tenant() {
    let registry = Registry::parse(&json!([
        { "name": "all", "prefix": "chat_" },
        { "name": "chat", "pattern": "chat_{tenant}_{agent}" },
    ]))
    .unwrap();
    let all = keys(&["chat_draft", "chat_x_1", "chat_y_1"]);
    let sorted = sort(&all, &registry, Some("x"), &BTreeSet::new());
    let taken: Vec<_> = sorted
        .taken
        .iter()
        .map(|t| (&*t.key, &*t.class.name))
        .collect();
    assert_eq!(taken, [("chat_draft", "all"), ("chat_x_1", "chat")]);
    assert_eq!(sorted.left, [(Key::text("chat_y_1"), Why::Ambiguous)]);
}

/// Tenants and ids that are made of the same few words, so that they are prefixes, suffixes and
/// parts of each other.
fn any_id() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("a"),
        Just("b"),
        Just("agent-1"),
        Just("global"),
        Just("é"),
        Just(ACME)
    ];
    let words = prop::collection::vec(word, 1..4);
    (words, prop_oneof![Just("_"), Just("-"), Just("__")])
        .prop_map(|(words, between)| words.join(between))
        // No tenant's id begins with another's that is a UUID.
        .prop_filter("a UUID is a whole id", |id| {
            id == ACME || !id.contains(ACME)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_key_of_another_tenant_is_ever_taken(
        tenant in any_id(), other in any_id(), id in any_id(), beside in any_id(), form in 0..REAL.len(),
    ) {
        prop_assume!(tenant != other);
        let form = REAL[form].0.replace("{t}", "\u{0}");
        for form in [form, "chat_session_\u{0}_{id}".into(), "mcp_server_config_\u{0}_{id}".into()] {
            let key = form.replace('\u{0}', &other).replace("{id}", &id);
            let registry = agents();
            let all = keys(&[&key, &format!("ai_agents_{beside}")]);
            let sorted = sort(&all, &registry, Some(&tenant), &BTreeSet::new());
            let found: Vec<_> = sorted.taken.iter().filter(|taken| taken.key == key).collect();
            prop_assert!(found.is_empty(), "{key} of {other} for {tenant}: {found:?}");
        }
    }

    #[test]
    fn every_key_is_sorted_once(texts in prop::collection::btree_set("[a-c_]{1,6}", 0..6), tenant in any_id()) {
        let registry = agents();
        let all: Vec<Key> = texts.iter().map(|text| Key::text(format!("chat_session_{text}"))).collect();
        let sorted = sort(&all, &registry, Some(&tenant), &BTreeSet::new());
        let count = sorted.taken.len() + sorted.offered.len() + sorted.left.len();
        prop_assert_eq!(count, all.len());
    }
}
