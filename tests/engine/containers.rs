//! Sessions that lie together in one record: all of them moved, each by itself, and whatever else
//! lies there left as it is.

use crate::lab::key;
use crate::picture::tidy;
use crate::shelf::{Form, Shelf, body_of, count, text_of};
use crate::support::twin::{Fault, run};
use restow::domain::manifest::State;
use restow::domain::progress::{Phase, Progress};
use restow::domain::report::Outcome;
use restow::engine::{Edits, Options};
use restow::error::{Cause, Error};
use restow::ports::{Unwatched, Watch};
use std::cell::Cell;

/// Cancels when so many sessions were begun.
struct After(u32, Cell<u32>);

impl Watch for After {
    fn progress(&self, event: &Progress) {
        let begun = u32::from(event.phase == Phase::Migrating);
        self.1.set(self.1.get() + begun);
    }

    fn cancelled(&self) -> bool {
        self.1.get() >= self.0
    }
}

#[test]
fn every_session_of_a_container_is_moved_and_its_neighbours_keep_every_unit() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["s1", "s2", "s3"]);
        let texts = ["s1", "s2", "s3"].map(text_of);
        let odd = [
            ("odd", r#"{ "name":"no id",  "x" : 1.0 }"#),
            ("null", "null"),
        ];
        shelf.put(&[
            ("s1", &texts[0]),
            odd[0],
            ("s2", &texts[1]),
            odd[1],
            ("s3", &texts[2]),
        ]);
        let result = shelf.lab.migrate_all();
        assert_eq!((result.migrated, result.quarantined), (3, 2), "{form:?}");
        assert_eq!(shelf.record(), Some(shelf.holding(&odd)), "{form:?}");
        for id in ["s1", "s2", "s3"] {
            assert_eq!(shelf.lab.load(id).unwrap(), Some(body_of(id)), "{form:?}");
        }
        let status = run(shelf.tab().status(Default::default())).unwrap();
        let counts = (status.total, status.chunked, status.quarantined);
        assert_eq!(counts, (5, 3, 2), "{form:?}");
        let again = shelf.lab.migrate_all();
        assert_eq!(
            (again.migrated, again.skipped, again.quarantined),
            (0, 3, 2)
        );
        assert_eq!(shelf.record(), Some(shelf.holding(&odd)), "{form:?}");
        tidy(&shelf.lab);
    }
}

#[test]
fn an_emptied_container_stays_and_is_empty() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        assert_eq!(shelf.lab.migrate_all().migrated, 2, "{form:?}");
        assert_eq!(shelf.record(), Some(shelf.holding(&[])), "{form:?}");
        let status = run(shelf.tab().status(Default::default())).unwrap();
        assert_eq!((status.total, status.percentage), (2, 100));
        tidy(&shelf.lab);
    }
}

#[test]
fn one_session_of_a_container_is_moved_by_itself() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["s1", "s2", "s3"]);
        let result = shelf.lab.migrate("s2");
        assert_eq!(result.outcome, Outcome::Migrated, "{form:?}");
        let left = shelf.holding_sessions(&["s1", "s3"]);
        assert_eq!(shelf.record(), Some(left), "{form:?}");
        // And when it is loaded for the first time.
        assert_eq!(shelf.lab.load("s3").unwrap(), Some(body_of("s3")));
        let left = shelf.holding_sessions(&["s1"]);
        assert_eq!(shelf.record(), Some(left), "{form:?}");
        tidy(&shelf.lab);
    }
}

#[test]
fn a_rehearsal_writes_nothing() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        let image = shelf.lab.disk.image();
        let options = Options {
            dry_run: true,
            ..Options::default()
        };
        let result = run(shelf.tab().migrate_all(&options, &Unwatched)).unwrap();
        assert_eq!(result.migrated, 2);
        assert_eq!(shelf.lab.disk.image(), image);
    }
}

#[test]
fn a_rollback_puts_a_session_back_where_it_stood() {
    for form in [Form::Array, Form::LocalArray, Form::Gzip, Form::Map] {
        let shelf = Shelf::new(form, &["s1", "s2", "s3", "s4"]);
        shelf.lab.migrate_all();
        let mut back = Vec::new();
        // Positions are those among the members that are there now, so the last come first.
        for id in ["s1", "s2", "s3", "s4"] {
            let rolled = run(shelf.tab().rollback(&key(id), None, Edits::Refuse, true));
            assert!(rolled.is_ok(), "{form:?}: {rolled:?}");
            back.push(id);
            assert_eq!(shelf.ids(), back, "{form:?}");
            assert_eq!(shelf.lab.load(id).unwrap(), Some(body_of(id)), "{form:?}");
        }
        assert_eq!(shelf.lab.migrate_all().skipped, 4, "{form:?}");
    }
    let shelf = Shelf::new(Form::LocalArray, &["s1", "s2", "s3"]);
    shelf.lab.migrate("s2");
    run(shelf.tab().rollback(&key("s2"), None, Edits::Refuse, true)).unwrap();
    assert_eq!(shelf.ids(), ["s1", "s2", "s3"]);
}

#[test]
fn a_rollback_says_so_if_its_container_is_gone_or_of_another_form() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        shelf.lab.migrate("s1");
        let gone = shelf.fork();
        gone.lab.disk.remove_at(&form.place());
        let result = run(gone.tab().rollback(&key("s1"), None, Edits::Refuse, true));
        assert!(
            matches!(result, Err(Error::ContainerMissing { .. })),
            "{result:?}"
        );
        // The chunks, which are whole, rule on.
        assert_eq!(gone.lab.manifest("s1").unwrap().state, State::Committed);
        assert_eq!(gone.lab.load("s1").unwrap(), Some(body_of("s1")));
        tidy(&gone.lab);
        let taken = shelf.fork();
        let other = text_of("s1").replace("Session", "Another");
        taken.put(&[("s1", &other)]);
        let result = run(taken.tab().rollback(&key("s1"), None, Edits::Refuse, true));
        assert!(
            matches!(result, Err(Error::PlaceOccupied { .. })),
            "{result:?}"
        );
        assert_eq!(taken.record(), Some(taken.holding(&[("s1", &other)])));
    }
}

#[test]
fn a_cancelled_run_removes_what_it_committed_and_nothing_else() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["s1", "s2", "s3", "s4"]);
        let watch = After(2, Cell::new(0));
        let result = run(shelf.tab().migrate_all(&Options::default(), &watch)).unwrap();
        assert!(result.cancelled);
        assert_eq!(result.migrated, 2);
        let left = shelf.holding_sessions(&["s3", "s4"]);
        assert_eq!(shelf.record(), Some(left), "{form:?}");
        tidy(&shelf.lab);
        assert_eq!(shelf.lab.migrate_all().migrated, 2);
        assert_eq!(shelf.record(), Some(shelf.holding(&[])), "{form:?}");
    }
}

#[test]
fn a_session_that_fails_stays_and_the_others_go() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["s1", "s2", "s3"]);
        let trace = {
            let tab = shelf.fork().tab();
            run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
            tab.ports.tab().trace()
        };
        let staged = trace.iter().enumerate();
        let staged = staged.filter(|(_, op)| op.about.contains("PutManifest Staged"));
        let (second, _) = staged.clone().nth(1).unwrap();
        let tab = shelf.tab();
        let cause = Some(Cause::named("QuotaExceededError"));
        tab.ports.tab().at(
            second,
            Fault::Fail(Error::QuotaExceeded { needed: 1, cause }),
        );
        let result = run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        assert_eq!((result.migrated, result.errors.len()), (2, 1), "{form:?}");
        let left = shelf.holding_sessions(&["s2"]);
        assert_eq!(shelf.record(), Some(left), "{form:?}");
        tidy(&shelf.lab);
    }
}

#[test]
fn originals_that_cannot_be_removed_now_go_with_the_next_run() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        let removal = {
            let tab = shelf.fork().tab();
            run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
            let trace = tab.ports.tab().trace();
            trace.iter().position(|op| op.method == "replace").unwrap()
        };
        let tab = shelf.tab();
        let cause = Cause::named("AbortError");
        let failure = Fault::Fail(Error::TransactionAborted { cause });
        tab.ports.tab().at(removal, failure);
        let result = run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        assert_eq!(result.migrated, 2);
        for row in &result.sessions {
            assert_eq!(row.warnings[0].code, "OriginalStillThere", "{form:?}");
        }
        let both = shelf.holding_sessions(&["s1", "s2"]);
        assert_eq!(shelf.record(), Some(both), "{form:?}");
        // Nothing is out of place meanwhile.
        let status = run(shelf.tab().status(Default::default())).unwrap();
        assert_eq!((status.total, status.chunked), (2, 2), "{form:?}");
        let tab = shelf.tab();
        run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        assert_eq!(shelf.record(), Some(shelf.holding(&[])), "{form:?}");
        assert_eq!(count(&tab, "replace", ""), 1, "{form:?}");
        tidy(&shelf.lab);
    }
}

#[test]
fn ten_thousand_sessions_cost_one_read_and_one_rewriting_of_their_container() {
    for (form, sessions) in [(Form::Array, 10_000), (Form::LocalArray, 1000)] {
        let shelf = Shelf::new(form, &[]);
        let texts: Vec<_> = (0..sessions)
            .map(|n| (format!("n{n}"), format!(r#"{{"id":"n{n}"}}"#)))
            .collect();
        let members = texts.iter().map(|(id, text)| (id.as_str(), text.as_str()));
        shelf.put(&members.collect::<Vec<_>>());
        let about = form.place().key.to_string();
        let tab = shelf.tab();
        let result = run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        assert_eq!(result.migrated, sessions);
        // Once to move them, and once to count what is left.
        assert_eq!(count(&tab, "read", &about), 2, "{form:?}");
        assert_eq!(count(&tab, "replace", &about), 1, "{form:?}");
        assert_eq!(shelf.record(), Some(shelf.holding(&[])), "{form:?}");
        // The removal does not reach the disk: recovery takes them together as well.
        shelf.lab.disk.power_cut(0);
        assert_eq!(shelf.ids().len(), sessions as usize);
        let tab = shelf.tab();
        let result = run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        assert_eq!((result.migrated, result.skipped), (0, sessions));
        assert_eq!(count(&tab, "replace", &about), 1, "{form:?}");
        // Once to recover, once to look for more, and once to count.
        assert_eq!(count(&tab, "read", &about), 3, "{form:?}");
        assert_eq!(shelf.record(), Some(shelf.holding(&[])), "{form:?}");
        assert!(shelf.lab.disk.own().unwrap().journal.is_empty());
    }
}
