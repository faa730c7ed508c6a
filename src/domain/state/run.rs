//! What a run over everything, and a look at it, say of state: names, counts and codes. No value of a
//! key is in any of it; what limits have found shows what findings of sessions do.

use super::carry::{Carry, CarryResult};
use super::report::{OfferedKey, StateSnapshot};
use super::sort::Why;
use crate::domain::limits::Finding;
use crate::domain::time::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a run did about state, or would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateRunResult {
    /// Name of the registry.
    pub registry: String,
    /// The tenant; `None` where the registry has none.
    pub tenant_id: Option<String>,
    /// The snapshot.
    pub capture: CaptureResult,
    /// What was carried from one key into another; `None` where the configuration has nothing to carry.
    pub carry: Option<CarryRunResult>,
}

impl StateRunResult {
    /// What limits have found, each once: where the key that is captured is carried as well, both have
    /// found the same.
    pub fn found(&self) -> Vec<(&str, &Finding)> {
        let captured = self.capture.findings.iter();
        let captured =
            captured.map(|found| (found.key.as_str(), found.class.as_str(), &found.finding));
        let carried = self.carry.iter().filter_map(|carry| carry.result.as_ref());
        let carried = carried.flat_map(|result| &result.findings);
        let carried = carried.map(|found| (found.key.as_str(), found.key.as_str(), &found.finding));
        let mut seen = BTreeSet::new();
        captured
            .chain(carried)
            .filter(|(key, _, finding)| seen.insert((*key, &finding.code, &finding.path)))
            .map(|(_, name, finding)| (name, finding))
            .collect()
    }
}

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

/// How a carry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CarryStanding {
    /// There is nothing to carry.
    Empty,
    /// The target is not there yet.
    Waiting,
    /// A run would carry it.
    Pending,
    /// The target holds all of it.
    Done,
    /// It was undone, and is left alone without `force`.
    Undone,
    /// It can't be carried as things are.
    Failed,
}

/// A carry, as the status tells of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CarryStatus {
    /// How it stands.
    pub standing: CarryStanding,
    /// Code of what keeps it from being carried.
    pub code: Option<String>,
    /// The key that is read.
    pub from: String,
    /// The key that is merged into.
    pub to: String,
}

/// What became of capturing state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CaptureOutcome {
    /// The keys are in a snapshot, or would be.
    Captured,
    /// There is no key to capture.
    Empty,
    /// An error; nothing was captured.
    Failed,
    /// The run was cancelled before.
    Cancelled,
}

/// Capturing state, in a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureResult {
    /// What became of it.
    pub outcome: CaptureOutcome,
    /// Code of the error, where it failed.
    pub code: Option<String>,
    /// The same in words.
    pub reason: Option<String>,
    /// The snapshot; `None` in a rehearsal, and where there is none.
    pub path: Option<String>,
    /// When it may be cleaned up.
    pub expires_at: Option<Timestamp>,
    /// Keys that are in it.
    pub keys: u32,
    /// The same by class.
    pub classes: BTreeMap<String, u32>,
    /// Approximate size.
    pub bytes: u64,
    /// What limits of the classes have found. The snapshot keeps everything as it is.
    pub findings: Vec<StateFinding>,
    /// How many findings of each code there are.
    pub finding_counts: BTreeMap<String, u32>,
    /// Keys that are captured once they are claimed by name.
    pub offered: Vec<OfferedKey>,
    /// How many keys were left alone, by reason.
    pub left: BTreeMap<Why, u32>,
}

/// What a limit has found in the value of a key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateFinding {
    /// The key.
    pub key: String,
    /// Name of its class.
    pub class: String,
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
}

impl CaptureResult {
    /// One that came to nothing.
    pub fn none(outcome: CaptureOutcome) -> Self {
        Self {
            outcome,
            code: None,
            reason: None,
            path: None,
            expires_at: None,
            keys: 0,
            classes: BTreeMap::new(),
            bytes: 0,
            findings: Vec::new(),
            finding_counts: BTreeMap::new(),
            offered: Vec::new(),
            left: BTreeMap::new(),
        }
    }

    /// What a snapshot came to.
    pub fn of(snapshot: StateSnapshot) -> Self {
        let outcome = match snapshot.entries.is_empty() {
            true => CaptureOutcome::Empty,
            false => CaptureOutcome::Captured,
        };
        let mut result = Self {
            path: snapshot.path,
            expires_at: snapshot.expires_at,
            keys: snapshot.entries.len() as u32,
            bytes: snapshot.bytes,
            offered: snapshot.offered,
            ..Self::none(outcome)
        };
        for left in snapshot.left {
            *result.left.entry(left.why).or_default() += 1;
        }
        for entry in snapshot.entries {
            for finding in entry.findings {
                let code = finding.code.clone();
                *result.finding_counts.entry(code).or_default() += 1;
                result.findings.push(StateFinding {
                    key: entry.key.clone(),
                    class: entry.class.clone(),
                    finding,
                });
            }
            *result.classes.entry(entry.class).or_default() += 1;
        }
        result
    }
}

/// How state stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateStatus {
    /// Name of the registry.
    pub registry: String,
    /// The tenant; `None` where the registry has none.
    pub tenant_id: Option<String>,
    /// Keys that a run would capture: the sum of the next three.
    pub keys: u32,
    /// Those that hold just what the newest snapshot does, or what was carried into them since.
    pub captured: u32,
    /// Those that hold something else by now.
    pub changed: u32,
    /// Those that are not in it.
    pub missing: u32,
    /// Keys that are captured once they are claimed by name.
    pub offered: u32,
    /// All other keys.
    pub left: u32,
    /// The newest snapshot.
    pub path: Option<String>,
    /// When it was made.
    pub captured_at: Option<Timestamp>,
    /// How what is carried stands; `None` where the configuration has nothing to carry.
    pub carry: Option<CarryStatus>,
    /// Code of the error that kept localStorage, or the snapshot, from being read. What it holds is
    /// in no count then.
    pub unreadable: Option<String>,
}

impl StateStatus {
    /// Before anything is known.
    pub fn blank(registry: &str, tenant_id: Option<&str>) -> Self {
        Self {
            registry: registry.into(),
            tenant_id: tenant_id.map(str::to_owned),
            keys: 0,
            captured: 0,
            changed: 0,
            missing: 0,
            offered: 0,
            left: 0,
            path: None,
            captured_at: None,
            carry: None,
            unreadable: None,
        }
    }
}
