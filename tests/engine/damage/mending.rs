//! Damage of every kind to every piece, what is put back from where, and what is never touched.

use super::{asked, rehearse, repair};
use crate::deaths::{Left, deaths, undisturbed};
use crate::lab::{Lab, Tab, key, session, shot};
use crate::picture::{Picture, tidy};
use crate::shelf::{Form, Shelf, body_of, text_of};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::chunk_list::PieceName;
use restow::domain::damage::Store;
use restow::domain::manifest::Manifest;
use restow::domain::place::{Area, Place};
use restow::domain::report::{RepairResult, Repaired};
use restow::domain::retention::Rule;
use restow::engine::{Edits, Options, RepairOptions, Side};
use restow::error::{Error, Result};
use restow::ports::Unwatched;

fn discard(lab: &Lab) -> RepairResult {
    let asked = RepairOptions {
        edits: Edits::Discard,
        ..asked()
    };
    run(lab.tab().repair(&asked)).unwrap()
}

/// The small session migrated, beside another one.
fn migrated() -> Lab {
    let lab = Lab::small();
    lab.plant("s2", &session("s2", 5));
    lab.migrate_all();
    lab.disk.settle();
    lab
}

fn body() -> Value {
    session("s1", 3)
}

fn manifest(lab: &Lab) -> Manifest {
    lab.manifest("s1").unwrap()
}

fn pieces(lab: &Lab) -> Vec<(u32, PieceName)> {
    lab.disk.pieces_of(&key("s1"))
}

fn list_key(lab: &Lab) -> restow::domain::key::Key {
    let generation = manifest(lab).generation;
    restow::domain::key::Key::Array(vec![
        key("s1"),
        restow::domain::key::Key::Number(generation.into()),
    ])
}

/// Repairs, after a rehearsal that says the same and changes nothing; and once more, which does
/// nothing.
fn repaired(lab: &Lab, what: &str) -> RepairResult {
    let before = lab.disk.image();
    let would = rehearse(lab);
    assert_eq!(lab.disk.image(), before, "{what}: a rehearsal has written");
    let done = repair(lab);
    assert_eq!(
        done.repaired.len(),
        would.repaired.len(),
        "{what}: {done:?} {would:?}"
    );
    for (done, would) in done.repaired.iter().zip(&would.repaired) {
        let facts = |row: &Repaired| {
            (
                row.session_id.clone(),
                row.action,
                row.code,
                row.place.clone(),
            )
        };
        assert_eq!(facts(done), facts(would), "{what}");
        assert_eq!(done.backup, would.backup, "{what}");
    }
    assert_eq!(done.left, would.left, "{what}");
    let after = lab.disk.image();
    let again = repair(lab);
    assert!(again.repaired.is_empty(), "{what}: {again:?}");
    assert_eq!(again.left, done.left, "{what}");
    assert_eq!(
        lab.disk.image(),
        after,
        "{what}: a second repair has written"
    );
    done
}

fn whole(lab: &Lab, what: &str) {
    let found = lab
        .load("s1")
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(found, Some(body()), "{what}");
    assert_eq!(lab.load("s2").unwrap(), Some(session("s2", 5)), "{what}");
    tidy(lab);
}

fn actions(result: &RepairResult) -> Vec<&'static str> {
    result.repaired.iter().map(|row| row.action).collect()
}

type Damage = (&'static str, fn(&Lab, u32, &PieceName));

const DAMAGES: [Damage; 5] = [
    ("dropped", |lab, generation, name| {
        lab.disk.drop_piece(&key("s1"), generation, name);
    }),
    ("altered", |lab, generation, name| {
        lab.disk
            .alter_piece(&key("s1"), generation, name, "another");
    }),
    ("shorter", |lab, generation, name| {
        lab.disk
            .alter_piece(&key("s1"), generation, name, Value::list(["one".into()]));
    }),
    ("unreadable", |lab, generation, name| {
        lab.disk.make_piece_unreadable(&key("s1"), generation, name);
    }),
    ("not ours", |lab, generation, name| {
        lab.disk.damage_piece_record(&key("s1"), generation, name);
    }),
];

#[test]
fn every_damaged_piece_is_restored_from_the_backup() {
    let lab = migrated();
    let before = manifest(&lab);
    for (generation, name) in pieces(&lab) {
        for (how, damage) in DAMAGES {
            let what = format!("{name} {how}");
            let lab = lab.fork();
            damage(&lab, generation, &name);
            let error = lab.load("s1").err().map(|error| error.code());
            assert_eq!(error, Some("Damaged"), "{what}");
            let done = repaired(&lab, &what);
            assert!(done.success, "{what}: {done:?}");
            assert_eq!(actions(&done), ["restore"], "{what}");
            let row = &done.repaired[0];
            assert_eq!(row.place, name.to_string(), "{what}");
            assert_eq!(row.backup, before.backup, "{what}");
            whole(&lab, &what);
            let after = manifest(&lab);
            assert_eq!(after.fingerprint, before.fingerprint, "{what}");
            assert!(
                after.generation > before.generation && !after.edited,
                "{what}"
            );
            let audit = lab.disk.own().unwrap().audit;
            assert!(audit.iter().any(|line| line.action == "repair"), "{what}");
        }
    }
}

#[test]
fn swapped_pieces_are_put_back_without_any_backup() {
    let lab = Lab::small();
    lab.plant("s1", &session("s1", 5));
    lab.migrate("s1");
    let all = pieces(&lab);
    let of_shots = |(_, name): &&(u32, PieceName)| name.path.to_string() == "screenshots";
    let shots: Vec<_> = all.iter().filter(of_shots).collect();
    let (one, other) = (shots[0], shots[1]);
    lab.disk.swap_pieces(&key("s1"), one.0, &one.1, &other.1);
    lab.disk.damage(|own| {
        own.backups.clear();
        own.heads.clear();
    });
    let done = repaired(&lab, "swapped");
    assert_eq!(actions(&done), ["restore"; 2]);
    assert!(done.repaired.iter().all(|row| row.backup.is_none()));
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 5)));
}

#[test]
fn a_piece_of_an_edited_session_is_restored_where_the_backup_still_holds_it() {
    let lab = migrated();
    lab.edit("s1");
    let edited = lab.load("s1").unwrap();
    let first = pieces(&lab)
        .into_iter()
        .find(|(_, name)| name.path.to_string() == "screenshots");
    let (generation, name) = first.unwrap();
    lab.disk.drop_piece(&key("s1"), generation, &name);
    let done = repaired(&lab, "edited");
    assert_eq!(actions(&done), ["restore"]);
    assert_eq!(lab.load("s1").unwrap(), edited);
    assert!(manifest(&lab).edited);
    tidy(&lab);
}

#[test]
fn edits_that_no_backup_holds_are_given_up_only_when_asked_and_what_is_left_is_kept() {
    let lab = migrated();
    lab.edit("s1");
    let all = pieces(&lab).into_iter();
    let mut shots = all.filter(|(_, name)| name.path.to_string() == "screenshots");
    let (generation, name) = shots.next_back().unwrap();
    lab.disk.drop_piece(&key("s1"), generation, &name);
    let left = repaired(&lab, "not asked");
    assert!(left.repaired.is_empty() && !left.success);
    assert_eq!(left.left[0].reason, "Edited", "{left:?}");
    assert_eq!(lab.load("s1").unwrap_err().code(), "Damaged");

    let done = discard(&lab);
    assert_eq!(actions(&done), ["restore"], "{done:?}");
    whole(&lab, "discarded");
    let kept = done.repaired[0].kept.clone().unwrap();
    let own = lab.disk.own().unwrap();
    let (head, _, remnant) = &own.backups[&kept];
    assert_eq!((head.reason.as_str(), &head.id), ("damage", &key("s1")));
    let shots = |body: &Value| body.child("screenshots").unwrap();
    assert_eq!(shots(remnant), Value::list((0..2).map(shot)));
    assert_eq!(remnant.child("unknown"), body().child("unknown"));
}

#[test]
fn a_lost_list_is_computed_from_the_chunks_even_of_an_edited_session() {
    for edit in [false, true] {
        for damage in ["missing", "garbled", "changed"] {
            let lab = migrated();
            if edit {
                lab.edit("s1");
            }
            let before = lab.load("s1").unwrap();
            let key = list_key(&lab);
            match damage {
                "missing" => lab.disk.damage(|own| {
                    own.lists.retain(|(id, _), _| id != &crate::lab::key("s1"));
                }),
                "garbled" => lab.disk.garble(Store::Lists, &key),
                _ => lab.disk.damage(|own| {
                    for ((id, _), list) in &mut own.lists {
                        if id == &crate::lab::key("s1") {
                            list.arrays[0].chunks.pop();
                        }
                    }
                }),
            }
            let what = format!("list {damage}, edited {edit}");
            assert_eq!(lab.load("s1").unwrap_err().code(), "Damaged", "{what}");
            let done = repaired(&lab, &what);
            assert_eq!(actions(&done), ["rebuild-list"], "{what}");
            assert_eq!(lab.load("s1").unwrap(), before, "{what}");
            tidy(&lab);
        }
    }
}

#[test]
fn a_list_that_was_shortened_and_sealed_again_costs_no_chunk() {
    let lab = migrated();
    lab.disk.damage(|own| {
        for ((id, _), list) in &mut own.lists {
            if id == &key("s1") {
                list.arrays[0].chunks.pop();
            }
        }
        own.seals.retain(|(store, _), _| *store != Store::Lists);
    });
    assert_eq!(lab.load("s1").unwrap_err().code(), "Damaged");
    repaired(&lab, "unsealed list");
    whole(&lab, "unsealed list");
}

#[test]
fn a_lost_list_and_a_lost_chunk_together_come_from_the_backup() {
    let lab = migrated();
    let (generation, name) = pieces(&lab).remove(0);
    lab.disk.drop_piece(&key("s1"), generation, &name);
    lab.disk.garble(Store::Lists, &list_key(&lab));
    let done = repaired(&lab, "list and chunk");
    assert_eq!(actions(&done), ["restore"]);
    whole(&lab, "list and chunk");
}

#[test]
fn a_changed_skeleton_is_restored() {
    let lab = migrated();
    lab.disk.alter_manifest(&key("s1"), |_, skeleton| {
        *skeleton = skeleton.clone().with("name", "Another");
    });
    let done = repaired(&lab, "skeleton");
    assert_eq!(actions(&done), ["restore"]);
    assert_eq!(done.repaired[0].place, "skeleton");
    whole(&lab, "skeleton");
}

#[test]
fn a_lost_manifest_is_rebuilt_where_a_backup_proves_it() {
    for missing in [false, true] {
        let lab = migrated();
        let before = manifest(&lab);
        match missing {
            true => lab.disk.damage(|own| {
                own.manifests.remove(&key("s1"));
            }),
            false => lab.disk.garble(Store::Manifests, &key("s1")),
        }
        let what = format!("manifest, missing {missing}");
        let done = repaired(&lab, &what);
        assert_eq!(actions(&done), ["rebuild-manifest"], "{what}");
        assert!(done.success, "{what}");
        whole(&lab, &what);
        let after = manifest(&lab);
        let same = Manifest {
            revision: before.revision,
            created_at: before.created_at,
            updated_at: before.updated_at,
            ..after
        };
        assert_eq!(same, before, "{what}");
    }
}

#[test]
fn chunks_without_a_manifest_that_nothing_proves_stay_and_are_named() {
    for missing in [false, true] {
        let lab = migrated();
        lab.edit("s1");
        match missing {
            true => lab.disk.damage(|own| {
                own.manifests.remove(&key("s1"));
            }),
            false => lab.disk.garble(Store::Manifests, &key("s1")),
        }
        let before = pieces(&lab);
        let left = repaired(&lab, "unproven");
        assert!(left.repaired.is_empty());
        assert!(left.left[0].reason.starts_with("Manifest"));
        assert_eq!(pieces(&lab), before);
        assert_eq!(lab.load("s2").unwrap(), Some(session("s2", 5)));
    }
}

#[test]
fn a_lost_manifest_is_rebuilt_beside_an_original_that_was_kept() {
    let lab = Lab::small().keeping();
    lab.migrate("s1");
    lab.disk.damage(|own| {
        own.manifests.clear();
    });
    let done = repaired(&lab, "kept original");
    assert_eq!(actions(&done), ["rebuild-manifest"]);
    assert!(lab.row("s1").is_some() && !pieces(&lab).is_empty());
    assert_eq!(lab.load("s1").unwrap(), Some(body()));
}

#[test]
fn a_damaged_backup_is_never_used_and_never_deleted() {
    let lab = migrated();
    let path = manifest(&lab).backup.unwrap();
    lab.disk.alter_backup(&path, |_, _, session| {
        *session = session.clone().with("name", "Another");
    });
    let (generation, name) = pieces(&lab).remove(0);
    lab.disk.drop_piece(&key("s1"), generation, &name);
    let left = repaired(&lab, "damaged backup");
    assert!(left.repaired.is_empty());
    let places: Vec<_> = left.left.iter().map(|row| row.place.clone()).collect();
    assert_eq!(places, [name.to_string(), path.clone()]);
    assert!(discard(&lab).repaired.is_empty());
    lab.disk.clock().advance_days(31);
    let cleaned = run(lab.tab().cleanup(Rule::Expired, true)).unwrap();
    assert!(!cleaned.removed.contains(&path));
    assert!(lab.disk.own().unwrap().backups.contains_key(&path));
    assert_eq!(lab.load("s1").unwrap_err().code(), "Damaged");
}

#[test]
fn heads_are_copied_from_their_backups() {
    let lab = migrated();
    let path = manifest(&lab).backup.unwrap();
    for damage in ["missing", "garbled", "changed"] {
        let lab = lab.fork();
        let at = path.clone();
        match damage {
            "missing" => lab.disk.damage(move |own| {
                own.heads.remove(&at);
            }),
            "garbled" => lab.disk.garble(Store::BackupHeads, &key(&path)),
            _ => lab.disk.damage(move |own| {
                own.seals.remove(&(Store::BackupHeads, key(&at)));
                own.heads.get_mut(&at).unwrap().bytes += 1;
            }),
        }
        let done = repaired(&lab, damage);
        assert_eq!(actions(&done), ["rebuild-head"], "{damage}");
        let own = lab.disk.own().unwrap();
        let backup = own.backups.get(&path).map(|(head, ..)| head);
        assert_eq!(own.heads.get(&path), backup, "{damage}");
        whole(&lab, damage);
    }
}

#[test]
fn what_rules_nothing_goes_and_nothing_else() {
    let lab = migrated();
    let generation = manifest(&lab).generation;
    lab.disk.damage(move |own| {
        let all: Vec<_> = own.pieces.clone().into_iter().collect();
        for ((id, at, name), piece) in all.iter().filter(|((id, ..), _)| id == &key("s1")) {
            own.pieces
                .insert((id.clone(), at + 7, name.clone()), piece.clone());
        }
        let extra = PieceName {
            index: 99,
            ..all[0].0.2.clone()
        };
        own.pieces
            .insert((key("s1"), generation, extra), "extra".into());
    });
    let done = repaired(&lab, "orphans");
    assert_eq!(actions(&done), ["remove-orphans"; 2]);
    let codes: Vec<_> = done.repaired.iter().map(|row| row.code.code()).collect();
    assert_eq!(codes, ["Unexpected", "Orphan"]);
    whole(&lab, "orphans");
}

#[test]
fn small_records_that_say_nothing_go() {
    let lab = migrated();
    lab.disk.damage(|own| {
        let at = restow::domain::time::Timestamp(1);
        for id in ["s1", "nobody"] {
            let entry = restow::domain::records::JournalEntry {
                id: key(id),
                action: "migrate".into(),
                generation: 1,
                started_at: at,
            };
            own.journal.insert(key(id), entry);
        }
        let lease = restow::domain::records::Lease {
            id: key("s2"),
            token: "t".into(),
            until: at,
        };
        own.leases.insert(key("s2"), lease);
        own.garbled.insert((Store::Journal, key("s1")));
        own.garbled.insert((Store::Leases, key("s2")));
    });
    let done = repaired(&lab, "litter");
    let expected = ["close-journal", "resume", "remove-lease"];
    assert_eq!(actions(&done), expected);
    whole(&lab, "litter");
}

#[test]
fn a_repair_needs_to_be_confirmed_and_says_what_it_would_do() {
    let lab = migrated();
    let (generation, name) = pieces(&lab).remove(0);
    lab.disk.drop_piece(&key("s1"), generation, &name);
    let before = lab.disk.image();
    let refused = run(lab.tab().repair(&RepairOptions::default())).unwrap_err();
    let Error::ConfirmationRequired { preview, .. } = refused else {
        panic!("{refused}");
    };
    assert_eq!(preview["repaired"][0]["action"], "restore");
    assert_eq!(preview["repaired"][0]["sessionId"], "s1");
    assert_eq!(lab.disk.image(), before);
}

#[test]
fn one_session_alone_can_be_repaired() {
    let lab = migrated();
    for id in ["s1", "s2"] {
        let (generation, name) = lab.disk.pieces_of(&key(id)).remove(0);
        lab.disk.drop_piece(&key(id), generation, &name);
    }
    let one = RepairOptions {
        id: Some(key("s2")),
        ..asked()
    };
    let done = run(lab.tab().repair(&one)).unwrap();
    assert_eq!(done.repaired.len(), 1);
    assert_eq!(lab.load("s2").unwrap(), Some(session("s2", 5)));
    assert_eq!(lab.load("s1").unwrap_err().code(), "Damaged");
}

#[test]
fn a_damaged_session_can_be_deleted_and_what_is_left_of_it_is_kept() {
    let lab = migrated();
    let (generation, name) = pieces(&lab).remove(0);
    lab.disk.drop_piece(&key("s1"), generation, &name);
    let migration = manifest(&lab).backup.unwrap();
    assert!(run(lab.tab().delete(&key("s1"), true)).unwrap());
    assert_eq!(lab.load("s1").unwrap(), None);
    let own = lab.disk.own().unwrap();
    let reasons = own
        .backups
        .values()
        .filter(|(head, ..)| head.id == key("s1"));
    let reasons: Vec<_> = reasons.map(|(head, ..)| head.reason.as_str()).collect();
    assert_eq!(reasons, ["migration", "damage"]);
    // What comes back by itself is the sound one.
    let back = run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    assert_eq!(back.backup_path, migration);
    assert_eq!(lab.load("s1").unwrap(), Some(body()));
}

#[test]
fn a_conflict_of_a_damaged_session_can_be_decided_for_its_source() {
    let lab = migrated();
    let other = body().with("name", "Renamed by an old tab");
    lab.plant("s1", &other);
    let (generation, name) = pieces(&lab).remove(0);
    lab.disk.drop_piece(&key("s1"), generation, &name);
    run(lab.tab().resolve_conflict(&key("s1"), Side::Source, true)).unwrap();
    assert_eq!(lab.load("s1").unwrap(), Some(other));
    tidy(&lab);
}

/// A repair finishes each of them, and the session is whole.
fn are_resumed(left: Vec<Left>) {
    let mut resumed = 0;
    for one in left {
        let done = repaired(&one.lab, &one.how);
        assert!(done.success, "{}: {done:?}", one.how);
        resumed += actions(&done)
            .iter()
            .filter(|action| **action == "resume")
            .count();
        assert_eq!(one.lab.load("s1").unwrap(), Some(body()), "{}", one.how);
        tidy(&one.lab);
    }
    assert!(resumed > 0);
}

#[test]
fn what_was_torn_is_resumed() {
    let call = async |tab: &Tab| tab.migrate_all(&Options::default(), &Unwatched).await;
    let (left, _) = deaths(&Lab::small(), &call);
    are_resumed(left);
}

/// Dies at every operation of a repair, in every way; one more repair ends as an undisturbed one.
fn dies(name: &str, lab: &Lab, edits: Edits) {
    let asked = RepairOptions { edits, ..asked() };
    let call = async |tab: &Tab| -> Result<RepairResult> { tab.repair(&asked).await };
    let (after, _) = undisturbed(lab, &call);
    let wanted = Picture::of(&after);
    let (mut left, _) = deaths(lab, &call);
    left.extend(deaths(&lab.without_locks(), &call).0);
    assert!(left.len() > 3, "{name}: no one died");
    for one in left {
        let again = run(one.lab.tab().repair(&asked)).unwrap();
        assert!(again.success, "{name}, {}: {again:?}", one.how);
        let found = Picture::of(&one.lab);
        let differences = found.differences(&wanted);
        assert!(
            differences.is_empty(),
            "{name}, {}\n{}",
            one.how,
            differences.join("\n")
        );
    }
}

#[test]
fn a_death_during_a_repair_loses_nothing() {
    let piece = |lab: &Lab| {
        let (generation, name) = pieces(lab).remove(0);
        lab.disk.drop_piece(&key("s1"), generation, &name);
    };
    let lab = migrated();
    piece(&lab);
    dies("restore", &lab, Edits::Refuse);

    let lab = migrated();
    lab.disk.garble(Store::Lists, &list_key(&lab));
    dies("list", &lab, Edits::Refuse);

    let lab = migrated();
    lab.disk.garble(Store::Manifests, &key("s1"));
    dies("manifest", &lab, Edits::Refuse);

    let lab = migrated();
    let path = manifest(&lab).backup.unwrap();
    lab.disk.garble(Store::BackupHeads, &key(&path));
    piece(&lab);
    dies("head and chunk", &lab, Edits::Refuse);

    let lab = migrated();
    lab.edit("s1");
    let shots = pieces(&lab).into_iter();
    let mut shots = shots.filter(|(_, name)| name.path.to_string() == "screenshots");
    let (generation, name) = shots.next_back().unwrap();
    lab.disk.drop_piece(&key("s1"), generation, &name);
    lab.disk.settle();
    dies("older", &lab, Edits::Discard);
}

#[test]
fn what_can_not_be_written_is_not_said_to_be_repaired() {
    let lab = migrated();
    let (generation, name) = pieces(&lab).remove(0);
    lab.disk.drop_piece(&key("s1"), generation, &name);
    lab.disk.set_limit(Some(lab.disk.image().bytes()));
    let left = repair(&lab);
    assert!(left.repaired.is_empty(), "{left:?}");
    assert_eq!(left.left[0].reason, "QuotaExceeded");
    lab.disk.set_limit(None);
    assert!(repair(&lab).success);
    whole(&lab, "room again");
}

#[test]
fn a_torn_rollback_is_resumed() {
    let call = async |tab: &Tab| tab.rollback(&key("s1"), None, Edits::Refuse, true).await;
    let (left, _) = deaths(&migrated(), &call);
    are_resumed(left);
}

#[test]
fn sessions_from_every_form_of_storage_are_restored() {
    // As the limits have left it, it is not what its backup holds.
    let config = serde_json::json!({
        "preset": "taskerino",
        "limits": [{ "path": "score", "max": 10, "action": "cap" }],
    });
    let lab = Lab::new(config);
    lab.plant("s1", &body().with("score", Value::Number(99.0)));
    lab.migrate("s1");
    let before = lab.load("s1").unwrap();
    assert_eq!(
        before.as_ref().unwrap().child("score"),
        Some(Value::Number(10.0))
    );
    for (generation, name) in pieces(&lab) {
        let lab = lab.fork();
        lab.disk.drop_piece(&key("s1"), generation, &name);
        assert!(repaired(&lab, &name.to_string()).success);
        assert_eq!(lab.load("s1").unwrap(), before, "{name}");
    }
    lab.disk
        .alter_manifest(&key("s1"), |_, skeleton| *skeleton = Value::Null);
    assert!(repaired(&lab, "limited skeleton").success);
    assert_eq!(lab.load("s1").unwrap(), before);

    let lab = Lab::taskerino();
    let zipped =
        serde_json::json!({ "id": "s1", "name": "z", "screenshots": [{ "a": 1 }, { "b": 2 }] });
    lab.plant("s1", &crate::lab::gzip(&zipped));
    lab.migrate("s1");
    let before = lab.load("s1").unwrap();
    let (generation, name) = pieces(&lab).remove(0);
    lab.disk.drop_piece(&key("s1"), generation, &name);
    assert!(repaired(&lab, "zipped").success);
    assert_eq!(lab.load("s1").unwrap(), before);
}

#[test]
fn a_lease_that_can_not_be_understood_keeps_nobody_away() {
    for locks in [true, false] {
        let lab = migrated();
        let lab = if locks { lab } else { lab.without_locks() };
        lab.disk.damage(|own| {
            let lease = restow::domain::records::Lease {
                id: key("s1"),
                token: "t".into(),
                until: restow::domain::time::Timestamp(u64::MAX / 2),
            };
            own.leases.insert(key("s1"), lease);
            own.garbled.insert((Store::Leases, key("s1")));
        });
        lab.edit("s1");
        assert!(lab.disk.own().unwrap().leases.is_empty());
    }
}

#[test]
fn a_death_while_a_damaged_session_is_deleted_leaves_it_or_what_was_left_of_it() {
    let lab = migrated();
    lab.edit("s1");
    lab.disk.settle();
    let (generation, name) = pieces(&lab).remove(0);
    lab.disk.drop_piece(&key("s1"), generation, &name);
    let call = async |tab: &Tab| tab.delete(&key("s1"), true).await;
    let (left, _) = deaths(&lab, &call);
    let mut gone = 0;
    for one in left {
        let own = one.lab.disk.own().unwrap();
        let kept = own
            .backups
            .values()
            .any(|(head, ..)| head.reason == "damage");
        match own.manifests.contains_key(&key("s1")) {
            true => assert!(!pieces(&one.lab).is_empty(), "{}", one.how),
            false => {
                gone += 1;
                assert!(kept && pieces(&one.lab).is_empty(), "{}", one.how);
            }
        }
        run(one.lab.tab().delete(&key("s1"), true)).unwrap();
        assert_eq!(one.lab.load("s1").unwrap(), None, "{}", one.how);
    }
    assert!(gone > 0);
}

#[test]
fn sessions_out_of_containers_and_texts_are_restored() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        let texts = ["s1", "s2"].map(text_of);
        shelf.put(&[("s1", &texts[0]), ("s2", &texts[1])]);
        shelf.lab.migrate_all();
        for (generation, name) in pieces(&shelf.lab) {
            let lab = shelf.lab.fork();
            lab.disk.drop_piece(&key("s1"), generation, &name);
            let done = repaired(&lab, &format!("{form:?}, {name}"));
            assert_eq!(actions(&done), ["restore"], "{form:?}, {name}");
            assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")), "{form:?}");
        }
        let lab = shelf.lab.fork();
        let before = manifest(&lab);
        lab.disk.garble(Store::Manifests, &key("s1"));
        let done = repaired(&lab, &format!("{form:?}, manifest"));
        assert_eq!(actions(&done), ["rebuild-manifest"], "{form:?}");
        assert_eq!(lab.load("s1").unwrap(), Some(body_of("s1")), "{form:?}");
        assert_eq!(manifest(&lab).origin, before.origin, "{form:?}");
    }
}

#[test]
fn a_session_out_of_local_storage_is_restored() {
    let lab = Lab::new(serde_json::json!({
        "sources": [{ "kind": "localStorage", "prefix": "chat:" }],
        "layout": { "version": 1, "id": "id", "arrays": [{ "path": "items", "chunk": 2 }] },
    }));
    let place = Place::record(Area::LocalStorage, key("chat:s1"));
    let text = r#"{"id":"s1","items":[1,2,3],"name":"n"}"#;
    lab.disk.plant_at(&place, Value::text(text));
    lab.migrate_all();
    let before = lab.load("s1").unwrap();
    assert!(before.is_some() && pieces(&lab).len() == 2);
    for (generation, name) in pieces(&lab) {
        let lab = lab.fork();
        lab.disk.drop_piece(&key("s1"), generation, &name);
        assert_eq!(actions(&repaired(&lab, "local")), ["restore"]);
        assert_eq!(lab.load("s1").unwrap(), before);
    }
}
