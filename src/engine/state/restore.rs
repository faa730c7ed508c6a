//! Putting captured keys back: all of them, or none as far as localStorage allows.

use super::super::claim::Claim;
use super::super::migrate::GuardOf;
use super::super::{Engine, confirm};
use super::held::Held;
use super::is_still;
use super::snapshot::Snapshot;
use crate::domain::key::Key;
use crate::domain::state::{FailedKey, Kept, KeptKey, StateOrigin, StateRestoreResult};
use crate::error::Result;
use crate::ports::{Bodies, Ports, Sources, Swap};

/// A key that is to be written or removed, and what lay there when that was planned.
pub(super) struct Step<'s, B> {
    pub held: &'s Held<B>,
    pub seen: Option<B>,
    /// What is to lie there.
    pub wanted: Option<&'s B>,
}

impl<P: Ports> Engine<P> {
    /// Puts the keys of a snapshot back where they were. A key that holds something else is kept
    /// unless `overwrite`; what is overwritten then becomes a snapshot of its own first.
    pub async fn restore_state(
        &self,
        path: &str,
        overwrite: bool,
        confirmed: bool,
    ) -> Result<StateRestoreResult> {
        let snapshot = self.sound_snapshot(path).await?;
        confirm(confirmed, "restoreState", || {
            let keys = snapshot.held.len();
            let differing = match overwrite {
                true => "overwritten",
                false => "kept",
            };
            let summary = format!(
                "{keys} keys would be put back into localStorage from {path}; \
                 those that hold something else would be {differing}"
            );
            (summary, snapshot.preview())
        })?;
        self.with_state(async |claim| self.put_state_back(claim, &snapshot, overwrite).await)
            .await
    }

    async fn put_state_back(
        &self,
        claim: &Claim<GuardOf<P>>,
        snapshot: &Snapshot<P::Body>,
        overwrite: bool,
    ) -> Result<StateRestoreResult> {
        let mut result = StateRestoreResult::of(&snapshot.path);
        let steps = self.plan(snapshot, overwrite, &mut result).await?;
        result.overwritten_path = self.keep_overwritten(claim, snapshot, &steps).await?;
        self.note(claim, "restore", &result.path).await?;
        self.take_steps(claim, &steps, result).await
    }

    /// Writes all keys and reads them back, or puts them as they were before one failed.
    pub(super) async fn take_steps(
        &self,
        claim: &Claim<GuardOf<P>>,
        steps: &[Step<'_, P::Body>],
        mut result: StateRestoreResult,
    ) -> Result<StateRestoreResult> {
        let mut begun = Vec::with_capacity(steps.len());
        for step in steps {
            let (held, seen) = (step.held, step.seen.as_ref());
            // It may have been written even where we hear of a failure.
            begun.push(step);
            match self.swap_text(claim, &held.key, seen, step.wanted).await {
                Ok(Swap::Done) => {}
                Ok(Swap::Refused) => {
                    begun.pop();
                    result.kept.push(kept(held, Kept::Changed));
                }
                Err(error) => {
                    result.failed = self.undo(claim, &result.path, &begun, error).await?;
                    result.success = false;
                    return Ok(result);
                }
            }
        }
        self.read_back(&begun, &mut result).await;
        result.success = result.failed.is_empty();
        Ok(result)
    }

    /// Looks at every key before any is written.
    async fn plan<'s>(
        &self,
        snapshot: &'s Snapshot<P::Body>,
        overwrite: bool,
        result: &mut StateRestoreResult,
    ) -> Result<Vec<Step<'s, P::Body>>> {
        let bodies = self.ports.bodies();
        let mut steps = Vec::new();
        for held in &snapshot.held {
            let seen = self.text_now(&held.key).await?;
            match &seen {
                Some(seen) if bodies.same_text(seen, &held.text) => {
                    result.unchanged.push(held.key.clone());
                }
                Some(_) if !overwrite => result.kept.push(kept(held, Kept::Different)),
                Some(_) | None => {
                    let wanted = Some(&held.text);
                    steps.push(Step { held, seen, wanted });
                }
            }
        }
        Ok(steps)
    }

    /// Keeps what is going to be overwritten: nothing else holds it.
    pub(super) async fn keep_overwritten(
        &self,
        claim: &Claim<GuardOf<P>>,
        snapshot: &Snapshot<P::Body>,
        steps: &[Step<'_, P::Body>],
    ) -> Result<Option<String>> {
        let overwritten = steps.iter().filter_map(|step| {
            let text = step.seen.clone()?;
            Some(Held {
                text,
                ..step.held.clone()
            })
        });
        let overwritten: Vec<_> = overwritten.collect();
        if overwritten.is_empty() {
            return Ok(None);
        }
        let origin = StateOrigin {
            keys: overwritten.len() as u32,
            ..snapshot.origin.clone()
        };
        let kept = self.store_snapshot(claim, origin, "overwrite", &overwritten);
        Ok(Some(kept.await?.path))
    }

    /// Says of every key that was written whether it lies there, once other tabs were heard.
    async fn read_back(&self, written: &[&Step<'_, P::Body>], result: &mut StateRestoreResult) {
        if written.is_empty() {
            return;
        }
        let heard = self.ports.sources().settle().await;
        for step in written {
            let held = step.held;
            let code = match self.text_now(&held.key).await {
                Ok(found) if is_still(self.ports.bodies(), found.as_ref(), step.wanted) => {
                    result.restored.push(held.key.clone());
                    continue;
                }
                Ok(_) if heard.contains(&Key::text(&held.key)) => {
                    result.kept.push(kept(held, Kept::Changed));
                    continue;
                }
                Ok(_) => "VerificationFailed",
                Err(error) => error.code(),
            };
            result.failed.push(failed(held, code));
        }
    }
}

pub(super) fn kept<B>(held: &Held<B>, why: Kept) -> KeptKey {
    KeptKey {
        key: held.key.clone(),
        class: held.class.clone(),
        why,
    }
}

pub(super) fn failed<B>(held: &Held<B>, code: &str) -> FailedKey {
    FailedKey {
        key: held.key.clone(),
        class: held.class.clone(),
        code: code.into(),
    }
}
