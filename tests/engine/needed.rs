//! Whether there is anything to migrate.

use crate::lab::{Lab, key, session};
use crate::support::twin::run;
use restow::domain::report::MigrationNeed;
use restow::engine::Edits;

fn needed(lab: &Lab) -> MigrationNeed {
    let before = lab.disk.image();
    let answer = run(lab.tab().migration_needed()).unwrap();
    assert_eq!(lab.disk.image(), before, "asking changed something");
    answer
}

#[test]
fn yes_until_everything_is_migrated() {
    let lab = Lab::taskerino();
    assert_eq!(needed(&lab), MigrationNeed::No);
    assert!(!lab.disk.has_own());
    lab.plant("s1", &session("s1", 3));
    assert_eq!(needed(&lab), MigrationNeed::Yes);
    lab.migrate_all();
    assert_eq!(needed(&lab), MigrationNeed::No);
}

#[test]
fn no_while_originals_are_kept_unless_something_new_comes() {
    let lab = Lab::small().keeping();
    lab.migrate_all();
    assert_eq!(needed(&lab), MigrationNeed::No);
    lab.plant("s2", &session("s2", 1));
    assert_eq!(needed(&lab), MigrationNeed::Yes);
}

#[test]
fn no_for_what_is_in_quarantine_or_was_rolled_back() {
    let lab = Lab::small();
    lab.plant_row("s2", serde_json::json!({ "name": "no body" }));
    lab.migrate_all();
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    assert_eq!(needed(&lab), MigrationNeed::No);
}

#[test]
fn yes_for_an_original_that_is_there_again_but_not_for_a_conflict() {
    let lab = Lab::small();
    lab.migrate_all();
    lab.plant("s1", &session("s1", 3));
    let same = needed(&lab);
    lab.plant("s1", &session("s1", 4));
    assert_eq!(
        (same, needed(&lab)),
        (MigrationNeed::Yes, MigrationNeed::No)
    );
}

#[test]
fn yes_for_an_older_layout() {
    let mut lab = Lab::small();
    lab.migrate_all();
    lab.config.layout.version += 1;
    assert_eq!(needed(&lab), MigrationNeed::Yes);
}

#[test]
fn unknown_where_telling_would_take_reading_everything() {
    let lab = Lab::taskerino();
    for number in 0..50 {
        lab.plant_row(
            &format!("odd-{number}"),
            serde_json::json!({ "name": "no body" }),
        );
    }
    assert_eq!(needed(&lab), MigrationNeed::Unknown);
    let tab = lab.tab();
    run(tab.migration_needed()).unwrap();
    let reads = tab.ports.tab().trace();
    let reads = reads.iter().filter(|step| step.method == "read").count();
    assert!(reads <= 22, "{reads} records were read");
}

#[test]
fn a_source_that_cannot_be_read_makes_it_unknown() {
    let lab = Lab::taskerino();
    let error = restow::error::Error::StorageUnavailable;
    lab.disk.break_database("taskerino-db", Some(error));
    assert_eq!(needed(&lab), MigrationNeed::Unknown);
}
