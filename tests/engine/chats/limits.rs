//! Limits on messages and on the list of them.

use super::*;
use restow::domain::limits;
use restow::domain::report::Outcome;
use restow::engine::Edits;

fn limited(rules: serde_json::Value) -> Lab {
    let mut lab = lab();
    lab.config.limits = limits::parse(&rules, "limits").unwrap();
    lab
}

#[test]
fn messages_are_capped_and_dropped_and_the_list_is_cut() {
    let lab = limited(json!([
        { "path": "*.content", "cap": 5 },
        { "path": "*.response", "action": "drop", "type": "text" },
        { "path": [], "cap": 2, "keep": "last" },
        { "path": "*.type", "oneOf": ["user", "agent"], "action": "quarantine" },
    ]));
    plant(&lab, CHAT, &chat(3));
    let result = lab.migrate_all();
    let row = &result.sessions[0];
    assert_eq!(
        (row.outcome, row.counts[""]),
        (Outcome::Migrated, 2),
        "{row:?}"
    );
    let paths: Vec<_> = row
        .findings
        .iter()
        .map(|found| (&*found.path, &*found.code))
        .collect();
    assert_eq!(
        paths
            .iter()
            .filter(|(path, _)| path.ends_with(".content"))
            .count(),
        3,
        "{paths:?}"
    );
    assert!(paths.iter().any(|(path, _)| path.is_empty()), "{paths:?}");
    assert!(
        paths.iter().any(|(path, _)| *path == "[1].response"),
        "{paths:?}"
    );
    let answer = json!({ "id": "m1", "type": "agent", "content": "An an", "isLoading": false, "error": null });
    let mut question = message(2);
    question["content"] = "Frage".into();
    let wanted = Value::json(&json!([answer, question]).to_string());
    assert_eq!(load(&lab, CHAT), Some(wanted));
    // The backup is what was there.
    run(lab.tab().rollback(&id(CHAT), None, Edits::Refuse, true)).unwrap();
    assert_eq!(text(&lab, CHAT), Some(Value::text(chat(3))));
}

#[test]
fn a_chat_that_breaks_a_limit_stays_where_it_is() {
    let lab = limited(json!([
        { "path": "*.type", "oneOf": ["user", "agent"], "action": "quarantine" },
    ]));
    plant(&lab, CHAT, r#"[{ "type": "assistant" }]"#);
    plant(&lab, MODAL, &chat(2));
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.quarantined), (1, 1));
    assert!(text(&lab, CHAT).is_some());
    assert_eq!(
        load(&lab, CHAT),
        Some(Value::json(r#"[{ "type": "assistant" }]"#))
    );
}
