//! What limits find in captured state.

use super::*;
use restow::domain::limits::Finding;

const KEY: &str = "cleanStreak_anonymous_state";

/// What is found in the anonymous state of a streak, on 15 January 2026, and its text in the snapshot.
fn found(text: &str) -> (Vec<Finding>, Value) {
    let lab = Lab::taskerino();
    plant(&lab, KEY, text);
    let capture = Capture {
        registry: Registry::parse(&json!("streak")).unwrap(),
        tenant: None,
        claims: BTreeSet::new(),
        dry_run: false,
    };
    let captured = run(lab.tab().capture_state(&capture)).unwrap();
    let own = lab.disk.own().unwrap();
    assert_eq!(own.backups.len(), 1);
    let findings = captured.snapshot.entries[0].findings.clone();
    (findings, captured.values[0].clone().unwrap())
}

fn streak(current: &str) -> String {
    format!(
        r#"{{"streak":{{"current":{current},"lastCompletedDate":"Thu Jan 15 2026","bestStreak":10000,"history":[]}}}}"#
    )
}

#[test]
fn a_streak_of_more_than_thirty_days_is_told_and_kept_as_it_is() {
    for (current, becomes) in [
        ("0", None),
        ("29", None),
        ("30", None),
        ("31", Some(30.0)),
        ("365", Some(30.0)),
        ("10000", Some(30.0)),
        ("-5", Some(0.0)),
        ("\"12\"", Some(12.0)),
        ("[]", Some(0.0)),
    ] {
        let text = streak(current);
        let (findings, value) = found(&text);
        let of_current: Vec<_> = findings
            .iter()
            .filter(|f| f.path == "streak.current")
            .collect();
        let made = of_current
            .last()
            .map(|finding| serde_json::to_value(&finding.becomes.value).unwrap());
        assert_eq!(
            made,
            becomes.map(|number| json!(number)),
            "{current}: {findings:?}"
        );
        assert_eq!(value, Value::text(text));
    }
}

#[test]
fn what_javascript_would_round_is_told_as_well() {
    let (findings, _) = found(&streak("12345678901234567890"));
    assert_eq!(findings[0].code, "JsonNotExact");
    let (findings, _) = found("no json");
    assert_eq!(
        (findings[0].code.as_str(), findings[0].was.length),
        ("JsonInvalid", Some(7))
    );
}

#[test]
fn what_is_found_where_secrets_lie_shows_no_value() {
    let lab = Lab::taskerino();
    plant(&lab, "vault", r#"{ "pin": "SECRET-PIN", "tries": 9 }"#);
    let registry = json!([{
        "name": "vault", "key": "vault", "kind": "secret",
        "limits": [{ "path": "pin", "maxLength": 4 }, { "path": "tries", "max": 3 }]
    }]);
    let capture = Capture {
        registry: Registry::parse(&registry).unwrap(),
        tenant: None,
        claims: BTreeSet::new(),
        dry_run: true,
    };
    let captured = run(lab.tab().capture_state(&capture)).unwrap();
    let findings = &captured.snapshot.entries[0].findings;
    assert_eq!(findings.len(), 2);
    let text = serde_json::to_string(&captured.snapshot).unwrap();
    assert!(!text.contains("SECRET") && !text.contains('9'), "{text}");
    assert_eq!(findings[0].was.length, Some(10));
}
