//! What the last count of all sessions found, kept so that the next one need not open every record.
//!
//! A count holds for as long as what it was based on is the same: the configuration, the newest line
//! of the audit that tells of a session, the quarantine, the keys of every source, and what each
//! record is that was no session of its own waiting to be migrated. So a record is taken by its key
//! alone only where it counts as one that is left to do: whatever an application writes there, a
//! count can never say that nothing is left while something is.

use crate::domain::digest::{Digest, Hasher};
use crate::domain::key::Key;
use crate::domain::recognise::Row;
use crate::domain::records::AuditEntry;
use crate::domain::seal::{Sealed, feed};
use crate::domain::state;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Records of a source that are looked at each time, by their position among its keys; and whether
/// one is the original of a session in chunks, so that its content matters.
pub type Looked = BTreeMap<u32, bool>;

/// Which line of the audit a count was based on. No other line is like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Its position.
    pub seq: u32,
    /// When it was written.
    pub at: Timestamp,
}

impl Stamp {
    /// That of an entry which was stored.
    pub fn of(entry: &AuditEntry) -> Option<Self> {
        let (seq, at) = (entry.seq?, entry.at);
        Some(Self { seq, at })
    }
}

/// Whether what a line of the audit tells can change where a session stands. Every write that does
/// so has such a line in its transaction.
pub fn tells_of_a_session(entry: &AuditEntry) -> bool {
    entry.id != state::id() && entry.action != "cleanup"
}

/// Lines that are passed over to find one that tells of a session.
pub const MOST_PASSED: u32 = 32;

/// What a count found, and what it was based on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// When all records had been opened.
    pub at: Timestamp,
    /// The newest line of the audit that tells of a session; `None` if there was none.
    pub stamp: Option<Stamp>,
    /// Over the configuration, the quarantine and the keys of all sources.
    pub keys: Digest,
    /// Records that are looked at each time, by source.
    pub looked: Vec<Vec<(u32, bool)>>,
    /// Over what those are, and over the records that hold many sessions.
    pub seen: Digest,
    /// Sessions in chunks.
    pub chunked: u32,
    /// Sessions to be migrated, or rolled back.
    pub legacy: u32,
    /// Sessions that are left in their source.
    pub quarantined: u32,
    /// Sessions in both places, and different.
    pub diverged: u32,
    /// Sessions that the application chunked by itself.
    pub elsewhere: u32,
}

impl Count {
    /// The name of its record.
    pub const NAME: &'static str = "count";
}

impl Sealed for Count {
    const KIND: &'static str = "count";

    fn keys(&self) -> Vec<&Key> {
        Vec::new()
    }
}

/// Digest over the configuration, the places in quarantine, and the keys of each source in their
/// order.
pub fn of_keys<'a>(
    config: Digest,
    quarantine: &'a [Key],
    sources: impl Iterator<Item = &'a [Key]>,
) -> Digest {
    let mut hasher = Hasher::new("count/keys");
    hasher.digest(config);
    for keys in std::iter::once(quarantine).chain(sources) {
        hasher.number(keys.len() as u64);
        keys.iter().for_each(|key| feed(&mut hasher, key));
    }
    hasher.finish()
}

/// Digest over what was looked at, in its order.
pub fn of_marks(marks: impl Iterator<Item = Digest>) -> Digest {
    let mut hasher = Hasher::new("count/seen");
    marks.for_each(|mark| hasher.digest(mark));
    hasher.finish()
}

/// What a record is, as far as a count depends on it; `content` is the digest of an original.
pub fn mark(row: Option<&Row>, content: Option<Digest>) -> Digest {
    let mut hasher = Hasher::new("count/mark");
    hasher.text(match row {
        None => "gone",
        Some(Row::Session(_)) => "session",
        Some(Row::ChunkedElsewhere) => "elsewhere",
        Some(Row::Foreign) => "foreign",
        Some(Row::Broken(_, broken)) => broken.code,
    });
    if let Some(id) = row.and_then(Row::id) {
        feed(&mut hasher, id);
    }
    hasher.text(if content.is_some() { "content" } else { "" });
    content.into_iter().for_each(|digest| hasher.digest(digest));
    hasher.finish()
}
