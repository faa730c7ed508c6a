//! A tab that is frozen before any of its operations, while another one takes over and does as it
//! likes; and then it wakes.

use crate::lab::{Lab, Tab, key, path, session, shot};
use crate::picture::{bodies_kept, tidy};
use crate::support::twin::{Disk, TwinBodies, run};
use crate::support::value::Value;
use restow::domain::retention::Rule;
use restow::engine::{Edits, Options, Side};
use restow::ports::{Bodies, Unwatched};
use std::cell::Cell;
use std::rc::Rc;

/// Everything that a tab may do to `s1`.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Call {
    Migrate,
    Force,
    Batch,
    Load,
    Append,
    Rollback,
    RollbackKeep,
    KeepSource,
    KeepChunks,
    Delete,
    Create,
    Cleanup,
    RemoveOriginals,
}

const CALLS: [Call; 13] = [
    Call::Migrate,
    Call::Force,
    Call::Batch,
    Call::Load,
    Call::Append,
    Call::Rollback,
    Call::RollbackKeep,
    Call::KeepSource,
    Call::KeepChunks,
    Call::Delete,
    Call::Create,
    Call::Cleanup,
    Call::RemoveOriginals,
];

/// The session that `Create` makes.
fn created() -> Value {
    session("s1", 1).with("name", "Created anew")
}

/// Does it, and says whether it said that it did.
async fn act(tab: &Tab, call: Call) -> bool {
    let id = key("s1");
    let force = Options {
        force: true,
        ..Options::default()
    };
    match call {
        Call::Migrate => tab.migrate(&id, &Options::default()).await.is_ok(),
        Call::Force => tab.migrate(&id, &force).await.is_ok(),
        Call::Batch => {
            let result = tab.migrate_all(&Options::default(), &Unwatched).await;
            result.is_ok_and(|result| result.success)
        }
        Call::Load => tab.load_full(&id).await.is_ok(),
        Call::Append => match tab.open_session(&id).await {
            Ok(Some(handle)) => {
                let items = Value::list([shot(99)]);
                tab.append(&handle, &path("screenshots"), &items)
                    .await
                    .is_ok()
            }
            _ => false,
        },
        Call::Rollback => tab.rollback(&id, None, Edits::Refuse, true).await.is_ok(),
        Call::RollbackKeep => tab.rollback(&id, None, Edits::Keep, true).await.is_ok(),
        Call::KeepSource => tab.resolve_conflict(&id, Side::Source, true).await.is_ok(),
        Call::KeepChunks => tab.resolve_conflict(&id, Side::Chunks, true).await.is_ok(),
        Call::Delete => tab.delete(&id, true).await.is_ok(),
        Call::Create => tab.create(&created()).await.is_ok(),
        Call::Cleanup => tab.cleanup(Rule::Expired, true).await.is_ok(),
        Call::RemoveOriginals => tab.remove_originals(true).await.is_ok(),
    }
}

/// Where `s1` may stand to begin with.
fn beginnings() -> Vec<(&'static str, Lab)> {
    let legacy = Lab::small();
    let migrated = legacy.fork();
    migrated.migrate("s1");
    let edited = migrated.fork();
    edited.edit("s1");
    let rolled_back = migrated.fork();
    run(act(&rolled_back.tab(), Call::Rollback));
    let diverged = migrated.fork();
    diverged.plant("s1", &session("s1", 3).with("name", "Other"));
    let kept = legacy.fork().keeping();
    kept.migrate("s1");
    let old = migrated.fork();
    old.disk.clock().advance_days(31);
    vec![
        ("legacy", legacy),
        ("migrated", migrated),
        ("edited", edited),
        ("rolled back", rolled_back),
        ("diverged", diverged),
        ("kept", kept),
        ("old", old),
    ]
}

/// A body without what `Append` adds, which replaces the body that was there.
fn before_append(body: &Value) -> Value {
    let Some(shots) = body.child("screenshots") else {
        return body.clone();
    };
    let len = TwinBodies.len(&shots).unwrap_or(0);
    let shots = (0..len).map(|index| shots.child(&index.to_string()).unwrap());
    body.with(
        "screenshots",
        Value::list(shots.filter(|one| *one != shot(99))),
    )
}

fn has_appended(bodies: &[Value]) -> bool {
    bodies.iter().any(|body| before_append(body) != *body)
}

/// One call frozen before each of its operations while another is carried out; returns how often.
fn freeze(name: &str, lab: &Lab, frozen: Call, other: Call) -> usize {
    let operations = {
        let tab = lab.fork().tab();
        run(act(&tab, frozen));
        tab.ports.tab().operations()
    };
    for n in 0..operations {
        let how = format!("{name}: {frozen:?} frozen before {n} while {other:?}");
        let lab = lab.fork();
        let mut had = bodies_kept(&lab);
        let tab = lab.tab();
        let (config, did) = (lab.config.clone(), Rc::new(Cell::new(false)));
        let done = did.clone();
        tab.ports.tab().before_op(n, move |disk: &Disk| {
            disk.clock().advance(31_000);
            let lab = Lab {
                disk: disk.clone(),
                config,
            };
            done.set(run(act(&lab.tab(), other)));
        });
        let said = [(frozen, run(act(&tab, frozen))), (other, did.get())];
        lab.disk.clock().advance(60_000);
        run(lab.tab().migrate_all(&Options::default(), &Unwatched)).unwrap();
        tidy(&lab);
        let has = bodies_kept(&lab);
        if said.contains(&(Call::Append, true)) {
            assert!(has_appended(&has), "{how}: lost what was appended");
        }
        if said.contains(&(Call::Create, true)) {
            had.push(created());
        }
        // A clean-up removes backups of bodies that have been replaced since.
        if said.contains(&(Call::Cleanup, true)) {
            had.clear();
        }
        // A backup alone would not do: unless it was deleted, the session is there.
        if ![frozen, other].contains(&Call::Delete) {
            assert!(
                lab.load("s1").unwrap().is_some(),
                "{how}: it is gone\n{said:?}"
            );
        }
        let has: Vec<_> = has.iter().map(before_append).collect();
        for body in had.iter().map(before_append) {
            assert!(has.contains(&body), "{how}: lost {body:?}\n{said:?}");
        }
    }
    operations
}

#[test]
fn a_frozen_tab_that_wakes_harms_nothing_whatever_was_done_meanwhile() {
    let mut times = 0;
    for (name, lab) in beginnings() {
        lab.disk.set_web_locks(false);
        for frozen in CALLS {
            for other in CALLS {
                times += freeze(name, &lab, frozen, other);
            }
        }
    }
    println!("{times} awakenings without Web Locks");
    assert!(times > 0);
}

#[test]
fn a_frozen_tab_that_still_holds_its_lock_harms_nothing_either() {
    let mut times = 0;
    for (name, lab) in beginnings() {
        for frozen in [Call::Batch, Call::Rollback, Call::KeepChunks, Call::Delete] {
            for other in [Call::Force, Call::Rollback, Call::Delete] {
                times += freeze(name, &lab, frozen, other);
            }
        }
    }
    println!("{times} awakenings with Web Locks");
    assert!(times > 0);
}
