//! Finding and opening the records of sessions, without reading more than need be.

use super::Engine;
use super::stopwatch::Stopwatch;
use super::sweep::Sweep;
use crate::domain::config::{Container as Holds, KeyRule, SourceConfig};
use crate::domain::key::Key;
use crate::domain::place::{Place, Wrapping};
use crate::domain::recognise::{self, BodyFacts, Broken, IdFact, Row};
use crate::domain::report::Warning;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Records, Sources};

/// A session's record, or its place in one, that has been read; and what it is.
pub(super) struct Candidate<B> {
    /// Index of the source in the configuration.
    pub source: usize,
    pub place: Place,
    /// How the body lies in what was read.
    pub wrapping: Wrapping,
    /// R0: as read.
    pub record: B,
    pub row: Row,
    /// The session: what is stored in the record, decoded; `None` where there is nothing.
    pub session: Option<B>,
    /// Whether decoding changed anything.
    pub decoded: bool,
    /// Where it stands among the others in its record.
    pub position: Option<u32>,
    /// Why its original must stay, if it must.
    pub fixed: Option<&'static str>,
    /// A source that comes first and can't be read may hold a newer one.
    pub blocked: Option<Error>,
    /// Milliseconds that reading and decoding took.
    pub read_ms: f64,
}

impl<B> Candidate<B> {
    /// What is said of an original that must stay.
    pub fn fixed_warning(&self) -> Option<Warning> {
        let reason = self.fixed?;
        let message = format!("its original stays where it is: {reason}");
        Some(Warning::new("ContainerKept", &Default::default(), message))
    }
}

impl<P: Ports> Engine<P> {
    /// The record that holds the session `id`, from the first source that has one. Fails only if
    /// none has one and a source can't be read.
    pub(super) async fn locate(&self, id: &Key) -> Result<Option<Candidate<P::Body>>> {
        // A session that was migrated, or rolled back, is looked for where it came from: a copy
        // elsewhere is none of it.
        if let Some(candidate) = self.locate_origin(id).await? {
            return Ok(Some(candidate));
        }
        let mut blocked: Option<Error> = None;
        for (index, source) in self.config.sources.iter().enumerate() {
            let found = match &source.container {
                None => self.locate_record(index, source, id).await,
                Some(holds) => self.locate_member(index, source, holds, id).await,
            };
            match found {
                Ok(None) => {}
                Ok(Some(mut candidate)) => {
                    candidate.blocked = blocked;
                    return Ok(Some(candidate));
                }
                // The one record that would hold it: nothing else may stand in for it.
                Err(error @ Error::Unreadable { .. }) if source.container.is_none() => {
                    return Err(blocked.unwrap_or(error));
                }
                Err(Error::Closed) => return Err(Error::Closed),
                Err(error) => blocked = Some(blocked.unwrap_or(error)),
            }
        }
        blocked.map_or(Ok(None), Err)
    }

    async fn locate_origin(&self, id: &Key) -> Result<Option<Candidate<P::Body>>> {
        let manifest = self.ports.records().manifest(id).await?;
        let Some(origin) = manifest.and_then(|(manifest, _)| manifest.origin) else {
            return Ok(None);
        };
        let mut sources = self.config.sources.iter();
        let Some(index) = sources.position(|source| source.name == origin.source) else {
            return Ok(None);
        };
        let candidate = self
            .open_place(index, &origin.place, &Sweep::single())
            .await?;
        Ok(candidate.filter(|candidate| candidate.row.id() == Some(id)))
    }

    async fn locate_record(
        &self,
        index: usize,
        source: &SourceConfig,
        id: &Key,
    ) -> Result<Option<Candidate<P::Body>>> {
        let keys = self.keys_for(source, id).await?;
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
        Ok(found)
    }

    async fn locate_member(
        &self,
        index: usize,
        source: &SourceConfig,
        holds: &Holds,
        id: &Key,
    ) -> Result<Option<Candidate<P::Body>>> {
        let members = self.open_members(index, &Sweep::single()).await?;
        Ok(members.and_then(|members| {
            let mut rows = members.rows(source, holds).into_iter().enumerate();
            let (at, row) = rows.find(|(_, (_, row))| row.id() == Some(id))?;
            self.member(&members, at, row)
        }))
    }

    /// Opens what lies at a place that is known.
    pub(super) async fn open_place(
        &self,
        source: usize,
        place: &Place,
        sweep: &Sweep<P::Body>,
    ) -> Result<Option<Candidate<P::Body>>> {
        let Some(config) = self.config.sources.get(source) else {
            return Ok(None);
        };
        match (&config.container, &place.within) {
            (None, None) => self.open_record(source, place.key.clone()).await,
            (Some(holds), Some(_)) => {
                let members = self.open_members(source, sweep).await?;
                Ok(members.and_then(|members| {
                    let mut rows = members.rows(config, holds).into_iter().enumerate();
                    let (at, row) = rows.find(|(_, (at, _))| at == place)?;
                    self.member(&members, at, row)
                }))
            }
            // The configuration has changed since.
            _ => Ok(None),
        }
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
            Some(stored) => self.decoded(stored, &config.wrapping).await,
            None => Ok(None),
        };
        let (session, row, was_decoded) = match decoded {
            Ok(decoded) => {
                let was_decoded = decoded.is_some();
                let session = decoded.or(stored);
                let facts = match &session {
                    Some(session) => bodies.facts(session, self.config.layout.id.as_ref()),
                    None => NOTHING,
                };
                let row = recognise::recognise(config, &place.key, &facts);
                (session, row, was_decoded)
            }
            Err(broken) => {
                let row = recognise::undecodable(config, &place.key, broken);
                (stored, row, false)
            }
        };
        Ok(Some(Candidate {
            source,
            place,
            wrapping: config.wrapping.clone(),
            record,
            row,
            session,
            decoded: was_decoded,
            position: None,
            fixed: None,
            blocked: None,
            read_ms: watch.lap(),
        }))
    }

    /// What is stored, decoded; `None` where it is its own decoding.
    pub(super) async fn decoded(
        &self,
        stored: &P::Body,
        wrapping: &Wrapping,
    ) -> Result<Option<P::Body>, Broken> {
        let bodies = self.ports.bodies();
        if wrapping.gzip
            && let Some(value) = bodies.decode(stored).await?
        {
            return Ok(Some(value));
        }
        match wrapping.json {
            true => bodies.parse(stored),
            false => Ok(None),
        }
    }
}

const NOTHING: BodyFacts = BodyFacts {
    is_object: false,
    is_array: false,
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
    Place::record(source.area.clone(), key)
}
