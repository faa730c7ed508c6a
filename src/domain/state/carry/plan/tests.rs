mod malformed;
mod properties;
mod streaks;

use super::*;
use crate::domain::digest::Digest;
use crate::domain::limits::Day;
use crate::domain::limits::twin::on;
use crate::domain::state::Carried;
use serde_json::{Value, json};

pub const TODAY: &str = "2025-12-10";

/// A day, counted back from today, as the application writes it.
pub fn ago(days: i32) -> String {
    let day = Day::parse(TODAY).unwrap().plus(-days).to_string();
    let date = time::Date::parse(&day, &time::format_description::well_known::Iso8601::DATE);
    let date = date.unwrap();
    let (weekday, month) = (date.weekday().to_string(), date.month().to_string());
    format!(
        "{} {} {:02} {}",
        &weekday[..3],
        &month[..3],
        date.day(),
        date.year()
    )
}

pub fn preset() -> Carry {
    Carry::parse(&json!({ "preset": "streak" })).unwrap()
}

pub fn by(rules: Value) -> Carry {
    Carry::parse(&json!({ "from": "a", "to": "b", "rules": rules })).unwrap()
}

pub fn planned(carry: &Carry, from: &str, to: Option<&str>) -> Plan {
    plan(carry, (from, to), &Base::default(), &on(TODAY)).unwrap()
}

/// What the target becomes, once.
pub fn once(carry: &Carry, from: &str, to: Option<&str>) -> Option<String> {
    planned(carry, from, to).text.or(to.map(str::to_owned))
}

/// The same as values.
pub fn merged(carry: &Carry, from: Value, to: Value) -> Value {
    let text = once(carry, &from.to_string(), Some(&to.to_string()));
    serde_json::from_str(&text.unwrap()).unwrap()
}

/// A record of a carry that was written.
pub fn record(carry: &Carry, from: &str, to: Option<&str>, plan: &Plan, before: &[Sum]) -> Carried {
    let target = plan.text.as_deref().or(to).unwrap_or_default();
    Carried {
        from: carry.from.clone(),
        to: carry.to.clone(),
        path: "state/x".into(),
        source: Digest::of(from.as_bytes()),
        before: to.map(|to| Digest::of(to.as_bytes())),
        target: Digest::of(target.as_bytes()),
        rules: carry.print,
        done: true,
        cleared: false,
        sums: plan.sums.clone(),
        sums_before: before.to_vec(),
    }
}

#[test]
fn every_rule_takes_what_its_name_says() {
    let (a, b) = (json!([1, { "x": 1 }]), json!([2, 1.0]));
    for (take, from, to, becomes) in [
        ("from", json!(1), json!(2), json!(1)),
        ("from", json!(null), json!(2), json!(2)),
        ("to", json!(1), json!(null), json!(null)),
        ("fill", json!(1), json!(null), json!(1)),
        ("fill", json!(1), json!(0), json!(0)),
        ("max", json!(1), json!(2), json!(2)),
        ("max", json!(3), json!(2), json!(3)),
        ("max", json!(3), json!(null), json!(3)),
        ("max", json!("9"), json!(2), json!(2)),
        ("max", json!(9), json!("2"), json!("2")),
        ("min", json!(1), json!(2), json!(1)),
        ("sum", json!(1), json!(2.5), json!(3.5)),
        ("sum", json!(null), json!(2), json!(2)),
        ("sum", json!(-4), json!(2), json!(2)),
        (
            "newer",
            json!("2025-12-01"),
            json!("Mon Dec 02 2024"),
            json!("2025-12-01"),
        ),
        (
            "newer",
            json!("2025-12-01T08:00:00Z"),
            json!("2025-12-01T09:00:00Z"),
            json!("2025-12-01T09:00:00Z"),
        ),
        (
            "newer",
            json!("2025-12-01T10:00:00Z"),
            json!("2025-12-01T09:00:00Z"),
            json!("2025-12-01T10:00:00Z"),
        ),
        (
            "newer",
            json!("2031-01-01"),
            json!("2025-12-01"),
            json!("2025-12-01"),
        ),
        ("newer", json!("soon"), json!(null), json!(null)),
        (
            "older",
            json!("2024-05-01"),
            json!("2025-12-01"),
            json!("2024-05-01"),
        ),
        (
            "older",
            json!("2025-12-02"),
            json!("2025-12-01"),
            json!("2025-12-01"),
        ),
        ("union", a, b, json!([2, 1.0, { "x": 1 }])),
        ("union", json!([1]), json!("list"), json!("list")),
    ] {
        let carry = by(json!([{ "path": "p.q", "take": take }]));
        let side = |value: &Value| json!({ "p": { "q": value } });
        let found = merged(&carry, side(&from), side(&to));
        assert_eq!(found, side(&becomes), "{take} {from} {to}");
    }
}

#[test]
fn values_that_a_rule_does_not_know_are_told() {
    let carry = by(json!([{ "path": "n", "take": "sum" }, { "path": "d", "take": "newer" }]));
    let plan = planned(&carry, r#"{"n":"many","d":1}"#, Some(r#"{"n":1,"d":null}"#));
    let told: Vec<_> = plan
        .findings
        .iter()
        .map(|one| (one.key.as_str(), one.finding.code.as_str()))
        .collect();
    assert_eq!(told, [("a", "WrongType"), ("a", "NotADate")]);
    assert_eq!(plan.text, None);
}

#[test]
fn what_no_rule_names_is_filled_in_at_any_depth_and_never_overwritten() {
    let carry = by(json!([{ "path": "a.n", "take": "max" }]));
    let from = json!({ "a": { "n": 1, "m": 1, "o": { "x": 1, "y": 2 } }, "b": [1], "c": null, "d": { "e": {} } });
    let to = json!({ "a": { "n": 5, "m": null, "o": { "x": 7 } }, "b": [], "z": true });
    let expected = json!({ "a": { "n": 5, "m": 1, "o": { "x": 7, "y": 2 } }, "b": [], "z": true, "d": { "e": {} } });
    assert_eq!(merged(&carry, from.clone(), to.clone()), expected);
    let plan = planned(&carry, &from.to_string(), Some(&to.to_string()));
    let mut told: Vec<_> = plan
        .changes
        .iter()
        .map(|one| format!("{} {}", one.path, one.rule))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "a.m fill",
            "a.n max",
            "a.o.x to",
            "a.o.y fill",
            "b to",
            "d fill"
        ]
    );
}

#[test]
fn the_target_keeps_its_very_text_but_for_what_changes() {
    let carry = by(json!([{ "path": "n", "take": "max" }]));
    let to = "{ \"x\" : 1.50,\n\t\"n\":1e0 , \"u\\u0041\":[ ]}\n";
    let text = once(&carry, r#"{"n":7}"#, Some(to)).unwrap();
    assert_eq!(text, to.replace("1e0", "7"));
    assert_eq!(planned(&carry, r#"{"n":1}"#, Some(to)).text, None);
}

#[test]
fn a_target_that_is_not_there_is_made_of_what_is_read() {
    let carry = by(json!([{ "path": "s.n", "take": "sum" }]));
    let from = json!({ "s": { "n": 3, "k": "v" }, "t": [1] });
    let text = once(&carry, &from.to_string(), None).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), from);
    assert_eq!(planned(&carry, "{}", None).text, None);
}

#[test]
fn a_sum_is_added_once_and_grows_by_what_is_new() {
    let carry = by(json!([{ "path": "n", "take": "sum" }]));
    let (from, to) = (r#"{"n":5}"#, r#"{"n":2}"#);
    let first = planned(&carry, from, Some(to));
    assert_eq!(first.text.as_deref(), Some(r#"{"n":7}"#));
    let last = record(&carry, from, Some(to), &first, &[]);
    let again = |record: &Carried, from: &str, to: Option<&str>| {
        let base = Base::of(Some(record), carry.print, from, to);
        let plan = plan(&carry, (from, to), &base, &on(TODAY)).unwrap();
        plan.text.or(to.map(str::to_owned)).unwrap()
    };
    for (from, to, becomes) in [
        (from, Some(r#"{"n":7}"#), r#"{"n":7}"#),
        // The application counts on.
        (from, Some(r#"{"n":9}"#), r#"{"n":9}"#),
        (r#"{"n":6}"#, Some(r#"{"n":9}"#), r#"{"n":10}"#),
        (r#"{"n":4}"#, Some(r#"{"n":9}"#), r#"{"n":9}"#),
        // Someone has put the target back, or removed it, or a new account has written zeros.
        (from, Some(to), r#"{"n":7}"#),
        (from, None, r#"{"n":5}"#),
        (from, Some(r#"{"n":0}"#), r#"{"n":5}"#),
    ] {
        assert_eq!(again(&last, from, to), becomes, "{from} {to:?}");
    }
    // It died, and no one knows whether the target was written.
    let unsure = Carried {
        done: false,
        ..last.clone()
    };
    assert_eq!(again(&unsure, from, Some(r#"{"n":8}"#)), r#"{"n":8}"#);
    assert_eq!(again(&unsure, from, Some(r#"{"n":3}"#)), r#"{"n":8}"#);
    // What was read was cleared: what lies there now has begun anew.
    let cleared = Carried {
        cleared: true,
        ..last
    };
    assert_eq!(
        again(&cleared, r#"{"n":1}"#, Some(r#"{"n":7}"#)),
        r#"{"n":8}"#
    );
    assert_eq!(again(&cleared, from, Some(r#"{"n":9}"#)), r#"{"n":9}"#);
}

#[test]
fn a_secret_is_shown_by_its_length_alone() {
    let carry = json!({
        "from": "a", "to": "b", "secrets": ["auth.token", "keys.*"],
        "rules": [{ "path": "auth.token", "take": "from" }, { "path": "n", "take": "max" }],
        "limits": [{ "path": "auth.token", "maxLength": 4 }, { "path": "n", "max": 3 }],
    });
    let carry = Carry::parse(&carry).unwrap();
    let from =
        json!({ "auth": { "token": "PLANTED" }, "keys": { "PLANTED": "PLANTED" }, "n": "PLANTED" });
    let to = json!({ "auth": { "token": "PLANTED-2" }, "keys": { "own": 1 } });
    let plan = planned(&carry, &from.to_string(), Some(&to.to_string()));
    let told = serde_json::to_string(&(&plan.changes, &plan.findings)).unwrap();
    let token = &plan.changes[0];
    assert_eq!(
        (token.from.kind.as_str(), token.from.length),
        ("secret", Some(7))
    );
    let count = told.matches("PLANTED").count();
    // `n` is no secret; its finding is hidden all the same, since there are secrets.
    assert_eq!(count, 1, "{told}");
    assert_eq!(
        plan.changes[1].from.value,
        Some(crate::domain::limits::Plain::Text("PLANTED".into()))
    );
}

#[test]
fn what_breaks_a_limit_that_refuses_it_is_not_carried() {
    let carry = json!({
        "from": "a", "to": "b", "rules": [{ "path": "n", "take": "sum" }],
        "limits": [{ "path": "n", "type": "integer", "max": 10, "action": "quarantine" }],
    });
    let carry = Carry::parse(&carry).unwrap();
    let refused = |from: &str, to: &str| {
        let plan = plan(&carry, (from, Some(to)), &Base::default(), &on(TODAY));
        plan.err().map(|unfit| (unfit.key, unfit.broken.code))
    };
    assert_eq!(
        refused(r#"{"n":11}"#, "{}"),
        Some(("a".into(), "LimitBroken"))
    );
    assert_eq!(
        refused(r#"{"n":9}"#, r#"{"n":9}"#),
        Some(("b".into(), "LimitBroken"))
    );
    // What the account had before is its own.
    assert_eq!(refused("{}", r#"{"n":99}"#), None);
}
