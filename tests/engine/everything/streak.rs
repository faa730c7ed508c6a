//! A streak before and after signing in: captured and carried, by the calls that migrate sessions.

use super::*;
use crate::state::text;
use restow::domain::console;
use restow::domain::progress::Phase;
use restow::domain::report::MigrationNeed;
use restow::domain::state::{CaptureOutcome, CarryOutcome, CarryStanding, StateStatus, id};
use restow::engine::Edits;
use serde_json::Value as Json;

pub const ANONYMOUS: &str = "cleanStreak_anonymous_state";
pub const ACCOUNT: &str = "cleanStreak_authenticated_state";

/// Days of January 2026 that end with the twin's yesterday, the 14th, as the application writes them.
fn history(days: u32) -> Vec<String> {
    let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let day = |day: u32| format!("{} Jan {day:02} 2026", names[(day as usize - 1) % 7]);
    (15 - days.min(14)..15).map(day).collect()
}

/// The state of someone without an account, who claims a streak of so many days.
pub fn anonymous(days: u32) -> Json {
    json!({
        "streak": {
            "current": days, "lastCompletedDate": "Wed Jan 14 2026", "bestStreak": days,
            "history": history(days),
        },
        "engagement": {
            "totalCompletions": 40, "consecutiveDays": 3, "firstVisit": "2025-12-01T08:00:00.000Z",
            "lastVisit": "2026-01-14T20:00:00.000Z", "visitCount": 60,
            "hasSeenAuthPrompt": true, "dismissedAuthPromptCount": 2,
        },
        "lastSyncTime": null,
    })
}

/// A new account, whose zeros once won.
pub fn account() -> Json {
    json!({
        "streak": { "current": 0, "lastCompletedDate": null, "bestStreak": 0, "history": [] },
        "engagement": {
            "totalCompletions": 0, "consecutiveDays": 0, "firstVisit": "2026-01-15T08:00:00.000Z",
            "lastVisit": "2026-01-15T08:00:00.000Z", "visitCount": 1,
            "hasSeenAuthPrompt": true, "dismissedAuthPromptCount": 0,
        },
        "user": { "isAuthenticated": true, "profile": { "id": "user-001", "email": "mail@SECRET" } },
    })
}

pub fn streak(days: u32) -> Lab {
    let lab = Lab::new(json!({ "preset": "streak" }));
    plant(&lab, ANONYMOUS, &anonymous(days).to_string());
    lab
}

pub fn sign_in(lab: &Lab) {
    plant(lab, ACCOUNT, &account().to_string());
}

pub fn json_of(lab: &Lab, key: &str) -> Json {
    serde_json::from_str(&text(lab, key).unwrap()).unwrap()
}

fn outcome(result: &BatchMigrationResult) -> CarryOutcome {
    state(result).carry.as_ref().unwrap().outcome
}

fn standing(lab: &Lab) -> (CarryStanding, MigrationNeed) {
    let status = run(lab.tab().status(Default::default()))
        .unwrap()
        .state
        .unwrap();
    let needed = run(lab.tab().migration_needed()).unwrap();
    (status.carry.unwrap().standing, needed)
}

#[test]
fn before_signing_in_a_streak_is_captured_and_waits() {
    let lab = streak(9);
    let before = local(&lab);
    let (result, _) = watched(&lab, &Options::default());
    assert!(result.success && result.sessions.is_empty());
    assert_eq!(state(&result).capture.outcome, CaptureOutcome::Captured);
    let carry = state(&result).carry.as_ref().unwrap();
    assert_eq!(carry.outcome, CarryOutcome::Waiting);
    assert_eq!(carry.code.as_deref(), Some("TargetMissing"));
    assert_eq!(local(&lab), before);
    assert_eq!(standing(&lab), (CarryStanding::Waiting, MigrationNeed::No));
}

/// The account's zeros were merged over the streak, once its key had been deleted.
#[test]
fn after_signing_in_it_is_carried_and_its_key_stays() {
    let lab = streak(9);
    watched(&lab, &Options::default());
    sign_in(&lab);
    assert_eq!(standing(&lab), (CarryStanding::Pending, MigrationNeed::Yes));
    let (result, heard) = watched(&lab, &Options::default());
    assert!(result.success, "{result:?}");
    assert_eq!(outcome(&result), CarryOutcome::Carried);
    let now = json_of(&lab, ACCOUNT);
    assert_eq!(now["streak"]["current"], 9);
    assert_eq!(now["engagement"]["totalCompletions"], 40);
    assert_eq!(now["user"], account()["user"]);
    assert_eq!(text(&lab, ANONYMOUS), Some(anonymous(9).to_string()));
    let phases: Vec<_> = heard.iter().map(|event| event.phase).collect();
    let expected = [
        Phase::Scanning,
        Phase::Capturing,
        Phase::Carrying,
        Phase::Complete,
    ];
    assert_eq!(phases, expected);
    assert!(heard.iter().map(|event| event.percent).is_sorted());
    let last = &heard.last().unwrap().message;
    assert_eq!(last, "Complete: 2 keys captured, state carried, 0 errors");
    assert_eq!(standing(&lab), (CarryStanding::Done, MigrationNeed::No));
}

#[test]
fn a_dry_run_of_a_carry_shows_what_would_become_and_writes_nothing() {
    let lab = streak(9);
    sign_in(&lab);
    let image = lab.disk.image();
    let (rehearsal, _) = watched(&lab, &dry());
    assert_eq!(lab.disk.image(), image);
    let (result, _) = watched(&lab, &Options::default());
    let changes = |result: &BatchMigrationResult| {
        let carry = state(result).carry.clone().unwrap();
        (carry.outcome, carry.result.unwrap().changes)
    };
    assert_eq!(changes(&rehearsal), changes(&result));
}

/// Completions were added again on every migration.
#[test]
fn a_second_run_adds_nothing_again() {
    let lab = streak(9);
    sign_in(&lab);
    watched(&lab, &Options::default());
    let once = local(&lab);
    for _ in 0..3 {
        let (again, _) = watched(&lab, &Options::default());
        assert_eq!(outcome(&again), CarryOutcome::Unchanged);
        assert_eq!(local(&lab), once);
    }
}

#[test]
fn longer_streaks_than_thirty_days_are_capped_and_told() {
    for days in [0, 9, 30, 31, 365, 10_000] {
        let lab = streak(days);
        sign_in(&lab);
        let (rehearsal, _) = watched(&lab, &dry());
        let (result, _) = watched(&lab, &Options::default());
        assert!(result.success, "{days}: {:?}", result.errors);
        let now = json_of(&lab, ACCOUNT);
        // Fourteen days of history are all that there is, and no more than they support is believed.
        assert_eq!(now["streak"]["current"], days.min(14), "{days}");
        for result in [&rehearsal, &result] {
            let codes = &state(result).capture.finding_counts;
            let capped =
                codes.contains_key("StreakCapped") || codes.contains_key("StreakUnsupported");
            assert_eq!(capped, days > 14, "{days}: {codes:?}");
            let printed = console::findings(result, true);
            assert_eq!(
                printed.contains("anonymous-state: Streak"),
                days > 14,
                "{printed}"
            );
        }
    }
}

#[test]
fn undoing_puts_both_keys_back_and_no_run_carries_it_again_unasked() {
    let lab = streak(9);
    sign_in(&lab);
    let before = local(&lab);
    let (result, _) = watched(&lab, &Options::default());
    let carry = state(&result).carry.clone().unwrap();
    let path = carry.result.unwrap().path.unwrap();
    let undo = || run(lab.tab().rollback(&id(), Some(&path), Edits::Refuse, true)).unwrap();
    assert!(undo().success);
    assert_eq!(local(&lab), before);
    assert_eq!(standing(&lab), (CarryStanding::Undone, MigrationNeed::No));
    let (left, _) = watched(&lab, &Options::default());
    assert_eq!(outcome(&left), CarryOutcome::Undone);
    assert_eq!(local(&lab), before);
    // More was done since: that is no longer what was undone.
    let mut more = anonymous(9);
    more["engagement"]["visitCount"] = json!(61);
    plant(&lab, ANONYMOUS, &more.to_string());
    assert_eq!(standing(&lab).0, CarryStanding::Pending);
    plant(&lab, ANONYMOUS, &anonymous(9).to_string());
    let force = Options {
        force: true,
        ..Options::default()
    };
    let (forced, _) = watched(&lab, &force);
    assert_eq!(outcome(&forced), CarryOutcome::Carried);
    assert_eq!(json_of(&lab, ACCOUNT)["streak"]["current"], 9);
}

/// Every snapshot of a run is in the list, and put back by the call that puts sessions back.
#[test]
fn every_backup_of_a_carry_can_be_rolled_back() {
    let lab = streak(9);
    sign_in(&lab);
    let before = local(&lab);
    watched(&lab, &Options::default());
    let rows = run(lab.tab().list_backups(None)).unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows.iter().rev() {
        assert_eq!(row.id, None);
        run(lab
            .tab()
            .rollback(&id(), Some(&row.path), Edits::Refuse, true))
        .unwrap();
    }
    assert_eq!(local(&lab), before);
}

#[test]
fn originals_go_only_when_they_are_still_what_was_carried() {
    let lab = streak(9);
    sign_in(&lab);
    watched(&lab, &Options::default());
    let unconfirmed = run(lab.tab().remove_originals(false)).unwrap_err();
    assert!(
        unconfirmed.to_string().contains("the key that was carried"),
        "{unconfirmed}"
    );
    let mut newer = anonymous(9);
    newer["engagement"]["visitCount"] = json!(61);
    plant(&lab, ANONYMOUS, &newer.to_string());
    let kept = run(lab.tab().remove_originals(true)).unwrap();
    assert_eq!(kept.state.unwrap().kept[0].class, "from");
    assert!(text(&lab, ANONYMOUS).is_some());
    plant(&lab, ANONYMOUS, &anonymous(9).to_string());
    watched(&lab, &Options::default());
    let removed = run(lab.tab().remove_originals(true)).unwrap();
    assert_eq!(removed.state.unwrap().removed, [ANONYMOUS]);
    assert_eq!(text(&lab, ANONYMOUS), None);
    assert_eq!(json_of(&lab, ACCOUNT)["streak"]["current"], 9);
    assert_eq!(run(lab.tab().remove_originals(true)).unwrap().state, None);
}

#[test]
fn the_days_of_a_run_are_those_of_both_its_snapshots() {
    let lab = streak(9);
    sign_in(&lab);
    let options = Options {
        backup_retention_days: Some(3),
        ..Options::default()
    };
    watched(&lab, &options);
    let rows = run(lab.tab().list_backups(None)).unwrap();
    let days: Vec<_> = rows.iter().map(|row| row.remaining_days).collect();
    assert_eq!(days, [Some(3.0), Some(3.0)]);
}

#[test]
fn originals_of_what_waits_stay() {
    let lab = streak(9);
    watched(&lab, &Options::default());
    assert_eq!(run(lab.tab().remove_originals(true)).unwrap().state, None);
    assert!(text(&lab, ANONYMOUS).is_some());
}

#[test]
fn what_cannot_be_carried_is_told_and_stays() {
    let lab = streak(9);
    plant(&lab, ACCOUNT, "{\"streak\":");
    let before = local(&lab);
    let (result, _) = watched(&lab, &Options::default());
    assert!(!result.success);
    assert_eq!(outcome(&result), CarryOutcome::Failed);
    assert_eq!(result.errors[0].code, "StateNotCarried");
    assert_eq!(state(&result).capture.outcome, CaptureOutcome::Captured);
    assert_eq!(local(&lab), before);
    assert_eq!(standing(&lab).0, CarryStanding::Failed);
    let printed = console::results(&result);
    assert!(
        printed.contains("❌ not carried: StateNotCarried"),
        "{printed}"
    );
    assert!(!printed.contains("SECRET"));
}

#[test]
fn a_streak_that_was_carried_counts_as_captured() {
    let lab = streak(9);
    sign_in(&lab);
    watched(&lab, &Options::default());
    let StateStatus {
        keys,
        captured,
        changed,
        missing,
        ..
    } = run(lab.tab().status(Default::default()))
        .unwrap()
        .state
        .unwrap();
    assert_eq!((keys, captured, changed, missing), (2, 2, 0, 0));
}

#[test]
fn only_state_is_never_said_to_be_a_hundred_percent_of_no_sessions() {
    let lab = streak(9);
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!((status.total, status.percentage), (0, 100));
    for printed in [console::status(&status), console::before(&status)] {
        assert!(printed.contains("Sessions: none"), "{printed}");
        assert!(
            !printed.contains('%') && !printed.contains("Nothing is left"),
            "{printed}"
        );
    }
}
