//! What a run over everything says of state: names, counts and codes. No value of a key is in any of
//! it; what limits have found shows what findings of sessions do.

use super::report::{OfferedKey, StateSnapshot};
use super::run_carry::CarryRunResult;
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
