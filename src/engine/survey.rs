//! Looking at every record of every source, one at a time.

use super::Engine;
use super::locate::{Candidate, duplicate, place};
use super::parted::outline_of;
use super::sweep::Sweep;
use crate::domain::config::{Container as Holds, SourceConfig};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::place::Place;
use crate::domain::recognise::{Broken, Row, undecodable};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Ports};
use std::collections::BTreeMap;

/// Records between two pauses.
const PAUSE_EVERY: usize = 25;

/// Whether sizes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sizes {
    Told,
    Unknown,
}

/// Live manifests by the place that their session came from. A place may have held several, one
/// after the other, where keys do not tell ids.
pub(super) struct Owners<'a>(BTreeMap<&'a Place, Vec<&'a Manifest>>);

impl<'a> Owners<'a> {
    pub fn new(manifests: &'a [Manifest]) -> Self {
        let mut owners: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for manifest in manifests.iter().filter(|manifest| manifest.is_live()) {
            if let Some(origin) = &manifest.origin {
                owners.entry(&origin.place).or_default().push(manifest);
            }
        }
        Self(owners)
    }

    /// The session whose original a record is, or should be. A record that has an id of its own is
    /// no other session's.
    pub fn of(&self, place: &Place, id: Option<&Key>) -> Option<&'a Manifest> {
        let owners = self.0.get(place)?;
        match id {
            Some(id) => owners.iter().find(|owner| &owner.id == id).copied(),
            None => owners.last().copied(),
        }
    }
}

/// A record that is a session, or should be one.
pub(super) struct Entry {
    pub source: usize,
    pub place: Place,
    pub id: Option<Key>,
    pub label: Option<String>,
    pub broken: Option<Broken>,
    pub bytes: u64,
    /// The generation of its owner from whose original it differs.
    pub differs: Option<u32>,
}

/// What a look at every source came to.
pub(super) struct Survey {
    /// In the order of sources and keys.
    pub entries: Vec<Entry>,
    /// Sessions that the application chunked by itself.
    pub elsewhere: u32,
    /// Sources that can't be read, by their index.
    pub unreadable: BTreeMap<usize, Error>,
}

impl<P: Ports> Engine<P> {
    /// Every record that is a session or should be one. Reads each record once and holds one at a
    /// time. Fails if no source can be read.
    pub(super) async fn survey(&self, owners: &Owners<'_>, sizes: Sizes) -> Result<Survey> {
        let mut survey = Survey {
            entries: Vec::new(),
            elsewhere: 0,
            unreadable: BTreeMap::new(),
        };
        for (index, source) in self.config.sources.iter().enumerate() {
            let first = survey.entries.len();
            let look = (owners, sizes);
            let looked = match &source.container {
                None => self.survey_records(index, source, look, &mut survey).await,
                Some(holds) => {
                    self.survey_members(index, (source, holds), look, &mut survey)
                        .await
                }
            };
            match looked {
                Ok(()) => mark_duplicates(survey.entries.get_mut(first..).unwrap_or_default()),
                Err(Error::Closed) => return Err(Error::Closed),
                Err(error) => {
                    survey.unreadable.insert(index, error);
                }
            }
        }
        if survey.unreadable.len() == self.config.sources.len()
            && let Some((_, error)) = survey.unreadable.pop_first()
        {
            return Err(error);
        }
        Ok(survey)
    }

    async fn survey_records(
        &self,
        index: usize,
        source: &SourceConfig,
        (owners, sizes): (&Owners<'_>, Sizes),
        survey: &mut Survey,
    ) -> Result<()> {
        let keys = self.keys_of(source).await?;
        for (count, key) in keys.into_iter().enumerate() {
            if count % PAUSE_EVERY == PAUSE_EVERY - 1 {
                self.ports.clock().breathe().await;
            }
            let candidate = match self.open_record(index, key.clone()).await {
                Ok(Some(candidate)) => candidate,
                Ok(None) => continue,
                Err(Error::Unreadable { .. }) => {
                    if let Row::Broken(id, broken) = undecodable(source, &key, unreadable()) {
                        let place = place(source, key);
                        let entry = blank_entry(index, place, id, Some(broken));
                        survey.entries.push(entry);
                    }
                    continue;
                }
                Err(error) => return Err(error),
            };
            match candidate.row {
                Row::Foreign => {}
                Row::ChunkedElsewhere => survey.elsewhere += 1,
                Row::Session(_) | Row::Broken(..) => {
                    survey.entries.push(self.entry(candidate, owners, sizes));
                }
            }
        }
        Ok(())
    }

    async fn survey_members(
        &self,
        index: usize,
        (source, holds): (&SourceConfig, &Holds),
        (owners, sizes): (&Owners<'_>, Sizes),
        survey: &mut Survey,
    ) -> Result<()> {
        let members = match self.open_members(index, &Sweep::single()).await {
            Ok(Some(members)) => members,
            Ok(None) => return Ok(()),
            // Listed as a whole: what it holds can't be told.
            Err(Error::ContainerUnreadable { code, reason, .. }) => {
                let slot = place(source, holds.key.clone());
                let broken = Broken::new(code, reason);
                let entry = blank_entry(index, slot, None, Some(broken));
                survey.entries.push(entry);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        for (at, row) in members.rows(source, holds).into_iter().enumerate() {
            if at % PAUSE_EVERY == PAUSE_EVERY - 1 {
                self.ports.clock().breathe().await;
            }
            if let Some(candidate) = self.member(&members, at, row) {
                survey.entries.push(self.entry(candidate, owners, sizes));
            }
        }
        Ok(())
    }

    fn entry(&self, candidate: Candidate<P::Body>, owners: &Owners<'_>, sizes: Sizes) -> Entry {
        let bodies = self.ports.bodies();
        let Candidate {
            source,
            place,
            record,
            row,
            session,
            ..
        } = candidate;
        let mut entry = blank_entry(source, place, row.id().cloned(), None);
        if let Some(session) = &session {
            entry.label = self.label_of(&self.config.layout, session);
            if sizes == Sizes::Told
                && let Ok(measures) = bodies.outline(std::slice::from_ref(session), &[])
            {
                entry.bytes = measures.iter().map(|measure| measure.bytes).sum();
            }
        }
        entry.differs = owners
            .of(&entry.place, entry.id.as_ref())
            .and_then(|owner| {
                let origin = owner.origin.as_ref()?;
                let outline = outline_of(bodies, &record, &origin.wrapping, owner.origin_layout());
                (outline != Some(origin.outline)).then_some(owner.generation)
            });
        if let Row::Broken(_, broken) = row {
            entry.broken = Some(broken);
        }
        entry
    }
}

/// Why a record that the browser can't read is left where it is.
pub(super) fn unreadable() -> Broken {
    Broken::new("Unreadable", "the browser can't read its record")
}

fn blank_entry(source: usize, place: Place, id: Option<Key>, broken: Option<Broken>) -> Entry {
    Entry {
        source,
        place,
        id,
        label: None,
        broken,
        bytes: 0,
        differs: None,
    }
}

/// Several records of one source with one id: none of them can be trusted to be the session.
fn mark_duplicates(entries: &mut [Entry]) {
    let mut counts: BTreeMap<Key, u32> = BTreeMap::new();
    for id in entries.iter().filter_map(|entry| entry.id.clone()) {
        *counts.entry(id).or_default() += 1;
    }
    for entry in entries {
        let count = entry.id.as_ref().and_then(|id| counts.get(id));
        if count.is_some_and(|count| *count > 1) {
            entry.broken.get_or_insert_with(duplicate);
        }
    }
}
