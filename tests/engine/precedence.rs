//! Sessions in several sources: which one is theirs, and what becomes of the copies.

use crate::lab::{Lab, key};
use crate::shelf::{body_of, layout, text_of};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::place::{Area, Place};
use restow::domain::report::{BatchMigrationResult, MigrationNeed, Outcome, SessionState};
use restow::engine::{Edits, Options};
use restow::error::{Cause, Error};
use restow::ports::Unwatched;
use serde_json::json;

/// Rows first, then a row that holds many, then localStorage.
fn three() -> Lab {
    Lab::new(json!({
        "sources": [
            { "name": "rows", "database": "app", "store": "rows", "prefix": "s/" },
            { "name": "one row", "database": "app", "store": "rows", "key": "all" },
            { "name": "state", "kind": "localStorage", "key": "state", "path": "sessions" },
        ],
        "layout": layout(),
    }))
}

fn plant_row(lab: &Lab, id: &str, body: Value) {
    lab.disk.plant("app", "rows", key(&format!("s/{id}")), body);
}

fn plant_all(lab: &Lab, ids: &[&str]) {
    let all = Value::list(ids.iter().map(|id| body_of(id)));
    lab.disk.plant("app", "rows", key("all"), all);
}

fn state() -> Place {
    Place::record(Area::LocalStorage, key("state"))
}

fn plant_state(lab: &Lab, texts: &[String]) -> Value {
    let text = Value::text(format!(
        "{{ \"sessions\": [{}], \"theme\":1.0 }}",
        texts.join(" , ")
    ));
    lab.disk.plant_at(&state(), text.clone());
    text
}

fn warned(result: &BatchMigrationResult, id: &str) -> Vec<String> {
    let row = result
        .sessions
        .iter()
        .find(|row| row.session_id == Some(key(id)));
    row.unwrap()
        .warnings
        .iter()
        .map(|warning| warning.message.clone())
        .collect()
}

#[test]
fn a_session_comes_from_the_first_source_and_its_copies_are_told_of_and_kept() {
    let lab = three();
    plant_row(&lab, "s1", body_of("s1").with("name", "newest"));
    plant_all(&lab, &["s1", "s2"]);
    let text = plant_state(&lab, &[text_of("s1"), text_of("s2"), text_of("s3")]);
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    let rehearsal = run(lab.tab().migrate_all(&dry, &Unwatched)).unwrap();
    let result = lab.migrate_all();
    for result in [&rehearsal, &result] {
        assert_eq!((result.total, result.migrated), (3, 3));
        assert_eq!(warned(result, "s1").len(), 2);
        assert_eq!(
            warned(result, "s2"),
            ["lies in state as well; that copy is left alone"]
        );
    }
    assert_eq!(
        lab.load("s1").unwrap(),
        Some(body_of("s1").with("name", "newest"))
    );
    // s3 was nowhere else; of the others the copies stay.
    let left = Value::text(format!(
        "{{ \"sessions\": [{} , {}], \"theme\":1.0 }}",
        text_of("s1"),
        text_of("s2")
    ));
    assert_ne!(text, left);
    assert_eq!(lab.disk.row(&state()), Some(left));
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!(
        (status.total, status.chunked, status.percentage),
        (3, 3, 100)
    );
    assert_eq!(
        run(lab.tab().migration_needed()).unwrap(),
        MigrationNeed::No
    );
}

#[test]
fn a_stale_copy_months_later_in_a_lower_source_replaces_nothing() {
    let lab = three();
    plant_row(&lab, "s1", body_of("s1").with("name", "newest"));
    lab.migrate_all();
    lab.disk.clock().advance(90 * 86_400_000);
    let text = plant_state(&lab, &[text_of("s1")]);
    for _ in 0..2 {
        let result = lab.migrate_all();
        assert_eq!((result.total, result.migrated, result.skipped), (1, 0, 1));
        assert_eq!(warned(&result, "s1").len(), 1);
    }
    assert_eq!(
        run(lab.tab().migrate(&key("s1"), &Options::default()))
            .unwrap()
            .outcome,
        Outcome::Skipped
    );
    assert_eq!(
        lab.load("s1").unwrap(),
        Some(body_of("s1").with("name", "newest"))
    );
    assert_eq!(lab.disk.row(&state()), Some(text));
}

#[test]
fn what_was_rolled_back_is_migrated_again_from_its_own_source_alone() {
    let lab = three();
    plant_all(&lab, &["s1"]);
    lab.migrate_all();
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    // A copy turns up in a source that comes before.
    plant_row(&lab, "s1", body_of("s1").with("name", "a copy"));
    let force = Options {
        force: true,
        ..Options::default()
    };
    let result = run(lab.tab().migrate_all(&force, &Unwatched)).unwrap();
    assert_eq!((result.total, result.migrated), (1, 1));
    assert_eq!(
        warned(&result, "s1"),
        ["lies in rows as well; that copy is left alone"]
    );
    assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")));
    assert_eq!(
        lab.disk
            .row(&Place::record(Area::store("app", "rows"), key("all"))),
        Some(Value::list([]))
    );
}

#[test]
fn the_same_id_twice_in_one_source_quarantines_both() {
    let lab = three();
    let text = plant_state(&lab, &[text_of("s1"), text_of("s2"), text_of("s1")]);
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.quarantined), (1, 2));
    let codes: Vec<_> = result
        .sessions
        .iter()
        .filter_map(|row| row.code.as_deref())
        .collect();
    assert_eq!(codes, ["DuplicateId", "DuplicateId"]);
    let rows = run(lab.tab().list_sessions()).unwrap();
    let quarantined = rows
        .iter()
        .filter(|row| row.state == SessionState::Quarantined);
    assert_eq!(quarantined.count(), 2);
    assert_eq!(run(lab.tab().list_quarantine()).unwrap().len(), 2);
    assert_ne!(lab.disk.row(&state()), Some(text));
}

#[test]
fn a_source_that_cannot_be_told_holds_back_those_below_it_but_keeps_nobody_from_reading() {
    let lab = three();
    plant_row(&lab, "s1", body_of("s1"));
    lab.disk.plant("app", "rows", key("all"), "no sessions");
    let text = plant_state(&lab, &[text_of("s2")]);
    let result = lab.migrate_all();
    assert!(result.success, "quarantine alone is no failure");
    let of = |outcome| {
        result
            .sessions
            .iter()
            .filter(|row| row.outcome == outcome)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(Outcome::Migrated)[0].session_id, Some(key("s1")));
    let held = of(Outcome::Skipped);
    assert_eq!(
        (held[0].session_id.clone(), held[0].code.as_deref()),
        (Some(key("s2")), Some("HigherSourceUnreadable"))
    );
    assert_eq!(
        of(Outcome::Quarantined)[0].source.as_deref(),
        Some("one row")
    );
    // It is read as it is, and stays.
    assert_eq!(lab.load("s2").unwrap(), Some(body_of("s2")));
    assert_eq!(lab.disk.row(&state()), Some(text));
    // Mended, it goes.
    plant_all(&lab, &[]);
    assert_eq!(lab.migrate_all().migrated, 1);
    assert!(run(lab.tab().list_quarantine()).unwrap().is_empty());
}

#[test]
fn a_denied_source_is_an_error_of_its_own_and_the_others_go_on() {
    let lab = three();
    plant_row(&lab, "s1", body_of("s1"));
    let denied = Error::StorageDenied {
        cause: Cause::named("SecurityError"),
    };
    lab.disk.set_local_denied(Some(denied));
    let result = lab.migrate_all();
    assert_eq!((result.success, result.migrated), (false, 1));
    assert_eq!(result.errors[0].code, "StorageDenied");
    assert_eq!(result.errors[0].session_id, None);
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!((status.chunked, status.percentage), (1, 99));
    assert_eq!(status.unreadable_sources[0].source, "state");
    assert_eq!(
        run(lab.tab().migration_needed()).unwrap(),
        MigrationNeed::Unknown
    );
    assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")));
    // What is nowhere else may lie there.
    assert!(matches!(lab.load("s9"), Err(Error::StorageDenied { .. })));
}

#[test]
fn kept_originals_in_a_container_are_not_legacy_and_go_together_when_asked() {
    let lab = three().keeping();
    let text = plant_state(&lab, &[text_of("s1"), text_of("s2")]);
    lab.migrate_all();
    assert_eq!(lab.disk.row(&state()), Some(text.clone()));
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!((status.chunked, status.legacy, status.diverged), (2, 0, 0));
    assert_eq!(lab.migrate_all().migrated, 0);
    // Rolled back onto the original that is still there.
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    assert_eq!(lab.disk.row(&state()), Some(text));
    // An older release of the application changes the other one.
    let changed = text_of("s2").replacen("Session", "Edited", 1);
    plant_state(&lab, &[text_of("s1"), changed]);
    assert_eq!(
        run(lab.tab().status(Default::default())).unwrap().diverged,
        1
    );
    plant_state(&lab, &[text_of("s1"), text_of("s2")]);
    let tab = lab.tab();
    let removed = run(tab.remove_originals(true)).unwrap();
    assert_eq!(removed.removed, [key("s2")]);
    let trace = tab.ports.tab().trace();
    assert_eq!(
        trace.iter().filter(|step| step.method == "replace").count(),
        1
    );
    let left = Value::text(format!(
        "{{ \"sessions\": [{}], \"theme\":1.0 }}",
        text_of("s1")
    ));
    assert_eq!(lab.disk.row(&state()), Some(left));
}
