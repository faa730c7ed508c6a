//! What a run over everything says of what is carried.

use super::carry::{Carry, CarryResult};
use serde::Serialize;

/// What became of carrying, in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CarryOutcome {
    /// The target holds both now, or would.
    Carried,
    /// The target held all of it already.
    Unchanged,
    /// There is nothing to carry: the key that is read is not there.
    Empty,
    /// The target is not there, so it is done by a later run: no one is signed in.
    Waiting,
    /// Just this was carried before and then undone, so it is left alone without `force`.
    Undone,
    /// An error; both keys are as they were.
    Failed,
    /// The run was cancelled before.
    Cancelled,
}

/// Carrying, in a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CarryRunResult {
    /// What became of it.
    pub outcome: CarryOutcome,
    /// Why it waits or failed.
    pub code: Option<String>,
    /// The same in words.
    pub reason: Option<String>,
    /// The key that is read.
    pub from: String,
    /// The key that is merged into.
    pub to: String,
    /// What was decided, value by value, and what may be cleared; `None` unless it came to that.
    pub result: Option<CarryResult>,
}

impl CarryRunResult {
    /// One that came to nothing.
    pub fn none(carry: &Carry, outcome: CarryOutcome) -> Self {
        Self {
            outcome,
            code: None,
            reason: None,
            from: carry.from.clone(),
            to: carry.to.clone(),
            result: None,
        }
    }

    /// One that waits for its target.
    pub fn waiting(carry: &Carry) -> Self {
        Self {
            code: Some("TargetMissing".into()),
            reason: Some(
                "no one is signed in, so the key that it is carried to is not there".into(),
            ),
            ..Self::none(carry, CarryOutcome::Waiting)
        }
    }

    /// One that was undone.
    pub fn undone(carry: &Carry) -> Self {
        Self {
            code: Some("RolledBack".into()),
            reason: Some("it was undone; `force` carries it again".into()),
            ..Self::none(carry, CarryOutcome::Undone)
        }
    }

    /// One that failed, in words.
    pub fn failed(carry: &Carry, code: &str, reason: String) -> Self {
        Self {
            code: Some(code.into()),
            reason: Some(reason),
            ..Self::none(carry, CarryOutcome::Failed)
        }
    }

    /// What carrying came to.
    pub fn of(carry: &Carry, result: CarryResult) -> Self {
        let outcome = match result.changed {
            true => CarryOutcome::Carried,
            false => CarryOutcome::Unchanged,
        };
        Self {
            result: Some(result),
            ..Self::none(carry, outcome)
        }
    }
}
