//! Registries of applications whose keys are known.

mod agents;
pub(super) mod streak;

use serde_json::Value;

/// The classes of a preset.
pub fn find(name: &str) -> Option<Value> {
    match name {
        "streak" => Some(streak::classes()),
        "agents" => Some(agents::classes()),
        _ => None,
    }
}
