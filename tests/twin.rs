//! The twin itself: what it models must be so, or the tests that stand on it prove nothing.
#![cfg(not(target_arch = "wasm32"))]

mod support;

use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::domain::records::AuditEntry;
use restow::domain::time::Timestamp;
use restow::error::{Cause, Error, Result};
use restow::ports::{
    Batch, Bodies, Clock, Durability, Fence, Held, Hold, Locks, Ports, Records, Sources, Swap,
    Write,
};
use serde_json::json;
use support::checked::replace_if;
use support::twin::{Disk, Fault, Twin, interleave, join2, run};
use support::value::Value;

/// A batch that leaves one line in the audit.
fn line(action: &str, durability: Durability) -> Batch<Value> {
    let entry = AuditEntry {
        seq: None,
        at: Timestamp(0),
        action: action.into(),
        id: Key::text("s"),
        source: None,
        backup: None,
        chunks: 0,
        bytes: 0,
        findings: vec![],
    };
    Batch {
        fence: None,
        expect: vec![],
        writes: vec![Write::Audit(entry)],
        durability,
        bytes: 0,
    }
}

fn relaxed(action: &str) -> Batch<Value> {
    line(action, Durability::Relaxed)
}

fn fenced(token: &str, hold: Hold, disk: &Disk) -> Batch<Value> {
    let now = disk.clock().now();
    let fence = Fence {
        id: Key::text("s"),
        token: token.into(),
        hold,
        now,
        until: Timestamp(now.0 + 1000),
    };
    Batch {
        fence: Some(fence),
        ..relaxed(token)
    }
}

/// What the audit on a disk says.
fn actions(disk: &Disk) -> Vec<String> {
    let own = disk.own().unwrap_or_default();
    own.audit.into_iter().map(|entry| entry.action).collect()
}

fn place() -> Place {
    Place::record(Area::store("app", "rows"), Key::text("s"))
}

/// A disk with one record of an application.
fn planted() -> Disk {
    let disk = Disk::new();
    disk.plant("app", "rows", Key::text("s"), json!({ "id": "s" }));
    disk
}

/// Removes the record of the application and writes a line.
async fn retire(twin: &Twin) -> Result<Swap> {
    let there = |found: Option<&Value>| found.is_some();
    let then = line("retired", Durability::Strict);
    replace_if(twin.sources(), &place(), &there, None, then).await
}

#[test]
fn a_tab_fails_just_where_it_is_told_to() {
    let disk = Disk::new();
    let twin = Twin::new(&disk);
    let cause = Cause::named("UnknownError");
    twin.tab().at(1, Fault::Fail(Error::Browser { cause }));
    let results: Vec<_> = ["one", "two", "three"]
        .map(|action| run(twin.records().apply(relaxed(action))).is_ok())
        .into();
    assert_eq!(results, [true, false, true]);
    assert_eq!(actions(&disk), ["one", "three"]);
    let methods: Vec<_> = twin.tab().trace().iter().map(|op| op.method).collect();
    assert_eq!(methods, ["apply"; 3]);
}

#[test]
fn a_dead_tab_does_nothing_any_more_and_the_disk_outlives_it() {
    for (fault, written) in [
        (Fault::DieBefore, &["one"][..]),
        (Fault::DieInside, &["one"]),
        (Fault::DieAfter, &["one", "two"]),
    ] {
        let disk = Disk::new();
        let twin = Twin::new(&disk);
        run(twin.records().apply(relaxed("one"))).unwrap();
        twin.tab().at(1, fault);
        for action in ["two", "three"] {
            let result = run(twin.records().apply(relaxed(action)));
            assert!(matches!(result, Err(Error::Closed)));
        }
        assert!(matches!(run(twin.records().audit()), Err(Error::Closed)));
        assert!(run(twin.records().quota()).is_none());
        assert_eq!(actions(&disk), written);
        let twin = twin.restart();
        assert_eq!(
            run(twin.records().audit()).unwrap().sound.len(),
            written.len()
        );
    }
}

#[test]
fn a_death_inside_parts_source_and_batch() {
    for (fault, gone, lines) in [
        (Fault::DieBefore, false, 0),
        (Fault::DieInside, true, 0),
        (Fault::DieAfter, true, 1),
    ] {
        let disk = planted();
        let twin = Twin::new(&disk);
        twin.tab().at(0, fault);
        assert!(matches!(run(retire(&twin)), Err(Error::Closed)));
        assert_eq!(
            (disk.row(&place()).is_none(), actions(&disk).len()),
            (gone, lines)
        );
    }
}

#[test]
fn a_power_cut_keeps_what_came_first() {
    for (keep, written) in [
        (0, &["a", "b"][..]),
        (1, &["a", "b", "c"]),
        (2, &["a", "b", "c", "d"]),
        (9, &["a", "b", "c", "d"]),
    ] {
        let disk = Disk::new();
        let twin = Twin::new(&disk);
        for batch in [
            relaxed("a"),
            line("b", Durability::Strict),
            relaxed("c"),
            relaxed("d"),
        ] {
            run(twin.records().apply(batch)).unwrap();
        }
        assert_eq!((disk.undecided(), disk.commits()), (2, 4));
        disk.power_cut(keep);
        assert_eq!(actions(&disk), written);
        assert_eq!(disk.undecided(), 0);
    }
}

#[test]
fn a_power_cut_undoes_a_relaxed_removal_but_nothing_that_was_planted() {
    let disk = planted();
    let twin = Twin::new(&disk);
    twin.tab().at(0, Fault::DieInside);
    assert!(run(retire(&twin)).is_err());
    disk.plant("app", "rows", Key::text("other"), Value::Null);
    assert_eq!(disk.rows("app", "rows").len(), 1);
    disk.power_cut(0);
    assert_eq!(disk.rows("app", "rows").len(), 2);
}

#[test]
fn a_strict_batch_takes_the_removal_before_it_along() {
    let disk = planted();
    assert_eq!(run(retire(&Twin::new(&disk))).unwrap(), Swap::Done);
    disk.power_cut(0);
    assert_eq!(disk.row(&place()), None);
    assert_eq!(actions(&disk), ["retired"]);
}

#[test]
fn another_tab_acts_just_before_an_operation() {
    let disk = planted();
    let twin = Twin::new(&disk);
    twin.tab()
        .before_op(1, |disk| disk.plant("app", "rows", Key::text("s"), 7.0));
    let read = || run(twin.sources().read(&place())).unwrap();
    assert_eq!(read(), Some(json!({ "id": "s" }).into()));
    assert_eq!(read(), Some(7.0.into()));
}

#[test]
fn two_tabs_take_turns_and_one_of_them_gets_the_session() {
    // Every order of the first eight turns.
    for order in 0u32..256 {
        let disk = Disk::new();
        let (one, two) = (Twin::new(&disk), Twin::new(&disk));
        let take = |token| fenced(token, Hold::Take { force: false }, &disk);
        let turns = (0..8).map(|turn| order >> turn & 1 == 1);
        let (a, b) = interleave(
            one.records().apply(take("one")),
            two.records().apply(take("two")),
            turns,
        );
        assert!(a.is_ok() != b.is_ok(), "order {order:b}");
        assert_eq!(actions(&disk), [if a.is_ok() { "one" } else { "two" }]);
    }
}

#[test]
fn turns_decide_who_comes_first() {
    let first = |turns: [bool; 4]| {
        let disk = Disk::new();
        let (one, two) = (Twin::new(&disk), Twin::new(&disk));
        let (a, b) = interleave(
            one.records().apply(relaxed("one")),
            two.records().apply(relaxed("two")),
            turns,
        );
        assert!(a.is_ok() && b.is_ok());
        actions(&disk).remove(0)
    };
    assert_eq!(first([true, true, false, false]), "one");
    assert_eq!(first([false, false, true, true]), "two");
}

#[test]
fn a_lock_is_waited_for_but_not_for_ever() {
    let disk = Disk::new();
    let (one, two) = (Twin::new(&disk), Twin::new(&disk));
    let held = run(one.locks().acquire("lock", 0));
    assert!(held.exclusive());
    let begun = disk.clock().now();
    let without = run(two.locks().acquire("lock", 50));
    assert!(!without.exclusive());
    assert_eq!(disk.clock().now().0 - begun.0, 50);
    assert_ne!(held.token(), without.token());
    drop(without);
    assert!(!run(two.locks().acquire("lock", 0)).exclusive());

    let release = async {
        two.clock().breathe().await;
        drop(held);
    };
    let (late, ()) = join2(two.locks().acquire("lock", 50), release);
    assert!(late.exclusive());
}

#[test]
fn the_locks_of_a_dead_tab_are_free() {
    let disk = Disk::new();
    let (one, two) = (Twin::new(&disk), Twin::new(&disk));
    let held = run(one.locks().acquire("lock", 0));
    one.tab().kill();
    let next = run(two.locks().acquire("lock", 0));
    assert!(next.exclusive());
    drop(held);
    let third = Twin::new(&disk);
    assert!(!run(third.locks().acquire("lock", 0)).exclusive());
    assert!(!run(one.locks().acquire("other", 0)).exclusive());
}

#[test]
fn without_web_locks_none_is_exclusive() {
    let disk = Disk::new();
    disk.set_web_locks(false);
    assert!(!run(Twin::new(&disk).locks().acquire("lock", 10)).exclusive());
    assert!(!run(Twin::new(&disk.fork()).locks().acquire("lock", 10)).exclusive());
}

#[test]
fn a_full_disk_takes_nothing_but_lets_go() {
    let disk = planted();
    let twin = Twin::new(&disk);
    let told = run(twin.records().quota()).unwrap();
    let used = told.usage;
    assert!(used > 0.0 && told.available() > 0.0);
    disk.set_limit(Some(used as u64));
    let before = disk.rows("app", "rows");
    let big = Value::text("x".repeat(100));
    let any = |_: Option<&Value>| true;
    let then = Batch {
        bytes: 100,
        ..relaxed("big")
    };
    let result = run(replace_if(twin.sources(), &place(), &any, Some(&big), then));
    assert!(matches!(
        result,
        Err(Error::QuotaExceeded { needed: 100, .. })
    ));
    assert_eq!(
        (disk.rows("app", "rows"), actions(&disk).len()),
        (before, 0)
    );
    // What makes room has it, even where there is less than nothing left.
    disk.plant("app", "rows", Key::text("other"), "x");
    disk.set_limit(Some(0));
    assert_eq!(run(retire(&twin)).unwrap(), Swap::Done);
}

#[test]
fn what_is_unreadable_or_broken_says_so_until_it_is_mended() {
    let disk = planted();
    let twin = Twin::new(&disk);
    disk.make_unreadable(&place());
    assert!(matches!(
        run(twin.sources().read(&place())),
        Err(Error::Unreadable { .. })
    ));
    assert!(matches!(run(retire(&twin)), Err(Error::Unreadable { .. })));
    disk.plant("app", "rows", Key::text("s"), Value::Null);
    assert_eq!(
        run(twin.sources().read(&place())).unwrap(),
        Some(Value::Null)
    );
    disk.break_database(
        "app",
        Some(Error::Blocked {
            database: "app".into(),
        }),
    );
    assert!(matches!(
        run(twin.sources().read(&place())),
        Err(Error::Blocked { .. })
    ));
    disk.break_database("app", None);
    assert!(run(twin.sources().read(&place())).is_ok());
}

#[test]
fn a_fork_goes_its_own_way() {
    let disk = planted();
    let fork = disk.fork();
    assert_eq!(disk.image(), fork.image());
    run(retire(&Twin::new(&fork))).unwrap();
    fork.clock().advance_days(1);
    assert_ne!(disk.image(), fork.image());
    assert_ne!(disk.clock().now(), fork.clock().now());
    assert!(disk.row(&place()).is_some() && !disk.has_own());
}

#[test]
fn what_is_read_is_an_object_of_its_own() {
    let disk = planted();
    let twin = Twin::new(&disk);
    let read = || run(twin.sources().read(&place())).unwrap().unwrap();
    let (one, two) = (read(), read());
    assert_eq!(one, two);
    assert_ne!(one.reference(), two.reference());
    let copy = twin.bodies().copy(&one).unwrap();
    assert_ne!(one.reference(), copy.reference());
}
