//! Originals that were kept, and are to go after all.

use crate::lab::{Lab, key, session};
use crate::picture::tidy;
use crate::support::twin::run;
use restow::domain::report::RemoveOriginalsResult;
use restow::engine::Edits;
use restow::error::Error;

fn kept() -> Lab {
    let lab = Lab::small().keeping();
    for id in ["s2", "s3"] {
        lab.plant(id, &session(id, 2));
    }
    assert_eq!(lab.migrate_all().migrated, 3);
    lab
}

fn remove(lab: &Lab) -> RemoveOriginalsResult {
    run(lab.tab().remove_originals(true)).unwrap()
}

#[test]
fn unchanged_originals_go_and_changed_ones_stay() {
    let lab = kept();
    lab.plant("s2", &session("s2", 9));
    let result = remove(&lab);
    assert_eq!(result.removed, [key("s1"), key("s3")]);
    assert_eq!(result.diverged, [key("s2")]);
    assert!(result.errors.is_empty());
    assert_eq!((lab.row("s1"), lab.row("s3")), (None, None));
    assert!(lab.row("s2").is_some());
    for (id, shots) in [("s1", 3), ("s2", 2), ("s3", 2)] {
        assert_eq!(lab.load(id).unwrap(), Some(session(id, shots)));
    }
    tidy(&lab);
    let again = remove(&lab);
    assert_eq!((again.removed.len(), again.diverged), (0, vec![key("s2")]));
}

#[test]
fn it_needs_a_confirmation_that_says_which() {
    let lab = kept();
    lab.unplant("s2");
    let image = lab.disk.image();
    match run(lab.tab().remove_originals(false)) {
        Err(Error::ConfirmationRequired { preview, .. }) => {
            assert_eq!(preview["sessionIds"], serde_json::json!(["s1", "s3"]));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(lab.disk.image(), image);
}

#[test]
fn one_original_that_cannot_be_read_keeps_no_other_from_going() {
    let lab = kept();
    let place = lab.place("s2");
    lab.disk.make_unreadable(&place);
    let result = remove(&lab);
    assert_eq!(result.removed, [key("s1"), key("s3")]);
    assert_eq!(result.errors.len(), 1);
    assert_eq!(result.errors[0].code, "Unreadable");
    assert_eq!(result.errors[0].session_id, Some(key("s2")));
    assert!(lab.row("s2").is_some());
}

#[test]
fn what_was_rolled_back_is_no_original() {
    let lab = kept();
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    assert_eq!(remove(&lab).removed, [key("s2"), key("s3")]);
    assert!(lab.row("s1").is_some());
    tidy(&lab);
}

#[test]
fn edits_do_not_make_an_original_another() {
    let lab = kept();
    lab.edit("s1");
    let edited = lab.load("s1").unwrap();
    assert_eq!(remove(&lab).removed.len(), 3);
    assert_eq!(lab.load("s1").unwrap(), edited);
    tidy(&lab);
}
