//! Reading whole sessions back.

use super::locate::Candidate;
use super::sweep::Sweep;
use super::{Engine, Options};
use crate::domain::chunk_list::ChunkList;
use crate::domain::damage::Flaw;
use crate::domain::key::Key;
use crate::domain::recognise::Row;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Records, Stored};
use std::collections::BTreeMap;

/// How the list of a session is named where something is wrong with it.
pub(super) const LIST: &str = "chunk list";

impl<P: Ports> Engine<P> {
    /// The whole session; `None` if there is none. A session that still lies in its source is
    /// migrated first; where that can't be done now, its body is returned as it is: nothing keeps a
    /// person from data that can be read.
    pub async fn load_full(&self, id: &Key) -> Result<Option<P::Body>> {
        // Twice: between a look at the chunks and one at the source, another tab may have moved the
        // session from the one to the other.
        for _ in 0..2 {
            if let Some(body) = self.load_chunked(id).await? {
                return Ok(Some(body));
            }
            let Some(candidate) = self.locate(id).await? else {
                self.put_back_what_was_lost(id).await?;
                continue;
            };
            if matches!(candidate.row, Row::Session(_)) && candidate.blocked.is_none() {
                // Whatever comes of it: if the chunks rule now, they are what is read.
                let _ = self.migrate_on_the_way(candidate).await;
                if let Some(body) = self.load_chunked(id).await? {
                    return Ok(Some(body));
                }
            }
            let found = self.locate(id).await?;
            if let Some(body) = found.and_then(|Candidate { session, .. }| session) {
                return Ok(Some(body));
            }
        }
        Ok(None)
    }

    /// A session that was put back into localStorage and did not reach the disk is put back once
    /// more.
    async fn put_back_what_was_lost(&self, id: &Key) -> Result<()> {
        let manifest = self.ports.records().manifest(id).await?;
        if manifest.is_some_and(|(manifest, _)| manifest.settling.is_some()) {
            let claim = self.claim(id).await;
            let recovered = self.recover(&claim).await;
            self.release(&claim).await;
            recovered?;
        }
        Ok(())
    }

    async fn migrate_on_the_way(&self, candidate: Candidate<P::Body>) -> Result<()> {
        self.recover_once().await?;
        self.migrate_candidate(candidate, &Options::default(), &Sweep::single())
            .await?;
        Ok(())
    }

    /// The body of a session whose chunks rule; `None` if they don't. `Damaged` if a piece is
    /// missing or wrong: never a shorter list.
    pub(super) async fn load_chunked(&self, id: &Key) -> Result<Option<P::Body>> {
        match self.stored(id).await? {
            Some(stored) if stored.manifest.is_live() => self.joined(&stored).await.map(Some),
            _ => Ok(None),
        }
    }

    /// A session with all its pieces. If the browser can't read one of them, the others are read by
    /// themselves, so that it can be told which it is.
    pub(super) async fn stored(&self, id: &Key) -> Result<Option<Stored<P::Body>>> {
        let records = self.ports.records();
        match records.load(id).await {
            Err(Error::Unreadable { .. } | Error::Damaged { .. }) => {}
            stored => return stored,
        }
        let Some((manifest, skeleton)) = records.manifest(id).await? else {
            return Ok(None);
        };
        let mut flawed = BTreeMap::new();
        let list = match records.list(id, manifest.generation).await {
            Ok(list) => list,
            Err(error) => {
                flawed.insert(LIST.to_owned(), flaw_of(error)?);
                None
            }
        };
        let mut pieces = Vec::new();
        for name in list.as_ref().map(ChunkList::names).unwrap_or_default() {
            let names = std::slice::from_ref(&name);
            match records.pieces(id, manifest.generation, names).await {
                Ok(piece) => pieces.push(piece.into_iter().next().flatten()),
                Err(error) => {
                    flawed.insert(name.to_string(), flaw_of(error)?);
                    pieces.push(None);
                }
            }
        }
        Ok(Some(Stored {
            manifest,
            skeleton,
            list,
            pieces,
            flawed,
            unexpected: Vec::new(),
        }))
    }

    /// Checks every digest of a stored session and joins it.
    pub(super) async fn joined(&self, stored: &Stored<P::Body>) -> Result<P::Body> {
        let id = &stored.manifest.id;
        let damaged = |place: String| Error::Damaged {
            id: id.clone(),
            place,
        };
        match self
            .check(stored)
            .await
            .into_iter()
            .find(|problem| problem.code != Flaw::Unexpected)
        {
            Some(problem) => Err(damaged(problem.place)),
            None => join(self.ports.bodies(), stored).map_err(damaged),
        }
    }

    /// Whether the session is committed in chunks.
    pub async fn is_chunked(&self, id: &Key) -> Result<bool> {
        let manifest = self.ports.records().manifest(id).await?;
        Ok(manifest.is_some_and(|(manifest, _)| manifest.is_live()))
    }
}

/// What an error says about the one record that was asked for; any other error stays one.
pub(super) fn flaw_of(error: Error) -> Result<Flaw> {
    match error {
        Error::Damaged { .. } | Error::BackupDamaged { .. } => Ok(Flaw::Changed),
        Error::BackupNotFound { .. } => Ok(Flaw::Missing),
        Error::Unreadable { .. } | Error::Browser { .. } => Ok(Flaw::Unreadable),
        error => Err(error),
    }
}

/// Joins a stored session; the error names what is missing.
pub(super) fn join<V: Bodies>(
    bodies: &V,
    stored: &Stored<V::Body>,
) -> std::result::Result<V::Body, String> {
    let list = stored.list.as_ref().ok_or("chunk list")?;
    let mut pieces = Vec::with_capacity(stored.pieces.len());
    for (name, piece) in list.names().iter().zip(&stored.pieces) {
        pieces.push(piece.clone().ok_or_else(|| name.to_string())?);
    }
    join_pieces(bodies, &stored.skeleton, list, pieces)
}

/// Joins pieces that come in the order of their list.
pub(super) fn join_pieces<V: Bodies>(
    bodies: &V,
    skeleton: &V::Body,
    list: &ChunkList,
    pieces: Vec<V::Body>,
) -> std::result::Result<V::Body, String> {
    if pieces.len() != list.names().len() {
        return Err("chunk list".into());
    }
    let mut pieces = pieces.into_iter();
    let arrays: Vec<_> = list
        .arrays
        .iter()
        .map(|array| {
            (
                array.path.clone(),
                pieces.by_ref().take(array.chunks.len()).collect(),
            )
        })
        .collect();
    let parts: Vec<_> = list
        .parts
        .iter()
        .map(|part| part.path.clone())
        .zip(pieces)
        .collect();
    bodies
        .join(skeleton, &arrays, &parts)
        .ok_or_else(|| "skeleton".into())
}
