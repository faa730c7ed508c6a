//! Sessions that can't be moved safely: listed, and left untouched in their source.

use super::Engine;
use super::prepare::place_name;
use crate::domain::key::Key;
use crate::domain::manifest::Place;
use crate::domain::recognise::Broken;
use crate::domain::records::QuarantineEntry;
use crate::domain::report::{Outcome, SessionMigrationResult};
use crate::error::Result;
use crate::ports::{Batch, Clock, Durability, Ports, Records, Write};

impl<P: Ports> Engine<P> {
    /// Lists a record as quarantined, unless this is a rehearsal, and returns its row.
    pub(super) async fn quarantine(
        &self,
        source: usize,
        place: &Place,
        id: Option<Key>,
        broken: Broken,
        dry_run: bool,
    ) -> Result<SessionMigrationResult> {
        let source = self
            .config
            .sources
            .get(source)
            .map_or("", |source| &source.name);
        let entry = QuarantineEntry {
            place: place_name(source, place),
            id: id.clone(),
            source: source.into(),
            code: broken.code.into(),
            reason: broken.reason.clone(),
            since: self.ports.clock().now(),
        };
        if !dry_run && !self.is_quarantined(&entry).await? {
            let writes = vec![Write::PutQuarantine(entry)];
            let durability = Durability::Relaxed;
            let batch = Batch {
                fence: None,
                expect: None,
                writes,
                durability,
                bytes: 0,
            };
            self.ports.records().apply(batch).await?;
        }
        let mut result = super::rows::blank(Outcome::Quarantined);
        result.session_id = id;
        result.source = Some(source.to_owned());
        result.code = Some(broken.code.into());
        result.reason = Some(broken.reason);
        Ok(result)
    }

    /// Whether the same was found before: `since` then keeps telling when it was found first.
    async fn is_quarantined(&self, entry: &QuarantineEntry) -> Result<bool> {
        let known = self.list_quarantine().await?;
        Ok(known
            .iter()
            .any(|old| old.place == entry.place && old.code == entry.code))
    }
}
