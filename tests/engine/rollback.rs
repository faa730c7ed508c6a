//! Putting sessions back: never over something else, never from a damaged backup, never without
//! asking about edits.

use crate::lab::{Lab, Tab, key, path, session, shot, wrapped};
use crate::picture::{bodies_kept, tidy};
use crate::support::twin::{Fault, run};
use crate::support::value::Value;
use restow::domain::manifest::State;
use restow::domain::report::{Outcome, RollbackResult};
use restow::engine::{Edits, Options};
use restow::error::{Cause, Error, Result};

fn rollback(lab: &Lab, path: Option<&str>, edits: Edits) -> Result<RollbackResult> {
    run(lab.tab().rollback(&key("s1"), path, edits, true))
}

fn force(lab: &Lab) -> Outcome {
    let options = Options {
        force: true,
        ..Options::default()
    };
    run(lab.tab().migrate(&key("s1"), &options))
        .unwrap()
        .outcome
}

/// The small lab with its session migrated, and the record as it was before.
fn migrated() -> (Lab, Value) {
    let lab = Lab::small();
    let record = lab.row("s1").unwrap();
    lab.migrate("s1");
    (lab, record)
}

#[test]
fn a_rollback_puts_back_every_byte_and_leaves_a_tombstone() {
    let (lab, record) = migrated();
    let backup = lab.backups("s1").remove(0);
    let result = rollback(&lab, None, Edits::Refuse).unwrap();
    assert_eq!(lab.row("s1"), Some(record));
    assert_eq!(result.backup_path, backup);
    assert_eq!(
        result.restored_to.as_deref(),
        Some("taskerino-db/collections/sessions")
    );
    assert_eq!(result.edits_backup_path, None);
    assert_eq!(lab.manifest("s1").unwrap().state, State::RolledBack);
    assert!(!run(lab.tab().is_chunked(&key("s1"))).unwrap());
    assert!(lab.disk.own().unwrap().pieces.is_empty());
    tidy(&lab);
}

#[test]
fn nothing_is_done_unless_it_is_confirmed_and_the_preview_says_what_it_would_be() {
    let (lab, _) = migrated();
    let image = lab.disk.image();
    let result = run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, false));
    let Err(Error::ConfirmationRequired { preview, .. }) = result else {
        panic!("{result:?}")
    };
    assert_eq!(preview["backupPath"], lab.backups("s1")[0]);
    assert_eq!(lab.disk.image(), image);
}

#[test]
fn the_source_is_written_strictly_and_read_back_before_the_chunks_go() {
    let (lab, _) = migrated();
    let tab = lab.tab();
    run(tab.rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    let trace = tab.ports.tab().trace();
    let trace: Vec<_> = trace.iter().map(ToString::to_string).collect();
    let at = |words: &str| trace.iter().position(|line| line.contains(words)).unwrap();
    let begun = at("strict, Take { force: true }, PutManifest RollingBack, PutJournal");
    let written = at("replace sessions/s1, strict, Keep");
    let done = at("strict, Release, PutManifest RolledBack, DeleteGenerations");
    let read = trace.iter().rposition(|line| line == "read sessions/s1");
    assert!(begun < written && written < read.unwrap() && read.unwrap() < done);
}

#[test]
fn what_was_rolled_back_is_left_alone_until_asked_with_force() {
    let (lab, record) = migrated();
    rollback(&lab, None, Edits::Refuse).unwrap();
    let result = lab.migrate("s1");
    assert_eq!(
        (result.outcome, result.code.as_deref()),
        (Outcome::Skipped, Some("RolledBack"))
    );
    let batch = lab.migrate_all();
    assert_eq!((batch.migrated, batch.skipped), (0, 1));
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    assert!(matches!(
        run(lab.tab().open_session(&key("s1"))),
        Err(Error::NotChunked { .. })
    ));
    assert_eq!(lab.row("s1"), Some(record));
    assert_eq!(force(&lab), Outcome::Migrated);
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    assert_eq!(lab.row("s1"), None);
    tidy(&lab);
}

#[test]
fn a_rollback_twice_is_a_rollback() {
    let (lab, record) = migrated();
    rollback(&lab, None, Edits::Refuse).unwrap();
    let again = rollback(&lab, None, Edits::Refuse).unwrap();
    assert!(again.success);
    assert_eq!(lab.row("s1"), Some(record));
    tidy(&lab);
}

#[test]
fn a_place_that_holds_something_else_is_never_overwritten() {
    let (lab, _) = migrated();
    let other = wrapped("s1", session("s1", 1).with("name", "Newer"));
    lab.plant_row("s1", other.clone());
    let image = lab.disk.image();
    assert!(matches!(
        rollback(&lab, None, Edits::Refuse),
        Err(Error::PlaceOccupied { .. })
    ));
    assert_eq!(lab.row("s1"), Some(other));
    assert_eq!(
        lab.disk.image().own.unwrap().pieces,
        image.own.unwrap().pieces
    );
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    tidy(&lab);
}

#[test]
fn a_place_that_is_taken_at_the_last_moment_is_not_overwritten_either() {
    let (lab, _) = migrated();
    let other = wrapped("s1", session("s1", 1));
    let operations = {
        let tab = lab.fork().tab();
        run(tab.rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
        tab.ports.tab().operations()
    };
    let mut refused = 0;
    for n in 0..operations {
        let lab = lab.fork();
        let (tab, place, other) = (lab.tab(), lab.place("s1"), other.clone());
        let planted = other.clone();
        tab.ports.tab().before_op(n, move |disk| {
            disk.plant_at(&place, planted);
        });
        let result = run(tab.rollback(&key("s1"), None, Edits::Refuse, true));
        refused += u32::from(matches!(result, Err(Error::PlaceOccupied { .. })));
        assert_eq!(lab.row("s1"), Some(other), "{n}: {result:?}");
        lab.migrate_all();
        assert!(
            bodies_kept(&lab).contains(&session("s1", 3)),
            "{n}: {result:?}"
        );
        tidy(&lab);
    }
    assert!(refused > 0);
}

#[test]
fn a_damaged_backup_is_never_used_and_never_removed() {
    let (lab, _) = migrated();
    let backup = lab.backups("s1").remove(0);
    lab.disk.alter_backup(&backup, |_, _, session| {
        *session = session.with("name", "Changed");
    });
    let image = lab.disk.image();
    for path in [None, Some(backup.as_str())] {
        assert!(matches!(
            rollback(&lab, path, Edits::Discard),
            Err(Error::BackupDamaged { .. })
        ));
    }
    assert_eq!(lab.disk.image(), image);
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
}

#[test]
fn a_damaged_envelope_is_a_damaged_backup() {
    let (lab, _) = migrated();
    let backup = lab.backups("s1").remove(0);
    lab.disk.alter_backup(&backup, |_, envelope, _| {
        *envelope = envelope.with("timestamp", 1.0);
    });
    assert!(matches!(
        rollback(&lab, None, Edits::Refuse),
        Err(Error::BackupDamaged { .. })
    ));
}

#[test]
fn without_a_backup_there_is_nothing_to_put_back() {
    let (lab, _) = migrated();
    for path in [None, Some("sessions/s1.backup-nonesuch")] {
        let result = run(lab.tab().rollback(&key("other"), path, Edits::Refuse, true));
        assert!(matches!(result, Err(Error::BackupNotFound { .. })));
    }
    // Nor is the backup of another session.
    let backup = lab.backups("s1").remove(0);
    let result = run(lab
        .tab()
        .rollback(&key("other"), Some(&backup), Edits::Refuse, true));
    assert!(matches!(result, Err(Error::BackupNotFound { .. })));
}

#[test]
fn edits_are_refused_kept_or_discarded_as_one_says() {
    let (lab, record) = migrated();
    lab.edit("s1");
    let edited = lab.load("s1").unwrap().unwrap();
    assert_ne!(edited, session("s1", 3));
    assert!(matches!(
        rollback(&lab, None, Edits::Refuse),
        Err(Error::EditedSinceMigration { .. })
    ));
    assert_eq!(lab.load("s1").unwrap(), Some(edited.clone()));

    let kept = lab.fork();
    let result = rollback(&kept, None, Edits::Keep).unwrap();
    assert_eq!(kept.row("s1"), Some(record.clone()));
    let own = kept.disk.own().unwrap();
    let (head, _, body) = &own.backups[&result.edits_backup_path.unwrap()];
    assert_eq!((body, head.reason.as_str()), (&edited, "rollback"));
    tidy(&kept);

    let result = rollback(&lab, None, Edits::Discard).unwrap();
    assert_eq!(
        (lab.row("s1"), result.edits_backup_path),
        (Some(record), None)
    );
    assert!(!bodies_kept(&lab).contains(&edited));
    tidy(&lab);
}

#[test]
fn edits_that_were_kept_can_be_brought_back() {
    let (lab, _) = migrated();
    lab.edit("s1");
    let edited = lab.load("s1").unwrap().unwrap();
    let result = rollback(&lab, None, Edits::Keep).unwrap();
    let edits = result.edits_backup_path.unwrap();
    // While the source rules, chunks must not compete with it.
    assert!(matches!(
        rollback(&lab, Some(&edits), Edits::Refuse),
        Err(Error::PlaceOccupied { .. })
    ));
    assert_eq!(force(&lab), Outcome::Migrated);
    let result = rollback(&lab, Some(&edits), Edits::Refuse).unwrap();
    assert_eq!(result.restored_to, None);
    assert_eq!(lab.load("s1").unwrap(), Some(edited));
    assert_eq!(lab.row("s1"), None);
    tidy(&lab);
}

#[test]
fn an_older_backup_is_put_back_if_it_is_asked_for() {
    let (lab, first) = migrated();
    let old = lab.backups("s1").remove(0);
    rollback(&lab, None, Edits::Refuse).unwrap();
    lab.disk.clock().advance(1000);
    lab.plant("s1", &session("s1", 5));
    assert_eq!(force(&lab), Outcome::Migrated);
    assert_eq!(lab.backups("s1").len(), 2);
    rollback(&lab, Some(&old), Edits::Refuse).unwrap();
    assert_eq!(lab.row("s1"), Some(first));
    assert!(bodies_kept(&lab).contains(&session("s1", 5)));
    tidy(&lab);
}

#[test]
fn without_a_path_the_migration_that_rules_is_undone() {
    let (lab, _) = migrated();
    lab.disk.clock().advance(1000);
    lab.plant("s1", &session("s1", 1).with("name", "A stale copy"));
    run(lab
        .tab()
        .resolve_conflict(&key("s1"), restow::engine::Side::Chunks, true))
    .unwrap();
    // The newest backup holds what was decided against.
    assert_eq!(lab.backups("s1").len(), 2);
    rollback(&lab, None, Edits::Refuse).unwrap();
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
}

#[test]
fn chunks_that_no_backup_holds_are_backed_up_before_another_takes_their_place() {
    let (lab, _) = migrated();
    let old = lab.backups("s1").remove(0);
    rollback(&lab, None, Edits::Refuse).unwrap();
    lab.disk.clock().advance(1000);
    lab.plant("s1", &session("s1", 5));
    assert_eq!(force(&lab), Outcome::Migrated);
    // The backup of the second migration had a shorter life than the first one's.
    let new = lab.manifest("s1").unwrap().backup.unwrap();
    lab.disk.damage(move |own| {
        own.backups.remove(&new);
    });
    let result = rollback(&lab, Some(&old), Edits::Refuse).unwrap();
    assert!(result.edits_backup_path.is_some());
    assert!(bodies_kept(&lab).contains(&session("s1", 5)));
    tidy(&lab);
}

#[test]
fn a_session_created_here_is_backed_up_before_an_earlier_life_takes_its_place() {
    let (lab, _) = migrated();
    let old = lab.backups("s1").remove(0);
    run(lab.tab().delete(&key("s1"), true)).unwrap();
    let created = session("s1", 2).with("name", "Another life");
    run(lab.tab().create(&created, None)).unwrap();
    rollback(&lab, Some(&old), Edits::Refuse).unwrap();
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    assert!(bodies_kept(&lab).contains(&created));
}

#[test]
fn a_deleted_session_comes_back_as_it_was_last() {
    let edited = |lab: &Lab| {
        lab.edit("s1");
        lab.load("s1").unwrap().unwrap()
    };
    let (lab, record) = migrated();
    let body = edited(&lab);
    assert!(run(lab.tab().delete(&key("s1"), true)).unwrap());
    assert_eq!(lab.load("s1").unwrap(), None);
    let result = rollback(&lab, None, Edits::Refuse).unwrap();
    assert_eq!(result.restored_to, None);
    assert_eq!(lab.load("s1").unwrap(), Some(body));
    tidy(&lab);

    // And one that was deleted from its source goes back there.
    let lab = Lab::small();
    assert!(run(lab.tab().delete(&key("s1"), true)).unwrap());
    assert_eq!((lab.row("s1"), lab.load("s1").unwrap()), (None, None));
    rollback(&lab, None, Edits::Refuse).unwrap();
    assert_eq!(lab.row("s1"), Some(record));
    tidy(&lab);
}

#[test]
fn a_backup_without_an_expiry_is_as_good_as_any() {
    let (lab, record) = migrated();
    let backup = lab.backups("s1").remove(0);
    lab.disk
        .alter_backup(&backup, |head, _, _| head.expires_at = None);
    let row = run(lab.tab().list_backups(None)).unwrap().remove(0);
    assert_eq!((row.expires_at, row.remaining_days), (None, None));
    rollback(&lab, None, Edits::Refuse).unwrap();
    assert_eq!(lab.row("s1"), Some(record));
}

#[test]
fn kept_originals_are_what_is_rolled_back_to() {
    let lab = Lab::small().keeping();
    let record = lab.row("s1").unwrap();
    lab.migrate("s1");
    rollback(&lab, None, Edits::Refuse).unwrap();
    assert_eq!(lab.row("s1"), Some(record));
    assert_eq!(lab.migrate("s1").code.as_deref(), Some("RolledBack"));
    tidy(&lab);
}

/// A rollback that a death has cut off right after it was begun.
fn begun() -> Lab {
    let (lab, _) = migrated();
    let tab = lab.tab();
    let operations = {
        let tab = lab.fork().tab();
        run(tab.rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
        let trace = tab.ports.tab().trace();
        trace.iter().position(|op| op.method == "replace").unwrap()
    };
    tab.ports.tab().at(operations, Fault::DieBefore);
    assert!(run(tab.rollback(&key("s1"), None, Edits::Refuse, true)).is_err());
    assert_eq!(lab.manifest("s1").unwrap().state, State::RollingBack);
    lab
}

#[test]
fn no_edit_is_taken_that_the_end_of_a_rollback_would_lose() {
    let lab = begun();
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    let result = run(lab.tab().open_session(&key("s1")));
    assert!(matches!(result, Err(Error::NotChunked { .. })));
    assert_eq!(lab.manifest("s1").unwrap().state, State::RolledBack);
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    tidy(&lab);
}

#[test]
fn a_rollback_whose_backup_is_gone_or_damaged_is_called_off() {
    for damage in [false, true] {
        let lab = begun();
        let backup = lab.backups("s1").remove(0);
        if damage {
            lab.disk
                .alter_backup(&backup, |_, _, session| *session = Value::Null);
        } else {
            lab.disk.damage(move |own| {
                own.backups.remove(&backup);
            });
        }
        lab.migrate_all();
        assert_eq!(lab.manifest("s1").unwrap().state, State::Committed);
        assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
        assert_eq!(
            run(lab.tab().status(Default::default())).unwrap().chunked,
            1
        );
        tidy(&lab);
    }
}

#[test]
fn a_rollback_that_was_refused_is_not_finished_behind_ones_back() {
    let (lab, _) = migrated();
    let operations = {
        let tab = lab.fork().tab();
        run(tab.rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
        tab.ports.tab().operations()
    };
    let mut failed = 0;
    for n in 0..operations {
        let lab = lab.fork();
        let tab: Tab = lab.tab();
        let full = Error::QuotaExceeded {
            needed: 1,
            cause: Some(Cause::named("QuotaExceededError")),
        };
        tab.ports.tab().at(n, Fault::Fail(full));
        if run(tab.rollback(&key("s1"), None, Edits::Refuse, true)).is_ok() {
            continue;
        }
        failed += 1;
        let (tab, handle) = lab.open("s1");
        let items = Value::list([shot(7)]);
        run(tab.append(&handle, &path("screenshots"), &items)).unwrap();
        lab.migrate_all();
        let shots = lab.load("s1").unwrap().unwrap().get("screenshots");
        assert_eq!(shots.get("3"), shot(7), "failed at {n}");
        tidy(&lab);
    }
    assert!(failed > 0);
}
