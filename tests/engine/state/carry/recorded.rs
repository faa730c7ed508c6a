//! What an application lost, or made up, when a person without an account signed in. Each test is a
//! failure that was recorded there and that a client can commit, and what happens instead.

use super::*;
use restow::domain::limits::Day;

fn with_last(days: u32, last: &str) -> String {
    streak(days).replace(TODAY, last)
}

/// The anonymous key was deleted, and then the new account's zeros were merged over the copy.
#[test]
fn zeros_of_a_new_account_do_not_overwrite_a_streak_and_nothing_is_deleted_before() {
    let lab = with(Some(&streak(12)), None);
    carry(&lab).unwrap();
    // The server answers with zeros, which the application writes over what was carried.
    plant(&lab, TO, ZEROS);
    assert_eq!(text(&lab, FROM).as_deref(), Some(&*streak(12)));
    carry(&lab).unwrap();
    let found = target(&lab);
    assert_eq!(
        (
            &found["streak"]["current"],
            &found["engagement"]["totalCompletions"]
        ),
        (&json!(12), &json!(12))
    );
}

/// Whether two states conflict was asked of fields that are never there, so the answer was always no.
#[test]
fn fields_that_differ_are_named_whatever_else_is_there() {
    let lab = with(
        Some(r#"{"streak":{"current":3},"note":"mine"}"#),
        Some(r#"{"note":"theirs"}"#),
    );
    let dry = Carry {
        dry_run: true,
        ..preset()
    };
    let result = run(lab.tab().carry_state(&dry, false)).unwrap();
    let note = result
        .changes
        .iter()
        .find(|change| change.path == "note")
        .unwrap();
    assert_eq!((note.rule, &note.becomes), ("to", &note.to));
}

/// The larger of two streaks was taken, even if it had ended long ago.
#[test]
fn a_streak_that_has_expired_is_not_revived() {
    let lab = with(Some(&with_last(20, "Mon Jan 12 2026")), Some(&streak(2)));
    carry(&lab).unwrap();
    let found = target(&lab);
    assert_eq!(found["streak"]["current"], 2);
    assert_eq!(found["streak"]["bestStreak"], 20);
}

/// Completions were added again on every migration.
#[test]
fn completions_are_added_once() {
    let lab = with(Some(&streak(5)), Some(&streak(2)));
    for _ in 0..3 {
        carry(&lab).unwrap();
        assert_eq!(target(&lab)["engagement"]["totalCompletions"], 7);
    }
}

/// What was queued was lost by a reload, and dropped after three tries.
#[test]
fn what_a_reload_interrupts_is_still_there_however_often_it_fails() {
    let lab = with(Some(&streak(5)), Some(&streak(2)));
    for n in 0..4 {
        let tab = lab.tab();
        tab.ports
            .tab()
            .at(n, crate::support::twin::Fault::DieBefore);
        assert!(run(tab.carry_state(&preset(), true)).is_err());
    }
    lab.disk.clock().advance(31_000);
    carry(&lab).unwrap();
    assert_eq!(target(&lab)["engagement"]["totalCompletions"], 7);
}

/// Signing out, or any refusal of the server's, erased both states.
#[test]
fn what_is_erased_after_a_carry_comes_back_from_its_snapshot() {
    let lab = with(Some(&streak(5)), Some(&streak(2)));
    let before = local(&lab);
    let path = carry(&lab).unwrap().path.unwrap();
    for key in [FROM, TO] {
        lab.disk.remove_at(&place(key));
    }
    undo(&lab, &path, false).unwrap();
    assert_eq!(local(&lab), before);
}

/// Days were counted by 24 hours, so the day on which clocks change was none.
#[test]
fn days_that_meet_are_counted_by_the_calendar() {
    // Yesterday and today, whatever hours lie between them.
    let lab = with(Some(&with_last(12, "Wed Jan 14 2026")), Some(&streak(1)));
    carry(&lab).unwrap();
    assert_eq!(target(&lab)["streak"]["current"], 13);
    let spring = Day::parse("2025-03-30").unwrap();
    assert_eq!(spring.plus(1).since(spring), 1);
}

/// After an edit a streak was recalculated and never longer than 2.
#[test]
fn a_streak_is_not_recalculated_to_less_than_its_days() {
    let lab = with(Some(&streak(1)), Some(&with_last(12, "Wed Jan 14 2026")));
    carry(&lab).unwrap();
    assert_eq!(target(&lab)["streak"]["current"], 13);
}

/// Of several streaks of an account the first one won, whichever that was.
#[test]
fn the_streak_that_goes_on_wins_and_not_the_first() {
    for (from, to) in [
        (streak(9), with_last(4, "Thu Jan 01 2026")),
        (with_last(4, "Thu Jan 01 2026"), streak(9)),
    ] {
        let lab = with(Some(&from), Some(&to));
        carry(&lab).unwrap();
        assert_eq!(target(&lab)["streak"]["current"], 9);
        assert_eq!(target(&lab)["streak"]["lastCompletedDate"], TODAY);
    }
}
