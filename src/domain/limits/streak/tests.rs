mod evidence;
mod odd;
mod properties;

use super::*;
use crate::domain::limits::codes::CODES;
use crate::domain::limits::day::Day;
use crate::domain::limits::edit::{Change, in_order};
use crate::domain::limits::finding::Action;
use crate::domain::limits::parse::parse;
use crate::domain::limits::twin::{Twin, auckland, on};
use serde_json::{Value, json};

const TODAY: &str = "2025-12-10";

/// A day, counted back from today.
fn ago(days: i32) -> String {
    Day::parse(TODAY).unwrap().plus(-days).to_string()
}

/// A history of days in a row, from `first` to `last` days ago.
fn days(first: i32, last: i32) -> Vec<String> {
    (last..=first).rev().map(ago).collect()
}

fn limit(options: Value) -> Limit {
    let mut value = json!({ "path": "streak", "rule": "streak" });
    value
        .as_object_mut()
        .unwrap()
        .extend(options.as_object().unwrap().clone());
    parse(&json!([value]), "limits").unwrap().remove(0)
}

fn body(current: Value, last: Value, best: Value, history: Value) -> Twin {
    Twin::of(&json!({
        "streak": {
            "current": current, "lastCompletedDate": last, "bestStreak": best, "history": history,
        },
        "engagement": { "totalCompletions": 40, "visitCount": 7 },
    }))
}

/// Codes of the findings, and the current streak afterwards.
fn judged(options: Value, mut body: Twin, context: &Context<'_>) -> (Vec<String>, Fact) {
    let judgements = limit(options).check(&body, context);
    let codes: Vec<_> = judgements.iter().map(|j| j.finding.code.clone()).collect();
    let known = |code: &String| CODES.iter().any(|(known, _)| known == code);
    assert!(codes.iter().all(known), "{codes:?}");
    body.apply(in_order(judgements.iter().filter_map(|j| j.edit.as_ref())));
    (codes, body.fact(&Path::dotted("streak.current")))
}

fn assert_judged(body: Twin, codes: &[&str], current: f64) {
    let found = judged(json!({}), body.clone(), &on(TODAY));
    let expected = codes.iter().map(|code| code.to_string()).collect();
    assert_eq!(found, (expected, Fact::Number(current)), "{body:?}");
}

#[test]
fn a_streak_that_fits_is_left_alone() {
    for last in [ago(0), ago(1)] {
        let history = json!(days(5, 1));
        assert_judged(body(json!(5), json!(last), json!(9), history), &[], 5.0);
    }
    let text = json!("Wed Dec 10 2025");
    let objects = json!([{ "date": "Tue Dec 09 2025" }, { "date": 1_765_353_600_000_u64 }]);
    assert_judged(body(json!(2), text, json!(2), objects), &[], 2.0);
    assert_judged(body(json!(0), json!(null), json!(0), json!([])), &[], 0.0);
}

#[test]
fn an_expired_streak_becomes_none_and_keeps_its_best() {
    for history in [json!([]), json!(days(9, 2)), json!(null)] {
        let body = body(json!(8), json!(ago(2)), json!(12), history);
        assert_judged(body, &["StreakExpired"], 0.0);
    }
    let mut twin = body(json!(8), json!(ago(2)), json!(12), json!([]));
    let judgements = limit(json!({})).check(&twin, &on(TODAY));
    twin.apply(judgements.iter().filter_map(|j| j.edit.as_ref()));
    assert_eq!(
        twin.fact(&Path::dotted("streak.bestStreak")),
        Fact::Number(12.0)
    );
    assert_judged(
        body(json!(0), json!(ago(90)), json!(12), json!([])),
        &[],
        0.0,
    );
}

#[test]
fn a_streak_fits_the_days_of_its_history() {
    for (current, history, codes, becomes) in [
        (9, json!(days(2, 0)), &["StreakUnsupported"][..], 3.0),
        (2, json!(days(2, 0)), &[], 2.0),
        // A gap ends it.
        (
            6,
            json!([days(9, 5), days(2, 0)].concat()),
            &["StreakUnsupported"],
            3.0,
        ),
        // Order and repetition are no matter.
        (3, json!([ago(0), ago(2), ago(1), ago(1)]), &[], 3.0),
        (
            4,
            json!([ago(0), ago(2), ago(1), ago(1)]),
            &["StreakUnsupported"],
            3.0,
        ),
        // The last day counts, where the history lags behind it.
        (4, json!(days(3, 1)), &[], 4.0),
        // Without a history nothing contradicts.
        (9, json!([]), &[], 9.0),
        (9, json!(null), &[], 9.0),
    ] {
        assert_judged(
            body(json!(current), json!(ago(0)), json!(50), history),
            codes,
            becomes,
        );
    }
}

#[test]
fn at_most_thirty_days_are_carried_over_and_the_finding_says_so() {
    for (current, history, codes) in [
        (31, json!([]), &["StreakCapped"][..]),
        (45, json!(days(44, 0)), &["StreakCapped"]),
        (
            100,
            json!(days(44, 0)),
            &["StreakUnsupported", "StreakCapped"],
        ),
    ] {
        assert_judged(
            body(json!(current), json!(ago(0)), json!(100), history),
            codes,
            30.0,
        );
    }
    assert_judged(
        body(json!(30), json!(ago(0)), json!(100), json!([])),
        &[],
        30.0,
    );

    let twin = body(json!(100), json!(ago(0)), json!(100), json!(days(44, 0)));
    let told = limit(json!({})).check(&twin, &on(TODAY));
    let finding = serde_json::to_value(&told[1].finding).unwrap();
    let shown = |days: f64| json!({ "type": "number", "length": null, "value": days });
    assert_eq!(
        finding,
        json!({
            "code": "StreakCapped", "path": "streak.current", "action": "cap",
            "was": shown(45.0), "becomes": shown(30.0), "why": "at most 30 days are carried over",
        })
    );
    let (codes, current) = judged(json!({ "maxDays": 60 }), twin, &on(TODAY));
    assert_eq!(
        (codes, current),
        (vec!["StreakUnsupported".into()], Fact::Number(45.0))
    );
}

#[test]
fn the_cap_never_refuses_a_session() {
    let quarantine = json!({ "action": "quarantine" });
    for twin in [
        body(json!(100), json!(ago(0)), json!(100), json!(days(99, 0))),
        body(json!(100), json!(ago(5)), json!(100), json!(days(99, 5))),
    ] {
        let told = limit(quarantine.clone()).check(&twin, &on(TODAY));
        assert!(told.len() == 1 && !told[0].quarantines() && told[0].edit.is_some());
    }
    let contradiction = body(json!(9), json!(ago(0)), json!(9), json!(days(2, 0)));
    let told = limit(quarantine).check(&contradiction, &on(TODAY));
    assert!(told[0].quarantines() && told[0].edit.is_none());
}

#[test]
fn a_warning_changes_nothing() {
    let twin = body(json!(100), json!(ago(0)), json!("3"), json!(days(2, 0)));
    let (codes, current) = judged(json!({ "action": "warn" }), twin, &on(TODAY));
    assert_eq!(current, Fact::Number(100.0));
    assert_eq!(codes, ["StreakUnsupported", "BestMalformed"]);
}
