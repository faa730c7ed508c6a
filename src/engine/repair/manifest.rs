//! Manifests that are lost, or can't be understood: rebuilt where a backup proves what they were.

use super::{BRIEFLY_MS, Mended, Mending};
use crate::domain::backup::{Backup, Format};
use crate::domain::chunk_list::ChunkList;
use crate::domain::damage::{Flaw, Store};
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, Origin, State};
use crate::engine::Engine;
use crate::engine::claim::expecting;
use crate::engine::parted::{Parted, outline_of};
use crate::engine::shelves::Shelves;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Durability, Ports, Records, StoredBackup, Write};
use std::collections::BTreeSet;

/// A manifest computed from a backup that holds just what the chunk list says.
struct Proven<B> {
    manifest: Manifest,
    parted: Parted<B>,
    path: String,
}

impl<P: Ports> Engine<P> {
    /// Rebuilds what can be; true if anything was written, so that all has to be looked at again.
    pub(super) async fn rebuild_manifests(
        &self,
        shelves: &Shelves,
        mending: &mut Mending<'_>,
    ) -> Result<bool> {
        let is_lost = |problem: &&crate::domain::damage::Problem| {
            problem.store == Store::Manifests && problem.place == "manifest"
        };
        let lost = mending.problems.iter().filter(is_lost);
        let ids: BTreeSet<Key> = lost.filter_map(|p| p.session_id.clone()).collect();
        let mut written = false;
        for id in ids
            .into_iter()
            .filter(|id| !shelves.manifests.contains_key(id))
        {
            let problems =
                mending.take(|one| is_lost(&one) && one.session_id.as_ref() == Some(&id));
            let Some(flaw) = problems.first().map(|problem| problem.code) else {
                continue;
            };
            let done = self
                .rebuild_manifest((&id, flaw), shelves, mending.options.dry_run)
                .await;
            written |= matches!(done, Ok(Mended::Done(..))) && !mending.options.dry_run;
            mending.settle(problems, done)?;
        }
        Ok(written)
    }

    async fn rebuild_manifest(
        &self,
        (id, flaw): (&Key, Flaw),
        shelves: &Shelves,
        dry_run: bool,
    ) -> Result<Mended> {
        let left = match flaw {
            Flaw::Missing => "ManifestMissing",
            _ => "ManifestDamaged",
        };
        // Its chunks may be what a rollback has not let go of yet.
        if shelves.was_let_go(id) {
            return Ok(Mended::Left(left));
        }
        let claim = self.claim_within(id, BRIEFLY_MS).await;
        let done = async {
            match self.ports.records().manifest(id).await {
                Ok(None) | Err(Error::Damaged { .. } | Error::Unreadable { .. }) => {}
                // Another tab has put it right.
                Ok(Some(_)) => return Err(Error::StaleHandle { id: id.clone() }),
                Err(error) => return Err(error),
            }
            let Some(proven) = self.proven(id, shelves).await? else {
                return Ok(Mended::Left(left));
            };
            if !dry_run {
                let mut writes = self.pieces_to_put(&proven).await?;
                let (manifest, skeleton) = (proven.manifest, proven.parted.skeleton);
                writes.push(Write::PutManifest(Box::new(manifest), skeleton));
                writes.push(Write::Audit(
                    self.repair_audit(id, Some(proven.path.clone())),
                ));
                // What can't be understood can't be expected either: the lease keeps others away.
                let expect = match flaw {
                    Flaw::Missing => expecting(id, None),
                    _ => Vec::new(),
                };
                self.write(&claim, expect, writes, Durability::Strict, 0, true)
                    .await?;
                self.need_whole(id).await?;
            }
            Ok(Mended::Done("rebuild-manifest", Some(proven.path)))
        };
        let done = done.await;
        self.release(&claim).await;
        done
    }

    /// The manifest of the newest generation whose list is just that of a backup taken apart.
    async fn proven(&self, id: &Key, shelves: &Shelves) -> Result<Option<Proven<P::Body>>> {
        let mut lists = Vec::new();
        let generations = shelves.census.generations.iter();
        for found in generations.rev().filter(|found| &found.id == id) {
            let list = self.ports.records().list(id, found.generation).await;
            lists.extend(list.ok().flatten());
        }
        let heads = shelves.heads.values().filter(|head| &head.id == id);
        let mut heads: Vec<&Backup> = heads.collect();
        heads.sort_by_key(|head| std::cmp::Reverse(head.backup_created_at));
        for head in heads.iter().filter(|_| !lists.is_empty()) {
            let Some(backup) = self.sound(head).await? else {
                continue;
            };
            for parted in self.bodies_of(&backup, &head.layout).await {
                let is_it = |list: &&ChunkList| parted.list(id, list.generation) == **list;
                let Some(list) = lists.iter().find(is_it) else {
                    continue;
                };
                let came = match heads.iter().find(|head| is_migration(head)) {
                    Some(head) => self.sound(head).await?,
                    None => None,
                };
                return Ok(Some(Proven {
                    manifest: self.manifest_of((list, &parted), head, came.as_ref()),
                    parted,
                    path: head.path.clone(),
                }));
            }
        }
        Ok(None)
    }

    /// A backup whose digest is right.
    async fn sound(&self, head: &Backup) -> Result<Option<StoredBackup<P::Body>>> {
        match self.sound_backup(&head.path).await {
            Ok(backup) => Ok(Some(backup)),
            Err(error) => crate::engine::load::flaw_of(error).map(|_| None),
        }
    }

    fn manifest_of(
        &self,
        (list, parted): (&ChunkList, &Parted<P::Body>),
        head: &Backup,
        came: Option<&StoredBackup<P::Body>>,
    ) -> Manifest {
        let (bodies, layout) = (self.ports.bodies(), &head.layout);
        let origin = came.and_then(|came| {
            let (from, origin) = (&came.head, came.head.origin.as_ref()?);
            let record = bodies.wrap(&came.envelope, &origin.wrapping.body, &came.session);
            Some(Origin {
                source: origin.source.clone(),
                place: origin.place.clone(),
                wrapping: origin.wrapping.clone(),
                fingerprint: from.fingerprint,
                outline: outline_of(bodies, &record, &origin.wrapping, &from.layout)?,
                layout: (from.layout != *layout).then(|| from.layout.clone()),
            })
        });
        Manifest {
            id: list.id.clone(),
            label: self.label_of(layout, &parted.skeleton),
            state: State::Committed,
            generation: list.generation,
            revision: 1,
            edited: !is_migration(head),
            layout: layout.clone(),
            skeleton_measure: parted.skeleton_measure,
            fingerprint: parted.fingerprint(),
            bytes: parted.bytes(),
            chunks: parted.pieces.len() as u32,
            places: Some(list.places()),
            origin,
            originals: self.config.originals,
            backup: came.map(|came| came.head.path.clone()),
            rollback: None,
            settling: None,
            warnings: parted.warnings.clone(),
            created_at: head.backup_created_at,
            updated_at: self.ports.clock().now(),
        }
    }

    /// Writes for the pieces that are not what the list says.
    async fn pieces_to_put(&self, proven: &Proven<P::Body>) -> Result<Vec<Write<P::Body>>> {
        let Proven {
            manifest, parted, ..
        } = proven;
        let (id, generation) = (&manifest.id, manifest.generation);
        let list = parted.list(id, generation);
        let mut writes = Vec::new();
        let named = list.names().into_iter().zip(list.measures());
        for ((name, measure), body) in named.zip(&parted.pieces) {
            let found = self.sound_piece((id, generation), &name, measure).await;
            if found.is_none() {
                let (id, body) = (id.clone(), body.clone());
                writes.push(Write::PutPiece {
                    id,
                    generation,
                    name,
                    body,
                });
            }
        }
        Ok(writes)
    }
}

fn is_migration(head: &Backup) -> bool {
    head.original_format == Format::Monolithic && head.reason == "migration"
}
