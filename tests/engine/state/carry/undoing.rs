//! A carry undone.

use super::*;
use restow::domain::state::Kept;

#[test]
fn both_keys_come_back_to_the_last_unit() {
    let odd = "{ \"streak\" : {\"current\":1e0} ,\n\"\\u0061\":\"\\ud800\" }\n";
    for (from, to) in [
        (streak(12), Some(ZEROS)),
        (streak(40), Some(odd)),
        (odd.to_owned(), None),
    ] {
        for cleared in [false, true] {
            let lab = with(Some(&from), to);
            let before = local(&lab);
            let path = carry(&lab).unwrap().path.unwrap();
            assert_ne!(local(&lab), before);
            if cleared {
                clear(&lab, &path).unwrap();
            }
            let result = undo(&lab, &path, false).unwrap();
            assert!(result.success && result.kept.is_empty(), "{result:?}");
            assert_eq!(local(&lab), before);
            // And once more, and the carry again.
            assert!(undo(&lab, &path, false).unwrap().restored.is_empty());
            assert!(carry(&lab).unwrap().changed);
            undo(&lab, &path, false).unwrap();
            assert_eq!(local(&lab), before);
        }
    }
}

#[test]
fn what_was_undone_is_added_again_once() {
    let lab = with(
        Some(&streak(5)),
        Some(r#"{"engagement":{"totalCompletions":2}}"#),
    );
    let path = carry(&lab).unwrap().path.unwrap();
    undo(&lab, &path, false).unwrap();
    plant(&lab, TO, r#"{"engagement":{"totalCompletions":3}}"#);
    carry(&lab).unwrap();
    carry(&lab).unwrap();
    assert_eq!(target(&lab)["engagement"]["totalCompletions"], 8);
}

#[test]
fn what_the_application_has_changed_since_is_kept_unless_it_is_to_be_overwritten() {
    let lab = with(Some(&streak(12)), None);
    let path = carry(&lab).unwrap().path.unwrap();
    let (edited, newer) = (streak(13), streak(14));
    plant(&lab, TO, &edited);
    plant(&lab, FROM, &newer);
    let result = undo(&lab, &path, false).unwrap();
    assert!(result.kept.len() == 2 && result.kept.iter().all(|one| one.why == Kept::Different));
    assert_eq!(text(&lab, TO).as_deref(), Some(&*edited));
    let result = undo(&lab, &path, true).unwrap();
    assert_eq!(result.restored.len(), 2);
    assert_eq!(text(&lab, FROM).as_deref(), Some(&*streak(12)));
    assert_eq!(text(&lab, TO), None);
    // What was overwritten can be put back.
    restore(&lab, &result.overwritten_path.unwrap(), true).unwrap();
    assert_eq!(text(&lab, FROM).as_deref(), Some(&*newer));
    assert_eq!(text(&lab, TO).as_deref(), Some(&*edited));
}

#[test]
fn only_a_carry_is_undone_and_only_when_that_is_confirmed() {
    let lab = with(Some(&streak(12)), Some(ZEROS));
    let path = carry(&lab).unwrap().path.unwrap();
    let before = local(&lab);
    let error = run(lab.tab().undo_carry(&path, false, false)).unwrap_err();
    assert_eq!(error.code(), "ConfirmationRequired");
    let request = Capture {
        registry: Registry::parse(&json!("streak")).unwrap(),
        tenant: None,
        ..agents()
    };
    let other = run(lab.tab().capture_state(&request)).unwrap().snapshot;
    let error = undo(&lab, &other.path.unwrap(), false).unwrap_err();
    assert_eq!(error.code(), "InvalidArgument");
    assert_eq!(
        undo(&lab, "nowhere", false).unwrap_err().code(),
        "BackupNotFound"
    );
    assert_eq!(local(&lab), before);
}
