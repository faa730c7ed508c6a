//! Chats from localStorage into chunks and back.

use super::*;
use restow::domain::manifest::Originals;
use restow::domain::report::{MigrationNeed, Outcome, SessionState};
use restow::engine::{Edits, Options};
use restow::ports::Unwatched;

#[test]
fn a_chat_is_a_session_that_is_chunked_by_messages() {
    let lab = lab();
    plant(&lab, CHAT, &chat(5));
    plant(&lab, MODAL, &chat(1));
    assert_eq!(
        run(lab.tab().migration_needed()).unwrap(),
        MigrationNeed::Yes
    );
    let result = lab.migrate_all();
    assert!(result.success && result.migrated == 2, "{result:?}");
    let row = |form: &str| {
        let mut rows = result.sessions.iter();
        rows.find(|row| row.session_id == Some(id(form))).unwrap()
    };
    assert_eq!((row(CHAT).chunks, row(CHAT).counts[""]), (3, 5));
    assert_eq!((row(MODAL).chunks, row(MODAL).counts[""]), (1, 1));
    assert!(row(CHAT).warnings.is_empty());
    assert_eq!((text(&lab, CHAT), text(&lab, MODAL)), (None, None));
    assert_eq!(load(&lab, CHAT), Some(body(5)));
    assert_eq!(load(&lab, MODAL), Some(body(1)));
    assert!(run(lab.tab().verify_session(&id(CHAT))).unwrap().ok);
    assert_eq!(
        run(lab.tab().migration_needed()).unwrap(),
        MigrationNeed::No
    );
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!(
        (status.total, status.chunked, status.percentage),
        (2, 2, 100)
    );
}

#[test]
fn a_chat_is_migrated_when_it_is_loaded_or_opened() {
    for open in [false, true] {
        let lab = lab();
        plant(&lab, CHAT, &chat(3));
        match open {
            true => drop(run(lab.tab().open_session(&id(CHAT))).unwrap().unwrap()),
            false => assert_eq!(load(&lab, CHAT), Some(body(3))),
        }
        assert!(run(lab.tab().is_chunked(&id(CHAT))).unwrap());
        assert_eq!(text(&lab, CHAT), None);
    }
}

#[test]
fn a_rollback_writes_the_very_text_and_forgets_no_message() {
    let lab = lab();
    let odd = format!(" [ {} ,\n{}]", message(0), message(1));
    plant(&lab, CHAT, &odd);
    lab.migrate_all();
    run(lab.tab().rollback(&id(CHAT), None, Edits::Refuse, true)).unwrap();
    assert_eq!(text(&lab, CHAT), Some(Value::text(&odd)));
    assert_eq!(load(&lab, CHAT), Some(body(2)));
    lab.disk.settle_local();
    lab.disk.clock().advance(61_000);
    lab.migrate_all();
    assert!(lab.disk.own().unwrap().pieces.is_empty());
    let force = Options {
        force: true,
        ..Options::default()
    };
    let again = run(lab.tab().migrate(&id(CHAT), &force)).unwrap();
    assert_eq!(again.outcome, Outcome::Migrated);
    assert_eq!(load(&lab, CHAT), Some(body(2)));
}

#[test]
fn what_is_no_list_stays_whole_and_what_is_no_chat_stays_where_it_is() {
    let lab = lab();
    for (form, text) in [
        ("chat_session_{t}_empty", "[]"),
        (
            "chat_session_{t}_object",
            r#"{ "selectedAgent": "a", "0": 1 }"#,
        ),
        ("chat_session_{t}_text", r#""text""#),
        ("chat_session_{t}_broken", "[{"),
        ("chat_session_{t}_large", "[12345678901234567890]"),
    ] {
        plant(&lab, form, text);
    }
    let result = lab.migrate_all();
    let ends = result.sessions.iter().map(|row| {
        let end = row
            .session_id
            .as_ref()
            .and_then(|id| id.as_suffix())
            .unwrap();
        let warned = row.warnings.first().map(|warning| &*warning.code);
        let end = end.rsplit_once('_').unwrap().1.to_owned();
        (end, row.code.as_deref().or(warned), row.chunks)
    });
    let mut ends: Vec<_> = ends.collect();
    ends.sort();
    let expected = [
        ("broken", Some("JsonInvalid"), 0),
        ("empty", None, 0),
        ("large", Some("JsonNotExact"), 0),
        ("object", Some("NotAnArray"), 0),
        ("text", Some("NotAnObject"), 0),
    ];
    assert_eq!(
        ends,
        expected.map(|(end, code, chunks)| (end.to_owned(), code, chunks))
    );
    assert_eq!((result.migrated, result.quarantined), (2, 3));
    assert_eq!(load(&lab, "chat_session_{t}_empty"), Some(Value::list([])));
    let object = Value::json(r#"{ "selectedAgent": "a", "0": 1 }"#);
    assert_eq!(load(&lab, "chat_session_{t}_object"), Some(object));
    assert!(text(&lab, "chat_session_{t}_broken").is_some());
}

#[test]
fn a_chat_is_brought_to_a_newer_layout() {
    let mut lab = lab();
    plant(&lab, CHAT, &chat(7));
    lab.migrate_all();
    lab.config.layout.version = 2;
    lab.config.layout.arrays[0].chunk = 5;
    let result = lab.migrate_all();
    let row = &result.sessions[0];
    assert_eq!(
        (row.outcome, row.from_layout, row.chunks),
        (Outcome::Migrated, Some(1), 2)
    );
    assert_eq!(load(&lab, CHAT), Some(body(7)));
    run(lab.tab().rollback(&id(CHAT), None, Edits::Refuse, true)).unwrap();
    assert_eq!(text(&lab, CHAT), Some(Value::text(chat(7))));
}

#[test]
fn a_chat_that_the_application_goes_on_writing_diverges_and_is_kept_twice() {
    let mut lab = lab();
    lab.config.originals = Originals::Keep;
    plant(&lab, CHAT, &chat(3));
    lab.migrate_all();
    plant(&lab, CHAT, &chat(4));
    let rows = run(lab.tab().list_sessions()).unwrap();
    assert_eq!(rows[0].state, SessionState::Diverged);
    assert_eq!(load(&lab, CHAT), Some(body(3)));
    assert_eq!(text(&lab, CHAT), Some(Value::text(chat(4))));
}

#[test]
fn whole_keys_are_ids_in_a_database_as_well() {
    let lab = Lab::new(json!({
        "sources": [
            { "name": "rows", "database": "app", "store": "rows", "prefix": "chat/", "keys": "whole", "body": "messages" },
            { "name": "lists", "database": "app", "store": "lists", "keys": "whole" },
        ],
        "layout": { "arrays": [{ "path": "", "chunk": 2 }] },
    }));
    let sparse =
        Value::sparse(5, [(0, message(0).into()), (3, Value::Undefined)]).extra("note", "kept");
    let record = Value::object([("at", 5.0.into()), ("messages", sparse.clone())]);
    lab.disk
        .plant("app", "rows", Key::text("chat/a"), record.clone());
    lab.disk
        .plant("app", "rows", Key::text("other"), record.clone());
    lab.disk.plant("app", "lists", Key::Number(7.0), body(3));
    lab.disk.plant("app", "lists", Key::Date(1.0), body(3));
    let result = lab.migrate_all();
    let mut ends: Vec<_> = result
        .sessions
        .iter()
        .map(|row| (row.session_id.clone(), row.code.as_deref()))
        .collect();
    ends.sort();
    assert_eq!(
        ends,
        [
            (None, Some("IdInvalid")),
            (Some(Key::Number(7.0)), None),
            (Some(Key::text("chat/a")), None),
        ]
    );
    assert_eq!(lab.load("chat/a").unwrap(), Some(sparse));
    assert_eq!(lab.load("a").unwrap(), None);
    assert_eq!(
        run(lab.tab().load_full(&Key::Number(7.0))).unwrap(),
        Some(body(3))
    );
    run(lab
        .tab()
        .rollback(&Key::text("chat/a"), None, Edits::Refuse, true))
    .unwrap();
    let rows = lab.disk.rows("app", "rows");
    assert_eq!(rows.get(&Key::text("chat/a")), Some(&record));
    assert_eq!(rows.get(&Key::text("other")), Some(&record));
}

#[test]
fn a_chat_that_cannot_be_read_is_left_and_hides_no_other() {
    let theirs = "chat_session_{o}_agent-1";
    let lab = lab();
    plant(&lab, CHAT, &chat(3));
    plant(&lab, MODAL, &chat(1));
    plant(&lab, theirs, "THEIRS");
    lab.disk.make_unreadable(&place(CHAT));
    lab.disk.make_unreadable(&place(theirs));
    let tab = lab.tab();
    let single = run(tab.migrate(&id(CHAT), &Options::default())).unwrap();
    assert_eq!(single.outcome, Outcome::Quarantined);
    assert_eq!(single.code.as_deref(), Some("Unreadable"));
    assert!(run(tab.migrate(&id(theirs), &Options::default())).is_err());
    assert!(!touched(&tab).iter().any(|about| about.contains(OTHER)));
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.quarantined), (1, 1));
    plant(&lab, CHAT, &chat(3));
    assert_eq!(lab.migrate_all().migrated, 1);
    assert_eq!(load(&lab, CHAT), Some(body(3)));
}

#[test]
fn what_another_tab_writes_while_a_chat_is_taken_out_is_not_lost() {
    let planted = || {
        let lab = lab();
        plant(&lab, CHAT, &chat(3));
        lab
    };
    let trace = {
        let tab = planted().tab();
        run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        tab.ports.tab().trace()
    };
    let removal = trace.iter().position(|step| step.method == "replace");
    for n in 0..=removal.unwrap() {
        let lab = planted();
        let tab = lab.tab();
        tab.ports.tab().before_op(n, |disk| {
            disk.foreign_write(&id(CHAT), Some(Value::text(chat(4))));
        });
        assert!(
            run(tab.migrate_all(&Options::default(), &Unwatched))
                .unwrap()
                .success
        );
        lab.disk.land();
        let found = (text(&lab, CHAT), load(&lab, CHAT));
        let kept =
            found == (None, Some(body(4))) || found == (Some(Value::text(chat(4))), Some(body(3)));
        assert!(kept, "at {n}: {found:?}");
    }
}

#[test]
fn a_record_that_cannot_be_read_is_named_by_its_whole_key() {
    let lab = Lab::new(json!({
        "sources": [{ "database": "app", "store": "rows", "prefix": "chat/", "keys": "whole" }],
        "layout": { "arrays": [{ "path": [], "chunk": 2 }] },
    }));
    let area = Area::store("app", "rows");
    let record = Place::record(area, Key::text("chat/a"));
    lab.disk.plant_at(&record, body(3));
    lab.disk.make_unreadable(&record);
    let row = lab.migrate("chat/a");
    assert_eq!(row.outcome, Outcome::Quarantined);
    assert_eq!(row.code.as_deref(), Some("Unreadable"));
    let listed = run(lab.tab().list_quarantine()).unwrap();
    assert_eq!(listed[0].id, Some(Key::text("chat/a")));
    lab.disk.plant_at(&record, body(3));
    assert_eq!(lab.migrate("chat/a").outcome, Outcome::Migrated);
    assert_eq!(lab.load("chat/a").unwrap(), Some(body(3)));
}
