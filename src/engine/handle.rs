//! Handles: a chunked session, opened to be read and written piece by piece.

use super::load::LIST;
use super::{Engine, Options};
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::digest::Measure;
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, State};
use crate::domain::path::Path;
use crate::domain::places::PlaceInfo;
use crate::domain::report::Outcome;
use crate::error::{Error, Result};
use crate::ports::{Ports, Records};
use futures_util::lock::Mutex;
use std::cell::RefCell;
use std::rc::Rc;

/// What a handle knows of its session once it has read or written any of it.
#[derive(Debug, Clone)]
pub(super) struct Known<B> {
    pub manifest: Manifest,
    pub skeleton: B,
    pub list: ChunkList,
    /// Pieces that this handle wrote last. One whose measure is still in the list is what is stored.
    pub written: Vec<(PieceName, Measure, B)>,
}

/// How much a handle has seen of its session.
enum Seen<B> {
    /// What grows with a session, its chunk list, was not asked for yet.
    Opened(Rc<(Manifest, B)>),
    /// All but the pieces.
    Listed(Rc<Known<B>>),
}

/// A chunked session at one revision. Writes through it move it on; a write by others makes it
/// stale.
pub struct Handle<B> {
    seen: RefCell<Seen<B>>,
    /// Writes through one handle wait for each other.
    pub(super) writing: Mutex<()>,
}

impl<B: Clone> Handle<B> {
    fn of<T>(&self, look: impl FnOnce(&Manifest, &B) -> T) -> T {
        match &*self.seen.borrow() {
            Seen::Opened(opened) => look(&opened.0, &opened.1),
            Seen::Listed(known) => look(&known.manifest, &known.skeleton),
        }
    }

    pub(super) fn move_on(&self, known: Known<B>) -> Rc<Known<B>> {
        let known = Rc::new(known);
        *self.seen.borrow_mut() = Seen::Listed(known.clone());
        known
    }

    /// The session's id.
    pub fn id(&self) -> Key {
        self.of(|manifest, _| manifest.id.clone())
    }

    /// The revision that this handle has seen.
    pub fn revision(&self) -> u32 {
        self.of(|manifest, _| manifest.revision)
    }

    /// The session without its chunked arrays and parts.
    pub fn metadata(&self) -> B {
        self.of(|_, skeleton| skeleton.clone())
    }

    /// What was taken out.
    pub fn places(&self) -> Vec<PlaceInfo> {
        match &*self.seen.borrow() {
            // Without a summary the list was read when the session was opened.
            Seen::Opened(opened) => opened.0.places.clone().unwrap_or_default(),
            Seen::Listed(known) => known.list.places(),
        }
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
            // Edits write the skeleton again: damage must not become what is right.
            if self.measure_one(&skeleton).await.ok() != Some(manifest.skeleton_measure) {
                return Err(Error::Damaged {
                    id: id.clone(),
                    place: "skeleton".into(),
                });
            }
            let is_told = manifest.places.is_some();
            let handle = Handle {
                seen: RefCell::new(Seen::Opened(Rc::new((manifest, skeleton)))),
                writing: Mutex::new(()),
            };
            if is_told {
                return Ok(Some(handle));
            }
            match self.listed(&handle).await {
                // Manifest and list are read one after the other: someone has written in between.
                Err(Error::StaleHandle { .. }) => {
                    found = self.ports.records().manifest(id).await?;
                }
                listed => return listed.map(|_| Some(handle)),
            }
        }
    }

    /// All that a handle knows, with the chunk list, which is read when it is asked for first. It must
    /// be the one that the manifest was written with.
    pub(super) async fn listed(&self, handle: &Handle<P::Body>) -> Result<Rc<Known<P::Body>>> {
        let opened = match &*handle.seen.borrow() {
            Seen::Opened(opened) => opened.clone(),
            Seen::Listed(known) => return Ok(known.clone()),
        };
        let (manifest, skeleton) = &*opened;
        let records = self.ports.records();
        let list = match records.list(&manifest.id, manifest.generation).await {
            Err(Error::Damaged { .. }) => None,
            list => list?,
        };
        // Meanwhile another call may have read it as well, and written.
        if let Seen::Listed(known) = &*handle.seen.borrow() {
            return Ok(known.clone());
        }
        let is_right = |list: &ChunkList| {
            let places = manifest.places.as_deref();
            list.root(manifest.skeleton_measure.digest) == manifest.fingerprint
                && places.is_none_or(|places| list.agrees_with(places))
        };
        match list.filter(is_right) {
            Some(list) => Ok(handle.move_on(Known {
                manifest: manifest.clone(),
                skeleton: skeleton.clone(),
                list,
                written: Vec::new(),
            })),
            None => Err(self.changed_or_damaged(manifest, LIST.into()).await?),
        }
    }

    /// What was read is not what it was: changed by others, or damaged?
    pub(super) async fn changed_or_damaged(&self, seen: &Manifest, place: String) -> Result<Error> {
        let id = seen.id.clone();
        let now = self.ports.records().manifest(&id).await?;
        let same = now.is_some_and(|(now, _)| {
            (now.generation, now.revision) == (seen.generation, seen.revision)
        });
        Ok(match same {
            true => Error::Damaged { id, place },
            false => Error::StaleHandle { id },
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
