//! localStorage, late: what comes back after a crash, what a power cut takes, what another tab was
//! writing; and texts that JavaScript can't keep.

use crate::lab::{Lab, key};
use crate::shelf::{Form, Shelf, body_of, layout, text_of};
use crate::support::twin::run;
use crate::support::value::Value;
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
