//! A rehearsal of one session: the same reading, planning, splitting, joining and comparing as the
//! migration's, in memory.

use super::parted::part;
use super::prepare::Prepared;
use super::rows::planned_row;
use super::stopwatch::Stopwatch;
use super::{Engine, Options};
use crate::domain::manifest::State;
use crate::domain::report::{Outcome, SessionMigrationResult};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Records};

impl<P: Ports> Engine<P> {
    /// What migrating this session would come to. Writes nothing and creates no database.
    pub(super) async fn rehearse(
        &self,
        prepared: Prepared<P::Body>,
        options: &Options,
    ) -> Result<SessionMigrationResult> {
        let mut result = planned_row(&prepared);
        if let Some((manifest, _)) = self.ports.records().manifest(&prepared.id).await? {
            let same = manifest.origin.as_ref().is_some_and(|origin| {
                origin.fingerprint == prepared.origin.fingerprint
                    && origin.place == prepared.origin.place
            });
            let skip = match manifest.state {
                State::RolledBack if !options.force => Some((
                    "RolledBack",
                    "it was rolled back; `force` migrates it again",
                )),
                State::Staged | State::RolledBack => None,
                State::Committed | State::RollingBack if same => {
                    Some(("AlreadyChunked", "it is chunked already"))
                }
                State::Committed | State::RollingBack => Some((
                    "Diverged",
                    "source and chunks are different; see resolveConflict",
                )),
            };
            if let Some((code, reason)) = skip {
                result.outcome = Outcome::Skipped;
                result.code = Some(code.into());
                result.reason = Some(reason.into());
                return Ok(result);
            }
        }
        let mut watch = Stopwatch::start(self.ports.clock());
        self.compare_in_memory(&prepared).await?;
        result.phases.verify = watch.lap();
        Ok(result)
    }

    async fn compare_in_memory(&self, prepared: &Prepared<P::Body>) -> Result<()> {
        let bodies = self.ports.bodies();
        let failed = |place: &str| Error::VerificationFailed {
            id: prepared.id.clone(),
            place: place.into(),
        };
        let skeleton = bodies.copy(&prepared.parted.skeleton)?;
        let pieces = prepared
            .parted
            .pieces
            .iter()
            .map(|piece| bodies.copy(piece));
        let pieces = pieces.collect::<Result<Vec<_>>>()?;
        let list = prepared.parted.list(&prepared.id, 0);
        let joined = super::load::join_pieces(bodies, &skeleton, &list, pieces)
            .map_err(|place| failed(&place))?;
        match part(bodies, &joined, &self.config.layout).await {
            Ok(again) if again.fingerprint() == prepared.parted.fingerprint() => Ok(()),
            _ => Err(failed("joined session")),
        }
    }
}
