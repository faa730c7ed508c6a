//! Finishing what was torn, and removing what belongs to nothing.

use super::{BRIEFLY_MS, Mended, Mending, RepairOptions, torn};
use crate::domain::damage::{Flaw, Problem, Store};
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, State};
use crate::domain::report::Repaired;
use crate::engine::Engine;
use crate::engine::claim::{Claim, expecting};
use crate::engine::migrate::GuardOf;
use crate::engine::shelves::Shelves;
use crate::error::Result;
use crate::ports::{Durability, Generations, Ports, Write};
use std::collections::BTreeSet;

impl<P: Ports> Engine<P> {
    /// Finishes, by the recovery table, whatever the journal names and whatever is under way without
    /// being named. Not where chunks are damaged: an original may be all that is whole.
    pub(super) async fn resume_torn(
        &self,
        shelves: &Shelves,
        mending: &mut Mending<'_>,
    ) -> Result<()> {
        let bad = shelves.bad.iter();
        let bad = bad.filter(|record| record.store == Store::Journal);
        let under_way = shelves.manifests.values();
        let under_way = under_way.filter(|m| matches!(m.state, State::Staged | State::RollingBack));
        let named = shelves.journal.keys().chain(bad.map(|record| &record.key));
        let ids: BTreeSet<&Key> = named.chain(under_way.map(|m| &m.id)).collect();
        for id in ids {
            let wanted = mending.options.id.as_ref();
            let manifest = shelves.manifests.get(id);
            let settling = manifest.is_some_and(|manifest| manifest.settling.is_some());
            if wanted.is_some_and(|wanted| wanted != id) || settling {
                continue;
            }
            let mut problems = mending.take(|problem| {
                problem.store == Store::Journal && problem.session_id.as_ref() == Some(id)
            });
            if mending
                .left
                .iter()
                .any(|left| left.session_id.as_ref() == Some(id))
                || shelves.is_bad(Store::Manifests, id) && !mending.has_rebuilt(id)
            {
                mending.leave(problems, "SessionDamaged");
                continue;
            }
            let mut generations = shelves.census.generations.iter();
            let closes = manifest.is_none() && !generations.any(|found| &found.id == id);
            if problems.is_empty() {
                // What this repair has restored is through already.
                let restored = |row: &Repaired| {
                    let through = ["restore", "resume"].contains(&row.action);
                    through && row.session_id.as_ref() == Some(id)
                };
                if mending.repaired.iter().any(restored) {
                    continue;
                }
                problems.push(torn(id));
            }
            let action = if closes { "close-journal" } else { "resume" };
            let done = match mending.options.dry_run {
                true => Ok(()),
                false => self.resume(id).await,
            };
            mending.settle(problems, done.map(|()| Mended::Done(action, None)))?;
        }
        Ok(())
    }

    pub(super) async fn resume(&self, id: &Key) -> Result<()> {
        let claim = self.claim_within(id, BRIEFLY_MS).await;
        let resumed = self.resume_claimed(&claim).await;
        self.release(&claim).await;
        resumed
    }

    async fn resume_claimed(&self, claim: &Claim<GuardOf<P>>) -> Result<()> {
        let id = &claim.id;
        let standing = self.recover(claim).await?;
        let manifest = standing.manifest();
        let mut writes = vec![
            Write::DeleteJournal(id.clone()),
            Write::Audit(self.repair_audit(id, None)),
        ];
        if let Some(manifest) = manifest.filter(|manifest| manifest.is_live()) {
            let others = Generations::AllBut(manifest.generation);
            writes.push(Write::DeleteGenerations(id.clone(), others));
        }
        let expect = expecting(id, manifest);
        self.write(claim, expect, writes, Durability::Relaxed, 0, true)
            .await
    }

    /// Removes generations that nothing needs.
    pub(super) async fn remove_orphans(&self, mending: &mut Mending<'_>) -> Result<()> {
        let ids: BTreeSet<Key> = mending
            .problems
            .iter()
            .filter(|p| is_orphan(p))
            .filter_map(|p| p.session_id.clone())
            .collect();
        for id in ids {
            let problems =
                mending.take(|one| is_orphan(one) && one.session_id.as_ref() == Some(&id));
            let done = match mending.options.dry_run {
                true => Ok(()),
                false => self.drop_orphans(&id).await,
            };
            let done = done.map(|()| Mended::Done("remove-orphans", None));
            mending.settle(problems, done)?;
        }
        Ok(())
    }

    async fn drop_orphans(&self, id: &Key) -> Result<()> {
        let claim = self.claim_within(id, BRIEFLY_MS).await;
        // Looked at again under the claim: what was an orphan may be a session by now.
        let shelves = self.shelves().await?;
        let lost = shelves.lost();
        let orphans = shelves.orphans(&lost).into_iter();
        let mut writes: Vec<_> = orphans
            .filter(|found| &found.id == id)
            .map(|found| {
                let one = Generations::One(found.generation);
                Write::DeleteGenerations(id.clone(), one)
            })
            .collect();
        writes.push(Write::Audit(self.repair_audit(id, None)));
        let expect = expecting(id, shelves.manifests.get(id));
        self.write(&claim, expect, writes, Durability::Relaxed, 0, true)
            .await
    }

    /// Removes pieces of the live generation that its list does not know. All others are whole.
    pub(super) async fn drop_unexpected(
        &self,
        id: &Key,
        options: &RepairOptions,
    ) -> Result<Mended> {
        if !options.dry_run {
            let claim = self.claim_within(id, BRIEFLY_MS).await;
            let dropped = self.drop_unexpected_claimed(&claim).await;
            self.release(&claim).await;
            dropped?;
        }
        Ok(Mended::Done("remove-orphans", None))
    }

    async fn drop_unexpected_claimed(&self, claim: &Claim<GuardOf<P>>) -> Result<()> {
        let id = &claim.id;
        let Some(stored) = self.stored(id).await? else {
            return Ok(());
        };
        let Manifest { generation, .. } = stored.manifest;
        let names = stored.unexpected.iter().cloned();
        let mut writes: Vec<_> = names
            .map(|name| Write::DeletePiece {
                id: id.clone(),
                generation,
                name,
            })
            .collect();
        writes.push(Write::Audit(self.repair_audit(id, None)));
        let expect = expecting(id, Some(&stored.manifest));
        self.write(claim, expect, writes, Durability::Relaxed, 0, true)
            .await
    }
}

fn is_orphan(problem: &Problem) -> bool {
    problem.code == Flaw::Orphan && matches!(problem.store, Store::Chunks | Store::Lists)
}
