//! Presets: configurations for applications whose formats are known.

mod agents;

pub use agents::chats;

use serde_json::{Map, Value, json};

/// Names of all presets.
pub const NAMES: &[&str] = &["taskerino", "streak", "agents"];

/// The fields that a preset fills in beside those that are given.
pub fn find(name: &str, given: &Map<String, Value>) -> Option<Map<String, Value>> {
    let value = match name {
        "taskerino" => taskerino(),
        // A streak before and after signing in; there are no sessions.
        "streak" => json!({ "state": { "registry": "streak", "carry": "streak" } }),
        "agents" => return Some(agents::fields(given)),
        _ => return None,
    };
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// Three generations, the newest first. Rows `sessions/{id}` of the store `collections`, each `{ name, data, timestamp }`, where `data`
/// is the session or `GZIP_V1:` text. Later versions of that application keep chunks of their own
/// under the same prefix. Earlier ones kept all sessions in the row `sessions`, and the first of all
/// kept them inside the state of the whole application in localStorage.
fn taskerino() -> Value {
    json!({
        "sources": [{
            "kind": "indexedDB",
            "database": "taskerino-db",
            "store": "collections",
            "prefix": "sessions/",
            "body": "data",
            "gzip": true,
            "foreign": {
                "chunkedMetadata": "/metadata",
                "suffixes": [
                    "/summary", "/audio-insights", "/canvas-spec", "/transcription", "/context-items"
                ],
                "numbered": ["/screenshots/chunk-", "/audio-segments/chunk-", "/video-chunks/chunk-"]
            }
        }, {
            "kind": "indexedDB",
            "database": "taskerino-db",
            "store": "collections",
            "key": "sessions",
            "body": "data",
            "gzip": true,
            "checksum": { "path": "checksum", "rule": "hash31" }
        }, {
            "kind": "localStorage",
            "key": "taskerino-v3-state",
            "path": "sessions"
        }],
        "layout": {
            "version": 1,
            "id": "id",
            "label": "name",
            "arrays": [
                { "path": "screenshots", "chunk": 20 },
                { "path": "audioSegments", "chunk": 100 },
                { "path": "video.chunks", "chunk": 100 }
            ],
            "parts": ["summary", "audioInsights", "canvasSpec", "fullTranscription", "contextItems"]
        }
    })
}
