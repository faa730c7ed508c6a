//! What can be wrong with the records of our database, and how it is named.

use crate::domain::key::Key;
use serde::Serialize;

/// A store of our database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Store {
    /// Manifests and skeletons, by id.
    Manifests,
    /// Chunk lists, by id and generation.
    Lists,
    /// Chunks and parts, by id, generation, path and index.
    Chunks,
    /// Backups with their bodies, by path.
    Backups,
    /// The same without their bodies.
    BackupHeads,
    /// What is in flight, by id.
    Journal,
    /// What has been done, in order.
    Audit,
    /// What can't be moved, by place.
    Quarantine,
    /// Who may write, by id.
    Leases,
    /// What the database says about itself, by name.
    Meta,
}

/// What is wrong with a record, or with a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Flaw {
    /// It should be there.
    Missing,
    /// It is not what was written, or can't be understood.
    Changed,
    /// It is there, and the list of its session does not know it.
    Unexpected,
    /// It is there and the browser can't read it.
    Unreadable,
    /// It belongs to nothing that is there.
    Orphan,
    /// Something was begun and not finished.
    Unfinished,
}

impl Flaw {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "Missing",
            Self::Changed => "Changed",
            Self::Unexpected => "Unexpected",
            Self::Unreadable => "Unreadable",
            Self::Orphan => "Orphan",
            Self::Unfinished => "Unfinished",
        }
    }
}

/// A record of ours that is there and can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// Where it lies.
    pub store: Store,
    /// Its key.
    pub key: Key,
    /// `Changed`, `Unreadable`, or `Unexpected` for a key that is none of ours.
    pub flaw: Flaw,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What is wrong with it.
    pub code: Flaw,
    /// The session that it belongs to; `None` for state, and where it belongs to none.
    pub session_id: Option<Key>,
    /// Where it lies.
    pub store: Store,
    /// Which record or piece it is.
    pub place: String,
}
