//! An application that counts streaks, before and after signing in.

use serde_json::{Value, json};

/// Its classes.
pub fn classes() -> Value {
    json!([
        { "name": "anonymous-state", "key": "cleanStreak_anonymous_state" },
        { "name": "authenticated-state", "key": "cleanStreak_authenticated_state" },
        // Older than both.
        { "name": "app-state", "key": "cleanStreak_appState" },
        { "name": "banner-dismissed", "key": "migration_banner_dismissed", "kind": "flag" },
    ])
}
