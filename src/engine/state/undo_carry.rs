//! Undoing a carry: both keys as they were before it.

use super::super::claim::Claim;
use super::super::migrate::GuardOf;
use super::super::{Engine, confirm};
use super::carry_write::put;
use super::deed::{Deed, TO};
use super::held::Held;
use super::is_still;
use super::restore::{Step, kept};
use super::snapshot::Snapshot;
use crate::domain::state::{Carried, Kept, Kind, StateRestoreResult};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Durability, Ports, Records, Write};

impl<P: Ports> Engine<P> {
    /// Puts both keys of a carry as they were before it; a target that was not there goes again. A
    /// key that holds something else than the carry has left there is kept unless `overwrite`; what
    /// is overwritten then becomes a snapshot of its own first.
    pub async fn undo_carry(
        &self,
        path: &str,
        overwrite: bool,
        confirmed: bool,
    ) -> Result<StateRestoreResult> {
        let snapshot = self.sound_snapshot(path).await?;
        let Some(deed) = &snapshot.deed else {
            return Err(Error::InvalidArgument {
                name: "path".into(),
                expected: "must be that of a carry, as carryState returns it".into(),
            });
        };
        confirm(confirmed, "undoCarry", || {
            let differing = match overwrite {
                true => "overwritten",
                false => "kept",
            };
            let summary = format!(
                "{} and {} would be put as they were before {path}; what was changed since would be \
                 {differing}",
                deed.carried.from, deed.carried.to
            );
            (summary, snapshot.preview())
        })?;
        self.with_state(async |claim| self.undo_deed(claim, &snapshot, deed, overwrite).await)
            .await
    }

    async fn undo_deed(
        &self,
        claim: &Claim<GuardOf<P>>,
        snapshot: &Snapshot<P::Body>,
        deed: &Deed,
        overwrite: bool,
    ) -> Result<StateRestoreResult> {
        let bodies = self.ports.bodies();
        let mut result = StateRestoreResult::of(&snapshot.path);
        let (mut steps, mut edited) = (Vec::new(), Vec::new());
        let given = bodies.of_text(&deed.text);
        // A target that was not there has no row; its key is written by no other.
        let target = Held {
            key: deed.carried.to.clone(),
            class: TO.into(),
            kind: Kind::Flag,
            text: given.clone(),
        };
        let was_there = snapshot.held.iter().any(|held| held.class == TO);
        let rows = snapshot.held.iter().map(|held| (held, Some(&held.text)));
        let rows = rows.chain((!was_there).then_some((&target, None)));
        for (held, wanted) in rows {
            let seen = self.text_now(&held.key).await?;
            let ours = held.class == TO && is_still(bodies, seen.as_ref(), Some(&given));
            if is_still(bodies, seen.as_ref(), wanted) {
                result.unchanged.push(held.key.clone());
            } else if ours || seen.is_none() {
                steps.push(Step { held, seen, wanted });
            } else if overwrite {
                edited.push(steps.len());
                steps.push(Step { held, seen, wanted });
            } else {
                result.kept.push(kept(held, Kept::Different));
            }
        }
        let (lost, mut others): (Vec<_>, Vec<_>) = (0..)
            .zip(steps)
            .partition(|(index, _)| edited.contains(index));
        let lost: Vec<_> = lost.into_iter().map(|(_, step)| step).collect();
        result.overwritten_path = self.keep_overwritten(claim, snapshot, &lost).await?;
        let mut steps: Vec<_> = others.drain(..).map(|(_, step)| step).collect();
        steps.extend(lost);
        self.note(claim, "carry-undo", &result.path).await?;
        let result = self.take_steps(claim, &steps, result).await?;
        let to = &deed.carried.to;
        if result.restored.contains(to) || result.unchanged.contains(to) {
            self.forget_deed(claim, deed, &snapshot.path).await?;
        }
        Ok(result)
    }

    /// What this carry added is not in the target any more.
    async fn forget_deed(&self, claim: &Claim<GuardOf<P>>, deed: &Deed, path: &str) -> Result<()> {
        let (from, to) = (&deed.carried.from, &deed.carried.to);
        let last = self.ports.records().carried(from, to).await?;
        let undone = Carried {
            path: path.into(),
            ..deed.carried.undone()
        };
        if last.as_ref() == Some(&undone) {
            return Ok(());
        }
        let writes = vec![put(undone)];
        let strict = Durability::Strict;
        self.write(claim, Vec::new(), writes, strict, 0, false)
            .await
    }

    /// That what lies under the key that a carry has read begins anew once it is cleared.
    pub(super) async fn begun_anew(
        &self,
        snapshot: &Snapshot<P::Body>,
    ) -> Result<Vec<Write<P::Body>>> {
        let Some(Deed { carried, .. }) = &snapshot.deed else {
            return Ok(Vec::new());
        };
        let last = self
            .ports
            .records()
            .carried(&carried.from, &carried.to)
            .await?;
        Ok(last
            .map(|last| Carried {
                cleared: true,
                ..last
            })
            .map(put)
            .into_iter()
            .collect())
    }
}
