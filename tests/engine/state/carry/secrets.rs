//! Secrets among what is carried.

use super::*;
use restow::engine::AuditFilter;

const SECRET: &str = "PLANTED";

#[test]
fn no_secret_gets_into_previews_results_errors_or_the_audit() {
    let options = json!({
        "from": "a", "to": "b", "secrets": ["**.token", "keys.*"],
        "rules": [
            { "path": "auth.token", "take": "from" },
            { "path": "count", "take": "sum" },
            { "path": "keys.x", "take": "newer" },
        ],
        "limits": [{ "path": "auth.token", "cap": 4 }, { "path": "name", "maxLength": 2 }],
    });
    let carry = Carry::parse(&options).unwrap();
    let from = json!({ "auth": { "token": "PLANTED-1" }, "keys": { "PLANTED-2": "PLANTED-3", "x": "PLANTED-4" }, "count": 1 });
    let to = json!({ "auth": { "token": "PLANTED-5" }, "deep": [{ "token": "PLANTED-6" }] });
    let lab = Lab::taskerino();
    plant(&lab, "a", &from.to_string());
    plant(&lab, "b", &to.to_string());
    let mut told = Vec::new();
    let unconfirmed = run(lab.tab().carry_state(&carry, false)).unwrap_err();
    told.push(format!("{unconfirmed} {unconfirmed:?}"));
    let result = run(lab.tab().carry_state(&carry, true)).unwrap();
    told.push(format!("{result:?} {}", json!(result)));
    assert!(text(&lab, "b").unwrap().contains("PLANTED-3"));
    let path = result.path.unwrap();
    let unconfirmed = run(lab.tab().undo_carry(&path, false, false)).unwrap_err();
    told.push(format!("{unconfirmed} {unconfirmed:?}"));
    told.push(format!("{:?}", undo(&lab, &path, false).unwrap()));
    for bad in [
        "{\"PLANTED\":",
        "{\"PLANTED\":1,\"PLANTED\":1}",
        "\"PLANTED\"",
    ] {
        plant(&lab, "a", bad);
        let error = run(lab.tab().carry_state(&carry, true)).unwrap_err();
        told.push(format!("{error} {error:?}"));
    }
    plant(&lab, "a", &from.to_string());
    let limits = json!([{ "path": "keys.*", "type": "number", "action": "quarantine" }]);
    let strict =
        json!({ "from": "a", "to": "b", "rules": [], "secrets": ["keys.*"], "limits": limits });
    let error = run(lab.tab().carry_state(&Carry::parse(&strict).unwrap(), true)).unwrap_err();
    told.push(format!("{error} {error:?}"));
    assert!(told.last().unwrap().contains("LimitBroken"));
    let audit = run(lab.tab().read_audit(&AuditFilter::default())).unwrap();
    told.push(json!(audit).to_string());
    told.push(format!("{:?}", run(lab.tab().list_backups(None)).unwrap()));
    for text in told {
        assert!(!text.contains(SECRET), "{text}");
    }
}
