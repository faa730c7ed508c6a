//! State in a run over everything: captured before any session is migrated.

use super::super::{Engine, Options};
use super::capture::Terms;
use super::{Capture, Captured};
use crate::domain::config::StateConfig;
use crate::domain::state::{CaptureOutcome, CaptureResult};
use crate::error::{Error, Result};
use crate::ports::Ports;

impl StateConfig {
    /// What a run, or a look at how things stand, is to capture.
    pub(super) fn capture(&self, dry_run: bool) -> Capture {
        Capture {
            registry: self.registry.clone(),
            tenant: self.tenant.clone(),
            claims: self.claims.clone(),
            dry_run,
        }
    }
}

impl<P: Ports> Engine<P> {
    /// Captures the state of the configuration, as a run does: without what is a session's.
    pub async fn capture_configured(
        &self,
        state: &StateConfig,
        options: &Options,
    ) -> Result<Captured<P::Body>> {
        let terms = Terms {
            but_sessions: true,
            days: options
                .backup_retention_days
                .unwrap_or(self.config.backup_retention_days),
        };
        let capture = state.capture(options.dry_run);
        self.capture_on(terms, &capture).await
    }

    /// The same as a part of a run. An error is told in the result; only that this
    /// instance was closed stops a run.
    pub(in crate::engine) async fn capture_in_run(
        &self,
        state: &StateConfig,
        options: &Options,
    ) -> Result<(CaptureResult, Option<Error>)> {
        match self.capture_configured(state, options).await {
            Ok(captured) => Ok((CaptureResult::of(captured.snapshot), None)),
            Err(Error::Closed) => Err(Error::Closed),
            Err(error) => {
                let mut result = CaptureResult::none(CaptureOutcome::Failed);
                result.code = Some(error.code().into());
                result.reason = Some(error.to_string());
                Ok((result, Some(error)))
            }
        }
    }
}
