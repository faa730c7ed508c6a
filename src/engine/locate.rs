//! Finding and opening the records of sessions, without reading more than need be.

use super::Engine;
use super::stopwatch::Stopwatch;
use crate::domain::config::{KeyRule, SourceConfig};
use crate::domain::key::Key;
use crate::domain::manifest::Place;
use crate::domain::recognise::{self, BodyFacts, Broken, IdFact, Row};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Sources};

/// A record that has been read, and what it is.
pub(super) struct Candidate<B> {
    /// Index of the source in the configuration.
    pub source: usize,
    pub place: Place,
    /// R0: the record as read.
    pub record: B,
    pub row: Row,
    /// The session: what is stored in the record, decoded; `None` where there is nothing.
    pub session: Option<B>,
    /// Whether decoding changed anything.
    pub decoded: bool,
    /// Milliseconds that reading and decoding took.
    pub read_ms: f64,
}

impl<P: Ports> Engine<P> {
    /// The record that holds the session `id`, from the first source that has one.
    pub(super) async fn locate(&self, id: &Key) -> Result<Option<Candidate<P::Body>>> {
        for (index, source) in self.config.sources.iter().enumerate() {
            let keys = match source.keys {
                KeyRule::Id => likely_keys(source, id),
                KeyRule::Any => self.ports.sources().keys(source).await?,
            };
            let mut found: Option<Candidate<P::Body>> = None;
            for key in keys {
                let candidate = match self.open_record(index, key).await {
                    Ok(Some(candidate)) => candidate,
                    Ok(None) => continue,
                    // Among records of unknown ids, one that can't be read hides no other.
                    Err(Error::Unreadable { .. }) if source.keys == KeyRule::Any => continue,
                    Err(error) => return Err(error),
                };
                if candidate.row.id() != Some(id) {
                    continue;
                }
                match &mut found {
                    None => found = Some(candidate),
                    Some(first) => first.row = Row::Broken(Some(id.clone()), duplicate()),
                }
            }
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Reads one record and says what it is.
    pub(super) async fn open_record(
        &self,
        source: usize,
        key: Key,
    ) -> Result<Option<Candidate<P::Body>>> {
        let Some(config) = self.config.sources.get(source) else {
            return Ok(None);
        };
        let place = place(config, key);
        let mut watch = Stopwatch::start(self.ports.clock());
        let Some(record) = self.ports.sources().read(&place).await? else {
            return Ok(None);
        };
        let bodies = self.ports.bodies();
        let stored = bodies
            .peel(&record, &config.wrapping.body)
            .map(|(_, stored)| stored);
        let decoded = match &stored {
            Some(stored) if config.wrapping.gzip => match bodies.decode(stored).await {
                Ok(decoded) => decoded,
                Err(broken) => {
                    let row = recognise::undecodable(config, &place.key, broken);
                    let session = Some(stored.clone());
                    return Ok(Some(Candidate {
                        source,
                        place,
                        record,
                        row,
                        session,
                        decoded: false,
                        read_ms: watch.lap(),
                    }));
                }
            },
            _ => None,
        };
        let was_decoded = decoded.is_some();
        let session = decoded.or(stored);
        let facts = match &session {
            Some(session) => bodies.facts(session, &self.config.layout.id),
            None => NOTHING,
        };
        let row = recognise::recognise(config, &place.key, &facts);
        Ok(Some(Candidate {
            source,
            place,
            record,
            row,
            session,
            decoded: was_decoded,
            read_ms: watch.lap(),
        }))
    }
}

const NOTHING: BodyFacts = BodyFacts {
    is_object: false,
    id: IdFact::Missing,
    storage_version: false,
    backup: false,
};

/// Why none of several records with one id can be trusted.
pub(super) fn duplicate() -> Broken {
    Broken::new(
        "DuplicateId",
        "several records of its source have the same id",
    )
}

/// A record of a source.
pub(super) fn place(source: &SourceConfig, key: Key) -> Place {
    Place {
        database: source.database.clone(),
        store: source.store.clone(),
        key,
    }
}

/// The keys under which the session `id` may lie, if the key tells the id. A number may be a key as
/// it is or as text.
pub(super) fn likely_keys(source: &SourceConfig, id: &Key) -> Vec<Key> {
    if let Key::Units(units) = id {
        let prefix = source.prefix.encode_utf16();
        return vec![Key::Units(prefix.chain(units.iter().copied()).collect())];
    }
    let text = id
        .as_suffix()
        .map(|suffix| Key::Text(format!("{}{suffix}", source.prefix)));
    let itself = source.prefix.is_empty().then(|| id.clone());
    let mut keys: Vec<Key> = itself.into_iter().chain(text).collect();
    keys.dedup();
    keys
}
