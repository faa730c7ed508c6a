//! Batches: all of it or nothing, and every kind of write.

use super::conditions::{code, conditions, take};
use super::fixture::Fixture;
use super::given::{add_backup, apply, batch, id, name, piece, put_manifest};
use crate::support::value::Value;
use restow::ports::{Batch, Generations, Ports, Records, Write};

pub async fn a_backup_is_never_overwritten<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    apply(&ports, vec![add_backup(&fixture, "a", 1.0)]).await;
    let body = || fixture.body(&Value::Null);
    let writes = vec![
        put_manifest(1, 1, body()),
        Write::DeleteBackup("b".into()),
        add_backup(&fixture, "a", 2.0),
        piece(&id(), 1, &name("items", 0), body()),
    ];
    let result = ports.records().apply(batch(writes)).await;
    assert_eq!(code(result), "TransactionAborted");
    let found = ports
        .records()
        .backup("a")
        .await
        .unwrap()
        .expect("it is still there");
    assert_eq!(fixture.value(&found.session).await, Value::from(1.0));
    assert!(ports.records().manifest(&id()).await.unwrap().is_none());
    let pieces = ports
        .records()
        .pieces(&id(), 1, &[name("items", 0)])
        .await
        .unwrap();
    assert!(pieces[0].is_none(), "a part of the batch was written");
}

pub async fn a_batch_that_fails_takes_no_lease<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    apply(&ports, vec![add_backup(&fixture, "a", 1.0)]).await;
    let failing = Batch {
        fence: Some(take("one")),
        ..batch(vec![add_backup(&fixture, "a", 2.0)])
    };
    assert_eq!(
        code(ports.records().apply(failing).await),
        "TransactionAborted"
    );
    let other = conditions(Some(take("two")), vec![]);
    assert_eq!(code(ports.records().apply(other).await), "ok");
}

pub async fn a_value_that_cannot_be_stored_stops_the_batch<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let function = fixture.body(&Value::list([Value::Unsupported("function")]));
    let writes = vec![
        put_manifest(1, 1, fixture.body(&Value::Null)),
        piece(&id(), 1, &name("items", 0), function),
    ];
    assert!(ports.records().apply(batch(writes)).await.is_err());
    assert!(ports.records().manifest(&id()).await.unwrap().is_none());
}

pub async fn writes_happen_in_their_order<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let body = |number: f64| fixture.body(&Value::from(number));
    let name = name("items", 0);
    apply(&ports, vec![add_backup(&fixture, "a", 1.0)]).await;
    let writes = vec![
        piece(&id(), 1, &name, body(1.0)),
        Write::DeleteGenerations(id(), Generations::All),
        piece(&id(), 2, &name, body(2.0)),
        Write::DeleteBackup("a".into()),
        add_backup(&fixture, "a", 2.0),
        put_manifest(1, 1, body(1.0)),
        Write::DeleteManifest(id()),
        put_manifest(2, 1, body(2.0)),
    ];
    apply(&ports, writes).await;
    let found = ports
        .records()
        .backup("a")
        .await
        .unwrap()
        .expect("it was written");
    assert_eq!(fixture.value(&found.session).await, Value::from(2.0));
    let (found, _) = ports
        .records()
        .manifest(&id())
        .await
        .unwrap()
        .expect("it was written");
    assert_eq!(found.generation, 2);
    for (generation, there) in [(1, false), (2, true)] {
        let names = std::slice::from_ref(&name);
        let pieces = ports
            .records()
            .pieces(&id(), generation, names)
            .await
            .unwrap();
        assert_eq!(pieces[0].is_some(), there, "generation {generation}");
    }
}
