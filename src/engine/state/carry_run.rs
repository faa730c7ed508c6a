//! What is carried in a run over everything, once sessions are through.

use super::super::{Engine, Options};
use super::everything;
use crate::domain::key::Key;
use crate::domain::path::Path;
use crate::domain::state::{Carry, CarryOutcome, CarryRunResult, CarryStanding, CarryStatus};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Records, Sources};

/// How far carrying can come.
enum Ready {
    /// There is nothing to carry.
    Empty,
    /// The target is not there.
    Waiting,
    /// Just this was undone.
    Undone,
    Yes,
}

impl<P: Ports> Engine<P> {
    /// Carries what the configuration says, or rehearses it. Where the target is not there no one is
    /// signed in, and it waits: a target that is made up would be no account.
    pub(in crate::engine) async fn carry_in_run(
        &self,
        carry: &Carry,
        options: &Options,
    ) -> Result<(CarryRunResult, Option<Error>)> {
        let carried = async {
            match self.ready(carry).await? {
                Ready::Empty => Ok(CarryRunResult::none(carry, CarryOutcome::Empty)),
                Ready::Waiting => Ok(CarryRunResult::waiting(carry)),
                Ready::Undone if !options.force => Ok(CarryRunResult::undone(carry)),
                Ready::Undone | Ready::Yes => {
                    let asked = Carry {
                        dry_run: options.dry_run,
                        keep_days: options.backup_retention_days,
                        ..carry.clone()
                    };
                    let result = self.carry_state(&asked, true).await?;
                    Ok(CarryRunResult::of(carry, result))
                }
            }
        };
        match carried.await {
            Ok(result) => Ok((result, None)),
            Err(Error::Closed) => Err(Error::Closed),
            Err(error) => {
                let told = CarryRunResult::failed(carry, error.code(), error.to_string());
                Ok((told, Some(error)))
            }
        }
    }

    /// How a carry stands: by a rehearsal, which reads two keys.
    pub(super) async fn carry_status(&self, carry: &Carry) -> Result<CarryStatus> {
        let rehearsal = Options {
            dry_run: true,
            ..Options::default()
        };
        let (told, _) = self.carry_in_run(carry, &rehearsal).await?;
        Ok(CarryStatus {
            standing: match told.outcome {
                CarryOutcome::Carried => CarryStanding::Pending,
                CarryOutcome::Unchanged => CarryStanding::Done,
                CarryOutcome::Empty => CarryStanding::Empty,
                CarryOutcome::Waiting => CarryStanding::Waiting,
                CarryOutcome::Undone => CarryStanding::Undone,
                CarryOutcome::Failed | CarryOutcome::Cancelled => CarryStanding::Failed,
            },
            code: told.code,
            from: told.from,
            to: told.to,
        })
    }

    async fn ready(&self, carry: &Carry) -> Result<Ready> {
        let keys = self.ports.sources().keys(&everything()).await?;
        if !keys.contains(&Key::text(&carry.from)) {
            return Ok(Ready::Empty);
        }
        if !keys.contains(&Key::text(&carry.to)) {
            return Ok(Ready::Waiting);
        }
        let Some(last) = self.ports.records().carried(&carry.from, &carry.to).await? else {
            return Ok(Ready::Yes);
        };
        let from = self.text_now(&carry.from).await?;
        let from = from.and_then(|from| self.ports.bodies().text(&from, &Path::default()));
        Ok(match from.is_some_and(|from| last.was_undone(&from)) {
            true => Ready::Undone,
            false => Ready::Yes,
        })
    }

    /// The snapshot of a carry that is through, whose key may still hold what was carried.
    pub(in crate::engine) async fn carried_path(&self) -> Result<Option<String>> {
        let carry = self.config.state.as_ref();
        let Some(carry) = carry.and_then(|state| state.carry.as_ref()) else {
            return Ok(None);
        };
        let last = self.ports.records().carried(&carry.from, &carry.to).await?;
        let last = last.filter(|last| last.done && !last.undone && !last.cleared);
        let there = self.text_now(&carry.from).await?.is_some();
        Ok(last.filter(|_| there).map(|last| last.path))
    }
}
