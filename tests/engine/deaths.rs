//! Dying at every operation in turn, in every way, with and without a power cut; and then going on.

use crate::lab::{Lab, Tab};
use crate::picture::Picture;
use crate::support::twin::{Fault, run};
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::error::Result;

/// A disk as a death has left it.
pub struct Left {
    pub lab: Lab,
    pub how: String,
}

/// How many ends were tried.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Deaths, power cuts included.
    pub deaths: usize,
    /// Different disks that they left behind.
    pub disks: usize,
    /// Deaths while recovering from a death.
    pub second: usize,
}

/// The bodies that a session may have after a death; `None` for no session.
pub type Allowed = Vec<(Key, Vec<Option<Value>>)>;

/// A session has one body all the time.
pub fn always(id: &str, body: &Value) -> Allowed {
    vec![(Key::text(id), vec![Some(body.clone())])]
}

/// A session has one of two bodies.
pub fn either(id: &str, one: Option<&Value>, other: Option<&Value>) -> Allowed {
    vec![(Key::text(id), vec![one.cloned(), other.cloned()])]
}

/// Runs a call to its end on another disk, and says how many operations it took.
pub fn undisturbed<T>(lab: &Lab, call: &impl AsyncFn(&Tab) -> Result<T>) -> (Lab, usize) {
    let lab = lab.fork();
    let tab = lab.tab();
    let _ = run(call(&tab));
    (lab, tab.ports.tab().operations())
}

/// Every different disk that a death during a call may leave behind, and how many deaths there are:
/// at each operation, in each way, and with a power cut that keeps each number of relaxed commits.
pub fn deaths<T>(lab: &Lab, call: &impl AsyncFn(&Tab) -> Result<T>) -> (Vec<Left>, usize) {
    let (_, operations) = undisturbed(lab, call);
    let mut left: Vec<Left> = Vec::new();
    let mut count = 0;
    let mut keep_if_new = |one: Left| {
        count += 1;
        let same = |other: &Left| {
            other.lab.disk.undecided() == one.lab.disk.undecided()
                && other.lab.disk.undecided_local() == one.lab.disk.undecided_local()
                && other.lab.disk.image() == one.lab.disk.image()
        };
        if !left.iter().any(same) {
            left.push(one);
        }
    };
    for n in 0..operations {
        for fault in Fault::DEATHS {
            let lab = lab.fork();
            let tab = lab.tab();
            let mut how = format!("{fault:?} at {n}");
            tab.ports.tab().at(n, fault);
            let _ = run(call(&tab));
            assert!(tab.ports.tab().is_dead(), "{how} killed no one");
            if let Some(operation) = tab.ports.tab().trace().get(n) {
                how += &format!(", {operation}");
            }
            if !lab.locks {
                // No one can tell that the tab is dead, but for its lease that ends.
                how += ", without Web Locks";
                lab.disk.clock().advance(31_000);
            }
            let (relaxed, local) = (lab.disk.undecided(), lab.disk.undecided_local());
            let all = (0..=relaxed).flat_map(|keep| (0..=local).map(move |local| (keep, local)));
            for (keep, keep_local) in all.filter(|cut| *cut != (relaxed, local)) {
                let lab = lab.fork();
                lab.disk.power_cut_keeping_local(keep, keep_local);
                let mut how = format!("{how}, power cut after {keep}");
                if local > 0 {
                    how += &format!(" and {keep_local}");
                }
                keep_if_new(Left { lab, how });
            }
            keep_if_new(Left { lab, how });
        }
    }
    (left, count)
}

/// Dies at every operation of `call`, and again at every operation of the next run; each time the
/// session is whole, and one more run ends where an undisturbed one does.
pub fn survives<T, U>(
    lab: &Lab,
    allowed: &Allowed,
    call: impl AsyncFn(&Tab) -> Result<T>,
    again: impl AsyncFn(&Tab) -> Result<U>,
) -> Tally {
    survives_until(lab, allowed, call, again, |_| {})
}

/// The same for what has to settle before it is at its end.
pub fn survives_until<T, U>(
    lab: &Lab,
    allowed: &Allowed,
    call: impl AsyncFn(&Tab) -> Result<T>,
    again: impl AsyncFn(&Tab) -> Result<U>,
    settle: impl Fn(&Lab),
) -> Tally {
    let (after, _) = undisturbed(lab, &call);
    settle(&after);
    let wanted = Picture::of(&after);
    let (mut left, count) = deaths(lab, &call);
    let (without, more) = deaths(&lab.without_locks(), &call);
    left.extend(without);
    let mut tally = Tally {
        deaths: count + more,
        disks: left.len(),
        second: 0,
    };
    for one in left {
        is_whole(&one, allowed);
        let (second, count) = deaths(&one.lab, &again);
        tally.second += count;
        for two in second {
            let two = Left {
                how: format!("{}; then {}", one.how, two.how),
                ..two
            };
            is_whole(&two, allowed);
            ends_well(&two, &again, &settle, &wanted);
        }
        ends_well(&one, &again, &settle, &wanted);
    }
    assert!(tally.deaths > 0 && tally.second > 0, "no one died");
    tally
}

pub fn ends_well<T>(
    left: &Left,
    again: &impl AsyncFn(&Tab) -> Result<T>,
    settle: &impl Fn(&Lab),
    wanted: &Picture,
) {
    let lab = left.lab.fork();
    let _ = run(again(&lab.tab()));
    settle(&lab);
    let own = lab.disk.own().unwrap_or_default();
    assert!(
        own.journal.is_empty() && own.leases.is_empty(),
        "{}: journal {:?}, leases {:?}",
        left.how,
        own.journal,
        own.leases
    );
    let mut found = Picture::of(&lab);
    if left.how.contains("DieInside") || left.how.contains("power cut") {
        found.settle(wanted);
    }
    let differences = found.differences(wanted);
    assert!(
        differences.is_empty(),
        "{}\n{}",
        left.how,
        differences.join("\n")
    );
}

/// Each session can be loaded, just as it may be.
pub fn is_whole(left: &Left, allowed: &Allowed) {
    for (id, bodies) in allowed {
        let lab = left.lab.fork();
        let found = run(lab.tab().load_full(id));
        let found = found.unwrap_or_else(|error| panic!("{}: {id} gives {error}", left.how));
        assert!(
            bodies.contains(&found),
            "{}: {id} is {found:?}, and not one of {bodies:?}",
            left.how
        );
    }
}
