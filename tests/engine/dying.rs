//! Dying at every operation of every call that writes.

use crate::deaths::{Allowed, Tally, always, either, survives};
use crate::lab::{Lab, Tab, key, path, session, shot};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::retention::Rule;
use restow::engine::{Edits, Handle, Options, Side};
use restow::error::Result;
use restow::ports::{Bodies, Ports, Unwatched};

fn said(what: &str, tally: Tally) {
    println!("{what}: {tally:?}");
}

/// The session of the small lab.
fn small() -> Value {
    session("s1", 3)
}

/// The small lab with its session migrated.
fn migrated() -> Lab {
    let lab = Lab::small();
    lab.migrate("s1");
    lab.disk.settle();
    lab
}

/// And with one more screenshot; and the session as it is then.
fn edited() -> (Lab, Value) {
    let lab = migrated();
    lab.edit("s1");
    lab.disk.settle();
    let body = lab.load("s1").unwrap().unwrap();
    (lab, body)
}

/// And with another body in its source; and that body.
fn diverged() -> (Lab, Value) {
    let lab = migrated();
    let other = small().with("name", "Renamed by an old tab");
    lab.plant("s1", &other);
    (lab, other)
}

fn rolled_back() -> Lab {
    let lab = migrated();
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    lab
}

#[test]
fn a_death_while_one_session_is_migrated_loses_nothing() {
    let force = Options {
        force: true,
        ..Options::default()
    };
    for (name, lab, options) in [
        ("migrate", Lab::small(), Options::default()),
        (
            "migrate, keeping originals",
            Lab::small().keeping(),
            Options::default(),
        ),
        ("migrate what was rolled back", rolled_back(), force),
    ] {
        let call = async |tab: &Tab| tab.migrate(&key("s1"), &options).await;
        said(name, survives(&lab, &always("s1", &small()), call, call));
    }
}

#[test]
fn a_death_while_all_sessions_are_migrated_loses_nothing() {
    let lab = Lab::small();
    let mut allowed = always("s1", &small());
    for (id, shots) in [("s2", 0), ("s3", 2)] {
        lab.plant(id, &session(id, shots));
        allowed.extend(always(id, &session(id, shots)));
    }
    let call = async |tab: &Tab| tab.migrate_all(&Options::default(), &Unwatched).await;
    said("batch of 3", survives(&lab, &allowed, call, call));
}

#[test]
fn a_death_while_a_session_is_loaded_for_the_first_time_loses_nothing() {
    let call = async |tab: &Tab| tab.load_full(&key("s1")).await;
    // What is chunked is only read: what a death has left is finished by the next run.
    let again = async |tab: &Tab| {
        tab.load_full(&key("s1")).await?;
        tab.migrate_all(&Options::default(), &Unwatched).await
    };
    let tally = survives(&Lab::small(), &always("s1", &small()), call, again);
    said("load", tally);
}

#[test]
fn a_death_during_a_rollback_loses_nothing() {
    let body = small();
    let (lab, new) = edited();
    let kept = {
        let lab = Lab::small().keeping();
        lab.migrate("s1");
        lab
    };
    let deleted = Lab::small();
    run(deleted.tab().delete(&key("s1"), true)).unwrap();
    for (name, lab, edits, allowed) in [
        (
            "rollback after a deletion",
            deleted,
            Edits::Refuse,
            either("s1", None, Some(&body)),
        ),
        (
            "rollback once more",
            rolled_back(),
            Edits::Refuse,
            always("s1", &body),
        ),
        ("rollback", migrated(), Edits::Refuse, always("s1", &body)),
        (
            "rollback to a kept original",
            kept,
            Edits::Refuse,
            always("s1", &body),
        ),
        (
            "rollback, keeping edits",
            lab.clone(),
            Edits::Keep,
            either("s1", Some(&new), Some(&body)),
        ),
        (
            "rollback, discarding edits",
            lab,
            Edits::Discard,
            either("s1", Some(&new), Some(&body)),
        ),
    ] {
        let call = async |tab: &Tab| tab.rollback(&key("s1"), None, edits, true).await;
        said(name, survives(&lab, &allowed, call, call));
    }
}

#[test]
fn a_death_while_edited_chunks_are_restored_from_a_backup_loses_nothing() {
    let (lab, new) = edited();
    run(lab.tab().rollback(&key("s1"), None, Edits::Keep, true)).unwrap();
    let path = lab.backups("s1").pop().unwrap();
    let force = Options {
        force: true,
        ..Options::default()
    };
    run(lab.tab().migrate(&key("s1"), &force)).unwrap();
    let call = async |tab: &Tab| {
        tab.rollback(&key("s1"), Some(&path), Edits::Keep, true)
            .await
    };
    let tally = survives(&lab, &either("s1", Some(&small()), Some(&new)), call, call);
    said("restore of a chunked backup", tally);
}

#[test]
fn a_death_while_a_conflict_is_resolved_loses_neither_side() {
    let (lab, other) = diverged();
    for (side, allowed) in [
        (Side::Chunks, always("s1", &small())),
        (Side::Source, either("s1", Some(&small()), Some(&other))),
    ] {
        let call = async |tab: &Tab| tab.resolve_conflict(&key("s1"), side, true).await;
        let tally = survives(&lab, &allowed, call, call);
        said(&format!("resolve for {side:?}"), tally);
    }
}

#[test]
fn a_death_during_a_clean_up_loses_no_session() {
    let lab = migrated();
    lab.disk.clock().advance_days(31);
    let call = async |tab: &Tab| tab.cleanup(Rule::Expired, true).await;
    said(
        "clean-up",
        survives(&lab, &always("s1", &small()), call, call),
    );
}

#[test]
fn a_death_while_a_session_is_created_leaves_all_of_it_or_none() {
    let body = session("new", 3);
    let call = async |tab: &Tab| tab.create(&body, None).await;
    let allowed = either("new", None, Some(&body));
    said("create", survives(&migrated(), &allowed, call, call));
}

#[test]
fn a_death_while_a_session_is_deleted_leaves_all_of_it_or_a_backup() {
    let kept = {
        let lab = Lab::small().keeping();
        lab.migrate("s1");
        lab
    };
    let (diverged, other) = diverged();
    let gone = |bodies: &[&Value]| -> Allowed {
        let bodies = bodies.iter().map(|body| Some((*body).clone()));
        vec![(key("s1"), bodies.chain([None]).collect())]
    };
    for (name, lab, allowed) in [
        ("delete from its source", Lab::small(), gone(&[&small()])),
        ("delete from chunks", migrated(), gone(&[&small()])),
        ("delete from both", kept, gone(&[&small()])),
        (
            "delete what was rolled back",
            rolled_back(),
            gone(&[&small()]),
        ),
        (
            "delete what has diverged",
            diverged,
            gone(&[&small(), &other]),
        ),
    ] {
        let call = async |tab: &Tab| tab.delete(&key("s1"), true).await;
        said(name, survives(&lab, &allowed, call, call));
    }
}

#[test]
fn a_death_while_originals_are_removed_loses_nothing() {
    let lab = Lab::small().keeping();
    lab.plant("s2", &session("s2", 1));
    lab.migrate_all();
    let mut allowed = always("s1", &small());
    allowed.extend(always("s2", &session("s2", 1)));
    let call = async |tab: &Tab| tab.remove_originals(true).await;
    said("remove originals", survives(&lab, &allowed, call, call));
}

/// An edit, dying at every operation: the session is what it was or what it is to be, never torn.
fn edit(name: &str, edit: impl AsyncFn(&Tab, &Handle<Value>) -> Result<()>) {
    let lab = migrated();
    let call = async |tab: &Tab| {
        let handle = tab.open_session(&key("s1")).await?.unwrap();
        // A second time only if it was not done the first time.
        if handle.revision() == 2 {
            edit(tab, &handle).await?;
        }
        Ok(())
    };
    let after = lab.fork();
    run(call(&after.tab())).unwrap();
    let new = after.load("s1").unwrap().unwrap();
    assert_ne!(new, small());
    let allowed = either("s1", Some(&small()), Some(&new));
    said(name, survives(&lab, &allowed, call, call));
}

#[test]
fn a_death_during_an_edit_leaves_the_old_or_the_new() {
    let item = shot(99);
    let two = Value::list([shot(98), shot(99)]);
    edit("append", async |tab, handle| {
        tab.append(handle, &path("screenshots"), &two)
            .await
            .map(drop)
    });
    edit("set an item", async |tab, handle| {
        tab.set_item(handle, &path("screenshots"), 2, &item).await
    });
    edit("set in the skeleton", async |tab, handle| {
        tab.set(handle, &path("name"), &item).await
    });
    edit("set a shorter array", async |tab, handle| {
        tab.set(handle, &path("screenshots"), &Value::list([item.clone()]))
            .await
    });
    edit("set around chunks", async |tab, handle| {
        let video = tab.read(handle, &path("video"), None).await?.unwrap();
        let video = tab
            .ports
            .bodies()
            .set(&video, &path("title"), &"new".into());
        tab.set(handle, &path("video"), &video.unwrap()).await
    });
}
