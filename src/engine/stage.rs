//! Steps 2 to 4: staged, verified, committed.

use super::claim::{Claim, expecting};
use super::load::{join, join_pieces};
use super::migrate::GuardOf;
use super::parted::{Parted, part, part_record};
use super::prepare::{Prepared, place_name};
use super::stopwatch::Stopwatch;
use super::sweep::Sweep;
use super::{Engine, Options};
use crate::domain::backup::{Backup, Format};
use crate::domain::chunk_list::ChunkList;
use crate::domain::manifest::{Manifest, Originals, State, first_generation};
use crate::domain::report::PhaseTimes;
use crate::domain::retention;
use crate::domain::time::Timestamp;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Durability, Generations, Ports, Records, Write};

impl<P: Ports> Engine<P> {
    /// Steps 2 to 4. On any failure what was staged is dropped again, and what ruled before rules.
    pub(super) async fn commit_session(
        &self,
        claim: &Claim<GuardOf<P>>,
        prepared: &Prepared<P::Body>,
        previous: Option<&(Manifest, P::Body)>,
        (options, sweep): (&Options, &Sweep<P::Body>),
        times: &mut PhaseTimes,
    ) -> Result<Manifest> {
        let mut watch = Stopwatch::start(self.ports.clock());
        let now = self.ports.clock().now();
        let path = retention::backup_path(&claim.id, now, 0);
        let staged = match self
            .stage(claim, prepared, previous, options, (now, path))
            .await
        {
            // Nearly always that name is free, so nobody looks before.
            Err(error) if is_taken(&error) => {
                let path = self.free_backup_path(&claim.id, now).await?;
                self.stage(claim, prepared, previous, options, (now, path))
                    .await?
            }
            staged => staged?,
        };
        times.stage += watch.lap();
        let verified = self.verify_staged(&staged, prepared).await;
        times.verify += watch.lap();
        let committed = match verified {
            Ok(()) => self.commit(claim, &staged, prepared, sweep).await,
            Err(error) => Err(error),
        };
        times.commit += watch.lap();
        if committed.is_err() {
            // Should this fail too, recovery drops it: the manifest says `staged`.
            let _ = self.unstage(claim, &staged, previous).await;
        }
        committed
    }

    /// Step 2: backup, chunks, manifest and journal in one strict transaction.
    async fn stage(
        &self,
        claim: &Claim<GuardOf<P>>,
        prepared: &Prepared<P::Body>,
        previous: Option<&(Manifest, P::Body)>,
        options: &Options,
        (now, path): (Timestamp, String),
    ) -> Result<Manifest> {
        let id = claim.id.clone();
        let Parted {
            pieces, skeleton, ..
        } = &prepared.parted;
        let before = previous.map(|(manifest, _)| (manifest.generation, manifest.revision));
        let (generation, revision) =
            before.map_or((first_generation(now), 1), |(g, r)| (g + 1, r + 1));
        let list = prepared.parted.list(&id, generation);
        let days = options
            .backup_retention_days
            .unwrap_or(self.config.backup_retention_days);
        let backup = Backup {
            path,
            id: id.clone(),
            backup_created_at: now,
            expires_at: Some(now.plus_days(days.max(retention::MIN_DAYS))),
            original_format: Format::Monolithic,
            reason: "migration".into(),
            origin: Some(prepared.backup_origin()),
            state: None,
            layout: self.config.layout.clone(),
            fingerprint: prepared.origin.fingerprint,
            bytes: prepared.record_bytes,
        };
        let manifest = Manifest {
            id: id.clone(),
            label: prepared.label.clone(),
            state: State::Staged,
            generation,
            revision,
            edited: false,
            layout: self.config.layout.clone(),
            skeleton_measure: prepared.parted.skeleton_measure,
            fingerprint: prepared.parted.fingerprint(),
            bytes: prepared.parted.bytes(),
            chunks: pieces.len() as u32,
            places: Some(list.places()),
            origin: Some(prepared.origin.clone()),
            originals: prepared.originals,
            backup: Some(backup.path.clone()),
            rollback: None,
            settling: None,
            warnings: {
                let found = prepared.findings.as_warnings();
                let all = prepared.parted.warnings.iter().cloned().chain(found);
                all.collect()
            },
            created_at: previous.map_or(now, |(manifest, _)| manifest.created_at),
            updated_at: now,
        };
        let bytes = prepared.record_bytes + manifest.bytes;
        let mut writes = vec![Write::AddBackup {
            head: Box::new(backup),
            envelope: prepared.envelope.clone(),
            session: prepared.stored.clone(),
        }];
        writes.extend(put_pieces(&list, pieces));
        writes.push(Write::PutList(list));
        writes.push(Write::PutManifest(
            Box::new(manifest.clone()),
            skeleton.clone(),
        ));
        writes.push(self.journal("migrate", &id, generation));
        writes.extend(self.restaged(previous));
        let expect = expecting(&id, previous.map(|(manifest, _)| manifest));
        self.write(claim, expect, writes, Durability::Strict, bytes, false)
            .await?;
        Ok(manifest)
    }

    /// Step 3: reads all of it back in fresh transactions and compares every value. One copy after the
    /// other, so that both are never in memory at once.
    async fn verify_staged(&self, staged: &Manifest, prepared: &Prepared<P::Body>) -> Result<()> {
        self.verify_chunks(staged, prepared).await?;
        self.verify_backup(staged, prepared).await
    }

    async fn verify_chunks(&self, staged: &Manifest, prepared: &Prepared<P::Body>) -> Result<()> {
        let bodies = self.ports.bodies();
        let failed = |place: &str| failed(staged, place);
        let stored = self
            .ports
            .records()
            .load(&staged.id)
            .await
            .map_err(|error| match error {
                Error::Damaged { place, .. } => failed(&place),
                error => error,
            })?
            .ok_or_else(|| failed("manifest"))?;
        if &stored.manifest != staged {
            return Err(failed("manifest"));
        }
        let list = prepared.parted.list(&staged.id, staged.generation);
        if stored.list.as_ref() != Some(&list) {
            return Err(failed("chunk list"));
        }
        if let Some(name) = stored.unexpected.first() {
            return Err(failed(&name.to_string()));
        }
        // Joined: what a reader will get, compared with what was planned; or taken apart again, and
        // compared piece by piece.
        let joined = join(bodies, &stored).map_err(|place| failed(&place))?;
        let Parted {
            skeleton, pieces, ..
        } = &prepared.parted;
        let planned = join_pieces(bodies, skeleton, &list, pieces.clone());
        if planned.is_ok_and(|planned| bodies.alike(&joined, &planned)) {
            return Ok(());
        }
        let again = part(bodies, &joined, &staged.layout)
            .await
            .map_err(|_| failed("joined session"))?;
        let differs = again
            .measures
            .iter()
            .zip(&prepared.parted.measures)
            .position(|(a, b)| a != b);
        if let Some(index) = differs {
            let place = list
                .names()
                .get(index)
                .map_or_else(String::new, ToString::to_string);
            return Err(failed(&place));
        }
        match again.fingerprint() == staged.fingerprint {
            true => Ok(()),
            false => Err(failed("skeleton")),
        }
    }

    async fn verify_backup(&self, staged: &Manifest, prepared: &Prepared<P::Body>) -> Result<()> {
        let bodies = self.ports.bodies();
        let failed = || failed(staged, "backup");
        let path = staged.backup.as_deref().unwrap_or_default();
        let backup = self
            .ports
            .records()
            .backup(path)
            .await
            .map_err(|error| match error {
                Error::BackupDamaged { .. } => failed(),
                error => error,
            })?
            .ok_or_else(failed)?;
        let record = bodies.wrap(
            &backup.envelope,
            &prepared.origin.wrapping.body,
            &backup.session,
        );
        let is_ours = backup.head.fingerprint == prepared.origin.fingerprint;
        if is_ours && bodies.alike(&record, &prepared.record(bodies)) {
            return Ok(());
        }
        match part_record(bodies, &record, &prepared.origin.wrapping, &staged.layout).await {
            Ok(Some(record))
                if is_ours && record.print.fingerprint == prepared.origin.fingerprint =>
            {
                Ok(())
            }
            _ => Err(failed()),
        }
    }

    /// Step 4: from here on the chunks rule. Older generations go with the same transaction, and the
    /// audit says what was done: a death on the way to the removal must not lose that line.
    async fn commit(
        &self,
        claim: &Claim<GuardOf<P>>,
        staged: &Manifest,
        prepared: &Prepared<P::Body>,
        sweep: &Sweep<P::Body>,
    ) -> Result<Manifest> {
        let mut manifest = staged.clone();
        manifest.state = State::Committed;
        manifest.revision += 1;
        let expect = expecting(&claim.id, Some(staged));
        let skeleton = prepared.parted.skeleton.clone();
        let mut writes = vec![Write::PutManifest(Box::new(manifest.clone()), skeleton)];
        if staged.revision > 1 {
            let others = Generations::AllBut(manifest.generation);
            writes.push(Write::DeleteGenerations(claim.id.clone(), others));
        }
        let mut audit = self.audit("migrate", &claim.id);
        if let Some(origin) = &manifest.origin {
            let place = place_name(&origin.source, &origin.place);
            writes.push(Write::DeleteQuarantine(place));
            audit.source = Some(origin.source.clone());
        }
        audit.backup = manifest.backup.clone();
        audit.findings = prepared.findings.recorded();
        (audit.chunks, audit.bytes) = (manifest.chunks, manifest.bytes);
        writes.push(Write::Audit(audit));
        // Whatever removes originals together has a lease of its own, and compares manifests.
        let last = manifest.originals == Originals::Remove && sweep.groups(&manifest);
        self.write(claim, expect, writes, Durability::Strict, 0, last)
            .await?;
        Ok(manifest)
    }

    /// Takes back what `stage` wrote.
    async fn unstage(
        &self,
        claim: &Claim<GuardOf<P>>,
        staged: &Manifest,
        previous: Option<&(Manifest, P::Body)>,
    ) -> Result<()> {
        let id = claim.id.clone();
        let expect = expecting(&id, Some(staged));
        let mut writes = vec![Write::DeleteGenerations(
            id.clone(),
            Generations::One(staged.generation),
        )];
        writes.push(match previous {
            Some((manifest, skeleton)) => {
                let mut manifest = manifest.clone();
                manifest.revision = staged.revision + 1;
                Write::PutManifest(Box::new(manifest), skeleton.clone())
            }
            None => Write::DeleteManifest(id.clone()),
        });
        writes.extend(staged.backup.clone().map(Write::DeleteBackup));
        writes.push(Write::DeleteJournal(id));
        writes.extend(self.restaged(previous));
        self.write(claim, expect, writes, Durability::Relaxed, 0, true)
            .await
    }

    /// The line of the audit where a session in chunks is staged anew, or is not after all: meanwhile
    /// its source rules.
    fn restaged(&self, previous: Option<&(Manifest, P::Body)>) -> Option<Write<P::Body>> {
        let (manifest, _) = previous.filter(|(manifest, _)| manifest.is_live())?;
        Some(Write::Audit(self.audit("restage", &manifest.id)))
    }
}

fn failed(staged: &Manifest, place: &str) -> Error {
    Error::VerificationFailed {
        id: staged.id.clone(),
        place: place.into(),
    }
}

/// Whether a write failed because there is a backup of that name.
fn is_taken(error: &Error) -> bool {
    let aborted = matches!(error, Error::TransactionAborted { .. });
    aborted
        && error
            .cause()
            .is_some_and(|cause| cause.name == "ConstraintError")
}

/// Puts for all pieces of a list, in order.
pub(super) fn put_pieces<B: Clone>(list: &ChunkList, pieces: &[B]) -> Vec<Write<B>> {
    let named = list.names().into_iter().zip(pieces);
    let put = |(name, body): (_, &B)| Write::PutPiece {
        id: list.id.clone(),
        generation: list.generation,
        name,
        body: body.clone(),
    };
    named.map(put).collect()
}
