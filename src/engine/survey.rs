//! Looking at every record of every source, one at a time.

use super::Engine;
use super::locate::{Candidate, duplicate, place};
use super::marks::{Found, Seen, Waiting};
use super::parted::is_as_migrated;
use super::sweep::Sweep;
use crate::domain::config::{Container as Holds, SourceConfig};
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::place::Place;
use crate::domain::recognise::{Broken, Row};
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

    /// Whether the session of a live manifest came from there.
    fn has(&self, place: &Place) -> bool {
        self.0.contains_key(place)
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
    /// Its position among the keys of its source, where it is a record of its own.
    pub at: Option<u32>,
    pub id: Option<Key>,
    pub label: Option<String>,
    pub broken: Option<Broken>,
    pub bytes: u64,
    /// The generation of its owner from whose original it differs.
    pub differs: Option<u32>,
}

/// How a survey looks.
pub(super) struct Look<'a> {
    pub owners: &'a Owners<'a>,
    pub sizes: Sizes,
    /// Records that need not be opened.
    pub waiting: Option<&'a Waiting>,
}

/// What a look at every source came to.
pub(super) struct Survey {
    /// In the order of sources and keys.
    pub entries: Vec<Entry>,
    /// Sessions that the application chunked by itself.
    pub elsewhere: u32,
    /// Sources that can't be read, by their index.
    pub unreadable: BTreeMap<usize, Error>,
    /// By source.
    pub seen: Vec<Seen>,
    /// Whether every record was opened.
    pub exact: bool,
}

impl<P: Ports> Engine<P> {
    /// Every record that is a session or should be one. Reads each record once and holds one at a
    /// time. Fails if no source can be read.
    pub(super) async fn survey(&self, look: &Look<'_>) -> Result<Survey> {
        let mut survey = Survey {
            entries: Vec::new(),
            elsewhere: 0,
            unreadable: BTreeMap::new(),
            seen: Vec::new(),
            exact: true,
        };
        for (index, source) in self.config.sources.iter().enumerate() {
            let first = survey.entries.len();
            survey.seen.push(Seen::default());
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
        look: &Look<'_>,
        survey: &mut Survey,
    ) -> Result<()> {
        let mut seen = Seen {
            keys: self.keys_of(source).await?,
            ..Seen::default()
        };
        let waiting = look.waiting.and_then(|waiting| waiting.get(index));
        let mut opened = 0;
        for (at, key) in (0..).zip(&seen.keys) {
            let place = place(source, key.clone());
            let known = waiting.and_then(|waiting| waiting.get(key));
            if let (Some(id), false) = (known, look.owners.has(&place)) {
                let mut entry = blank_entry(index, place, Some(id.clone()), None);
                entry.at = Some(at);
                survey.entries.push(entry);
                survey.exact = false;
                continue;
            }
            opened += 1;
            if opened % PAUSE_EVERY == 0 {
                self.ports.clock().breathe().await;
            }
            let owned = look.owners.has(&place);
            let found = self.open_or_tell(index, source, key).await?;
            if owned || !matches!(found.row(), Some(Row::Session(_))) {
                seen.marks.insert(at, (owned, self.mark(&found, owned)));
            }
            let mut entry = match found {
                Found::Nothing | Found::Unreadable(Row::Foreign | Row::ChunkedElsewhere) => {
                    continue;
                }
                Found::Unreadable(row) => {
                    let mut entry = blank_entry(index, place, row.id().cloned(), None);
                    if let Row::Broken(_, broken) = row {
                        entry.broken = Some(broken);
                    }
                    entry
                }
                Found::Record(candidate) => match candidate.row {
                    Row::Foreign => continue,
                    Row::ChunkedElsewhere => {
                        survey.elsewhere += 1;
                        continue;
                    }
                    Row::Session(_) | Row::Broken(..) => self.entry(*candidate, look),
                },
            };
            entry.at = Some(at);
            survey.entries.push(entry);
        }
        if let Some(last) = survey.seen.last_mut() {
            *last = seen;
        }
        Ok(())
    }

    async fn survey_members(
        &self,
        index: usize,
        (source, holds): (&SourceConfig, &Holds),
        look: &Look<'_>,
        survey: &mut Survey,
    ) -> Result<()> {
        let opened = self.open_members(index, &Sweep::single()).await;
        if let (Sizes::Unknown, Some(seen)) = (look.sizes, survey.seen.last_mut()) {
            let mark = self.mark_members(&opened);
            seen.unclear = mark.is_none();
            seen.marks.extend(mark.map(|mark| (0, (false, mark))));
        }
        let members = match opened {
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
                survey.entries.push(self.entry(candidate, look));
            }
        }
        Ok(())
    }

    fn entry(&self, candidate: Candidate<P::Body>, look: &Look<'_>) -> Entry {
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
            if look.sizes == Sizes::Told
                && let Ok(measures) = bodies.outline(std::slice::from_ref(session), &[])
            {
                entry.bytes = measures.iter().map(|measure| measure.bytes).sum();
            }
        }
        entry.differs = look
            .owners
            .of(&entry.place, entry.id.as_ref())
            .and_then(|owner| {
                let origin = owner.origin.as_ref()?;
                let same = is_as_migrated(bodies, &record, origin, owner.origin_layout());
                (!same).then_some(owner.generation)
            });
        if let Row::Broken(_, broken) = row {
            entry.broken = Some(broken);
        }
        entry
    }
}

fn blank_entry(source: usize, place: Place, id: Option<Key>, broken: Option<Broken>) -> Entry {
    Entry {
        source,
        place,
        at: None,
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
