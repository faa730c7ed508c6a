//! Values that are no numbers of days.

use super::*;

#[test]
fn every_odd_number_of_days_has_its_outcome() {
    let plain = body(json!(0), json!(ago(0)), json!(1e9), json!([]));
    let whole = Some("StreakCapped");
    let odd = Some("StreakMalformed");
    for (fact, code, becomes) in [
        (Fact::Number(12.0), None, Fact::Number(12.0)),
        (Fact::Number(-0.0), None, Fact::Number(-0.0)),
        (Fact::Number(3.7), odd, Fact::Number(3.0)),
        (Fact::Number(0.5), odd, Fact::Number(0.0)),
        (Fact::Number(-5.0), odd, Fact::Number(0.0)),
        (Fact::Number(f64::NAN), odd, Fact::Number(0.0)),
        (Fact::Number(f64::NEG_INFINITY), odd, Fact::Number(0.0)),
        (Fact::Number(f64::INFINITY), whole, Fact::Number(30.0)),
        (
            Fact::Number(9_007_199_254_740_994.0),
            whole,
            Fact::Number(30.0),
        ),
        (Fact::text("12"), odd, Fact::Number(12.0)),
        (Fact::text("-5"), odd, Fact::Number(0.0)),
        (Fact::text("1e309"), odd, Fact::Number(0.0)),
        (Fact::text(""), odd, Fact::Number(0.0)),
        (Fact::text("1234567890123456"), odd, Fact::Number(0.0)),
        (Fact::Bool(true), odd, Fact::Number(0.0)),
        (Fact::Array(0), odd, Fact::Number(0.0)),
        (Fact::Object, odd, Fact::Number(0.0)),
        (Fact::Date(0.0), odd, Fact::Number(0.0)),
        (Fact::Other("bigint".into()), odd, Fact::Number(0.0)),
        (Fact::Null, None, Fact::Null),
        (Fact::Undefined, None, Fact::Undefined),
    ] {
        let twin = plain.clone().with("streak.current", fact.clone());
        let (codes, found) = judged(json!({}), twin, &on(TODAY));
        assert_eq!(codes.first().map(String::as_str), code, "{fact:?}");
        assert_eq!(format!("{found:?}"), format!("{becomes:?}"), "{fact:?}");
    }
    let (codes, found) = judged(json!({}), Twin::of(&json!({ "streak": {} })), &on(TODAY));
    assert_eq!((codes.len(), found), (0, Fact::Missing));
}

#[test]
fn a_best_value_is_never_raised_and_capped_only_where_configured() {
    let plain = body(json!(9), json!(ago(0)), json!(0), json!([]));
    let malformed = Some("BestMalformed");
    for (fact, code) in [
        (Fact::Number(9.0), None),
        (Fact::Number(400.0), None),
        (Fact::Number(8.0), Some("BestBelowCurrent")),
        (Fact::Number(9.5), malformed),
        (Fact::Number(-1.0), malformed),
        (Fact::Number(f64::NAN), malformed),
        (Fact::Number(f64::INFINITY), malformed),
        (Fact::text("12"), malformed),
        (Fact::Array(1), malformed),
        (Fact::Null, None),
    ] {
        let twin = plain.clone().with("streak.bestStreak", fact.clone());
        let told = limit(json!({})).check(&twin, &on(TODAY));
        let found = told.first().map(|j| j.finding.code.as_str());
        assert_eq!(found, code, "{fact:?}");
        assert!(told.iter().all(|j| j.edit.is_none()), "{fact:?}");
    }
    let endless = plain.with("streak.bestStreak", Fact::Number(f64::INFINITY));
    let told = limit(json!({ "maxBest": 365 })).check(&endless, &on(TODAY));
    assert_eq!(told[0].finding.code, "AboveMaximum");
    let change = &told[0].edit.as_ref().unwrap().change;
    assert_eq!(
        *change,
        Change::Set(crate::domain::limits::Scalar::Number(365.into()))
    );
}
