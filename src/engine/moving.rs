//! Steps 2 to 6 for one session: staged, verified, committed, and its original retired; once more if
//! the application wrote it meanwhile.

use super::claim::Claim;
use super::migrate::{GuardOf, Previous};
use super::prepare::{Prepared, Purpose};
use super::retire::Retired;
use super::rows::planned_row;
use super::standing::Standing;
use super::stopwatch::Stopwatch;
use super::sweep::Sweep;
use super::{Engine, Options};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::path::Path;
use crate::domain::report::{Outcome, SessionMigrationResult, Warning};
use crate::error::{Error, Result};
use crate::ports::{Ports, Records};

impl<P: Ports> Engine<P> {
    /// Steps 2 to 6 for a session that is claimed and may be migrated.
    pub(super) async fn move_session(
        &self,
        claim: &Claim<GuardOf<P>>,
        mut prepared: Prepared<P::Body>,
        previous: Previous<P::Body>,
        way: (&Options, &Sweep<P::Body>),
    ) -> Result<SessionMigrationResult> {
        let mut result = self.move_once(claim, &prepared, previous, way).await?;
        // Once more, if the application wrote its record between our reading and the removal.
        if let Moved::Changed(row) = result {
            result = match self.plan_again(claim, &prepared).await {
                Again::Planned(newer, previous) => {
                    prepared = *newer;
                    self.move_once(claim, &prepared, Some(*previous), way)
                        .await?
                }
                Again::Gone => Moved::Done(row),
                Again::Never => Moved::Changed(row),
            };
        }
        match result {
            Moved::Done(row) => Ok(row),
            Moved::Changed(row) => Ok(diverged(row)),
        }
    }

    /// Looks once more at a committed session whose original turned out to have changed, and moves
    /// what lies there now, if nobody has edited the chunks.
    pub(super) async fn move_again(
        &self,
        id: &Key,
        options: &Options,
    ) -> Result<SessionMigrationResult> {
        let claim = self.claim(id).await;
        let outcome = async {
            let standing = self.recover(&claim).await?;
            let (manifest, skeleton) = match standing {
                Standing::Diverged { manifest, skeleton } if !manifest.edited => {
                    (manifest, skeleton)
                }
                standing => return Ok(standing.row(id)),
            };
            let prepared = match self.locate(id).await? {
                Some(candidate) => self.prepare_session(id, &candidate, Purpose::Move).await?,
                None => return Err(Error::StaleHandle { id: id.clone() }),
            };
            let previous = Some((*manifest, skeleton));
            let way = (options, &Sweep::single());
            match self.move_once(&claim, &prepared, previous, way).await? {
                Moved::Done(row) => Ok(row),
                Moved::Changed(row) => Ok(diverged(row)),
            }
        }
        .await;
        self.release(&claim).await;
        outcome
    }

    async fn move_once(
        &self,
        claim: &Claim<GuardOf<P>>,
        prepared: &Prepared<P::Body>,
        previous: Previous<P::Body>,
        (options, sweep): (&Options, &Sweep<P::Body>),
    ) -> Result<Moved> {
        let mut row = planned_row(prepared);
        let manifest = self
            .commit_session(
                claim,
                prepared,
                previous.as_ref(),
                (options, sweep),
                &mut row.phases,
            )
            .await?;
        row.backup_path = manifest.backup.clone();
        let mut watch = Stopwatch::start(self.ports.clock());
        let retired = self.retire(claim, &manifest, Some(prepared), sweep).await;
        row.phases.remove = watch.lap();
        match retired {
            Ok(Retired::Removed | Retired::Due | Retired::Kept) => {}
            Ok(Retired::Changed) => return Ok(Moved::Changed(row)),
            // The session is safe in chunks; the next run removes its original.
            Err(error) => row.warnings.push(still_there(&error)),
        }
        Ok(Moved::Done(row))
    }

    /// Plans a session anew that was committed while its source changed.
    async fn plan_again(
        &self,
        claim: &Claim<GuardOf<P>>,
        before: &Prepared<P::Body>,
    ) -> Again<P::Body> {
        let candidate = match self.locate(&before.id).await {
            Ok(Some(candidate)) if candidate.place == before.origin.place => candidate,
            Ok(_) => return Again::Gone,
            Err(_) => return Again::Never,
        };
        let newer = self
            .prepare_session(&before.id, &candidate, Purpose::Move)
            .await;
        let previous = self.ports.records().manifest(&claim.id).await;
        match (newer, previous) {
            (Ok(newer), Ok(Some(previous))) if !previous.0.edited => {
                Again::Planned(Box::new(newer), Box::new(previous))
            }
            _ => Again::Never,
        }
    }
}

/// Says that an original could not be removed.
pub(super) fn still_there(error: &Error) -> Warning {
    let message = format!(
        "was migrated, but its original could not be removed yet ({})",
        error.code()
    );
    Warning::new("OriginalStillThere", &Path::default(), message)
}

/// The row of a session whose source changed, and changed again.
fn diverged(mut row: SessionMigrationResult) -> SessionMigrationResult {
    row.outcome = Outcome::Skipped;
    row.code = Some("Diverged".into());
    row.reason = Some("its source changed while it was migrated".into());
    row
}

/// What there is to be done about a source that changed.
enum Again<B> {
    /// This is how it would go now, and this rules until then.
    Planned(Box<Prepared<B>>, Box<(Manifest, B)>),
    /// Nothing: it was removed.
    Gone,
    /// It can't be planned now, or must not be: chunks that someone has edited since are not to be
    /// replaced.
    Never,
}

/// What one way through the protocol came to.
enum Moved {
    /// The chunks rule, and the source does not speak against them.
    Done(SessionMigrationResult),
    /// The chunks rule, but the source is no longer what was migrated.
    Changed(SessionMigrationResult),
}
