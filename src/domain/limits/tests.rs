mod bodies;
mod properties;

use super::twin::{Twin, on};
use super::*;
use crate::domain::path::Path;
use serde_json::{Value, json};

const TODAY: &str = "2025-12-10";

fn limit(value: Value) -> Limit {
    parse(&json!([value]), "limits").unwrap().remove(0)
}

fn check(value: &Value, body: &Twin) -> Vec<Judgement> {
    limit(value.clone()).check(body, &on(TODAY))
}

/// What a limit on `v` says of a value: code, action, and the value afterwards.
fn said(rule: &Value, fact: &Fact) -> Option<(String, Action, Fact)> {
    let mut given = rule.clone();
    given["path"] = json!("v");
    let body = match fact {
        Fact::Missing => Twin::of(&json!({})),
        fact => Twin::of(&json!({ "v": null })).with("v", fact.clone()),
    };
    let judgement = check(&given, &body).into_iter().next()?;
    assert!(is_known(&judgement.finding.code), "{judgement:?}");
    let after = judgement
        .edit
        .map_or(fact.clone(), |edit| fact.after(&edit.change));
    Some((judgement.finding.code, judgement.finding.action, after))
}

/// Whether a code is one that the documentation can list.
fn is_known(code: &str) -> bool {
    CODES.iter().any(|(known, _)| *known == code)
}

fn code(rule: &Value, fact: &Fact) -> Option<String> {
    said(rule, fact).map(|(code, ..)| code)
}

#[test]
fn every_odd_number_has_its_outcome() {
    let number = json!({ "type": "number" });
    let integer = json!({ "type": "integer" });
    let range = json!({ "min": 0, "max": 30 });
    let above = Some("AboveMaximum");
    let below = Some("BelowMinimum");
    let infinite = Some("NotFinite");
    let wrong = Some("WrongType");
    let fraction = Some("NotWhole");
    for (fact, of_number, of_integer, of_range) in [
        (Fact::Number(12.0), None, None, None),
        (Fact::Number(-0.0), None, None, None),
        (Fact::Number(3.7), None, fraction, None),
        (Fact::Number(-5.0), None, None, below),
        (Fact::Number(9_007_199_254_740_991.0), None, None, above),
        (Fact::Number(9_007_199_254_740_994.0), None, fraction, above),
        (Fact::Number(f64::INFINITY), infinite, infinite, above),
        (Fact::Number(f64::NEG_INFINITY), infinite, infinite, below),
        (Fact::Number(f64::NAN), infinite, infinite, infinite),
        (Fact::text("12"), wrong, wrong, wrong),
        (Fact::text("1e309"), wrong, wrong, wrong),
        (Fact::text(""), wrong, wrong, wrong),
        (Fact::Bool(true), wrong, wrong, wrong),
        (Fact::Array(0), wrong, wrong, wrong),
        (Fact::Object, wrong, wrong, wrong),
        (Fact::Null, wrong, wrong, wrong),
        (Fact::Date(0.0), wrong, wrong, wrong),
        (Fact::Other("bigint".into()), wrong, wrong, wrong),
        (Fact::Missing, None, None, None),
        (Fact::Undefined, None, None, None),
    ] {
        assert_eq!(
            code(&number, &fact).as_deref(),
            of_number,
            "number {fact:?}"
        );
        assert_eq!(
            code(&integer, &fact).as_deref(),
            of_integer,
            "integer {fact:?}"
        );
        assert_eq!(code(&range, &fact).as_deref(), of_range, "range {fact:?}");
    }
}

#[test]
fn a_number_is_capped_and_never_raised() {
    let cap = json!({ "type": "integer", "cap": 30, "otherwise": "drop" });
    let capped = Some(("AboveMaximum".to_owned(), Action::Cap, Fact::Number(30.0)));
    for number in [31.0, 30.5, 9_007_199_254_740_994.0, f64::INFINITY] {
        assert_eq!(said(&cap, &Fact::Number(number)), capped, "{number}");
    }
    for number in [30.0, 0.0, -0.0, -5.0] {
        assert_eq!(said(&cap, &Fact::Number(number)), None, "{number}");
    }
    for (fact, code) in [
        (Fact::Number(f64::NAN), "NotFinite"),
        (Fact::Number(3.7), "NotWhole"),
        (Fact::text("12"), "WrongType"),
        (Fact::Array(3), "WrongType"),
    ] {
        let dropped = Some((code.to_owned(), Action::Drop, Fact::Missing));
        assert_eq!(said(&cap, &fact), dropped, "{fact:?}");
    }
    let range = json!({ "min": 5, "max": 30, "action": "cap" });
    let kept = Some(("BelowMinimum".to_owned(), Action::Warn, Fact::Number(2.0)));
    assert_eq!(said(&range, &Fact::Number(2.0)), kept);
}

#[test]
fn texts_and_arrays_keep_their_beginning_or_their_end() {
    let first = json!({ "cap": 2 });
    let last = json!({ "maxLength": 2, "keep": "last", "action": "cap" });
    let capped = |fact: Fact| Some(("TooLong".to_owned(), Action::Cap, fact));
    assert_eq!(said(&first, &Fact::text("abc")), capped(Fact::text("ab")));
    assert_eq!(said(&last, &Fact::text("abc")), capped(Fact::text("bc")));
    assert_eq!(said(&first, &Fact::text("a😀")), capped(Fact::text("a")));
    assert_eq!(said(&first, &Fact::text("ab")), None);
    assert_eq!(
        said(&json!({ "maxLength": 2 }), &Fact::Array(3)).unwrap().1,
        Action::Warn
    );

    let mut body = Twin::of(&json!({ "v": [1, 2, 3] }));
    let judgements = check(&json!({ "path": "v", "cap": 2, "keep": "last" }), &body);
    body.apply(in_order(judgements.iter().filter_map(|j| j.edit.as_ref())));
    assert_eq!(body, Twin::of(&json!({ "v": [2, 3] })));
}

#[test]
fn every_action_does_what_it_says() {
    let rule = |action: &str| json!({ "oneOf": ["a", 1, null], "action": action });
    let fact = Fact::text("b");
    let not = |action, after: &Fact| Some(("NotAllowed".to_owned(), action, after.clone()));
    assert_eq!(said(&rule("warn"), &fact), not(Action::Warn, &fact));
    assert_eq!(
        said(&rule("drop"), &fact),
        not(Action::Drop, &Fact::Missing)
    );
    assert_eq!(
        said(&rule("quarantine"), &fact),
        not(Action::Quarantine, &fact)
    );
    for allowed in [Fact::text("a"), Fact::Number(1.0), Fact::Null] {
        assert_eq!(said(&rule("drop"), &allowed), None);
    }
    assert_eq!(
        code(&rule("drop"), &Fact::text("1")).as_deref(),
        Some("NotAllowed")
    );
    assert_eq!(
        code(&rule("drop"), &Fact::Bool(true)).as_deref(),
        Some("WrongType")
    );
}

#[test]
fn what_is_not_there_is_no_matter_unless_it_is_required() {
    let required = json!({ "required": true, "action": "drop" });
    for fact in [Fact::Missing, Fact::Undefined] {
        let (code, action, _) = said(&required, &fact).unwrap();
        assert_eq!((code.as_str(), action), ("Missing", Action::Warn));
    }
    let null = said(&required, &Fact::Null).unwrap();
    assert_eq!(null, ("Missing".into(), Action::Drop, Fact::Missing));
    let nullable = json!({ "type": "text", "required": true, "nullable": true });
    assert_eq!(said(&nullable, &Fact::Null), None);
    assert_eq!(code(&nullable, &Fact::Missing).as_deref(), Some("Missing"));
}

#[test]
fn a_date_lies_between_its_bounds() {
    let date = json!({ "date": { "notBefore": "2020-01-01", "futureToleranceDays": 1 } });
    for (text, expected) in [
        ("2025-12-10", None),
        ("2025-12-11", None),
        ("2025-12-12", Some("DateInFuture")),
        ("2020-01-01", None),
        ("2019-12-31", Some("DateTooEarly")),
        ("Wed Dec 10 2025", None),
        ("Tue Dec 10 2025", Some("WeekdayWrong")),
        ("Tue Dec 10 2031", Some("DateInFuture")),
        ("soon", Some("NotADate")),
    ] {
        assert_eq!(
            code(&date, &Fact::text(text)).as_deref(),
            expected,
            "{text}"
        );
    }
    assert_eq!(code(&date, &Fact::Array(0)).as_deref(), Some("WrongType"));
    let drop = json!({ "date": true, "action": "drop" });
    let odd = said(&drop, &Fact::text("Tue Dec 10 2025")).unwrap();
    assert_eq!((odd.0.as_str(), odd.1), ("WeekdayWrong", Action::Warn));
    assert_eq!(
        code(&json!({ "type": "date" }), &Fact::text("Wed Dec 10 2042")),
        None
    );
    assert_eq!(
        code(&json!({ "type": "date" }), &Fact::Number(12.0)).as_deref(),
        Some("NotADate")
    );
}

#[test]
fn a_pattern_is_matched_as_a_whole_and_only_by_what_is_known() {
    let tag = json!({ "pattern": "[a-z]+" });
    assert_eq!(code(&tag, &Fact::text("abc")), None);
    assert_eq!(
        code(&tag, &Fact::text("abc1")).as_deref(),
        Some("PatternMismatch")
    );
    let long = Fact::Text {
        text: "a".repeat(4096),
        units: 5000,
        exact: false,
    };
    assert_eq!(code(&tag, &long).as_deref(), Some("PatternMismatch"));
}

#[test]
fn a_cap_that_breaks_another_rule_is_none() {
    let rule = json!({ "maxLength": 2, "pattern": "a.*z", "action": "cap", "otherwise": "drop" });
    assert_eq!(said(&rule, &Fact::text("abz")).unwrap().1, Action::Drop);
}
