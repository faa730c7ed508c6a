//! How state stands: names, and one read of each own key.

use super::super::Engine;
use super::snapshot::Snapshot;
use crate::domain::backup::Backup;
use crate::domain::config::StateConfig;
use crate::domain::digest::Digest;
use crate::domain::path::Path;
use crate::domain::state::{self, Carried, CarryStanding, Kind, Sorted, StateStatus};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Records};

impl<P: Ports> Engine<P> {
    /// How the state of the configuration stands. What can't be read is told, and hides nothing else.
    pub(in crate::engine) async fn state_status(&self, state: &StateConfig) -> Result<StateStatus> {
        let blank = StateStatus::blank(&state.registry.name, state.tenant.as_deref());
        match self.look_at_state(state, blank.clone()).await {
            Err(Error::Closed) => Err(Error::Closed),
            Err(error) => Ok(StateStatus {
                unreadable: Some(error.code().into()),
                ..blank
            }),
            status => status,
        }
    }

    async fn look_at_state(
        &self,
        state: &StateConfig,
        mut status: StateStatus,
    ) -> Result<StateStatus> {
        let capture = state.capture(true);
        let sorted = self.sorted(&capture, true).await?;
        status.offered = sorted.offered.len() as u32;
        status.left = sorted.left.len() as u32;
        let head = self.newest_snapshot(state).await?;
        let snapshot = match &head {
            None => None,
            Some(head) => Some(self.sound_snapshot(&head.path).await?),
        };
        self.count_keys(state, &sorted, snapshot.as_ref(), &mut status)
            .await?;
        status.captured_at = head.as_ref().map(|head| head.backup_created_at);
        status.path = head.map(|head| head.path);
        status.carry = match &state.carry {
            Some(carry) => Some(self.carry_status(carry).await?),
            None => None,
        };
        Ok(status)
    }

    /// Counts keys by whether they still are as they were captured.
    async fn count_keys(
        &self,
        state: &StateConfig,
        sorted: &Sorted<'_>,
        snapshot: Option<&Snapshot<P::Body>>,
        status: &mut StateStatus,
    ) -> Result<()> {
        let bodies = self.ports.bodies();
        let carried = self.last_carried(state).await?;
        let by_us = |key: &str, text: &P::Body| {
            let last = carried.as_ref().filter(|last| last.done && last.to == key);
            let text = bodies.text(text, &Path::default());
            last.zip(text)
                .is_some_and(|(last, text)| last.target == Digest::of(text.as_bytes()))
        };
        for taken in &sorted.taken {
            // What is gone meanwhile is not there.
            let Some(text) = self.text_now(&taken.key).await? else {
                continue;
            };
            status.keys += 1;
            let held = snapshot.and_then(|all| all.held.iter().find(|held| held.key == taken.key));
            *match held {
                Some(held) if bodies.same_text(&held.text, &text) => &mut status.captured,
                Some(_) if by_us(&taken.key, &text) => &mut status.captured,
                Some(_) => &mut status.changed,
                None => &mut status.missing,
            } += 1;
        }
        Ok(())
    }

    async fn last_carried(&self, state: &StateConfig) -> Result<Option<Carried>> {
        match &state.carry {
            Some(carry) => self.ports.records().carried(&carry.from, &carry.to).await,
            None => Ok(None),
        }
    }

    /// The newest snapshot of the same tenant's keys of the same registry.
    async fn newest_snapshot(&self, state: &StateConfig) -> Result<Option<Backup>> {
        let all = self
            .ports
            .records()
            .backups(Some(&state::id()))
            .await?
            .sound;
        let same = |head: &Backup| {
            head.reason == "capture"
                && head.state.as_ref().is_some_and(|origin| {
                    origin.registry == state.registry.name && origin.tenant_id == state.tenant
                })
        };
        Ok(all.into_iter().rfind(same))
    }

    /// Whether there is something to capture of which there is no snapshot, or to carry. To capture
    /// only names are looked at, and flags alone are no reason: they are never cleared, and would ask for
    /// a run for ever.
    pub(in crate::engine) async fn state_needed(&self, state: &StateConfig) -> Result<bool> {
        let capture = state.capture(true);
        let sorted = self.sorted(&capture, true).await?;
        let worth = sorted
            .taken
            .iter()
            .any(|taken| taken.class.kind != Kind::Flag);
        if worth && self.newest_snapshot(state).await?.is_none() {
            return Ok(true);
        }
        let Some(carry) = &state.carry else {
            return Ok(false);
        };
        let standing = self.carry_status(carry).await?.standing;
        Ok(standing == CarryStanding::Pending)
    }
}
