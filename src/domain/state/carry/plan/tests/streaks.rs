//! Two streaks.

use super::*;

fn streak(current: i32, last: Option<i32>, best: i32, history: &[i32]) -> Value {
    let history: Vec<_> = history.iter().map(|days| ago(*days)).collect();
    json!({ "streak": {
        "current": current, "lastCompletedDate": last.map(ago), "bestStreak": best, "history": history,
    } })
}

/// `current`, `lastCompletedDate`, `bestStreak`, length of `history`.
fn carried(from: Value, to: Value) -> (i64, Option<String>, i64, usize) {
    let found = merged(&preset(), from.clone(), to.clone());
    let again = merged(&preset(), from, found.clone());
    assert_eq!(again, found, "carried again");
    let streak = &found["streak"];
    (
        streak["current"].as_i64().unwrap(),
        streak["lastCompletedDate"].as_str().map(str::to_owned),
        streak["bestStreak"].as_i64().unwrap(),
        streak["history"].as_array().unwrap().len(),
    )
}

#[test]
fn zeros_of_a_new_account_take_nothing() {
    let zeros = streak(0, None, 0, &[]);
    let found = carried(streak(12, Some(0), 15, &[]), zeros.clone());
    assert_eq!(found, (12, Some(ago(0)), 15, 0));
    // Not even with a date of today.
    let found = carried(streak(12, Some(1), 15, &[]), streak(0, Some(0), 0, &[]));
    assert_eq!(found, (12, Some(ago(1)), 15, 0));
    assert_eq!(
        carried(zeros.clone(), streak(12, Some(0), 15, &[])),
        (12, Some(ago(0)), 15, 0)
    );
    assert_eq!(carried(zeros.clone(), zeros), (0, None, 0, 0));
}

#[test]
fn what_has_expired_is_not_revived() {
    let expired = streak(20, Some(2), 25, &[]);
    assert_eq!(
        carried(expired.clone(), streak(0, None, 0, &[])),
        (0, Some(ago(2)), 25, 0)
    );
    assert_eq!(
        carried(expired.clone(), streak(3, Some(0), 3, &[])),
        (3, Some(ago(0)), 25, 0)
    );
    // The account's own days are the application's to end; no later date brings them back.
    assert_eq!(
        carried(streak(0, Some(0), 1, &[]), streak(20, Some(5), 25, &[])),
        (20, Some(ago(5)), 25, 0)
    );
    // But they do not win over a streak that goes on.
    assert_eq!(
        carried(streak(3, Some(0), 3, &[]), expired),
        (3, Some(ago(0)), 25, 0)
    );
}

#[test]
fn the_later_of_two_rules_and_days_that_meet_are_one_streak() {
    // On with the account on the next day.
    assert_eq!(
        carried(streak(12, Some(1), 12, &[]), streak(1, Some(0), 1, &[])).0,
        13
    );
    assert_eq!(
        carried(streak(1, Some(0), 1, &[]), streak(12, Some(1), 12, &[])).0,
        13
    );
    // The same day: the longer one.
    assert_eq!(
        carried(streak(4, Some(0), 4, &[]), streak(9, Some(0), 9, &[])).0,
        9
    );
    assert_eq!(
        carried(streak(9, Some(0), 9, &[]), streak(4, Some(0), 4, &[])).0,
        9
    );
    // As far as its history supports it.
    assert_eq!(
        carried(streak(9, Some(0), 9, &[0, 1]), streak(4, Some(0), 4, &[])).0,
        4
    );
}

#[test]
fn thirty_days_are_carried_over_and_an_account_keeps_what_it_has() {
    let zeros = || streak(0, None, 0, &[]);
    for (days, becomes) in [
        (0, 0),
        (29, 29),
        (30, 30),
        (31, 30),
        (365, 30),
        (10_000, 30),
    ] {
        assert_eq!(
            carried(streak(days, Some(0), days, &[]), zeros()).0,
            becomes
        );
        assert_eq!(
            carried(
                streak(days, Some(0), days, &[]),
                streak(200, Some(0), 200, &[])
            )
            .0,
            200
        );
    }
    assert_eq!(
        carried(streak(1, Some(0), 1, &[]), streak(200, Some(1), 200, &[])),
        (200, Some(ago(0)), 200, 0)
    );
    assert_eq!(
        carried(streak(30, Some(1), 30, &[]), streak(1, Some(0), 1, &[])).0,
        30
    );
}

#[test]
fn histories_are_united_in_their_order() {
    let (from, to) = (
        streak(3, Some(0), 3, &[2, 1, 0]),
        streak(1, Some(0), 1, &[5, 0]),
    );
    let found = merged(&preset(), from, to);
    let expected: Vec<_> = [5, 2, 1, 0].map(ago).into();
    assert_eq!(found["streak"]["history"], json!(expected));
    let falling = merged(
        &preset(),
        streak(2, Some(0), 2, &[0, 1]),
        streak(1, Some(0), 1, &[0, 4]),
    );
    let expected: Vec<_> = [0, 1, 4].map(ago).into();
    assert_eq!(falling["streak"]["history"], json!(expected));
    let mixed = merged(
        &preset(),
        streak(2, Some(0), 2, &[1, 0]),
        streak(1, Some(0), 1, &[0, 9, 4]),
    );
    let expected: Vec<_> = [0, 9, 4, 1].map(ago).into();
    assert_eq!(mixed["streak"]["history"], json!(expected));
}

#[test]
fn the_whole_state_of_the_application_is_merged() {
    let from = json!({
        "streak": { "current": 12, "lastCompletedDate": ago(0), "bestStreak": 12, "history": [] },
        "engagement": {
            "totalCompletions": 40, "consecutiveDays": 6, "firstVisit": "2025-11-01T08:00:00.000Z",
            "lastVisit": "2025-12-10T08:00:00.000Z", "visitCount": 9, "hasSeenAuthPrompt": true,
            "dismissedAuthPromptCount": 2,
        },
        "lastSyncTime": 5,
    });
    let to = json!({
        "streak": { "current": 0, "lastCompletedDate": null, "bestStreak": 0, "history": [] },
        "engagement": {
            "totalCompletions": 0, "consecutiveDays": 1, "firstVisit": "2025-12-10T09:00:00.000Z",
            "lastVisit": "2025-12-10T09:00:00.000Z", "visitCount": 1, "hasSeenAuthPrompt": false,
            "dismissedAuthPromptCount": 0,
        },
        "user": { "isAuthenticated": true }, "lastSyncTime": null,
    });
    let found = merged(&preset(), from, to);
    assert_eq!(
        found,
        json!({
            "streak": { "current": 12, "lastCompletedDate": ago(0), "bestStreak": 12, "history": [] },
            "engagement": {
                "totalCompletions": 40, "consecutiveDays": 6, "firstVisit": "2025-11-01T08:00:00.000Z",
                "lastVisit": "2025-12-10T09:00:00.000Z", "visitCount": 10, "hasSeenAuthPrompt": false,
                "dismissedAuthPromptCount": 2,
            },
            "user": { "isAuthenticated": true }, "lastSyncTime": null,
        })
    );
}
