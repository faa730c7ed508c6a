//! A run that waits for another tab tells its caller how far that one is.

use crate::lab::{Lab, session};
use crate::support::twin::{join2, run};
use restow::domain::progress::{Phase, Progress};
use restow::engine::Options;
use restow::ports::Watch;
use std::cell::RefCell;

/// Writes down everything that a caller hears.
#[derive(Default)]
struct Ears(RefCell<Vec<Progress>>);

impl Watch for Ears {
    fn progress(&self, event: &Progress) {
        self.0.borrow_mut().push(event.clone());
    }

    fn cancelled(&self) -> bool {
        false
    }
}

impl Ears {
    fn waiting(&self) -> Vec<Progress> {
        let events = self.0.borrow();
        let waiting = events.iter().filter(|event| event.phase == Phase::Waiting);
        waiting.cloned().collect()
    }
}

const SESSIONS: u32 = 5;

fn lab() -> Lab {
    let lab = Lab::taskerino();
    for number in 1..=SESSIONS {
        let id = format!("s{number}");
        lab.plant(&id, &session(&id, 45));
    }
    lab
}

#[test]
fn a_tab_that_waits_hears_how_far_the_other_one_is() {
    let lab = lab();
    let (a, b) = (lab.tab(), lab.tab());
    let (one, two) = (Ears::default(), Ears::default());
    let options = Options::default();
    let (first, second) = join2(a.migrate_all(&options, &one), b.migrate_all(&options, &two));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.migrated + second.migrated, SESSIONS);
    let heard = [one.waiting(), two.waiting()].concat();
    assert!(!heard.is_empty());
    for event in &heard {
        assert_eq!(event.total, SESSIONS);
        let number = event.done + 1;
        assert_eq!(
            event.message,
            format!("Waiting for another tab, which is at session {number} of {SESSIONS}")
        );
        assert_eq!((&event.session_id, &event.label), (&None, &None));
    }
    for ears in [&one, &two] {
        let events = ears.0.borrow();
        assert!(events.is_sorted_by_key(|event| event.percent));
        assert_eq!(events.last().unwrap().phase, Phase::Complete);
    }
}

#[test]
fn one_session_waits_and_hears_as_well() {
    let lab = lab();
    let (a, b) = (lab.tab(), lab.tab());
    let (one, two) = (Ears::default(), Ears::default());
    let (options, id) = (Options::default(), crate::lab::key("s1"));
    let (first, second) = join2(
        a.migrate_all(&options, &one),
        b.migrate_watched(&id, &options, &two),
    );
    assert!(first.unwrap().success && second.unwrap().success);
    assert!(![one.waiting(), two.waiting()].concat().is_empty());
}

#[test]
fn who_waits_for_nobody_hears_of_nobody() {
    let lab = lab();
    let alone = Ears::default();
    run(lab.tab().migrate_all(&Options::default(), &alone)).unwrap();
    assert!(alone.waiting().is_empty());

    // A rehearsal keeps nobody waiting, and says nothing to other tabs.
    let lab = self::lab();
    let (a, b) = (lab.tab(), lab.tab());
    let (one, two) = (Ears::default(), Ears::default());
    let options = Options::default();
    let rehearsal = Options {
        dry_run: true,
        ..Options::default()
    };
    let (first, second) = join2(
        a.migrate_all(&options, &one),
        b.migrate_all(&rehearsal, &two),
    );
    assert!(first.is_ok() && second.is_ok());
    assert!(one.waiting().is_empty());
}

#[test]
fn without_locks_nobody_waits_and_nothing_breaks() {
    let lab = lab().without_locks();
    let (a, b) = (lab.tab(), lab.tab());
    let (one, two) = (Ears::default(), Ears::default());
    let options = Options::default();
    let (first, second) = join2(a.migrate_all(&options, &one), b.migrate_all(&options, &two));
    assert!(first.is_ok() && second.is_ok());
    run(lab.tab().migrate_all(&options, &Ears::default())).unwrap();
}
