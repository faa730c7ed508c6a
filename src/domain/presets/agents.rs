//! An application of AI agents: its chats, which lie in localStorage.

use crate::domain::config::claims;
use serde_json::{Map, Value, json};

/// Messages in a chunk. One is a question of a line or an answer of one to four kilobytes, so this
/// makes chunks of some tens of kilobytes: small enough that appending rewrites little, and large
/// enough that most chats are one to three chunks.
const CHUNK: u32 = 50;

/// All that it has: chats are sessions, everything else is state. Without a tenant there is nothing to
/// look for, and the configuration says what is missing.
pub(super) fn fields(given: &Map<String, Value>) -> Map<String, Value> {
    let state = given.get("state");
    let at = |name: &str| {
        let inner = state.and_then(|state| state.get(name));
        given.get(name).or(inner)
    };
    let tenant = at("tenantId").and_then(Value::as_str).unwrap_or_default();
    let claim = at("claim").and_then(claims).unwrap_or_default();
    let claim: Vec<String> = claim.into_iter().collect();
    let mut fields = match tenant.is_empty() {
        true => Map::new(),
        false => chats(tenant, &claim),
    };
    fields.insert("state".into(), json!({ "registry": "agents" }));
    fields
}

/// `sources` and `layout` for the chats of one tenant, the page's and the modal window's: each key is
/// a session, and its body the list of messages. `chat_session_{id}` names no tenant and moves
/// only when it is among `claim`.
pub fn chats(tenant: &str, claim: &[String]) -> Map<String, Value> {
    let source = json!({
        "kind": "localStorage",
        "registry": "agents",
        "classes": ["chat", "chat-modal", "chat-without-tenant"],
        "tenantId": tenant,
        "claim": claim,
    });
    let layout = json!({
        "version": 1,
        "id": null,
        "arrays": [{ "path": [], "chunk": CHUNK }],
    });
    let fields = [("sources", json!([source])), ("layout", layout)];
    let fields = fields.into_iter();
    fields
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::config::{Config, KeyRule};
    use crate::domain::path::Path;

    #[test]
    fn chats_are_a_configuration() {
        let claim = ["chat_session_7".to_owned()];
        let config = Config::parse(&Value::Object(chats("acme", &claim))).unwrap();
        let [source] = &config.sources[..] else {
            panic!("{config:?}");
        };
        assert_eq!(source.name, "localStorage/agents");
        assert_eq!(source.keys, KeyRule::Whole);
        assert_eq!(source.tenant(), Some("acme"));
        assert_eq!(config.database, "restow/acme");
        assert_eq!(config.layout.id, None);
        assert!(config.layout.array(&Path::default()).is_some());
    }
}
