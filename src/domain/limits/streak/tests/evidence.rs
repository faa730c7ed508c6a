//! Days that can be trusted, and days that can not.

use super::*;

#[test]
fn a_clock_that_runs_wrong_makes_no_streak_longer() {
    let future = "Wed Dec 10 2042";
    for (current, last, history, codes, becomes) in [
        (
            9,
            future,
            json!([]),
            &["StreakDateInFuture", "StreakUnsupported"][..],
            0.0,
        ),
        (
            9,
            future,
            json!(days(2, 0)),
            &["StreakDateInFuture", "StreakUnsupported"],
            3.0,
        ),
        (3, future, json!(days(2, 0)), &["StreakDateInFuture"], 3.0),
        (
            3,
            future,
            json!(days(9, 2)),
            &["StreakDateInFuture", "StreakExpired"],
            0.0,
        ),
        // Days that can't have come are no part of the history.
        (
            9,
            "2025-12-10",
            json!(days(2, -9)),
            &[
                "StreakDatesDiffer",
                "StreakDateInFuture",
                "StreakUnsupported",
            ],
            4.0,
        ),
        // Tomorrow is a day that a traveller may have, but it proves nothing by itself.
        (3, "2025-12-11", json!(days(2, 0)), &[], 3.0),
        (
            4,
            "2025-12-11",
            json!(days(2, 0)),
            &["StreakUnsupported"],
            3.0,
        ),
        (4, "2025-12-11", json!(days(2, -1)), &[], 4.0),
    ] {
        assert_judged(
            body(json!(current), json!(last), json!(50), history),
            codes,
            becomes,
        );
    }
    // A history that ends with what the application keeps is no excuse for a wrong clock.
    let twin = body(json!(20), json!(future), json!(50), json!(days(6, 0)));
    let (_, current) = judged(json!({ "historyKeeps": 7 }), twin, &on(TODAY));
    assert_eq!(current, Fact::Number(7.0));
}

#[test]
fn a_history_that_is_cut_short_does_not_shorten_the_streak() {
    for (history, current) in [
        (json!(days(6, 0)), 20.0),
        (json!(days(5, 0)), 6.0),
        (json!([days(9, 4), days(2, 0)].concat()), 3.0),
    ] {
        let twin = body(json!(20), json!(ago(0)), json!(50), history);
        let (_, found) = judged(json!({ "historyKeeps": 7 }), twin, &on(TODAY));
        assert_eq!(found, Fact::Number(current));
    }
}

#[test]
fn an_entry_that_cannot_be_read_may_be_any_day() {
    let history = json!([ago(4), ago(3), "someday", ago(1), ago(0)]);
    let told = &["HistoryUnreadable"];
    assert_judged(
        body(json!(5), json!(ago(0)), json!(5), history.clone()),
        told,
        5.0,
    );
    let told = &["HistoryUnreadable", "StreakUnsupported"];
    assert_judged(body(json!(6), json!(ago(0)), json!(6), history), told, 5.0);
    assert_judged(
        body(json!(6), json!(ago(0)), json!(6), json!([{}, null])),
        told,
        3.0,
    );
    for history in [json!(5), json!("2025-12-10"), json!({ "2025-12-10": true })] {
        let told = &["HistoryUnreadable"];
        assert_judged(body(json!(6), json!(ago(0)), json!(6), history), told, 6.0);
    }
}

#[test]
fn a_last_day_that_is_odd_has_its_outcome() {
    for (last, history, codes, becomes) in [
        (
            json!("soon"),
            json!(days(2, 0)),
            &["StreakDateUnreadable"][..],
            3.0,
        ),
        (
            json!("soon"),
            json!(days(9, 2)),
            &["StreakDateUnreadable", "StreakExpired"],
            0.0,
        ),
        (json!("soon"), json!([]), &["StreakDateUnreadable"], 3.0),
        (json!(12), json!([]), &["StreakDateUnreadable"], 3.0),
        (json!([]), json!([]), &["StreakDateUnreadable"], 3.0),
        (json!(null), json!([]), &["StreakUndated"], 3.0),
        (json!(null), json!(days(2, 0)), &[], 3.0),
        (json!("Mon Dec 10 2025"), json!([]), &["WeekdayWrong"], 3.0),
        (
            json!(ago(3)),
            json!(days(2, 0)),
            &["StreakDatesDiffer"],
            3.0,
        ),
    ] {
        assert_judged(body(json!(3), last, json!(9), history), codes, becomes);
    }
}

#[test]
fn days_of_23_and_25_hours_count_as_days() {
    for (today, history) in [
        // Late before the short day, early on it, late after it.
        (
            "2025-03-31",
            [
                "2025-03-29T22:30:00Z",
                "2025-03-29T23:30:00Z",
                "2025-03-31T21:30:00Z",
            ],
        ),
        (
            "2025-10-27",
            [
                "2025-10-25T21:30:00Z",
                "2025-10-26T22:30:00Z",
                "2025-10-26T23:30:00Z",
            ],
        ),
    ] {
        let last = json!(history[2]);
        let twin = body(json!(3), last, json!(3), json!(history));
        let found = judged(json!({}), twin, &on(today));
        assert_eq!(found, (vec![], Fact::Number(3.0)), "{today}");
    }
    // From midnight of the short day to the end of the day after it, 47 hours pass: not expired.
    let short = body(json!(3), json!("2025-03-29T23:00:00Z"), json!(3), json!([]));
    assert_eq!(
        judged(json!({}), short.clone(), &on("2025-03-31")).0.len(),
        0
    );
    assert_eq!(
        judged(json!({}), short, &on("2025-04-01")).0,
        ["StreakExpired"]
    );
    // From 00:00 of the long day to the end of the day after it, 49 hours pass: nor is this one.
    let long = body(json!(3), json!("2025-10-25T22:00:00Z"), json!(3), json!([]));
    assert_eq!(
        judged(json!({}), long.clone(), &on("2025-10-27")).0.len(),
        0
    );
    assert_eq!(
        judged(json!({}), long, &on("2025-10-28")).0,
        ["StreakExpired"]
    );
}

#[test]
fn a_traveller_keeps_the_streak() {
    // Completed in Auckland on the 11th, looked at in a zone where it is still the 10th.
    let moment = json!("2025-12-10T12:00:00Z");
    let history = json!(["2025-12-09", "2025-12-10", "2025-12-11"]);
    let twin = body(json!(3), json!("Thu Dec 11 2025"), json!(3), history);
    assert_eq!(judged(json!({}), twin, &on(TODAY)).0.len(), 0);
    let there = Context {
        today: Day::parse("2025-12-11").unwrap(),
        day_of: &auckland,
    };
    let twin = body(json!(1), moment, json!(3), json!(["2025-12-11"]));
    assert_eq!(judged(json!({}), twin, &there).0.len(), 0);
}

#[test]
fn what_should_hold_a_streak_and_is_no_object_is_told() {
    for (value, codes) in [(json!(5), vec!["WrongType"]), (json!(null), vec![])] {
        let twin = Twin::of(&json!({ "streak": value }));
        let told = limit(json!({})).check(&twin, &on(TODAY));
        let found: Vec<_> = told.iter().map(|j| j.finding.code.as_str()).collect();
        assert_eq!(found, codes);
        assert!(told.iter().all(|j| j.finding.action == Action::Warn));
    }
}
