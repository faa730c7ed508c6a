//! Dying at every operation, in every way, with and without a power cut; and then going on.

use super::*;
use crate::deaths::Tally;
use crate::support::twin::Fault;

/// Dies everywhere in a call, and again everywhere in the next one. Afterwards nothing is lost, and
/// one more run ends where an undisturbed one does. Returns how many disks the deaths left behind.
pub fn survives<T>(name: &str, lab: &Lab, call: impl AsyncFn(&Tab) -> Result<T>) -> usize {
    let mut before = local(lab);
    // A snapshot that a call could begin with holds what must not be lost either.
    before.extend(kept(lab));
    let undisturbed = lab.fork();
    run(call(&undisturbed.tab())).unwrap_or_else(|error| panic!("{error}"));
    let wanted = picture(&undisturbed);
    let check = |lab: &Lab, how: &str| {
        for (key, text) in &before {
            nothing_is_lost(lab, &[(key.clone(), text.clone())].into(), how);
        }
        let lab = lab.fork();
        run(call(&lab.tab())).unwrap_or_else(|error| panic!("{how}: {error}"));
        let found = picture(&lab);
        assert!(found == wanted, "{how}\n{found:?}\ninstead of\n{wanted:?}");
    };
    let mut tally = Tally::default();
    let mut seen: Vec<Lab> = Vec::new();
    for lab in [lab.fork(), lab.without_locks()] {
        for (left, how) in deaths(&lab, &call) {
            tally.deaths += 1;
            check(&left, &how);
            if seen.iter().any(|other| is_same(other, &left)) {
                continue;
            }
            tally.disks += 1;
            for (second, again) in deaths(&left, &call) {
                tally.second += 1;
                check(&second, &format!("{how}; then {again}"));
            }
            seen.push(left);
        }
    }
    println!("{name}: {tally:?}");
    tally.deaths
}

/// Whether two deaths have left the same, as far as a next run can see.
fn is_same(one: &Lab, other: &Lab) -> bool {
    one.locks == other.locks
        && one.disk.undecided() == other.disk.undecided()
        && one.disk.undecided_local() == other.disk.undecided_local()
        && one.disk.image() == other.disk.image()
}

/// What each death in a call leaves behind, and how it came.
fn deaths<T>(lab: &Lab, call: &impl AsyncFn(&Tab) -> Result<T>) -> Vec<(Lab, String)> {
    let mut left = Vec::new();
    for n in 0..operations(lab, call) {
        for fault in Fault::DEATHS {
            let lab = lab.fork();
            let tab = lab.tab();
            let how = format!("{fault:?} at {n}");
            tab.ports.tab().at(n, fault);
            let _ = run(call(&tab));
            assert!(tab.ports.tab().is_dead(), "{how} killed no one");
            lab.disk.clock().advance(31_000);
            for cut in cuts(&lab) {
                let lab = lab.fork();
                if let Some((keep, local)) = cut {
                    lab.disk.power_cut_keeping_local(keep, local);
                }
                left.push((lab, format!("{how}, power cut {cut:?}")));
            }
        }
    }
    left
}

#[test]
fn a_death_while_state_is_captured_loses_nothing() {
    let disks = survives("capture state", &small(), async |tab| {
        tab.capture_state(&agents()).await
    });
    assert!(disks > 0);
}

#[test]
fn a_death_while_state_is_put_back_loses_nothing() {
    let lab = small();
    let path = captured(&lab);
    sign_out(&lab);
    lab.disk.settle();
    survives("restore state", &lab, async |tab| {
        tab.restore_state(&path, false, true).await
    });
}

#[test]
fn a_death_while_state_is_overwritten_loses_neither_the_old_nor_the_new() {
    let lab = small();
    let path = captured(&lab);
    plant(&lab, "theme", "light");
    lab.disk.remove_at(&place(&named("ai_agents_{t}")));
    lab.disk.settle();
    let newer = local(&lab);
    let call = async |tab: &Tab| tab.restore_state(&path, true, true).await;
    survives("overwrite state", &lab, call);
    for n in 0..operations(&lab, &call) {
        for fault in Fault::DEATHS {
            let lab = lab.fork();
            let tab = lab.tab();
            tab.ports.tab().at(n, fault);
            let _ = run(call(&tab));
            lab.disk.power_cut(0);
            nothing_is_lost(&lab, &newer, &format!("at {n}"));
        }
    }
}

#[test]
fn a_death_while_state_is_cleared_loses_nothing() {
    let lab = small();
    let path = captured(&lab);
    lab.disk.settle();
    survives("clear state", &lab, async |tab| {
        tab.clear_migrated_state(&path, true).await
    });
}
