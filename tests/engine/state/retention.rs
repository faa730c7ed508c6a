//! Snapshots that have had their time.

use super::*;
use restow::domain::retention::Rule;

fn clean_up(lab: &Lab) -> (usize, Vec<String>) {
    let result = run(lab.tab().cleanup(Rule::Expired, true)).unwrap();
    let kept = result.kept.into_iter().map(|kept| kept.code).collect();
    (result.removed.len(), kept)
}

#[test]
fn an_expired_snapshot_goes_without_any_session() {
    let lab = lab();
    captured(&lab);
    lab.disk.clock().advance_days(29);
    assert_eq!(clean_up(&lab), (0, vec![]));
    lab.disk.clock().advance_days(2);
    assert_eq!(clean_up(&lab), (1, vec![]));
    let own = lab.disk.own().unwrap();
    assert!(own.backups.is_empty());
    assert_eq!(own.audit.last().unwrap().action, "cleanup");
}

#[test]
fn a_snapshot_that_was_used_within_a_day_stays() {
    let lab = lab();
    let path = captured(&lab);
    lab.disk.clock().advance_days(31);
    clear(&lab, &path).unwrap();
    assert_eq!(clean_up(&lab), (0, vec!["UsedLately".into()]));
    restore(&lab, &path, false).unwrap();
    lab.disk.power_cut(0);
    restore(&lab, &path, false).unwrap();
    lab.disk.clock().advance_days(2);
    assert_eq!(clean_up(&lab), (1, vec![]));
}

#[test]
fn a_damaged_snapshot_is_not_thrown_away() {
    let lab = lab();
    let path = captured(&lab);
    lab.disk
        .alter_backup(&path, |_, _, body| *body = Value::Null);
    lab.disk.clock().advance_days(31);
    assert_eq!(clean_up(&lab), (0, vec!["BackupDamaged".into()]));
}

#[test]
fn snapshots_take_nothing_away_from_the_backups_of_sessions() {
    let lab = Lab::with_migrated();
    plant(&lab, "theme", "dark");
    captured(&lab);
    assert_eq!(lab.backups("s1").len(), 1);
    assert_eq!(lab.backups("").len(), 1);
    assert_eq!(run(lab.tab().list_backups(None)).unwrap().len(), 2);
    assert_eq!(run(lab.tab().status(Default::default())).unwrap().total, 1);
}
