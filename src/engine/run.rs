//! What a run over many sessions has come to so far.

use super::summary::batch_error;
use crate::domain::headroom::Shortage;
use crate::domain::key::Key;
use crate::domain::place::Place;
use crate::domain::progress::Pace;
use crate::domain::report::{BatchError, SessionMigrationResult};
use crate::error::Error;
use crate::ports::Watch;
use std::collections::{BTreeMap, BTreeSet};

/// What sessions have come to so far.
pub(super) struct Run {
    pub pace: Pace,
    pub rows: Vec<SessionMigrationResult>,
    pub errors: Vec<BatchError>,
    pub done: BTreeSet<Key>,
    /// Places whose record is in quarantine, or could not be looked at.
    pub still_broken: BTreeSet<String>,
    /// Rows that are about a source as a whole, and so about no session.
    pub whole_sources: u32,
    /// Copies of sessions that lie, or were migrated from, elsewhere; and their sources.
    pub copies: Vec<(Key, usize)>,
    /// Where sessions that have a manifest came from, if from anywhere.
    pub origins: BTreeMap<Key, Option<Place>>,
    /// Room that was missing for the session before which the run has stopped.
    pub shortage: Option<Shortage>,
    /// Whether the caller has stopped it.
    pub cancelled: bool,
}

impl Run {
    /// Before anything is known.
    pub fn new(now_ms: f64) -> Self {
        Self {
            pace: Pace::new(0, now_ms),
            rows: Vec::new(),
            errors: Vec::new(),
            done: BTreeSet::new(),
            still_broken: BTreeSet::new(),
            whole_sources: 0,
            copies: Vec::new(),
            origins: BTreeMap::new(),
            shortage: None,
            cancelled: false,
        }
    }

    /// Asks the caller, and says whether it goes no further.
    pub fn stops(&mut self, watch: &impl Watch) -> bool {
        self.cancelled |= watch.cancelled();
        self.is_over()
    }

    /// Whether it goes no further.
    pub fn is_over(&self) -> bool {
        self.cancelled || self.shortage.is_some()
    }

    /// Notes what failed about a session, and if that was room, that there is none for others.
    pub fn failed(&mut self, id: Option<Key>, error: &Error) {
        self.errors.push(batch_error(id, error));
        if let Error::NoHeadroom(shortage) = error {
            self.shortage = Some(shortage.as_ref().clone());
        }
    }

    /// The row of a session.
    pub fn row_of(&mut self, id: &Key) -> Option<&mut SessionMigrationResult> {
        let mut rows = self.rows.iter_mut();
        rows.find(|row| row.session_id.as_ref() == Some(id))
    }

    /// Whether what lies at a place is but a copy: the session was migrated from elsewhere, or one
    /// was found before.
    pub fn is_copy(&self, id: &Key, place: &Place) -> bool {
        let origin = self.origins.get(id);
        self.done.contains(id) || origin.is_some_and(|origin| origin.as_ref() != Some(place))
    }
}
