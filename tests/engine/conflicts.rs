//! The recovery table row by row, sources that change on the way, and conflicts decided.

use crate::deaths::deaths;
use crate::lab::{Lab, Tab, key, path, session, shot, wrapped};
use crate::picture::{bodies_kept, tidy};
use crate::support::twin::{Disk, run};
use crate::support::value::Value;
use restow::domain::backup::Format;
use restow::domain::manifest::State;
use restow::domain::report::{Outcome, SessionMigrationResult};
use restow::engine::{Edits, Options, Side};
use restow::error::{Error, Result};
use std::cell::RefCell;
use std::rc::Rc;

fn small() -> Value {
    session("s1", 3)
}

fn other() -> Value {
    session("s1", 5).with("name", "Written by the application")
}

/// The small lab cut off where its session stands so, and its source still holds it.
fn left(state: State) -> Lab {
    let (lab, rollback) = match state {
        State::RollingBack => (migrated(), true),
        _ => (Lab::small(), false),
    };
    let call = async |tab: &Tab| match rollback {
        true => tab
            .rollback(&key("s1"), None, Edits::Refuse, true)
            .await
            .map(drop),
        false => tab.migrate(&key("s1"), &Options::default()).await.map(drop),
    };
    let (left, _) = deaths(&lab, &call);
    let stands = |lab: &Lab| lab.manifest("s1").is_some_and(|m| m.state == state);
    let found = left.into_iter().map(|one| one.lab);
    let mut found = found.filter(|lab| stands(lab) && (rollback || lab.row("s1").is_some()));
    found.next().unwrap()
}

fn migrated() -> Lab {
    let lab = Lab::small();
    lab.migrate("s1");
    lab
}

fn diverged() -> Lab {
    let lab = migrated();
    lab.plant("s1", &other());
    lab
}

fn resolve(lab: &Lab, side: Side) -> Result<SessionMigrationResult> {
    run(lab.tab().resolve_conflict(&key("s1"), side, true))
}

#[test]
fn staged_the_source_rules_whatever_lies_there_now() {
    let lab = left(State::Staged);
    assert!(!run(lab.tab().is_chunked(&key("s1"))).unwrap());
    assert_eq!(run(lab.tab().status(Default::default())).unwrap().legacy, 1);
    for there in [Some(small()), Some(other()), None] {
        let lab = lab.fork();
        match &there {
            Some(body) => lab.plant("s1", body),
            None => lab.unplant("s1"),
        }
        assert_eq!(lab.load("s1").unwrap(), there);
        lab.migrate_all();
        assert_eq!(lab.load("s1").unwrap(), there);
        tidy(&lab);
    }
}

#[test]
fn committed_and_the_same_the_original_goes() {
    let lab = left(State::Committed);
    assert_eq!(lab.load("s1").unwrap(), Some(small()));
    let result = lab.migrate("s1");
    assert_eq!(result.code.as_deref(), Some("AlreadyChunked"));
    assert_eq!(lab.row("s1"), None);
    assert_eq!(lab.load("s1").unwrap(), Some(small()));
    tidy(&lab);
}

#[test]
fn committed_and_gone_it_is_done() {
    let lab = left(State::Committed);
    lab.unplant("s1");
    lab.migrate_all();
    assert_eq!(lab.load("s1").unwrap(), Some(small()));
    tidy(&lab);
}

#[test]
fn committed_and_unreadable_nothing_is_decided() {
    let lab = left(State::Committed);
    let place = lab.place("s1");
    lab.disk.make_unreadable(&place);
    let result = lab.migrate("s1");
    assert_eq!(result.code.as_deref(), Some("AlreadyChunked"));
    assert!(lab.row("s1").is_some());
    assert_eq!(lab.load("s1").unwrap(), Some(small()));
    assert!(lab.disk.own().unwrap().quarantine.is_empty());
}

#[test]
fn committed_and_different_is_diverged_because_different_is_not_newer() {
    // An older copy, a newer one, and one that no longer is a session at all.
    for record in [
        wrapped("s1", session("s1", 1)),
        wrapped("s1", other()),
        wrapped("s1", Value::Null),
        Value::Null,
        wrapped("s1", other().with("key", Value::Unsupported("CryptoKey"))),
    ] {
        for lab in [migrated(), left(State::Committed)] {
            lab.plant_row("s1", record.clone());
            for _ in 0..2 {
                let result = lab.migrate("s1");
                let said = (result.outcome, result.code.as_deref());
                assert_eq!(said, (Outcome::Skipped, Some("Diverged")), "{record:?}");
                let batch = lab.migrate_all();
                assert_eq!((batch.skipped, batch.quarantined), (1, 0), "{batch:?}");
                assert!(batch.success);
            }
            let status = run(lab.tab().status(Default::default())).unwrap();
            assert_eq!((status.total, status.diverged), (1, 1));
            assert_eq!(lab.row("s1"), Some(record.clone()));
            assert_eq!(lab.load("s1").unwrap(), Some(small()));
            tidy(&lab);
        }
    }
}

#[test]
fn rolling_back_is_finished_or_called_off_by_what_lies_in_the_source() {
    let lab = left(State::RollingBack);
    for (there, state) in [
        (None, State::RolledBack),
        (Some(small()), State::RolledBack),
        (Some(other()), State::Committed),
    ] {
        let lab = lab.fork();
        match &there {
            Some(body) => lab.plant("s1", body),
            None => lab.unplant("s1"),
        }
        assert_eq!(lab.load("s1").unwrap(), Some(small()));
        lab.migrate_all();
        assert_eq!(lab.manifest("s1").unwrap().state, state);
        assert_eq!(lab.load("s1").unwrap(), Some(small()));
        tidy(&lab);
    }
}

#[test]
fn rolling_back_waits_while_the_source_cannot_be_read() {
    let lab = left(State::RollingBack);
    let place = lab.place("s1");
    lab.disk.make_unreadable(&place);
    lab.migrate_all();
    assert_eq!(lab.manifest("s1").unwrap().state, State::RollingBack);
    assert_eq!(lab.load("s1").unwrap(), Some(small()));
    lab.unplant("s1");
    lab.migrate_all();
    assert_eq!(lab.manifest("s1").unwrap().state, State::RolledBack);
    tidy(&lab);
}

#[test]
fn rolled_back_and_written_anew_is_left_alone_too() {
    let lab = migrated();
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    lab.plant("s1", &other());
    assert_eq!(lab.migrate("s1").code.as_deref(), Some("RolledBack"));
    assert_eq!(lab.load("s1").unwrap(), Some(other()));
    lab.unplant("s1");
    assert_eq!(lab.load("s1").unwrap(), None);
    tidy(&lab);
}

/// Migrates while the application does something before each operation in turn.
fn while_migrating(act: impl Fn(&Lab) + Clone + 'static) -> Vec<(Lab, SessionMigrationResult)> {
    let operations = {
        let tab = Lab::small().tab();
        run(tab.migrate(&key("s1"), &Options::default())).unwrap();
        tab.ports.tab().operations()
    };
    let once = |n: usize| {
        let lab = Lab::small();
        let (tab, config, act) = (lab.tab(), lab.config.clone(), act.clone());
        tab.ports.tab().before_op(n, move |disk: &Disk| {
            act(&Lab::on(disk, &config));
        });
        let result = run(tab.migrate(&key("s1"), &Options::default())).ok()?;
        Some((lab, result))
    };
    (0..operations).filter_map(once).collect()
}

#[test]
fn what_the_application_writes_meanwhile_is_migrated_instead() {
    let ends = while_migrating(|lab| lab.plant("s1", &other()));
    let mut counts = Vec::new();
    for (lab, result) in ends {
        assert_eq!(result.outcome, Outcome::Migrated);
        assert_eq!(lab.row("s1"), None);
        assert_eq!(lab.load("s1").unwrap(), Some(other()));
        let manifest = lab.manifest("s1").unwrap();
        assert!(!manifest.edited);
        // What was read first is in a backup, if it was ever staged.
        counts.push(lab.backups("s1").len());
        assert_eq!(result.backup_path, manifest.backup);
        tidy(&lab);
    }
    assert!(counts.contains(&1) && counts.contains(&2));
}

#[test]
fn a_source_that_keeps_changing_diverges_and_both_sides_live() {
    let lab = Lab::small();
    let tab = lab.tab();
    let written = Rc::new(RefCell::new(0.0));
    // Just before every removal.
    let trace = {
        let tab = lab.fork().tab();
        run(tab.migrate(&key("s1"), &Options::default())).unwrap();
        tab.ports.tab().trace()
    };
    let removal = trace.iter().position(|op| op.method == "replace").unwrap();
    for n in removal..removal + 40 {
        let (place, written) = (lab.place("s1"), written.clone());
        tab.ports.tab().before_op(n, move |disk: &Disk| {
            *written.borrow_mut() += 1.0;
            let body = other().with("score", *written.borrow());
            disk.plant_at(&place, wrapped("s1", body));
        });
    }
    let result = run(tab.migrate(&key("s1"), &Options::default())).unwrap();
    let said = (result.outcome, result.code.as_deref());
    assert_eq!(said, (Outcome::Skipped, Some("Diverged")));
    assert_eq!(
        run(lab.tab().status(Default::default())).unwrap().diverged,
        1
    );
    assert!(lab.load("s1").unwrap().is_some() && lab.row("s1").is_some());
    assert!(bodies_kept(&lab).contains(&small()));
    tidy(&lab);
}

#[test]
fn a_session_that_the_application_removes_meanwhile_lives_on_in_chunks_or_is_gone() {
    for (lab, result) in while_migrating(|lab| lab.unplant("s1")) {
        assert_eq!(result.outcome, Outcome::Migrated);
        assert_eq!(lab.load("s1").unwrap(), Some(small()));
        tidy(&lab);
    }
}

#[test]
fn a_session_that_stops_being_one_meanwhile_is_never_thrown_away() {
    let broken = || wrapped("s1", Value::text("no session"));
    for (lab, result) in while_migrating(move |lab| lab.plant_row("s1", broken())) {
        assert_eq!(lab.row("s1"), Some(broken()), "{result:?}");
        let said = (result.outcome, result.code.as_deref());
        if lab.manifest("s1").is_some() {
            assert_eq!(said, (Outcome::Skipped, Some("Diverged")));
            assert_eq!(lab.load("s1").unwrap(), Some(small()));
        } else {
            assert_eq!(said, (Outcome::Quarantined, Some("NotAnObject")));
        }
        tidy(&lab);
    }
}

#[test]
fn a_source_that_changes_and_then_goes_leaves_a_migrated_session() {
    let lab = Lab::small();
    let tab = lab.tab();
    let trace = {
        let tab = lab.fork().tab();
        run(tab.migrate(&key("s1"), &Options::default())).unwrap();
        tab.ports.tab().trace()
    };
    let removal = trace.iter().position(|op| op.method == "replace").unwrap();
    for (n, record) in [(removal, Some(wrapped("s1", other()))), (removal + 1, None)] {
        let place = lab.place("s1");
        tab.ports
            .tab()
            .before_op(n, move |disk: &Disk| match record {
                Some(record) => disk.plant_at(&place, record),
                None => disk.remove_at(&place),
            });
    }
    let result = run(tab.migrate(&key("s1"), &Options::default())).unwrap();
    assert_eq!(result.outcome, Outcome::Migrated);
    assert_eq!(lab.load("s1").unwrap(), Some(small()));
    tidy(&lab);
}

#[test]
fn edited_chunks_are_never_replaced_by_what_lies_in_the_source() {
    let lab = migrated();
    lab.edit("s1");
    let edited = lab.load("s1").unwrap();
    for body in [small(), other()] {
        lab.plant("s1", &body);
        lab.migrate_all();
        assert_eq!(lab.load("s1").unwrap(), edited);
    }
    tidy(&lab);
}

#[test]
fn a_decision_needs_a_conflict_and_a_confirmation() {
    let lab = diverged();
    let image = lab.disk.image();
    let result = run(lab.tab().resolve_conflict(&key("s1"), Side::Chunks, false));
    assert!(matches!(result, Err(Error::ConfirmationRequired { .. })));
    assert_eq!(lab.disk.image(), image);
    for lab in [migrated(), Lab::small()] {
        let result = resolve(&lab, Side::Chunks);
        assert!(
            matches!(result, Err(Error::InvalidArgument { .. })),
            "{result:?}"
        );
    }
}

#[test]
fn decided_for_the_chunks_the_record_becomes_a_backup() {
    let lab = diverged();
    let record = lab.row("s1").unwrap();
    let result = resolve(&lab, Side::Chunks).unwrap();
    assert_eq!(result.code.as_deref(), Some("ChunksKept"));
    assert_eq!(lab.row("s1"), None);
    assert_eq!(lab.load("s1").unwrap(), Some(small()));
    assert_eq!(
        run(lab.tab().status(Default::default())).unwrap().chunked,
        1
    );
    tidy(&lab);
    // And can be put back from it.
    let path = result.backup_path.unwrap();
    run(lab
        .tab()
        .rollback(&key("s1"), Some(&path), Edits::Refuse, true))
    .unwrap();
    assert_eq!(lab.row("s1"), Some(record));
    assert!(bodies_kept(&lab).contains(&small()));
}

#[test]
fn what_is_no_session_any_more_can_be_decided_against() {
    for body in [
        Value::Null,
        Value::list([]),
        session("s1", 1).with("id", "other"),
    ] {
        let lab = migrated();
        let record = wrapped("s1", body);
        lab.plant_row("s1", record.clone());
        assert!(matches!(
            resolve(&lab, Side::Source),
            Err(Error::Quarantined { .. })
        ));
        let path = resolve(&lab, Side::Chunks).unwrap().backup_path.unwrap();
        assert_eq!(
            (lab.row("s1"), lab.load("s1").unwrap()),
            (None, Some(small()))
        );
        tidy(&lab);
        run(lab
            .tab()
            .rollback(&key("s1"), Some(&path), Edits::Refuse, true))
        .unwrap();
        assert_eq!(lab.row("s1"), Some(record));
    }
    // What can't be backed up whole stays.
    let lab = migrated();
    let odd = wrapped("s1", small().with("key", Value::Unsupported("CryptoKey")));
    lab.plant_row("s1", odd.clone());
    assert!(matches!(
        resolve(&lab, Side::Chunks),
        Err(Error::Quarantined { .. })
    ));
    assert_eq!(lab.row("s1"), Some(odd));
}

#[test]
fn decided_for_the_source_the_chunks_become_a_backup_edits_and_all() {
    let lab = migrated();
    lab.edit("s1");
    let edited = lab.load("s1").unwrap().unwrap();
    lab.plant("s1", &other());
    let result = resolve(&lab, Side::Source).unwrap();
    assert_eq!(result.outcome, Outcome::Migrated);
    assert_eq!(lab.load("s1").unwrap(), Some(other()));
    assert_eq!(
        (lab.row("s1"), lab.manifest("s1").unwrap().edited),
        (None, false)
    );
    let own = lab.disk.own().unwrap();
    let mut kept = own
        .backups
        .into_values()
        .filter(|(head, ..)| head.reason == "conflict");
    let (head, _, body) = kept.next().unwrap();
    assert_eq!((head.original_format, body), (Format::Chunked, edited));
    let mut lines = own.audit.into_iter().rev();
    let line = lines
        .find(|line| line.action == "resolve-conflict")
        .unwrap();
    assert_eq!(line.backup, Some(head.path));
    tidy(&lab);
}

#[test]
fn a_decision_on_what_changes_at_that_moment_loses_neither() {
    for side in [Side::Source, Side::Chunks] {
        let operations = {
            let tab = diverged().tab();
            run(tab.resolve_conflict(&key("s1"), side, true)).unwrap();
            tab.ports.tab().operations()
        };
        let third = session("s1", 1).with("name", "A third one");
        for n in 0..operations {
            let lab = diverged();
            let (tab, place, body) = (lab.tab(), lab.place("s1"), third.clone());
            tab.ports.tab().before_op(n, move |disk: &Disk| {
                disk.plant_at(&place, wrapped("s1", body));
            });
            let result = run(tab.resolve_conflict(&key("s1"), side, true));
            let kept = bodies_kept(&lab);
            assert!(kept.contains(&third), "{side:?} {n}: {result:?}");
            assert!(kept.contains(&small()), "{side:?} {n}: {result:?}");
            lab.migrate_all();
            tidy(&lab);
        }
    }
}

#[test]
fn a_handle_works_on_while_the_session_is_diverged() {
    let lab = diverged();
    let (tab, handle) = lab.open("s1");
    let items = Value::list([shot(7)]);
    assert_eq!(
        run(tab.append(&handle, &path("screenshots"), &items)).unwrap(),
        4
    );
    assert_eq!(lab.row("s1"), Some(wrapped("s1", other())));
    assert_eq!(
        run(lab.tab().status(Default::default())).unwrap().diverged,
        1
    );
}
