//! What must not be shown, and yet not be lost.

use super::*;
use restow::engine::AuditFilter;

const SECRETS: [&str; 4] = ["SECRET-TOKEN", "sk-SECRET-1", "HEADER-SECRET", "CIPHERTEXT"];

fn with_secrets() -> Lab {
    let lab = lab();
    plant(
        &lab,
        "tenant_mcp_servers_{t}",
        r#"[{"id":"s","headers":{"Authorization":"HEADER-SECRET"}}]"#,
    );
    plant(
        &lab,
        "grc_encrypted_credentials_{t}",
        r#"[{"id":"c","encryptedData":"CIPHERTEXT","iv":"CIPHERTEXT","salt":"x"}]"#,
    );
    plant(&lab, "grc_security_settings_{t}", "CIPHERTEXT");
    plant(
        &lab,
        "auth-storage",
        r#"{"state":{"token":"SECRET-TOKEN"}}"#,
    );
    lab
}

fn shows_no_secret(what: &str) {
    for secret in SECRETS {
        assert!(!what.contains(secret), "{secret} in {what}");
    }
}

#[test]
fn secrets_are_redacted_where_they_are_shown_and_verbatim_where_they_are_stored() {
    let lab = with_secrets();
    let captured = capture(&lab);
    shows_no_secret(&format!("{captured:?}"));
    let entries = captured.snapshot.entries.iter().zip(&captured.values);
    let shown: BTreeMap<&str, _> = entries
        .map(|(entry, value)| (&*entry.class, value))
        .collect();
    let llm = r#"[{"id":"llm-1", "apiKey":"[redacted]","n":9007199254740993}]"#;
    assert_eq!(*shown["llm-configs"], Some(llm.into()));
    assert_eq!(
        *shown["mcp-servers"],
        Some(r#"[{"id":"s","headers":"[redacted]"}]"#.into())
    );
    assert_eq!(*shown["security-settings"], None);
    let before = local(&lab);
    for (key, text) in kept(&lab) {
        assert_eq!(before.get(&key), Some(&text));
    }
    assert_eq!(kept(&lab).len(), 8);
}

#[test]
fn tokens_are_never_captured_nor_read() {
    let lab = with_secrets();
    let tab = lab.tab();
    run(tab.capture_state(&agents())).unwrap();
    for operation in tab.ports.tab().trace() {
        assert!(!operation.about.contains("auth"), "{operation}");
    }
    assert!(
        kept(&lab)
            .iter()
            .all(|(key, _)| !key.to_string().starts_with("auth"))
    );
}

#[test]
fn neither_audit_nor_reports_nor_errors_hold_a_value() {
    let lab = with_secrets();
    let path = captured(&lab);
    let unconfirmed = run(lab.tab().clear_migrated_state(&path, false)).unwrap_err();
    shows_no_secret(&format!("{unconfirmed} {unconfirmed:?}"));
    shows_no_secret(&format!("{:?}", clear(&lab, &path).unwrap()));
    shows_no_secret(&format!("{:?}", restore(&lab, &path, false).unwrap()));
    lab.disk.make_unreadable(&place("theme"));
    let error = restore(&lab, &path, false).unwrap_err();
    shows_no_secret(&format!("{error} {error:?}"));
    let audit = run(lab.tab().read_audit(&AuditFilter::default())).unwrap();
    let audit = serde_json::to_value(&audit).unwrap();
    shows_no_secret(&audit.to_string());
    assert_eq!(audit[0]["id"], json!(null));
    shows_no_secret(&format!("{:?}", run(lab.tab().list_backups(None)).unwrap()));
}
