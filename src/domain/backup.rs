//! Backups: a session as it was found, or as it was before something else took its place.

use crate::domain::digest::Digest;
use crate::domain::key::Key;
use crate::domain::layout::Layout;
use crate::domain::place::{Place, Wrapping};
use crate::domain::state::StateOrigin;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A record of a source: envelope and session as they lay there.
    Monolithic,
    /// The joined body of a chunked session; there is no envelope.
    Chunked,
    /// Keys of localStorage: a list of key, text, class and kind; there is no envelope.
    State,
}

/// Where a backup of format `monolithic` came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupOrigin {
    /// Name of the source in the configuration.
    pub source: String,
    /// The record.
    #[serde(flatten)]
    pub place: Place,
    /// How the body lay inside the record.
    #[serde(flatten)]
    pub wrapping: Wrapping,
    /// Where it stood among the others, if its record held many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
}

/// All of a backup but its envelope and session, which are a body's and opaque.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// Its name: `sessions/{id}.backup-{time}`. A name, never parsed.
    pub path: String,
    /// The session; empty for state.
    pub id: Key,
    /// When it was made.
    pub backup_created_at: Timestamp,
    /// When it may be cleaned up; without it, never by itself.
    pub expires_at: Option<Timestamp>,
    /// What it holds.
    pub original_format: Format,
    /// What it was made for: `migration`, `rollback`, `conflict`, `deletion`, `capture`, …
    pub reason: String,
    /// Where it came from.
    pub origin: Option<BackupOrigin>,
    /// Whose keys it holds, in format `state`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateOrigin>,
    /// The layout under which `fingerprint` was computed.
    pub layout: Layout,
    /// Fingerprint of envelope and session; checked before every use.
    pub fingerprint: Digest,
    /// Approximate size.
    pub bytes: u64,
}
