//! Runs for which storage does not suffice: refused before they begin, or stopped on their way.

use crate::lab::{Lab, key, session};
use crate::picture::tidy;
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::headroom::{Help, Rule as Headroom, Shortage};
use restow::domain::place::{Area, Place};
use restow::domain::report::{BatchMigrationResult, Outcome};
use restow::engine::Options;
use restow::error::Error;
use restow::ports::{Ports, Records, Unwatched};
use serde_json::json;

fn with(headroom: Headroom) -> Options {
    Options {
        headroom,
        ..Options::default()
    }
}

fn batch(lab: &Lab, headroom: Headroom) -> Result<BatchMigrationResult, Error> {
    run(lab.tab().migrate_all(&with(headroom), &Unwatched))
}

fn used(lab: &Lab) -> f64 {
    let storage = run(lab.tab().ports.records().quota());
    storage.unwrap().usage
}

/// Leaves so many bytes free.
fn leave(lab: &Lab, bytes: f64) {
    lab.disk.set_limit(Some((used(lab) + bytes) as u64));
}

/// Records with one session each, and what a run needs for one of them.
fn records(count: u32) -> (Lab, f64) {
    let lab = Lab::small();
    lab.unplant("s1");
    for n in 0..count {
        let id = format!("n{n:02}");
        lab.plant(&id, &session(&id, 20));
    }
    let rehearsal = Options {
        dry_run: true,
        ..Options::default()
    };
    let rehearsed = run(lab.tab().migrate_all(&rehearsal, &Unwatched)).unwrap();
    assert_eq!(rehearsed.shortage, None);
    (lab, rehearsed.quota.unwrap().needed / f64::from(count))
}

/// Sessions in one JSON text of localStorage.
fn in_text(count: u32) -> Lab {
    let lab = Lab::new(json!({
        "sources": [{ "kind": "localStorage", "key": "app/all", "path": "sessions" }],
        "layout": { "arrays": [{ "path": "screenshots", "chunk": 2 }] }
    }));
    let sessions: Vec<_> = (0..count)
        .map(|n| json!({ "id": format!("t{n}"), "screenshots": vec!["x".repeat(200); 10] }))
        .collect();
    let text = json!({ "sessions": sessions }).to_string();
    let place = Place::record(Area::LocalStorage, key("app/all"));
    lab.disk.plant_at(&place, Value::text(&text));
    lab
}

fn refused(result: Result<BatchMigrationResult, Error>) -> Shortage {
    let error = result.unwrap_err();
    assert_eq!((error.code(), error.retryable()), ("QuotaExceeded", false));
    match error {
        Error::NoHeadroom(shortage) => *shortage,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_known_not_to_fit_is_refused_before_anything_is_written() {
    let lab = in_text(5);
    leave(&lab, 10_500.0);
    let image = lab.disk.image();
    let shortage = refused(batch(&lab, Headroom::Require));
    assert_eq!(lab.disk.image(), image);
    assert_eq!(shortage.missing, shortage.needed - shortage.available);
    assert!(
        (20_000.0..22_000.0).contains(&shortage.needed),
        "{shortage:?}"
    );
    assert_eq!(shortage.help, [Help::Fewer { count: 2 }, Help::Persist]);
}

#[test]
fn with_fit_it_moves_what_fits_and_the_next_run_goes_on() {
    let lab = in_text(5);
    leave(&lab, 10_500.0);
    let result = batch(&lab, Headroom::Fit).unwrap();
    assert!(!result.success && !result.cancelled);
    assert!((1..5).contains(&result.migrated), "{result:?}");
    assert_eq!(result.errors.len(), 1);
    assert_eq!(result.errors[0].code, "QuotaExceeded");
    assert!(result.shortage.is_some());
    tidy(&lab);
    lab.disk.set_limit(None);
    let rest = batch(&lab, Headroom::Require).unwrap();
    assert_eq!((rest.success, rest.migrated), (true, 5 - result.migrated));
    tidy(&lab);
}

#[test]
fn a_run_stops_before_the_first_session_that_does_not_fit() {
    for rule in [Headroom::Require, Headroom::Fit] {
        let (lab, each) = records(6);
        // Originals go, and their room comes back: chunks and backup replace them.
        leave(&lab, each * 2.2);
        let result = batch(&lab, rule).unwrap();
        let outcomes: Vec<_> = result.sessions.iter().map(|row| row.outcome).collect();
        let moved = result.migrated as usize;
        assert!((2..5).contains(&moved), "{outcomes:?}");
        assert_eq!(outcomes.len(), moved + 1, "none is tried after it");
        let failed = result
            .sessions
            .iter()
            .filter(|row| row.outcome == Outcome::Failed);
        let failed: Vec<_> = failed.map(|row| row.session_id.clone()).collect();
        let errors = result.errors.iter().map(|error| error.session_id.clone());
        assert_eq!(failed, errors.collect::<Vec<_>>());
        assert_eq!(failed.len(), 1);
        let shortage = result.shortage.unwrap();
        assert!(shortage.missing > 0.0 && shortage.needed >= each * 0.9);
        assert_eq!(shortage.help, [Help::Persist]);
        tidy(&lab);
        assert_eq!(
            run(lab.tab().status(Default::default())).unwrap().legacy,
            6 - moved as u32
        );
        lab.disk.set_limit(None);
        assert_eq!(batch(&lab, rule).unwrap().migrated, 6 - moved as u32);
        for n in 0..6 {
            let id = format!("n{n:02}");
            assert_eq!(lab.load(&id).unwrap(), Some(session(&id, 20)));
        }
    }
}

#[test]
fn expired_backups_are_offered_and_help() {
    let (lab, each) = records(4);
    run(lab.tab().migrate(&key("n00"), &Options::default())).unwrap();
    run(lab.tab().migrate(&key("n01"), &Options::default())).unwrap();
    lab.disk.clock().advance_days(31);
    leave(&lab, each * 0.8);
    let shortage = batch(&lab, Headroom::Require).unwrap().shortage.unwrap();
    let Some(Help::Cleanup { bytes }) = shortage.help.first() else {
        panic!("{shortage:?}");
    };
    let rule = restow::domain::retention::Rule::Expired;
    let freed = run(lab.tab().cleanup(rule, true)).unwrap().freed_bytes;
    assert_eq!(*bytes, freed as f64);
    assert!(batch(&lab, Headroom::Require).unwrap().migrated > 0);
}

#[test]
fn with_ignore_only_the_browser_refuses() {
    let (lab, each) = records(3);
    leave(&lab, each * 0.5);
    let result = batch(&lab, Headroom::Ignore).unwrap();
    assert_eq!((result.errors.len(), result.shortage), (3, None));
    assert!(
        result
            .errors
            .iter()
            .all(|error| error.code == "QuotaExceeded")
    );
    tidy(&lab);
}

#[test]
fn a_rehearsal_says_what_will_be_missing_and_refuses_nothing() {
    let (lab, each) = records(4);
    leave(&lab, each * 2.5);
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    let result = run(lab.tab().migrate_all(&dry, &Unwatched)).unwrap();
    assert!(result.success);
    let shortage = result.shortage.unwrap();
    assert_eq!(shortage.needed, result.quota.unwrap().needed);
    assert_eq!(shortage.help[0], Help::Fewer { count: 2 });
}

#[test]
fn sessions_that_are_not_going_to_be_moved_need_no_room() {
    let lab = in_text(5);
    batch(&lab, Headroom::Require).unwrap();
    for n in 0..5 {
        run(lab
            .tab()
            .rollback(&key(&format!("t{n}")), None, Default::default(), true))
        .unwrap();
    }
    leave(&lab, 100.0);
    let result = batch(&lab, Headroom::Require).unwrap();
    assert_eq!((result.success, result.skipped), (true, 5), "{result:?}");
    let forced = Options {
        force: true,
        ..Options::default()
    };
    refused(run(lab.tab().migrate_all(&forced, &Unwatched)));
}
