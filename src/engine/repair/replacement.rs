//! What may take the place of a damaged session: its own pieces, from wherever they still lie.

use super::Reason;
use super::pool::Pool;
use crate::domain::backup::Format;
use crate::domain::chunk_list::ChunkList;
use crate::domain::digest::Measure;
use crate::domain::layout::Layout;
use crate::domain::manifest::Manifest;
use crate::engine::Engine;
use crate::engine::load::join_pieces;
use crate::engine::parted::{Parted, part, part_amended};
use crate::engine::prepare::Purpose;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Records, Stored, StoredBackup};

/// What can be done for a damaged session.
pub(super) enum Cure<B> {
    /// Only its list has to be written.
    List(ChunkList),
    /// All of it was found, and the backup that was needed for it, if one was: digest by digest it is
    /// what was written.
    Exact(Box<Parted<B>>, Option<String>),
    /// Not all of it was found, and why; but what was migrated lies in that backup.
    Older(Reason, Box<Parted<B>>, String),
    /// Not all of it was found, and why.
    None(Reason),
}

/// What is sound of a damaged session, in the order of its list.
struct Ruin<'a, B> {
    manifest: &'a Manifest,
    /// `None` if it has to be found.
    skeleton: Option<B>,
    list: ChunkList,
    pieces: Vec<Option<B>>,
}

impl<B> Ruin<'_, B> {
    fn missing(&self) -> Vec<Measure> {
        let pieces = self.pieces.iter().zip(self.list.measures());
        let pieces = pieces.filter_map(|(piece, measure)| piece.is_none().then_some(measure));
        let skeleton = self.manifest.skeleton_measure;
        let skeleton = self.skeleton.is_none().then_some(skeleton);
        pieces.chain(skeleton).collect()
    }
}

impl<P: Ports> Engine<P> {
    /// Looks for what is missing: in the chunks, then in one backup after the other.
    pub(super) async fn cure(&self, stored: &Stored<P::Body>) -> Result<Cure<P::Body>> {
        let manifest = &stored.manifest;
        let skeleton = manifest.skeleton_measure;
        let is_right = |list: &&ChunkList| list.root(skeleton.digest) == manifest.fingerprint;
        let skeleton_fits = self.fits(&stored.skeleton, skeleton).await;
        let list = match stored.list.as_ref().filter(is_right) {
            Some(list) => Some(list.clone()),
            None => match self.rebuilt_list(manifest, &stored.skeleton).await? {
                Some(list) if skeleton_fits => return Ok(Cure::List(list)),
                list => list,
            },
        };
        let ruin = match list {
            Some(list) => Some(self.ruin(stored, list, skeleton_fits).await),
            None => None,
        };
        let missing = ruin.as_ref().map(Ruin::missing).unwrap_or_default();
        let mut pool = Pool::of(missing);
        if let Some(ruin) = &ruin {
            self.fish_in_chunks(stored, &mut pool).await;
            if let (true, Some(parted)) = (pool.is_complete(), self.assembled(ruin, &pool).await?) {
                return Ok(Cure::Exact(Box::new(parted), None));
            }
        }
        self.cure_from_backups(manifest, ruin, pool).await
    }

    /// The pieces that are what their digests say.
    async fn ruin<'a>(
        &self,
        stored: &'a Stored<P::Body>,
        list: ChunkList,
        skeleton_fits: bool,
    ) -> Ruin<'a, P::Body> {
        let manifest = &stored.manifest;
        let mut pieces = Vec::new();
        for (name, measure) in list.names().iter().zip(list.measures()) {
            let of = (&manifest.id, manifest.generation);
            pieces.push(self.sound_piece(of, name, measure).await);
        }
        Ruin {
            manifest,
            skeleton: skeleton_fits.then(|| stored.skeleton.clone()),
            list,
            pieces,
        }
    }

    /// The whole session from its sound pieces and those that were found; `None` unless it has the
    /// fingerprint that the manifest has.
    async fn assembled(
        &self,
        ruin: &Ruin<'_, P::Body>,
        pool: &Pool<P::Body>,
    ) -> Result<Option<Parted<P::Body>>> {
        let (manifest, bodies) = (ruin.manifest, self.ports.bodies());
        let mut pieces = Vec::new();
        for (piece, measure) in ruin.pieces.iter().zip(ruin.list.measures()) {
            match (piece, pool.get(measure)) {
                (Some(piece), _) => pieces.push(piece.clone()),
                // Two places may need one piece, and must not share it.
                (None, Some(found)) => pieces.push(bodies.copy(found)?),
                (None, None) => return Ok(None),
            }
        }
        let skeleton = ruin.skeleton.as_ref();
        let Some(skeleton) = skeleton.or_else(|| pool.get(manifest.skeleton_measure)) else {
            return Ok(None);
        };
        let Ok(body) = join_pieces(bodies, skeleton, &ruin.list, pieces) else {
            return Ok(None);
        };
        let parted = part(bodies, &body, &manifest.layout).await.ok();
        Ok(parted.filter(|parted| parted.fingerprint() == manifest.fingerprint))
    }

    async fn cure_from_backups(
        &self,
        manifest: &Manifest,
        ruin: Option<Ruin<'_, P::Body>>,
        mut pool: Pool<P::Body>,
    ) -> Result<Cure<P::Body>> {
        let heads = self.ports.records().backups(Some(&manifest.id)).await?;
        let own = manifest.backup.clone();
        let others = heads.sound.into_iter().rev().map(|head| head.path);
        let others = others.filter(|path| Some(path) != own.as_ref());
        let paths: Vec<String> = own.clone().into_iter().chain(others).collect();
        let (mut reason, mut migrated) = ("BackupMissing", None);
        for path in paths {
            let is_own = Some(&path) == own.as_ref();
            let backup = match self.sound_backup(&path).await {
                Ok(backup) => backup,
                Err(Error::Closed) => return Err(Error::Closed),
                Err(error) => {
                    if is_own {
                        reason = match error {
                            Error::BackupNotFound { .. } => "BackupMissing",
                            Error::BackupDamaged { .. } => "BackupDamaged",
                            error => error.code(),
                        };
                    }
                    continue;
                }
            };
            if is_own {
                reason = if manifest.edited {
                    "Edited"
                } else {
                    "BackupDiffers"
                };
            }
            let mut helped = false;
            for parted in self.bodies_of(&backup, &manifest.layout).await {
                helped |= pool.offer_all(&parted);
                if parted.fingerprint() == manifest.fingerprint {
                    return Ok(Cure::Exact(Box::new(parted), Some(path)));
                }
                if is_own {
                    migrated = Some((Box::new(parted), path.clone()));
                }
            }
            let ruin = ruin.as_ref().filter(|_| helped && pool.is_complete());
            if let Some(ruin) = ruin
                && let Some(parted) = self.assembled(ruin, &pool).await?
            {
                return Ok(Cure::Exact(Box::new(parted), Some(path)));
            }
        }
        Ok(match migrated {
            Some((parted, path)) => Cure::Older(reason, parted, path),
            None => Cure::None(reason),
        })
    }

    /// What a backup holds, taken apart under a layout: as it was stored and, behind it, as the limits
    /// would leave it today.
    pub(super) async fn bodies_of(
        &self,
        backup: &StoredBackup<P::Body>,
        layout: &Layout,
    ) -> Vec<Parted<P::Body>> {
        let mut body = backup.session.clone();
        if let (Some(origin), Format::Monolithic) =
            (&backup.head.origin, backup.head.original_format)
        {
            // Out of a text came the text of a member; whatever else held many held values.
            let decoded = match &origin.place.within {
                Some(_) => self.ports.bodies().parse(&body),
                None => self.decoded(&body, &origin.wrapping).await,
            };
            match decoded {
                Ok(decoded) => body = decoded.unwrap_or(body),
                Err(_) => return Vec::new(),
            }
        }
        let limited = self.limited(&body, Purpose::Move);
        let kept = limited.body.filter(|_| limited.broken.is_none());
        let mut found = Vec::new();
        for (body, moved) in
            std::iter::once((body, Vec::new())).chain(kept.map(|kept| (kept, limited.moved)))
        {
            let parted = part_amended(self.ports.bodies(), (&body, moved), layout).await;
            found.extend(parted);
        }
        found
    }
}
