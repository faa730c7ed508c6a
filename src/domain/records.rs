//! The smaller records of our database.

use crate::domain::key::Key;
use crate::domain::limits::PublicFinding;
use crate::domain::state;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

/// What is being done to a session, so that the next run knows where to look. It decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JournalEntry {
    /// The session.
    pub id: Key,
    /// `migrate`, `rollback`, `resolve-conflict`, `delete`.
    pub action: String,
    /// The generation that is being written.
    pub generation: u32,
    /// When it began.
    pub started_at: Timestamp,
}

/// Who may write to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lease {
    /// The session.
    pub id: Key,
    /// Unique to one acquisition; compared inside every write transaction.
    pub token: String,
    /// After this the lease may be taken over.
    pub until: Timestamp,
}

/// How long a lease lasts if it is not renewed. Every write of ours renews it.
pub const LEASE_MS: u64 = 30_000;
/// How far beyond that a lease is still believed: so long a batch may wait for its turn, while
/// another one takes a lease that ends that much later.
pub const LEASE_TOLERANCE_MS: u64 = 60_000;

/// Whether a lease is over. One that ends later than any that could have been written by now is from
/// before the clock was put back, and must not hold a session for as long as that.
pub fn lease_is_over(until: Timestamp, now: Timestamp) -> bool {
    let longest = now.0.saturating_add(LEASE_MS + LEASE_TOLERANCE_MS);
    until <= now || longest < until.0
}

/// A session that can't be moved safely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuarantineEntry {
    /// Source and key, as one name; the key of this record.
    pub place: String,
    /// The session's id, where it has one that can be told.
    pub id: Option<Key>,
    /// Name of the source.
    pub source: String,
    /// Why, as a stable code.
    pub code: String,
    /// Why, in words; never a value.
    pub reason: String,
    /// When it was first found.
    pub since: Timestamp,
}

/// One line of the audit: what was done, when, to which id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Position; given by the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u32>,
    /// When.
    pub at: Timestamp,
    /// What was done: `migrate`, `rollback`, `edit`, `create`, `delete`, `cleanup`, `capture`, …
    pub action: String,
    /// To which session; empty for state, and told as `null`.
    #[serde(serialize_with = "session")]
    pub id: Key,
    /// Name of the source, where one took part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Path of the backup, where one took part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// Chunks and parts afterwards.
    pub chunks: u32,
    /// Approximate size.
    pub bytes: u64,
    /// What limits have found, without any value; the first of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<PublicFinding>,
}

/// No session is `null`. Where lines are stored the browser puts ids in as they are.
fn session<S: Serializer>(id: &Key, serializer: S) -> Result<S::Ok, S::Error> {
    (*id != state::id()).then_some(id).serialize(serializer)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_lease_holds_while_it_lasts_and_never_longer(taken in any::<u32>(), later in 0..LEASE_MS) {
            let until = Timestamp(u64::from(taken) + LEASE_MS);
            prop_assert!(!lease_is_over(until, Timestamp(u64::from(taken) + later)));
            prop_assert!(lease_is_over(until, Timestamp(until.0 + later)));
        }

        #[test]
        fn no_lease_holds_for_longer_than_one_that_is_written_now(until in any::<u64>(), now in any::<u64>()) {
            let (until, now) = (Timestamp(until), Timestamp(now));
            if !lease_is_over(until, now) {
                let most = now.0.saturating_add(LEASE_MS + LEASE_TOLERANCE_MS);
                prop_assert!(now < until && until.0 <= most);
            }
        }

        #[test]
        fn a_clock_put_back_frees_a_session(taken in any::<u32>(), back in any::<u32>()) {
            let until = u64::from(taken) + LEASE_MS;
            let now = u64::from(taken).saturating_sub(u64::from(back));
            let far = until - now > LEASE_MS + LEASE_TOLERANCE_MS;
            prop_assert_eq!(lease_is_over(Timestamp(until), Timestamp(now)), far);
        }
    }
}
