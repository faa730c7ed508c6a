//! What is added, and when not.

use super::*;

fn total(lab: &Lab) -> i64 {
    target(lab)["engagement"]["totalCompletions"]
        .as_i64()
        .unwrap()
}

fn count(lab: &Lab, total: u32) {
    let text = format!(r#"{{"engagement":{{"totalCompletions":{total}}}}}"#);
    plant(lab, TO, &text);
}

#[test]
fn a_sum_is_added_once_however_the_application_counts_on() {
    let lab = with(
        Some(&streak(5)),
        Some(r#"{"engagement":{"totalCompletions":2}}"#),
    );
    carry(&lab).unwrap();
    assert_eq!(total(&lab), 7);
    count(&lab, 9);
    let result = carry(&lab).unwrap();
    assert_eq!(total(&lab), 9);
    let change = result
        .changes
        .iter()
        .find(|one| one.path == "engagement.totalCompletions");
    assert_eq!(change.unwrap().becomes, change.unwrap().to);
    // Only what has come is added.
    plant(&lab, FROM, &streak(6));
    carry(&lab).unwrap();
    assert_eq!(total(&lab), 10);
    carry(&lab).unwrap();
    assert_eq!(total(&lab), 10);
}

#[test]
fn a_sum_is_not_added_again_when_the_snapshot_has_expired() {
    let lab = with(Some(&streak(5)), Some(ZEROS));
    carry(&lab).unwrap();
    count(&lab, 8);
    lab.disk.clock().advance(40 * 86_400_000);
    run(lab
        .tab()
        .cleanup(restow::domain::retention::Rule::Expired, true))
    .unwrap();
    assert!(lab.disk.own().unwrap().backups.is_empty());
    let result = carry(&lab).unwrap();
    assert_eq!(total(&lab), 8);
    // What was read is in a snapshot again, so it can be cleared.
    assert!(
        lab.disk
            .own()
            .unwrap()
            .backups
            .contains_key(&result.path.unwrap())
    );
    assert!(result.clear.is_some());
}

#[test]
fn what_was_lost_from_the_target_is_added_again() {
    for lost in [ZEROS, r#"{"engagement":{}}"#] {
        let lab = with(
            Some(&streak(5)),
            Some(r#"{"engagement":{"totalCompletions":2}}"#),
        );
        carry(&lab).unwrap();
        plant(&lab, TO, lost);
        carry(&lab).unwrap();
        assert_eq!(total(&lab), 5, "{lost}");
    }
}

#[test]
fn a_key_that_was_cleared_begins_anew() {
    let lab = with(Some(&streak(5)), Some(ZEROS));
    let path = carry(&lab).unwrap().path.unwrap();
    clear(&lab, &path).unwrap();
    assert_eq!(text(&lab, FROM), None);
    // The person goes on without an account.
    plant(&lab, FROM, &streak(2));
    carry(&lab).unwrap();
    assert_eq!(total(&lab), 7);
    // What was cleared and comes back is not new.
    let lab = with(Some(&streak(5)), Some(ZEROS));
    let path = carry(&lab).unwrap().path.unwrap();
    clear(&lab, &path).unwrap();
    restore(&lab, &path, false).unwrap();
    carry(&lab).unwrap();
    assert_eq!(total(&lab), 5);
    plant(&lab, FROM, &streak(6));
    carry(&lab).unwrap();
    assert_eq!(total(&lab), 6);
}
