//! What checks have found, and what repairing did about it.

use crate::domain::damage::{Flaw, Problem};
use crate::domain::key::Key;
use serde::Serialize;

/// What a check of a stored session found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyResult {
    /// The session.
    pub session_id: Key,
    /// Whether every piece is there and equal to its digest.
    pub ok: bool,
    /// Pieces that were checked.
    pub checked: u32,
    /// What is missing or wrong, in it and in its backups.
    pub problems: Vec<Problem>,
}

/// What a check of everything found.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyAllResult {
    /// Whether all was looked at and nothing is wrong.
    pub ok: bool,
    /// Sessions whose chunks were read.
    pub sessions: u32,
    /// Backups that were read.
    pub backups: u32,
    /// Skeletons, pieces and backups that were compared with their digests.
    pub checked: u32,
    /// What is missing or wrong.
    pub problems: Vec<Problem>,
    /// Whether its signal stopped it.
    pub cancelled: bool,
    /// How long it took.
    pub duration_ms: f64,
}

/// What became of one thing that was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Repaired {
    /// The session; `None` where it belongs to none.
    pub session_id: Option<Key>,
    /// `resume`, `restore`, `rebuild-list`, `rebuild-manifest`, `rebuild-head`, `remove-orphans`,
    /// `remove-lease`, `remove-quarantine`, `close-journal`.
    pub action: &'static str,
    /// What was wrong.
    pub code: Flaw,
    /// Which record or piece it was.
    pub place: String,
    /// The backup that was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// The backup of what could still be read of what was replaced by an older state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
}

/// What is wrong still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Left {
    /// The session; `None` where it belongs to none.
    pub session_id: Option<Key>,
    /// What is wrong.
    pub code: Flaw,
    /// Which record or piece it is.
    pub place: String,
    /// Why nothing was done about it, as a code.
    pub reason: String,
}

/// What `repair` did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RepairResult {
    /// Whether nothing is left.
    pub success: bool,
    /// Whether it was a rehearsal.
    pub dry_run: bool,
    /// What was done, or would be.
    pub repaired: Vec<Repaired>,
    /// What was not.
    pub left: Vec<Left>,
}
