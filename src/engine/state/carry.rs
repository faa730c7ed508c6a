//! Carrying one key into another.
//!
//! Nothing is removed. The target is written once both keys are in a snapshot, and only over what was
//! read. Before, it is noted what is going to be carried, and in the transaction around the write
//! that it was; a run that finds the first alone tells by the target what became of it.

use super::super::claim::Claim;
use super::super::migrate::GuardOf;
use super::super::{Engine, confirm};
use super::is_still;
use crate::domain::digest::Digest;
use crate::domain::limits::{Context, Day};
use crate::domain::path::Path;
use crate::domain::state::{Base, Carried, Carry, CarryResult, ClearOffer, Plan, Unfit, plan};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Durability, Ports, Records};
use serde_json::json;

/// How often a carry is planned where other tabs write in between.
const ATTEMPTS: u32 = 2;

/// Both keys as they were read.
pub(super) struct Found<B> {
    pub from: B,
    pub to: Option<B>,
    pub source: String,
    pub target: Option<String>,
}

/// All that a carry is decided by, and what was decided.
pub(super) struct Looked<B> {
    pub found: Found<B>,
    pub last: Option<Carried>,
    pub plan: Plan,
}

impl<P: Ports> Engine<P> {
    /// Merges what lies under one key into what lies under another. A dry run needs no confirmation.
    pub async fn carry_state(&self, carry: &Carry, confirmed: bool) -> Result<CarryResult> {
        self.with_state(async |claim| self.carry_with(claim, carry, confirmed).await)
            .await
    }

    async fn carry_with(
        &self,
        claim: &Claim<GuardOf<P>>,
        carry: &Carry,
        confirmed: bool,
    ) -> Result<CarryResult> {
        let Some(looked) = self.look(carry).await? else {
            return Ok(result(carry, None));
        };
        let preview = result(carry, Some(&looked.plan));
        if carry.dry_run {
            return Ok(preview);
        }
        confirm(confirmed, "carryState", || {
            let summary = format!(
                "{} would be merged into {} by the rules of the preview",
                carry.from, carry.to
            );
            (summary, json!(preview))
        })?;
        // From here on no other tab carries: what was carried before is not added by both.
        let (none, relaxed) = (Vec::new(), Durability::Relaxed);
        self.write(claim, Vec::new(), none, relaxed, 0, false)
            .await?;
        for _ in 0..ATTEMPTS {
            let Some(looked) = self.look(carry).await? else {
                return Ok(result(carry, None));
            };
            if let Some(path) = self.carry_once(claim, carry, &looked).await? {
                return self.told(carry, looked, path).await;
            }
        }
        Err(Error::StateBusy)
    }

    /// Reads both keys and plans; `None` where there is nothing to carry.
    async fn look(&self, carry: &Carry) -> Result<Option<Looked<P::Body>>> {
        let Some(found) = self.found(carry).await? else {
            return Ok(None);
        };
        let last = self.ports.records().carried(&carry.from, &carry.to).await?;
        let plan = self.plan_carry(carry, &found, last.as_ref())?;
        Ok(Some(Looked { found, last, plan }))
    }

    /// Carries as it was planned, and returns the snapshot; `None` where another tab was there first.
    async fn carry_once(
        &self,
        claim: &Claim<GuardOf<P>>,
        carry: &Carry,
        looked: &Looked<P::Body>,
    ) -> Result<Option<String>> {
        if let Some(last) = self.carried_before(looked).await? {
            return self.settle_carried(claim, last).await.map(Some);
        }
        let deed = self.keep_both(claim, carry, looked).await?;
        let written = self.write_target(claim, looked, &deed).await?;
        Ok(written.then_some(deed.carried.path))
    }

    async fn told(
        &self,
        carry: &Carry,
        looked: Looked<P::Body>,
        path: String,
    ) -> Result<CarryResult> {
        let from = self.text_now(&carry.from).await?;
        let same = is_still(self.ports.bodies(), from.as_ref(), Some(&looked.found.from));
        let clear = same.then(|| ClearOffer {
            key: carry.from.clone(),
            path: path.clone(),
        });
        Ok(CarryResult {
            path: Some(path),
            clear,
            ..result(carry, Some(&looked.plan))
        })
    }

    /// Reads both keys; `None` where there is nothing to carry.
    async fn found(&self, carry: &Carry) -> Result<Option<Found<P::Body>>> {
        let Some(from) = self.text_now(&carry.from).await? else {
            return Ok(None);
        };
        let to = self.text_now(&carry.to).await?;
        let source = self.exact(&carry.from, &from)?;
        let target = to.as_ref().map(|to| self.exact(&carry.to, to));
        Ok(Some(Found {
            from,
            source,
            target: target.transpose()?,
            to,
        }))
    }

    fn exact(&self, key: &str, body: &P::Body) -> Result<String> {
        let text = self.ports.bodies().text(body, &Path::default());
        text.ok_or_else(|| Error::StateNotCarried {
            key: key.into(),
            code: "UnsupportedValue",
            reason: "the text has surrogates without a partner".into(),
        })
    }

    fn plan_carry(
        &self,
        carry: &Carry,
        found: &Found<P::Body>,
        last: Option<&Carried>,
    ) -> Result<Plan> {
        let clock = self.ports.clock();
        let day_of = |ms: i64| -> Option<Day> { clock.day_of(ms) };
        let context = Context {
            today: clock.today(),
            day_of: &day_of,
        };
        let texts = (found.source.as_str(), found.target.as_deref());
        let base = Base::of(last, carry.print, texts.0, texts.1);
        plan(carry, texts, &base, &context).map_err(|Unfit { key, broken }| {
            Error::StateNotCarried {
                key,
                code: broken.code,
                reason: broken.reason,
            }
        })
    }

    /// The last carry, where nothing is to be written since it was just this one, and its snapshot
    /// still has what was read.
    async fn carried_before(&self, looked: &Looked<P::Body>) -> Result<Option<Carried>> {
        let source = Digest::of(looked.found.source.as_bytes());
        let none = looked.plan.text.is_none();
        let same = |last: &&Carried| none && last.source == source;
        let Some(last) = looked.last.as_ref().filter(same) else {
            return Ok(None);
        };
        match self.sound_snapshot(&last.path).await {
            Ok(_) => Ok(Some(last.clone())),
            Err(Error::BackupNotFound { .. } | Error::BackupDamaged { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn result(carry: &Carry, plan: Option<&Plan>) -> CarryResult {
    CarryResult {
        success: true,
        path: None,
        from: carry.from.clone(),
        to: carry.to.clone(),
        dry_run: carry.dry_run,
        changed: plan.is_some_and(|plan| plan.text.is_some()),
        changes: plan.map_or_else(Vec::new, |plan| plan.changes.clone()),
        findings: plan.map_or_else(Vec::new, |plan| plan.findings.clone()),
        clear: None,
    }
}
