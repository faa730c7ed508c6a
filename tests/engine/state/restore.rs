//! Putting back.

use super::*;
use restow::domain::state::{self, Kept};
use restow::engine::Edits;
use restow::error::{Cause, Error};

#[test]
fn a_restoration_needs_a_confirmation_and_says_what_it_would_write() {
    let lab = lab();
    let path = captured(&lab);
    sign_out(&lab);
    let before = lab.disk.image();
    match run(lab.tab().restore_state(&path, false, false)) {
        Err(Error::ConfirmationRequired {
            action, preview, ..
        }) => {
            assert_eq!(action, "restoreState");
            assert_eq!(
                (&preview["keys"], &preview["classes"]["chat"]),
                (&json!(5), &json!(1))
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(lab.disk.image(), before);
}

#[test]
fn what_was_signed_out_is_put_back() {
    let lab = lab();
    let (before, path) = (local(&lab), captured(&lab));
    sign_out(&lab);
    let result = restore(&lab, &path, false).unwrap();
    assert!(result.success);
    assert_eq!(result.restored.len(), 5);
    assert_eq!(local(&lab), before);
    let again = restore(&lab, &path, false).unwrap();
    assert_eq!((again.restored.len(), again.unchanged.len()), (0, 5));
    assert_eq!(local(&lab), before);
}

#[test]
fn what_is_there_and_different_is_kept() {
    let lab = lab();
    let path = captured(&lab);
    sign_out(&lab);
    plant(&lab, "theme", "light");
    let result = restore(&lab, &path, false).unwrap();
    assert!(result.success);
    assert_eq!(result.restored.len(), 4);
    let [kept] = &result.kept[..] else {
        panic!("{result:?}")
    };
    assert_eq!((kept.key.as_str(), kept.why), ("theme", Kept::Different));
    assert_eq!(text(&lab, "theme").as_deref(), Some("light"));
}

#[test]
fn what_is_overwritten_becomes_a_snapshot_first() {
    let lab = lab();
    let path = captured(&lab);
    plant(&lab, "theme", "light");
    let result = restore(&lab, &path, true).unwrap();
    assert_eq!(result.restored, ["theme"]);
    assert_eq!(text(&lab, "theme").as_deref(), Some("dark"));
    let overwritten = result.overwritten_path.unwrap();
    let back = restore(&lab, &overwritten, true).unwrap();
    assert_eq!(back.restored, ["theme"]);
    assert_eq!(text(&lab, "theme").as_deref(), Some("light"));
}

#[test]
fn what_another_tab_writes_between_planning_and_writing_is_kept() {
    let lab = lab();
    let path = captured(&lab);
    sign_out(&lab);
    let call = async |tab: &Tab| tab.restore_state(&path, true, true).await;
    for n in 0..operations(&lab, &call) {
        let lab = lab.fork();
        let tab = lab.tab();
        tab.ports
            .tab()
            .before_op(n, |disk| disk.plant_at(&place("theme"), "from another tab"));
        let result = run(call(&tab)).unwrap();
        let now = text(&lab, "theme").unwrap();
        let safe = kept(&lab).contains(&(Key::text("theme"), "from another tab".into()));
        assert!(now == "from another tab" || safe, "at {n}: {result:?}");
        if now != "dark" && result.success {
            assert!(
                !result.restored.contains(&"theme".into()) || n > 10,
                "at {n}: {result:?}"
            );
        }
    }
}

#[test]
fn what_another_tab_wrote_unseen_is_put_back_and_told() {
    let lab = lab();
    let path = captured(&lab);
    sign_out(&lab);
    lab.disk
        .foreign_write(&Key::text("theme"), Some("unseen".into()));
    let result = restore(&lab, &path, false).unwrap();
    assert_eq!(text(&lab, "theme").as_deref(), Some("unseen"));
    assert_eq!(
        (result.restored.len(), result.kept[0].why),
        (4, Kept::Changed)
    );
}

#[test]
fn a_restoration_for_which_there_is_no_room_is_undone() {
    let lab = lab();
    let path = captured(&lab);
    sign_out(&lab);
    plant(&lab, "theme", "light");
    let before = local(&lab);
    lab.disk
        .set_local_limit(Some(lab.disk.image().local_units() + 120));
    let error = restore(&lab, &path, true).unwrap_err();
    assert_eq!(error.code(), "QuotaExceeded");
    assert_eq!(local(&lab), before);
    let audit = lab.disk.own().unwrap().audit;
    assert_eq!(audit.last().unwrap().action, "restore-undone");
}

#[test]
fn a_power_cut_after_a_restoration_costs_nothing() {
    let lab = lab();
    let (before, path) = (local(&lab), captured(&lab));
    sign_out(&lab);
    restore(&lab, &path, false).unwrap();
    for keep in 0..=lab.disk.undecided_local() {
        let lab = lab.fork();
        lab.disk.power_cut_keeping_local(0, keep);
        nothing_is_lost(&lab, &before, "after a power cut");
        restore(&lab, &path, false).unwrap();
        assert_eq!(local(&lab), before);
    }
}

#[test]
fn a_damaged_snapshot_is_not_used() {
    let lab = lab();
    let path = captured(&lab);
    sign_out(&lab);
    let before = local(&lab);
    lab.disk.alter_backup(&path, |_, _, body| {
        *body = body
            .change(&["0".into(), "1".into()], |_| Some("forged".into()))
            .unwrap();
    });
    assert_eq!(
        restore(&lab, &path, true).unwrap_err().code(),
        "BackupDamaged"
    );
    assert_eq!(clear(&lab, &path).unwrap_err().code(), "BackupDamaged");
    assert_eq!(local(&lab), before);
}

#[test]
fn only_a_snapshot_of_state_can_be_put_back_here() {
    let lab = Lab::with_migrated();
    let session = lab.backups("s1").remove(0);
    let code = |error: Error| error.code();
    let refused = restore(&lab, &session, true).unwrap_err();
    assert_eq!(code(refused), "InvalidArgument");
    assert_eq!(code(clear(&lab, &session).unwrap_err()), "InvalidArgument");
    let missing = restore(&lab, "nowhere", true).unwrap_err();
    assert_eq!(code(missing), "BackupNotFound");
}

#[test]
fn every_backup_in_the_list_is_put_back_by_one_call() {
    let lab = Lab::with_migrated();
    plant(&lab, "theme", "dark");
    captured(&lab);
    lab.disk.remove_at(&place("theme"));
    let edits = Edits::Refuse;
    for row in run(lab.tab().list_backups(None)).unwrap() {
        let id = row.id.clone().unwrap_or_else(state::id);
        let unconfirmed = run(lab.tab().rollback(&id, Some(&row.path), edits, false));
        assert_eq!(unconfirmed.unwrap_err().code(), "ConfirmationRequired");
        let result = run(lab.tab().rollback(&id, Some(&row.path), edits, true)).unwrap();
        assert_eq!((&result.session_id, result.success), (&row.id, true));
        assert_eq!(result.state.is_some(), row.id.is_none());
    }
    assert_eq!(text(&lab, "theme").as_deref(), Some("dark"));
    assert!(lab.row("s1").is_some());
}

#[test]
fn state_is_put_back_by_the_path_of_a_snapshot_alone() {
    let lab = Lab::with_migrated();
    plant(&lab, "theme", "dark");
    let path = captured(&lab);
    let rollback = |id: &Key, path: Option<&str>| {
        run(lab.tab().rollback(id, path, Edits::Refuse, true)).unwrap_err()
    };
    let session = lab.backups("s1").remove(0);
    assert_eq!(rollback(&state::id(), None).code(), "InvalidArgument");
    for (id, path) in [(state::id(), session), (Key::text("s1"), path)] {
        assert_eq!(rollback(&id, Some(&path)).code(), "BackupNotFound");
    }
}

#[test]
fn what_holds_something_else_is_kept_unless_the_caller_has_decided() {
    let lab = lab();
    let path = captured(&lab);
    plant(&lab, "theme", "light");
    let rollback = |edits| run(lab.tab().rollback(&state::id(), Some(&path), edits, true)).unwrap();
    let result = rollback(Edits::Refuse);
    assert_eq!(result.state.unwrap().kept[0].why, Kept::Different);
    assert_eq!(text(&lab, "theme").as_deref(), Some("light"));
    let result = rollback(Edits::Keep);
    assert_eq!(text(&lab, "theme").as_deref(), Some("dark"));
    let newer = result.edits_backup_path.unwrap();
    restore(&lab, &newer, true).unwrap();
    assert_eq!(text(&lab, "theme").as_deref(), Some("light"));
}

#[test]
fn a_storage_that_is_denied_is_an_error() {
    let lab = lab();
    let path = captured(&lab);
    let cause = Cause::named("SecurityError");
    lab.disk
        .set_local_denied(Some(Error::StorageDenied { cause }));
    assert_eq!(
        restore(&lab, &path, true).unwrap_err().code(),
        "StorageDenied"
    );
    let result = clear(&lab, &path).unwrap();
    assert!(!result.success);
    assert_eq!(result.failed.len(), 5);
    assert_eq!(result.failed[0].code, "StorageDenied");
}
