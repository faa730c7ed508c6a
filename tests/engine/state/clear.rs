//! Clearing.

use super::*;
use restow::domain::state::Kept;
use restow::error::Error;

#[test]
fn clearing_needs_a_confirmation() {
    let lab = lab();
    let path = captured(&lab);
    let before = lab.disk.image();
    let error = run(lab.tab().clear_migrated_state(&path, false)).unwrap_err();
    assert!(
        matches!(error, Error::ConfirmationRequired { .. }),
        "{error}"
    );
    assert_eq!(lab.disk.image(), before);
}

#[test]
fn what_still_is_as_captured_goes_and_nothing_else() {
    let lab = lab();
    let path = captured(&lab);
    plant(&lab, "ai_agents_{t}", "[\"newer\"]");
    lab.disk.remove_at(&place("theme"));
    plant(&lab, "chat_session_{t}_agent-2", "[\"came later\"]");
    let result = clear(&lab, &path).unwrap();
    assert!(result.success);
    assert_eq!(result.removed.len(), 3);
    assert_eq!(result.gone, ["theme"]);
    assert_eq!(
        (result.kept[0].key.clone(), result.kept[0].why),
        (named("ai_agents_{t}"), Kept::Different)
    );
    assert_eq!(text(&lab, "ai_agents_{t}").as_deref(), Some("[\"newer\"]"));
    assert_eq!(
        text(&lab, "chat_session_{t}_agent-2").as_deref(),
        Some("[\"came later\"]")
    );
    for (form, expected) in THEIRS {
        assert_eq!(text(&lab, form).as_deref(), Some(expected));
    }
    let again = clear(&lab, &path).unwrap();
    assert_eq!((again.removed.len(), again.gone.len()), (0, 4));
}

#[test]
fn flags_of_the_application_at_work_stay() {
    let lab = lab();
    plant(&lab, "current_tenant_id", ACME);
    let path = captured(&lab);
    let result = clear(&lab, &path).unwrap();
    assert_eq!(
        (result.kept[0].key.as_str(), result.kept[0].why),
        ("current_tenant_id", Kept::Flag)
    );
    assert_eq!(text(&lab, "current_tenant_id").as_deref(), Some(ACME));
}

#[test]
fn what_was_cleared_can_be_put_back() {
    let lab = lab();
    let (before, path) = (local(&lab), captured(&lab));
    clear(&lab, &path).unwrap();
    assert_eq!(local(&lab).len(), THEIRS.len());
    restore(&lab, &path, false).unwrap();
    assert_eq!(local(&lab), before);
}

#[test]
fn what_another_tab_writes_meanwhile_is_never_removed() {
    let lab = lab();
    let path = captured(&lab);
    let call = async |tab: &Tab| tab.clear_migrated_state(&path, true).await;
    for n in 0..operations(&lab, &call) {
        let lab = lab.fork();
        let tab = lab.tab();
        tab.ports
            .tab()
            .before_op(n, |disk| disk.plant_at(&place("theme"), "newer"));
        run(call(&tab)).unwrap();
        assert_eq!(text(&lab, "theme").as_deref(), Some("newer"), "at {n}");
    }
}

#[test]
fn what_another_tab_wrote_unseen_is_put_back_and_told() {
    let lab = lab();
    let path = captured(&lab);
    lab.disk
        .foreign_write(&Key::text("theme"), Some("unseen".into()));
    let result = clear(&lab, &path).unwrap();
    assert_eq!(text(&lab, "theme").as_deref(), Some("unseen"));
    assert_eq!(
        (result.removed.len(), result.kept[0].why),
        (4, Kept::Changed)
    );
}

#[test]
fn one_key_that_cannot_be_looked_at_keeps_no_other_from_going() {
    let lab = lab();
    let path = captured(&lab);
    lab.disk.make_unreadable(&place("theme"));
    let result = clear(&lab, &path).unwrap();
    assert!(!result.success);
    assert_eq!(result.removed.len(), 4);
    assert_eq!(
        (
            result.failed[0].key.as_str(),
            result.failed[0].code.as_str()
        ),
        ("theme", "Unreadable")
    );
}
