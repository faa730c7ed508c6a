//! An application of AI agents, whose keys name the tenant that they belong to.

use serde_json::{Value, json};

/// Where its configurations keep what must not be shown, by any of the names that its releases
/// gave it.
const SECRETS: &[&str] = &[
    "**.apiKey",
    "**.api_key",
    "**.apiSecret",
    "**.headers",
    "**.customHeaders",
    "**.custom_headers",
    "**.authorization",
    "**.password",
    "**.secret",
    "**.clientSecret",
    "**.client_secret",
    "**.token",
    "**.accessToken",
    "**.access_token",
    "**.refreshToken",
    "**.refresh_token",
    "**.env",
    "**.encryptedData",
    "**.encrypted_data",
    "**.iv",
    "**.salt",
];

/// Its classes.
pub fn classes() -> Value {
    let data = |name: &str, pattern: &str| json!({ "name": name, "pattern": pattern });
    let secret = |name: &str, pattern: &str| json!({ "name": name, "pattern": pattern, "kind": "secret", "secrets": SECRETS });
    let config =
        |name: &str, pattern: &str| json!({ "name": name, "pattern": pattern, "secrets": SECRETS });
    let flag = |name: &str, key: &str| json!({ "name": name, "key": key, "kind": "flag" });
    let token = |name: &str, key: &str| json!({ "name": name, "key": key, "kind": "token" });
    json!([
        // Two writers: JSON, or the bare token. No one has to tell them apart who reads neither.
        token("auth-token", "auth_token"),
        // The store of the sign-in library, with the token in it.
        token("auth-storage", "auth-storage"),
        flag("current-user", "current_user"),
        flag("current-tenant", "current_tenant"),
        flag("current-tenant-id", "current_tenant_id"),
        { "name": "theme", "key": "theme" },
        flag("migration-completed", "migration_completed"),
        flag("migration-date", "migration_date"),
        flag("migration-skipped", "migration_skipped"),
        flag("localstorage-fallback", "use_localstorage_fallback"),
        flag("rollback-active", "rollback_active"),
        config("agents", "ai_agents_{tenant}"),
        config("agents-older", "user_agents_{tenant}"),
        secret("llm-configs", "user_llm_configs_{tenant}"),
        config("mcp-servers", "tenant_mcp_servers_{tenant}"),
        config("mcp-servers-older", "mcp_servers_{tenant}"),
        config("mcp-servers-of-user", "user_mcp_servers_{tenant}"),
        // An object with the selected agent, and no list of messages.
        data("chat-global", "chat_session_{tenant}_global"),
        data("chat", "chat_session_{tenant}_{agent}"),
        data("chat-modal", "agent_chat_{tenant}_{agent}"),
        data("metrics", "agent_metrics_{tenant}"),
        config("mcp-tools", "mcp_tools_{tenant}"),
        config("mcp-server-config", "mcp_server_config_{tenant}_{server}"),
        config("mcp-server-configs", "mcp_server_configs_{tenant}"),
        config("mcp-bridge-config", "mcp_bridge_config_{tenant}"),
        config("mcp-privacy-config", "mcp_privacy_config_{tenant}"),
        secret("encrypted-credentials", "grc_encrypted_credentials_{tenant}"),
        secret("security-settings", "grc_security_settings_{tenant}"),
        data("ui-preferences", "ui_preferences_{tenant}"),
        data("notification-preferences", "notification_preferences_{tenant}"),
        data("privacy-settings", "privacy_settings_{tenant}"),
        // Without a tenant no one can tell whose it is.
        { "name": "chat-without-tenant", "pattern": "chat_session_{id}", "offer": true },
    ])
}
