//! Backups: what there is, and which of them a clean-up may take.

use crate::lab::{Lab, key, path, session};
use crate::picture::tidy;
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::backup::Format;
use restow::domain::chunk_list::PieceName;
use restow::domain::report::{CleanupResult, KeptBackup};
use restow::domain::retention::Rule;
use restow::engine::{AuditFilter, Edits, Options};
use restow::error::Error;
use restow::ports::Clock;

fn migrated() -> Lab {
    let lab = Lab::small();
    lab.migrate("s1");
    lab
}

fn cleanup(lab: &Lab, rule: Rule) -> CleanupResult {
    run(lab.tab().cleanup(rule, true)).unwrap()
}

/// What a clean-up kept, and why.
fn kept(lab: &Lab, rule: Rule) -> Vec<String> {
    let result = cleanup(lab, rule);
    assert!(result.removed.is_empty(), "{result:?}");
    let codes = result.kept.into_iter().map(|KeptBackup { code, .. }| code);
    codes.collect()
}

#[test]
fn a_list_tells_what_each_backup_is() {
    let lab = migrated();
    lab.edit("s1");
    lab.disk.clock().advance_days(10);
    run(lab.tab().rollback(&key("s1"), None, Edits::Keep, true)).unwrap();
    let rows = run(lab.tab().list_backups(Some(&key("s1")))).unwrap();
    let [first, second] = &rows[..] else {
        panic!("{rows:?}")
    };
    assert_eq!(
        (first.reason.as_str(), second.reason.as_str()),
        ("migration", "rollback")
    );
    assert_eq!(first.original_format, Format::Monolithic);
    assert_eq!(second.original_format, Format::Chunked);
    assert_eq!(
        (first.remaining_days, second.remaining_days),
        (Some(20.0), Some(30.0))
    );
    assert!(first.bytes > 0 && first.id == Some(key("s1")));
    assert!(
        run(lab.tab().list_backups(Some(&key("s2"))))
            .unwrap()
            .is_empty()
    );
    lab.disk.clock().advance_days(100);
    let rows = run(lab.tab().list_backups(None)).unwrap();
    assert_eq!(rows[0].remaining_days, Some(0.0));
}

#[test]
fn what_has_expired_goes_and_nothing_else() {
    let lab = migrated();
    assert_eq!(cleanup(&lab, Rule::Expired), CleanupResult::default());
    lab.disk.clock().advance_days(29);
    assert_eq!(cleanup(&lab, Rule::Expired), CleanupResult::default());
    lab.disk.clock().advance_days(1);
    let row = run(lab.tab().list_backups(None)).unwrap().remove(0);
    let result = cleanup(&lab, Rule::Expired);
    assert_eq!(result.removed, [row.path]);
    assert_eq!((result.kept.len(), result.freed_bytes), (0, row.bytes));
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    let filter = AuditFilter {
        action: Some("cleanup".into()),
        ..AuditFilter::default()
    };
    assert_eq!(run(lab.tab().read_audit(&filter)).unwrap().len(), 1);
    tidy(&lab);
}

#[test]
fn a_clean_up_needs_a_confirmation_and_says_what_it_would_take() {
    let lab = migrated();
    lab.disk.clock().advance_days(31);
    let image = lab.disk.image();
    match run(lab.tab().cleanup(Rule::Expired, false)) {
        Err(Error::ConfirmationRequired { preview, .. }) => {
            assert_eq!(preview["backups"][0], lab.backups("s1")[0]);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(lab.disk.image(), image);
}

#[test]
fn nothing_younger_than_a_day_goes_whatever_is_asked() {
    let lab = migrated();
    for _ in 0..23 {
        lab.disk.clock().advance(60 * 60 * 1000);
        assert_eq!(cleanup(&lab, Rule::OlderThan(0)), CleanupResult::default());
    }
    lab.disk.clock().advance(60 * 60 * 1000);
    assert_eq!(cleanup(&lab, Rule::OlderThan(0)).removed.len(), 1);
}

#[test]
fn older_than_some_days_goes_whatever_its_own_expiry() {
    let lab = migrated();
    lab.disk.clock().advance_days(8);
    assert_eq!(cleanup(&lab, Rule::OlderThan(9)), CleanupResult::default());
    assert_eq!(cleanup(&lab, Rule::OlderThan(7)).removed.len(), 1);
}

#[test]
fn the_backup_of_a_damaged_session_stays() {
    let lab = migrated();
    lab.disk.clock().advance_days(31);
    let generation = lab.manifest("s1").unwrap().generation;
    let name = PieceName {
        path: path("screenshots"),
        index: 0,
    };
    lab.disk.drop_piece(&key("s1"), generation, &name);
    assert_eq!(kept(&lab, Rule::Expired), ["Damaged"]);
    lab.disk.make_piece_unreadable(
        &key("s1"),
        generation,
        &PieceName {
            path: path("screenshots"),
            index: 1,
        },
    );
    assert_eq!(kept(&lab, Rule::Expired), ["Damaged"]);
}

#[test]
fn the_backup_of_a_session_that_is_not_in_chunks_stays() {
    let lab = migrated();
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    lab.disk.clock().advance_days(31);
    assert_eq!(kept(&lab, Rule::Expired), ["NotCommitted"]);
    let force = Options {
        force: true,
        ..Options::default()
    };
    run(lab.tab().migrate(&key("s1"), &force)).unwrap();
    assert_eq!(cleanup(&lab, Rule::Expired).removed.len(), 1);
}

#[test]
fn a_damaged_backup_is_not_thrown_away() {
    let lab = migrated();
    let backup = lab.backups("s1").remove(0);
    lab.disk
        .alter_backup(&backup, |_, _, body| *body = Value::Null);
    lab.disk.clock().advance_days(31);
    assert_eq!(kept(&lab, Rule::Expired), ["BackupDamaged"]);
}

#[test]
fn the_backup_of_a_session_that_another_tab_is_at_work_on_stays() {
    let lab = migrated();
    lab.disk.clock().advance_days(31);
    lab.disk.set_web_locks(false);
    let now = lab.disk.clock().now();
    lab.disk.damage(move |own| {
        let lease = restow::domain::records::Lease {
            id: key("s1"),
            token: "another".into(),
            until: restow::domain::time::Timestamp(now.0 + 10_000),
        };
        own.leases.insert(key("s1"), lease);
    });
    assert_eq!(kept(&lab, Rule::Expired), ["Busy"]);
    lab.disk.clock().advance(10_000);
    assert_eq!(cleanup(&lab, Rule::Expired).removed.len(), 1);
}

#[test]
fn a_clock_that_jumps_removes_nothing() {
    // Far ahead.
    let lab = migrated();
    lab.disk.clock().advance_days(2000);
    assert_eq!(kept(&lab, Rule::Expired), ["ClockNotTrusted"]);
    // Something is written in that time, so that it is believed.
    lab.edit("s1");
    assert_eq!(cleanup(&lab, Rule::Expired).removed.len(), 1);
    // Back: what is due by its own time is not due by what was written since.
    let lab = migrated();
    lab.disk.clock().advance_days(100);
    lab.plant("s2", &session("s2", 1));
    lab.migrate("s2");
    let now = lab.disk.clock().now();
    lab.disk
        .clock()
        .set(restow::domain::time::Timestamp(now.0 - 50 * 86_400_000));
    assert_eq!(kept(&lab, Rule::Expired), ["ClockNotTrusted"]);
}

#[test]
fn what_was_deleted_on_purpose_goes_for_good_when_its_time_is_over() {
    for chunked in [false, true] {
        let lab = Lab::small();
        if chunked {
            lab.migrate("s1");
        }
        run(lab.tab().delete(&key("s1"), true)).unwrap();
        assert_eq!(lab.backups("s1").len(), 1 + usize::from(chunked));
        lab.disk.clock().advance_days(29);
        assert_eq!(cleanup(&lab, Rule::Expired), CleanupResult::default());
        lab.disk.clock().advance_days(1);
        let result = cleanup(&lab, Rule::Expired);
        assert!(result.kept.is_empty(), "{result:?}");
        assert!(lab.backups("s1").is_empty());
        tidy(&lab);
    }
}

#[test]
fn what_was_deleted_and_brought_back_keeps_its_backups() {
    let lab = Lab::small();
    run(lab.tab().delete(&key("s1"), true)).unwrap();
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    lab.disk.clock().advance_days(31);
    assert_eq!(kept(&lab, Rule::Expired), ["NotCommitted"]);
    // Nor do they go because an application puts the session back itself.
    let lab = Lab::small();
    let record = lab.row("s1").unwrap();
    run(lab.tab().delete(&key("s1"), true)).unwrap();
    lab.plant_row("s1", record);
    lab.disk.clock().advance_days(31);
    assert_eq!(kept(&lab, Rule::Expired), ["NotCommitted"]);
}

#[test]
fn one_backup_that_cannot_be_looked_at_keeps_no_other_from_going() {
    let lab = migrated();
    lab.plant("s2", &session("s2", 1));
    lab.migrate("s2");
    lab.disk.clock().advance_days(31);
    let operations = {
        let tab = lab.fork().tab();
        run(tab.cleanup(Rule::Expired, true)).unwrap();
        tab.ports.tab().trace()
    };
    let first = operations
        .iter()
        .position(|op| op.method == "manifest")
        .unwrap();
    let lab = lab.fork();
    let tab = lab.tab();
    let cause = restow::error::Cause::named("DataError");
    let fault = crate::support::twin::Fault::Fail(Error::Unreadable { cause });
    tab.ports.tab().at(first, fault);
    let result = run(tab.cleanup(Rule::Expired, true)).unwrap();
    assert_eq!((result.removed.len(), result.kept.len()), (1, 1));
    assert_eq!(result.kept[0].code, "Unreadable");
}

#[test]
fn names_of_backups_never_collide() {
    let lab = Lab::new(serde_json::json!({
        "sources": [{ "database": "app", "store": "docs" }],
        "layout": {}
    }));
    // The number 5 and the text "5" print alike, at the same moment.
    let five = restow::domain::key::Key::Number(5.0);
    lab.disk
        .plant("app", "docs", five.clone(), serde_json::json!({ "id": 5 }));
    lab.disk
        .plant("app", "docs", key("5"), serde_json::json!({ "id": "5" }));
    assert_eq!(lab.migrate_all().migrated, 2);
    let number = run(lab.tab().list_backups(Some(&five))).unwrap().remove(0);
    let text = run(lab.tab().list_backups(Some(&key("5"))))
        .unwrap()
        .remove(0);
    assert_eq!(text.path, format!("{}-2", number.path));
    assert_eq!(number.path, "sessions/5.backup-2026-01-15T08-30-00-000Z");
    tidy(&lab);
}
