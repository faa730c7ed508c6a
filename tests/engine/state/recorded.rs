//! How two applications lost what lay in localStorage, or gave it to someone else. Each test is a
//! failure that was recorded there, and what happens instead.

use super::*;
use crate::support::twin::Fault;
use restow::domain::state::Kept;
use restow::error::{Cause, Error};

fn classes(lab: &Lab) -> Vec<String> {
    let entries = capture(lab).snapshot.entries;
    entries.into_iter().map(|entry| entry.class).collect()
}

/// Every chat in the browser was stored under whoever was signed in.
#[test]
fn chats_of_another_tenant_stay_with_that_tenant() {
    let lab = lab();
    let entries = capture(&lab).snapshot.entries;
    assert!(entries.iter().all(|entry| !entry.key.contains(OTHER)));
    assert_eq!(
        text(&lab, "chat_session_{o}_agent-1").as_deref(),
        Some("[\"THEIRS\"]")
    );
}

/// An object with the selected agent was taken for a chat, and became an empty one.
#[test]
fn the_selected_agent_is_no_chat() {
    let lab = lab();
    let all = classes(&lab);
    assert_eq!(all.iter().filter(|class| *class == "chat").count(), 1);
    assert!(all.contains(&"chat-global".into()));
}

/// Chats of the modal and metrics were never collected.
#[test]
fn no_class_is_forgotten() {
    let lab = lab();
    plant(&lab, "agent_chat_{t}_agent-1", "[]");
    plant(&lab, "agent_metrics_{t}", "{}");
    plant(&lab, "mcp_server_config_{t}_finance", "{}");
    let all = classes(&lab);
    for class in ["chat-modal", "metrics", "mcp-server-config"] {
        assert!(all.contains(&class.into()), "{class}");
    }
}

/// Server configurations were collected, not migrated, and then removed.
#[test]
fn nothing_is_removed_that_no_snapshot_holds() {
    let lab = lab();
    let path = captured(&lab);
    plant(&lab, "mcp_server_configs_{t}", "{}");
    clear(&lab, &path).unwrap();
    assert_eq!(text(&lab, "mcp_server_configs_{t}").as_deref(), Some("{}"));
}

/// A part that failed was listed, and the whole noted as completed; the retry was refused.
#[test]
fn a_capture_that_fails_is_not_noted_as_done_and_can_be_repeated() {
    let lab = lab();
    let tab = lab.tab();
    let cause = Cause::named("SecurityError");
    tab.ports
        .tab()
        .at(3, Fault::Fail(Error::StorageDenied { cause }));
    assert!(run(tab.capture_state(&agents())).is_err());
    assert!(
        lab.disk
            .own()
            .is_none_or(|own| own.audit.is_empty() && own.backups.is_empty())
    );
    assert_eq!(capture(&lab).snapshot.entries.len(), 5);
}

/// A retry stored everything twice.
#[test]
fn capturing_and_putting_back_can_be_repeated() {
    let lab = lab();
    let (before, path) = (local(&lab), captured(&lab));
    for _ in 0..3 {
        assert_eq!(captured(&lab), path);
        restore(&lab, &path, false).unwrap();
    }
    assert_eq!(local(&lab), before);
    assert_eq!(lab.disk.own().unwrap().backups.len(), 1);
}

/// Keys were split at `_`, though ids contain it.
#[test]
fn keys_are_read_from_the_tenant_and_not_split() {
    let lab = lab();
    plant(&lab, "mcp_server_config_{t}_sec_edgar", "{}");
    let entries = capture(&lab).snapshot.entries;
    let config = entries
        .iter()
        .find(|entry| entry.class == "mcp-server-config")
        .unwrap();
    assert_eq!(config.parts["server"], "sec_edgar");
}

/// Whatever had `_settings_` in its name was a preference, of any tenant and any library; and a
/// theme that was never chosen became `light`.
#[test]
fn nothing_is_swept_in_by_a_part_of_its_name_and_nothing_is_invented() {
    let lab = lab();
    for key in [
        "some_settings_x",
        "a_preferences_b",
        "grc_security_settings_{o}",
    ] {
        plant(&lab, key, "{}");
    }
    lab.disk.remove_at(&place("theme"));
    let snapshot = capture(&lab).snapshot;
    assert!(snapshot.entries.iter().all(|entry| entry.class != "theme"));
    assert_eq!((snapshot.entries.len(), snapshot.left.len()), (4, 7));
}

/// A rollback wrote old values over newer ones.
#[test]
fn putting_back_keeps_what_is_newer() {
    let lab = lab();
    let path = captured(&lab);
    plant(&lab, "chat_session_{t}_agent-1", "[\"newer\"]");
    let result = restore(&lab, &path, false).unwrap();
    assert_eq!(result.kept[0].why, Kept::Different);
    assert_eq!(
        text(&lab, "chat_session_{t}_agent-1").as_deref(),
        Some("[\"newer\"]")
    );
}

/// Signing out erased chats that were nowhere else.
#[test]
fn what_signing_out_erases_is_in_the_snapshot() {
    let lab = lab();
    let (before, path) = (local(&lab), captured(&lab));
    sign_out(&lab);
    nothing_is_lost(&lab, &before, "after signing out");
    assert_eq!(restore(&lab, &path, false).unwrap().restored.len(), 5);
}

/// A decryption that failed deleted what could not be decrypted.
#[test]
fn what_cannot_be_decrypted_is_captured_as_it_is() {
    let lab = lab();
    let cipher = r#"[{"encryptedData":"??","iv":"","salt":null}]"#;
    plant(&lab, "grc_encrypted_credentials_{t}", cipher);
    let path = captured(&lab);
    lab.disk
        .remove_at(&place(&named("grc_encrypted_credentials_{t}")));
    restore(&lab, &path, false).unwrap();
    assert_eq!(
        text(&lab, "grc_encrypted_credentials_{t}").as_deref(),
        Some(cipher)
    );
}

/// A retired key was written again, and then copied over the new one.
#[test]
fn an_older_key_and_its_successor_are_two() {
    let lab = lab();
    plant(&lab, "mcp_servers_{t}", "[\"old\"]");
    plant(&lab, "tenant_mcp_servers_{t}", "[\"new\"]");
    let path = captured(&lab);
    clear(&lab, &path).unwrap();
    restore(&lab, &path, false).unwrap();
    assert_eq!(text(&lab, "mcp_servers_{t}").as_deref(), Some("[\"old\"]"));
    assert_eq!(
        text(&lab, "tenant_mcp_servers_{t}").as_deref(),
        Some("[\"new\"]")
    );
}

/// Reading created what was not there.
#[test]
fn looking_creates_nothing() {
    let lab = Lab::taskerino();
    let before = lab.disk.image();
    capture(&lab);
    assert_eq!(lab.disk.image(), before);
}

/// The anonymous streak was deleted before it had reached the account, whose zeros then won.
#[test]
fn a_streak_is_removed_only_while_it_is_what_was_captured() {
    let lab = Lab::taskerino();
    let streak = r#"{"streak":{"current":12,"lastCompletedDate":"Wed Dec 10 2025"}}"#;
    plant(&lab, "cleanStreak_anonymous_state", streak);
    let request = Capture {
        registry: Registry::parse(&json!("streak")).unwrap(),
        tenant: None,
        ..agents()
    };
    let snapshot = run(lab.tab().capture_state(&request)).unwrap().snapshot;
    let path = snapshot.path.unwrap();
    let zeros = r#"{"streak":{"current":0}}"#;
    plant(&lab, "cleanStreak_anonymous_state", zeros);
    clear(&lab, &path).unwrap();
    assert_eq!(
        text(&lab, "cleanStreak_anonymous_state").as_deref(),
        Some(zeros)
    );
    restore(&lab, &path, true).unwrap();
    assert_eq!(
        text(&lab, "cleanStreak_anonymous_state").as_deref(),
        Some(streak)
    );
}

/// Signing out erased the states of both, the only copy of what was not sent yet.
#[test]
fn both_states_of_a_streak_are_captured() {
    let lab = Lab::taskerino();
    for key in [
        "cleanStreak_anonymous_state",
        "cleanStreak_authenticated_state",
    ] {
        plant(&lab, key, "{\"streak\":{}}");
    }
    let registry = Registry::parse(&json!("streak")).unwrap();
    let request = Capture {
        registry,
        ..agents()
    };
    let snapshot = run(lab.tab().capture_state(&request)).unwrap().snapshot;
    assert_eq!((snapshot.entries.len(), snapshot.tenant_id), (2, None));
}
