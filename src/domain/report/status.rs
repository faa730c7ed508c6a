//! Where sessions stand.

use crate::domain::count::Count;
use crate::domain::key::Key;
use crate::domain::report::session::Warning;
use crate::domain::state::StateStatus;
use crate::domain::time::Timestamp;
use serde::Serialize;

/// Whether there is anything to migrate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MigrationNeed {
    /// A run would move something, or bring it to a newer layout.
    Yes,
    /// It would not.
    No,
    /// A source can't be read, or telling would take reading too much.
    Unknown,
}

/// A source that can't be read: what it holds is in no count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadableSource {
    /// Its name.
    pub source: String,
    /// Code of the error.
    pub code: String,
}

/// How many sessions stand where.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MigrationStatus {
    /// The sum of the next four.
    pub total: u32,
    /// Committed.
    pub chunked: u32,
    /// To be migrated, or rolled back.
    pub legacy: u32,
    /// Left in their source.
    pub quarantined: u32,
    /// In both places, and different.
    pub diverged: u32,
    /// Chunked of total, rounded; 100 only when nothing is left, and 100 for 0 of 0. It speaks of
    /// sessions alone: of state, `state` has the counts.
    pub percentage: u32,
    /// Sessions that the application itself chunked earlier, in its own way. They are left alone
    /// and are not part of `total`.
    pub chunked_elsewhere: u32,
    /// Sources that can't be read now. While there are any, the percentage stays below 100.
    pub unreadable_sources: Vec<UnreadableSource>,
    /// How state stands; `None` where the configuration has none.
    pub state: Option<StateStatus>,
    /// Whether every record was opened for this answer.
    pub exact: bool,
    /// When every record was opened last that is told by its key since then.
    pub counted_at: Timestamp,
}

impl MigrationStatus {
    /// The status that a count tells.
    pub fn of(count: &Count) -> Self {
        Self {
            counted_at: count.at,
            ..Self::new(
                count.chunked,
                count.legacy,
                count.quarantined,
                count.diverged,
                count.elsewhere,
            )
        }
    }

    /// The status for some counts.
    pub fn new(chunked: u32, legacy: u32, quarantined: u32, diverged: u32, elsewhere: u32) -> Self {
        let total = chunked + legacy + quarantined + diverged;
        let percentage = if chunked == total {
            100
        } else {
            ((f64::from(chunked) * 100.0 / f64::from(total)).round() as u32).min(99)
        };
        Self {
            total,
            chunked,
            legacy,
            quarantined,
            diverged,
            percentage,
            chunked_elsewhere: elsewhere,
            unreadable_sources: Vec::new(),
            state: None,
            exact: true,
            counted_at: Timestamp::default(),
        }
    }

    /// The same where some sources can't be read.
    pub fn without(mut self, unreadable: Vec<UnreadableSource>) -> Self {
        if !unreadable.is_empty() {
            self.percentage = self.percentage.min(99);
        }
        self.unreadable_sources = unreadable;
        self
    }
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionState {
    /// In its source, to be migrated (or rolled back there).
    Legacy,
    /// Committed in chunks.
    Chunked,
    /// In its source, and can't be moved safely.
    Quarantined,
    /// In both, and different.
    Diverged,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRow {
    /// The session; `null` where its record has no id that can be told.
    pub id: Option<Key>,
    /// Its name for people.
    pub label: Option<String>,
    /// Name of its source; `null` if it was created here.
    pub source: Option<String>,
    /// Where it stands.
    pub state: SessionState,
    /// Whether it was rolled back, and so is left alone without `force`.
    pub rolled_back: bool,
    /// Approximate size of the body; 0 where it could not be read.
    pub bytes: u64,
    /// Chunks and parts; 0 unless chunked or diverged.
    pub chunks: u32,
    /// Why it is in quarantine, as a code and in words; and what else was noticed.
    pub warnings: Vec<Warning>,
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_of_nothing_is_done() {
        assert_eq!(MigrationStatus::new(0, 0, 0, 0, 0).percentage, 100);
    }

    #[test]
    fn the_figures_of_the_console_example() {
        let status = MigrationStatus::new(12, 35, 0, 0, 0);
        assert_eq!((status.total, status.percentage), (47, 26));
    }

    #[test]
    fn never_a_hundred_while_something_is_left() {
        assert_eq!(MigrationStatus::new(9999, 1, 0, 0, 0).percentage, 99);
        assert_eq!(MigrationStatus::new(9999, 0, 1, 0, 0).percentage, 99);
    }

    proptest! {
        #[test]
        fn the_four_add_up(a in 0u32..10_000, b in 0u32..10_000, c in 0u32..10_000, d in 0u32..10_000) {
            let status = MigrationStatus::new(a, b, c, d, 3);
            prop_assert_eq!(status.total, a + b + c + d);
            prop_assert_eq!(status.percentage == 100, b + c + d == 0);
        }
    }
}
