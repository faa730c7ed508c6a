//! Containers beside other sources, in every form: copies, duplicates, and what blocks what.

use crate::lab::{Lab, key};
use crate::picture::tidy;
use crate::shelf::{Form, Shelf, body_of, count, layout, text_of};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::report::Outcome;
use restow::engine::Edits;
use serde_json::json;

/// A container, and rows that come after it.
fn two(form: Form, ids: &[&str], rows: &[&str]) -> Shelf {
    let config = json!({
        "sources": [form.source(), { "name": "rows", "database": "low", "store": "rows" }],
        "layout": layout()
    });
    let mut lab = Lab::new(config);
    lab.disk.create_store("low", "rows");
    let shelf = Shelf::new(form, ids);
    lab.disk = shelf.lab.disk.clone();
    for id in rows {
        lab.disk.plant("low", "rows", key(id), older(id));
    }
    Shelf { lab, form }
}

fn older(id: &str) -> Value {
    body_of(id).with("name", "An older copy")
}

fn row(shelf: &Shelf, id: &str) -> Option<Value> {
    shelf.lab.disk.rows("low", "rows").get(&key(id)).cloned()
}

#[test]
fn a_copy_in_a_lower_source_is_reported_and_left_alone() {
    for form in Form::ALL {
        let shelf = two(form, &["s1", "s2"], &["s2", "s3"]);
        let before = run(shelf.tab().status(Default::default())).unwrap();
        assert_eq!((before.total, before.legacy), (3, 3), "{form:?}");
        for run_ in 0..2 {
            let result = shelf.lab.migrate_all();
            assert_eq!(result.total, 3, "{form:?} {run_}");
            let mut rows = result.sessions.iter();
            let s2 = rows.find(|row| row.session_id == Some(key("s2"))).unwrap();
            assert!(
                s2.warnings.iter().any(|w| w.code == "AlsoIn"),
                "{form:?} {run_}"
            );
            assert_eq!(shelf.lab.load("s2").unwrap(), Some(body_of("s2")));
            assert_eq!(row(&shelf, "s2"), Some(older("s2")));
            assert_eq!(row(&shelf, "s3"), None);
        }
        assert_eq!(
            run(shelf.tab().status(Default::default())).unwrap().total,
            3
        );
        tidy(&shelf.lab);
    }
}

#[test]
fn a_stale_copy_that_is_found_months_later_is_only_a_copy() {
    for form in Form::ALL {
        let shelf = two(form, &["s1"], &[]);
        shelf.lab.migrate_all();
        shelf.lab.disk.settle();
        shelf.lab.disk.clock().advance_days(90);
        shelf.lab.disk.plant("low", "rows", key("s1"), older("s1"));
        let result = shelf.lab.migrate_all();
        assert_eq!((result.total, result.skipped, result.migrated), (1, 1, 0));
        assert_eq!(shelf.lab.load("s1").unwrap(), Some(body_of("s1")));
        assert_eq!(row(&shelf, "s1"), Some(older("s1")));
        let status = run(shelf.tab().status(Default::default())).unwrap();
        assert_eq!((status.total, status.diverged), (1, 0), "{form:?}");
        // Rolled back, it is the one in the container that counts still.
        run(shelf.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
        assert_eq!(
            shelf.lab.load("s1").unwrap(),
            Some(body_of("s1")),
            "{form:?}"
        );
    }
}

#[test]
fn an_unreadable_container_blocks_what_may_be_older_copies() {
    for form in Form::ALL {
        let shelf = two(form, &["s1"], &[]);
        shelf.lab.migrate_all();
        shelf.lab.disk.plant("low", "rows", key("s1"), older("s1"));
        shelf.lab.disk.plant("low", "rows", key("s9"), older("s9"));
        let broken = match form {
            Form::LocalArray | Form::LocalMap => Value::text("{ cut short"),
            Form::Gzip => shelf.holding(&[]).with("data", "GZIP_V1:{ cut short"),
            Form::Array | Form::Map => shelf.holding(&[]).with("data", 7.0),
        };
        shelf.lab.disk.plant_at(&form.place(), broken.clone());
        let result = shelf.lab.migrate_all();
        let of = |id: &str| {
            let mut rows = result.sessions.iter();
            rows.find(|row| row.session_id == Some(key(id))).unwrap()
        };
        assert_eq!(of("s9").code.as_deref(), Some("HigherSourceUnreadable"));
        assert_eq!(of("s1").code.as_deref(), Some("AlreadyChunked"), "{form:?}");
        let quarantined = result.sessions.iter();
        let quarantined: Vec<_> = quarantined
            .filter(|row| row.outcome == Outcome::Quarantined)
            .collect();
        assert_eq!(quarantined.len(), 1, "{form:?}");
        let listed = run(shelf.tab().list_quarantine()).unwrap();
        assert_eq!(listed.len(), 1, "{form:?}");
        assert_eq!(listed[0].source, "shelf");
        // No one is kept from what can be read.
        assert_eq!(shelf.lab.load("s1").unwrap(), Some(body_of("s1")));
        assert_eq!(shelf.lab.load("s9").unwrap(), Some(older("s9")), "{form:?}");
        let single = shelf.lab.migrate("s9");
        assert_eq!(single.code.as_deref(), Some("HigherSourceUnreadable"));
        assert_eq!(row(&shelf, "s9"), Some(older("s9")));
        assert_eq!(shelf.record(), Some(broken), "{form:?}");
        // Mended, it is no longer listed, and what lies below is moved.
        shelf.put_sessions(&[]);
        assert_eq!(shelf.lab.migrate_all().migrated, 1, "{form:?}");
        assert!(run(shelf.tab().list_quarantine()).unwrap().is_empty());
        tidy(&shelf.lab);
    }
}

#[test]
fn of_two_members_with_one_id_neither_is_moved() {
    for form in [Form::Array, Form::LocalArray, Form::Gzip] {
        let shelf = Shelf::new(form, &[]);
        let (one, two) = (text_of("s1"), text_of("s1").replace("Session", "Another"));
        let fine = text_of("s2");
        shelf.put(&[("a", &one), ("b", &fine), ("c", &two)]);
        let result = shelf.lab.migrate_all();
        assert_eq!((result.migrated, result.quarantined), (1, 2), "{form:?}");
        for row in result
            .sessions
            .iter()
            .filter(|row| row.session_id == Some(key("s1")))
        {
            assert_eq!(row.code.as_deref(), Some("DuplicateId"), "{form:?}");
        }
        assert_eq!(shelf.ids(), ["s1", "s1"], "{form:?}");
        assert_eq!(shelf.lab.migrate("s1").outcome, Outcome::Quarantined);
        assert_eq!(
            run(shelf.tab().status(Default::default()))
                .unwrap()
                .quarantined,
            2
        );
        tidy(&shelf.lab);
    }
}

#[test]
fn kept_originals_stay_and_go_together_when_asked() {
    for form in Form::ALL {
        let mut shelf = Shelf::new(form, &["s1", "s2", "s3"]);
        shelf.lab = shelf.lab.keeping();
        let whole = shelf.record();
        assert_eq!(shelf.lab.migrate_all().migrated, 3);
        assert_eq!(shelf.record(), whole, "{form:?}");
        let status = run(shelf.tab().status(Default::default())).unwrap();
        assert_eq!((status.chunked, status.legacy), (3, 0), "{form:?}");
        assert_eq!(shelf.lab.migrate_all().skipped, 3);
        // The original that is still there is just what a rollback wants.
        let back = shelf.fork();
        run(back.tab().rollback(&key("s2"), None, Edits::Refuse, true)).unwrap();
        assert_eq!(back.record(), whole, "{form:?}");
        // One that was changed has diverged, and stays.
        let texts = ["s1", "s3"].map(text_of);
        let other = text_of("s2").replace("Session", "Another");
        shelf.put(&[("s1", &texts[0]), ("s2", &other), ("s3", &texts[1])]);
        assert_eq!(
            run(shelf.tab().status(Default::default()))
                .unwrap()
                .diverged,
            1,
            "{form:?}"
        );
        let tab = shelf.tab();
        let result = run(tab.remove_originals(true)).unwrap();
        assert_eq!(result.removed, [key("s1"), key("s3")], "{form:?}");
        assert_eq!(result.diverged, [key("s2")], "{form:?}");
        assert_eq!(count(&tab, "replace", ""), 1, "{form:?}");
        assert_eq!(shelf.record(), Some(shelf.holding(&[("s2", &other)])));
        tidy(&shelf.lab);
    }
}
