//! What calls about carrying return, field for field as JavaScript sees it.

use crate::domain::limits::{Finding, Shown};
use serde::Serialize;

/// What was carried, or would be.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CarryResult {
    /// Whether the target holds what the changes say, as it was read back. Anything else is an error.
    pub success: bool,
    /// The snapshot of both keys as they were; `None` in a dry run, and where there was nothing to
    /// carry.
    pub path: Option<String>,
    /// The key that was read.
    pub from: String,
    /// The key that was merged into.
    pub to: String,
    /// Whether nothing was written because that was asked for.
    pub dry_run: bool,
    /// Whether the target is another now than it was.
    pub changed: bool,
    /// What was decided, value by value.
    pub changes: Vec<CarryChange>,
    /// What limits have found, and values that could not be merged.
    pub findings: Vec<CarryFinding>,
    /// What may be cleared now; `None` where the key that was read does not hold what was carried.
    pub clear: Option<ClearOffer>,
}

/// What was decided on one path.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CarryChange {
    /// Where, as a programmer would write it.
    pub path: String,
    /// The rule that decided.
    pub rule: &'static str,
    /// What was read there, once limits were kept.
    pub from: Shown,
    /// What the target has there.
    pub to: Shown,
    /// What it becomes.
    pub becomes: Shown,
}

/// A finding, and in which key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CarryFinding {
    /// The key.
    pub key: String,
    /// What was found there.
    #[serde(flatten)]
    pub finding: Finding,
}

/// A key that may be cleared by `clearMigratedState(path)`: it still holds what was carried, and the
/// target holds the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClearOffer {
    /// The key.
    pub key: String,
    /// The snapshot that has it.
    pub path: String,
}
