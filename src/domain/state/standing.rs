//! How state stands: counts of keys, and what is carried.

use crate::domain::time::Timestamp;
use serde::Serialize;

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
