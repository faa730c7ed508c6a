//! Manifests and backups keep all they say.

use super::fixture::Fixture;
use super::given::{after, apply, backup, id, keys, layout, loaded, manifest, measure};
use crate::support::value::Value;
use restow::domain::backup::{Backup, BackupOrigin, Format};
use restow::domain::checksum::{Checksum, Rule};
use restow::domain::digest::Digest;
use restow::domain::key::Key;
use restow::domain::layout::Layout;
use restow::domain::manifest::{Manifest, Origin, Originals, State};
use restow::domain::path::Path;
use restow::domain::place::{Area, Holding, Member, Place, Wrapping};
use restow::domain::places::{PlaceInfo, PlaceKind};
use restow::domain::records::AuditEntry;
use restow::domain::report::Warning;
use restow::domain::state::StateOrigin;
use restow::ports::{Ports, Records, Write};

/// Places of every kind.
fn places() -> Vec<Place> {
    let record = |key| Place::record(Area::store("app", "rows"), key);
    let local = |key| Place::record(Area::LocalStorage, key);
    let lone = || Key::Units(vec![0x61, 0xD800]);
    let holding = |checksum| Holding {
        wrapping: Wrapping {
            body: Path(vec!["data".into(), "a.b".into()]),
            gzip: true,
            json: false,
        },
        collection: Path(vec!["".into(), "0".into()]),
        id: Path::dotted("meta.id"),
        checksum,
    };
    let checksum = |rule| {
        Some(Checksum {
            path: Path::dotted("sum"),
            rule,
        })
    };
    let members = [
        (None, Member::Id(Key::text("s"))),
        (None, Member::Id(Key::Number(5.0))),
        (checksum(Rule::Hash31), Member::Id(Key::Number(-0.5))),
        (checksum(Rule::Sha256), Member::Name(Key::text("5"))),
        (None, Member::Name(Key::Number(5.0))),
        (None, Member::Name(Key::Number(1e300))),
        (None, Member::Name(lone())),
        (None, Member::Index(u32::MAX)),
    ];
    let mut places: Vec<Place> = keys().into_iter().map(record).collect();
    places.extend([local(Key::text("k")), local(lone())]);
    for (checksum, member) in members {
        let holding = holding(checksum);
        places.push(record(Key::Number(7.0)).member(&holding, member.clone()));
        places.push(local(lone()).member(&holding, member));
    }
    places
}

/// A manifest in which everything optional is there.
fn full(place: Place) -> Manifest {
    let wrapping = Wrapping {
        body: Path(vec!["data".into(), "a.b".into(), "".into()]),
        gzip: true,
        json: true,
    };
    let origin = Origin {
        source: "app/rows".into(),
        place,
        wrapping,
        fingerprint: Digest(u128::MAX - 1),
        outline: Digest(1),
        layout: Some(Layout {
            version: 4,
            ..layout()
        }),
    };
    Manifest {
        label: Some("😀 \" \0".into()),
        state: State::RollingBack,
        edited: true,
        origin: Some(origin),
        originals: Originals::Keep,
        backup: Some("sessions/s.backup-2026".into()),
        rollback: Some("sessions/s.backup-2025".into()),
        settling: Some(after(3)),
        warnings: vec![Warning::new("Code", &Path::dotted("a.0"), "words".into())],
        skeleton_measure: measure(9),
        places: Some(vec![
            PlaceInfo {
                path: Path::dotted("a.0"),
                kind: PlaceKind::Array,
                length: Some(u32::MAX),
                chunk: Some(1),
                bytes: (1 << 53) - 1,
            },
            PlaceInfo {
                path: Path::default(),
                kind: PlaceKind::Part,
                length: None,
                chunk: None,
                bytes: 0,
            },
        ]),
        bytes: (1 << 53) - 1,
        created_at: after(1),
        updated_at: after(2),
        ..manifest(&id(), u32::MAX - 1, u32::MAX - 1)
    }
}

pub async fn a_manifest_keeps_all_it_says<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let states = [
        State::Staged,
        State::Committed,
        State::RollingBack,
        State::RolledBack,
    ];
    let states = states.map(|state| Manifest {
        state,
        ..manifest(&id(), 1, 1)
    });
    for manifest in places().into_iter().map(full).chain(states) {
        let put = Write::PutManifest(Box::new(manifest.clone()), fixture.body(&Value::Null));
        apply(&ports, vec![put]).await;
        let (found, _) = ports
            .records()
            .manifest(&id())
            .await
            .unwrap()
            .expect("it is there");
        assert_eq!(found, manifest);
        assert_eq!(
            ports.records().manifests().await.unwrap().sound,
            std::slice::from_ref(&manifest)
        );
        let stored = loaded(&ports).await;
        assert_eq!(stored.manifest, manifest);
    }
}

pub async fn a_backup_keeps_all_it_says<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (index, place) in places().into_iter().enumerate() {
        let origin = BackupOrigin {
            source: "app/rows".into(),
            place,
            wrapping: Wrapping {
                body: Path::dotted("data"),
                gzip: index % 2 == 0,
                json: index % 3 == 0,
            },
            position: (index % 2 == 1).then_some(index as u32),
        };
        let head = Backup {
            origin: Some(origin),
            original_format: Format::Monolithic,
            expires_at: None,
            ..backup(&format!("sessions/{index}"), &id(), after(index as u64))
        };
        let write = Write::AddBackup {
            head: Box::new(head.clone()),
            envelope: fixture.body(&Value::Null),
            session: fixture.body(&Value::Null),
        };
        apply(&ports, vec![write]).await;
        let found = ports
            .records()
            .backup(&head.path)
            .await
            .unwrap()
            .expect("it is there");
        assert_eq!(found.head, head);
        assert_eq!(
            ports.records().backups(None).await.unwrap().sound.last(),
            Some(&head)
        );
    }
}

pub async fn a_snapshot_of_state_keeps_all_it_says<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let of_no_session = Key::text("");
    for tenant_id in [None, Some("a_b".to_owned())] {
        let path = format!("state/agents/{tenant_id:?}");
        let head = Backup {
            original_format: Format::State,
            reason: "capture".into(),
            state: Some(StateOrigin {
                registry: "agents".into(),
                tenant_id,
                keys: 7,
            }),
            ..backup(&path, &of_no_session, after(0))
        };
        let write = Write::AddBackup {
            head: Box::new(head.clone()),
            envelope: fixture.body(&Value::Null),
            session: fixture.body(&Value::list([])),
        };
        apply(&ports, vec![write]).await;
        let found = ports.records().backup(&path).await.unwrap();
        assert_eq!(found.expect("it is there").head, head);
        let listed = ports
            .records()
            .backups(Some(&of_no_session))
            .await
            .unwrap()
            .sound;
        assert!(listed.contains(&head));
    }
    let mut line = AuditEntry {
        seq: None,
        at: after(0),
        action: "capture".into(),
        id: of_no_session,
        source: None,
        backup: None,
        chunks: 0,
        bytes: 0,
        findings: vec![],
    };
    apply(&ports, vec![Write::Audit(line.clone())]).await;
    line.seq = Some(1);
    assert_eq!(ports.records().audit().await.unwrap().sound, [line]);
}

pub async fn a_layout_comes_back_as_it_was<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let mut odd = manifest(&id(), 1, 1);
    odd.layout.label = None;
    odd.layout.id = Some(Path(vec!["meta.data".into(), "id".into()]));
    odd.layout.parts = vec![Path(vec!["__proto__".into()]), Path(vec!["".into()])];
    assert_ne!(odd.layout, layout());
    let put = Write::PutManifest(Box::new(odd.clone()), fixture.body(&Value::Null));
    apply(&ports, vec![put]).await;
    assert_eq!(ports.records().manifests().await.unwrap().sound, [odd]);
}
