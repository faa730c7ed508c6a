//! A rehearsal of one session: the same reading, planning, splitting, joining and comparing as the
//! migration's, in memory.

use super::parted::part;
use super::prepare::Prepared;
use super::rows::planned_row;
use super::stopwatch::Stopwatch;
use super::sweep::Sweep;
use super::{Engine, Options};
use crate::domain::report::SessionMigrationResult;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports};

impl<P: Ports> Engine<P> {
    /// What migrating this session would come to. Writes nothing and creates no database.
    pub(super) async fn rehearse(
        &self,
        prepared: Prepared<P::Body>,
        options: &Options,
        sweep: &Sweep<P::Body>,
    ) -> Result<SessionMigrationResult> {
        let standing = self.foresee(&prepared.id, sweep).await?;
        if !standing.may_move(&prepared, options.force) {
            return Ok(standing.skipped(prepared));
        }
        let mut result = planned_row(&prepared);
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
