//! Writes as data: all together, or none.

use crate::domain::backup::Backup;
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::records::{AuditEntry, JournalEntry, QuarantineEntry};
use crate::domain::state::Carried;
use crate::domain::time::Timestamp;

/// How sure a write must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// On the disk before the call returns.
    Strict,
    /// Committed; the system writes it to the disk in its own time.
    Relaxed,
}

/// What the fence of a batch does with the session's lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Takes it if it is free, over, or ours; with `force`, also from a holder that is known to be
    /// gone.
    Take {
        /// Whether an exclusive lock proves that no one else is at work.
        force: bool,
    },
    /// Needs it to be ours.
    Keep,
    /// Needs it to be ours, and gives it up.
    Release,
    /// Takes it as `Take` does and gives it up with the same batch.
    Once {
        /// As for `Take`.
        force: bool,
    },
}

/// Makes a batch fail with `Fenced` or `Busy` unless the session is ours to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The session.
    pub id: Key,
    /// Our token.
    pub token: String,
    /// What to do with the lease.
    pub hold: Hold,
    /// The time now.
    pub now: Timestamp,
    /// When the lease ends if it is kept.
    pub until: Timestamp,
}

/// The manifest that a batch expects to find; anything else makes it fail with `StaleHandle`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// The session.
    pub id: Key,
    /// Its generation and revision; `None` for no manifest.
    pub revision: Option<(u32, u32)>,
}

/// Which generations of a session's chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generations {
    /// All of them.
    All,
    /// One.
    One(u32),
    /// All but the live one.
    AllBut(u32),
}

/// One write.
#[derive(Debug, Clone)]
pub enum Write<B> {
    /// A manifest and its skeleton.
    PutManifest(Box<Manifest>, B),
    /// No manifest any more.
    DeleteManifest(Key),
    /// A chunk list.
    PutList(ChunkList),
    /// One piece.
    PutPiece {
        /// The session.
        id: Key,
        /// The generation.
        generation: u32,
        /// Which piece.
        name: PieceName,
        /// Its value.
        body: B,
    },
    /// One piece less.
    DeletePiece {
        /// The session.
        id: Key,
        /// The generation.
        generation: u32,
        /// Which piece.
        name: PieceName,
    },
    /// All pieces and lists of some generations less.
    DeleteGenerations(Key, Generations),
    /// A new backup: fails if its path is taken.
    AddBackup {
        /// All but the bodies.
        head: Box<Backup>,
        /// The record without the session.
        envelope: B,
        /// The session as it was stored.
        session: B,
    },
    /// One backup less.
    DeleteBackup(String),
    /// What is in flight for a session.
    PutJournal(JournalEntry),
    /// Nothing is any more.
    DeleteJournal(Key),
    /// A session in quarantine.
    PutQuarantine(QuarantineEntry),
    /// No longer in quarantine, by its place.
    DeleteQuarantine(String),
    /// What was carried last between two keys.
    PutCarried(Box<Carried>),
    /// One line of the audit.
    Audit(AuditEntry),
}

/// Writes that happen all together, or not at all, in one transaction.
#[derive(Debug, Clone)]
pub struct Batch<B> {
    /// Must hold, or nothing is written.
    pub fence: Option<Fence>,
    /// Must all be so, or nothing is written.
    pub expect: Vec<Expect>,
    /// What is written, all of it queued at once.
    pub writes: Vec<Write<B>>,
    /// How sure it must be.
    pub durability: Durability,
    /// Approximate size, for the message of `QuotaExceeded`.
    pub bytes: u64,
}
