//! Where a session stands, by its manifest and its source.

use super::Engine;
use super::container::At;
use super::parted::part_record;
use super::prepare::Prepared;
use super::rows::skipped_row;
use super::sweep::Sweep;
use crate::domain::config::KeyRule;
use crate::domain::digest::Digest;
use crate::domain::key::Key;
use crate::domain::layout::Layout;
use crate::domain::manifest::{Manifest, Origin, State};
use crate::domain::place::{Place, Wrapping};
use crate::domain::recognise::Row;
use crate::domain::recovery::{self, SourceNow, Step};
use crate::domain::report::SessionMigrationResult;
use crate::error::{Error, Result};
use crate::ports::{Ports, Records};

/// Where a session stands after recovery.
pub(super) enum Standing<B> {
    /// Nothing of ours: it may be migrated.
    Free,
    /// The chunks rule.
    Chunked {
        manifest: Box<Manifest>,
        skeleton: B,
    },
    /// Both live and different.
    Diverged {
        manifest: Box<Manifest>,
        skeleton: B,
    },
    /// Rolled back; the tombstone and its skeleton.
    RolledBack(Box<Manifest>, B),
}

impl<B> Standing<B> {
    /// Whether a planned session may be migrated: nothing of ours speaks against it, or it was
    /// rolled back to just this place and `force` is given.
    pub fn may_move(&self, prepared: &Prepared<B>, force: bool) -> bool {
        match self {
            Self::Free => true,
            Self::RolledBack(tombstone, _) => {
                force
                    && tombstone.settling.is_none()
                    && tombstone
                        .origin
                        .as_ref()
                        .is_none_or(|origin| origin.place == prepared.origin.place)
            }
            Self::Chunked { .. } | Self::Diverged { .. } => false,
        }
    }

    /// The manifest on which this was decided.
    pub fn manifest(&self) -> Option<&Manifest> {
        match self {
            Self::Free => None,
            Self::Chunked { manifest, .. }
            | Self::Diverged { manifest, .. }
            | Self::RolledBack(manifest, _) => Some(manifest),
        }
    }

    /// The row of a planned session that is not to be migrated.
    pub fn skipped(self, prepared: Prepared<B>) -> SessionMigrationResult {
        let mut row = self.row(&prepared.id);
        row.label = prepared.label;
        row.bytes = prepared.parted.bytes();
        row
    }

    /// The row of a session that is left as it is.
    pub fn row(&self, id: &Key) -> SessionMigrationResult {
        let (code, reason) = match self {
            Self::Free => ("AlreadyChunked", "there is nothing to do"),
            Self::Chunked { .. } => ("AlreadyChunked", "it is chunked already"),
            Self::Diverged { .. } => (
                "Diverged",
                "source and chunks are different; see resolveConflict",
            ),
            Self::RolledBack(tombstone, _) if tombstone.settling.is_some() => (
                "RolledBack",
                "it was put back into localStorage; after a later start `force` migrates it again",
            ),
            Self::RolledBack(..) => (
                "RolledBack",
                "it was rolled back; `force` migrates it again",
            ),
        };
        skipped_row(id, self.manifest(), code, reason)
    }
}

impl<P: Ports> Engine<P> {
    /// Where a session would stand after recovery, without any of it.
    pub(super) async fn foresee(
        &self,
        id: &Key,
        sweep: &Sweep<P::Body>,
    ) -> Result<Standing<P::Body>> {
        let Some((mut manifest, skeleton)) = self.ports.records().manifest(id).await? else {
            return Ok(Standing::Free);
        };
        loop {
            let source = self.source_now(&manifest, sweep).await?;
            let step = recovery::decide(&manifest, source);
            if step == Step::CancelRollback {
                manifest.state = State::Committed;
                continue;
            }
            let rolled_back = manifest.state == State::RolledBack;
            let manifest = Box::new(manifest);
            return Ok(match step {
                Step::DropStaged => Standing::Free,
                Step::Diverged => Standing::Diverged { manifest, skeleton },
                Step::FinishRollback | Step::SettleRollback | Step::LeaveRolledBack => {
                    Standing::RolledBack(manifest, skeleton)
                }
                Step::Nothing if rolled_back => Standing::RolledBack(manifest, skeleton),
                Step::RetireSource | Step::CancelRollback | Step::Nothing => {
                    Standing::Chunked { manifest, skeleton }
                }
            });
        }
    }

    /// Compares what lies in the source now with what was found there at the migration; while a
    /// rollback is under way, with the backup that it puts back.
    pub(super) async fn source_now(
        &self,
        manifest: &Manifest,
        sweep: &Sweep<P::Body>,
    ) -> Result<SourceNow> {
        let rolling = manifest.state == State::RollingBack || manifest.settling.is_some();
        if let (true, Some(path)) = (rolling, &manifest.rollback) {
            let backups = self.ports.records().backups(Some(&manifest.id)).await?;
            let backup = backups
                .sound
                .into_iter()
                .find(|backup| &backup.path == path);
            let Some((origin, backup)) = backup.and_then(|b| Some((b.origin.clone()?, b))) else {
                // Without its backup a rollback can't go on; the chunks are whole and rule again.
                return Ok(SourceNow::Different);
            };
            let at = (&origin.place, &origin.wrapping);
            return self
                .compare(at, &backup.layout, backup.fingerprint, sweep)
                .await;
        }
        let Some(origin) = &manifest.origin else {
            return Ok(SourceNow::Gone);
        };
        let (at, layout) = ((&origin.place, &origin.wrapping), manifest.origin_layout());
        let now = self.compare(at, layout, origin.fingerprint, sweep).await?;
        match now {
            SourceNow::Different if self.is_another(origin, &manifest.id, sweep).await? => {
                Ok(SourceNow::Gone)
            }
            now => Ok(now),
        }
    }

    /// Whether a place holds another session by now: where keys do not tell ids, an application may
    /// use a key again.
    async fn is_another(&self, origin: &Origin, id: &Key, sweep: &Sweep<P::Body>) -> Result<bool> {
        let mut sources = self.config.sources.iter();
        let found =
            sources.position(|source| source.name == origin.source && source.keys == KeyRule::Any);
        let Some(index) = found else {
            return Ok(false);
        };
        let candidate = self.open_place(index, &origin.place, sweep).await?;
        Ok(candidate
            .is_some_and(|candidate| matches!(&candidate.row, Row::Session(other) if other != id)))
    }

    /// Compares what lies at a place now with a fingerprint, the bytes of Blobs included.
    pub(super) async fn compare(
        &self,
        (place, wrapping): (&Place, &Wrapping),
        layout: &Layout,
        fingerprint: Digest,
        sweep: &Sweep<P::Body>,
    ) -> Result<SourceNow> {
        let record = match self.read_at(place, sweep).await {
            Ok(At::Found(record)) => record,
            Ok(At::Nothing) => return Ok(SourceNow::Gone),
            Ok(At::Several) => return Ok(SourceNow::Different),
            Ok(At::Unclear) | Err(Error::Unreadable { .. }) => return Ok(SourceNow::Unreadable),
            Err(error) => return Err(error),
        };
        Ok(
            match part_record(self.ports.bodies(), &record, wrapping, layout).await {
                Ok(Some(record)) if record.print.fingerprint == fingerprint => SourceNow::Same,
                _ => SourceNow::Different,
            },
        )
    }
}
