//! All sessions: reports, progress, cancellation, several sources.

use crate::lab::{Lab, key, session, wrapped};
use crate::picture::tidy;
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::domain::progress::{Phase, Progress};
use restow::domain::report::{BatchMigrationResult, Outcome};
use restow::engine::Options;
use restow::ports::Watch;
use serde_json::json;
use std::cell::RefCell;

/// Hears everything, and cancels after some sessions.
#[derive(Default)]
struct Ears {
    heard: RefCell<Vec<Progress>>,
    after: Option<u32>,
}

impl Watch for Ears {
    fn progress(&self, event: &Progress) {
        self.heard.borrow_mut().push(event.clone());
    }

    fn cancelled(&self) -> bool {
        let heard = self.heard.borrow();
        let begun = heard.iter().filter(|event| event.phase == Phase::Migrating);
        self.after
            .is_some_and(|after| begun.count() as u32 >= after)
    }
}

fn many(count: u32) -> Lab {
    let lab = Lab::small();
    lab.unplant("s1");
    for n in 0..count {
        let id = format!("n{n:02}");
        lab.plant(&id, &session(&id, 1));
    }
    lab
}

fn batch(lab: &Lab, options: &Options, ears: &Ears) -> BatchMigrationResult {
    run(lab.tab().migrate_all(options, ears)).unwrap()
}

#[test]
fn a_batch_reports_every_session_in_order() {
    let lab = many(5);
    lab.plant_row("n02", wrapped("n02", Value::Null));
    lab.migrate("n03");
    let result = batch(&lab, &Options::default(), &Ears::default());
    let rows: Vec<_> = result
        .sessions
        .iter()
        .map(|row| (row.session_id.clone().unwrap().to_string(), row.outcome))
        .collect();
    use Outcome::{Migrated, Quarantined, Skipped};
    let wanted = [
        ("n00", Migrated),
        ("n01", Migrated),
        ("n02", Quarantined),
        ("n04", Migrated),
        ("n03", Skipped),
    ];
    assert_eq!(rows, wanted.map(|(id, outcome)| (id.to_owned(), outcome)));
    assert_eq!(
        (
            result.total,
            result.migrated,
            result.skipped,
            result.quarantined
        ),
        (5, 3, 1, 1)
    );
    assert!(result.success && !result.cancelled && !result.dry_run);
    assert_eq!(result.backup_retention_days, 30);
    let quota = result.quota.unwrap();
    assert_eq!(quota.headroom, quota.quota - quota.usage - quota.needed);
    tidy(&lab);
}

#[test]
fn progress_says_what_is_done_and_ends_at_a_hundred() {
    let lab = many(4);
    let backup = json!({ "session": 1, "backupCreatedAt": 2 });
    lab.plant_row("x.backup-1", wrapped("x", backup.into()));
    lab.plant_row("n00/summary", wrapped("n00/summary", Value::Null));
    let ears = Ears::default();
    batch(&lab, &Options::default(), &ears);
    let heard = ears.heard.into_inner();
    let phases: Vec<_> = heard.iter().map(|event| event.phase).collect();
    use Phase::{Complete, Migrating, Scanning};
    assert_eq!(
        phases,
        [
            Scanning, Migrating, Migrating, Migrating, Migrating, Complete
        ]
    );
    assert_eq!(heard[1].message, "Migrating session 1/4: Session n00");
    assert_eq!(heard[1].session_id, Some(key("n00")));
    assert_eq!(heard[4].message, "Migrating session 4/4: Session n03");
    assert_eq!(
        heard[5].message,
        "Complete: 4 migrated, 0 skipped, 0 errors"
    );
    assert_eq!(
        (heard[5].percent, heard[5].done, heard[5].total),
        (100, 4, 4)
    );
    assert!(heard.windows(2).all(|two| two[0].percent <= two[1].percent));
    assert!(
        heard
            .windows(2)
            .all(|two| two[0].bytes_done <= two[1].bytes_done)
    );
    assert!(heard[5].bytes_done > 0);
}

#[test]
fn a_cancelled_run_keeps_what_it_has_done_and_goes_on_later() {
    let lab = many(5);
    let ears = Ears {
        after: Some(2),
        ..Ears::default()
    };
    let result = batch(&lab, &Options::default(), &ears);
    assert!(result.cancelled && result.success);
    assert_eq!(result.migrated, 2);
    let heard = ears.heard.into_inner();
    assert_eq!(heard.last().unwrap().phase, Phase::Cancelled);
    assert_eq!(run(lab.tab().status(Default::default())).unwrap().legacy, 3);
    tidy(&lab);
    assert_eq!(
        batch(&lab, &Options::default(), &Ears::default()).migrated,
        3
    );
    for n in 0..5 {
        let id = format!("n{n:02}");
        assert_eq!(lab.load(&id).unwrap(), Some(session(&id, 1)));
    }
}

#[test]
fn a_run_cancelled_at_once_does_nothing() {
    let lab = many(2);
    let image = lab.disk.image();
    let ears = Ears {
        after: Some(0),
        ..Ears::default()
    };
    let result = batch(&lab, &Options::default(), &ears);
    assert!(result.cancelled);
    assert_eq!((result.total, lab.disk.image()), (0, image));
}

#[test]
fn a_cancelled_run_forgets_no_quarantine() {
    let lab = many(2);
    lab.plant_row("z", wrapped("z", Value::Null));
    batch(&lab, &Options::default(), &Ears::default());
    let ears = Ears {
        after: Some(0),
        ..Ears::default()
    };
    batch(&lab, &Options::default(), &ears);
    assert_eq!(run(lab.tab().list_quarantine()).unwrap().len(), 1);
}

#[test]
fn nothing_to_do_is_a_success() {
    for lab in [Lab::taskerino(), many(0)] {
        let result = batch(&lab, &Options::default(), &Ears::default());
        assert!(result.success);
        assert_eq!((result.total, result.sessions.len()), (0, 0));
    }
}

/// Two stores, the first of which goes before the second.
fn two_sources() -> Lab {
    let source = |store: &str| json!({ "name": store, "database": "app", "store": store });
    Lab::new(json!({
        "sources": [source("new"), source("old")],
        "layout": { "label": "name", "arrays": [{ "path": "screenshots", "chunk": 2 }] }
    }))
}

fn put(lab: &Lab, store: &str, id: &str, body: &Value) {
    lab.disk.plant("app", store, key(id), body.clone());
}

#[test]
fn a_higher_source_goes_before_a_lower_one_whose_copy_is_left_alone() {
    let lab = two_sources();
    let (new, old) = (session("x", 3), session("x", 1));
    put(&lab, "new", "x", &new);
    put(&lab, "old", "x", &old);
    put(&lab, "old", "y", &session("y", 1));
    let rows = run(lab.tab().list_sessions()).unwrap();
    assert_eq!(rows[0].warnings[0].code, "AlsoIn");
    assert_eq!(run(lab.tab().status(Default::default())).unwrap().total, 2);
    for _ in 0..2 {
        let result = lab.migrate_all();
        assert!(result.success);
        assert_eq!(lab.load("x").unwrap(), Some(new.clone()));
        assert_eq!(lab.disk.rows("app", "old").get(&key("x")), Some(&old));
        let status = run(lab.tab().status(Default::default())).unwrap();
        assert_eq!((status.total, status.chunked, status.diverged), (2, 2, 0));
    }
    assert_eq!(lab.migrate("x").code.as_deref(), Some("AlreadyChunked"));
    let rows = run(lab.tab().list_sessions()).unwrap();
    assert_eq!(rows[0].warnings[0].code, "AlsoIn");
    assert!(rows[0].warnings[0].message.contains("lies in old as well"));
    tidy(&lab);
}

#[test]
fn a_higher_source_that_cannot_be_read_blocks_the_copy_in_a_lower_one() {
    for broken in [false, true] {
        let lab = two_sources();
        put(&lab, "new", "x", &session("x", 3));
        put(&lab, "old", "x", &session("x", 1));
        if broken {
            put(&lab, "new", "x", &Value::Null);
        } else {
            lab.disk
                .make_unreadable(&Place::record(Area::store("app", "new"), key("x")));
        }
        let result = lab.migrate_all();
        assert_eq!((result.migrated, result.quarantined), (0, 1), "{result:?}");
        assert_eq!(lab.migrate("x").outcome, Outcome::Quarantined);
        assert!(lab.disk.rows("app", "old").contains_key(&key("x")));
        let status = run(lab.tab().status(Default::default())).unwrap();
        assert_eq!((status.total, status.quarantined), (1, 1));
        tidy(&lab);
    }
}

#[test]
fn a_deletion_takes_every_copy_and_keeps_a_backup_of_each() {
    let lab = two_sources();
    put(&lab, "new", "x", &session("x", 3));
    put(&lab, "old", "x", &session("x", 1));
    lab.migrate("x");
    assert!(run(lab.tab().delete(&key("x"), true)).unwrap());
    assert_eq!(lab.load("x").unwrap(), None);
    assert_eq!(run(lab.tab().status(Default::default())).unwrap().total, 0);
    let kept = crate::picture::backup_bodies(&lab);
    assert!(kept.contains(&session("x", 3)) && kept.contains(&session("x", 1)));
    assert!(!run(lab.tab().delete(&key("x"), true)).unwrap());
    tidy(&lab);
}

#[test]
fn a_source_that_is_not_there_is_empty_and_is_not_created() {
    let lab = two_sources();
    put(&lab, "old", "y", &session("y", 1));
    assert_eq!(lab.migrate_all().migrated, 1);
    assert_eq!(lab.load("nonesuch").unwrap(), None);
    let databases = lab.disk.image().sources;
    assert_eq!(databases["app"].keys().collect::<Vec<_>>(), ["old"]);
}

#[test]
fn keys_of_every_kind_are_told_in_their_order() {
    let lab = Lab::new(json!({
        "sources": [{ "database": "app", "store": "docs", "keys": "any" }],
        "layout": {}
    }));
    let keys = [
        Key::Number(2.0),
        Key::Date(1.0),
        key("a"),
        Key::Binary(vec![0]),
    ];
    for (n, at) in keys.into_iter().enumerate() {
        let body: Value = json!({ "id": format!("{n}") }).into();
        lab.disk.plant("app", "docs", at, body);
    }
    let result = lab.migrate_all();
    let ids = result
        .sessions
        .into_iter()
        .map(|row| row.session_id.unwrap());
    assert_eq!(ids.collect::<Vec<_>>(), ["0", "1", "2", "3"].map(key));
}
