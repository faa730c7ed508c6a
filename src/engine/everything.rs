//! One run over everything: state is captured before anything is changed, then sessions are
//! migrated, and then state is carried. A part that fails is listed, and never stops another.

use super::run::Run;
use super::summary::{Came, part_error};
use super::{Engine, Options};
use crate::domain::progress::{About, Phase};
use crate::domain::report::{BatchMigrationResult, Part};
use crate::domain::state::{
    CaptureOutcome, CaptureResult, CarryOutcome, CarryRunResult, StateRunResult,
};
use crate::error::{Error, Result};
use crate::ports::{Clock, Ports, Records, Watch};

impl<P: Ports> Engine<P> {
    /// Captures state, migrates every session and carries state, or rehearses it. Fails only where no part can be
    /// done at all; what concerns one session is that session's row.
    pub async fn migrate_all(
        &self,
        options: &Options,
        watch: &impl Watch,
    ) -> Result<BatchMigrationResult> {
        self.in_touch(watch, options.dry_run, async |watch| {
            self.run_over_all(options, watch).await
        })
        .await
    }

    async fn run_over_all(
        &self,
        options: &Options,
        watch: &impl Watch,
    ) -> Result<BatchMigrationResult> {
        let started = self.ports.clock().elapsed_ms();
        let mut run = Run::new(started);
        self.tell(&run, Phase::Scanning, "Looking for sessions", watch);
        let looked = self.look_at_all(options).await;
        let storage = self.ports.records().quota().await;
        if let (Ok(looked), false) = (&looked, options.dry_run) {
            let terms = (options.headroom, options.force);
            self.check_headroom(looked, storage, terms).await?;
        }
        let (mut state, state_error) = self.state_part(options, watch, &mut run).await?;
        if let (Ok(looked), Some(state)) = (&looked, &state) {
            looked.sweep.take_room(state.capture.bytes as f64);
        }
        let ran = match looked {
            Ok(looked) => self.run_sessions(looked, options, watch, &mut run).await,
            Err(error) => Err(error),
        };
        let cancelled = match ran {
            Ok(cancelled) => cancelled,
            Err(Error::Closed) => return Err(Error::Closed),
            Err(error) if state.is_none() || state_error => return Err(error),
            Err(error) => {
                run.errors.push(part_error(Part::Sessions, &error));
                false
            }
        };
        if let Some(state) = &mut state {
            state.carry = self
                .carry_part(options, (cancelled, watch), &mut run)
                .await?;
        }
        let came = Came {
            run,
            state,
            cancelled,
            storage,
            started,
        };
        Ok(self.summary(came, options, watch).await)
    }

    /// The state of the configuration, and whether nothing could be done about it.
    async fn state_part(
        &self,
        options: &Options,
        watch: &impl Watch,
        run: &mut Run,
    ) -> Result<(Option<StateRunResult>, bool)> {
        let Some(state) = &self.config.state else {
            return Ok((None, false));
        };
        let mut failed = false;
        let capture = if watch.cancelled() {
            CaptureResult::none(CaptureOutcome::Cancelled)
        } else {
            self.tell(run, Phase::Capturing, "Capturing state", watch);
            let (capture, error) = self.capture_in_run(state, options).await?;
            failed = error.is_some();
            let errors = error.iter().map(|error| part_error(Part::Capture, error));
            run.errors.extend(errors);
            capture
        };
        let result = StateRunResult {
            registry: state.registry.name.clone(),
            tenant_id: state.tenant.clone(),
            capture,
            carry: None,
        };
        Ok((Some(result), failed))
    }

    /// What was carried, once everything else is safe.
    async fn carry_part(
        &self,
        options: &Options,
        (cancelled, watch): (bool, &impl Watch),
        run: &mut Run,
    ) -> Result<Option<CarryRunResult>> {
        let state = self.config.state.as_ref();
        let Some(carry) = state.and_then(|state| state.carry.as_ref()) else {
            return Ok(None);
        };
        if cancelled || watch.cancelled() {
            return Ok(Some(CarryRunResult::none(carry, CarryOutcome::Cancelled)));
        }
        self.tell(run, Phase::Carrying, "Carrying state", watch);
        let (told, error) = self.carry_in_run(carry, options).await?;
        let errors = error.iter().map(|error| part_error(Part::Carry, error));
        run.errors.extend(errors);
        Ok(Some(told))
    }

    fn tell(&self, run: &Run, phase: Phase, message: &str, watch: &impl Watch) {
        let now = self.ports.clock().elapsed_ms();
        let event = run.pace.event(phase, message.into(), About::default(), now);
        watch.progress(&event);
    }
}
