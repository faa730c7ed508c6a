//! Values and texts that are not as they should be.

use super::*;

fn with_current(text: &str) -> String {
    let last = ago(0);
    format!(
        r#"{{"streak":{{"current":{text},"lastCompletedDate":"{last}","bestStreak":0,"history":[]}}}}"#
    )
}

#[test]
fn every_malformed_streak_has_its_outcome() {
    let zeros = r#"{"streak":{"current":0,"lastCompletedDate":null,"bestStreak":0,"history":[]}}"#;
    for (current, becomes, code) in [
        ("\"12\"", 12, Some("StreakMalformed")),
        ("\"NaN\"", 0, Some("StreakMalformed")),
        ("\"1e309\"", 0, Some("StreakMalformed")),
        ("-0", 0, None),
        ("-5", 0, Some("StreakMalformed")),
        ("3.7", 3, Some("StreakMalformed")),
        ("9007199254740992", 30, Some("StreakCapped")),
        ("[40]", 0, Some("StreakMalformed")),
        ("{\"a\":1}", 0, Some("StreakMalformed")),
        ("null", 0, None),
        ("true", 0, Some("StreakMalformed")),
    ] {
        let plan = planned(&preset(), &with_current(current), Some(zeros));
        let text = plan.text.as_deref().unwrap_or(zeros);
        let found: Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            found["streak"]["current"].as_f64(),
            Some(f64::from(becomes)),
            "{current}"
        );
        let told = plan
            .findings
            .iter()
            .find(|one| one.finding.path == "streak.current");
        assert_eq!(told.map(|one| one.finding.code.as_str()), code, "{current}");
    }
}

#[test]
fn a_text_of_which_parsing_would_lose_something_is_refused_on_either_side() {
    for (text, code) in [
        ("", "JsonInvalid"),
        ("{\"a\":NaN}", "JsonInvalid"),
        ("[]", "NotAnObject"),
        ("5", "NotAnObject"),
        ("null", "NotAnObject"),
        ("{\"a\":1,\"a\":2}", "JsonNotExact"),
        ("{\"a\":9007199254740993}", "JsonNotExact"),
        ("{\"a\":1e309}", "JsonNotExact"),
    ] {
        for (from, to, key) in [(text, "{}", "a"), ("{}", text, "b")] {
            let plan = plan(
                &by(json!([])),
                (from, Some(to)),
                &Base::default(),
                &on(TODAY),
            );
            let unfit = plan.unwrap_err();
            assert_eq!(
                (unfit.key.as_str(), unfit.broken.code),
                (key, code),
                "{text}"
            );
        }
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(999), "]".repeat(999));
    let plan = plan(&by(json!([])), (&deep, None), &Base::default(), &on(TODAY));
    assert_eq!(plan.unwrap_err().broken.code, "UnsupportedValue");
}

#[test]
fn what_has_another_shape_than_the_rules_expect_is_left() {
    for (from, to) in [
        (
            json!({ "streak": 5, "engagement": [] }),
            json!({ "streak": { "current": 3 } }),
        ),
        (
            json!({ "streak": { "current": 3, "history": "x", "lastCompletedDate": ago(0) } }),
            json!({ "streak": "x" }),
        ),
        (
            json!({ "engagement": { "totalCompletions": 5 } }),
            json!({ "engagement": [1] }),
        ),
    ] {
        let plan = planned(&preset(), &from.to_string(), Some(&to.to_string()));
        assert!(!plan.findings.is_empty(), "{from}");
        let found = merged(&preset(), from, to.clone());
        for (name, value) in to.as_object().unwrap() {
            assert_eq!(&found[name], value);
        }
    }
}
