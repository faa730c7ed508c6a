//! How far the migration has come, and which sessions there are.

use super::Engine;
use super::survey::Sizes;
use crate::domain::report::{MigrationStatus, SessionRow, SessionState};
use crate::error::Result;
use crate::ports::Ports;

impl<P: Ports> Engine<P> {
    /// Counts the sessions by where they stand, and the keys of state.
    pub async fn status(&self) -> Result<MigrationStatus> {
        let roster = self.roster(Sizes::Unknown).await?;
        let count = |state| roster.rows.iter().filter(|row| row.state == state).count() as u32;
        let state = match &self.config.state {
            Some(state) => Some(self.state_status(state).await?),
            None => None,
        };
        let status = MigrationStatus::new(
            count(SessionState::Chunked),
            count(SessionState::Legacy),
            count(SessionState::Quarantined),
            count(SessionState::Diverged),
            roster.elsewhere,
        );
        Ok(MigrationStatus {
            state,
            ..status.without(roster.unreadable)
        })
    }

    /// Every session, by id.
    pub async fn list_sessions(&self) -> Result<Vec<SessionRow>> {
        Ok(self.roster(Sizes::Told).await?.rows)
    }
}
