//! Failures that were recorded where chats, configurations and a streak were moved by one button, and what
//! happens instead.

use super::*;
use crate::state::text;
use restow::domain::state::{Kept, id};
use restow::engine::Edits;

fn roll_back(lab: &Lab) -> Vec<restow::error::Result<restow::domain::report::RollbackResult>> {
    let rows = run(lab.tab().list_backups(None)).unwrap().into_iter();
    let back = rows.map(|row| {
        let of = row.id.clone().unwrap_or_else(id);
        run(lab
            .tab()
            .rollback(&of, Some(&row.path), Edits::Refuse, true))
    });
    back.collect()
}

/// Agents were stored before the models whose ids they name, under new ids, and then named none.
#[test]
fn agents_name_the_same_models_as_before_wherever_both_lie() {
    let lab = agents();
    let agent = r#"[{"id":"agent-1","llmConfigId":"llm-1"}]"#;
    plant(&lab, "ai_agents_{t}", agent);
    let models = text(&lab, "user_llm_configs_{t}");
    let (result, _) = watched(&lab, &Options::default());
    let path = state(&result).capture.path.clone().unwrap();
    run(lab.tab().clear_migrated_state(&path, true)).unwrap();
    assert_eq!(text(&lab, "ai_agents_{t}"), None);
    run(lab.tab().restore_state(&path, false, true)).unwrap();
    assert_eq!(text(&lab, "ai_agents_{t}").as_deref(), Some(agent));
    assert_eq!(text(&lab, "user_llm_configs_{t}"), models);
}

/// What was collected and promised, and never stored, was removed with all else.
#[test]
fn no_clean_up_takes_a_key_that_nothing_else_holds() {
    let lab = agents();
    let (result, _) = watched(&lab, &Options::default());
    let path = state(&result).capture.path.clone().unwrap();
    plant(&lab, "mcp_server_configs_{t}", "{\"later\":1}");
    plant(&lab, "chat_session_{t}_agent-9", "[{\"id\":\"later\"}]");
    let before = local(&lab);
    let removed = run(lab.tab().remove_originals(true)).unwrap();
    assert_eq!((removed.removed.len(), removed.state), (0, None));
    assert_eq!(local(&lab), before);
    run(lab.tab().clear_migrated_state(&path, true)).unwrap();
    for form in ["mcp_server_configs_{t}", "chat_session_{t}_agent-9"] {
        assert!(text(&lab, form).is_some(), "{form}");
    }
}

/// A rollback wrote old values over new ones, and left what it did not know of.
#[test]
fn putting_everything_back_keeps_what_is_newer() {
    let lab = agents();
    watched(&lab, &Options::default());
    plant(&lab, "theme", "light");
    plant(&lab, CHATS[0].0, "[{\"id\":\"newer\"}]");
    let mut back = roll_back(&lab).into_iter();
    let refused = back.by_ref().filter_map(Result::err);
    let codes: Vec<_> = refused.map(|error| error.code()).collect();
    assert_eq!(codes, ["PlaceOccupied"]);
    assert_eq!(text(&lab, "theme").as_deref(), Some("light"));
    let newer = text(&lab, CHATS[0].0);
    assert_eq!(newer.as_deref(), Some("[{\"id\":\"newer\"}]"));
    let kept = roll_back(&lab)
        .into_iter()
        .filter_map(|result| result.ok()?.state);
    let kept: Vec<_> = kept.flat_map(|state| state.kept).collect();
    assert_eq!((kept.len(), kept[0].why), (1, Kept::Different));
}

/// Signing out erased chats and configurations, whether they had been stored elsewhere or not.
#[test]
fn what_signing_out_erases_after_a_run_comes_back() {
    let lab = agents();
    let before = local(&lab);
    watched(&lab, &Options::default());
    for (form, _) in STATE.into_iter().chain(CHATS) {
        lab.disk.remove_at(&place(&named(form)));
    }
    assert!(roll_back(&lab).iter().all(|back| back.is_ok()));
    assert_eq!(local(&lab), before);
}

/// Once a run was noted as completed, what it had not done was never done.
#[test]
fn a_later_run_does_what_there_was_not_before() {
    let lab = agents();
    watched(&lab, &Options::default());
    plant(&lab, "agent_metrics_{t}", "{}");
    plant(&lab, "chat_session_{t}_agent-9", "[{\"id\":\"later\"}]");
    let (result, _) = watched(&lab, &Options::default());
    assert_eq!((result.migrated, result.skipped), (1, 2));
    assert_eq!(state(&result).capture.classes["metrics"], 1);
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!(status.state.unwrap().missing, 0);
}
