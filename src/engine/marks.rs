//! What records are, as far as the count of all sessions depends on them.

use super::Engine;
use super::locate::Candidate;
use super::members::Members;
use crate::domain::config::SourceConfig;
use crate::domain::count::mark;
use crate::domain::digest::Digest;
use crate::domain::key::Key;
use crate::domain::recognise::{Broken, Row, undecodable};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports};
use std::collections::BTreeMap;

/// What was seen of a source, as far as a later count may depend on it.
#[derive(Default)]
pub(super) struct Seen {
    /// Keys of its records; none for one that lies in one record.
    pub keys: Vec<Key>,
    /// What the records are that are no sessions of their own waiting to be migrated, and whether
    /// they are originals, by position. A record that holds many sessions is the first.
    pub marks: BTreeMap<u32, (bool, Digest)>,
    /// Whether something could not be told.
    pub unclear: bool,
}

/// Ids of sessions that are known to wait, by the keys of their records; for each source.
pub(super) type Waiting = Vec<BTreeMap<Key, Key>>;

/// What lies at a key.
pub(super) enum Found<B> {
    Nothing,
    /// Its key alone tells what it is.
    Unreadable(Row),
    Record(Box<Candidate<B>>),
}

impl<B> Found<B> {
    /// What it is.
    pub fn row(&self) -> Option<&Row> {
        match self {
            Self::Nothing => None,
            Self::Unreadable(row) => Some(row),
            Self::Record(candidate) => Some(&candidate.row),
        }
    }
}

impl<P: Ports> Engine<P> {
    /// What a record of a source is by now, as [`mark`] tells it.
    pub(super) async fn mark_now(&self, index: usize, key: &Key, owned: bool) -> Result<Digest> {
        let Some(source) = self.config.sources.get(index) else {
            return Ok(mark(None, None));
        };
        let found = self.open_or_tell(index, source, key).await?;
        Ok(self.mark(&found, owned))
    }

    pub(super) fn mark(&self, found: &Found<P::Body>, owned: bool) -> Digest {
        let content = match found {
            Found::Record(candidate) if owned => self.outline(&candidate.record),
            _ => None,
        };
        mark(found.row(), content)
    }

    /// What a record that holds many sessions is by now; `None` if that can't be told.
    pub(super) fn mark_members(&self, opened: &Result<Option<Members<P::Body>>>) -> Option<Digest> {
        match opened {
            Ok(None) => Some(mark(None, None)),
            Ok(Some(members)) => {
                let content = self.outline(members.stored()?)?;
                Some(mark(None, Some(content)))
            }
            Err(error) => Some(Digest::of(error.code().as_bytes())),
        }
    }

    fn outline(&self, value: &P::Body) -> Option<Digest> {
        let bodies = self.ports.bodies();
        let measures = bodies.outline(std::slice::from_ref(value), &[]).ok()?;
        measures.first().map(|measure| measure.digest)
    }

    /// Opens a record, or says what its key tells of one that can't be read.
    pub(super) async fn open_or_tell(
        &self,
        index: usize,
        source: &SourceConfig,
        key: &Key,
    ) -> Result<Found<P::Body>> {
        match self.open_record(index, key.clone()).await {
            Ok(Some(candidate)) => Ok(Found::Record(Box::new(candidate))),
            Ok(None) => Ok(Found::Nothing),
            Err(Error::Unreadable { .. }) => {
                Ok(Found::Unreadable(undecodable(source, key, unreadable())))
            }
            Err(error) => Err(error),
        }
    }
}

/// Why a record that the browser can't read is left where it is.
pub(super) fn unreadable() -> Broken {
    Broken::new("Unreadable", "the browser can't read its record")
}
