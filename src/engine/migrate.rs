//! One session through the protocol: stage, verify, commit, retire.
//!
//! Before `stage` nothing of ours exists. After it, a staged generation that rules nothing. After
//! `commit` the chunks rule. Only after that is the original removed, and only if it is unchanged.

use super::claim::{Claim, expecting};
use super::locate::Candidate;
use super::parted::{Parted, part, part_record};
use super::prepare::{Plan, Prepared, place_name};
use super::recover::Standing;
use super::retire::Retired;
use super::{Engine, Options};
use crate::domain::backup::{Backup, Format};
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, State};
use crate::domain::path::Path;
use crate::domain::progress::{Pace, Phase};
use crate::domain::records::JournalEntry;
use crate::domain::report::{Outcome, SessionMigrationResult, Warning};
use crate::domain::retention;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Durability, Generations, Locks, Ports, Records, Watch, Write};

/// A manifest and its skeleton, as they were before.
type Previous<B> = Option<(Manifest, B)>;
/// The guard of this engine's locks.
pub(super) type GuardOf<P> = <<P as Ports>::Locks as Locks>::Guard;

impl<P: Ports> Engine<P> {
    /// Migrates one session, or rehearses it. `NotFound` if there is none; other errors are those
    /// of the storage. A session in quarantine is a result, not an error.
    pub async fn migrate(&self, id: &Key, options: &Options) -> Result<SessionMigrationResult> {
        let started = self.ports.clock().elapsed_ms();
        if !options.dry_run {
            self.recover_once().await?;
        }
        let candidate = match self.locate(id).await {
            Err(Error::Unreadable { .. }) => None,
            found => found?,
        };
        let result = match candidate {
            Some(candidate) => self.migrate_candidate(candidate, options).await?,
            None => match self.ports.records().manifest(id).await? {
                Some((manifest, _)) if manifest.is_live() => None,
                _ => return Err(Error::NotFound { id: id.clone() }),
            },
        };
        let mut result = match result {
            Some(result) => result,
            None => self.already(id).await?,
        };
        result.dry_run = options.dry_run;
        result.duration_ms = self.ports.clock().elapsed_ms() - started;
        Ok(result)
    }

    /// As [`migrate`](Self::migrate), for a caller that wants to hear of it.
    pub async fn migrate_watched(
        &self,
        id: &Key,
        options: &Options,
        watch: &impl Watch,
    ) -> Result<SessionMigrationResult> {
        if watch.cancelled() {
            return Err(Error::Cancelled);
        }
        let clock = self.ports.clock();
        let mut pace = Pace::new(1, clock.elapsed_ms());
        let message = format!("Migrating session {}: {id}", pace.position());
        watch.progress(&pace.event(
            Phase::Migrating,
            message,
            Some(id.clone()),
            clock.elapsed_ms(),
        ));
        let result = self.migrate(id, options).await?;
        pace.advance(result.bytes);
        let message = format!("Complete: {id}");
        watch.progress(&pace.event(
            Phase::Complete,
            message,
            Some(id.clone()),
            clock.elapsed_ms(),
        ));
        Ok(result)
    }

    /// Migrates the session of a record; `None` if the record is none of a session's.
    pub(super) async fn migrate_candidate(
        &self,
        candidate: Candidate<P::Body>,
        options: &Options,
    ) -> Result<Option<SessionMigrationResult>> {
        let source = self
            .config
            .sources
            .get(candidate.source)
            .map(|source| source.name.clone());
        let plan = self.prepare(&candidate).await?;
        let id = candidate.row.id().cloned();
        let mut result = match plan {
            Plan::NotASession => return Ok(None),
            Plan::Quarantine(broken) => {
                let mut result = self
                    .quarantine(
                        candidate.source,
                        &candidate.place,
                        id.clone(),
                        broken,
                        options.dry_run,
                    )
                    .await?;
                if let (Some(path), Some(session)) = (&self.config.layout.label, &candidate.session)
                {
                    result.label = self.ports.bodies().text(session, path);
                }
                result
            }
            Plan::Ready(prepared) if options.dry_run => self.rehearse(*prepared, options).await?,
            Plan::Ready(prepared) => self.migrate_prepared(*prepared, options).await?,
        };
        result.session_id = result.session_id.or(id);
        result.source = result.source.or(source);
        result.dry_run = options.dry_run;
        Ok(Some(result))
    }

    async fn migrate_prepared(
        &self,
        prepared: Prepared<P::Body>,
        options: &Options,
    ) -> Result<SessionMigrationResult> {
        let claim = self.claim(&prepared.id).await;
        let outcome = async {
            let previous = match self.recover(&claim).await? {
                Standing::Free => None,
                Standing::RolledBack(manifest, skeleton) if options.force => {
                    Some((*manifest, skeleton))
                }
                standing => return Ok(standing.skipped(prepared)),
            };
            self.move_session(&claim, prepared, previous, options).await
        }
        .await;
        self.release(&claim).await;
        outcome
    }

    /// Steps 2 to 6 for a session that is claimed and may be migrated.
    pub(super) async fn move_session(
        &self,
        claim: &Claim<GuardOf<P>>,
        mut prepared: Prepared<P::Body>,
        mut previous: Previous<P::Body>,
        options: &Options,
    ) -> Result<SessionMigrationResult> {
        // Once more, if the application wrote its record between our reading and the removal.
        for last in [false, true] {
            let manifest = self
                .commit_session(claim, &prepared, previous.as_ref(), options)
                .await?;
            let warnings = manifest.warnings.clone();
            let mut result = migrated(&prepared, &manifest);
            match self.retire(claim, &manifest).await {
                Ok(Retired::Removed | Retired::Kept) => return Ok(result),
                Ok(Retired::Changed) if !last => {}
                Ok(Retired::Changed) => {
                    result.outcome = Outcome::Skipped;
                    result.code = Some("Diverged".into());
                    result.reason = Some("its source kept changing while it was migrated".into());
                    return Ok(result);
                }
                // The session is safe in chunks; the next run removes its original.
                Err(error) => {
                    result.warnings = warnings;
                    result.warnings.push(Warning::new(
                        "OriginalStillThere",
                        &Path::default(),
                        format!(
                            "was migrated, but its original could not be removed yet ({})",
                            error.code()
                        ),
                    ));
                    return Ok(result);
                }
            }
            let again = match self.locate(&prepared.id).await? {
                Some(candidate) if candidate.place == prepared.origin.place => {
                    self.prepare(&candidate).await?
                }
                _ => return Ok(result),
            };
            match again {
                Plan::Ready(newer) => prepared = *newer,
                _ => return Ok(result),
            }
            previous = self.ports.records().manifest(&claim.id).await?;
        }
        Err(Error::Diverged {
            id: claim.id.clone(),
        })
    }

    /// Steps 2 to 4. On any failure what was staged is dropped again, and what ruled before rules.
    async fn commit_session(
        &self,
        claim: &Claim<GuardOf<P>>,
        prepared: &Prepared<P::Body>,
        previous: Option<&(Manifest, P::Body)>,
        options: &Options,
    ) -> Result<Manifest> {
        let staged = self.stage(claim, prepared, previous, options).await?;
        let committed = match self.verify_staged(&staged, prepared).await {
            Ok(()) => self.commit(claim, &staged, &prepared.parted.skeleton).await,
            Err(error) => Err(error),
        };
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
    ) -> Result<Manifest> {
        let now = self.ports.clock().now();
        let id = claim.id.clone();
        let Parted {
            pieces, skeleton, ..
        } = &prepared.parted;
        let before = previous.map(|(manifest, _)| (manifest.generation, manifest.revision));
        let (generation, revision) = before.map_or((1, 1), |(g, r)| (g + 1, r + 1));
        let list = prepared.parted.list(&id, generation);
        let days = options
            .backup_retention_days
            .unwrap_or(self.config.backup_retention_days);
        let backup = Backup {
            path: self.free_backup_path(&id, now).await?,
            id: id.clone(),
            backup_created_at: now,
            expires_at: Some(now.plus_days(days.max(retention::MIN_DAYS))),
            original_format: Format::Monolithic,
            reason: "migration".into(),
            origin: Some(prepared.backup_origin()),
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
            origin: Some(prepared.origin.clone()),
            originals: self.config.originals,
            backup: Some(backup.path.clone()),
            rollback: None,
            warnings: prepared.parted.warnings.clone(),
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
        let journal = JournalEntry {
            id: id.clone(),
            action: "migrate".into(),
            generation,
            started_at: now,
        };
        writes.push(Write::PutJournal(journal));
        let expect = expecting(&id, previous.map(|(manifest, _)| manifest));
        self.write(claim, expect, writes, Durability::Strict, bytes, false)
            .await?;
        Ok(manifest)
    }

    /// Step 3: reads all of it back in fresh transactions and compares every value.
    async fn verify_staged(&self, staged: &Manifest, prepared: &Prepared<P::Body>) -> Result<()> {
        let bodies = self.ports.bodies();
        let failed = |place: &str| Error::VerificationFailed {
            id: staged.id.clone(),
            place: place.into(),
        };
        let stored = self
            .ports
            .records()
            .load(&staged.id)
            .await?
            .ok_or_else(|| failed("manifest"))?;
        if &stored.manifest != staged || !stored.unexpected.is_empty() {
            return Err(failed("manifest"));
        }
        let list = prepared.parted.list(&staged.id, staged.generation);
        if stored.list.as_ref() != Some(&list) {
            return Err(failed("chunk list"));
        }
        // Joined and taken apart again: what a reader will get, compared piece by piece.
        let joined = super::load::join(bodies, &stored).map_err(|place| failed(&place))?;
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
        if again.fingerprint() != staged.fingerprint {
            return Err(failed("skeleton"));
        }
        let path = staged.backup.as_deref().unwrap_or_default();
        let backup = self
            .ports
            .records()
            .backup(path)
            .await?
            .ok_or_else(|| failed("backup"))?;
        let record = bodies.wrap(
            &backup.envelope,
            &prepared.origin.wrapping.body,
            &backup.session,
        );
        match part_record(bodies, &record, &prepared.origin.wrapping, &staged.layout).await {
            Ok(Some(record)) if record.print.fingerprint == backup.head.fingerprint => Ok(()),
            _ => Err(failed("backup")),
        }
    }

    /// Step 4: from here on the chunks rule. Older generations go with the same transaction, and the
    /// audit says what was done: a death on the way to the removal must not lose that line.
    async fn commit(
        &self,
        claim: &Claim<GuardOf<P>>,
        staged: &Manifest,
        skeleton: &P::Body,
    ) -> Result<Manifest> {
        let mut manifest = staged.clone();
        manifest.state = State::Committed;
        manifest.revision += 1;
        let expect = expecting(&claim.id, Some(staged));
        let mut writes = vec![Write::PutManifest(
            Box::new(manifest.clone()),
            skeleton.clone(),
        )];
        if manifest.generation > 1 {
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
        (audit.chunks, audit.bytes) = (manifest.chunks, manifest.bytes);
        writes.push(Write::Audit(audit));
        self.write(claim, expect, writes, Durability::Strict, 0, false)
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
        self.write(claim, expect, writes, Durability::Relaxed, 0, true)
            .await
    }

    /// The row of a session that is chunked already and has nothing in its source.
    async fn already(&self, id: &Key) -> Result<SessionMigrationResult> {
        let manifest = self
            .ports
            .records()
            .manifest(id)
            .await?
            .map(|(manifest, _)| manifest);
        Ok(skipped_row(
            id,
            manifest.as_ref(),
            "AlreadyChunked",
            "it is chunked already",
        ))
    }
}

/// Puts for all pieces of a list, in order.
pub(super) fn put_pieces<B: Clone>(
    list: &crate::domain::chunk_list::ChunkList,
    pieces: &[B],
) -> Vec<Write<B>> {
    let named = list.names().into_iter().zip(pieces);
    let put = |(name, body): (_, &B)| Write::PutPiece {
        id: list.id.clone(),
        generation: list.generation,
        name,
        body: body.clone(),
    };
    named.map(put).collect()
}

/// The row of a session that was left as it was.
pub(super) fn skipped_row(
    id: &Key,
    manifest: Option<&Manifest>,
    code: &str,
    reason: &str,
) -> SessionMigrationResult {
    let mut result = blank(Outcome::Skipped);
    result.session_id = Some(id.clone());
    result.code = Some(code.into());
    result.reason = Some(reason.into());
    if let Some(manifest) = manifest {
        result.label = manifest.label.clone();
        result.source = manifest.origin.as_ref().map(|origin| origin.source.clone());
        result.chunks = manifest.chunks;
        result.bytes = manifest.bytes;
        result.backup_path = manifest.backup.clone();
    }
    result
}

fn migrated<B>(prepared: &Prepared<B>, manifest: &Manifest) -> SessionMigrationResult {
    let mut result = blank(Outcome::Migrated);
    result.session_id = Some(manifest.id.clone());
    result.label = prepared.label.clone();
    result.source = Some(prepared.origin.source.clone());
    result.chunks = manifest.chunks;
    result.bytes = manifest.bytes;
    result.warnings = manifest.warnings.clone();
    result.backup_path = manifest.backup.clone();
    result
}

/// An empty row.
pub(super) fn blank(outcome: Outcome) -> SessionMigrationResult {
    SessionMigrationResult {
        session_id: None,
        label: None,
        source: None,
        outcome,
        success: outcome != Outcome::Failed,
        dry_run: false,
        code: None,
        reason: None,
        chunks: 0,
        bytes: 0,
        warnings: Vec::new(),
        backup_path: None,
        duration_ms: 0.0,
    }
}
