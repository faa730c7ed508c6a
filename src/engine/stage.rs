//! Steps 2 to 4: staged, verified (`read_back.rs`), committed.

use super::claim::{Claim, expecting};
use super::migrate::GuardOf;
use super::parted::Parted;
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
use crate::ports::{Clock, Durability, Generations, Ports, Write};

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
