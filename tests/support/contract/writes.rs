//! Every kind of write by itself.

use super::fixture::Fixture;
use super::given::{
    NOW, add_backup, after, apply, backup, id, list, manifest, name, piece, put_manifest,
};
use crate::support::value::Value;
use restow::domain::chunk_list::PieceName;
use restow::domain::digest::Digest;
use restow::domain::key::Key;
use restow::domain::limits::PublicFinding;
use restow::domain::path::Path;
use restow::domain::records::{AuditEntry, JournalEntry, QuarantineEntry};
use restow::domain::state::{Carried, Sum};
use restow::ports::{Generations, Ports, Records, Write};

pub async fn manifests_come_and_go<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let body = |json| fixture.body(&Value::json(json));
    apply(&ports, vec![put_manifest(1, 1, body(r#"{ "old": 1 }"#))]).await;
    apply(&ports, vec![put_manifest(2, 5, body(r#"{ "new": 1 }"#))]).await;
    let found = ports.records().manifest(&id()).await.unwrap();
    let (found, skeleton) = found.expect("it was written");
    assert_eq!(found, manifest(&id(), 2, 5));
    assert_eq!(
        fixture.value(&skeleton).await,
        Value::json(r#"{ "new": 1 }"#)
    );
    apply(&ports, vec![Write::DeleteManifest(id())]).await;
    assert!(ports.records().manifest(&id()).await.unwrap().is_none());
    assert!(ports.records().manifests().await.unwrap().is_empty());
    apply(&ports, vec![Write::DeleteManifest(id())]).await;
}

/// Writes a list and two pieces for each of three generations of `s` and one of a neighbour.
async fn generations<F: Fixture>(fixture: &F, ports: &F::Ports, neighbour: &Key) {
    let mut writes = Vec::new();
    for (id, generation) in [(&id(), 1), (&id(), 2), (&id(), 3), (neighbour, 2)] {
        writes.push(Write::PutList(list(id, generation)));
        for name in names() {
            let value = Value::text(format!("{id} {generation} {name}"));
            writes.push(piece(id, generation, &name, fixture.body(&value)));
        }
    }
    apply(ports, writes).await;
}

fn names() -> [PieceName; 2] {
    [name("items", 0), name("summary", 0)]
}

/// Which generations still have their list, and their pieces.
async fn left<P: Ports>(ports: &P, id: &Key) -> Vec<u32> {
    let mut left = Vec::new();
    for generation in 1..=3 {
        let list = ports
            .records()
            .list(id, generation)
            .await
            .unwrap()
            .is_some();
        let pieces = ports
            .records()
            .pieces(id, generation, &names())
            .await
            .unwrap();
        let pieces: Vec<_> = pieces.iter().map(Option::is_some).collect();
        assert_eq!(pieces, [list, list], "of generation {generation} of {id}");
        left.extend(list.then_some(generation));
    }
    left
}

pub async fn generations_go_with_their_lists_and_pieces<F: Fixture>() {
    for (which, stay) in [
        (Generations::All, vec![]),
        (Generations::One(2), vec![1, 3]),
        (Generations::AllBut(2), vec![2]),
        (Generations::One(9), vec![1, 2, 3]),
        (Generations::AllBut(9), vec![]),
    ] {
        for neighbour in [
            Key::text("s2"),
            Key::text("r"),
            Key::text("s/"),
            Key::Number(5.0),
        ] {
            let fixture = F::new().await;
            let ports = fixture.open().await;
            generations(&fixture, &ports, &neighbour).await;
            apply(&ports, vec![Write::DeleteGenerations(id(), which)]).await;
            assert_eq!(left(&ports, &id()).await, stay, "{which:?}");
            assert_eq!(
                left(&ports, &neighbour).await,
                [2],
                "{which:?} of {neighbour}"
            );
        }
    }
}

pub async fn one_piece_goes_alone<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    generations(&fixture, &ports, &Key::text("t")).await;
    let [one, other] = names();
    let delete = Write::DeletePiece {
        id: id(),
        generation: 2,
        name: one.clone(),
    };
    apply(&ports, vec![delete]).await;
    let found = ports
        .records()
        .pieces(&id(), 2, &[one, other])
        .await
        .unwrap();
    let found: Vec<_> = found.iter().map(Option::is_some).collect();
    assert_eq!(found, [false, true]);
    assert!(ports.records().list(&id(), 2).await.unwrap().is_some());
    apply(
        &ports,
        vec![Write::DeleteGenerations(id(), Generations::One(2))],
    )
    .await;
    assert_eq!(left(&ports, &id()).await, [1, 3]);
}

pub async fn a_piece_is_replaced<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let name = name("items", 3);
    for number in [1.0, 2.0] {
        let body = fixture.body(&Value::from(number));
        apply(&ports, vec![piece(&id(), 1, &name, body)]).await;
        let found = ports
            .records()
            .pieces(&id(), 1, std::slice::from_ref(&name))
            .await
            .unwrap();
        let found = found[0].as_ref().expect("it was written");
        assert_eq!(fixture.value(found).await, Value::from(number));
    }
}

pub async fn backups_come_and_go<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    apply(
        &ports,
        vec![
            add_backup(&fixture, "a", 1.0),
            add_backup(&fixture, "b", 2.0),
        ],
    )
    .await;
    let found = ports
        .records()
        .backup("a")
        .await
        .unwrap()
        .expect("it was written");
    assert_eq!(found.head, backup("a", &id(), NOW));
    assert_eq!(fixture.value(&found.envelope).await, Value::Null);
    assert_eq!(fixture.value(&found.session).await, Value::from(1.0));
    apply(&ports, vec![Write::DeleteBackup("a".into())]).await;
    assert!(ports.records().backup("a").await.unwrap().is_none());
    assert!(ports.records().backup("b").await.unwrap().is_some());
}

pub async fn a_journal_has_one_entry_a_session<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let entry = |id: Key, action: &str| JournalEntry {
        id,
        action: action.into(),
        generation: 4,
        started_at: after(5),
    };
    let other = entry(Key::Number(5.0), "migrate");
    let writes = vec![
        Write::PutJournal(entry(id(), "migrate")),
        Write::PutJournal(other.clone()),
        Write::PutJournal(entry(id(), "rollback")),
    ];
    apply(&ports, writes).await;
    let mut found = ports.records().journal().await.unwrap();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(found, [other.clone(), entry(id(), "rollback")]);
    apply(&ports, vec![Write::DeleteJournal(id())]).await;
    assert_eq!(ports.records().journal().await.unwrap(), [other]);
}

pub async fn quarantine_has_one_entry_a_place<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let entry = |place: &str, id: Option<Key>, code: &str| QuarantineEntry {
        place: place.into(),
        id,
        source: "app".into(),
        code: code.into(),
        reason: "because".into(),
        since: NOW,
    };
    let other = entry("app:b", None, "IdMissing");
    let writes = vec![
        Write::PutQuarantine(entry("app:a", Some(id()), "IdMissing")),
        Write::PutQuarantine(other.clone()),
        Write::PutQuarantine(entry("app:a", Some(Key::Number(5.0)), "SharedObject")),
    ];
    apply(&ports, writes).await;
    let mut found = ports.records().quarantine().await.unwrap();
    found.sort_by(|a, b| a.place.cmp(&b.place));
    let replaced = entry("app:a", Some(Key::Number(5.0)), "SharedObject");
    assert_eq!(found, [replaced, other.clone()]);
    apply(&ports, vec![Write::DeleteQuarantine("app:a".into())]).await;
    assert_eq!(ports.records().quarantine().await.unwrap(), [other]);
}

pub async fn what_was_carried_is_kept_once_for_two_keys<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let sum = |carried: f64| Sum {
        path: Path(vec!["a.b".into(), "\u{e9}".into()]),
        carried,
        becomes: 0.5,
    };
    let entry = |from: &str, done: bool| Carried {
        from: from.into(),
        to: "b\",".into(),
        path: "state/x".into(),
        source: Digest::of(b"source"),
        before: done.then(|| Digest::of(b"before")),
        target: Digest::of(b"target"),
        rules: Digest::of(b"rules"),
        done,
        cleared: !done,
        sums: vec![sum(3.0)],
        sums_before: Vec::new(),
    };
    let put = |entry: Carried| Write::PutCarried(Box::new(entry));
    apply(&ports, vec![put(entry("a", false)), put(entry("c", false))]).await;
    apply(&ports, vec![put(entry("a", true))]).await;
    let found = |from: &'static str, to: &'static str| ports.records().carried(from, to);
    assert_eq!(found("a", "b\",").await.unwrap(), Some(entry("a", true)));
    assert_eq!(found("c", "b\",").await.unwrap(), Some(entry("c", false)));
    assert_eq!(found("b\",", "a").await.unwrap(), None);
}

pub async fn the_audit_is_numbered_from_one<F: Fixture>() {
    let fixture = F::new().await;
    let (one, two) = (fixture.open().await, fixture.open().await);
    let entry = |action: &str, seq| AuditEntry {
        seq,
        at: NOW,
        action: action.into(),
        id: Key::Number(5.0),
        source: (action == "b").then(|| "app".into()),
        backup: (action == "c").then(|| "sessions/s.backup".into()),
        chunks: 3,
        bytes: 1 << 40,
        findings: match action {
            "c" => vec![finding(Some(7)), finding(None)],
            _ => vec![],
        },
    };
    let write = |action| Write::Audit(entry(action, None));
    apply(&one, vec![write("a"), write("b")]).await;
    apply(&two, vec![write("c")]).await;
    apply(&one, vec![write("d")]).await;
    let expected = [("a", 1), ("b", 2), ("c", 3), ("d", 4)];
    let expected = expected.map(|(action, seq)| entry(action, Some(seq)));
    assert_eq!(two.records().audit().await.unwrap(), expected);
}

fn finding(length: Option<u32>) -> PublicFinding {
    PublicFinding {
        code: "TooLong".into(),
        path: "pages[3].title".into(),
        kind: "text".into(),
        length,
    }
}
