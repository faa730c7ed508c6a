//! Checking everything that is stored. It writes nothing, and one session at a time is in memory.

use super::Engine;
use super::load::flaw_of;
use super::shelves::Shelves;
use super::verify::problem;
use crate::domain::damage::{Flaw, Problem, Store};
use crate::domain::key::Key;
use crate::domain::progress::{About, Pace, Phase};
use crate::domain::report::VerifyAllResult;
use crate::domain::state;
use crate::error::{Error, Result};
use crate::ports::{Clock, Ports, Records, Watch};
use std::collections::BTreeSet;

impl<P: Ports> Engine<P> {
    /// Checks every record: pieces and skeletons by their digests, backups by theirs, and all else by
    /// what it says of the others. `cancelled` is asked between two sessions.
    pub async fn verify_all(&self, watch: &impl Watch) -> Result<VerifyAllResult> {
        let clock = self.ports.clock();
        let started = clock.elapsed_ms();
        let shelves = self.shelves().await?;
        let mut result = VerifyAllResult {
            problems: shelves.problems(),
            ..VerifyAllResult::default()
        };
        let ids: BTreeSet<Key> = shelves.ids();
        let mut pace = Pace::new(ids.len() as u32, started);
        for id in &ids {
            if watch.cancelled() {
                result.cancelled = true;
                break;
            }
            let manifest = shelves.manifests.get(id);
            let message = format!("Verifying session {}: {id}", pace.position());
            let about = About {
                id: Some(id.clone()),
                label: manifest.and_then(|manifest| manifest.label.clone()),
                source: None,
            };
            watch.progress(&pace.event(Phase::Verifying, message, about, clock.elapsed_ms()));
            let bytes = self.verify_one(id, &shelves, &mut result).await?;
            pace.advance(bytes);
            clock.breathe().await;
        }
        result.problems.dedup();
        result.ok = result.problems.is_empty() && !result.cancelled;
        result.duration_ms = clock.elapsed_ms() - started;
        let (phase, message) = match result.cancelled {
            true => (Phase::Cancelled, "Cancelled".to_owned()),
            false => (
                Phase::Complete,
                format!("Complete: {} problems", result.problems.len()),
            ),
        };
        watch.progress(&pace.event(phase, message, About::default(), clock.elapsed_ms()));
        Ok(result)
    }

    /// Checks the pieces of one session and its backups; returns how large it is.
    async fn verify_one(
        &self,
        id: &Key,
        shelves: &Shelves,
        result: &mut VerifyAllResult,
    ) -> Result<u64> {
        let manifest = shelves.manifests.get(id).filter(|m| m.is_live());
        if manifest.is_some() {
            match self.verify_stored(id).await {
                Ok((checked, problems)) => {
                    result.sessions += 1;
                    result.checked += checked;
                    result.problems.extend(problems);
                }
                // It was rolled back or deleted meanwhile.
                Err(Error::NotChunked { .. }) => {}
                Err(error) => {
                    let of = (id, Store::Manifests);
                    let flaw = flaw_of(error)?;
                    result.problems.push(problem(flaw, of, "manifest".into()));
                }
            }
        }
        for path in shelves.backups_of(id) {
            result.backups += 1;
            result.checked += 1;
            let found = self.backup_problem(path, shelves).await?;
            result.problems.extend(found);
        }
        Ok(manifest.map_or(0, |manifest| manifest.bytes))
    }

    /// What is wrong with a backup, whose head or bodies are there.
    pub(super) async fn backup_problem(
        &self,
        path: &str,
        shelves: &Shelves,
    ) -> Result<Option<Problem>> {
        let head = shelves.heads.get(path);
        let nobody = state::id();
        let of = |store| (head.map_or(&nobody, |head| &head.id), store);
        let bodies = of(Store::Backups);
        let found = match self.sound_backup(path).await {
            Ok(backup) => match head {
                Some(head) if head == &backup.head => None,
                Some(_) => Some(problem(Flaw::Changed, of(Store::BackupHeads), path.into())),
                // It is among the bad records already.
                None if shelves.is_bad(Store::BackupHeads, &Key::text(path)) => None,
                None => {
                    let of = (&backup.head.id, Store::BackupHeads);
                    Some(problem(Flaw::Missing, of, path.into()))
                }
            },
            Err(error) => Some(problem(flaw_of(error)?, bodies, path.into())),
        };
        // Cleaned up by another tab meanwhile: then its head is gone as well.
        match found {
            Some(found) if found.code == Flaw::Missing && found.store == Store::Backups => {
                let heads = self.ports.records().backups(Some(bodies.0)).await?;
                let still = heads.sound.iter().any(|head| head.path == path);
                let bad = heads.bad.iter().any(|bad| bad.key == Key::text(path));
                Ok((still || bad || head.is_none()).then_some(found))
            }
            found => Ok(found),
        }
    }
}
