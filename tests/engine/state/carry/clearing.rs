//! Clearing what was carried.

use super::*;
use restow::domain::state::Kept;

#[test]
fn only_the_key_that_was_read_is_cleared_and_only_as_it_was_read() {
    let lab = with(Some(&streak(12)), Some(ZEROS));
    let path = carry(&lab).unwrap().path.unwrap();
    let merged = text(&lab, TO);
    let result = clear(&lab, &path).unwrap();
    assert_eq!(result.removed, [FROM]);
    assert_eq!((result.kept.len(), result.kept[0].why), (1, Kept::Flag));
    assert_eq!((text(&lab, FROM), text(&lab, TO)), (None, merged));

    let lab = with(Some(&streak(12)), Some(ZEROS));
    let path = carry(&lab).unwrap().path.unwrap();
    plant(&lab, FROM, &streak(13));
    let result = clear(&lab, &path).unwrap();
    assert!(result.removed.is_empty());
    assert_eq!(text(&lab, FROM).as_deref(), Some(&*streak(13)));
}

#[test]
fn what_has_changed_while_it_was_carried_is_not_offered() {
    let lab = with(Some(&streak(12)), Some(ZEROS));
    let tab = lab.tab();
    let last = operations(&lab, &async |tab: &Tab| {
        tab.carry_state(&preset(), true).await
    });
    // The last operation gives the lease up; the one before looks at what was read.
    tab.ports
        .tab()
        .before_op(last - 2, |disk| disk.plant_at(&place(FROM), "{}"));
    let result = run(tab.carry_state(&preset(), true)).unwrap();
    assert!(result.success && result.clear.is_none());
    assert_eq!(target(&lab)["streak"]["current"], 12);
}
