//! Dying at every operation of every call.

use crate::deaths::{Tally, always, survives};
use crate::lab::{Lab, key, session};
use restow::engine::Options;
use restow::ports::Unwatched;

fn said(what: &str, tally: Tally) {
    println!("{what}: {tally:?}");
}

#[test]
fn a_death_while_one_session_is_migrated_loses_nothing() {
    for (name, lab) in [
        ("migrate", Lab::small()),
        ("migrate, keeping originals", Lab::small().keeping()),
    ] {
        let call = async |tab: &crate::lab::Tab| tab.migrate(&key("s1"), &Options::default()).await;
        let tally = survives(&lab, &always("s1", &session("s1", 3)), call, call);
        said(name, tally);
    }
}

#[test]
fn a_death_while_all_sessions_are_migrated_loses_nothing() {
    let lab = Lab::small();
    lab.plant("s2", &session("s2", 0));
    lab.plant("s3", &session("s3", 2));
    let allowed = ["s1", "s2", "s3"].map(|id| {
        let shots = [("s1", 3), ("s2", 0), ("s3", 2)];
        let (_, shots) = shots.into_iter().find(|(own, _)| *own == id).unwrap();
        always(id, &session(id, shots)).remove(0)
    });
    let call = async |tab: &crate::lab::Tab| tab.migrate_all(&Options::default(), &Unwatched).await;
    said("batch of 3", survives(&lab, &allowed.into(), call, call));
}
