//! A backup put back into its source, and only then the chunks let go.

use super::Engine;
use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::parted::outline_of;
use super::sweep::Sweep;
use crate::domain::backup::{Backup, BackupOrigin};
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, State};
use crate::domain::records::AuditEntry;
use crate::domain::recovery::SourceNow;
use crate::error::{Error, Result};
use crate::ports::{
    Batch, Bodies, Change, Clock, Durability, Expect, Generations, Ports, Sources, StoredBackup,
    Swap, Write,
};

impl<P: Ports> Engine<P> {
    /// Whether the place of a backup is free, or holds just what is to be put there.
    pub(super) async fn is_free(
        &self,
        origin: &BackupOrigin,
        backup: &StoredBackup<P::Body>,
    ) -> Result<bool> {
        let (head, wrapping) = (&backup.head, &origin.wrapping);
        let (at, single) = ((&origin.place, wrapping), Sweep::single());
        let now = self
            .compare(at, &head.layout, head.fingerprint, &single)
            .await?;
        Ok(matches!(now, SourceNow::Gone | SourceNow::Same))
    }

    /// Writes the record if its place is free or holds it already, and reads it back. False if the
    /// place holds something else.
    pub(super) async fn write_source(
        &self,
        claim: &Claim<GuardOf<P>>,
        expect: Vec<Expect>,
        (origin, backup): (&BackupOrigin, &StoredBackup<P::Body>),
        writes: Vec<Write<P::Body>>,
    ) -> Result<bool> {
        // Blobs can't be read inside a transaction, so their bytes are compared just before it.
        if !self.is_free(origin, backup).await? {
            return Ok(false);
        }
        let (wrapping, layout) = (&origin.wrapping, &backup.head.layout);
        let fence = Some(claim.fence(self.ports.clock().now(), false));
        let durability = Durability::Strict;
        let then = Batch {
            fence,
            expect,
            writes,
            durability,
            bytes: backup.head.bytes,
        };
        let swap = match &origin.place.within {
            Some(within) => {
                let (id, position) = (&claim.id, origin.position);
                let slot = origin.place.slot();
                self.insert_member(id, (&slot, within, position), backup, then)
                    .await?
            }
            None => self.write_record(origin, backup, then).await?,
        };
        if swap == Swap::Refused {
            return Ok(false);
        }
        claim.applied(false);
        let (at, fingerprint) = ((&origin.place, wrapping), backup.head.fingerprint);
        let single = Sweep::single();
        match self.compare(at, layout, fingerprint, &single).await? {
            SourceNow::Same => Ok(true),
            _ => Err(Error::VerificationFailed {
                id: claim.id.clone(),
                place: "source".into(),
            }),
        }
    }

    /// Writes a record of its own.
    async fn write_record(
        &self,
        origin: &BackupOrigin,
        backup: &StoredBackup<P::Body>,
        then: Batch<P::Body>,
    ) -> Result<Swap> {
        let bodies = self.ports.bodies();
        let (wrapping, layout) = (&origin.wrapping, &backup.head.layout);
        let record = bodies.wrap(&backup.envelope, &wrapping.body, &backup.session);
        let outline = outline_of(bodies, &record, wrapping, layout);
        let change = |found: Option<&P::Body>| match found {
            Some(found)
                if outline.is_none() || outline_of(bodies, found, wrapping, layout) != outline =>
            {
                Change::Refuse
            }
            _ => Change::Put(record.clone()),
        };
        let sources = self.ports.sources();
        sources.replace(&origin.place, &change, then).await
    }

    /// Writes the source, and then lets the chunks go.
    pub(super) async fn put_back(
        &self,
        claim: &Claim<GuardOf<P>>,
        (rolling, skeleton): (&Manifest, &P::Body),
        origin: &BackupOrigin,
        backup: &StoredBackup<P::Body>,
    ) -> Result<()> {
        let expect = expecting(&claim.id, Some(rolling));
        let nothing = Vec::new();
        if !self
            .write_source(claim, expect, (origin, backup), nothing)
            .await?
        {
            return Err(Error::PlaceOccupied {
                id: claim.id.clone(),
            });
        }
        self.complete_rollback(claim, (rolling, skeleton), &backup.head, origin)
            .await
    }

    /// The chunks go; a tombstone stays, so that the session is not migrated again unasked.
    async fn complete_rollback(
        &self,
        claim: &Claim<GuardOf<P>>,
        (rolling, skeleton): (&Manifest, &P::Body),
        backup: &Backup,
        origin: &BackupOrigin,
    ) -> Result<()> {
        let id = claim.id.clone();
        let expect = expecting(&id, Some(rolling));
        let now = self.ports.clock().now();
        let tombstone = Manifest {
            state: State::RolledBack,
            revision: rolling.revision + 1,
            edited: false,
            rollback: None,
            settling: None,
            chunks: 0,
            places: None,
            updated_at: now,
            ..rolling.clone()
        };
        if origin.place.is_local() {
            // What was written there reaches the disk when the browser likes. Until a later start
            // finds it, the chunks stay, and the journal makes that start look.
            let settling = Manifest {
                edited: rolling.edited,
                rollback: rolling.rollback.clone(),
                settling: Some(now),
                chunks: rolling.chunks,
                ..tombstone
            };
            let mut writes = vec![Write::PutManifest(Box::new(settling), skeleton.clone())];
            // Put back once more after a power cut, it is the same rollback still.
            if rolling.settling.is_none() {
                writes.push(self.rollback_audit(&id, backup, origin));
            }
            return self
                .write(claim, expect, writes, Durability::Strict, 0, true)
                .await;
        }
        let writes = vec![
            Write::PutManifest(Box::new(tombstone), self.ports.bodies().null()),
            Write::DeleteGenerations(id.clone(), Generations::All),
            Write::DeleteJournal(id.clone()),
            self.rollback_audit(&id, backup, origin),
        ];
        self.write(claim, expect, writes, Durability::Strict, 0, true)
            .await
    }

    pub(super) fn rollback_audit(
        &self,
        id: &Key,
        backup: &Backup,
        origin: &BackupOrigin,
    ) -> Write<P::Body> {
        Write::Audit(AuditEntry {
            source: Some(origin.source.clone()),
            backup: Some(backup.path.clone()),
            bytes: backup.bytes,
            ..self.audit("rollback", id)
        })
    }
}
