//! Sessions that can't be moved safely: listed, and left untouched in their source.

use super::Engine;
use super::locate::place;
use super::marks::unreadable;
use super::prepare::place_name;
use super::standing::Standing;
use super::sweep::Sweep;
use crate::domain::key::Key;
use crate::domain::place::Place;
use crate::domain::recognise::Broken;
use crate::domain::records::QuarantineEntry;
use crate::domain::report::{Outcome, SessionMigrationResult};
use crate::error::{Error, Result};
use crate::ports::{Batch, Clock, Durability, Ports, Records, Sources, Write};
use std::collections::BTreeSet;

impl<P: Ports> Engine<P> {
    /// Lists a record as quarantined, unless this is a rehearsal, and returns its row.
    pub(super) async fn quarantine(
        &self,
        (source, place, id): (usize, &Place, Option<Key>),
        broken: Broken,
        dry_run: bool,
        sweep: &Sweep<P::Body>,
    ) -> Result<SessionMigrationResult> {
        // Where the chunks rule, a broken record beside them is a matter of a conflict.
        if let Some(id) = &id
            && let standing @ (Standing::Chunked { .. } | Standing::Diverged { .. }) =
                self.foresee(id, sweep).await?
        {
            return Ok(standing.row(id));
        }
        let source = self
            .config
            .sources
            .get(source)
            .map_or("", |source| &source.name);
        let mut entry = QuarantineEntry {
            place: place_name(source, place),
            id: id.clone(),
            source: source.into(),
            code: broken.code.into(),
            reason: broken.reason.clone(),
            since: self.ports.clock().now(),
        };
        if !dry_run {
            // `since` keeps telling when it was found first.
            let known = self.known_quarantine(&entry).await?;
            entry.since = known.as_ref().map_or(entry.since, |known| known.since);
            if known.as_ref() != Some(&entry) {
                self.write_quarantine(vec![Write::PutQuarantine(entry)])
                    .await?;
            }
        }
        let mut result = super::rows::blank(Outcome::Quarantined);
        result.session_id = id;
        result.source = Some(source.to_owned());
        result.code = Some(broken.code.into());
        result.reason = Some(broken.reason);
        Ok(result)
    }

    /// The same for a session whose record the browser can't read.
    pub(super) async fn quarantine_unreadable(
        &self,
        id: &Key,
        dry_run: bool,
    ) -> Result<SessionMigrationResult> {
        for (index, source) in self.config.sources.iter().enumerate() {
            for key in self.keys_by_name(source, id).await? {
                let place = place(source, key);
                if let Err(Error::Unreadable { .. }) = self.ports.sources().read(&place).await {
                    let at = (index, &place, Some(id.clone()));
                    let single = Sweep::single();
                    return self.quarantine(at, unreadable(), dry_run, &single).await;
                }
            }
        }
        // It could be read again in the meantime.
        Err(Error::Busy { id: id.clone() })
    }

    /// Takes off the list what a whole run did not find broken any more: records that were mended
    /// and left alone, and records that are gone.
    pub(super) async fn prune_quarantine(&self, still: &BTreeSet<String>) -> Result<()> {
        let configured = |entry: &QuarantineEntry| {
            let mut sources = self.config.sources.iter();
            sources.any(|source| source.name == entry.source)
        };
        let mut entries = self.list_quarantine().await?;
        entries.retain(|entry| configured(entry) && !still.contains(&entry.place));
        if entries.is_empty() {
            return Ok(());
        }
        let places = entries.into_iter().map(|entry| entry.place);
        self.write_quarantine(places.map(Write::DeleteQuarantine).collect())
            .await
    }

    async fn write_quarantine(&self, writes: Vec<Write<P::Body>>) -> Result<()> {
        let batch = Batch {
            fence: None,
            expect: Vec::new(),
            writes,
            durability: Durability::Relaxed,
            bytes: 0,
        };
        self.ports.records().apply(batch).await
    }

    /// What an earlier run found in the same place, with the same code.
    async fn known_quarantine(&self, entry: &QuarantineEntry) -> Result<Option<QuarantineEntry>> {
        let mut known = self.list_quarantine().await?.into_iter();
        Ok(known.find(|old| old.place == entry.place && old.code == entry.code))
    }
}
