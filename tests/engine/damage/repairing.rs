//! What a repair does, and what it leaves.

use super::{body, first_piece, lab, own, rehearse, repair, verify};
use crate::lab::{Lab, Tab, key};
use crate::support::twin::{Fault, Twin, run};
use crate::support::value::Value;
use restow::domain::damage::Store;
use restow::domain::key::Key;
use restow::domain::records::JournalEntry;
use restow::domain::time::Timestamp;
use restow::engine::{Edits, Engine, RepairOptions};
use restow::error::Error;

/// What was done, and why what is left is left.
fn actions(lab: &Lab) -> (Vec<&'static str>, Vec<String>) {
    let before = own(lab);
    let foreseen = rehearse(lab);
    assert_eq!(own(lab), before, "a rehearsal writes nothing");
    let done = repair(lab);
    assert_eq!(done.repaired, foreseen.repaired);
    assert_eq!(done.left, foreseen.left);
    let again = repair(lab);
    assert!(
        again.repaired.is_empty(),
        "a second repair does nothing: {again:?}"
    );
    assert_eq!(again.left.len(), done.left.len());
    assert_eq!(verify(lab).ok, done.left.is_empty());
    let repaired = done.repaired.iter().map(|row| row.action).collect();
    (
        repaired,
        done.left.into_iter().map(|row| row.reason).collect(),
    )
}

#[test]
fn a_damaged_session_is_restored_from_its_backup() {
    let lab = lab();
    let expected = body(&lab, "s1");
    let (id, generation, name) = first_piece(&lab, "s1");
    for harm in 0..3 {
        let lab = lab.fork();
        match harm {
            0 => lab.disk.drop_piece(&id, generation, &name),
            1 => lab.disk.alter_piece(&id, generation, &name, Value::Null),
            _ => lab
                .disk
                .damage(|own| own.manifests.get_mut(&key("s1")).unwrap().1 = Value::Null),
        }
        assert!(lab.load("s1").is_err());
        assert_eq!(actions(&lab), (vec!["restore"], vec![]));
        assert_eq!(body(&lab, "s1"), expected);
        let audit = own(&lab).audit;
        let line = audit.last().unwrap();
        assert_eq!((line.action.as_str(), &line.id), ("repair", &id));
        assert!(line.backup.is_some());
        assert!(own(&lab).journal.is_empty() && own(&lab).leases.is_empty());
    }
}

#[test]
fn an_edited_session_is_left_unless_its_edits_may_go() {
    let lab = lab();
    // What was edited in, which no backup holds.
    let all = lab.disk.pieces_of(&key("s2")).into_iter();
    let mut shots = all.filter(|(_, name)| name.path.to_string() == "screenshots");
    let ((generation, name), id) = (shots.next_back().unwrap(), key("s2"));
    lab.disk.drop_piece(&id, generation, &name);
    assert_eq!(actions(&lab), (vec![], vec!["Edited".into()]));
    let options = RepairOptions {
        confirmed: true,
        edits: Edits::Discard,
        id: Some(id),
        ..RepairOptions::default()
    };
    let done = run(lab.tab().repair(&options)).unwrap();
    assert!(done.success, "{done:?}");
    assert_eq!(body(&lab, "s2"), Some(crate::lab::session("s2", 4)));
    assert!(verify(&lab).ok);
}

#[test]
fn a_damaged_backup_is_never_used_and_never_removed() {
    let lab = lab();
    let (id, generation, name) = first_piece(&lab, "s1");
    lab.disk.drop_piece(&id, generation, &name);
    let path = lab.backups("s1").remove(0);
    lab.disk
        .alter_backup(&path, |_, _, body| *body = Value::Null);
    let (done, left) = actions(&lab);
    assert!(done.is_empty());
    assert_eq!(left, ["BackupDamaged", "BackupDamaged"]);
    lab.disk.clock().advance_days(40);
    let rule = restow::domain::retention::Rule::Expired;
    let cleaned = run(lab.tab().cleanup(rule, true)).unwrap();
    assert!(cleaned.kept.iter().any(|kept| kept.path == path));
    assert!(own(&lab).backups.contains_key(&path) && own(&lab).heads.contains_key(&path));
}

#[test]
fn a_list_is_rebuilt_from_chunks_that_are_whole() {
    for id in ["s1", "s2"] {
        let lab = lab();
        let expected = body(&lab, id);
        let lists = own(&lab).lists;
        let of = key(id);
        lab.disk
            .damage(move |own| own.lists.retain(|(at, _), _| *at != of));
        assert_eq!(actions(&lab), (vec!["rebuild-list"], vec![]), "{id}");
        assert_eq!(body(&lab, id), expected);
        assert_eq!(own(&lab).lists, lists);
    }
}

#[test]
fn heads_orphans_and_entries_of_nothing_are_put_right() {
    let lab = lab();
    let before = own(&lab);
    let path = lab.backups("s1").remove(0);
    let (id, generation, name) = first_piece(&lab, "s1");
    lab.disk.damage(move |own| {
        own.heads.remove(&path);
        own.pieces
            .insert((id.clone(), generation + 3, name.clone()), Value::Null);
        own.pieces
            .insert((key("stray"), 1, name.clone()), Value::Null);
        let mut extra = name.clone();
        extra.index = 500;
        own.pieces
            .insert((id.clone(), generation, extra), Value::Null);
        let entry = JournalEntry {
            id: key("nobody"),
            action: "migrate".into(),
            generation: 1,
            started_at: Timestamp(1),
        };
        own.journal.insert(key("nobody"), entry);
    });
    let (mut done, left) = actions(&lab);
    done.sort_unstable();
    assert_eq!(left, Vec::<String>::new());
    let orphans = ["remove-orphans"; 3];
    let expected: Vec<_> = ["close-journal", "rebuild-head"]
        .into_iter()
        .chain(orphans)
        .collect();
    assert_eq!(done, expected);
    let after = own(&lab);
    assert_eq!((after.pieces, after.heads), (before.pieces, before.heads));
    assert!(after.journal.is_empty());
}

#[test]
fn what_has_lost_its_manifest_keeps_its_chunks() {
    for garbled in [true, false] {
        let lab = lab();
        match garbled {
            // Its edits are in no backup, so nothing proves what it said.
            true => lab.disk.garble(Store::Manifests, &key("s2")),
            false => lab
                .disk
                .damage(|own| drop(own.manifests.remove(&key("s2")))),
        }
        let before = own(&lab);
        let (done, left) = actions(&lab);
        assert!(done.is_empty(), "{done:?}");
        let reason = if garbled {
            "ManifestDamaged"
        } else {
            "ManifestMissing"
        };
        assert_eq!(left, [reason]);
        assert_eq!(own(&lab), before);
    }
}

#[test]
fn without_a_word_nothing_is_done() {
    let lab = lab();
    let (id, generation, name) = first_piece(&lab, "s1");
    lab.disk.drop_piece(&id, generation, &name);
    let before = own(&lab);
    match run(lab.tab().repair(&RepairOptions::default())) {
        Err(Error::ConfirmationRequired {
            action, preview, ..
        }) => {
            assert_eq!(action, "repair");
            assert_eq!(preview["repaired"][0]["action"], "restore");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(own(&lab), before);
}

#[test]
fn an_original_is_not_removed_while_its_chunks_are_damaged() {
    let lab = Lab::small().keeping();
    lab.migrate_all();
    let (id, generation, name) = first_piece(&lab, "s1");
    lab.disk.drop_piece(&id, generation, &name);
    let result = run(lab.tab().remove_originals(true)).unwrap();
    assert!(
        result.removed.is_empty() && result.errors[0].code == "Damaged",
        "{result:?}"
    );
    assert!(lab.row("s1").is_some());
    assert!(repair(&lab).success);
    let result = run(lab.tab().remove_originals(true)).unwrap();
    assert_eq!(result.removed, [Key::text("s1")]);
}

/// What a repair must come to, whatever it died of: all but times, tokens and counters.
fn settled(lab: &Lab) -> (Option<Value>, Vec<Key>, usize) {
    let own = own(lab);
    let ids = own.manifests.keys().cloned().collect();
    (body(lab, "s1"), ids, own.pieces.len())
}

#[test]
fn a_death_during_a_repair_is_made_good_by_the_next() {
    let torn = {
        let lab = Lab::small();
        let twin = Twin::new(&lab.disk);
        let fork = lab.fork();
        let calm = Twin::new(&fork.disk);
        let tab: Tab = Engine::new(calm.clone(), fork.config.clone());
        run(tab.migrate_all(&Default::default(), &restow::ports::Unwatched)).unwrap();
        let trace = calm.tab().trace();
        let staged = trace
            .iter()
            .position(|step| step.about.contains("PutManifest Staged"));
        twin.tab().at(staged.unwrap(), Fault::DieAfter);
        let tab: Tab = Engine::new(twin.clone(), lab.config.clone());
        let _ = run(tab.migrate_all(&Default::default(), &restow::ports::Unwatched));
        assert!(twin.tab().is_dead());
        lab
    };
    let damaged = {
        let lab = lab();
        let (id, generation, name) = first_piece(&lab, "s1");
        lab.disk.drop_piece(&id, generation, &name);
        let list = key("s2");
        lab.disk.damage(move |own| {
            own.lists.retain(|(at, _), _| *at != list);
            own.pieces
                .insert((key("stray"), 1, name.clone()), Value::Null);
        });
        lab
    };
    for lab in [torn, damaged] {
        let reference = lab.fork();
        repair(&reference);
        let expected = settled(&reference);
        let (mut deaths, mut at) = (0, 0);
        loop {
            let mut through = true;
            for death in Fault::DEATHS {
                let lab = lab.fork();
                let twin = Twin::new(&lab.disk);
                twin.tab().at(at, death);
                let tab: Tab = Engine::new(twin.clone(), lab.config.clone());
                let options = RepairOptions {
                    confirmed: true,
                    ..RepairOptions::default()
                };
                let _ = run(tab.repair(&options));
                if twin.tab().operations() <= at {
                    continue;
                }
                through = false;
                deaths += 1;
                repair(&lab);
                assert!(verify(&lab).ok, "operation {at}");
                assert_eq!(settled(&lab), expected, "operation {at}");
                assert!(repair(&lab).repaired.is_empty());
            }
            if through {
                break;
            }
            at += 1;
        }
        assert!(deaths > 20, "{deaths}");
    }
}
