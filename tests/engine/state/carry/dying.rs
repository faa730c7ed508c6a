//! A tab that dies while it carries.

use super::super::deaths::survives;
use super::*;

#[test]
fn a_death_while_a_key_is_carried_loses_nothing_and_adds_nothing_twice() {
    for to in [Some(ZEROS), None] {
        let lab = with(Some(&streak(12)), to);
        lab.disk.settle();
        let disks = survives("carry state", &lab, async |tab| {
            tab.carry_state(&preset(), true).await
        });
        assert!(disks > 0);
    }
}

#[test]
fn a_death_while_more_is_carried_loses_nothing_and_adds_nothing_twice() {
    let lab = with(Some(&streak(12)), Some(ZEROS));
    carry(&lab).unwrap();
    plant(&lab, FROM, &streak(13));
    lab.disk.settle();
    survives("carry state", &lab, async |tab| {
        tab.carry_state(&preset(), true).await
    });
}

#[test]
fn a_death_while_a_carry_is_undone_loses_nothing() {
    for to in [Some(ZEROS), None] {
        let lab = with(Some(&streak(12)), to);
        let path = carry(&lab).unwrap().path.unwrap();
        clear(&lab, &path).unwrap();
        lab.disk.settle();
        survives("undo a carry", &lab, async |tab| {
            tab.undo_carry(&path, false, true).await
        });
    }
}

#[test]
fn what_was_cleared_begins_anew_though_its_tab_died() {
    let lab = with(Some(&streak(12)), Some(ZEROS));
    let path = carry(&lab).unwrap().path.unwrap();
    lab.disk.settle();
    survives("clear what was carried", &lab, async |tab| {
        tab.clear_migrated_state(&path, true).await
    });
}
