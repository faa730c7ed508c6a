//! Looking at the databases of applications.

use super::fixture::Fixture;
use super::given::{keys, place, source};
use crate::support::value::Value;
use restow::domain::config::SourceConfig;
use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::ports::{Ports, Sources};

pub async fn looking_creates_no_database<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let source = source(&fixture, "");
    let place = place(&fixture, Key::text("s"));
    assert!(ports.sources().keys(&source).await.unwrap().is_empty());
    assert!(ports.sources().read(&place).await.unwrap().is_none());
    assert!(
        !fixture.has_database(&fixture.database("app")).await,
        "looking created a database"
    );
    // Once the application has created it, it is found.
    fixture.plant(&place, &Value::Null).await;
    assert!(fixture.has_database(&fixture.database("app")).await);
    assert_eq!(
        ports.sources().keys(&source).await.unwrap(),
        [Key::text("s")]
    );
    assert!(!fixture.has_own().await, "looking created our database");
}

pub async fn a_store_that_is_missing_is_empty<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    fixture
        .plant(&place(&fixture, Key::text("s")), &Value::Null)
        .await;
    let missing = Area::store(fixture.database("app"), "missing");
    let source = SourceConfig {
        area: missing.clone(),
        ..source(&fixture, "")
    };
    let place = Place::record(missing, Key::text("s"));
    assert!(ports.sources().keys(&source).await.unwrap().is_empty());
    assert!(ports.sources().read(&place).await.unwrap().is_none());
}

pub async fn keys_of_every_kind_come_in_their_order<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for key in keys().into_iter().rev() {
        fixture.plant(&place(&fixture, key), &Value::Null).await;
    }
    let found = ports.sources().keys(&source(&fixture, "")).await.unwrap();
    assert_eq!(found, keys());
    // Equality of keys is that of IndexedDB; the kinds must be the same as well.
    assert_eq!(format!("{found:?}"), format!("{:?}", keys()));
}

pub async fn a_prefix_is_just_that<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let lone = Key::Units("sessions/".encode_utf16().chain([0xD800]).collect());
    let under = [
        Key::text("sessions/"),
        Key::text("sessions/0"),
        Key::text("sessions/sessions/"),
        Key::text("sessions/😀"),
        lone,
        Key::text("sessions/\u{FFFF}"),
        Key::text("sessions/\u{FFFF}\u{FFFF}z"),
    ];
    let mut under = under.to_vec();
    under.sort();
    let beside = [
        "",
        "session",
        "sessions",
        "sessions.",
        "sessions0",
        "Sessions/x",
        "a/sessions/x",
    ];
    let beside = beside.map(Key::text).into_iter().chain([
        Key::Number(5.0),
        Key::Date(5.0),
        Key::Binary(b"sessions/x".to_vec()),
        Key::Array(vec![Key::text("sessions/x")]),
    ]);
    for key in under.iter().cloned().chain(beside) {
        fixture.plant(&place(&fixture, key), &Value::Null).await;
    }
    let found = ports
        .sources()
        .keys(&source(&fixture, "sessions/"))
        .await
        .unwrap();
    assert_eq!(found, under);
    let found = ports
        .sources()
        .keys(&source(&fixture, "sessions/none"))
        .await
        .unwrap();
    assert_eq!(found, []);
}

pub async fn a_prefix_may_end_with_the_last_character<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for key in ["a", "a\u{FFFF}", "a\u{FFFF}b", "a\u{FFFF}\u{FFFF}", "b"] {
        fixture
            .plant(&place(&fixture, Key::text(key)), &Value::Null)
            .await;
    }
    let found = ports
        .sources()
        .keys(&source(&fixture, "a\u{FFFF}"))
        .await
        .unwrap();
    let expected = ["a\u{FFFF}", "a\u{FFFF}b", "a\u{FFFF}\u{FFFF}"];
    assert_eq!(found, expected.map(Key::text));
}

pub async fn a_record_is_read_by_its_key<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (number, key) in (0..).zip(keys()) {
        fixture
            .plant(&place(&fixture, key), &Value::from(f64::from(number)))
            .await;
    }
    for (number, key) in (0..).zip(keys()) {
        let found = ports
            .sources()
            .read(&place(&fixture, key.clone()))
            .await
            .unwrap();
        let found = found.unwrap_or_else(|| panic!("nothing under {key:?}"));
        assert_eq!(
            fixture.value(&found).await,
            Value::from(f64::from(number)),
            "{key:?}"
        );
    }
    for key in [
        Key::text("none"),
        Key::Number(6.0),
        Key::Binary(vec![9]),
        Key::Date(5.0),
    ] {
        let found = ports
            .sources()
            .read(&place(&fixture, key.clone()))
            .await
            .unwrap();
        assert!(found.is_none(), "something under {key:?}");
    }
}

pub async fn what_the_application_writes_is_seen_at_once<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let place = place(&fixture, Key::text("s"));
    for number in [1.0, 2.0] {
        fixture.plant(&place, &Value::from(number)).await;
        let found = ports
            .sources()
            .read(&place)
            .await
            .unwrap()
            .expect("it is there");
        assert_eq!(fixture.value(&found).await, Value::from(number));
    }
}
