//! Presets: configurations for applications whose formats are known.

use serde_json::{Map, Value, json};

/// Names of all presets.
pub const NAMES: &[&str] = &["taskerino"];

/// The fields that a preset fills in.
pub fn find(name: &str) -> Option<Map<String, Value>> {
    let value = match name {
        "taskerino" => taskerino(),
        _ => return None,
    };
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// Rows `sessions/{id}` of the store `collections`, each `{ name, data, timestamp }`, where `data`
/// is the session or `GZIP_V1:` text. Later versions of that application keep chunks of their own
/// under the same prefix.
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
