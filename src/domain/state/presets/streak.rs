//! An application that counts streaks, before and after signing in.

use serde_json::{Value, json};

/// The key of people without an account.
pub const ANONYMOUS: &str = "cleanStreak_anonymous_state";
/// The key of accounts.
pub const AUTHENTICATED: &str = "cleanStreak_authenticated_state";

/// Its classes.
pub fn classes() -> Value {
    json!([
        { "name": "anonymous-state", "key": ANONYMOUS, "limits": limits() },
        { "name": "authenticated-state", "key": AUTHENTICATED, "limits": limits() },
        // Older than both.
        { "name": "app-state", "key": "cleanStreak_appState" },
        { "name": "banner-dismissed", "key": "migration_banner_dismissed", "kind": "flag" },
    ])
}

/// What anyone can write into localStorage by hand is not believed: 30 days of a streak at most, and
/// no more than its own history shows.
pub fn limits() -> Value {
    json!([
        { "path": "streak", "rule": "streak" },
        { "path": "engagement.totalCompletions", "type": "integer", "min": 0, "max": 10_000 },
        { "path": "engagement.visitCount", "type": "integer", "min": 0 },
        { "path": "engagement.firstVisit", "date": true },
        { "path": "engagement.lastVisit", "date": true },
    ])
}
