//! Sessions in localStorage: a key each, and what makes it weaker than a database.

use crate::deaths::{always, survives};
use crate::lab::{Lab, Tab, key};
use crate::shelf::{Form, Shelf, body_of, layout, text_of};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::manifest::State;
use restow::domain::place::{Area, Place};
use restow::domain::report::{Outcome, SessionState};
use restow::engine::{Edits, Options, Side};
use restow::ports::Unwatched;
use serde_json::json;

fn lab() -> Lab {
    Lab::new(json!({
        "sources": [{ "kind": "localStorage", "prefix": "note:" }],
        "layout": layout(),
    }))
}

fn place(id: &str) -> Place {
    Place::record(Area::LocalStorage, key(&format!("note:{id}")))
}

fn plant(lab: &Lab, id: &str, text: &str) {
    lab.disk.plant_at(&place(id), Value::text(text));
}

fn with_session() -> Lab {
    let lab = lab();
    plant(&lab, "s1", &text_of("s1"));
    lab.disk.plant_at(
        &Place::record(Area::LocalStorage, key("theme")),
        Value::text("dark"),
    );
    lab
}

fn migrated() -> Lab {
    let lab = with_session();
    lab.migrate_all();
    lab.disk.settle();
    lab.disk.settle_local();
    lab
}

fn state(lab: &Lab) -> SessionState {
    run(lab.tab().list_sessions()).unwrap()[0].state
}

/// Long enough for any browser to have written localStorage to the disk.
fn later(lab: &Lab) {
    lab.disk.clock().advance(61_000);
}

#[test]
fn each_key_is_a_session_and_others_are_left_alone() {
    let lab = with_session();
    plant(&lab, "s2", "{ no json");
    plant(&lab, "s3", r#"{ "id": "s3", "big": 12345678901234567890 }"#);
    plant(&lab, "s4", r#"{ "id": "s4", "twice": 1, "twice": 2 }"#);
    plant(&lab, "s5", r#"{ "id": "s5", "minus": -0, "far": 1e400 }"#);
    plant(
        &lab,
        "s6",
        r#"{ "id": "s6", "minus": -0, "half": "\ud83d", "small": 1e-7 }"#,
    );
    let result = lab.migrate_all();
    let ends: Vec<_> = result
        .sessions
        .iter()
        .map(|row| (row.outcome, row.code.as_deref()))
        .collect();
    let quarantined = |code| (Outcome::Quarantined, Some(code));
    assert_eq!(
        ends,
        [
            (Outcome::Migrated, None),
            quarantined("JsonInvalid"),
            quarantined("JsonNotExact"),
            quarantined("JsonNotExact"),
            quarantined("JsonNotExact"),
            (Outcome::Migrated, None),
        ]
    );
    assert_eq!(lab.disk.row(&place("s1")), None);
    assert_eq!(lab.disk.row(&place("s2")), Some(Value::text("{ no json")));
    assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")));
    // What can't be moved can still be read, as far as it can be told.
    assert!(lab.load("s3").unwrap().is_some());
}

#[test]
fn a_death_while_a_key_is_migrated_loses_nothing() {
    let call = async |tab: &Tab| tab.migrate_all(&Options::default(), &Unwatched).await;
    let tally = survives(&with_session(), &always("s1", &body_of("s1")), call, call);
    println!("migrate from localStorage: {tally:?}");
}

#[test]
fn an_older_text_that_comes_back_after_a_crash_replaces_nothing() {
    let lab = migrated();
    lab.edit_with("s1", "shots");
    let edited = lab.load("s1").unwrap();
    // The removal never reached the disk.
    plant(&lab, "s1", &text_of("s1"));
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.skipped), (0, 1));
    assert_eq!(
        (lab.disk.row(&place("s1")), lab.load("s1").unwrap()),
        (None, edited.clone())
    );
    // Nor did what was written before it.
    let older = text_of("s1").replacen("Session", "Older", 1);
    plant(&lab, "s1", &older);
    lab.migrate_all();
    assert_eq!(state(&lab), SessionState::Diverged);
    assert_eq!(lab.disk.row(&place("s1")), Some(Value::text(older)));
    assert_eq!(lab.load("s1").unwrap(), edited);
    run(lab.tab().resolve_conflict(&key("s1"), Side::Chunks, true)).unwrap();
    assert_eq!(
        (lab.disk.row(&place("s1")), state(&lab)),
        (None, SessionState::Chunked)
    );
    assert_eq!(lab.load("s1").unwrap(), edited);
}

#[test]
fn a_rollback_keeps_the_chunks_until_a_later_start_has_found_the_text() {
    let lab = migrated();
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    let text = Some(Value::text(text_of("s1")));
    assert_eq!(lab.disk.row(&place("s1")), text);
    let own = lab.disk.own().unwrap();
    assert!(!own.pieces.is_empty() && own.manifests[&key("s1")].0.settling.is_some());
    assert_eq!(state(&lab), SessionState::Legacy);
    // A start right after it is too early to know.
    lab.migrate_all();
    assert!(!lab.disk.own().unwrap().pieces.is_empty());
    later(&lab);
    let result = lab.migrate_all();
    assert_eq!(result.sessions[0].code.as_deref(), Some("RolledBack"));
    let own = lab.disk.own().unwrap();
    assert!(own.pieces.is_empty() && own.lists.is_empty() && own.journal.is_empty());
    assert_eq!(own.manifests[&key("s1")].0.state, State::RolledBack);
    assert_eq!(lab.disk.row(&place("s1")), text);
    let force = Options {
        force: true,
        ..Options::default()
    };
    assert_eq!(
        run(lab.tab().migrate(&key("s1"), &force)).unwrap().outcome,
        Outcome::Migrated
    );
    assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")));
}

#[test]
fn a_power_cut_after_a_rollback_takes_nothing_away() {
    let lab = migrated();
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    lab.disk.power_cut(0);
    assert_eq!(
        lab.disk.row(&place("s1")),
        None,
        "the text had reached the disk"
    );
    later(&lab);
    lab.migrate_all();
    assert_eq!(lab.disk.row(&place("s1")), Some(Value::text(text_of("s1"))));
    assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")));
    lab.disk.settle_local();
    later(&lab);
    lab.migrate_all();
    assert!(lab.disk.own().unwrap().pieces.is_empty());
    assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")));
}

#[test]
fn what_the_application_removes_after_a_rollback_in_the_same_start_stays_removed() {
    let lab = migrated();
    let tab = lab.tab();
    lab.disk.clock().advance(1);
    run(tab.rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    lab.disk.remove_at(&place("s1"));
    run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
    assert_eq!(lab.disk.row(&place("s1")), None);
}

#[test]
fn what_another_tab_was_writing_meanwhile_is_put_back_and_migrated() {
    let newer = text_of("s1").replacen("Session", "Newer", 1);
    let operations = {
        let tab = with_session().tab();
        run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        tab.ports.tab().trace()
    };
    let removal = operations
        .iter()
        .position(|step| step.method == "replace")
        .unwrap();
    for n in 0..=removal {
        let lab = with_session();
        let tab = lab.tab();
        let text = Value::text(&newer);
        tab.ports.tab().before_op(n, move |disk| {
            disk.foreign_write(&key("note:s1"), Some(text));
        });
        let result = run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        assert!(result.success, "{result:?}");
        lab.disk.land();
        let source = lab.disk.row(&place("s1"));
        let chunks = lab.load("s1").unwrap().unwrap();
        let name = chunks.child("name");
        let moved = (source.is_none() && name == Some(Value::text("Newer s1")))
            || state(&lab) == SessionState::Diverged;
        assert!(moved, "at {n}: {source:?}, {name:?}");
    }
}

#[test]
fn what_another_tab_was_writing_into_a_container_is_put_back_and_emptied() {
    for form in [Form::LocalArray, Form::LocalMap] {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        let tab = shelf.tab();
        let trace = {
            let tab = Shelf::new(form, &["s1", "s2"]).tab();
            run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
            tab.ports.tab().trace()
        };
        let removal = trace
            .iter()
            .position(|step| step.method == "replace")
            .unwrap();
        let theirs = shelf.holding_sessions(&["s1", "s2", "s3"]);
        tab.ports.tab().before_op(removal, move |disk| {
            disk.foreign_write(&key("app/all"), Some(theirs));
        });
        let result = run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        assert!(result.success, "{result:?}");
        shelf.lab.disk.land();
        assert_eq!(
            shelf.record(),
            Some(shelf.holding_sessions(&["s3"])),
            "{form:?}"
        );
        for id in ["s1", "s2", "s3"] {
            assert_eq!(shelf.lab.load(id).unwrap(), Some(body_of(id)), "{form:?}");
        }
    }
}
