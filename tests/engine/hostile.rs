//! Records that no one would write on purpose: each is migrated without a loss, or left where it is
//! with the right code, and the batch goes on.

use crate::lab::{Lab, gzip, key, session, shot, wrapped};
use crate::picture::tidy;
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::report::{BatchMigrationResult, Outcome, SessionState};
use restow::engine::Options;
use restow::error::Error;
use serde_json::json;

/// Plants `record` under the prefix and a sound session beside it, and migrates all.
fn beside_a_sound_one(id: &str, record: &Value) -> (Lab, BatchMigrationResult) {
    let lab = Lab::small();
    lab.plant_row(id, record.clone());
    let result = lab.migrate_all();
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)), "{id}");
    (lab, result)
}

#[test]
fn odd_ids_are_ids_and_their_sessions_are_migrated() {
    let long = "x".repeat(1024);
    for id in [
        "a/b",
        "../../etc",
        "..",
        "x.backup-2024",
        "x.backup-2024-10-24T12-34-56-789Z",
        "x/metadata",
        "x/summary",
        "x/screenshots/chunk-000",
        "😀",
        "%2F%00",
        "\u{0}",
        " ",
        "__proto__",
        "constructor",
        "0",
        "-1",
        "[]",
        "sessions/sessions/s1",
        &long,
    ] {
        let body = session(id, 2);
        let (lab, result) = beside_a_sound_one(id, &wrapped(id, body.clone()));
        assert_eq!((result.migrated, result.total), (2, 2), "{id}: {result:?}");
        assert_eq!(lab.load(id).unwrap(), Some(body), "{id}");
        assert_eq!(lab.row(id), None, "{id}");
        tidy(&lab);
        let back = run(lab.tab().rollback(&key(id), None, Default::default(), true)).unwrap();
        assert!(back.success);
        assert_eq!(lab.row(id), Some(wrapped(id, session(id, 2))), "{id}");
    }
}

#[test]
fn what_cannot_be_moved_stays_with_a_code_and_can_still_be_read() {
    let long = "x".repeat(1025);
    let shared = Value::object([("one", shot(1))]);
    let twice = session("q", 2).with(
        "screenshots",
        Value::list([shared.clone(), shot(2), shared]),
    );
    for (id, record, code) in [
        ("q", wrapped("q", session("other", 1)), "IdMismatch"),
        (
            "q",
            wrapped("q", json!({ "name": "none" }).into()),
            "IdMissing",
        ),
        (
            "q",
            wrapped("q", session("q", 1).with("id", Value::Undefined)),
            "IdMissing",
        ),
        (
            "q",
            wrapped("q", session("q", 1).with("id", Value::Null)),
            "IdInvalid",
        ),
        (
            "q",
            wrapped("q", session("q", 1).with("id", true)),
            "IdInvalid",
        ),
        (
            "q",
            wrapped("q", session("q", 1).with("id", f64::NAN)),
            "IdInvalid",
        ),
        (
            "q",
            wrapped("q", session("q", 1).with("id", Value::list([]))),
            "IdInvalid",
        ),
        ("", wrapped("", session("", 1)), "IdEmpty"),
        (&long, wrapped(&long, session(&long, 1)), "IdTooLong"),
        ("q", wrapped("q", Value::Null), "NotAnObject"),
        ("q", wrapped("q", Value::text("text")), "NotAnObject"),
        (
            "q",
            wrapped("q", Value::list([session("q", 1)])),
            "NotAnObject",
        ),
        ("q", wrapped("q", Value::bytes(b"bytes")), "NotAnObject"),
        ("q", Value::text("no wrapper"), "NotAnObject"),
        ("q", json!({ "name": "no data" }).into(), "NotAnObject"),
        (
            "q",
            wrapped("q", Value::text("GZIP_V1:{\"id\":\"q\",\"scr")),
            "GzipUnreadable",
        ),
        (
            "q",
            wrapped("q", Value::text("GZIP_V1: is how it began")),
            "GzipUnreadable",
        ),
        ("q", wrapped("q", gzip(&json!([1, 2]))), "NotAnObject"),
        ("q", wrapped("q", twice), "SharedObject"),
        (
            "q",
            wrapped(
                "q",
                session("q", 2).with("unknown", Value::Unsupported("CryptoKey")),
            ),
            "UnsupportedValue",
        ),
        (
            "q",
            wrapped(
                "q",
                session("q", 2).with("screenshots.1", Value::Unsupported("File")),
            ),
            "UnsupportedValue",
        ),
        (
            "q",
            wrapped("q", session("q", 2)).with("checksum", Value::Unsupported("Error")),
            "UnsupportedValue",
        ),
    ] {
        let (lab, result) = beside_a_sound_one(id, &record);
        assert!(result.success, "quarantine alone is no failure");
        assert_eq!(
            (result.migrated, result.quarantined),
            (1, 1),
            "{code}: {result:?}"
        );
        let mut rows = result.sessions.iter();
        let row = rows
            .find(|row| row.outcome == Outcome::Quarantined)
            .unwrap();
        assert_eq!(row.code.as_deref(), Some(code), "{record:?}");
        assert!(row.success && row.backup_path.is_none());
        assert_eq!(lab.row(id), Some(record.clone()), "{code}: it was touched");
        let status = run(lab.tab().status(Default::default())).unwrap();
        assert_eq!(
            (status.total, status.chunked, status.quarantined),
            (2, 1, 1),
            "{code}"
        );
        assert_eq!(status.percentage, 50);
        let listed = run(lab.tab().list_quarantine()).unwrap();
        assert_eq!((listed.len(), listed[0].code.as_str()), (1, code));
        // What can be read is read, just as it lies there.
        let body = record.child("data");
        let expected = match body {
            Some(Value::Text(text)) if code == "NotAnObject" && text.starts_with("GZIP") => {
                Some(json!([1, 2]).into())
            }
            body => body,
        };
        assert_eq!(lab.load(id).unwrap(), expected, "{code}");
        tidy(&lab);
    }
}

#[test]
fn ids_with_lone_surrogates_stay_where_they_are_and_can_be_read() {
    let lab = Lab::small();
    let units: Vec<u16> = [0xD800, 0x61].to_vec();
    let at = "sessions/"
        .encode_utf16()
        .chain(units.iter().copied())
        .collect();
    let body = session("x", 1).with("id", Value::units(&units));
    let record = wrapped("x", body.clone());
    lab.disk
        .plant("taskerino-db", "collections", Key::Units(at), record);
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.quarantined), (1, 1));
    let mut rows = result.sessions.into_iter();
    let row = rows
        .find(|row| row.outcome == Outcome::Quarantined)
        .unwrap();
    assert_eq!(row.code.as_deref(), Some("IdNotPortable"));
    let id = Key::Units(units);
    assert_eq!(row.session_id, Some(id.clone()));
    assert_eq!(run(lab.tab().load_full(&id)).unwrap(), Some(body));
    tidy(&lab);
}

#[test]
fn a_record_that_cannot_be_read_is_left_and_hides_no_other() {
    let lab = Lab::small();
    lab.plant("s2", &session("s2", 2));
    let place = lab.place("s1");
    lab.disk.make_unreadable(&place);
    let single = lab.migrate("s1");
    assert_eq!(single.outcome, Outcome::Quarantined);
    assert_eq!(single.code.as_deref(), Some("Unreadable"));
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.quarantined), (1, 1));
    assert_eq!(result.sessions[0].session_id, Some(key("s1")));
    assert!(matches!(lab.load("s1"), Err(Error::Unreadable { .. })));
    assert_eq!(
        run(lab.tab().status(Default::default()))
            .unwrap()
            .quarantined,
        1
    );
    assert!(matches!(
        run(lab.tab().delete(&key("s1"), true)),
        Err(Error::Unreadable { .. })
    ));
    // Mended.
    lab.plant("s1", &session("s1", 3));
    assert_eq!(lab.migrate("s1").outcome, Outcome::Migrated);
    assert!(lab.disk.own().unwrap().quarantine.is_empty());
    tidy(&lab);
}

#[test]
fn arrays_that_are_none_missing_or_empty_and_every_length_at_an_edge() {
    let lab = Lab::taskerino();
    for (id, shots) in [
        ("e0", 0),
        ("e1", 1),
        ("e19", 19),
        ("e20", 20),
        ("e21", 21),
        ("big", 20_001),
    ] {
        lab.plant(id, &session(id, shots));
        let result = lab.migrate(id);
        assert_eq!(result.outcome, Outcome::Migrated);
        assert_eq!(result.chunks, shots.div_ceil(20) + 4, "{id}");
        assert_eq!(lab.load(id).unwrap(), Some(session(id, shots)), "{id}");
    }
    for (id, value) in [
        ("undefined", Value::Undefined),
        ("null", Value::Null),
        ("text", Value::text("not a list")),
        ("object", json!({ "0": "a", "length": 1 }).into()),
        ("number", Value::Number(3.0)),
        (
            "sparse",
            Value::sparse(4_000_000_000, [(3, shot(3)), (3_999_999_999, shot(4))]),
        ),
        ("holes", Value::sparse(45, [(44, shot(44))])),
        ("extra", Value::list([shot(1)]).extra("total", 1.0)),
    ] {
        let body = session(id, 1)
            .with("screenshots", value)
            .with("video", Value::Null);
        lab.plant(id, &body);
        let result = lab.migrate(id);
        assert_eq!(result.outcome, Outcome::Migrated, "{id}: {result:?}");
        assert_eq!(lab.load(id).unwrap(), Some(body), "{id}");
    }
    let without = Value::json(r#"{"id":"without"}"#);
    lab.plant("without", &without);
    assert_eq!(lab.migrate("without").chunks, 0);
    assert_eq!(lab.load("without").unwrap(), Some(without));
    tidy(&lab);
}

#[test]
fn a_body_that_looks_like_an_envelope_or_claims_to_be_chunked_is_a_body() {
    let lab = Lab::taskerino();
    let envelope = session("s1", 3)
        .with("version", 1.0)
        .with("data", Value::text("GZIP_V1:AAAA"))
        .with("storageVersion", 1.0)
        .with("session", Value::Null)
        .with("backupCreatedAt", 1.0);
    lab.plant("s1", &envelope);
    let result = lab.migrate("s1");
    assert_eq!(result.outcome, Outcome::Migrated);
    assert_eq!(result.warnings[0].code, "ClaimsStorageVersion");
    assert_eq!(lab.load("s1").unwrap(), Some(envelope));
    tidy(&lab);
}

#[test]
fn text_in_a_source_without_compression_is_never_taken_for_compressed() {
    let lab = Lab::new(json!({
        "sources": [{ "database": "app", "store": "docs" }],
        "layout": { "parts": ["note"] }
    }));
    let body: Value = json!({ "id": "x", "note": "GZIP_V1:not really" }).into();
    lab.disk.plant("app", "docs", key("x"), body.clone());
    lab.disk
        .plant("app", "docs", key("y"), "GZIP_V1:{\"id\":\"y\"}");
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.quarantined), (1, 1));
    assert_eq!(lab.load("x").unwrap(), Some(body));
}

#[test]
fn the_applications_own_chunks_and_backups_are_left_alone_and_counted() {
    let lab = Lab::small();
    let metadata: Value = json!({ "id": "own", "storageVersion": 1, "name": "chunked" }).into();
    for (id, record) in [
        ("own/metadata", wrapped("own/metadata", metadata)),
        (
            "own/summary",
            wrapped("own/summary", json!({ "id": "x" }).into()),
        ),
        (
            "own/transcription",
            wrapped("own/transcription", Value::text("words")),
        ),
        (
            "own/transcription.compressed",
            wrapped("x", Value::text("GZIP_V1:broken")),
        ),
        (
            "own/screenshots/chunk-000",
            wrapped("x", json!({ "chunkIndex": 0 }).into()),
        ),
        (
            "own/screenshots/chunk-1000",
            wrapped("x", json!({ "chunkIndex": 1000 }).into()),
        ),
        (
            "s1.backup-2024-10-24T12-34-56-789Z",
            wrapped(
                "x",
                json!({ "session": { "id": "s1" }, "backupCreatedAt": 1 }).into(),
            ),
        ),
    ] {
        lab.plant_row(id, record);
    }
    let before = lab.rows();
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!(
        (status.total, status.legacy, status.chunked_elsewhere),
        (1, 1, 1)
    );
    let result = lab.migrate_all();
    assert_eq!((result.total, result.migrated), (1, 1), "{result:?}");
    let mut after = before;
    after.remove(&key("sessions/s1"));
    assert_eq!(lab.rows(), after);
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!(
        (status.chunked, status.percentage, status.chunked_elsewhere),
        (1, 100, 1)
    );
    assert_eq!(lab.load("own").unwrap(), None);
    tidy(&lab);
}

/// A store in which keys do not tell ids.
fn any() -> Lab {
    Lab::new(json!({
        "sources": [{ "database": "app", "store": "docs", "keys": "any" }],
        "layout": { "arrays": [{ "path": "list", "chunk": 2 }] }
    }))
}

#[test]
fn the_same_id_twice_in_one_source_quarantines_both() {
    let lab = any();
    let body = |n: u32| Value::from(json!({ "id": "x", "n": n, "list": [1, 2, 3] }));
    lab.disk.plant("app", "docs", Key::Number(1.0), body(1));
    lab.disk.plant("app", "docs", Key::Number(2.0), body(2));
    lab.disk
        .plant("app", "docs", Key::Number(3.0), body(3).with("id", "y"));
    let before = lab.disk.rows("app", "docs");
    for _ in 0..2 {
        let single = lab.migrate("x");
        assert_eq!(single.code.as_deref(), Some("DuplicateId"));
    }
    assert_eq!(lab.disk.rows("app", "docs"), before);
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    for options in [dry, Options::default()] {
        let result = run(lab.tab().migrate_all(&options, &restow::ports::Unwatched)).unwrap();
        assert_eq!(
            (result.total, result.migrated, result.quarantined),
            (3, 1, 2)
        );
    }
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!(
        (status.total, status.quarantined, status.chunked),
        (3, 2, 1)
    );
    assert!(lab.load("x").unwrap().is_some());
    // Mended: the other one is gone, and with it its place on the list.
    lab.disk.remove("app", "docs", Key::Number(1.0));
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.quarantined), (1, 0), "{result:?}");
    assert_eq!(lab.load("x").unwrap(), Some(body(2)));
    assert!(lab.disk.own().unwrap().quarantine.is_empty());
    tidy(&lab);
}

#[test]
fn a_number_and_the_same_number_as_text_are_two_keys_of_one_id() {
    let lab = Lab::new(json!({
        "sources": [{ "database": "app", "store": "docs" }],
        "layout": { "arrays": [{ "path": "list", "chunk": 2 }] }
    }));
    let body: Value = json!({ "id": 5, "list": [1] }).into();
    lab.disk
        .plant("app", "docs", Key::Number(5.0), body.clone());
    lab.disk
        .plant("app", "docs", key("5"), body.with("list", Value::Null));
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.quarantined), (0, 2), "{result:?}");
    assert_eq!(
        run(lab.tab().status(Default::default()))
            .unwrap()
            .quarantined,
        2
    );
    // As text and as a number it is two sessions.
    lab.disk
        .plant("app", "docs", key("5"), body.with("id", "5"));
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.quarantined), (2, 0), "{result:?}");
    assert_eq!(
        run(lab.tab().load_full(&Key::Number(5.0))).unwrap(),
        Some(body)
    );
    assert!(lab.load("5").unwrap().is_some());
    tidy(&lab);
}

#[test]
fn a_key_that_is_used_again_belongs_to_the_new_session() {
    let lab = any();
    let body = |id: &str| Value::from(json!({ "id": id, "list": [1, 2, 3] }));
    for (n, id) in ["one", "two", "three"].into_iter().enumerate() {
        lab.disk.plant("app", "docs", Key::Number(0.0), body(id));
        let status = run(lab.tab().status(Default::default())).unwrap();
        assert_eq!((status.legacy, status.diverged), (1, 0), "{id}");
        assert_eq!(
            lab.migrate("one").outcome,
            [Outcome::Migrated, Outcome::Skipped][n.min(1)]
        );
        assert_eq!(lab.migrate_all().migrated, n.min(1) as u32, "{id}");
        assert_eq!(lab.load(id).unwrap(), Some(body(id)));
        assert_eq!(
            run(lab.tab().status(Default::default())).unwrap().chunked,
            n as u32 + 1
        );
        tidy(&lab);
    }
    lab.disk.plant(
        "app",
        "docs",
        Key::Number(0.0),
        body("two").with("list", Value::Null),
    );
    let rows = run(lab.tab().list_sessions()).unwrap();
    let states: Vec<_> = rows.iter().map(|row| row.state).collect();
    use SessionState::{Chunked, Diverged};
    assert_eq!(states, [Chunked, Chunked, Diverged], "one, three, two");
    assert_eq!(lab.migrate("two").code.as_deref(), Some("Diverged"));
    assert_eq!(lab.migrate("one").code.as_deref(), Some("AlreadyChunked"));
}
