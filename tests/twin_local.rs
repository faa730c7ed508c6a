//! localStorage of the twin: late on the disk, shared without transactions, and text alone.
#![cfg(not(target_arch = "wasm32"))]

mod support;

use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::error::{Cause, Error, Result};
use restow::ports::{Batch, Change, Durability, Ports, Records, Sources, Swap};
use support::checked::replace_if;
use support::twin::{Disk, Fault, Twin, run};
use support::value::Value;

fn key() -> Key {
    Key::text("k")
}

fn place() -> Place {
    Place::record(Area::LocalStorage, key())
}

fn strict() -> Batch<Value> {
    Batch {
        fence: None,
        expect: vec![],
        writes: vec![],
        durability: Durability::Strict,
        bytes: 0,
    }
}

/// Writes the key whatever lies there, or removes it.
fn write(twin: &Twin, text: Option<&str>) -> Result<Swap> {
    let new = text.map(Value::text);
    let any = |_: Option<&Value>| true;
    run(replace_if(
        twin.sources(),
        &place(),
        &any,
        new.as_ref(),
        strict(),
    ))
}

fn lies(disk: &Disk) -> Option<Value> {
    disk.row(&place())
}

fn is(text: &str) -> Option<Value> {
    Some(Value::text(text))
}

#[test]
fn no_strict_commit_takes_local_storage_along() {
    let disk = Disk::new();
    disk.plant_at(&place(), "old");
    let twin = Twin::new(&disk);
    write(&twin, None).unwrap();
    run(twin.records().apply(strict())).unwrap();
    assert_eq!((disk.undecided(), disk.undecided_local()), (0, 1));
    disk.power_cut(9);
    assert_eq!(lies(&disk), is("old"));
    write(&twin, None).unwrap();
    disk.settle_local();
    disk.power_cut(0);
    assert_eq!(lies(&disk), None);
}

#[test]
fn settling_local_storage_settles_nothing_else() {
    let disk = Disk::new();
    let twin = Twin::new(&disk);
    let relaxed = Batch {
        durability: Durability::Relaxed,
        ..strict()
    };
    run(twin.records().apply(relaxed)).unwrap();
    disk.settle_local();
    assert_eq!(disk.undecided(), 1);
    disk.settle();
    assert_eq!(disk.undecided(), 0);
}

#[test]
fn a_power_cut_keeps_what_came_to_local_storage_first() {
    for (keep, left) in [(0, None), (1, is("a")), (2, is("b")), (9, None)] {
        let disk = Disk::new();
        let twin = Twin::new(&disk);
        for text in [Some("a"), Some("b"), None] {
            write(&twin, text).unwrap();
        }
        disk.power_cut_keeping_local(0, keep);
        assert_eq!(lies(&disk), left, "{keep}");
    }
}

#[test]
fn what_an_application_writes_after_us_is_never_undone() {
    let disk = Disk::new();
    let twin = Twin::new(&disk);
    write(&twin, Some("ours")).unwrap();
    disk.plant_at(&place(), "theirs");
    run(twin.records().apply(strict())).unwrap();
    disk.settle();
    disk.power_cut(0);
    assert_eq!(lies(&disk), is("theirs"));
    // An application of this very tab: no event tells of it.
    assert_eq!(run(twin.sources().settle()), []);
}

#[test]
fn what_was_overwritten_unseen_is_put_back() {
    for ours in [Some("ours"), None] {
        let disk = Disk::new();
        disk.plant_at(&place(), "old");
        let twin = Twin::new(&disk);
        disk.foreign_write(&key(), is("theirs"));
        let seen = run(twin.sources().read(&place())).unwrap();
        assert_eq!(seen, is("old"), "it was seen before it landed");
        write(&twin, ours).unwrap();
        assert_eq!(lies(&disk), ours.map(Value::text));
        assert_eq!(run(twin.sources().settle()), [key()]);
        assert_eq!(lies(&disk), is("theirs"));
        assert_eq!(run(twin.sources().settle()), []);
    }
}

#[test]
fn what_was_overwritten_is_not_put_back_over_something_newer() {
    let disk = Disk::new();
    let twin = Twin::new(&disk);
    disk.foreign_write(&key(), is("theirs"));
    write(&twin, Some("ours")).unwrap();
    disk.plant_at(&place(), "newer");
    assert_eq!(run(twin.sources().settle()), [key()]);
    assert_eq!(lies(&disk), is("newer"));
}

#[test]
fn what_another_tab_writes_after_us_lies_there_and_is_heard_of() {
    let disk = Disk::new();
    let (one, two) = (Twin::new(&disk), Twin::new(&disk));
    write(&one, None).unwrap();
    disk.foreign_write(&key(), is("theirs"));
    disk.foreign_write(&Key::text("other"), is("theirs"));
    assert_eq!(run(one.sources().settle()), [key()]);
    assert_eq!(lies(&disk), is("theirs"));
    // A tab of ours is another tab to each other one.
    write(&one, Some("one")).unwrap();
    write(&two, Some("two")).unwrap();
    assert_eq!(run(two.sources().settle()), []);
    assert_eq!(run(one.sources().settle()), [key()]);
    assert_eq!(lies(&disk), is("two"));
}

#[test]
fn what_landed_before_it_was_read_is_no_news() {
    let disk = Disk::new();
    let twin = Twin::new(&disk);
    disk.foreign_write(&key(), is("theirs"));
    disk.land();
    assert_eq!(run(twin.sources().read(&place())).unwrap(), is("theirs"));
    write(&twin, None).unwrap();
    assert_eq!(run(twin.sources().settle()), []);
    assert_eq!(lies(&disk), None);
}

#[test]
fn denied_local_storage_fails_at_every_look() {
    let disk = Disk::new();
    disk.plant_at(&place(), "old");
    let twin = Twin::new(&disk);
    let cause = Cause::named("SecurityError");
    disk.set_local_denied(Some(Error::StorageDenied { cause }));
    let denied = |result: Result<()>| matches!(result, Err(Error::StorageDenied { .. }));
    assert!(denied(run(twin.sources().read(&place())).map(drop)));
    assert!(denied(write(&twin, None).map(drop)));
    assert_eq!(lies(&disk), is("old"));
    disk.set_local_denied(None);
    assert!(write(&twin, None).is_ok());
}

#[test]
fn a_full_local_storage_takes_nothing_but_lets_go() {
    let disk = Disk::new();
    disk.plant_at(&place(), "old");
    disk.set_local_limit(Some(4));
    let twin = Twin::new(&disk);
    let full = write(&twin, Some("long"));
    assert!(matches!(full, Err(Error::QuotaExceeded { .. })), "{full:?}");
    assert_eq!(lies(&disk), is("old"));
    assert!(write(&twin, Some("new")).is_ok());
    assert!(write(&twin, None).is_ok());
}

#[test]
fn a_death_inside_parts_local_storage_and_batch() {
    let disk = Disk::new();
    disk.plant_at(&place(), "old");
    let twin = Twin::new(&disk);
    twin.tab().at(0, Fault::DieInside);
    let keep = |_: Option<&Value>| Change::Remove;
    let died = run(twin.sources().replace(&place(), &keep, strict()));
    assert!(matches!(died, Err(Error::Closed)));
    assert_eq!(lies(&disk), None);
    disk.power_cut(0);
    assert_eq!(lies(&disk), is("old"));
}
