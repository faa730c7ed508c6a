//! Which keys of localStorage are sessions of the current tenant.

use super::parse::Registry;
use super::sort::sort;
use crate::domain::key::Key;
use std::collections::BTreeSet;

/// Keys of some classes of a registry, as far as they are the tenant's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Every key that the application has, so that one class can be told from another.
    pub registry: Registry,
    /// Names of the classes whose keys are sessions.
    pub classes: Vec<String>,
    /// Whose keys; `None` where no key of the registry names a tenant.
    pub tenant: Option<String>,
    /// Keys that the caller knows to be the tenant's.
    pub claims: BTreeSet<String>,
}

impl Selection {
    /// Those of all keys of localStorage that are sessions, in their order. Names alone decide.
    pub fn of(&self, keys: &[Key]) -> Vec<Key> {
        let sorted = sort(keys, &self.registry, self.tenant.as_deref(), &self.claims);
        let chosen = |name: &String| self.classes.contains(name);
        let taken = sorted.taken.into_iter();
        let taken = taken.filter(|taken| chosen(&taken.class.name));
        taken.map(|taken| Key::Text(taken.key)).collect()
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use serde_json::json;

    const TENANT: &str = "a1b2c3d4-e5f6-4a8b-9c0d-1e2f3a4b5c6d";

    fn chosen(tenant: &str, claims: &[&str], keys: &[&str]) -> Vec<String> {
        let selection = Selection {
            registry: Registry::parse(&json!("agents")).unwrap(),
            classes: ["chat", "chat-modal", "chat-without-tenant"]
                .map(str::to_owned)
                .into(),
            tenant: Some(tenant.into()),
            claims: claims.iter().map(|&key| key.to_owned()).collect(),
        };
        let keys: Vec<Key> = keys.iter().map(|&key| Key::text(key)).collect();
        let chosen = selection.of(&keys).into_iter();
        chosen.filter_map(|key| key.as_suffix()).collect()
    }

    #[test]
    fn only_keys_of_the_named_classes_that_are_the_tenants_are_sessions() {
        let own = format!("chat_session_{TENANT}_agent-1");
        let modal = format!("agent_chat_{TENANT}_agent_with_underscores");
        let global = format!("chat_session_{TENANT}_global");
        let metrics = format!("agent_metrics_{TENANT}");
        let other = "chat_session_f1234567-89ab-4cde-f012-3456789abcde_agent-1";
        let keys = [
            &own,
            &modal,
            &global,
            &metrics,
            other,
            "chat_session_7",
            "auth_token",
            "chat_session_",
        ];
        assert_eq!(chosen(TENANT, &[], &keys), [own.as_str(), &modal]);
        let claimed = chosen(
            TENANT,
            &["chat_session_7", other, "auth_token", &global],
            &keys,
        );
        assert_eq!(claimed, [own.as_str(), &modal, "chat_session_7"]);
    }

    #[test]
    fn a_key_that_may_be_anothers_is_a_session_only_when_it_is_claimed() {
        let keys = ["chat_session_acme_1", "chat_session_acme_eu_1"];
        assert_eq!(chosen("acme", &[], &keys), [keys[0]]);
        assert_eq!(chosen("acme", &[keys[1]], &keys), keys);
    }
}
