//! Removing captured keys whose values are in a snapshot, and nowhere else needed.

use super::super::claim::Claim;
use super::super::migrate::GuardOf;
use super::super::{Engine, confirm};
use super::held::Held;
use super::restore::{failed, kept};
use super::snapshot::Snapshot;
use crate::domain::key::Key;
use crate::domain::state::{Kept, Kind, StateClearResult};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Durability, Ports, Sources, Swap, Write};

impl<P: Ports> Engine<P> {
    /// Removes keys of a snapshot that still hold what was captured. Flags stay.
    pub async fn clear_migrated_state(
        &self,
        path: &str,
        confirmed: bool,
    ) -> Result<StateClearResult> {
        let snapshot = self.sound_snapshot(path).await?;
        confirm(confirmed, "clearMigratedState", || {
            let flag = |held: &&Held<P::Body>| held.kind == Kind::Flag;
            let keys = snapshot.held.len() - snapshot.held.iter().filter(flag).count();
            let summary = format!(
                "{keys} keys would be removed from localStorage where they still hold what \
                 {path} has captured"
            );
            (summary, snapshot.preview())
        })?;
        self.with_state(async |claim| self.clear_keys(claim, &snapshot).await)
            .await
    }

    async fn clear_keys(
        &self,
        claim: &Claim<GuardOf<P>>,
        snapshot: &Snapshot<P::Body>,
    ) -> Result<StateClearResult> {
        let mut result = StateClearResult {
            success: true,
            path: snapshot.path.clone(),
            removed: Vec::new(),
            gone: Vec::new(),
            kept: Vec::new(),
            failed: Vec::new(),
        };
        self.note(claim, "clear", &snapshot.path).await?;
        let writes = self.begun_anew(snapshot).await?;
        let mut removed = Vec::new();
        for held in &snapshot.held {
            if held.kind == Kind::Flag {
                result.kept.push(kept(held, Kept::Flag));
                continue;
            }
            match self.clear_key(claim, held, &writes).await {
                Ok(Cleared::Removed) => removed.push(held),
                Ok(Cleared::Gone) => result.gone.push(held.key.clone()),
                Ok(Cleared::Kept(why)) => result.kept.push(kept(held, why)),
                Err(Error::Closed) => return Err(Error::Closed),
                // What was removed lies in the snapshot, and the others are still where they were.
                Err(error) => result.failed.push(failed(held, error.code())),
            }
        }
        self.sort_out_removed(&removed, &mut result).await;
        result.success = result.failed.is_empty();
        Ok(result)
    }

    async fn clear_key(
        &self,
        claim: &Claim<GuardOf<P>>,
        held: &Held<P::Body>,
        writes: &[Write<P::Body>],
    ) -> Result<Cleared> {
        let bodies = self.ports.bodies();
        match self.text_now(&held.key).await? {
            None => {
                // A death right after the removal has not noted that what comes next begins anew.
                if !writes.is_empty() {
                    let (writes, strict) = (writes.to_vec(), Durability::Strict);
                    self.write(claim, Vec::new(), writes, strict, 0, false)
                        .await?;
                }
                Ok(Cleared::Gone)
            }
            Some(found) if !bodies.same_text(&found, &held.text) => {
                Ok(Cleared::Kept(Kept::Different))
            }
            Some(_) => match self
                .swap_and_write(claim, &held.key, (Some(&held.text), None), writes.to_vec())
                .await?
            {
                Swap::Done => Ok(Cleared::Removed),
                Swap::Refused => Ok(Cleared::Kept(Kept::Changed)),
            },
        }
    }

    /// What another tab wrote while its key was removed has been put back, and is no longer ours.
    async fn sort_out_removed(&self, removed: &[&Held<P::Body>], result: &mut StateClearResult) {
        let heard = match removed.is_empty() {
            true => Vec::new(),
            false => self.ports.sources().settle().await,
        };
        for held in removed {
            let back = heard.contains(&Key::text(&held.key))
                && !matches!(self.text_now(&held.key).await, Ok(None));
            match back {
                true => result.kept.push(kept(held, Kept::Changed)),
                false => result.removed.push(held.key.clone()),
            }
        }
    }
}

enum Cleared {
    Removed,
    Gone,
    Kept(Kept),
}
