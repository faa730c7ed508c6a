//! Handles: a chunked session, opened to be read and written piece by piece.

use super::{Engine, Options};
use crate::domain::chunk_list::ChunkList;
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, State};
use crate::domain::path::Path;
use crate::domain::report::Outcome;
use crate::error::{Error, Result};
use crate::ports::{Ports, Records};
use futures_util::lock::Mutex;
use std::cell::RefCell;
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
                reason: match result.code.as_deref() {
                    Some("HigherSourceUnreadable") => "a source that comes first can't be read",
                    _ => "it was rolled back; migrate it with `force`",
                },
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
        loop {
            let committed = found.filter(|(manifest, _)| manifest.state == State::Committed);
            let Some((manifest, skeleton)) = committed else {
                return Ok(None);
            };
            let list = self.ports.records().list(id, manifest.generation).await?;
            let seen = (manifest.generation, manifest.revision);
            let place = match self.known(manifest, skeleton, list).await {
                Ok(handle) => return Ok(Some(handle)),
                Err(place) => place,
            };
            // Manifest and list are read one after the other: someone may have written in between.
            found = self.ports.records().manifest(id).await?;
            if matches!(&found, Some((now, _)) if (now.generation, now.revision) == seen) {
                let id = id.clone();
                return Err(Error::Damaged { id, place });
            }
        }
    }

    /// A handle on what fits together, or what does not.
    async fn known(
        &self,
        manifest: Manifest,
        skeleton: P::Body,
        list: Option<ChunkList>,
    ) -> std::result::Result<Handle<P::Body>, String> {
        let fingerprint = list
            .as_ref()
            .map(|list| list.root(manifest.skeleton_measure.digest));
        let Some(list) = list.filter(|_| fingerprint == Some(manifest.fingerprint)) else {
            return Err("chunk list".into());
        };
        // Edits write the skeleton again: damage must not become what is right.
        match self.measure_one(&skeleton).await {
            Ok(measure) if measure == manifest.skeleton_measure => {}
            _ => return Err("skeleton".into()),
        }
        Ok(Handle {
            known: RefCell::new(Rc::new(Known {
                manifest,
                skeleton,
                list,
            })),
            writing: Mutex::new(()),
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
