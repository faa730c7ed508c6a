//! Whether there is anything to migrate: asked at every start of an application, so keys are looked
//! at before bodies, and no more than a few bodies.

use super::Engine;
use super::limits::CODE;
use super::locate::{Candidate, place};
use super::parted::is_as_migrated;
use super::prepare::{Purpose, place_name};
use super::sweep::Sweep;
use crate::domain::config::SourceConfig;
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, Origin, Originals, State};
use crate::domain::place::Place;
use crate::domain::recognise::{Row, looks_foreign};
use crate::domain::report::MigrationNeed;
use crate::error::{Error, Result};
use crate::ports::{Ports, Records, Rows};
use std::collections::{BTreeMap, BTreeSet};

/// Bodies that are read before the answer is `unknown`.
const MOST_READ: u32 = 20;

/// What is known of sessions without looking at any source.
struct Known {
    manifests: BTreeMap<Key, Manifest>,
    /// Sessions whose manifest can't be used: no run moves them.
    damaged: BTreeSet<Key>,
    /// Places of originals that are kept, or were put back.
    settled: BTreeSet<Place>,
    quarantined: BTreeSet<String>,
    /// Places of what broke a limit: the limits may be others by now.
    limited: BTreeSet<String>,
}

impl Known {
    /// Whether what lies at a place is none that a run would move.
    fn is_settled(&self, source: &SourceConfig, place: &Place) -> bool {
        self.settled.contains(place) || self.quarantined.contains(&place_name(&source.name, place))
    }

    /// Whether what lies at a place broke a limit when it was last planned.
    fn is_limited(&self, source: &SourceConfig, place: &Place) -> bool {
        self.limited.contains(&place_name(&source.name, place))
    }

    /// What a session at a place is to us.
    fn session(&self, id: &Key, place: &Place) -> Session<'_> {
        let Some(manifest) = self.manifests.get(id) else {
            return match self.damaged.contains(id) {
                true => Session::Copy,
                false => Session::New,
            };
        };
        match &manifest.origin {
            Some(origin) if &origin.place == place => Session::Original(manifest, origin),
            _ => Session::Copy,
        }
    }
}

/// What a session that lies at a place is to us.
enum Session<'a> {
    New,
    /// It was migrated from just there.
    Original(&'a Manifest, &'a Origin),
    /// It was migrated, or rolled back, elsewhere.
    Copy,
}

impl<P: Ports> Engine<P> {
    /// Whether a run would move anything. Fails only if our own database can't be read.
    pub async fn migration_needed(&self) -> Result<MigrationNeed> {
        let known = self.what_is_known().await?;
        let mut manifests = known.manifests.values();
        if manifests.any(|manifest| manifest.state == State::Staged || self.is_outdated(manifest)) {
            return Ok(MigrationNeed::Yes);
        }
        let mut answer = match &self.config.state {
            None => MigrationNeed::No,
            Some(state) => match self.state_needed(state).await {
                Ok(true) => return Ok(MigrationNeed::Yes),
                Ok(false) => MigrationNeed::No,
                Err(Error::Closed) => return Err(Error::Closed),
                Err(_) => MigrationNeed::Unknown,
            },
        };
        for (index, source) in self.config.sources.iter().enumerate() {
            let found = match &source.container {
                None => self.records_needed(index, source, &known).await,
                Some(_) => self.members_needed(index, source, &known).await,
            };
            match found {
                Ok(MigrationNeed::Yes) => return Ok(MigrationNeed::Yes),
                Ok(MigrationNeed::No) => {}
                Err(Error::Closed) => return Err(Error::Closed),
                Ok(MigrationNeed::Unknown) | Err(_) => answer = MigrationNeed::Unknown,
            }
        }
        Ok(answer)
    }

    async fn what_is_known(&self) -> Result<Known> {
        let Rows {
            sound: manifests,
            bad,
        } = self.ports.records().manifests().await?;
        let settled = manifests.iter().filter(|manifest| match manifest.state {
            State::RolledBack => true,
            State::Committed => manifest.originals == Originals::Keep,
            State::Staged | State::RollingBack => false,
        });
        let origins = settled.filter_map(|manifest| manifest.origin.as_ref());
        let quarantined = self.list_quarantine().await?.into_iter();
        let (limited, quarantined): (Vec<_>, Vec<_>) =
            quarantined.partition(|entry| entry.code == CODE);
        Ok(Known {
            damaged: bad.into_iter().map(|record| record.key).collect(),
            settled: origins.map(|origin| origin.place.clone()).collect(),
            manifests: manifests
                .into_iter()
                .map(|manifest| (manifest.id.clone(), manifest))
                .collect(),
            quarantined: quarantined.into_iter().map(|entry| entry.place).collect(),
            limited: limited.into_iter().map(|entry| entry.place).collect(),
        })
    }

    /// Whether a run would move a session, or remove it because it is an original that is there
    /// again. One that differs from its chunks is left for a person to decide.
    fn would_move(&self, session: &Session<'_>, record: &P::Body) -> bool {
        match session {
            Session::New => true,
            Session::Copy => false,
            Session::Original(manifest, origin) => {
                let (bodies, layout) = (self.ports.bodies(), manifest.origin_layout());
                manifest.state != State::Committed || is_as_migrated(bodies, record, origin, layout)
            }
        }
    }

    async fn records_needed(
        &self,
        index: usize,
        source: &SourceConfig,
        known: &Known,
    ) -> Result<MigrationNeed> {
        let mut read = 0;
        for key in self.keys_of(source).await? {
            let at = place(source, key);
            if looks_foreign(source, &at.key) || known.is_settled(source, &at) {
                continue;
            }
            // Its key tells the id, but only its body that it is a session.
            let candidate = match self.open_record(index, at.key.clone()).await {
                Ok(candidate) => candidate,
                Err(Error::Unreadable { .. }) => None,
                Err(error) => return Err(error),
            };
            if let Some(candidate) = &candidate
                && let Row::Session(id) = &candidate.row
                && self.would_move(&known.session(id, &at), &candidate.record)
                && !(known.is_limited(source, &at) && self.breaks_a_limit(candidate))
            {
                return Ok(MigrationNeed::Yes);
            }
            read += 1;
            if read == MOST_READ {
                return Ok(MigrationNeed::Unknown);
            }
        }
        Ok(MigrationNeed::No)
    }

    async fn members_needed(
        &self,
        index: usize,
        source: &SourceConfig,
        known: &Known,
    ) -> Result<MigrationNeed> {
        let Some(holds) = &source.container else {
            return Ok(MigrationNeed::No);
        };
        let slot = place(source, holds.key.clone());
        if known.is_settled(source, &slot) {
            return Ok(MigrationNeed::No);
        }
        let Some(members) = self.open_members(index, &Sweep::single()).await? else {
            return Ok(MigrationNeed::No);
        };
        for (index, (at, row)) in members.rows(source, holds).into_iter().enumerate() {
            let Row::Session(id) = &row else { continue };
            let session = known.session(id, &at);
            if known.is_settled(source, &at) || matches!(session, Session::Copy) {
                continue;
            }
            let member = self.member(&members, index, (at.clone(), row.clone()));
            let moves = member.is_some_and(|member| {
                self.would_move(&session, &member.record)
                    && !(known.is_limited(source, &at) && self.breaks_a_limit(&member))
            });
            if moves {
                return Ok(MigrationNeed::Yes);
            }
        }
        Ok(MigrationNeed::No)
    }

    /// Whether a session breaks a limit that leaves it in its source.
    fn breaks_a_limit(&self, candidate: &Candidate<P::Body>) -> bool {
        let session = candidate.session.as_ref();
        session.is_some_and(|session| self.limited(session, Purpose::Move).broken.is_some())
    }
}
