//! How an application that chunked its sessions by itself lost some of them. Each test is a failure
//! that was recorded there, and what happens instead.

use crate::lab::{Lab, key, path, session, shot};
use crate::support::twin::{Fault, interleave, run};
use crate::support::value::Value;
use restow::domain::report::{Outcome, SessionState};
use restow::engine::{Edits, Options};
use restow::error::{Cause, Error};
use restow::ports::Unwatched;
use serde_json::json;

fn states(lab: &Lab) -> Vec<(String, SessionState)> {
    let rows = run(lab.tab().list_sessions()).unwrap();
    let named =
        |id: Option<restow::domain::key::Key>| id.map_or_else(String::new, |id| id.to_string());
    rows.into_iter()
        .map(|row| (named(row.id), row.state))
        .collect()
}

/// The metadata was stored first, with the mark of a chunked session, and the chunks later: a crash
/// in between left a session that counted as migrated and had fewer screenshots.
#[test]
fn the_mark_of_a_migrated_session_comes_last() {
    let lab = Lab::small();
    let operations = {
        let tab = lab.fork().tab();
        run(tab.migrate(&key("s1"), &Options::default())).unwrap();
        tab.ports.tab().operations()
    };
    for n in 0..operations {
        for death in Fault::DEATHS {
            let lab = lab.fork();
            let tab = lab.tab();
            tab.ports.tab().at(n, death);
            let _ = run(tab.migrate(&key("s1"), &Options::default()));
            if run(lab.tab().is_chunked(&key("s1"))).unwrap() {
                assert!(run(lab.tab().verify_session(&key("s1"))).unwrap().ok);
            }
            assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
        }
    }
}

/// A missing chunk was loaded as an empty list, and nobody compared the count.
#[test]
fn a_missing_chunk_is_an_error_that_names_it_and_no_shorter_list() {
    let lab = Lab::with_migrated();
    let (generation, name) = lab.disk.pieces_of(&key("s1")).remove(1);
    lab.disk.drop_piece(&key("s1"), generation, &name);
    match lab.load("s1") {
        Err(Error::Damaged { place, .. }) => assert_eq!(place, name.to_string()),
        other => panic!("{other:?}"),
    }
}

/// A metadata record that could not be read was taken for one that is not there: the session was
/// migrated again over newer data, and deleting it did nothing and said nothing.
#[test]
fn what_cannot_be_read_is_not_taken_for_missing() {
    let lab = Lab::small();
    lab.migrate("s1");
    lab.edit("s1");
    let edited = lab.load("s1").unwrap();
    let failure = || Error::Browser {
        cause: Cause::named("UnknownError"),
    };
    for n in 0..12 {
        let lab = lab.fork();
        let tab = lab.tab();
        tab.ports.tab().at(n, Fault::Fail(failure()));
        let _ = run(tab.migrate(&key("s1"), &Options::default()));
        assert_eq!(lab.load("s1").unwrap(), edited, "migrated again at {n}");
        let tab = lab.tab();
        tab.ports.tab().at(n, Fault::Fail(failure()));
        if let Ok(deleted) = run(tab.delete(&key("s1"), true)) {
            assert!(deleted, "nothing was deleted, and nothing said, at {n}");
            assert_eq!(lab.load("s1").unwrap(), None);
        }
    }
}

/// Verification right after saving read a cache, not the store.
#[test]
fn verification_sees_what_the_store_holds() {
    let lab = Lab::small();
    let tab = lab.tab();
    // Right after the first write, and before anything is read back.
    let staged = {
        let tab = lab.fork().tab();
        run(tab.migrate(&key("s1"), &Options::default())).unwrap();
        let trace = tab.ports.tab().trace();
        trace
            .iter()
            .position(|step| step.method == "apply")
            .unwrap()
    };
    tab.ports.tab().before_op(staged + 1, |disk| {
        let (generation, name) = disk.pieces_of(&key("s1")).remove(0);
        disk.drop_piece(&key("s1"), generation, &name);
    });
    let failed = run(tab.migrate(&key("s1"), &Options::default()));
    assert!(
        matches!(failed, Err(Error::VerificationFailed { .. })),
        "{failed:?}"
    );
    assert!(lab.row("s1").is_some());
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
}

/// The list of ids was read, changed and written without a lock: of two sessions that were saved at
/// once, one was never listed again.
#[test]
fn sessions_that_two_tabs_migrate_at_once_are_all_listed() {
    let lab = Lab::small();
    lab.plant("s2", &session("s2", 2));
    let (one, other) = (lab.tab(), lab.tab());
    let options = Options::default();
    let (first, second) = (key("s1"), key("s2"));
    let (a, b) = interleave(
        one.migrate(&first, &options),
        other.migrate(&second, &options),
        [],
    );
    assert_eq!(
        (a.unwrap().outcome, b.unwrap().outcome),
        (Outcome::Migrated, Outcome::Migrated)
    );
    let chunked = |id: &str| (id.to_owned(), SessionState::Chunked);
    assert_eq!(states(&lab), [chunked("s1"), chunked("s2")]);
}

/// The writers of two arrays ran in parallel, and each wrote the metadata as it had read it.
#[test]
fn of_two_writers_neither_undoes_what_the_other_wrote() {
    let lab = Lab::small();
    lab.migrate("s1");
    let ((one, first), (other, second)) = (lab.open("s1"), lab.open("s1"));
    let item = || Value::list([shot(7)]);
    let array = path("screenshots");
    assert_eq!(run(one.append(&first, &array, &item())).unwrap(), 4);
    let stale = run(other.append(&second, &path("audioSegments"), &item()));
    assert!(matches!(stale, Err(Error::StaleHandle { .. })), "{stale:?}");
    let (other, second) = lab.open("s1");
    assert_eq!(
        run(other.append(&second, &path("audioSegments"), &item())).unwrap(),
        4
    );
    let whole = lab.load("s1").unwrap().unwrap();
    for array in ["screenshots", "audioSegments"] {
        assert!(matches!(whole.at(&path(array)), Some(Value::List(list)) if list.len == 4));
    }
}

/// The point to go back to was a snapshot of a list that was empty after the migration, and going
/// back to it dropped the sessions made since.
#[test]
fn a_rollback_puts_one_session_back_and_touches_no_other() {
    let lab = Lab::small();
    lab.plant("s2", &session("s2", 2));
    lab.migrate_all();
    let made = session("s3", 1);
    run(lab.tab().create(&made, None)).unwrap();
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    assert!(lab.row("s1").is_some() && lab.row("s2").is_none());
    for (id, body) in [
        ("s1", session("s1", 3)),
        ("s2", session("s2", 2)),
        ("s3", made),
    ] {
        assert_eq!(lab.load(id).unwrap(), Some(body), "{id}");
    }
}

/// A shorter array left its last chunks behind, and a removed summary came back at the next load.
#[test]
fn what_was_made_shorter_or_removed_stays_so() {
    let lab = Lab::with_migrated();
    let (tab, handle) = lab.open("s1");
    let shorter = Value::list([shot(1)]);
    run(tab.set(&handle, &path("screenshots"), &shorter)).unwrap();
    run(tab.set(&handle, &path("summary"), &Value::Null)).unwrap();
    let whole = lab.load("s1").unwrap().unwrap();
    assert_eq!(whole.at(&path("screenshots")), Some(shorter));
    assert_eq!(whole.at(&path("summary")), Some(Value::Null));
    assert!(
        run(lab.tab().verify_session(&key("s1")))
            .unwrap()
            .problems
            .is_empty()
    );
}

/// The cache of `sess-1` was cleared by what its keys contain, and `sess-10` with it; and writes that
/// were still queued brought a deleted session back.
#[test]
fn deleting_one_session_is_about_no_other_and_is_not_undone_by_late_writes() {
    let lab = Lab::taskerino();
    for id in ["sess-1", "sess-10"] {
        lab.plant(id, &session(id, 3));
    }
    lab.migrate_all();
    let (tab, handle) = lab.open("sess-1");
    run(lab.tab().delete(&key("sess-1"), true)).unwrap();
    let late = run(tab.append(&handle, &path("screenshots"), &Value::list([shot(9)])));
    assert!(late.is_err(), "{late:?}");
    assert_eq!(lab.load("sess-1").unwrap(), None);
    assert_eq!(lab.load("sess-10").unwrap(), Some(session("sess-10", 3)));
}

/// A session of the person's own that has `version` and `data` was taken for a wrapper, and text that
/// begins like compressed text for compressed text.
#[test]
fn what_only_looks_like_a_wrapper_or_like_gzip_is_kept_as_it_is() {
    let lab = Lab::taskerino();
    let body = session("s1", 1)
        .with("version", 2.0)
        .with("data", Value::text("GZIP_V1:no gzip at all"));
    lab.plant("s1", &body);
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.quarantined), (1, 0));
    assert_eq!(lab.load("s1").unwrap(), Some(body));
}

/// Backups were compressed a second time when they were put back, and came back as text.
#[test]
fn a_compressed_session_comes_back_as_it_lay() {
    let lab = Lab::taskerino();
    let body = json!({ "id": "s1", "name": "Morning", "screenshots": [1, 2, 3] });
    let record =
        json!({ "name": "sessions/s1", "timestamp": 5, "data": format!("GZIP_V1:{body}") });
    lab.plant_row("s1", record.clone());
    lab.migrate_all();
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    assert_eq!(lab.row("s1"), Some(record.into()));
}

/// Backups of sessions in folders were in no list, and nobody could put them back.
#[test]
fn a_backup_is_listed_whatever_its_session_is_called() {
    let lab = Lab::taskerino();
    let ids = [
        "a/b",
        "..",
        "x.backup-1",
        "index",
        "sessions/sessions",
        "%2F",
    ];
    for id in ids {
        lab.plant(id, &session(id, 1));
    }
    lab.migrate_all();
    for id in ids {
        let [backup] = &lab.backups(id)[..] else {
            panic!("{id}: {:?}", lab.backups(id));
        };
        run(lab
            .tab()
            .rollback(&key(id), Some(backup), Edits::Refuse, true))
        .unwrap();
        assert!(lab.row(id).is_some(), "{id}");
    }
}

/// The tool that was to find lost data opened a database by a wrong name, and so created it empty.
#[test]
fn looking_for_sessions_creates_nothing() {
    let lab = Lab::taskerino();
    let before = lab.disk.image();
    for _ in 0..2 {
        let tab = lab.tab();
        assert_eq!(run(tab.status(Default::default())).unwrap().total, 0);
        assert_eq!(run(tab.load_full(&key("s1"))).unwrap(), None);
        assert!(run(tab.list_backups(None)).unwrap().is_empty());
    }
    assert_eq!(lab.disk.image(), before);
}

/// After the migration four code paths still wrote the old record of all sessions: what they added
/// landed in the old copy, and the list read the new one.
#[test]
fn what_an_old_code_path_writes_is_seen_and_told() {
    let lab = Lab::small();
    lab.migrate_all();
    // To the very place a session came from.
    lab.plant("s1", &session("s1", 3).with("name", "Enriched"));
    assert_eq!(states(&lab), [("s1".to_owned(), SessionState::Diverged)]);
    lab.unplant("s1");
    // To another place: a copy, and a session that is only there.
    let all = Value::list([session("s1", 3), session("s2", 1)]);
    let row = Value::object([("name", Value::text("sessions")), ("data", all)]);
    lab.disk
        .plant("taskerino-db", "collections", key("sessions"), row);
    let result = run(lab.tab().migrate_all(&Options::default(), &Unwatched)).unwrap();
    assert_eq!((result.migrated, result.skipped), (1, 1));
    let s1 = result
        .sessions
        .iter()
        .find(|row| row.session_id == Some(key("s1")))
        .unwrap();
    assert_eq!(s1.warnings[0].code, "AlsoIn");
    assert_eq!(lab.load("s2").unwrap(), Some(session("s2", 1)));
}

/// A save that came late, from a stale copy in memory, replaced what storage held, and a session was
/// gone.
#[test]
fn a_stale_copy_that_is_saved_again_replaces_nothing() {
    let lab = Lab::small();
    lab.migrate("s1");
    lab.edit("s1");
    let edited = lab.load("s1").unwrap();
    // The copy is just what was migrated: it goes, and what was edited since stays.
    lab.plant("s1", &session("s1", 3));
    lab.migrate_all();
    assert_eq!(
        (lab.row("s1"), lab.load("s1").unwrap()),
        (None, edited.clone())
    );
    // It is an older one: both are kept until someone decides.
    let older = session("s1", 2);
    lab.plant("s1", &older);
    lab.migrate_all();
    assert_eq!(states(&lab), [("s1".to_owned(), SessionState::Diverged)]);
    assert_eq!(lab.load("s1").unwrap(), edited);
    assert!(lab.row("s1").is_some());
}
