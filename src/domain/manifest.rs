//! Manifests: the small record that says a session is chunked.

use crate::domain::digest::{Digest, Measure};
use crate::domain::key::Key;
use crate::domain::layout::Layout;
use crate::domain::place::{Place, Wrapping};
use crate::domain::places::PlaceInfo;
use crate::domain::report::Warning;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Written, not yet verified; the source rules.
    Staged,
    /// Verified; the chunks rule.
    Committed,
    /// On its way back to the source.
    RollingBack,
    /// Back in its source. The manifest stays as a tombstone, without chunks.
    RolledBack,
}

/// Whether the original is removed from its source after the chunks are proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Originals {
    /// Removed by a checked step.
    #[default]
    Remove,
    /// Kept, so that an older version of the application goes on working.
    Keep,
}

/// Where a session came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Name of the source in the configuration.
    pub source: String,
    /// The record.
    #[serde(flatten)]
    pub place: Place,
    /// How the body lies inside the record.
    #[serde(flatten)]
    pub wrapping: Wrapping,
    /// F0: fingerprint of the record as found.
    pub fingerprint: Digest,
    /// The same without the bytes of Blobs, which can't be read inside a transaction.
    pub outline: Digest,
    /// The layout under which both were computed, where the session has another one by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
}

/// All of a manifest but its skeleton, which is a body's and opaque.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The session.
    pub id: Key,
    /// Its name for people.
    pub label: Option<String>,
    /// How far it has come.
    pub state: State,
    /// Which writing of the chunks is the live one.
    pub generation: u32,
    /// Raised by every change; a write that expects another revision is refused.
    pub revision: u32,
    /// Whether the session was changed since it was migrated.
    pub edited: bool,
    /// The layout that split it.
    pub layout: Layout,
    /// Digest and size of the skeleton.
    pub skeleton_measure: Measure,
    /// F1: fingerprint of the body.
    pub fingerprint: Digest,
    /// Approximate size of the body.
    pub bytes: u64,
    /// Number of chunks and parts.
    pub chunks: u32,
    /// What its chunk list says in short, so that opening the session need not read that. A manifest
    /// without it is whole as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<Vec<PlaceInfo>>,
    /// Where it came from; `None` if it was created here.
    pub origin: Option<Origin>,
    /// What was asked for its original when it was migrated.
    pub originals: Originals,
    /// Path of the backup that the migration made.
    pub backup: Option<String>,
    /// Path of the backup that a rollback under way puts back.
    pub rollback: Option<String>,
    /// When it was put back into localStorage, which reaches the disk later: until a later start
    /// finds it there, the chunks stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settling: Option<Timestamp>,
    /// What was noticed on the way.
    pub warnings: Vec<Warning>,
    /// When this manifest was first written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The generation of a session that has none yet. It comes from the clock, so that a handle on an
/// earlier session of the same id never fits a later one.
pub fn first_generation(now: Timestamp) -> u32 {
    // Comes round after 46 days, and leaves room for as many generations as anyone writes.
    (now.0 % 4_000_000_000) as u32 + 1
}

impl Manifest {
    /// The layout under which the fingerprints of its origin were computed.
    pub fn origin_layout(&self) -> &Layout {
        let own = self.origin.as_ref().and_then(|o| o.layout.as_ref());
        own.unwrap_or(&self.layout)
    }

    /// Whether readers use the chunks.
    pub fn is_live(&self) -> bool {
        matches!(self.state, State::Committed | State::RollingBack)
    }
}
