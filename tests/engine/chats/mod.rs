//! Chat histories: lists of messages under keys that name their tenant.

mod deaths;
mod editing;
mod keys;
mod limits;
mod moving;
mod properties;
mod recorded;

use crate::lab::{Lab, Tab};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::path::Path;
use restow::domain::place::{Area, Place};
use restow::domain::presets;
use serde_json::json;

pub const ACME: &str = "a1b2c3d4-e5f6-4a8b-9c0d-1e2f3a4b5c6d";
pub const OTHER: &str = "f1234567-89ab-4cde-f012-3456789abcde";

/// Messages in a chunk.
const CHUNK: u32 = 2;

/// A key with its tenants filled in.
pub fn named(form: &str) -> String {
    form.replace("{t}", ACME).replace("{o}", OTHER)
}

pub fn id(form: &str) -> Key {
    Key::text(named(form))
}

pub fn place(form: &str) -> Place {
    Place::record(Area::LocalStorage, id(form))
}

/// The page's chat with an agent.
pub const CHAT: &str = "chat_session_{t}_agent-1";
/// The modal window's chat with the same agent.
pub const MODAL: &str = "agent_chat_{t}_agent-1";

/// An empty disk, the chats of one tenant, small chunks.
pub fn lab_of(tenant: &str, claim: &[&str]) -> Lab {
    let claim: Vec<String> = claim.iter().map(|key| named(key)).collect();
    let mut lab = Lab::new(presets::chats(tenant, &claim).into());
    lab.config.layout.arrays[0].chunk = CHUNK;
    lab
}

pub fn lab() -> Lab {
    lab_of(ACME, &[])
}

pub fn plant(lab: &Lab, form: &str, text: &str) {
    lab.disk.plant_at(&place(form), Value::text(text));
}

pub fn text(lab: &Lab, form: &str) -> Option<Value> {
    lab.disk.row(&place(form))
}

/// A message as the application writes it: a question or an answer.
pub fn message(number: u32) -> serde_json::Value {
    match number % 2 {
        0 => {
            json!({ "id": format!("m{number}"), "type": "user", "content": format!("Frage {number} é😀"), "timestamp": "2025-01-31T08:00:00.000Z" })
        }
        _ => {
            json!({ "id": format!("m{number}"), "type": "agent", "content": "An answer", "response": { "confidence": 0.5, "unknown": [null] }, "isLoading": false, "error": null })
        }
    }
}

/// The text of a chat.
pub fn chat(messages: u32) -> String {
    serde_json::Value::Array((0..messages).map(message).collect()).to_string()
}

/// The chat itself.
pub fn body(messages: u32) -> Value {
    Value::json(&chat(messages))
}

pub fn load(lab: &Lab, form: &str) -> Option<Value> {
    run(lab.tab().load_full(&id(form))).unwrap()
}

/// Keys whose texts a tab has read or written.
pub fn touched(tab: &Tab) -> Vec<String> {
    let trace = tab.ports.tab().trace().into_iter();
    let local = trace.filter(|step| matches!(step.method, "read" | "replace"));
    local.map(|step| step.about).collect()
}

/// The body itself.
pub fn whole() -> Path {
    Path::default()
}
