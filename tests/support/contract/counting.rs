//! What lies in our database, by its keys.

use super::fixture::Fixture;
use super::given::{NOW, apply, backup, id, list, name, piece};
use crate::support::value::Value;
use restow::domain::count::{Count, MOST_PASSED, Stamp};
use restow::domain::digest::Digest;
use restow::domain::key::Key;
use restow::domain::records::{AuditEntry, QuarantineEntry};
use restow::ports::{Census, Generation, Generations, Ports, Pulse, Records, Write};

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

fn line(action: &str, id: &Key) -> AuditEntry {
    AuditEntry {
        seq: None,
        at: NOW,
        action: action.into(),
        id: id.clone(),
        source: None,
        backup: None,
        chunks: 0,
        bytes: 0,
        findings: Vec::new(),
    }
}

pub async fn a_count_is_kept_where_there_is_a_database<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let records = ports.records();
    let count = Count {
        at: NOW,
        stamp: Some(Stamp { seq: 1, at: NOW }),
        keys: Digest(u128::MAX),
        looked: vec![vec![(0, false), (7, true)], Vec::new()],
        seen: Digest(1),
        chunked: 1,
        legacy: 2,
        quarantined: 3,
        diverged: 4,
        elsewhere: 5,
    };
    records.keep_count(&count).await.unwrap();
    assert_eq!(records.pulse().await.unwrap(), Pulse::default());
    assert!(!fixture.has_own().await, "a count created our database");
    apply(&ports, vec![Write::Audit(line("migrate", &id()))]).await;
    records.keep_count(&count).await.unwrap();
    let there = fixture.open().await;
    let pulse = there.records().pulse().await.unwrap();
    assert_eq!((pulse.stamp, pulse.count), (count.stamp, Some(count)));
}

pub async fn a_pulse_passes_over_lines_that_tell_of_no_session<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let pulse = async || ports.records().pulse().await.unwrap();
    let seq = async || pulse().await.stamp.map(|stamp| stamp.seq);
    let cleanup = || Write::Audit(line("cleanup", &id()));
    apply(&ports, vec![cleanup()]).await;
    assert_eq!(seq().await, None);
    apply(&ports, vec![Write::Audit(line("create", &id()))]).await;
    assert_eq!(seq().await, Some(2));
    apply(&ports, (0..MOST_PASSED).map(|_| cleanup()).collect()).await;
    assert_eq!(seq().await, Some(2));
    // Not for ever: then the last that was passed over stands for it.
    apply(&ports, vec![cleanup()]).await;
    assert_eq!(seq().await, Some(3));
    let entry = QuarantineEntry {
        place: "shelf › s".into(),
        id: None,
        source: "shelf".into(),
        code: "IdMissing".into(),
        reason: "its body has no id".into(),
        since: NOW,
    };
    apply(&ports, vec![Write::PutQuarantine(entry)]).await;
    assert_eq!(pulse().await.quarantine, [Key::text("shelf › s")]);
}
