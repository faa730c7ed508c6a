//! How everything stands: sessions and state side by side.

use super::*;
use restow::domain::console;
use restow::domain::report::MigrationNeed;
use restow::error::{Cause, Error};

fn needed(lab: &Lab) -> MigrationNeed {
    run(lab.tab().migration_needed()).unwrap()
}

#[test]
fn status_counts_sessions_and_keys_apart() {
    let lab = agents();
    let before = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!((before.total, before.legacy), (2, 2));
    let keys = before.state.unwrap();
    assert_eq!((keys.keys, keys.missing, keys.captured), (6, 6, 0));
    assert_eq!((keys.offered, keys.left, keys.path), (0, 6, None));
    watched(&lab, &Options::default());
    plant(&lab, "theme", "light");
    plant(&lab, "agent_metrics_{t}", "{}");
    plant(&lab, "chat_session_7", "[]");
    let after = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!((after.total, after.chunked, after.percentage), (2, 2, 100));
    let keys = after.state.unwrap();
    assert_eq!(
        (keys.keys, keys.captured, keys.changed, keys.missing),
        (7, 5, 1, 1)
    );
    assert_eq!((keys.offered, keys.left), (1, 4));
    assert!(keys.path.is_some() && keys.captured_at.is_some());
}

#[test]
fn a_look_writes_nothing() {
    let lab = agents();
    let image = lab.disk.image();
    run(lab.tab().status(Default::default())).unwrap();
    needed(&lab);
    assert_eq!(lab.disk.image(), image);
}

#[test]
fn state_that_was_never_captured_is_needed_and_flags_alone_are_not() {
    let lab = Lab::new(json!({ "preset": "agents", "tenantId": ACME }));
    assert_eq!(needed(&lab), MigrationNeed::No);
    plant(&lab, "current_tenant_id", ACME);
    assert_eq!(needed(&lab), MigrationNeed::No);
    plant(&lab, "theme", "dark");
    assert_eq!(needed(&lab), MigrationNeed::Yes);
    watched(&lab, &Options::default());
    assert_eq!(needed(&lab), MigrationNeed::No);
    // An application at work changes its state all day.
    plant(&lab, "theme", "light");
    assert_eq!(needed(&lab), MigrationNeed::No);
}

#[test]
fn what_another_tenant_has_is_no_need() {
    let lab = Lab::new(json!({ "preset": "agents", "tenantId": ACME }));
    for (form, text) in OTHERS {
        plant(&lab, form, text);
    }
    assert_eq!(needed(&lab), MigrationNeed::No);
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!(status.state.unwrap().keys, 0);
}

#[test]
fn state_that_cannot_be_read_is_told_and_hides_no_sessions() {
    let mut lab = Lab::with_session();
    let classes = json!([{ "name": "theme", "key": "theme" }]);
    let config = json!({ "preset": "taskerino", "state": { "registry": classes } });
    lab.config = restow::domain::config::Config::parse(&config).unwrap();
    plant(&lab, "theme", "dark");
    let cause = Cause::named("SecurityError");
    lab.disk
        .set_local_denied(Some(Error::StorageDenied { cause }));
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!(status.legacy, 1);
    let printed = console::status(&status);
    assert!(
        printed.contains("It can't be read (StorageDenied)"),
        "{printed}"
    );
    assert_eq!(
        status.state.unwrap().unreadable.as_deref(),
        Some("StorageDenied")
    );
    assert_eq!(needed(&lab), MigrationNeed::Yes);
}
