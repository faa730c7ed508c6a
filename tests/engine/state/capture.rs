//! Capturing.

use super::*;
use crate::support::twin::Fault;
use restow::domain::state::Why;
use restow::error::{Cause, Error};

#[test]
fn a_snapshot_tells_class_parts_value_and_size_of_each_key() {
    let captured = capture(&lab());
    let keys: Vec<_> = captured
        .snapshot
        .entries
        .iter()
        .map(|e| e.class.as_str())
        .collect();
    assert_eq!(
        keys,
        ["agents", "chat", "chat-global", "theme", "llm-configs"]
    );
    let at = |class: &str| keys.iter().position(|one| *one == class).unwrap();
    let chat = &captured.snapshot.entries[at("chat")];
    assert_eq!(chat.key, named("chat_session_{t}_agent-1"));
    assert_eq!(chat.parts["tenant"], ACME);
    assert_eq!(chat.parts["agent"], "agent-1");
    assert_eq!((chat.redacted, chat.size), (false, OURS[2].1.len() as u64));
    assert_eq!(captured.values[at("chat")], Some(OURS[2].1.into()));
    assert_eq!(captured.values[at("theme")], Some("dark".into()));
    let size: u64 = captured
        .snapshot
        .entries
        .iter()
        .map(|entry| entry.size)
        .sum();
    assert_eq!(captured.snapshot.bytes, size);
}

#[test]
fn the_snapshot_is_a_backup_that_is_on_the_disk_when_the_call_returns() {
    let lab = lab();
    let snapshot = capture(&lab).snapshot;
    lab.disk.power_cut(0);
    let [row] = &run(lab.tab().list_backups(None)).unwrap()[..] else {
        panic!("one backup was expected");
    };
    assert_eq!(Some(&row.path), snapshot.path.as_ref());
    assert!(
        row.path
            .starts_with(&format!("state/agents/{ACME}.backup-2026-01-15T"))
    );
    assert_eq!((row.id.clone(), row.original_format), (None, Format::State));
    assert_eq!(row.reason, "capture");
    let state = row.state.as_ref().unwrap();
    assert_eq!(state.registry, "agents");
    assert_eq!(state.tenant_id.as_deref(), Some(ACME));
    assert_eq!((state.keys, row.remaining_days), (5, Some(30.0)));
    assert_eq!(row.expires_at, snapshot.expires_at);
    let audit = lab.disk.own().unwrap().audit;
    assert_eq!(
        (audit[0].action.as_str(), &audit[0].backup),
        ("capture", &snapshot.path)
    );
}

#[test]
fn other_keys_are_listed_by_name_and_never_read() {
    let lab = lab();
    let tab = lab.tab();
    let left = run(tab.capture_state(&agents())).unwrap().snapshot.left;
    let left: Vec<_> = left
        .into_iter()
        .map(|left| (left.key.to_string(), left.why))
        .collect();
    assert_eq!(
        left,
        [
            (named("ai_agents_{o}"), Why::OtherTenant),
            ("auth_token".into(), Why::Token),
            (named("chat_session_{o}_agent-1"), Why::OtherTenant),
            ("i18nextLng".into(), Why::Unknown),
        ]
    );
    for operation in tab.ports.tab().trace() {
        for (form, _) in THEIRS {
            assert!(!operation.about.contains(&named(form)), "{operation}");
        }
    }
    for (key, _) in kept(&lab) {
        assert!(THEIRS.iter().all(|(form, _)| Key::text(named(form)) != key));
    }
}

#[test]
fn a_dry_run_tells_the_same_and_writes_nothing() {
    let lab = lab();
    let before = lab.disk.image();
    let dry_run = Capture {
        dry_run: true,
        ..agents()
    };
    let dry = run(lab.tab().capture_state(&dry_run)).unwrap();
    assert_eq!(lab.disk.image(), before);
    assert!(!lab.disk.has_own());
    let real = capture(&lab);
    assert_eq!(
        (&dry.snapshot.entries, &dry.values),
        (&real.snapshot.entries, &real.values)
    );
    assert_eq!((dry.snapshot.path, dry.snapshot.dry_run), (None, true));
}

#[test]
fn where_there_is_nothing_to_capture_nothing_is_written() {
    let lab = Lab::taskerino();
    plant(&lab, "i18nextLng", "de");
    let snapshot = capture(&lab).snapshot;
    assert_eq!(
        (snapshot.path, snapshot.entries.len(), snapshot.left.len()),
        (None, 0, 1)
    );
    assert!(!lab.disk.has_own());
}

#[test]
fn a_storage_that_is_denied_is_an_error_and_no_empty_answer() {
    let lab = lab();
    let cause = Cause::named("SecurityError");
    lab.disk
        .set_local_denied(Some(Error::StorageDenied { cause }));
    let error = run(lab.tab().capture_state(&agents())).unwrap_err();
    assert_eq!(error.code(), "StorageDenied");
    assert!(!lab.disk.has_own());
}

#[test]
fn one_key_that_cannot_be_read_fails_the_whole_capture() {
    let lab = lab();
    lab.disk.make_unreadable(&place("theme"));
    let error = run(lab.tab().capture_state(&agents())).unwrap_err();
    assert_eq!(error.code(), "Unreadable");
    assert!(!lab.disk.has_own());
}

#[test]
fn a_tenant_must_be_named_where_keys_name_theirs() {
    for tenant in [None, Some(String::new())] {
        let request = Capture { tenant, ..agents() };
        let error = run(lab().tab().capture_state(&request)).unwrap_err();
        assert!(error.to_string().contains("tenantId"), "{error}");
    }
}

#[test]
fn what_is_offered_moves_only_when_it_is_claimed() {
    let lab = lab();
    plant(&lab, "chat_session_1733000000000", "[]");
    let snapshot = capture(&lab).snapshot;
    assert_eq!(snapshot.offered[0].key, "chat_session_1733000000000");
    assert_eq!(snapshot.offered[0].parts["id"], "1733000000000");
    assert_eq!(snapshot.entries.len(), 5);
    let claims = ["chat_session_1733000000000".to_owned()].into();
    let snapshot = run(lab.tab().capture_state(&Capture { claims, ..agents() }))
        .unwrap()
        .snapshot;
    assert_eq!((snapshot.offered.len(), snapshot.entries.len()), (0, 6));
}

#[test]
fn the_same_captured_again_is_the_same_snapshot_and_a_change_is_a_new_one() {
    let lab = lab();
    let first = captured(&lab);
    assert_eq!(captured(&lab), first);
    plant(&lab, "theme", "light");
    let second = captured(&lab);
    assert_ne!(second, first);
    // A later one lives longer.
    lab.disk.clock().advance_days(2);
    assert_ne!(captured(&lab), second);
    assert_eq!(lab.disk.own().unwrap().backups.len(), 3);
}

#[test]
fn a_snapshot_that_was_damaged_on_its_way_is_dropped_and_told() {
    let lab = lab();
    let call = async |tab: &Tab| tab.capture_state(&agents()).await;
    let tab = lab.tab();
    let written = {
        let tab = lab.fork().tab();
        run(call(&tab)).unwrap();
        let trace = tab.ports.tab().trace();
        trace
            .iter()
            .position(|step| step.method == "apply")
            .unwrap()
    };
    tab.ports.tab().before_op(written + 1, |disk| {
        let path = disk.own().unwrap().backups.into_keys().next().unwrap();
        disk.alter_backup(&path, |_, _, body| *body = Value::list([]));
    });
    let error = run(call(&tab)).unwrap_err();
    assert_eq!(error.code(), "VerificationFailed");
    assert!(lab.disk.own().unwrap().backups.is_empty());
}

#[test]
fn two_tabs_that_capture_at_once_make_one_snapshot() {
    let lab = lab();
    let (one, other) = (lab.tab(), lab.tab());
    let request = agents();
    let (first, second) =
        crate::support::twin::join2(one.capture_state(&request), other.capture_state(&request));
    assert_eq!(first.unwrap().snapshot.path, second.unwrap().snapshot.path);
}

#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let lab = lab();
    lab.disk.set_limit(Some(10));
    let before = local(&lab);
    let error = run(lab.tab().capture_state(&agents())).unwrap_err();
    assert_eq!(error.code(), "QuotaExceeded");
    assert_eq!(local(&lab), before);
    assert!(lab.disk.own().unwrap().backups.is_empty());
}

#[test]
fn a_tab_that_cannot_get_the_lease_says_that_state_is_busy() {
    let lab = lab().without_locks();
    let tab = lab.tab();
    let n = operations(&lab, &async |tab: &Tab| tab.capture_state(&agents()).await);
    for at in 0..n {
        let cause = Error::Busy { id: Key::text("") };
        tab.ports.tab().at(at, Fault::Fail(cause));
    }
    let error = run(tab.capture_state(&agents())).unwrap_err();
    assert_eq!(error.code(), "Busy");
}
