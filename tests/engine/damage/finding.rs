//! Every record of a populated database, removed, changed, garbled or swapped.

use super::{body, lab, own, verify};
use crate::lab::{Lab, key};
use crate::support::twin::{Own, run};
use crate::support::value::Value;
use restow::domain::damage::{Flaw, Store};
use restow::domain::digest::Digest;
use restow::domain::key::Key;
use restow::domain::manifest::State;
use restow::domain::progress::Progress;
use restow::domain::records::JournalEntry;
use restow::domain::time::Timestamp;
use restow::error::Error;
use restow::ports::{Unwatched, Watch};
use std::cell::Cell;

type Harm = Box<dyn Fn(&mut Own)>;

/// Everything that can be done to the records of `s1`: what, where it is to be named, by which
/// code, and whether loading must fail.
fn harms(lab: &Lab) -> Vec<(String, Store, Flaw, bool, Harm)> {
    let own = own(lab);
    let id = key("s1");
    let mut harms: Vec<(String, Store, Flaw, bool, Harm)> = Vec::new();
    let mut add = |what: String, store, flaw, fails, harm: Harm| {
        harms.push((what, store, flaw, fails, harm));
    };
    let pieces: Vec<_> = own
        .pieces
        .keys()
        .filter(|(of, ..)| *of == id)
        .cloned()
        .collect();
    for (index, at) in pieces.iter().enumerate() {
        let (key, other) = (at.clone(), pieces[(index + 1) % pieces.len()].clone());
        let name = &at.2;
        add(
            format!("{name} removed"),
            Store::Chunks,
            Flaw::Missing,
            true,
            {
                let key = key.clone();
                Box::new(move |own| drop(own.pieces.remove(&key)))
            },
        );
        add(
            format!("{name} changed"),
            Store::Chunks,
            Flaw::Changed,
            true,
            {
                let key = key.clone();
                Box::new(move |own| drop(own.pieces.insert(key.clone(), Value::Null)))
            },
        );
        add(
            format!("{name} swapped"),
            Store::Chunks,
            Flaw::Changed,
            true,
            {
                let key = key.clone();
                Box::new(move |own| {
                    let (a, b) = (own.pieces[&key].clone(), own.pieces[&other].clone());
                    own.pieces.insert(key.clone(), b);
                    own.pieces.insert(other.clone(), a);
                })
            },
        );
        add(
            format!("{name} twice"),
            Store::Chunks,
            Flaw::Unexpected,
            false,
            {
                Box::new(move |own| {
                    let mut copy = key.clone();
                    copy.2.index += 1_000;
                    own.pieces.insert(copy, own.pieces[&key].clone());
                })
            },
        );
    }
    let list = (id.clone(), own.manifests[&id].0.generation);
    add("list removed".into(), Store::Lists, Flaw::Missing, true, {
        let list = list.clone();
        Box::new(move |own| drop(own.lists.remove(&list)))
    });
    add("list shorter".into(), Store::Lists, Flaw::Changed, true, {
        let list = list.clone();
        Box::new(move |own| {
            own.lists.get_mut(&list).unwrap().arrays[0].chunks.pop();
        })
    });
    add("size in list".into(), Store::Lists, Flaw::Changed, true, {
        Box::new(move |own| own.lists.get_mut(&list).unwrap().arrays[0].chunk += 1)
    });
    let manifest = |change: fn(&mut restow::domain::manifest::Manifest)| -> Harm {
        Box::new(move |own| change(&mut own.manifests.get_mut(&key("s1")).unwrap().0))
    };
    for (what, harm) in [
        ("state staged", manifest(|m| m.state = State::Staged)),
        (
            "state rolled back",
            manifest(|m| m.state = State::RolledBack),
        ),
        ("generation", manifest(|m| m.generation += 1)),
        ("revision", manifest(|m| m.revision ^= 1)),
        ("edited", manifest(|m| m.edited = !m.edited)),
        ("label", manifest(|m| m.label = None)),
        (
            "fingerprint",
            manifest(|m| m.fingerprint = Digest(m.fingerprint.0 ^ 1)),
        ),
        ("bytes", manifest(|m| m.bytes ^= 1)),
        ("chunks", manifest(|m| m.chunks += 1)),
        ("backup", manifest(|m| m.backup = None)),
        ("rollback", manifest(|m| m.rollback = m.backup.clone())),
        ("created", manifest(|m| m.created_at = Timestamp(1))),
        ("layout", manifest(|m| m.layout.version += 1)),
        (
            "origin",
            manifest(|m| m.origin.as_mut().unwrap().place.key = key("elsewhere")),
        ),
        ("origin gone", manifest(|m| m.origin = None)),
    ] {
        add(
            format!("manifest: {what}"),
            Store::Manifests,
            Flaw::Changed,
            true,
            harm,
        );
    }
    add(
        "manifest removed".into(),
        Store::Manifests,
        Flaw::Missing,
        false,
        Box::new(|own| drop(own.manifests.remove(&key("s1")))),
    );
    add("skeleton".into(), Store::Manifests, Flaw::Changed, true, {
        Box::new(|own| own.manifests.get_mut(&key("s1")).unwrap().1 = Value::Null)
    });
    let path = own.manifests[&id].0.backup.clone().unwrap();
    let at = |harm: fn(&mut Own, &str)| -> Harm {
        let path = path.clone();
        Box::new(move |own| harm(own, &path))
    };
    for (what, store, flaw, harm) in [
        (
            "backup removed",
            Store::Backups,
            Flaw::Missing,
            at(|own, at| drop(own.backups.remove(at))),
        ),
        (
            "head removed",
            Store::BackupHeads,
            Flaw::Missing,
            at(|own, at| drop(own.heads.remove(at))),
        ),
        (
            "both removed",
            Store::Backups,
            Flaw::Missing,
            at(|own, at| {
                own.backups.remove(at);
                own.heads.remove(at);
            }),
        ),
        (
            "backup's body",
            Store::Backups,
            Flaw::Changed,
            at(|own, at| own.backups.get_mut(at).unwrap().2 = Value::Null),
        ),
        (
            "backup's envelope",
            Store::Backups,
            Flaw::Changed,
            at(|own, at| own.backups.get_mut(at).unwrap().1 = Value::Null),
        ),
        (
            "backup's time",
            Store::Backups,
            Flaw::Changed,
            at(|own, at| own.backups.get_mut(at).unwrap().0.expires_at = None),
        ),
        (
            "head's time",
            Store::BackupHeads,
            Flaw::Changed,
            at(|own, at| own.heads.get_mut(at).unwrap().expires_at = None),
        ),
        (
            "head's session",
            Store::BackupHeads,
            Flaw::Changed,
            at(|own, at| own.heads.get_mut(at).unwrap().id = key("s2")),
        ),
    ] {
        add(what.into(), store, flaw, false, harm);
    }
    add(
        "journal of nothing".into(),
        Store::Journal,
        Flaw::Orphan,
        false,
        {
            Box::new(|own| {
                let entry = JournalEntry {
                    id: key("nobody"),
                    action: "migrate".into(),
                    generation: 1,
                    started_at: Timestamp(1),
                };
                own.journal.insert(key("nobody"), entry);
            })
        },
    );
    add(
        "another generation".into(),
        Store::Chunks,
        Flaw::Orphan,
        false,
        {
            let (id, generation, name) = pieces[0].clone();
            Box::new(move |own| {
                own.pieces
                    .insert((id.clone(), generation + 5, name.clone()), Value::Null);
            })
        },
    );
    harms
}

#[test]
fn whatever_happens_to_a_record_is_found_and_named() {
    let lab = lab();
    let sound = verify(&lab);
    assert!(sound.ok && sound.problems.is_empty(), "{sound:?}");
    assert_eq!((sound.sessions, sound.backups), (2, 2));
    let expected = body(&lab, "s1");
    let mut tried = 0;
    for (what, store, flaw, fails, harm) in harms(&lab) {
        let lab = lab.fork();
        lab.disk.damage(harm);
        let found = verify(&lab);
        let mut named = found.problems.iter();
        assert!(
            !found.ok && named.any(|one| (one.store, one.code) == (store, flaw)),
            "{what}: {found:?}"
        );
        // Its neighbour is as it was.
        assert!(body(&lab, "s2").is_some(), "{what}");
        match lab.load("s1") {
            Ok(loaded) => {
                // Without its manifest it is not there at all, and the check says so.
                let gone = what == "manifest removed" && loaded.is_none();
                assert!(!fails && (gone || loaded == expected), "{what}");
            }
            Err(Error::Damaged { id, place }) => {
                assert!(fails && id == key("s1") && !place.is_empty(), "{what}");
            }
            Err(error) => panic!("{what}: {error}"),
        }
        tried += 1;
    }
    assert!(tried > 50, "{tried}");
}

#[test]
fn what_cannot_be_understood_hides_nothing() {
    let lab = lab();
    let (_, generation, name) = super::first_piece(&lab, "s1");
    let path = lab.backups("s1").remove(0);
    let list = Key::Array(vec![key("s1"), Key::Number(generation.into())]);
    let steps = name.path.0.iter().map(Key::text).collect();
    let index = Key::Number(name.index.into());
    let piece = Key::Array(vec![
        key("s1"),
        Key::Number(generation.into()),
        Key::Array(steps),
        index,
    ]);
    for (store, at) in [
        (Store::Manifests, key("s1")),
        (Store::Lists, list),
        (Store::Chunks, piece),
        (Store::Backups, Key::text(&path)),
        (Store::BackupHeads, Key::text(&path)),
        (Store::Audit, Key::Number(1.0)),
        (Store::Leases, key("s1")),
        (Store::Meta, Key::text("carried:[]")),
    ] {
        let lab = lab.fork();
        lab.disk.garble(store, &at);
        let found = verify(&lab);
        let mut named = found.problems.iter();
        assert!(named.any(|one| one.store == store), "{store:?}: {found:?}");
        assert!(body(&lab, "s2").is_some());
        let status = run(lab.tab().status(Default::default())).unwrap();
        assert_eq!(status.total, 3, "{store:?}");
        let quarantined = u32::from(store == Store::Manifests);
        assert_eq!(
            (status.quarantined, status.chunked),
            (quarantined, 2 - quarantined)
        );
        let rows = run(lab.tab().list_sessions()).unwrap();
        assert_eq!(rows.len(), 3);
        // A run goes on beside it, and touches nothing of it.
        let manifests = own(&lab).manifests.get(&key("s1")).cloned();
        let result = lab.migrate_all();
        assert_eq!(result.migrated, 1, "{store:?}: {result:?}");
        assert_eq!(own(&lab).manifests.get(&key("s1")).cloned(), manifests);
    }
}

#[test]
fn a_session_tells_of_its_backups_as_well() {
    let lab = lab();
    assert!(run(lab.tab().verify_session(&key("s1"))).unwrap().ok);
    let path = lab.backups("s1").remove(0);
    lab.disk
        .alter_backup(&path, |_, _, body| *body = Value::Null);
    let found = run(lab.tab().verify_session(&key("s1"))).unwrap();
    let [problem] = &found.problems[..] else {
        panic!("{found:?}");
    };
    assert_eq!(
        (problem.store, problem.code),
        (Store::Backups, Flaw::Changed)
    );
    assert_eq!(problem.place, path);
}

/// Stops before a session, and counts what it hears.
struct Stops {
    before: u32,
    asked: Cell<u32>,
    heard: Cell<u32>,
}

impl Watch for Stops {
    fn progress(&self, _: &Progress) {
        self.heard.set(self.heard.get() + 1);
    }
    fn cancelled(&self) -> bool {
        self.asked.set(self.asked.get() + 1);
        self.asked.get() > self.before
    }
}

#[test]
fn a_check_tells_how_far_it_is_and_stops_when_told() {
    let lab = lab();
    let before = own(&lab);
    for (stop, sessions) in [(0, 0), (1, 1), (9, 2)] {
        let watch = Stops {
            before: stop,
            asked: Cell::new(0),
            heard: Cell::new(0),
        };
        let result = run(lab.tab().verify_all(&watch)).unwrap();
        assert_eq!(result.sessions, sessions);
        assert_eq!(result.cancelled, stop < 2);
        assert_eq!(result.ok, !result.cancelled);
        assert_eq!(watch.heard.get(), sessions + 1);
    }
    assert_eq!(own(&lab), before, "a check writes nothing");
}

#[test]
fn a_backup_that_was_cleaned_up_is_not_missed() {
    let lab = lab();
    lab.disk.clock().advance_days(40);
    let rule = restow::domain::retention::Rule::Expired;
    let cleaned = run(lab.tab().cleanup(rule, true)).unwrap();
    assert_eq!(cleaned.removed.len(), 2, "{cleaned:?}");
    assert!(run(lab.tab().verify_all(&Unwatched)).unwrap().ok);
}
