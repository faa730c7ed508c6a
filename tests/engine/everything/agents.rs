//! Chats, configurations with secrets, and another tenant, in one run.

use super::*;
use crate::state::{kept, text};
use restow::domain::progress::Phase;
use restow::domain::report::Outcome;
use restow::domain::state::{CaptureOutcome, Why, id};
use restow::engine::{AuditFilter, Edits};

#[test]
fn a_run_captures_state_and_migrates_chats() {
    let lab = agents();
    let before = local(&lab);
    let (result, _) = watched(&lab, &Options::default());
    assert!(result.success && result.errors.is_empty(), "{result:?}");
    let outcomes: Vec<_> = result.sessions.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [Outcome::Migrated, Outcome::Migrated]);
    let capture = &state(&result).capture;
    assert_eq!(
        (capture.outcome, capture.keys),
        (CaptureOutcome::Captured, 6)
    );
    assert_eq!(capture.classes["llm-configs"], 1);
    let expected = [
        (Why::OtherTenant, 2),
        (Why::Unknown, 1),
        (Why::Token, 1),
        (Why::Session, 2),
    ];
    assert_eq!(capture.left, expected.into());
    // Chats have backups of their own; of state everything lies where it lay, and in the snapshot.
    let now = local(&lab);
    for (form, _) in CHATS {
        assert!(!now.contains_key(&Key::text(named(form))), "{form}");
    }
    for (form, _) in STATE.into_iter().chain(OTHERS) {
        let key = Key::text(named(form));
        assert_eq!(now[&key], before[&key], "{form}");
    }
    let kept = kept(&lab);
    let keys: Vec<String> = kept.iter().map(|(key, _)| key.to_string()).collect();
    assert_eq!(kept.len(), STATE.len(), "{keys:?}");
    for (form, text) in STATE {
        assert!(
            kept.contains(&(Key::text(named(form)), Value::text(text))),
            "{form}"
        );
    }
    assert_eq!(run(lab.tab().list_backups(None)).unwrap().len(), 3);
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let lab = agents();
    let image = lab.disk.image();
    let (rehearsal, _) = watched(&lab, &dry());
    assert_eq!(lab.disk.image(), image);
    assert!(!lab.disk.has_own());
    let (result, _) = watched(&lab, &Options::default());
    let (would, did) = (&state(&rehearsal).capture, &state(&result).capture);
    assert_eq!(
        (would.keys, &would.classes, &would.left),
        (did.keys, &did.classes, &did.left)
    );
    assert_eq!((would.bytes, &would.path), (did.bytes, &None));
    assert_eq!(rehearsal.migrated, result.migrated);
}

#[test]
fn a_second_run_captures_nothing_anew() {
    let lab = agents();
    let (first, _) = watched(&lab, &Options::default());
    let image = lab.disk.image();
    let (second, _) = watched(&lab, &Options::default());
    assert_eq!(state(&second).capture.path, state(&first).capture.path);
    assert_eq!((second.migrated, second.skipped), (0, 2));
    assert_eq!(lab.disk.image().local, image.local);
    assert_eq!(lab.disk.own().unwrap().backups.len(), 3);
}

#[test]
fn keys_of_others_are_neither_read_nor_touched() {
    let lab = agents();
    let tab = lab.tab();
    run(tab.migrate_all(&Options::default(), &Ear::default())).unwrap();
    run(tab.status(Default::default())).unwrap();
    run(tab.migration_needed()).unwrap();
    let trace = tab.ports.tab().trace();
    let own = trace
        .iter()
        .any(|operation| format!("{operation:?}").contains("theme"));
    assert!(own, "the trace names keys");
    for (form, text) in OTHERS {
        let key = named(form);
        let touched = trace
            .iter()
            .filter(|operation| format!("{operation:?}").contains(&key));
        assert_eq!(touched.count(), 0, "{key}");
        assert_eq!(lab.disk.row(&place(&key)), Some(Value::text(text)));
    }
}

#[test]
fn no_secret_is_told() {
    let lab = agents();
    plant(&lab, "user_llm_configs_{t}", "[{\"apiKey\":\"sk-SECRET-1\"");
    let (result, heard) = watched(&lab, &Options::default());
    let (rehearsal, _) = watched(&lab, &dry());
    let status = run(lab.tab().status(Default::default())).unwrap();
    let audit = run(lab.tab().read_audit(&AuditFilter::default())).unwrap();
    let printed = restow::domain::console::results(&result)
        + &restow::domain::console::findings(&result, true)
        + &restow::domain::console::status(&status);
    let told = json!([result, rehearsal, heard, status, audit, printed]).to_string();
    for secret in SECRETS {
        assert!(!told.contains(secret), "{secret}");
    }
}

#[test]
fn progress_has_a_phase_for_state_and_never_falls() {
    let lab = agents();
    let (_, heard) = watched(&lab, &Options::default());
    let phases: Vec<_> = heard.iter().map(|event| event.phase).collect();
    assert_eq!(phases[..2], [Phase::Scanning, Phase::Capturing]);
    assert!(phases.contains(&Phase::Migrating));
    let percents: Vec<_> = heard.iter().map(|event| event.percent).collect();
    assert!(percents.is_sorted(), "{percents:?}");
    let last = heard.last().unwrap();
    assert_eq!((last.phase, last.percent), (Phase::Complete, 100));
    assert_eq!(
        last.message,
        "Complete: 2 migrated, 0 skipped, 6 keys captured, 0 errors"
    );
}

#[test]
fn a_run_that_is_cancelled_before_it_begins_changes_nothing() {
    let lab = agents();
    let before = local(&lab);
    let ear = Ear::default();
    ear.cancel_after.set(Some(0));
    let result = run(lab.tab().migrate_all(&Options::default(), &ear)).unwrap();
    assert!(result.cancelled);
    assert_eq!(state(&result).capture.outcome, CaptureOutcome::Cancelled);
    assert_eq!(local(&lab), before);
    assert!(run(lab.tab().list_backups(None)).unwrap().is_empty());
}

#[test]
fn every_backup_of_a_run_is_rolled_back_by_one_call() {
    let lab = agents();
    let before = local(&lab);
    watched(&lab, &Options::default());
    lab.disk.remove_at(&place("theme"));
    for row in run(lab.tab().list_backups(None)).unwrap() {
        let of = row.id.clone().unwrap_or_else(id);
        run(lab
            .tab()
            .rollback(&of, Some(&row.path), Edits::Refuse, true))
        .unwrap();
    }
    assert_eq!(local(&lab), before);
    // What was rolled back stays where it is.
    let (again, _) = watched(&lab, &Options::default());
    assert_eq!(again.migrated, 0);
    assert_eq!(local(&lab), before);
}

#[test]
fn the_days_of_a_run_are_those_of_its_snapshot() {
    let lab = agents();
    let options = Options {
        backup_retention_days: Some(3),
        ..Options::default()
    };
    watched(&lab, &options);
    for row in run(lab.tab().list_backups(None)).unwrap() {
        assert_eq!(row.remaining_days, Some(3.0), "{}", row.path);
    }
}

/// A text that is no chat stays where it is, and does not end in a snapshot either, which could put
/// it back over what the application has made of it.
#[test]
fn a_chat_that_cannot_be_migrated_stays_in_its_key() {
    let lab = agents();
    plant(&lab, "chat_session_{t}_agent-1", "[{\"id\":");
    let (result, _) = watched(&lab, &Options::default());
    assert_eq!((result.success, result.quarantined), (true, 1));
    let there = text(&lab, "chat_session_{t}_agent-1");
    assert_eq!(there.as_deref(), Some("[{\"id\":"));
    assert_eq!(state(&result).capture.keys, 6);
}
