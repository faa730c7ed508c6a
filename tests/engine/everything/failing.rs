//! A part that fails never stops another, and is never taken for success.

use super::*;
use crate::support::twin::Fault;
use restow::domain::report::{Outcome, Part};
use restow::domain::state::{CaptureOutcome, CarryOutcome};
use restow::error::{Cause, Error};

fn denied() -> Error {
    let cause = Cause::named("SecurityError");
    Error::StorageDenied { cause }
}

/// State of localStorage beside sessions in IndexedDB.
fn beside_sessions() -> Lab {
    let mut lab = Lab::with_session();
    let classes = json!([{ "name": "theme", "key": "theme" }]);
    let config = json!({ "preset": "taskerino", "state": { "registry": classes } });
    lab.config = restow::domain::config::Config::parse(&config).unwrap();
    lab.config.sources.truncate(1);
    plant(&lab, "theme", "dark");
    lab
}

/// A part that failed was listed, and the whole was noted as completed.
#[test]
fn state_that_cannot_be_captured_stops_no_session_and_is_no_success() {
    let lab = beside_sessions();
    lab.disk.set_local_denied(Some(denied()));
    let (result, _) = watched(&lab, &Options::default());
    assert_eq!((result.success, result.migrated), (false, 1));
    let capture = &state(&result).capture;
    assert_eq!(capture.outcome, CaptureOutcome::Failed);
    assert_eq!(capture.code.as_deref(), Some("StorageDenied"));
    let error = &result.errors[0];
    assert_eq!(
        (error.part, error.code.as_str()),
        (Part::Capture, "StorageDenied")
    );
    assert_eq!(error.session_id, None);
    // It is not noted as done, so the next run does it.
    lab.disk.set_local_denied(None);
    let (again, _) = watched(&lab, &Options::default());
    assert!(again.success);
    assert_eq!(state(&again).capture.outcome, CaptureOutcome::Captured);
}

#[test]
fn sessions_that_cannot_be_read_at_all_stop_no_capture() {
    let lab = beside_sessions();
    lab.disk.break_database("taskerino-db", Some(denied()));
    let (result, _) = watched(&lab, &Options::default());
    assert!(!result.success);
    assert_eq!(state(&result).capture.outcome, CaptureOutcome::Captured);
    assert_eq!(result.errors[0].part, Part::Sessions);
    let printed = restow::domain::console::results(&result);
    assert!(printed.contains("❌ Sessions: StorageDenied"), "{printed}");
}

#[test]
fn where_nothing_can_be_done_at_all_the_call_fails() {
    let lab = beside_sessions();
    lab.disk.set_local_denied(Some(denied()));
    lab.disk.break_database("taskerino-db", Some(denied()));
    let call = run(lab.tab().migrate_all(&Options::default(), &Ear::default()));
    assert_eq!(call.unwrap_err().code(), "StorageDenied");
}

/// Whichever operation fails, the run says so or has done all, and the next one ends as an
/// undisturbed one does.
fn mends(lab: &Lab, done: impl Fn(&BatchMigrationResult) -> bool) {
    let undisturbed = lab.fork();
    for _ in 0..2 {
        watched(&undisturbed, &Options::default());
    }
    let operations = {
        let tab = lab.fork().tab();
        run(tab.migrate_all(&Options::default(), &Ear::default())).unwrap();
        tab.ports.tab().operations()
    };
    assert!(operations > 20);
    for n in 0..operations {
        let lab = lab.fork();
        let tab = lab.tab();
        tab.ports.tab().at(n, Fault::Fail(denied()));
        let first = run(tab.migrate_all(&Options::default(), &Ear::default()));
        let how = format!("at {n} of {operations}");
        if let Ok(first) = &first
            && first.success
        {
            assert!(done(first), "{how}: {first:?}");
        }
        let (again, _) = watched(&lab, &Options::default());
        assert!(again.success, "{how}: {again:?}");
        assert_eq!(local(&lab), local(&undisturbed), "{how}");
    }
}

#[test]
fn a_failure_anywhere_in_chats_and_state_is_told_and_mended_by_the_next_run() {
    mends(&agents(), |first| {
        let rows = first.sessions.iter();
        let moved = rows.filter(|row| row.outcome == Outcome::Migrated).count();
        (moved, state(first).capture.keys) == (2, 6)
    });
}

#[test]
fn a_failure_anywhere_in_a_carry_is_told_and_mended_by_the_next_run() {
    let lab = streak::streak(9);
    streak::sign_in(&lab);
    mends(&lab, |first| {
        let carry = state(first).carry.as_ref().map(|carry| carry.outcome);
        (carry, state(first).capture.keys) == (Some(CarryOutcome::Carried), 2)
    });
}
