//! Rehearsals: the same rows as the run's, and not one byte written.

use crate::calls::beginnings;
use crate::lab::{Lab, key, session, wrapped};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::report::{BatchMigrationResult, Outcome, SessionMigrationResult};
use restow::engine::Options;
use restow::error::Error;
use restow::ports::Unwatched;

fn dry(force: bool) -> Options {
    Options {
        dry_run: true,
        force,
        ..Options::default()
    }
}

fn wet(force: bool) -> Options {
    Options {
        force,
        ..Options::default()
    }
}

fn batch(lab: &Lab, options: &Options) -> BatchMigrationResult {
    run(lab.tab().migrate_all(options, &Unwatched)).unwrap()
}

/// A row without what only a run has: a backup, and the time it took.
fn plain(row: &SessionMigrationResult) -> SessionMigrationResult {
    SessionMigrationResult {
        dry_run: false,
        backup_path: None,
        duration_ms: 0.0,
        phases: Default::default(),
        ..row.clone()
    }
}

fn mixed() -> Lab {
    let lab = Lab::small();
    lab.plant("s2", &session("s2", 0));
    lab.plant_row("s3", wrapped("s3", Value::Null));
    lab.plant("s4", &session("s4", 2).with("screenshots", Value::Null));
    lab.plant("s5", &session("s5", 2));
    lab.migrate("s5");
    lab.plant("s6", &session("s6", 2));
    lab.migrate("s6");
    lab.plant("s6", &session("s6", 4));
    lab
}

#[test]
fn a_rehearsal_writes_nothing_and_creates_no_database() {
    let lab = Lab::small();
    lab.plant_row("s3", wrapped("s3", Value::Null));
    let image = lab.disk.image();
    let result = batch(&lab, &dry(false));
    assert!(result.dry_run && result.success);
    assert_eq!((result.migrated, result.quarantined), (1, 1));
    assert!(result.sessions.iter().all(|row| row.dry_run));
    let single = run(lab.tab().migrate(&key("s1"), &dry(false))).unwrap();
    assert_eq!(single.outcome, Outcome::Migrated);
    assert!(single.dry_run && single.backup_path.is_none());
    assert_eq!((lab.disk.image(), lab.disk.commits()), (image, 0));
    assert!(!lab.disk.has_own());
}

#[test]
fn a_rehearsal_has_the_rows_of_the_run_whatever_there_is() {
    let mut all = vec![("mixed", mixed())];
    all.extend(beginnings());
    for (name, lab) in all {
        for force in [false, true] {
            let lab = lab.fork();
            let image = lab.disk.image();
            let rehearsed = batch(&lab, &dry(force));
            assert_eq!(lab.disk.image(), image, "{name}");
            let done = batch(&lab, &wet(force));
            let rows = |result: &BatchMigrationResult| -> Vec<_> {
                result.sessions.iter().map(plain).collect()
            };
            assert_eq!(rows(&rehearsed), rows(&done), "{name}, force {force}");
            assert_eq!(
                (
                    rehearsed.total,
                    rehearsed.migrated,
                    rehearsed.skipped,
                    rehearsed.quarantined
                ),
                (done.total, done.migrated, done.skipped, done.quarantined)
            );
        }
    }
}

#[test]
fn one_session_rehearsed_has_the_row_of_its_run() {
    for id in ["s1", "s2", "s3", "s4", "s5", "s6"] {
        let lab = mixed();
        let image = lab.disk.image();
        let rehearsed = run(lab.tab().migrate(&key(id), &dry(false))).unwrap();
        assert_eq!(lab.disk.image(), image);
        assert_eq!(plain(&rehearsed), plain(&lab.migrate(id)), "{id}");
    }
    let nonesuch = run(mixed().tab().migrate(&key("nonesuch"), &dry(false)));
    assert!(matches!(nonesuch, Err(Error::NotFound { .. })));
}

#[test]
fn a_rehearsal_tells_how_much_room_the_run_needs() {
    let lab = Lab::small();
    let result = batch(&lab, &dry(false));
    let quota = result.quota.unwrap();
    assert_eq!(quota.needed, 2.0 * result.sessions[0].bytes as f64);
    // A run within that room succeeds.
    // It is an estimate: what lies around a body is small.
    let free = (quota.usage + quota.needed * 1.1) as u64;
    lab.disk.set_limit(Some(free));
    assert!(batch(&lab, &dry(false)).quota.unwrap().headroom >= 0.0);
    let done = batch(&lab, &wet(false));
    assert_eq!(done.migrated, 1, "{done:?}");
}
