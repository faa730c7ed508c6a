//! A tab that is frozen before any of its operations, while another one takes over and does as it
//! likes; and then it wakes.

use crate::calls::{CALLS, Call, act, before_append, beginnings, created, has_appended};
use crate::lab::Lab;
use crate::picture::{bodies_kept, tidy};
use crate::support::twin::{Disk, run};
use restow::engine::Options;
use restow::ports::Unwatched;
use std::cell::Cell;
use std::rc::Rc;

/// One call frozen before each of its operations while another is carried out; returns how often.
fn freeze(name: &str, lab: &Lab, frozen: Call, other: Call) -> usize {
    let operations = {
        let tab = lab.fork().tab();
        run(act(&tab, frozen));
        tab.ports.tab().operations()
    };
    for n in 0..operations {
        let how = format!("{name}: {frozen:?} frozen before {n} while {other:?}");
        let lab = lab.fork();
        let mut had = bodies_kept(&lab);
        let tab = lab.tab();
        let (config, did) = (lab.config.clone(), Rc::new(Cell::new(false)));
        let done = did.clone();
        tab.ports.tab().before_op(n, move |disk: &Disk| {
            disk.clock().advance(31_000);
            let lab = Lab::on(disk, &config);
            done.set(run(act(&lab.tab(), other)));
        });
        let said = [(frozen, run(act(&tab, frozen))), (other, did.get())];
        lab.disk.clock().advance(60_000);
        run(lab.tab().migrate_all(&Options::default(), &Unwatched)).unwrap();
        tidy(&lab);
        let has = bodies_kept(&lab);
        if said.contains(&(Call::Append, true)) {
            assert!(has_appended(&has), "{how}: lost what was appended");
        }
        if said.contains(&(Call::Create, true)) {
            had.push(created());
        }
        // A clean-up removes backups of bodies that have been replaced since.
        if said.contains(&(Call::Cleanup, true)) {
            had.clear();
        }
        // A backup alone would not do: unless it was deleted, the session is there.
        if ![frozen, other].contains(&Call::Delete) {
            assert!(
                lab.load("s1").unwrap().is_some(),
                "{how}: it is gone\n{said:?}"
            );
        }
        let has: Vec<_> = has.iter().map(before_append).collect();
        for body in had.iter().map(before_append) {
            assert!(has.contains(&body), "{how}: lost {body:?}\n{said:?}");
        }
    }
    operations
}

#[test]
fn a_frozen_tab_that_wakes_harms_nothing_whatever_was_done_meanwhile() {
    let mut times = 0;
    for (name, lab) in beginnings() {
        lab.disk.set_web_locks(false);
        for frozen in CALLS {
            for other in CALLS {
                times += freeze(name, &lab, frozen, other);
            }
        }
    }
    println!("{times} awakenings without Web Locks");
    assert!(times > 0);
}

#[test]
fn a_frozen_tab_that_still_holds_its_lock_harms_nothing_either() {
    let mut times = 0;
    for (name, lab) in beginnings() {
        for frozen in [Call::Batch, Call::Rollback, Call::KeepChunks, Call::Delete] {
            for other in [Call::Force, Call::Rollback, Call::Delete] {
                times += freeze(name, &lab, frozen, other);
            }
        }
    }
    println!("{times} awakenings with Web Locks");
    assert!(times > 0);
}
