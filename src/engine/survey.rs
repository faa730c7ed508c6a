//! Looking at every record of every source, one at a time.

use super::Engine;
use super::locate::{Candidate, duplicate, place};
use super::parted::outline_of;
use super::prepare::place_name;
use crate::domain::config::KeyRule;
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, Place, State};
use crate::domain::path::Path;
use crate::domain::recognise::{Broken, Row, undecodable};
use crate::domain::report::{SessionRow, SessionState, Warning};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Ports, Records, Sources};
use std::collections::{BTreeMap, BTreeSet};

/// Records between two pauses.
const PAUSE_EVERY: usize = 25;

/// What was found.
pub(super) struct Survey {
    /// A row for each session, by id; those without one come last.
    pub rows: Vec<SessionRow>,
    /// Sessions that the application chunked by itself.
    pub elsewhere: u32,
}

/// Whether sizes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sizes {
    Told,
    Unknown,
}

/// Live manifests by the place that their session came from.
type Owners<'a> = BTreeMap<&'a Place, &'a Manifest>;

/// A record that is a session, or should be one.
struct Entry {
    source: usize,
    place: Place,
    id: Option<Key>,
    label: Option<String>,
    broken: Option<Broken>,
    bytes: u64,
    outline: Option<crate::domain::digest::Digest>,
}

impl<P: Ports> Engine<P> {
    /// Looks at everything. Reads each record once and holds one at a time; writes nothing. Sizes
    /// need a walk over every body, so they are told only where they are wanted.
    pub(super) async fn survey(&self, sizes: Sizes) -> Result<Survey> {
        let manifests = self.ports.records().manifests().await?;
        let known: BTreeMap<String, _> = self
            .list_quarantine()
            .await?
            .into_iter()
            .map(|entry| (entry.place.clone(), entry))
            .collect();
        let live: BTreeMap<&Key, &Manifest> = manifests.iter().map(|m| (&m.id, m)).collect();
        // A committed session's own place: is its original still there, and the same?
        let owners: Owners = manifests
            .iter()
            .filter(|manifest| manifest.is_live())
            .filter_map(|manifest| Some((&manifest.origin.as_ref()?.place, manifest)))
            .collect();
        let (entries, elsewhere) = self.entries(&owners, sizes).await?;

        let mut rows = Vec::new();
        let mut seen = BTreeSet::new();
        let mut differs = BTreeSet::new();
        let mut duplicates: BTreeMap<Key, Vec<String>> = BTreeMap::new();
        for entry in entries {
            let source = self
                .config
                .sources
                .get(entry.source)
                .map_or("", |source| &source.name);
            let owner = owners.get(&entry.place);
            if let Some(owner) = owner {
                if entry.outline != owner.origin.as_ref().map(|origin| origin.outline) {
                    differs.insert(owner.id.clone());
                }
                continue;
            }
            if let Some(id) = &entry.id
                && (live.get(id).is_some_and(|manifest| manifest.is_live())
                    || !seen.insert(id.clone()))
            {
                duplicates
                    .entry(id.clone())
                    .or_default()
                    .push(source.to_owned());
                continue;
            }
            let broken = entry
                .broken
                .map(|b| (b.code.to_owned(), b.reason))
                .or_else(|| {
                    let entry = known.get(&place_name(source, &entry.place))?;
                    Some((entry.code.clone(), entry.reason.clone()))
                });
            let rolled_back = entry.id.as_ref().and_then(|id| live.get(id));
            rows.push(SessionRow {
                rolled_back: rolled_back
                    .is_some_and(|manifest| manifest.state == State::RolledBack),
                id: entry.id,
                label: entry.label,
                source: Some(source.to_owned()),
                state: if broken.is_some() {
                    SessionState::Quarantined
                } else {
                    SessionState::Legacy
                },
                bytes: entry.bytes,
                chunks: 0,
                warnings: broken
                    .map(|(code, message)| Warning {
                        code,
                        path: String::new(),
                        message,
                    })
                    .into_iter()
                    .collect(),
            });
        }
        rows.extend(
            manifests
                .iter()
                .filter(|manifest| manifest.is_live())
                .map(|manifest| SessionRow {
                    id: Some(manifest.id.clone()),
                    label: manifest.label.clone(),
                    source: manifest.origin.as_ref().map(|origin| origin.source.clone()),
                    state: if differs.contains(&manifest.id) {
                        SessionState::Diverged
                    } else {
                        SessionState::Chunked
                    },
                    rolled_back: false,
                    bytes: manifest.bytes,
                    chunks: manifest.chunks,
                    warnings: manifest.warnings.clone(),
                }),
        );
        for row in &mut rows {
            for source in row
                .id
                .as_ref()
                .and_then(|id| duplicates.remove(id))
                .unwrap_or_default()
            {
                let message = format!("lies in {source} as well; that copy is left alone");
                row.warnings
                    .push(Warning::new("AlsoIn", &Path::default(), message));
            }
        }
        rows.sort_by(|a, b| (a.id.is_none(), &a.id).cmp(&(b.id.is_none(), &b.id)));
        Ok(Survey { rows, elsewhere })
    }

    /// Every record that is a session or should be one, in the order of sources and keys.
    async fn entries(&self, owners: &Owners<'_>, sizes: Sizes) -> Result<(Vec<Entry>, u32)> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut elsewhere = 0;
        for (index, source) in self.config.sources.iter().enumerate() {
            let first = entries.len();
            for (count, key) in self
                .ports
                .sources()
                .keys(source)
                .await?
                .into_iter()
                .enumerate()
            {
                if count % PAUSE_EVERY == PAUSE_EVERY - 1 {
                    self.ports.clock().breathe().await;
                }
                let candidate = match self.open_record(index, key.clone()).await {
                    Ok(Some(candidate)) => candidate,
                    Ok(None) => continue,
                    Err(Error::Unreadable { .. }) => {
                        if let Row::Broken(id, broken) = undecodable(source, &key, unreadable()) {
                            entries.push(blank_entry(index, place(source, key), id, Some(broken)));
                        }
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                match candidate.row {
                    Row::Foreign => {}
                    Row::ChunkedElsewhere => elsewhere += 1,
                    Row::Session(_) | Row::Broken(..) => {
                        entries.push(self.entry(candidate, owners, sizes))
                    }
                }
            }
            if source.keys == KeyRule::Any {
                mark_duplicates(&mut entries[first..]);
            }
        }
        Ok((entries, elsewhere))
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
        let label = self.config.layout.label.as_ref().zip(session.as_ref());
        let origin = owners
            .get(&place)
            .and_then(|owner| Some((owner.origin.as_ref()?, &owner.layout)));
        let measured = session
            .as_ref()
            .filter(|_| sizes == Sizes::Told)
            .and_then(|session| {
                bodies
                    .outline(std::slice::from_ref(session), &[])
                    .ok()?
                    .first()
                    .copied()
            });
        let mut entry = blank_entry(source, place, row.id().cloned(), None);
        entry.label = label.and_then(|(path, session)| bodies.text(session, path));
        entry.bytes = measured.map_or(0, |measure| measure.bytes);
        entry.outline = origin
            .and_then(|(origin, layout)| outline_of(bodies, &record, &origin.wrapping, layout));
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
        outline: None,
    }
}

/// Several records of one source with one id: none of them can be trusted to be the session.
fn mark_duplicates(entries: &mut [Entry]) {
    let mut counts: BTreeMap<Key, u32> = BTreeMap::new();
    for id in entries.iter().filter_map(|entry| entry.id.clone()) {
        *counts.entry(id).or_default() += 1;
    }
    for entry in entries {
        if entry
            .id
            .as_ref()
            .and_then(|id| counts.get(id))
            .is_some_and(|count| *count > 1)
        {
            entry.broken.get_or_insert_with(duplicate);
        }
    }
}
