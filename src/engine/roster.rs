//! Every session in one list: those in chunks, and those that still lie in a source.

use super::Engine;
use super::prepare::place_name;
use super::survey::{Entry, Owners, Sizes, Survey};
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, State};
use crate::domain::records::QuarantineEntry;
use crate::domain::report::{SessionRow, SessionState, UnreadableSource, Warning};
use crate::error::Result;
use crate::ports::{Ports, Records, Rows};
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
}

impl<P: Ports> Engine<P> {
    /// Looks at everything and writes nothing. Sizes need a walk over every body, so they are told
    /// only where they are wanted.
    pub(super) async fn roster(&self, sizes: Sizes) -> Result<Roster> {
        let before = self.ports.records().manifests().await?.sound;
        let known = self.list_quarantine().await?.into_iter();
        let known: BTreeMap<String, _> = known.map(|entry| (entry.place.clone(), entry)).collect();
        let Survey {
            entries,
            elsewhere,
            unreadable,
        } = self.survey(&Owners::new(&before), sizes).await?;
        // Again: what another tab moved while the sources were read is in neither place otherwise.
        let Rows { sound: now, bad } = self.ports.records().manifests().await?;
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
        let mut seen: BTreeMap<Key, usize> = BTreeMap::new();
        let mut differs = BTreeSet::new();
        let mut copies: Vec<(Key, usize)> = Vec::new();
        for entry in entries {
            if let Some(owner) = owners.of(&entry.place, entry.id.as_ref()) {
                if entry.differs == Some(owner.generation) {
                    differs.insert(owner.id.clone());
                }
                continue;
            }
            if let Some(id) = &entry.id {
                // Of several records in one source none is a copy of another: each is listed.
                let first = *seen.entry(id.clone()).or_insert(entry.source);
                if chunked.contains(id) || first != entry.source {
                    copies.push((id.clone(), entry.source));
                    continue;
                }
            }
            let rolled_back = entry.id.as_ref().is_some_and(|id| tombstones.contains(id));
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
