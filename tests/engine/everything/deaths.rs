//! Dying at every operation of a run over everything, in every way, with and without a power cut; and
//! then running once more.

use super::streak::{self, sign_in};
use super::*;
use crate::lab::Tab;
use crate::state::{cuts, kept};
use crate::support::twin::Fault;
use restow::domain::state::CarryStanding;
use std::collections::BTreeSet;

async fn once(tab: &Tab) -> bool {
    let result = tab.migrate_all(&Options::default(), &Ear::default()).await;
    result.is_ok_and(|result| result.success)
}

/// What must be the same in the end: how often a state that changes was captured is no part of it.
fn picture(lab: &Lab) -> impl PartialEq + std::fmt::Debug + use<> {
    let own = lab.disk.own().unwrap_or_default();
    assert!(own.journal.is_empty(), "{:?}", own.journal);
    assert!(own.leases.is_empty(), "{:?}", own.leases);
    let manifests = own.manifests.values();
    let manifests: Vec<_> = manifests
        .map(|(manifest, skeleton)| (manifest.id.clone(), manifest.state, skeleton.clone()))
        .collect();
    let kept: BTreeSet<String> = kept(lab).iter().map(|kept| format!("{kept:?}")).collect();
    (local(lab), manifests, own.quarantine.len(), kept)
}

/// Dies everywhere in a run. Afterwards every text of `texts` lies under its key, in a snapshot, or
/// can be loaded, and one more run ends where undisturbed ones do. Returns how many disks there were.
fn survives(lab: &Lab, texts: &[(Key, Value)], loads: &[Key]) -> usize {
    lab.disk.settle();
    let undisturbed = lab.fork();
    assert!(run(once(&undisturbed.tab())));
    assert!(run(once(&undisturbed.tab())));
    let wanted = picture(&undisturbed);
    let mut disks = 0;
    for lab in [lab.fork(), lab.without_locks()] {
        let operations = {
            let tab = lab.fork().tab();
            run(once(&tab));
            tab.ports.tab().operations()
        };
        for n in 0..operations {
            for fault in Fault::DEATHS {
                let lab = lab.fork();
                let tab = lab.tab();
                let how = format!("{fault:?} at {n}");
                tab.ports.tab().at(n, fault);
                run(once(&tab));
                assert!(tab.ports.tab().is_dead(), "{how} killed no one");
                lab.disk.clock().advance(31_000);
                for cut in cuts(&lab) {
                    disks += 1;
                    let lab = lab.fork();
                    let how = format!("{how}, power cut {cut:?}");
                    if let Some((keep, local)) = cut {
                        lab.disk.power_cut_keeping_local(keep, local);
                    }
                    let (now, safe) = (local(&lab), kept(&lab));
                    for (key, text) in texts {
                        let there = now.get(key) == Some(text);
                        let safe = there || safe.contains(&(key.clone(), text.clone()));
                        let loaded = !safe && loads.contains(key);
                        let loaded = loaded
                            && run(lab.fork().tab().load_full(key)).is_ok_and(|one| one.is_some());
                        assert!(safe || loaded, "{how}: {key} is lost");
                    }
                    assert!(run(once(&lab.tab())), "{how}: the next run fails");
                    assert!(run(once(&lab.tab())), "{how}: the run after that fails");
                    let found = picture(&lab);
                    assert!(found == wanted, "{how}\n{found:?}\ninstead of\n{wanted:?}");
                }
            }
        }
    }
    disks
}

fn texts(lab: &Lab) -> Vec<(Key, Value)> {
    local(lab).into_iter().collect()
}

#[test]
fn a_death_in_a_run_over_chats_and_state_loses_nothing() {
    let lab = Lab::new(json!({ "preset": "agents", "tenantId": ACME }));
    for (form, text) in [STATE[1], CHATS[0], OTHERS[0]] {
        plant(&lab, form, text);
    }
    let disks = survives(&lab, &texts(&lab), &[Key::text(named(CHATS[0].0))]);
    assert!(disks > 100, "{disks}");
}

#[test]
fn a_death_in_a_run_that_carries_loses_nothing_and_adds_nothing_twice() {
    let lab = streak::streak(9);
    sign_in(&lab);
    let disks = survives(&lab, &texts(&lab), &[]);
    assert!(disks > 100, "{disks}");
    let status = {
        run(once(&lab.tab()));
        run(lab.tab().status(Default::default()))
            .unwrap()
            .state
            .unwrap()
    };
    assert_eq!(status.carry.unwrap().standing, CarryStanding::Done);
}
