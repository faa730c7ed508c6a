//! Bodies that are stored and read are what they were.

use super::fixture::Fixture;
use super::given::{NOW, apply, backup, id, loaded, name, piece, place, put_manifest};
use super::samples::{different, sessions};
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::ports::{Bodies, Ports, Records, Sources, Write};

fn all() -> impl Iterator<Item = Value> {
    different()
        .into_iter()
        .chain(sessions().into_iter().map(|(_, value)| value))
}

pub async fn pieces_are_read_as_they_were_written<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let values: Vec<_> = all().collect();
    let names: Vec<_> = (0..values.len() as u32)
        .map(|index| name("items", index))
        .collect();
    let writes = names.iter().zip(&values);
    let writes = writes.map(|(name, value)| piece(&id(), 1, name, fixture.body(value)));
    apply(&ports, writes.collect()).await;
    let found = ports.records().pieces(&id(), 1, &names).await.unwrap();
    for (body, value) in found.iter().zip(&values) {
        let body = body
            .as_ref()
            .unwrap_or_else(|| panic!("{value:?} is missing"));
        assert_eq!(fixture.value(body).await, *value);
    }
}

pub async fn skeletons_and_backups_are_read_as_they_were_written<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (number, value) in all().enumerate() {
        let path = format!("backup {number}");
        let writes = vec![
            put_manifest(1, 1, fixture.body(&value)),
            Write::AddBackup {
                head: Box::new(backup(&path, &id(), NOW)),
                envelope: fixture.body(&value),
                session: fixture.body(&value),
            },
        ];
        apply(&ports, writes).await;
        let (_, skeleton) = ports
            .records()
            .manifest(&id())
            .await
            .unwrap()
            .expect("it is there");
        assert_eq!(fixture.value(&skeleton).await, value);
        let stored = loaded(&ports).await;
        assert_eq!(fixture.value(&stored.skeleton).await, value);
        let backup = ports
            .records()
            .backup(&path)
            .await
            .unwrap()
            .expect("it is there");
        assert_eq!(fixture.value(&backup.envelope).await, value);
        assert_eq!(fixture.value(&backup.session).await, value);
    }
}

pub async fn records_of_applications_are_read_as_they_lie<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (number, value) in (0..).zip(all()) {
        let place = place(&fixture, Key::Number(f64::from(number)));
        fixture.plant(&place, &value).await;
        let found = ports.sources().read(&place).await.unwrap();
        let found = found.unwrap_or_else(|| panic!("{value:?} is missing"));
        assert_eq!(fixture.value(&found).await, value);
    }
}

pub async fn what_was_stored_measures_as_it_did<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let bodies: Vec<_> = all().map(|value| fixture.body(&value)).collect();
    let names: Vec<_> = (0..bodies.len() as u32)
        .map(|index| name("items", index))
        .collect();
    let writes = names.iter().zip(&bodies);
    let writes = writes.map(|(name, body)| piece(&id(), 1, name, body.clone()));
    apply(&ports, writes.collect()).await;
    let found = ports.records().pieces(&id(), 1, &names).await.unwrap();
    let found: Option<Vec<_>> = found.into_iter().collect();
    let found = found.expect("all of them are there");
    let before = ports
        .bodies()
        .measure(&bodies, &[])
        .await
        .expect("they can be measured");
    let after = ports
        .bodies()
        .measure(&found, &[])
        .await
        .expect("they can be measured");
    assert_eq!(before, after);
}

pub async fn what_is_read_twice_is_two_objects<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let value = Value::json(r#"{ "deep": [{}] }"#);
    let name = name("items", 0);
    apply(&ports, vec![piece(&id(), 1, &name, fixture.body(&value))]).await;
    let mut found = Vec::new();
    for _ in 0..2 {
        let pieces = ports
            .records()
            .pieces(&id(), 1, std::slice::from_ref(&name))
            .await;
        found.extend(pieces.unwrap().into_iter().flatten());
    }
    assert_eq!(found.len(), 2);
    assert!(
        ports.bodies().outline(&found, &[]).is_ok(),
        "they share an object"
    );
}
