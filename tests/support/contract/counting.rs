//! What lies in our database, by its keys.

use super::fixture::Fixture;
use super::given::{NOW, apply, backup, id, list, name, piece};
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::ports::{Census, Generation, Generations, Ports, Records, Write};

pub async fn a_census_counts_generations_and_backups<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    assert_eq!(ports.records().census().await.unwrap(), Census::default());
    assert!(!fixture.has_own().await, "reading created our database");
    let body = || fixture.body(&Value::Null);
    let five = Key::Number(5.0);
    apply(
        &ports,
        vec![
            piece(&id(), 2, &name("items", 0), body()),
            piece(&id(), 2, &name("items", 1), body()),
            piece(&id(), 1, &name("items", 0), body()),
            Write::PutList(list(&id(), 2)),
            Write::PutList(list(&five, 7)),
            Write::AddBackup {
                head: Box::new(backup("b", &id(), NOW)),
                envelope: body(),
                session: body(),
            },
        ],
    )
    .await;
    let found = ports.records().census().await.unwrap();
    let generation = |id: &Key, generation, pieces, list| Generation {
        id: id.clone(),
        generation,
        pieces,
        list,
    };
    let expected = [
        generation(&five, 7, 0, true),
        generation(&id(), 1, 1, false),
        generation(&id(), 2, 2, true),
    ];
    assert_eq!(found.generations, expected);
    assert_eq!(found.backups, ["b"]);
    assert_eq!(found.bad, []);
    let one = Generations::One(1);
    apply(&ports, vec![Write::DeleteGenerations(id(), one)]).await;
    let found = ports.records().census().await.unwrap();
    assert_eq!(found.generations.len(), 2);
}

pub async fn a_head_is_written_by_itself<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let body = || fixture.body(&Value::Null);
    let head = backup("b", &id(), NOW);
    let mut other = head.clone();
    other.bytes += 1;
    let add = Write::AddBackup {
        head: Box::new(head.clone()),
        envelope: body(),
        session: body(),
    };
    apply(&ports, vec![add]).await;
    apply(&ports, vec![Write::PutHead(Box::new(other.clone()))]).await;
    let listed = ports.records().backups(None).await.unwrap();
    assert_eq!((listed.sound, listed.bad), (vec![other], vec![]));
    let whole = ports.records().backup("b").await.unwrap().unwrap();
    assert_eq!(whole.head, head);
}
