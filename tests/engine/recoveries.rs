//! What other death tests leave out: a third death during the recovery from the second, the first
//! load out of a container, and everything else that a key of localStorage goes through.

use crate::deaths::{
    Allowed, Tally, always, deaths, either, ends_well, is_whole, survives, survives_until,
    undisturbed,
};
use crate::lab::{Lab, Tab, key, session};
use crate::picture::Picture;
use crate::shelf::{Form, Shelf, body_of, layout, text_of};
use crate::support::value::Value;
use restow::domain::place::{Area, Place};
use restow::engine::{Edits, Options, Side};
use restow::error::Result;
use serde_json::json;

/// Dies during a call, during the run after it, and during the run after that.
fn survives_three<T>(
    name: &str,
    lab: &Lab,
    allowed: &Allowed,
    call: impl AsyncFn(&Tab) -> Result<T>,
) {
    let (after, _) = undisturbed(lab, &call);
    let wanted = Picture::of(&after);
    let (first, count) = deaths(lab, &call);
    let mut tally = Tally {
        deaths: count,
        disks: first.len(),
        second: 0,
    };
    let mut third = 0;
    for one in first {
        let (second, count) = deaths(&one.lab, &call);
        tally.second += count;
        for two in second {
            let (left, count) = deaths(&two.lab, &call);
            third += count;
            for mut three in left {
                three.how = format!("{}; then {}; then {}", one.how, two.how, three.how);
                is_whole(&three, allowed);
                ends_well(&three, &call, &|_| {}, &wanted);
            }
        }
    }
    assert!(third > 0, "no one died a third time");
    println!("{name}, three deaths: {tally:?} third: {third}");
}

#[test]
fn three_deaths_in_a_row_lose_nothing() {
    let small = session("s1", 1);
    let lab = Lab::small();
    lab.plant("s1", &small);
    let allowed = always("s1", &small);
    let one = async |tab: &Tab| tab.migrate(&key("s1"), &Options::default()).await;
    survives_three("migrate", &lab, &allowed, one);
    lab.migrate("s1");
    lab.disk.settle();
    let back = async |tab: &Tab| tab.rollback(&key("s1"), None, Edits::Refuse, true).await;
    survives_three("rollback", &lab, &allowed, back);
}

#[test]
fn a_death_while_a_session_is_loaded_out_of_its_container_loses_nothing() {
    for form in [Form::Array, Form::LocalArray, Form::Gzip] {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        let mut allowed = always("s1", &body_of("s1"));
        allowed.extend(always("s2", &body_of("s2")));
        let call = async |tab: &Tab| tab.load_full(&key("s1")).await;
        let again = async |tab: &Tab| {
            tab.load_full(&key("s1")).await?;
            tab.migrate(&key("s1"), &Options::default()).await
        };
        let tally = survives(&shelf.lab, &allowed, call, again);
        println!("load, {form:?}: {tally:?}");
    }
}

/// A key of localStorage with one session.
fn at(id: &str) -> Place {
    Place::record(Area::LocalStorage, key(&format!("note:{id}")))
}

fn keys() -> Lab {
    let lab = Lab::new(json!({
        "sources": [{ "kind": "localStorage", "prefix": "note:" }],
        "layout": layout(),
    }));
    lab.disk.plant_at(&at("s1"), Value::text(text_of("s1")));
    lab
}

fn settled(lab: Lab) -> Lab {
    lab.disk.settle();
    lab.disk.settle_local();
    lab
}

/// Looked at by a later start.
fn later(lab: &Lab) {
    lab.disk.clock().advance(61_000);
    lab.migrate_all();
}

#[test]
fn a_death_while_a_conflict_over_a_key_is_resolved_loses_neither_side() {
    let lab = keys();
    lab.migrate_all();
    let other = text_of("s1").replace("Session", "Another");
    lab.disk.plant_at(&at("s1"), Value::text(&other));
    let lab = settled(lab);
    let other = Value::json(&other);
    for (side, allowed) in [
        (Side::Chunks, always("s1", &body_of("s1"))),
        (
            Side::Source,
            either("s1", Some(&body_of("s1")), Some(&other)),
        ),
    ] {
        let call = async |tab: &Tab| tab.resolve_conflict(&key("s1"), side, true).await;
        let tally = survives_until(&lab, &allowed, call, call, |_| {});
        println!("resolve for {side:?}, a key: {tally:?}");
    }
}

#[test]
fn a_death_while_a_key_is_deleted_leaves_it_or_a_backup() {
    let migrated = keys();
    migrated.migrate_all();
    for (name, lab) in [("source", settled(keys())), ("chunks", settled(migrated))] {
        let call = async |tab: &Tab| tab.delete(&key("s1"), true).await;
        let allowed = either("s1", Some(&body_of("s1")), None);
        let tally = survives(&lab, &allowed, call, call);
        println!("delete from {name}, a key: {tally:?}");
    }
}

#[test]
fn a_death_while_a_kept_key_goes_loses_nothing() {
    let lab = keys().keeping();
    lab.migrate_all();
    let call = async |tab: &Tab| tab.remove_originals(true).await;
    let lab = settled(lab);
    let tally = survives_until(&lab, &always("s1", &body_of("s1")), call, call, later);
    println!("remove originals, a key: {tally:?}");
}
