use super::*;
use crate::domain::limits::day::Day;
use crate::domain::limits::scalar::Finite;
use crate::domain::limits::streak::Fields as StreakFields;
use crate::domain::limits::value::Keep;
use crate::domain::path::Path;
use crate::error::Error;
use serde_json::json;

fn one(value: Value) -> Limit {
    parse(&json!([value]), "limits").unwrap().remove(0)
}

#[test]
fn a_limit_is_a_line() {
    let limit = one(json!({ "path": "pages.*.note", "maxLength": 200 }));
    assert_eq!(limit.action, Action::Warn);
    assert!(!limit.secret);
    let Check::Value(rules) = limit.check else {
        panic!()
    };
    let expected = Rule::MaxLength {
        max: 200,
        keep: Keep::First,
    };
    assert_eq!(rules.rules, [expected]);
}

#[test]
fn several_rules_share_an_entry() {
    let limit = one(json!({
        "path": "day", "type": "text", "maxLength": 10, "date": { "notBefore": "2020-01-01" },
        "pattern": "[0-9-]+", "action": "quarantine", "secret": true, "nullable": true,
    }));
    assert_eq!((limit.action, limit.secret), (Action::Quarantine, true));
    let Check::Value(rules) = limit.check else {
        panic!()
    };
    assert_eq!(rules.rules.len(), 4);
    let date = Rule::Date {
        not_before: Day::parse("2020-01-01"),
        future_tolerance: 1,
    };
    assert!(rules.rules.contains(&date));
    assert!(rules.nullable && !rules.required);
}

#[test]
fn a_cap_caps_and_everything_else_warns_by_default() {
    for (value, action) in [
        (json!({ "path": "a", "cap": 5 }), Action::Cap),
        (json!({ "path": "a", "max": 5 }), Action::Warn),
        (json!({ "path": "a", "required": true }), Action::Warn),
        (json!({ "path": "", "rule": "streak" }), Action::Cap),
        (
            json!({ "path": "n", "rule": "count", "of": "list" }),
            Action::Cap,
        ),
    ] {
        assert_eq!(one(value).action, action);
    }
    let Check::Value(rules) = one(json!({ "path": "a", "type": "number", "cap": -2.5 })).check
    else {
        panic!();
    };
    let max = Finite::new(-2.5).unwrap();
    assert_eq!(
        rules.rules[0],
        Rule::Cap {
            max,
            keep: Keep::First
        }
    );
}

#[test]
fn a_streak_is_found_under_any_names() {
    let Check::Streak(default) = one(json!({ "path": "streak", "rule": "streak" })).check else {
        panic!();
    };
    assert_eq!(default.max_days, 30);
    assert_eq!(default.fields, StreakFields::default());
    let named = one(json!({
        "path": "", "rule": "streak", "maxDays": 60, "maxBest": 365, "historyKeeps": 7,
        "futureToleranceDays": 0,
        "fields": { "current": "now.days", "lastDate": ["at"], "historyDate": "when.day" },
    }));
    let Check::Streak(rule) = named.check else {
        panic!()
    };
    assert_eq!(
        (rule.max_days, rule.max_best, rule.history_keeps),
        (60, Some(365), Some(7))
    );
    assert_eq!(rule.future_tolerance, 0);
    assert_eq!(rule.fields.current, Path::dotted("now.days"));
    assert_eq!(rule.fields.date, Path::dotted("when.day"));
    assert_eq!(rule.fields.history, Path::dotted("history"));
}

#[test]
fn an_error_names_the_field() {
    let value = |rule: Value| {
        let mut limit = json!({ "path": "a" });
        limit
            .as_object_mut()
            .unwrap()
            .extend(rule.as_object().unwrap().clone());
        limit
    };
    for (limit, field) in [
        (json!(5), ""),
        (json!({}), ".path"),
        (json!({ "path": 5, "max": 1 }), ".path"),
        (value(json!({})), ""),
        (value(json!({ "nullable": true })), ""),
        (value(json!({ "mx": 1 })), ".mx"),
        (value(json!({ "rule": "strike" })), ".rule"),
        (value(json!({ "rule": 1 })), ".rule"),
        (value(json!({ "type": "string" })), ".type"),
        (value(json!({ "min": "1" })), ".min"),
        (value(json!({ "min": 2, "max": 1 })), ".max"),
        (value(json!({ "type": "integer", "max": 1.5 })), ".max"),
        (value(json!({ "type": "text", "max": 1 })), ".type"),
        (value(json!({ "min": 1, "pattern": "a" })), ".pattern"),
        (value(json!({ "max": 1, "maxLength": 1 })), ".maxLength"),
        (value(json!({ "maxLength": -1 })), ".maxLength"),
        (value(json!({ "maxLength": 1.5 })), ".maxLength"),
        (value(json!({ "type": "number", "oneOf": ["a"] })), ".oneOf"),
        (value(json!({ "keep": "last", "max": 1 })), ".keep"),
        (value(json!({ "keep": "middle", "cap": 1 })), ".keep"),
        (value(json!({ "cap": 1.5 })), ".cap"),
        (value(json!({ "cap": -1 })), ".cap"),
        (value(json!({ "cap": 1, "max": 1 })), ".cap"),
        (value(json!({ "cap": 1, "maxLength": 1 })), ".cap"),
        (value(json!({ "date": "2020-01-01" })), ".date"),
        (
            value(json!({ "date": { "notbefore": "2020-01-01" } })),
            ".date.notbefore",
        ),
        (
            value(json!({ "date": { "notBefore": "2020-02-30" } })),
            ".date.notBefore",
        ),
        (
            value(json!({ "date": { "futureToleranceDays": -1 } })),
            ".date.futureToleranceDays",
        ),
        (value(json!({ "pattern": "(" })), ".pattern"),
        (value(json!({ "pattern": "" })), ".pattern"),
        (value(json!({ "oneOf": [] })), ".oneOf"),
        (value(json!({ "oneOf": ["a", {}] })), ".oneOf[1]"),
        (value(json!({ "oneOf": ["x".repeat(4097)] })), ".oneOf[0]"),
        (value(json!({ "required": "yes" })), ".required"),
        (value(json!({ "required": true, "secret": 1 })), ".secret"),
        (value(json!({ "max": 1, "action": "delete" })), ".action"),
        (
            value(json!({ "type": "number", "action": "cap" })),
            ".action",
        ),
        (value(json!({ "min": 1, "action": "cap" })), ".action"),
        (value(json!({ "date": true, "action": "cap" })), ".action"),
        (value(json!({ "cap": 1, "action": "drop" })), ".action"),
        (
            value(json!({ "max": 1, "otherwise": "drop" })),
            ".otherwise",
        ),
        (value(json!({ "cap": 1, "otherwise": "cap" })), ".otherwise"),
        (
            json!({ "path": "", "type": "object", "action": "drop" }),
            ".action",
        ),
        (
            json!({ "path": "", "cap": 5, "otherwise": "drop" }),
            ".otherwise",
        ),
        (
            value(json!({ "rule": "streak", "action": "drop" })),
            ".action",
        ),
        (value(json!({ "rule": "streak", "max": 1 })), ".max"),
        (value(json!({ "rule": "streak", "maxDays": 0 })), ".maxDays"),
        (value(json!({ "rule": "streak", "fields": [] })), ".fields"),
        (
            value(json!({ "rule": "streak", "fields": { "last": "x" } })),
            ".fields.last",
        ),
        (
            value(json!({ "rule": "streak", "fields": { "best": "" } })),
            ".fields.best",
        ),
        (
            value(json!({ "rule": "streak", "fields": { "best": "current" } })),
            ".fields.current",
        ),
        (
            value(json!({ "rule": "streak", "fields": { "best": "history.0" } })),
            ".fields.best",
        ),
        (value(json!({ "rule": "count" })), ".of"),
        (value(json!({ "rule": "count", "of": "lists.*" })), ".of"),
    ] {
        let list = json!([{ "path": "ok", "max": 1 }, limit]);
        match parse(&list, "limits") {
            Err(Error::InvalidConfig { field: found, .. }) => {
                assert_eq!(found, format!("limits[1]{field}"), "{list}");
            }
            other => panic!("{list}: {other:?}"),
        }
    }
    assert!(matches!(
        parse(&json!({}), "limits"),
        Err(Error::InvalidConfig { field, .. }) if field == "limits"
    ));
}
