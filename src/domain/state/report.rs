//! What calls about state return, field for field as JavaScript sees it.

use super::class::Kind;
use super::sort::Why;
use crate::domain::key::Key;
use crate::domain::limits::Finding;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whose state a snapshot holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StateOrigin {
    /// Name of the registry.
    pub registry: String,
    /// The tenant; `None` where the registry has none.
    pub tenant_id: Option<String>,
    /// How many keys it has.
    pub keys: u32,
}

/// What lies in localStorage: the current tenant's keys, and which others there are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateSnapshot {
    /// The backup under which it is kept; `None` in a dry run, and where there is nothing to keep.
    pub path: Option<String>,
    /// Name of the registry.
    pub registry: String,
    /// The tenant.
    pub tenant_id: Option<String>,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// When the backup was made.
    pub created_at: Option<Timestamp>,
    /// When it may be cleaned up.
    pub expires_at: Option<Timestamp>,
    /// Approximate size.
    pub bytes: u64,
    /// The keys that were captured. Their values are put in where they are bodies.
    pub entries: Vec<Entry>,
    /// Keys that are captured once they are claimed by name.
    pub offered: Vec<OfferedKey>,
    /// All other keys, which are left alone.
    pub left: Vec<LeftKey>,
}

/// A captured key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Name of its class.
    pub class: String,
    /// What lies there.
    pub kind: Kind,
    /// What the key names, such as tenant and agent.
    pub parts: BTreeMap<String, String>,
    /// Whether secrets were taken out of the value that is shown.
    pub redacted: bool,
    /// Approximate size of the value as it is stored.
    pub size: u64,
    /// What limits have found. What a value would become is what they would make of it; the snapshot
    /// keeps it as it is.
    pub findings: Vec<Finding>,
}

/// A key that may be claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfferedKey {
    /// The key.
    pub key: String,
    /// Name of its class.
    pub class: String,
    /// What the key names.
    pub parts: BTreeMap<String, String>,
}

/// A key that is left.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftKey {
    /// The key.
    pub key: Key,
    /// Why.
    pub why: Why,
}

/// A key that was not written, or not removed, on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptKey {
    /// The key.
    pub key: String,
    /// Name of its class.
    pub class: String,
    /// Why.
    pub why: Kept,
}

/// Why a key was kept as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kept {
    /// It holds something else than what was captured.
    Different,
    /// It was changed while the call was at work.
    Changed,
    /// It is a flag of the application's, which is never cleared.
    Flag,
}

/// A key that could not be dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedKey {
    /// The key.
    pub key: String,
    /// Name of its class.
    pub class: String,
    /// Code of the error.
    pub code: String,
}

/// What a restoration did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateRestoreResult {
    /// Whether every key lies there as captured, or was kept on purpose.
    pub success: bool,
    /// The snapshot that was used.
    pub path: String,
    /// Keys that were written, and found when they were read back.
    pub restored: Vec<String>,
    /// Keys that held just what was captured.
    pub unchanged: Vec<String>,
    /// Keys that hold something else.
    pub kept: Vec<KeptKey>,
    /// Keys that could not be written, or not be put as they were after another failed.
    pub failed: Vec<FailedKey>,
    /// A snapshot of what was overwritten, with `overwrite`.
    pub overwritten_path: Option<String>,
}

impl StateRestoreResult {
    /// Of a snapshot with which nothing was done yet.
    pub fn of(path: &str) -> Self {
        Self {
            success: true,
            path: path.into(),
            restored: Vec::new(),
            unchanged: Vec::new(),
            kept: Vec::new(),
            failed: Vec::new(),
            overwritten_path: None,
        }
    }
}

/// What clearing did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateClearResult {
    /// Whether no key failed.
    pub success: bool,
    /// The snapshot that was compared with.
    pub path: String,
    /// Keys that were removed.
    pub removed: Vec<String>,
    /// Keys that were not there any more.
    pub gone: Vec<String>,
    /// Keys that hold something else, and flags.
    pub kept: Vec<KeptKey>,
    /// Keys that could not be removed.
    pub failed: Vec<FailedKey>,
}
