use super::*;
use crate::domain::config::Config;
use proptest::prelude::*;
use serde_json::json;

fn taskerino() -> SourceConfig {
    Config::parse(&json!({ "preset": "taskerino" }))
        .unwrap()
        .sources
        .remove(0)
}

fn body(id: IdFact) -> BodyFacts {
    BodyFacts {
        is_object: true,
        is_array: false,
        id,
        storage_version: false,
        backup: false,
    }
}

fn with_id(id: &str) -> BodyFacts {
    body(IdFact::Id(Key::text(id)))
}

fn code(row: Row) -> &'static str {
    match row {
        Row::Broken(_, broken) => broken.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_row_is_a_session_only_if_its_own_id_says_so() {
    let source = taskerino();
    for id in [
        "s1",
        "a/b",
        "../x",
        "x.backup-2024",
        "x/metadata",
        "x/summary",
        "😀",
        "%2F",
        "index",
    ] {
        let key = Key::text(format!("sessions/{id}"));
        assert_eq!(
            recognise(&source, &key, &with_id(id)),
            Row::Session(Key::text(id))
        );
    }
    let numeric = body(IdFact::Id(Key::Number(42.0)));
    assert_eq!(
        recognise(&source, &Key::text("sessions/42"), &numeric),
        Row::Session(Key::Number(42.0))
    );
}

#[test]
fn rows_of_the_application_are_left_alone() {
    let source = taskerino();
    let metadata = BodyFacts {
        storage_version: true,
        ..with_id("s1")
    };
    assert_eq!(
        recognise(&source, &Key::text("sessions/s1/metadata"), &metadata),
        Row::ChunkedElsewhere
    );
    let backup = BodyFacts {
        backup: true,
        ..body(IdFact::Missing)
    };
    let not_object = BodyFacts {
        is_object: false,
        ..body(IdFact::Missing)
    };
    for (rest, facts) in [
        ("s1.backup-2024-10-24T12-34-56-789Z", backup),
        ("s1/summary", with_id("summary-7")),
        ("s1/transcription", not_object.clone()),
        ("s1/transcription.compressed", not_object),
        ("s1/screenshots/chunk-000", body(IdFact::Missing)),
        ("s1/video-chunks/chunk-1000", body(IdFact::Missing)),
    ] {
        assert_eq!(
            recognise(&source, &Key::text(format!("sessions/{rest}")), &facts),
            Row::Foreign,
            "{rest}"
        );
    }
}

#[test]
fn what_is_neither_is_quarantined_with_a_code() {
    let source = taskerino();
    let key = Key::text("sessions/s1");
    let not_object = BodyFacts {
        is_object: false,
        ..body(IdFact::Missing)
    };
    assert_eq!(code(recognise(&source, &key, &not_object)), "NotAnObject");
    assert_eq!(
        code(recognise(&source, &key, &body(IdFact::Missing))),
        "IdMissing"
    );
    assert_eq!(
        code(recognise(
            &source,
            &key,
            &body(IdFact::Invalid("boolean".into()))
        )),
        "IdInvalid"
    );
    assert_eq!(
        code(recognise(&source, &key, &with_id("other"))),
        "IdMismatch"
    );
    assert_eq!(
        code(recognise(&source, &Key::text("sessions/"), &with_id(""))),
        "IdEmpty"
    );
    let long = "x".repeat(MAX_ID_UNITS + 1);
    assert_eq!(
        code(recognise(
            &source,
            &Key::text(format!("sessions/{long}")),
            &with_id(&long)
        )),
        "IdTooLong"
    );
    let mut units: Vec<u16> = "sessions/".encode_utf16().collect();
    units.push(0xD800);
    let lone = body(IdFact::Id(Key::Units(vec![0xD800])));
    assert_eq!(
        code(recognise(&source, &Key::Units(units), &lone)),
        "IdNotPortable"
    );
    // Text that only looks like a backup or a chunk is not waved through.
    assert_eq!(
        code(recognise(
            &source,
            &Key::text("sessions/s1.backup-x"),
            &body(IdFact::Missing)
        )),
        "IdMissing"
    );
    assert_eq!(
        code(recognise(
            &source,
            &Key::text("sessions/s1/screenshots/chunk-x"),
            &body(IdFact::Missing)
        )),
        "IdMissing"
    );
}

#[test]
fn any_key_will_do_where_the_configuration_says_so() {
    let config = json!({
        "sources": [{ "database": "a", "store": "s", "keys": "any" }],
        "layout": { "arrays": [] }
    });
    let source = Config::parse(&config).unwrap().sources.remove(0);
    assert_eq!(
        recognise(&source, &Key::Number(1.0), &with_id("x")),
        Row::Session(Key::text("x"))
    );
    assert_eq!(
        code(recognise(
            &source,
            &Key::Number(1.0),
            &body(IdFact::Missing)
        )),
        "IdMissing"
    );
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9/._-]{0,12}",
        ".{0,6}",
        Just("s1/metadata".to_owned()),
        Just("s1/summary".to_owned()),
        Just("s1/screenshots/chunk-000".to_owned()),
        Just("s1.backup-x".to_owned()),
    ]
}

fn any_id() -> impl Strategy<Value = IdFact> {
    prop_oneof![
        Just(IdFact::Missing),
        Just(IdFact::Invalid("boolean".to_owned())),
        any_text().prop_map(|text| IdFact::Id(Key::text(text))),
        any::<f64>().prop_filter_map("NaN is no key", |n| Key::number(n).map(IdFact::Id)),
        proptest::collection::vec(any::<u16>(), 0..4)
            .prop_map(|units| IdFact::Id(Key::Units(units))),
    ]
}

proptest! {
    #[test]
    fn a_row_is_migrated_only_if_key_and_body_agree(rest in any_text(), id in any_id(), flags in any::<(bool, bool, bool)>()) {
        let (is_object, storage_version, backup) = flags;
        let facts = BodyFacts { is_object, is_array: false, id: id.clone(), storage_version, backup };
        let key = Key::text(format!("sessions/{rest}"));
        if let Row::Session(found) = recognise(&taskerino(), &key, &facts) {
            prop_assert!(is_object && id_problem(&found).is_none());
            prop_assert_eq!(found.as_suffix(), Some(rest));
            prop_assert_eq!(IdFact::Id(found), id);
        }
    }

    #[test]
    fn a_whole_session_under_its_own_key_is_never_passed_over(rest in any_text(), flags in any::<(bool, bool)>()) {
        prop_assume!(!rest.is_empty());
        let id = IdFact::Id(Key::text(rest.clone()));
        let facts = BodyFacts { is_object: true, is_array: false, id, storage_version: flags.0, backup: flags.1 };
        let row = recognise(&taskerino(), &Key::text(format!("sessions/{rest}")), &facts);
        prop_assert_eq!(row, Row::Session(Key::text(rest)));
    }
}
