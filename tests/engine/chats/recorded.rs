//! How an application lost chats, or gave them to someone else, on their way to another store. Each
//! test is a failure that was recorded there, and what happens instead.

use super::*;
use crate::support::twin::Fault;
use restow::engine::Options;
use restow::error::{Cause, Error};
use restow::ports::Unwatched;
use std::collections::BTreeSet;

/// `message.role || 'user'` was read where messages carry `type`: every answer became a question.
#[test]
fn an_answer_stays_an_answer() {
    let lab = lab();
    plant(&lab, CHAT, &chat(6));
    lab.migrate_all();
    let migrated = load(&lab, CHAT).unwrap();
    let kinds: Vec<_> = (0..6)
        .map(|at| migrated.get(&format!("{at}.type")))
        .collect();
    assert_eq!(
        kinds,
        ["user", "agent"]
            .repeat(3)
            .into_iter()
            .map(Value::text)
            .collect::<Vec<_>>()
    );
    // Not only the type: every field of every message, in its order, and none is added.
    for at in 0..6 {
        assert_eq!(migrated.get(&at.to_string()), message(at).into());
    }
}

/// All `chat_session_*` keys were taken, whoever had written them, and stored under whoever was
/// signed in.
#[test]
fn a_chat_of_another_tenant_stays_with_that_tenant_in_every_store() {
    let theirs = "chat_session_{o}_agent-1";
    let lab = lab();
    plant(&lab, CHAT, &chat(2));
    plant(&lab, theirs, &chat(3));
    lab.migrate_all();
    assert_eq!(text(&lab, theirs), Some(Value::text(chat(3))));
    let other = lab_of(OTHER, &[]);
    assert_ne!(other.config.database, lab.config.database);
    // The other tenant signs in: another database of ours, on the same localStorage.
    for (place, text) in lab.disk.image().local {
        other
            .disk
            .plant_at(&Place::record(Area::LocalStorage, place), text);
    }
    let ids = run(other.tab().list_sessions())
        .unwrap()
        .into_iter()
        .map(|row| row.id);
    assert_eq!(ids.collect::<Vec<_>>(), [Some(id(theirs))]);
    other.migrate_all();
    assert_eq!(load(&other, theirs), Some(body(3)));
    assert_eq!(load(&other, CHAT), None);
}

/// `…_global` is an object with the selected agent, for which an empty chat was made; the chats of
/// the modal window were not collected.
#[test]
fn the_selected_agent_makes_no_empty_chat_and_the_modal_window_is_not_forgotten() {
    let lab = lab();
    let global = r#"{"selectedAgent":"agent-1","lastUpdated":"2025-01-31"}"#;
    plant(&lab, "chat_session_{t}_global", global);
    plant(&lab, MODAL, &chat(2));
    let result = lab.migrate_all();
    assert_eq!((result.total, result.migrated), (1, 1));
    assert_eq!(result.sessions[0].session_id, Some(id(MODAL)));
    assert_eq!(
        text(&lab, "chat_session_{t}_global"),
        Some(Value::text(global))
    );
    assert_eq!(load(&lab, "chat_session_{t}_global"), None);
}

/// There were no stable ids: a retry after half of it stored messages twice.
#[test]
fn a_run_that_is_repeated_after_half_of_it_doubles_no_message() {
    let forms: Vec<String> = (0..3)
        .map(|agent| format!("chat_session_{{t}}_agent-{agent}"))
        .collect();
    let planted = || {
        let lab = lab();
        forms.iter().for_each(|form| plant(&lab, form, &chat(3)));
        lab
    };
    let operations = {
        let tab = planted().tab();
        run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        tab.ports.tab().operations()
    };
    for n in 0..operations {
        let lab = planted();
        let tab = lab.tab();
        let failure = Error::Browser {
            cause: Cause::named("UnknownError"),
        };
        tab.ports.tab().at(n, Fault::Fail(failure));
        let _ = run(tab.migrate_all(&Options::default(), &Unwatched));
        let again = lab.migrate_all();
        assert!(again.success, "at {n}: {again:?}");
        let rows = run(lab.tab().list_sessions()).unwrap();
        let ids: BTreeSet<_> = rows.iter().filter_map(|row| row.id.clone()).collect();
        assert_eq!((rows.len(), ids.len()), (3, 3), "at {n}");
        for form in &forms {
            assert_eq!(load(&lab, form), Some(body(3)), "{form} at {n}");
        }
    }
}

/// Keys were cut at `_`: ids contain `-` and `_`, and ids of agents embed the tenant.
#[test]
fn ids_of_any_form_are_told_from_the_tenant() {
    let lab = lab();
    let forms = [
        "chat_session_{t}_agent-1700000000000",
        "chat_session_{t}_agent-risk-specialist-{t}",
        "chat_session_{t}_my_own_agent",
        "chat_session_{t}_global_view",
        "agent_chat_{t}_agent_chat_{t}_x",
    ];
    for (form, messages) in forms.iter().zip(1..) {
        plant(&lab, form, &chat(messages));
    }
    let result = lab.migrate_all();
    assert_eq!((result.total, result.migrated), (5, 5));
    for (form, messages) in forms.iter().zip(1..) {
        assert_eq!(load(&lab, form), Some(body(messages)), "{form}");
    }
}
