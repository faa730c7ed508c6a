//! Handles: a chunked session, read piece by piece.

use super::{Engine, Options};
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::edit::{Target, target};
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, State};
use crate::domain::path::Path;
use crate::domain::report::Outcome;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Records};
use futures_util::lock::Mutex;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// What a handle knows of its session.
#[derive(Debug, Clone)]
pub(super) struct Known<B> {
    pub manifest: Manifest,
    pub skeleton: B,
    pub list: ChunkList,
}

/// A chunked session at one revision. Writes through it move it on; a write by others makes it
/// stale.
pub struct Handle<B> {
    known: RefCell<Rc<Known<B>>>,
    /// Writes through one handle wait for each other.
    pub(super) writing: Mutex<()>,
}

/// A place that was taken out of a session.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PlaceInfo {
    /// Its path.
    pub path: Path,
    /// `array` or `part`.
    pub kind: &'static str,
    /// Items of an array.
    pub length: Option<u32>,
    /// Items in a chunk of an array.
    pub chunk: Option<u32>,
    /// Approximate size.
    pub bytes: u64,
}

impl<B: Clone> Handle<B> {
    pub(super) fn known(&self) -> Rc<Known<B>> {
        self.known.borrow().clone()
    }

    pub(super) fn move_on(&self, known: Known<B>) {
        *self.known.borrow_mut() = Rc::new(known);
    }

    /// The session's id.
    pub fn id(&self) -> Key {
        self.known().manifest.id.clone()
    }

    /// The revision that this handle has seen.
    pub fn revision(&self) -> u32 {
        self.known().manifest.revision
    }

    /// The session without its chunked arrays and parts.
    pub fn metadata(&self) -> B {
        self.known().skeleton.clone()
    }

    /// What was taken out.
    pub fn places(&self) -> Vec<PlaceInfo> {
        let known = self.known();
        let arrays = known.list.arrays.iter().map(|array| PlaceInfo {
            path: array.path.clone(),
            kind: "array",
            length: Some(array.len()),
            chunk: Some(array.chunk),
            bytes: array.chunks.iter().map(|chunk| chunk.measure.bytes).sum(),
        });
        let parts = known.list.parts.iter().map(|part| PlaceInfo {
            path: part.path.clone(),
            kind: "part",
            length: None,
            chunk: None,
            bytes: part.measure.bytes,
        });
        arrays.chain(parts).collect()
    }
}

impl<P: Ports> Engine<P> {
    /// A handle on a session, which is migrated first if need be; `None` if there is none.
    pub async fn open_session(&self, id: &Key) -> Result<Option<Handle<P::Body>>> {
        if let Some(handle) = self.handle(id).await? {
            return Ok(Some(handle));
        }
        let result = match self.migrate(id, &Options::default()).await {
            Ok(result) => result,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        if let Some(handle) = self.handle(id).await? {
            return Ok(Some(handle));
        }
        let reason = result.reason.unwrap_or_default();
        match result.outcome {
            Outcome::Quarantined => {
                let code = crate::domain::recognise::known_code(&result.code.unwrap_or_default());
                Err(Error::Quarantined {
                    id: id.clone(),
                    code,
                    reason,
                })
            }
            _ => Err(Error::NotChunked {
                id: id.clone(),
                reason: "it was rolled back; migrate it with `force`",
            }),
        }
    }

    async fn handle(&self, id: &Key) -> Result<Option<Handle<P::Body>>> {
        let mut found = self.ports.records().manifest(id).await?;
        // What is written while a rollback is under way would be lost when that is finished.
        if matches!(&found, Some((manifest, _)) if manifest.state == State::RollingBack) {
            let claim = self.claim(id).await;
            let finished = self.recover(&claim).await;
            self.release(&claim).await;
            finished?;
            found = self.ports.records().manifest(id).await?;
        }
        let committed = found.filter(|(manifest, _)| manifest.state == State::Committed);
        let Some((manifest, skeleton)) = committed else {
            return Ok(None);
        };
        let list = self.ports.records().list(id, manifest.generation).await?;
        let damaged = || Error::Damaged {
            id: id.clone(),
            place: "chunk list".into(),
        };
        let list = list.ok_or_else(damaged)?;
        if list.root(manifest.skeleton_measure.digest) != manifest.fingerprint {
            return Err(damaged());
        }
        let known = RefCell::new(Rc::new(Known {
            manifest,
            skeleton,
            list,
        }));
        Ok(Some(Handle {
            known,
            writing: Mutex::new(()),
        }))
    }

    /// The value at a path, or items of the array there; `None` if there is nothing.
    pub async fn read(
        &self,
        handle: &Handle<P::Body>,
        path: &Path,
        range: Option<Range<u32>>,
    ) -> Result<Option<P::Body>> {
        let known = handle.known();
        let bodies = self.ports.bodies();
        let found = target(&known.manifest.layout, &known.list, path);
        let found = found.map_err(|problem| invalid_path(&known.manifest, path, problem))?;
        let value = match (found, &range) {
            (Target::Skeleton, _) => bodies.get(&known.skeleton, path),
            (Target::Part { name, rest } | Target::Item { name, rest }, _) => {
                bodies.get(&self.piece(&known, &name).await?, &rest)
            }
            (Target::Array, Some(range)) => {
                return self.read_items(&known, path, range).await.map(Some);
            }
            // Whole, with whatever other properties an array has.
            (Target::Array | Target::Around, _) => self.read_around(&known, path).await?,
        };
        let Some(range) = range else { return Ok(value) };
        match value.as_ref().and_then(|value| bodies.len(value)) {
            Some(len) => {
                let to = range.end.min(len);
                Ok(value.map(|value| bodies.slice(&value, range.start.min(to), to)))
            }
            None => Err(invalid_path(
                &known.manifest,
                path,
                "is not an array".into(),
            )),
        }
    }

    async fn read_items(
        &self,
        known: &Known<P::Body>,
        path: &Path,
        range: &Range<u32>,
    ) -> Result<P::Body> {
        let bodies = self.ports.bodies();
        let array = known
            .list
            .array(path)
            .ok_or_else(|| invalid_path(&known.manifest, path, "is not an array".into()))?;
        let covering = array.covering(range);
        let names: Vec<_> = covering
            .iter()
            .map(|(index, _)| PieceName {
                path: path.clone(),
                index: *index,
            })
            .collect();
        let pieces = self.pieces(known, &names).await?;
        let wanted = covering.iter().zip(pieces).map(|((_, span), piece)| {
            let from = range.start.max(span.start) - span.start;
            let to = range.end.min(span.end) - span.start;
            if from == 0 && to == span.end - span.start {
                piece
            } else {
                bodies.slice(&piece, from, to)
            }
        });
        Ok(bodies.concat(&wanted.collect::<Vec<_>>()))
    }

    /// A value that contains chunked places: only those inside it are loaded.
    async fn read_around(&self, known: &Known<P::Body>, path: &Path) -> Result<Option<P::Body>> {
        let mut list = known.list.clone();
        list.arrays.retain(|array| array.path.starts_with(path));
        list.parts.retain(|part| part.path.starts_with(path));
        let pieces = self.pieces(known, &list.names()).await?;
        let bodies = self.ports.bodies();
        let joined = super::load::join_pieces(bodies, &known.skeleton, &list, pieces);
        let joined = joined.map_err(|place| Error::Damaged {
            id: known.manifest.id.clone(),
            place,
        })?;
        Ok(bodies.get(&joined, path))
    }

    pub(super) async fn piece(&self, known: &Known<P::Body>, name: &PieceName) -> Result<P::Body> {
        let pieces = self.pieces(known, std::slice::from_ref(name)).await?;
        let damaged = || Error::Damaged {
            id: known.manifest.id.clone(),
            place: name.to_string(),
        };
        pieces.into_iter().next().ok_or_else(damaged)
    }

    /// Some pieces, each compared with its digest.
    async fn pieces(&self, known: &Known<P::Body>, names: &[PieceName]) -> Result<Vec<P::Body>> {
        let Manifest { id, generation, .. } = &known.manifest;
        let read = self.ports.records().pieces(id, *generation, names).await?;
        let mut pieces = Vec::with_capacity(read.len());
        for (name, piece) in names.iter().zip(read) {
            let measured = match &piece {
                Some(piece) => {
                    let measured = self
                        .ports
                        .bodies()
                        .measure(std::slice::from_ref(piece), &[])
                        .await;
                    measured
                        .ok()
                        .and_then(|measured| measured.full.first().copied())
                }
                None => None,
            };
            match piece {
                Some(piece) if measured.is_some() && measured == known.list.measure(name) => {
                    pieces.push(piece)
                }
                _ => return Err(self.changed_or_damaged(known, name).await?),
            }
        }
        Ok(pieces)
    }

    /// A piece is not what it was: changed by others, or damaged?
    async fn changed_or_damaged(&self, known: &Known<P::Body>, name: &PieceName) -> Result<Error> {
        let id = known.manifest.id.clone();
        let now = self.ports.records().manifest(&id).await?;
        let same = now.is_some_and(|(now, _)| {
            (now.generation, now.revision) == (known.manifest.generation, known.manifest.revision)
        });
        Ok(if same {
            Error::Damaged {
                id,
                place: name.to_string(),
            }
        } else {
            Error::StaleHandle { id }
        })
    }
}

pub(super) fn invalid_path(manifest: &Manifest, path: &Path, problem: String) -> Error {
    Error::InvalidPath {
        id: manifest.id.clone(),
        path: path.to_string(),
        problem,
    }
}
