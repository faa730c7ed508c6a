//! Reading our records.

use super::fixture::Fixture;
use super::given::{NOW, after, apply, backup, id, list, manifest, name, piece, source};
use crate::support::value::Value;
use restow::domain::headroom::Storage;
use restow::domain::key::Key;
use restow::ports::{Ports, Records, Sources, Write};

pub async fn reading_without_a_database_finds_nothing_and_creates_none<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let records = ports.records();
    assert!(records.manifest(&id()).await.unwrap().is_none());
    assert!(records.manifests().await.unwrap().sound.is_empty());
    assert!(records.list(&id(), 1).await.unwrap().is_none());
    let pieces = records
        .pieces(&id(), 1, &[name("items", 0), name("items", 1)])
        .await
        .unwrap();
    assert_eq!(pieces.len(), 2);
    assert!(pieces.iter().all(Option::is_none));
    assert!(records.load(&id()).await.unwrap().is_none());
    assert!(records.backup("a").await.unwrap().is_none());
    assert!(records.backups(None).await.unwrap().sound.is_empty());
    assert!(records.backups(Some(&id())).await.unwrap().sound.is_empty());
    assert!(records.journal().await.unwrap().sound.is_empty());
    assert!(records.quarantine().await.unwrap().sound.is_empty());
    assert!(records.carried("a", "b").await.unwrap().is_none());
    assert!(records.audit().await.unwrap().sound.is_empty());
    records.quota().await;
    assert!(
        ports
            .sources()
            .keys(&source(&fixture, ""))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(!fixture.has_own().await, "reading created our database");
}

pub async fn what_one_tab_creates_another_finds<F: Fixture>() {
    let fixture = F::new().await;
    let (one, two) = (fixture.open().await, fixture.open().await);
    assert!(two.records().manifests().await.unwrap().sound.is_empty());
    let put = Write::PutManifest(Box::new(manifest(&id(), 1, 1)), fixture.body(&Value::Null));
    apply(&one, vec![put]).await;
    assert!(fixture.has_own().await);
    assert_eq!(two.records().manifests().await.unwrap().sound.len(), 1);
    let three = fixture.open().await;
    assert_eq!(three.records().manifests().await.unwrap().sound.len(), 1);
}

pub async fn backups_are_listed_oldest_first<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let five = Key::Number(5.0);
    let heads = [
        backup("b", &id(), after(1)),
        backup("z", &five, NOW),
        backup("a", &id(), after(3)),
        backup("c", &Key::text("5"), after(2)),
        backup("y", &id(), after(20)),
    ];
    for head in [&heads[2], &heads[0], &heads[4], &heads[1], &heads[3]] {
        let write = Write::AddBackup {
            head: Box::new(head.clone()),
            envelope: fixture.body(&Value::Null),
            session: fixture.body(&Value::Null),
        };
        apply(&ports, vec![write]).await;
    }
    for (of, paths) in [
        (None, &["z", "b", "c", "a", "y"][..]),
        (Some(id()), &["b", "a", "y"]),
        (Some(five), &["z"]),
        (Some(Key::text("5")), &["c"]),
        (Some(Key::text("none")), &[]),
    ] {
        let found = ports.records().backups(of.as_ref()).await.unwrap().sound;
        let found: Vec<_> = found.iter().map(|head| head.path.as_str()).collect();
        assert_eq!(found, paths, "of {of:?}");
    }
}

pub async fn ids_are_numbers_or_texts_and_never_both<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    // In the order of IndexedDB, in which manifests are listed.
    let ids = [-1.0, 0.5, 5.0, 10.0, 9_007_199_254_740_991.0].map(Key::Number);
    let texts = ["10", "5", "5.0", "Z", "a", "a/b", "ä", "😀", "\u{FFFD}"].map(Key::text);
    let ids: Vec<_> = ids.into_iter().chain(texts).collect();
    let piece_name = name("items", 0);
    for (number, id) in ids.iter().enumerate().rev() {
        let body = || fixture.body(&Value::from(number as f64));
        let writes = vec![
            Write::PutManifest(Box::new(manifest(id, 1, number as u32)), body()),
            Write::PutList(list(id, 1)),
            piece(id, 1, &piece_name, body()),
        ];
        apply(&ports, writes).await;
    }
    let found = ports.records().manifests().await.unwrap().sound;
    let found: Vec<_> = found.into_iter().map(|manifest| manifest.id).collect();
    assert_eq!(found, ids);
    for (number, id) in ids.iter().enumerate() {
        let (found, skeleton) = ports
            .records()
            .manifest(id)
            .await
            .unwrap()
            .expect("it is there");
        assert_eq!((&found.id, found.revision), (id, number as u32));
        assert_eq!(fixture.value(&skeleton).await, Value::from(number as f64));
        assert_eq!(
            ports.records().list(id, 1).await.unwrap(),
            Some(list(id, 1))
        );
        let names = std::slice::from_ref(&piece_name);
        let pieces = ports.records().pieces(id, 1, names).await.unwrap();
        let piece = pieces[0].as_ref().expect("it is there");
        assert_eq!(fixture.value(piece).await, Value::from(number as f64));
    }
}

pub async fn quota_is_told_in_bytes_if_at_all<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    if let Some(Storage {
        usage: used, quota, ..
    }) = ports.records().quota().await
    {
        assert!(used.is_finite() && used >= 0.0, "{used}");
        assert!(quota.is_finite() && quota > 0.0, "{quota}");
    }
}
