//! State in localStorage: captured, put back, cleared.

mod capture;
mod carry;
mod clear;
mod deaths;
mod failing;
mod findings;
mod properties;
mod recorded;
mod restore;
mod retention;
mod secrets;
mod tabs;

use crate::lab::{Lab, Tab};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::backup::Format;
use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::domain::state::{Carried, Registry, StateClearResult, StateRestoreResult};
use restow::engine::{Capture, Captured};
use restow::error::Result;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

pub const ACME: &str = "a1b2c3d4-e5f6-4a8b-9c0d-1e2f3a4b5c6d";
pub const OTHER: &str = "f1234567-89ab-4cde-f012-3456789abcde";

/// Keys of the tenant with their texts.
pub const OURS: [(&str, &str); 5] = [
    ("ai_agents_{t}", r#"[{"id":"agent-1","name":"Analyst"}]"#),
    (
        "user_llm_configs_{t}",
        r#"[{"id":"llm-1", "apiKey":"sk-SECRET-1","n":9007199254740993}]"#,
    ),
    (
        "chat_session_{t}_agent-1",
        r#"[{"id":"m1","type":"agent","content":"Hello"}]"#,
    ),
    ("chat_session_{t}_global", r#"{"selectedAgent":"agent-1"}"#),
    ("theme", "dark"),
];

/// Keys that are not to be touched.
pub const THEIRS: [(&str, &str); 4] = [
    ("ai_agents_{o}", "[\"THEIRS\"]"),
    ("chat_session_{o}_agent-1", "[\"THEIRS\"]"),
    ("auth_token", "SECRET-TOKEN"),
    ("i18nextLng", "de"),
];

pub fn named(form: &str) -> String {
    form.replace("{t}", ACME).replace("{o}", OTHER)
}

pub fn place(key: &str) -> Place {
    Place::record(Area::LocalStorage, Key::text(key))
}

pub fn plant(lab: &Lab, form: &str, text: &str) {
    lab.disk.plant_at(&place(&named(form)), text);
}

/// A disk on which both tenants have been.
pub fn lab() -> Lab {
    let lab = Lab::taskerino();
    for (form, text) in OURS.into_iter().chain(THEIRS) {
        plant(&lab, form, text);
    }
    lab
}

/// The same without other tenants and with few keys, for what is run thousands of times.
pub fn small() -> Lab {
    let lab = Lab::taskerino();
    for (form, text) in [OURS[0], OURS[2], OURS[4], THEIRS[1]] {
        plant(&lab, form, text);
    }
    lab
}

pub fn text(lab: &Lab, form: &str) -> Option<String> {
    let text = lab.disk.row(&place(&named(form)))?;
    Some(String::from_utf16(&text.utf16().unwrap()).unwrap())
}

/// All of localStorage.
pub fn local(lab: &Lab) -> BTreeMap<Key, Value> {
    lab.disk.image().local
}

pub fn agents() -> Capture {
    Capture {
        registry: Registry::parse(&json!("agents")).unwrap(),
        tenant: Some(ACME.into()),
        claims: BTreeSet::new(),
        dry_run: false,
    }
}

pub fn capture(lab: &Lab) -> Captured<Value> {
    run(lab.tab().capture_state(&agents())).unwrap()
}

/// Captures, and says under which path.
pub fn captured(lab: &Lab) -> String {
    capture(lab).snapshot.path.unwrap()
}

pub fn restore(lab: &Lab, path: &str, overwrite: bool) -> Result<StateRestoreResult> {
    run(lab.tab().restore_state(path, overwrite, true))
}

pub fn clear(lab: &Lab, path: &str) -> Result<StateClearResult> {
    run(lab.tab().clear_migrated_state(path, true))
}

/// Somebody signs out, and the application erases what the tenant has.
pub fn sign_out(lab: &Lab) {
    for (form, _) in OURS {
        lab.disk.remove_at(&place(&named(form)));
    }
}

/// Texts in all snapshots, by key.
pub fn kept(lab: &Lab) -> Vec<(Key, Value)> {
    let own = lab.disk.own().unwrap_or_default();
    let snapshots = own.backups.into_values();
    let snapshots = snapshots.filter(|(head, ..)| head.original_format == Format::State);
    let mut kept = Vec::new();
    for (.., body) in snapshots {
        let mut index = 0;
        while let Some(row) = body.child(&index.to_string()) {
            let key = row.child("0").unwrap().utf16().unwrap();
            let key = Key::text(String::from_utf16(&key).unwrap());
            kept.push((key, row.child("1").unwrap()));
            index += 1;
        }
    }
    kept
}

/// Every text of `before` lies in localStorage or in a snapshot.
pub fn nothing_is_lost(lab: &Lab, before: &BTreeMap<Key, Value>, how: &str) {
    let (now, kept) = (local(lab), kept(lab));
    for (key, text) in before {
        let there = now.get(key) == Some(text);
        let safe = kept.contains(&(key.clone(), text.clone()));
        assert!(there || safe, "{how}: {key} is lost");
    }
}

/// What must be the same in the end, whatever happened on the way.
pub fn picture(lab: &Lab) -> impl PartialEq + std::fmt::Debug + use<> {
    let own = lab.disk.own().unwrap_or_default();
    assert!(own.journal.is_empty());
    assert!(own.leases.is_empty(), "{:?}", own.leases);
    let audit: BTreeSet<_> = own.audit.iter().map(|line| line.action.clone()).collect();
    let known: BTreeSet<_> = own.backups.keys().cloned().collect();
    let snapshots = own.backups.into_values();
    let snapshots: Vec<_> = snapshots
        .map(|(head, _, body)| (head.reason, body))
        .collect();
    let audit: Vec<_> = audit.into_iter().collect();
    // Paths have times in them.
    let named = |mut one: Carried| {
        one.path = known.contains(&one.path).to_string();
        one
    };
    let carried: Vec<_> = own.carried.into_values().map(named).collect();
    (local(lab), snapshots, audit, carried)
}

/// A tab and how many operations a call takes there.
pub fn operations<T>(lab: &Lab, call: &impl AsyncFn(&Tab) -> Result<T>) -> usize {
    let tab = lab.fork().tab();
    let _ = run(call(&tab));
    tab.ports.tab().operations()
}
