//! Whose keys are taken, and that no one else's are read.

use super::*;
use restow::domain::report::MigrationNeed;
use restow::engine::{Capture, Options};
use restow::ports::Unwatched;
use std::collections::BTreeSet;

/// Keys that are no chats of the tenant's.
const OTHERS: [(&str, &str); 8] = [
    (
        "chat_session_{o}_agent-1",
        r#"[{"type":"user","content":"THEIRS"}]"#,
    ),
    (
        "agent_chat_{o}_{t}",
        r#"[{"type":"user","content":"THEIRS"}]"#,
    ),
    (
        "chat_session_{t}_global",
        r#"{"selectedAgent":"agent-1","lastUpdated":1}"#,
    ),
    ("agent_metrics_{t}", "{}"),
    ("ai_agents_{o}", "[]"),
    ("auth_token", "SECRET-TOKEN"),
    ("my_chat_session_{t}_agent-1", "[]"),
    ("chat_session_7", r#"[{"type":"agent","content":"whose?"}]"#),
];

fn planted(claim: &[&str]) -> Lab {
    let lab = lab_of(ACME, claim);
    plant(&lab, CHAT, &chat(3));
    plant(&lab, MODAL, &chat(1));
    for (form, text) in OTHERS {
        plant(&lab, form, text);
    }
    lab
}

/// Calls everything that looks at sources, and returns the keys that were touched.
fn everything(lab: &Lab) -> BTreeSet<String> {
    let tab = lab.tab();
    run(async {
        tab.migration_needed().await.unwrap();
        tab.status(Default::default()).await.unwrap();
        tab.list_sessions().await.unwrap();
        let dry = Options {
            dry_run: true,
            ..Options::default()
        };
        tab.migrate_all(&dry, &Unwatched).await.unwrap();
        for (form, _) in OTHERS
            .into_iter()
            .filter(|(form, _)| *form != "chat_session_7")
        {
            assert_eq!(tab.load_full(&id(form)).await.unwrap(), None, "{form}");
            assert!(
                tab.open_session(&id(form)).await.unwrap().is_none(),
                "{form}"
            );
            assert!(
                tab.migrate(&id(form), &Options::default()).await.is_err(),
                "{form}"
            );
            assert!(!tab.delete(&id(form), true).await.unwrap(), "{form}");
        }
        tab.migrate_all(&Options::default(), &Unwatched)
            .await
            .unwrap();
        tab.list_quarantine().await.unwrap();
        tab.status(Default::default()).await.unwrap();
    });
    touched(&tab)
        .iter()
        .map(|about| about.split(", ").next().unwrap().to_owned())
        .collect()
}

#[test]
fn only_the_tenants_chats_are_taken_and_nothing_else_is_read() {
    let lab = planted(&[]);
    let found = everything(&lab);
    assert_eq!(found, BTreeSet::from([named(CHAT), named(MODAL)]));
    for (form, planted) in OTHERS {
        assert_eq!(text(&lab, form), Some(Value::text(planted)), "{form}");
    }
    let ids: Vec<_> = run(lab.tab().list_sessions())
        .unwrap()
        .into_iter()
        .map(|row| row.id)
        .collect();
    assert_eq!(ids, [Some(id(MODAL)), Some(id(CHAT))]);
}

#[test]
fn a_chat_without_a_tenant_moves_only_when_it_is_claimed_by_name() {
    let lab = planted(&[]);
    lab.migrate_all();
    assert_eq!(load(&lab, "chat_session_7"), None);
    assert!(text(&lab, "chat_session_7").is_some());
    let claimed = planted(&["chat_session_7"]);
    assert!(everything(&claimed).contains("chat_session_7"));
    assert_eq!(text(&claimed, "chat_session_7"), None);
    let wanted = Value::json(r#"[{"type":"agent","content":"whose?"}]"#);
    assert_eq!(load(&claimed, "chat_session_7"), Some(wanted.clone()));
    // What was moved stays the tenant's, whether or not it is claimed again.
    let later = lab_of(ACME, &[]);
    let later = Lab::on(&claimed.disk, &later.config);
    assert_eq!(load(&later, "chat_session_7"), Some(wanted));
    assert_eq!(
        run(later.tab().status(Default::default())).unwrap().total,
        3
    );
}

#[test]
fn no_claim_takes_what_is_another_tenants_or_no_chat() {
    let forms: Vec<_> = OTHERS
        .into_iter()
        .map(|(form, _)| form)
        .filter(|form| *form != "chat_session_7")
        .collect();
    let lab = planted(&forms);
    assert_eq!(
        everything(&lab),
        BTreeSet::from([named(CHAT), named(MODAL)])
    );
}

#[test]
fn what_is_left_and_offered_is_listed_by_a_capture() {
    let lab = planted(&[]);
    let selection = lab.config.sources[0].selection.clone().unwrap();
    let capture = Capture {
        registry: selection.registry,
        tenant: selection.tenant,
        claims: selection.claims,
        dry_run: true,
    };
    let snapshot = run(lab.tab().capture_state(&capture)).unwrap().snapshot;
    let left: BTreeSet<_> = snapshot
        .left
        .iter()
        .filter_map(|left| left.key.as_suffix())
        .collect();
    assert!(left.contains(&named("chat_session_{o}_agent-1")));
    assert_eq!(snapshot.offered[0].key, "chat_session_7");
    for entry in snapshot
        .entries
        .iter()
        .filter(|entry| entry.class.starts_with("chat"))
    {
        let is_session = run(lab.tab().list_sessions())
            .unwrap()
            .iter()
            .any(|row| row.id == Some(Key::text(&entry.key)));
        assert_eq!(
            is_session,
            entry.class == "chat" || entry.class == "chat-modal",
            "{}",
            entry.key
        );
    }
}

#[test]
fn a_key_that_may_be_another_tenants_is_no_session_until_it_is_claimed() {
    let ambiguous = "chat_session_acme_eu_1";
    let lab = lab_of("acme", &[]);
    plant(&lab, "chat_session_acme_1", &chat(1));
    plant(&lab, ambiguous, &chat(2));
    let result = lab.migrate_all();
    assert_eq!((result.total, result.migrated), (1, 1));
    assert_eq!(text(&lab, ambiguous), Some(Value::text(chat(2))));
    assert_eq!(
        run(lab.tab().migration_needed()).unwrap(),
        MigrationNeed::No
    );
    let claimed = Lab::on(&lab.disk, &lab_of("acme", &[ambiguous]).config);
    assert_eq!(
        run(claimed.tab().migration_needed()).unwrap(),
        MigrationNeed::Yes
    );
    assert_eq!(claimed.migrate_all().migrated, 1);
    assert_eq!(load(&claimed, ambiguous), Some(body(2)));
}

#[test]
fn a_key_with_half_a_pair_is_left() {
    let lab = planted(&[]);
    let mut units: Vec<u16> = named(CHAT).encode_utf16().collect();
    units.push(0xD800);
    let half = Place::record(Area::LocalStorage, Key::Units(units));
    lab.disk.plant_at(&half, Value::text(chat(1)));
    assert_eq!(lab.migrate_all().total, 2);
    assert_eq!(lab.disk.row(&half), Some(Value::text(chat(1))));
}
