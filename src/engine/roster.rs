//! Every session in one list: those in chunks, and those that still lie in a source.

use super::Engine;
use super::marks::{Seen, Waiting};
use super::prepare::place_name;
use super::survey::{Entry, Look, Owners, Sizes, Survey};
use crate::domain::count::mark;
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, State};
use crate::domain::recognise::Row;
use crate::domain::records::QuarantineEntry;
use crate::domain::report::{SessionRow, SessionState, UnreadableSource, Warning};
use crate::error::Result;
use crate::ports::{Ports, Pulse, Records, Rows};
use std::collections::{BTreeMap, BTreeSet};

/// Code of a session whose manifest can't be used, and why in words.
pub(super) const DAMAGED: &str = "Damaged";
pub(super) const MANIFEST_DAMAGED: &str = "its manifest is damaged; see verifyAll and repair";

/// What was found.
pub(super) struct Roster {
    /// A row for each session, by id; those without one come last.
    pub rows: Vec<SessionRow>,
    /// Sessions that the application chunked by itself.
    pub elsewhere: u32,
    /// Sources that can't be read.
    pub unreadable: Vec<UnreadableSource>,
    /// What was seen of each source; of a record that waits nothing but its key.
    pub seen: Vec<Seen>,
    /// Records that wait to be migrated.
    pub waiting: Waiting,
    /// Whether every record was opened.
    pub exact: bool,
    /// What was read of ours before and after, if nothing of it has changed meanwhile.
    pub pulse: Option<Pulse>,
}

/// What a look at everything begins with.
pub(super) struct Start {
    /// Read before the manifests; `None` where it can't be.
    pub pulse: Option<Pulse>,
    pub manifests: Rows<Manifest>,
}

impl<P: Ports> Engine<P> {
    /// What a look at everything begins with.
    pub(super) async fn start(&self) -> Result<Start> {
        Ok(Start {
            pulse: self.ports.records().pulse().await.ok(),
            manifests: self.ports.records().manifests().await?,
        })
    }

    /// Looks at everything and writes nothing. Sizes need a walk over every body, so they are told
    /// only where they are wanted. Records that are known to wait are not opened.
    pub(super) async fn roster(
        &self,
        start: Start,
        sizes: Sizes,
        waiting: Option<&Waiting>,
    ) -> Result<Roster> {
        let Start { pulse, manifests } = start;
        let Rows { sound: before, bad } = manifests;
        let known = self.list_quarantine().await?.into_iter();
        let known: BTreeMap<String, _> = known.map(|entry| (entry.place.clone(), entry)).collect();
        let Survey {
            entries,
            elsewhere,
            unreadable,
            mut seen,
            exact,
        } = self
            .survey(&Look {
                owners: &Owners::new(&before),
                sizes,
                waiting,
            })
            .await?;
        let after = self.ports.records().pulse().await.ok();
        let pulse = pulse.filter(|pulse| after.is_some_and(|after| after.is_as(pulse)));
        // Again: what another tab moved while the sources were read is in neither place otherwise.
        let Rows { sound: now, bad } = match pulse {
            Some(_) => Rows {
                sound: before.clone(),
                bad,
            },
            None => self.ports.records().manifests().await?,
        };
        let mut live = still_there(before, &now, &entries);
        live.retain(|manifest| bad.iter().all(|record| record.key != manifest.id));
        let owners = Owners::new(&live);
        // Where a manifest can't be used, whatever lies in a source is no session to be moved.
        let damaged = bad.iter().map(|record| &record.key);
        let chunked: BTreeSet<&Key> = live.iter().map(|m| &m.id).chain(damaged).collect();
        let tombstones: BTreeSet<&Key> = now
            .iter()
            .filter(|manifest| manifest.state == State::RolledBack)
            .map(|manifest| &manifest.id)
            .collect();

        let mut rows = Vec::new();
        let mut first_in: BTreeMap<Key, usize> = BTreeMap::new();
        let mut differs = BTreeSet::new();
        let mut copies: Vec<(Key, usize)> = Vec::new();
        let mut waits: Waiting = seen.iter().map(|_| BTreeMap::new()).collect();
        for entry in entries {
            if let (Some(at), Some(id), Some(seen)) =
                (entry.at, &entry.id, seen.get_mut(entry.source))
            {
                // Taken back below if it is one that waits.
                let session = || (false, mark(Some(&Row::Session(id.clone())), None));
                seen.marks.entry(at).or_insert_with(session);
            }
            if let Some(owner) = owners.of(&entry.place, entry.id.as_ref()) {
                if entry.differs == Some(owner.generation) {
                    differs.insert(owner.id.clone());
                }
                continue;
            }
            if let Some(id) = &entry.id {
                // Of several records in one source none is a copy of another: each is listed.
                let first = *first_in.entry(id.clone()).or_insert(entry.source);
                if chunked.contains(id) || first != entry.source {
                    copies.push((id.clone(), entry.source));
                    continue;
                }
            }
            let rolled_back = entry.id.as_ref().is_some_and(|id| tombstones.contains(id));
            if let (Some(at), Some(id), None) = (entry.at, &entry.id, &entry.broken) {
                if let Some(seen) = seen.get_mut(entry.source) {
                    seen.marks.remove(&at);
                }
                if let Some(waits) = waits.get_mut(entry.source) {
                    waits.insert(entry.place.key.clone(), id.clone());
                }
            }
            rows.push(self.legacy_row(entry, rolled_back, &known));
        }
        rows.extend(live.iter().map(|manifest| {
            let diverged = differs.contains(&manifest.id);
            chunked_row(manifest, diverged)
        }));
        rows.extend(bad.iter().map(|record| damaged_row(&record.key)));
        for (id, source) in copies {
            let also = self.also_in(source);
            if let Some(row) = rows.iter_mut().find(|row| is_of(row, &id)) {
                row.warnings.push(also);
            }
        }
        rows.sort_by(|a, b| (a.id.is_none(), &a.id).cmp(&(b.id.is_none(), &b.id)));
        let unreadable = unreadable.into_iter().filter_map(|(index, error)| {
            let source = self.config.sources.get(index)?.name.clone();
            let code = error.code().to_owned();
            Some(UnreadableSource { source, code })
        });
        Ok(Roster {
            rows,
            elsewhere,
            unreadable: unreadable.collect(),
            seen,
            waiting: waits,
            exact,
            pulse,
        })
    }

    fn legacy_row(
        &self,
        entry: Entry,
        rolled_back: bool,
        known: &BTreeMap<String, QuarantineEntry>,
    ) -> SessionRow {
        let source = self.config.sources.get(entry.source);
        let source = source.map_or("", |source| &source.name);
        // What only taking it apart could tell was found by an earlier run.
        let listed = || known.get(&place_name(source, &entry.place));
        let broken = entry.broken.map(|b| (b.code.to_owned(), b.reason));
        let broken = broken.or_else(|| listed().map(|e| (e.code.clone(), e.reason.clone())));
        SessionRow {
            rolled_back,
            id: entry.id,
            label: entry.label,
            source: Some(source.to_owned()),
            state: match broken {
                Some(_) => SessionState::Quarantined,
                None => SessionState::Legacy,
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
        }
    }
}

/// Sessions whose chunks rule: now, or before the sources were read, unless they were found there.
fn still_there(before: Vec<Manifest>, now: &[Manifest], entries: &[Entry]) -> Vec<Manifest> {
    let in_source: BTreeSet<_> = entries.iter().filter_map(|e| e.id.as_ref()).collect();
    let mut live: Vec<Manifest> = now.iter().filter(|m| m.is_live()).cloned().collect();
    let ids: BTreeSet<Key> = live.iter().map(|manifest| manifest.id.clone()).collect();
    let gone = before.into_iter().filter(Manifest::is_live);
    live.extend(gone.filter(|m| !ids.contains(&m.id) && !in_source.contains(&m.id)));
    live
}

fn is_of(row: &SessionRow, id: &Key) -> bool {
    row.id.as_ref() == Some(id)
}

/// A session of which nothing is known but that it was chunked.
fn damaged_row(id: &Key) -> SessionRow {
    SessionRow {
        id: Some(id.clone()),
        label: None,
        source: None,
        state: SessionState::Quarantined,
        rolled_back: false,
        bytes: 0,
        chunks: 0,
        warnings: vec![Warning {
            code: DAMAGED.into(),
            path: String::new(),
            message: MANIFEST_DAMAGED.into(),
        }],
    }
}

fn chunked_row(manifest: &Manifest, diverged: bool) -> SessionRow {
    SessionRow {
        id: Some(manifest.id.clone()),
        label: manifest.label.clone(),
        source: manifest.origin.as_ref().map(|origin| origin.source.clone()),
        state: match diverged {
            true => SessionState::Diverged,
            false => SessionState::Chunked,
        },
        rolled_back: false,
        bytes: manifest.bytes,
        chunks: manifest.chunks,
        warnings: manifest.warnings.clone(),
    }
}
