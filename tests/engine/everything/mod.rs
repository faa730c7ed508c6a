//! One run over everything: state, sessions, what is carried, by the same calls as sessions alone.

mod agents;
mod deaths;
mod failing;
mod recorded;
mod standing;
mod streak;

use crate::lab::Lab;
use crate::state::{ACME, named, place};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::progress::Progress;
use restow::domain::report::BatchMigrationResult;
use restow::domain::state::StateRunResult;
use restow::engine::Options;
use restow::ports::Watch;
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// What must be nowhere but under its own key and in the backups.
pub const SECRETS: [&str; 4] = ["sk-SECRET-1", "SECRET-TOKEN", "CIPHER-SECRET", "THEIRS"];

/// Keys of the tenant that are state, with their texts.
pub const STATE: [(&str, &str); 6] = [
    ("ai_agents_{t}", r#"[{"id":"agent-1","name":"Analyst"}]"#),
    (
        "user_llm_configs_{t}",
        r#"[{"id":"llm-1", "apiKey":"sk-SECRET-1","n":9007199254740993}]"#,
    ),
    (
        "grc_encrypted_credentials_{t}",
        r#"[{"id":"c","encryptedData":"CIPHER-SECRET","iv":"aa","salt":"bb"}]"#,
    ),
    ("chat_session_{t}_global", r#"{"selectedAgent":"agent-1"}"#),
    ("current_tenant_id", ACME),
    ("theme", "dark"),
];

/// Keys of the tenant that are sessions.
pub const CHATS: [(&str, &str); 2] = [
    (
        "chat_session_{t}_agent-1",
        r#"[{"id":"m1","type":"user","content":"Hello"},{"id":"m2","type":"agent","content":"Hi"}]"#,
    ),
    (
        "agent_chat_{t}_agent_2",
        r#"[{"id":"m3","type":"agent","content":"Modal"}]"#,
    ),
];

/// Keys that are no one's business.
pub const OTHERS: [(&str, &str); 4] = [
    ("ai_agents_{o}", "[\"THEIRS\"]"),
    ("chat_session_{o}_agent-1", "[{\"content\":\"THEIRS\"}]"),
    ("auth_token", "SECRET-TOKEN"),
    ("i18nextLng", "de"),
];

/// A disk on which two tenants have been, and the preset for one of them.
pub fn agents() -> Lab {
    let lab = Lab::new(json!({ "preset": "agents", "tenantId": ACME }));
    for (form, text) in STATE.into_iter().chain(CHATS).chain(OTHERS) {
        plant(&lab, form, text);
    }
    lab
}

pub fn plant(lab: &Lab, form: &str, text: &str) {
    lab.disk.plant_at(&place(&named(form)), text);
}

/// All of localStorage.
pub fn local(lab: &Lab) -> BTreeMap<Key, Value> {
    lab.disk.image().local
}

pub fn dry() -> Options {
    Options {
        dry_run: true,
        ..Options::default()
    }
}

/// Runs over everything, and says what was told on the way.
pub fn watched(lab: &Lab, options: &Options) -> (BatchMigrationResult, Vec<Progress>) {
    let ear = Ear::default();
    let result = run(lab.tab().migrate_all(options, &ear)).unwrap();
    (result, ear.heard.take())
}

pub fn state(result: &BatchMigrationResult) -> &StateRunResult {
    result.state.as_ref().unwrap()
}

/// Hears what is told, and cancels after so many events.
#[derive(Default)]
pub struct Ear {
    pub heard: RefCell<Vec<Progress>>,
    pub cancel_after: Cell<Option<usize>>,
}

impl Watch for Ear {
    fn progress(&self, event: &Progress) {
        self.heard.borrow_mut().push(event.clone());
    }

    fn cancelled(&self) -> bool {
        let after = self.cancel_after.get();
        after.is_some_and(|after| self.heard.borrow().len() > after)
    }
}
