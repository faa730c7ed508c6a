//! localStorage late on the disk: what comes back, what settles, and what is denied.

use crate::deaths::{always, survives, survives_until};
use crate::lab::{Lab, Tab, key};
use crate::picture::tidy;
use crate::shelf::{Form, Shelf, body_of, layout, text_of};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::manifest::State;
use restow::domain::place::{Area, Place};
use restow::domain::report::Outcome;
use restow::engine::{Edits, Options, Side};
use restow::error::{Cause, Error};
use restow::ports::Unwatched;
use serde_json::json;

/// One key a session, with some others beside them.
fn lab(ids: &[&str]) -> Lab {
    let lab = Lab::new(json!({
        "sources": [{ "name": "local", "kind": "localStorage", "prefix": "app/" }],
        "layout": layout()
    }));
    lab.disk.plant_at(&at_key("other"), "no business of ours");
    for id in ids {
        put(&lab, id, &text_of(id));
    }
    lab
}

fn at_key(key: &str) -> Place {
    Place::record(Area::LocalStorage, Key::text(key))
}

fn at(id: &str) -> Place {
    at_key(&format!("app/{id}"))
}

fn put(lab: &Lab, id: &str, text: &str) {
    lab.disk.plant_at(&at(id), text);
}

fn lies(lab: &Lab, id: &str) -> Option<Value> {
    lab.disk.row(&at(id))
}

fn is(text: &str) -> Option<Value> {
    Some(Value::text(text))
}

fn other(id: &str) -> String {
    text_of(id).replace("Session", "Another")
}

fn roll_back(lab: &Lab, id: &str) -> Result<(), Error> {
    run(lab.tab().rollback(&key(id), None, Edits::Refuse, true)).map(drop)
}

/// The operation of a run at which a method is called first.
fn operation(lab: &Lab, method: &str) -> usize {
    let tab = lab.fork().tab();
    run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
    let trace = tab.ports.tab().trace();
    trace.iter().position(|op| op.method == method).unwrap()
}

#[test]
fn a_rollback_restores_the_very_text() {
    let lab = lab(&["s1"]);
    lab.migrate("s1");
    roll_back(&lab, "s1").unwrap();
    assert_eq!(lies(&lab, "s1"), is(&text_of("s1")));
    assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")));
}

#[test]
fn a_death_at_any_moment_loses_no_session_of_local_storage() {
    let lab = lab(&["s1", "s2"]);
    let mut allowed = always("s1", &body_of("s1"));
    allowed.extend(always("s2", &body_of("s2")));
    let batch = async |tab: &Tab| tab.migrate_all(&Options::default(), &Unwatched).await;
    println!("batch: {:?}", survives(&lab, &allowed, batch, batch));
    let load = async |tab: &Tab| tab.load_full(&key("s1")).await;
    let again = async |tab: &Tab| {
        tab.load_full(&key("s1")).await?;
        tab.migrate(&key("s1"), &Options::default()).await
    };
    println!("load: {:?}", survives(&lab, &allowed, load, again));
    lab.migrate_all();
    lab.disk.settle();
    let back = async |tab: &Tab| tab.rollback(&key("s1"), None, Edits::Refuse, true).await;
    let later = |lab: &Lab| {
        lab.disk.clock().advance(61_000);
        lab.migrate_all();
    };
    let tally = survives_until(&lab, &allowed, back, back, later);
    println!("rollback: {tally:?}");
}

#[test]
fn an_old_text_that_comes_back_is_removed_again() {
    // The removal did not reach the disk, or a stale copy was saved again.
    for power_cut in [true, false] {
        let lab = lab(&["s1", "s2"]);
        lab.migrate_all();
        match power_cut {
            true => {
                lab.disk.power_cut_keeping_local(9, 1);
                assert_eq!(lies(&lab, "s2"), is(&text_of("s2")));
            }
            false => put(&lab, "s2", &text_of("s2")),
        }
        let status = run(lab.tab().status(Default::default())).unwrap();
        assert_eq!((status.total, status.chunked), (2, 2));
        let result = lab.migrate_all();
        assert_eq!((result.migrated, result.skipped), (0, 2));
        assert_eq!(lies(&lab, "s2"), None);
        assert_eq!(lab.load("s2").unwrap(), Some(body_of("s2")));
        tidy(&lab);
    }
}

#[test]
fn another_text_that_comes_back_diverges() {
    let lab = lab(&["s1", "s2"]);
    lab.migrate_all();
    put(&lab, "s2", &other("s2"));
    assert_eq!(
        run(lab.tab().status(Default::default())).unwrap().diverged,
        1
    );
    let result = lab.migrate_all();
    assert!(result.sessions.iter().any(|row| row.is_diverged()));
    assert_eq!(lies(&lab, "s2"), is(&other("s2")));
    assert_eq!(lab.load("s2").unwrap(), Some(body_of("s2")));
    run(lab.tab().resolve_conflict(&key("s2"), Side::Source, true)).unwrap();
    assert_eq!(lab.load("s2").unwrap(), Some(Value::json(&other("s2"))));
    assert_eq!(lies(&lab, "s2"), None);
    tidy(&lab);
}

#[test]
fn the_chunks_stay_until_a_later_start_finds_what_was_put_back() {
    for local in [false, true] {
        let lab = match local {
            false => lab(&["s1"]),
            true => Shelf::new(Form::LocalArray, &["s1"]).lab,
        };
        lab.migrate("s1");
        lab.disk.settle();
        roll_back(&lab, "s1").unwrap();
        let settling = lab.manifest("s1").unwrap();
        assert_eq!(settling.state, State::RolledBack);
        assert!(settling.settling.is_some());
        assert!(!lab.disk.pieces_of(&key("s1")).is_empty());
        // Too early, however many starts there are.
        lab.migrate_all();
        assert!(lab.manifest("s1").unwrap().settling.is_some());
        // The write did not reach the disk: it is put back from the backup.
        let cut = lab.fork();
        cut.disk.power_cut(9);
        cut.disk.clock().advance(5_000);
        assert_eq!(cut.load("s1").unwrap(), Some(body_of("s1")));
        for lab in [lab, cut] {
            lab.disk.settle();
            lab.disk.clock().advance(61_000);
            lab.migrate_all();
            let tombstone = lab.manifest("s1").unwrap();
            assert_eq!(
                (tombstone.state, tombstone.settling),
                (State::RolledBack, None)
            );
            assert!(lab.disk.pieces_of(&key("s1")).is_empty());
            assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")));
            assert_eq!(run(lab.tab().status(Default::default())).unwrap().legacy, 1);
            tidy(&lab);
        }
    }
}

#[test]
fn what_another_tab_writes_right_after_the_removal_is_moved_as_well() {
    let lab = lab(&["s1"]);
    let n = operation(&lab, "settle");
    let tab = lab.tab();
    let text = is(&other("s1"));
    tab.ports
        .tab()
        .before_op(n, move |disk| disk.foreign_write(&at("s1").key, text));
    let result = run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
    assert_eq!(result.migrated, 1);
    assert_eq!(lies(&lab, "s1"), None);
    assert_eq!(lab.load("s1").unwrap(), Some(Value::json(&other("s1"))));
    tidy(&lab);
}

#[test]
fn denied_local_storage_is_an_error_of_that_source_alone() {
    let mut lab = Lab::new(json!({
        "sources": [
            { "name": "local", "kind": "localStorage", "prefix": "app/" },
            { "name": "rows", "database": "app", "store": "rows" }
        ],
        "layout": layout()
    }));
    lab.config.sources.reverse();
    lab.disk.plant("app", "rows", key("s1"), body_of("s1"));
    put(&lab, "s2", &text_of("s2"));
    let cause = Cause::named("SecurityError");
    lab.disk
        .set_local_denied(Some(Error::StorageDenied { cause }));
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.errors.len()), (1, 1));
    assert_eq!(result.errors[0].code, "StorageDenied");
    let failed = result
        .sessions
        .iter()
        .find(|row| row.outcome == Outcome::Failed);
    assert_eq!(failed.unwrap().source.as_deref(), Some("local"));
    assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")));
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!((status.total, status.percentage), (1, 99));
    assert_eq!(status.unreadable_sources[0].source, "local");
    // Only what lies there can't be had.
    assert!(matches!(lab.load("s2"), Err(Error::StorageDenied { .. })));
    lab.disk.set_local_denied(None);
    assert_eq!(lab.migrate_all().migrated, 1);
    assert_eq!(lab.load("s2").unwrap(), Some(body_of("s2")));
    tidy(&lab);
}

#[test]
fn a_full_local_storage_keeps_the_chunks_of_what_was_to_be_put_back() {
    let lab = lab(&["s1"]);
    lab.migrate("s1");
    lab.disk.set_local_limit(Some(40));
    let full = roll_back(&lab, "s1");
    assert!(matches!(full, Err(Error::QuotaExceeded { .. })), "{full:?}");
    assert_eq!(lab.manifest("s1").unwrap().state, State::Committed);
    assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")));
    tidy(&lab);
}
