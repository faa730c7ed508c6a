//! A device's clock that is put back, or on, while a session is held.

use crate::lab::{Lab, session};
use crate::picture::tidy;
use crate::support::twin::{Fault, run};
use restow::domain::time::{DAY_MS, Timestamp};
use restow::engine::Options;
use restow::ports::{Clock, Ports, Unwatched};

/// A tab without Web Locks that dies with the session staged, and its lease with it.
fn died_holding() -> Lab {
    let lab = Lab::small().without_locks();
    let tab = lab.tab();
    let staged = {
        let lab = lab.fork();
        let tab = lab.tab();
        run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        let trace = tab.ports.tab().trace();
        let applied = trace.iter().position(|what| what.about.contains("Take"));
        applied.expect("the lease is taken")
    };
    tab.ports.tab().at(staged + 1, Fault::DEATHS[0].clone());
    let _ = run(tab.migrate_all(&Options::default(), &Unwatched));
    assert_eq!(lab.disk.own().unwrap().leases.len(), 1);
    lab
}

#[test]
fn a_clock_that_was_put_back_holds_no_session() {
    for days in [1, 365, 3650] {
        let lab = died_holding();
        let now = lab.tab().ports.clock().now();
        lab.disk.clock().set(Timestamp(now.0 - days * DAY_MS));
        let result = run(lab.tab().migrate_all(&Options::default(), &Unwatched)).unwrap();
        assert!(result.success, "{days}: {result:?}");
        assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
        tidy(&lab);
    }
}

#[test]
fn a_clock_that_stands_still_leaves_a_lease_its_time() {
    let lab = died_holding();
    let held = run(lab.tab().migrate_all(&Options::default(), &Unwatched)).unwrap();
    assert_eq!(held.migrated, 0, "{held:?}");
    lab.disk.clock().advance(31_000);
    let over = run(lab.tab().migrate_all(&Options::default(), &Unwatched)).unwrap();
    assert!(over.success, "{over:?}");
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    tidy(&lab);
}
