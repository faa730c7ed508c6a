//! Carries of applications whose keys are known.

use super::super::presets::streak;
use serde_json::{Value, json};

/// The options of a preset.
pub fn carry_preset(name: &str) -> Option<Value> {
    match name {
        "streak" => Some(anonymous_to_account()),
        _ => None,
    }
}

/// From the streak of a person without an account to that of the account.
fn anonymous_to_account() -> Value {
    json!({
        "from": streak::ANONYMOUS,
        "to": streak::AUTHENTICATED,
        "rules": [
            { "path": "streak", "rule": "streak" },
            // Days in a row on which the application was opened.
            {
                "path": "engagement", "rule": "streak",
                "fields": { "current": "consecutiveDays", "lastDate": "lastVisit" },
            },
            { "path": "engagement.totalCompletions", "take": "sum" },
            { "path": "engagement.visitCount", "take": "sum" },
            { "path": "engagement.firstVisit", "take": "older" },
            { "path": "engagement.dismissedAuthPromptCount", "take": "max" },
            // Who is signed in, and when the account was last synchronised, is the account's to say.
            { "path": "user", "take": "to" },
            { "path": "lastSyncTime", "take": "to" },
        ],
        "limits": streak::limits(),
    })
}
