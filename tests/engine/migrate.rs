//! One session's way.

use crate::lab::{Lab, gzip, key, path, session, shot, wrapped};
use crate::picture::tidy;
use crate::support::twin::{Own, TwinBodies, run};
use crate::support::value::Value;
use restow::domain::backup::Format;
use restow::domain::key::Key;
use restow::domain::manifest::State;
use restow::domain::report::Outcome;
use restow::engine::{Edits, Options};
use restow::error::Error;
use restow::ports::Bodies;
use serde_json::json;

/// Positions of the operations whose words contain a text.
fn positions(trace: &[String], words: &str) -> Vec<usize> {
    let found = trace.iter().enumerate();
    let found = found.filter(|(_, line)| line.contains(words));
    found.map(|(index, _)| index).collect()
}

#[test]
fn nothing_old_goes_before_the_new_is_staged_verified_and_committed() {
    let lab = Lab::with_session();
    let tab = lab.tab();
    run(tab.migrate(&key("s1"), &Options::default())).unwrap();
    let trace = tab.ports.tab().trace();
    let trace: Vec<_> = trace.iter().map(ToString::to_string).collect();
    let at = |words: &str| match positions(&trace, words)[..] {
        [one] => one,
        ref other => panic!("{words} at {other:?} in {trace:#?}"),
    };
    let staged = at("PutManifest Staged");
    assert!(trace[staged].contains("strict") && trace[staged].contains("AddBackup"));
    assert!(trace[staged].contains("PutPiece") && trace[staged].contains("PutJournal"));
    let committed = at("PutManifest Committed");
    assert!(trace[committed].contains("strict"));
    let verified = positions(&trace, "load s1");
    assert!(verified.iter().any(|n| (staged..committed).contains(n)));
    let backup = positions(&trace, "backup sessions/s1.backup");
    assert!(backup.iter().any(|n| (staged..committed).contains(n)));
    let removed = at("replace sessions/s1");
    assert!(removed > committed);
    assert!(trace[removed].contains("DeleteJournal"));
}

#[test]
fn a_session_loads_just_as_it_was_and_its_neighbours_are_untouched() {
    let lab = Lab::with_session();
    let before = lab.rows();
    let result = lab.migrate("s1");
    assert_eq!(result.outcome, Outcome::Migrated);
    assert_eq!(result.label.as_deref(), Some("Session s1"));
    assert_eq!(
        result.source.as_deref(),
        Some("taskerino-db/collections/sessions")
    );
    // 45 by 20, one chunk of audio, one of video, and two parts.
    assert_eq!(result.chunks, 3 + 1 + 1 + 2);
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 45)));
    let mut after = before;
    after.remove(&key("sessions/s1")).unwrap();
    assert_eq!(lab.rows(), after);
    tidy(&lab);
    let manifest = lab.manifest("s1").unwrap();
    assert_eq!(manifest.state, State::Committed);
    assert!(!manifest.edited);
}

#[test]
fn the_backup_is_the_whole_record_as_it_was_found() {
    let lab = Lab::with_session();
    let record = lab.row("s1").unwrap();
    let result = lab.migrate("s1");
    let own = lab.disk.own().unwrap();
    let (head, envelope, stored) = own.backups[&result.backup_path.unwrap()].clone();
    let put_back = TwinBodies.wrap(&envelope, &path("data"), &stored);
    assert_eq!(put_back, record);
    assert_eq!(head.id, key("s1"));
    assert_eq!(head.original_format, Format::Monolithic);
    assert_eq!(head.reason, "migration");
    let life = head.expires_at.unwrap().0 - head.backup_created_at.0;
    assert_eq!(life, 30 * 24 * 60 * 60 * 1000);
    assert!(
        head.path
            .starts_with("sessions/s1.backup-2026-01-15T08-30-")
    );
}

#[test]
fn retention_is_asked_for_per_run_and_never_less_than_a_day() {
    for (days, lives) in [(Some(7), 7), (Some(0), 1), (None, 30)] {
        let lab = Lab::with_session();
        let options = Options {
            backup_retention_days: days,
            ..Options::default()
        };
        run(lab.tab().migrate(&key("s1"), &options)).unwrap();
        let row = run(lab.tab().list_backups(None)).unwrap().remove(0);
        assert_eq!(row.remaining_days, Some(f64::from(lives)));
    }
}

#[test]
fn what_was_done_stands_in_the_audit() {
    let lab = Lab::with_session();
    let result = lab.migrate("s1");
    let own = lab.disk.own().unwrap();
    let [line] = &own.audit[..] else {
        panic!("{:?}", own.audit)
    };
    assert_eq!((line.action.as_str(), &line.id), ("migrate", &key("s1")));
    assert_eq!(line.backup, result.backup_path);
    assert_eq!((line.chunks, line.bytes), (result.chunks, result.bytes));
    assert_eq!(line.source, result.source);
}

#[test]
fn a_second_time_there_is_nothing_to_do() {
    let lab = Lab::with_migrated();
    let image = lab.disk.image();
    let result = lab.migrate("s1");
    assert_eq!(result.outcome, Outcome::Skipped);
    assert_eq!(result.code.as_deref(), Some("AlreadyChunked"));
    assert_eq!(result.chunks, 7);
    assert_eq!(lab.disk.image(), image);
}

#[test]
fn compressed_text_is_migrated_and_its_backup_stays_text() {
    let lab = Lab::taskerino();
    let body = json!({ "id": "s1", "name": "N", "screenshots": [1, 2, 3], "x": { "y": null } });
    lab.plant("s1", &gzip(&body));
    assert_eq!(lab.migrate("s1").outcome, Outcome::Migrated);
    assert_eq!(lab.load("s1").unwrap(), Some(body.clone().into()));
    let own = lab.disk.own().unwrap();
    let (_, _, stored) = own.backups.into_values().next().unwrap();
    assert_eq!(stored, gzip(&body));
    assert_eq!(lab.row("s1"), None);
}

/// Layouts of an application's own.
fn own(source: serde_json::Value, layout: serde_json::Value) -> Lab {
    Lab::new(json!({ "sources": [source], "layout": layout }))
}

#[test]
fn a_plain_record_of_an_application_of_ones_own() {
    let layout = json!({ "arrays": [
        { "path": "a.b.c", "chunk": 2 }, { "path": "list", "chunk": 1 }
    ], "parts": ["a.big"] });
    let lab = own(json!({ "database": "app", "store": "docs" }), layout);
    let body = Value::json(
        r#"{"list":[3,2,1],"a":{"big":{"x":[1]},"b":{"c":[1,2,3,4,5],"d":0}},"id":"one"}"#,
    );
    lab.disk.plant("app", "docs", key("one"), body.clone());
    lab.disk
        .plant("app", "docs", key("two"), body.with("id", "two"));
    let result = lab.migrate("one");
    assert_eq!((result.outcome, result.chunks), (Outcome::Migrated, 7));
    assert_eq!(lab.load("one").unwrap(), Some(body));
    assert_eq!(lab.disk.rows("app", "docs").len(), 1);
    tidy(&lab);
}

#[test]
fn ids_that_are_numbers_stay_numbers() {
    for (source, at) in [
        (
            json!({ "database": "app", "store": "docs" }),
            Key::Number(5.0),
        ),
        (json!({ "database": "app", "store": "docs" }), key("5")),
        (
            json!({ "database": "app", "store": "docs", "prefix": "doc-" }),
            key("doc-5"),
        ),
    ] {
        let lab = own(
            source,
            json!({ "arrays": [{ "path": "list", "chunk": 2 }] }),
        );
        let body: Value = json!({ "id": 5, "list": [1, 2, 3] }).into();
        lab.disk.plant("app", "docs", at.clone(), body.clone());
        let id = Key::Number(5.0);
        let result = run(lab.tab().migrate(&id, &Options::default())).unwrap();
        assert_eq!(result.outcome, Outcome::Migrated, "{at}");
        assert_eq!(result.session_id, Some(id.clone()));
        assert_eq!(run(lab.tab().load_full(&id)).unwrap(), Some(body));
        assert_eq!(lab.load("5").unwrap(), None);
        assert!(lab.disk.rows("app", "docs").is_empty());
        tidy(&lab);
    }
}

#[test]
fn any_key_will_do_where_the_body_alone_tells_the_id() {
    let source = json!({ "database": "app", "store": "docs", "keys": "any", "body": "value" });
    let lab = own(
        source,
        json!({ "arrays": [{ "path": "list", "chunk": 2 }] }),
    );
    let body: Value = json!({ "id": "x", "list": [1, 2, 3] }).into();
    for (at, id) in [
        (Key::Number(7.0), "x"),
        (Key::Array(vec![key("y"), Key::Number(1.0)]), "y"),
        (Key::Binary(vec![1, 2]), "z"),
        (Key::Date(5.0), "d"),
    ] {
        let record = Value::object([("value", body.with("id", id)), ("at", 1.0.into())]);
        lab.disk.plant("app", "docs", at, record);
    }
    for id in ["x", "y", "z", "d"] {
        assert_eq!(lab.migrate(id).outcome, Outcome::Migrated, "{id}");
        assert_eq!(lab.load(id).unwrap(), Some(body.with("id", id)));
    }
    assert!(lab.disk.rows("app", "docs").is_empty());
    tidy(&lab);
}

#[test]
fn a_session_that_is_first_loaded_is_migrated_on_the_way() {
    let lab = Lab::with_session();
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 45)));
    assert_eq!(lab.manifest("s1").unwrap().state, State::Committed);
    assert_eq!(lab.row("s1"), None);
    assert!(run(lab.tab().is_chunked(&key("s1"))).unwrap());
    assert_eq!(lab.load("nonesuch").unwrap(), None);
    assert!(!run(lab.tab().is_chunked(&key("nonesuch"))).unwrap());
    tidy(&lab);
}

#[test]
fn kept_originals_stay_and_the_chunks_rule() {
    let lab = Lab::with_session().keeping();
    let before = lab.rows();
    assert_eq!(lab.migrate("s1").outcome, Outcome::Migrated);
    assert_eq!(lab.rows(), before);
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 45)));
    assert_eq!(lab.migrate("s1").code.as_deref(), Some("AlreadyChunked"));
    tidy(&lab);
}

#[test]
fn chunks_hold_just_their_items() {
    let lab = Lab::with_migrated();
    let own = lab.disk.own().unwrap();
    let shots = own.pieces.iter().filter_map(|((_, _, name), piece)| {
        (name.path == path("screenshots")).then_some((name.index, piece.clone()))
    });
    let wanted = [(0, 0..20), (1, 20..40), (2, 40..45)];
    let wanted = wanted.map(|(index, range)| (index, Value::list(range.map(shot))));
    assert_eq!(shots.collect::<Vec<_>>(), wanted);
}

/// A session with a recording of four bytes.
fn recorded(bytes: &[u8; 4]) -> Value {
    session("s1", 3).with("recording", Value::blob(bytes))
}

#[test]
fn blobs_are_compared_byte_by_byte_before_an_original_goes() {
    let operations = {
        let lab = Lab::small();
        lab.plant("s1", &recorded(b"once"));
        let tab = lab.tab();
        run(tab.migrate(&key("s1"), &Options::default())).unwrap();
        tab.ports.tab().trace()
    };
    let removal = operations.iter().position(|op| op.method == "replace");
    // Between the last look at its bytes and the removal itself there is nothing to be done.
    for n in 0..removal.unwrap() {
        let lab = Lab::small();
        lab.plant("s1", &recorded(b"once"));
        let (tab, place) = (lab.tab(), lab.place("s1"));
        tab.ports.tab().before_op(n, move |disk| {
            let record = wrapped("s1", recorded(b"anew"));
            disk.plant_at(&place, record);
        });
        run(tab.migrate(&key("s1"), &Options::default())).unwrap();
        assert_eq!(lab.load("s1").unwrap(), Some(recorded(b"anew")), "{n}");
        tidy(&lab);
    }
    // Nor is one overwritten by a rollback.
    let lab = Lab::small();
    lab.plant("s1", &recorded(b"once"));
    lab.migrate("s1");
    lab.plant("s1", &recorded(b"anew"));
    assert_eq!(lab.migrate("s1").code.as_deref(), Some("Diverged"));
    let refused = run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true));
    assert!(
        matches!(refused, Err(Error::PlaceOccupied { .. })),
        "{refused:?}"
    );
    assert_eq!(lab.row("s1"), Some(wrapped("s1", recorded(b"anew"))));
}

#[test]
fn what_is_not_read_back_as_it_was_written_is_never_committed() {
    let trace = {
        let tab = Lab::small().tab();
        run(tab.migrate(&key("s1"), &Options::default())).unwrap();
        tab.ports.tab().trace()
    };
    let staged = trace
        .iter()
        .position(|op| op.about.contains("PutManifest Staged"));
    let first_read = staged.unwrap() + 1;
    type Damage = fn(&mut Own);
    let damages: [(&str, Damage); 9] = [
        ("screenshots (piece 0)", |own| {
            own.pieces.pop_first();
            let name = own
                .pieces
                .keys()
                .find(|(.., name)| name.path == path("screenshots"));
            let name = name.cloned().unwrap();
            own.pieces.insert(name, Value::list([shot(7), shot(8)]));
        }),
        ("audioSegments (piece 0)", |own| {
            own.pieces.pop_first();
        }),
        ("manifest", |own| own.manifests.clear()),
        ("manifest", |own| {
            own.manifests
                .values_mut()
                .for_each(|(manifest, _)| manifest.bytes += 1);
        }),
        ("skeleton", |own| {
            let skeletons = own.manifests.values_mut();
            skeletons.for_each(|(_, skeleton)| *skeleton = skeleton.with("name", "Other"));
        }),
        ("chunk list", |own| own.lists.clear()),
        ("backup", |own| own.backups.clear()),
        ("backup", |own| {
            own.backups
                .values_mut()
                .for_each(|(_, _, body)| *body = body.with("name", "Other"));
        }),
        ("backup", |own| {
            let backups = own.backups.values_mut();
            backups.for_each(|(_, envelope, _)| *envelope = envelope.with("timestamp", 1.0));
        }),
    ];
    for (place, damage) in damages {
        let lab = Lab::small();
        let record = lab.row("s1");
        let tab = lab.tab();
        tab.ports
            .tab()
            .before_op(first_read, move |disk| disk.damage(damage));
        let result = run(tab.migrate(&key("s1"), &Options::default()));
        match result {
            Err(Error::VerificationFailed { place: at, .. }) => {
                assert!(at == place || place.contains("piece"), "{at}, {place}");
            }
            other => panic!("{place}: {other:?}"),
        }
        assert_eq!(lab.row("s1"), record);
        assert!(!run(lab.tab().is_chunked(&key("s1"))).unwrap());
        assert_eq!(lab.migrate("s1").outcome, Outcome::Migrated, "{place}");
        assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
        tidy(&lab);
    }
}
