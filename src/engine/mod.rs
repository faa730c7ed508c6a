//! The order of effects: what is read, written and removed, and when. Generic over the ports, so
//! that every step can be made to fail on the host.
//!
//! One session's way: [`prepare`] reads and plans; [`moving`] stages, verifies and commits;
//! [`retire`] removes the original; [`recover`] finishes what a death left behind.

mod arrays;
mod backups;
mod batch;
mod batch_row;
mod change;
mod claim;
mod cleanup;
mod conflict;
mod container;
mod create;
mod delete;
mod edit;
mod edits;
mod everything;
mod flush;
mod handle;
mod headroom;
mod in_touch;
mod insert;
mod install;
mod keys;
mod lanes;
mod layouts;
mod limits;
mod load;
mod locate;
mod marks;
mod members;
mod migrate;
mod moving;
mod needed;
mod originals;
mod parted;
mod prepare;
mod put_back;
mod quarantine;
mod read;
mod read_back;
mod recover;
mod rehearse;
mod relayout;
mod remnant;
mod remove;
mod repair;
mod restore;
mod retire;
mod rewrite;
mod rollback;
mod roster;
mod rows;
mod run;
mod shelves;
mod stage;
mod standing;
mod state;
mod status;
mod stopwatch;
mod summary;
mod survey;
mod sweep;
mod targets;
mod verify;
mod verify_all;
mod write_again;

pub use conflict::Side;
pub use edits::Edits;
pub use handle::Handle;
pub use repair::RepairOptions;
pub use state::{Capture, Captured};
pub use status::Counting;

use crate::domain::config::Config;
use crate::domain::headroom::Rule as Headroom;
use crate::domain::key::Key;
use crate::domain::layout::Layout;
use crate::domain::records::{AuditEntry, JournalEntry, QuarantineEntry};
use crate::domain::time::Timestamp;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Ports, Records, Write};
use std::cell::{Cell, RefCell};

/// Options of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Rehearse: write nothing.
    pub dry_run: bool,
    /// Days that the backups of this run live; the configuration's otherwise.
    pub backup_retention_days: Option<u32>,
    /// Sessions between two pauses.
    pub batch_size: u32,
    /// Also migrate sessions that were rolled back.
    pub force: bool,
    /// What is done where the browser's storage does not suffice; of a run over everything only.
    pub headroom: Headroom,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dry_run: false,
            backup_retention_days: None,
            batch_size: 20,
            force: false,
            headroom: Headroom::default(),
        }
    }
}

/// Which lines of the audit are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Those of one session.
    pub id: Option<Key>,
    /// Those of one action.
    pub action: Option<String>,
    /// Those from then on.
    pub since: Option<Timestamp>,
    /// The newest so many.
    pub limit: Option<u32>,
}

/// Restow for one configuration.
pub struct Engine<P: Ports> {
    /// The world.
    pub ports: P,
    /// The checked configuration.
    pub config: Config,
    recovered: Cell<bool>,
    counted: RefCell<Option<status::Counted>>,
    /// When this start began.
    born: Timestamp,
}

impl<P: Ports> Engine<P> {
    /// An engine. Nothing is read or written yet.
    pub fn new(ports: P, config: Config) -> Self {
        Self {
            born: ports.clock().now(),
            ports,
            config,
            recovered: Cell::new(false),
            counted: RefCell::new(None),
        }
    }

    /// Sessions in quarantine, as far as earlier runs found them.
    pub async fn list_quarantine(&self) -> Result<Vec<QuarantineEntry>> {
        Ok(self.ports.records().quarantine().await?.sound)
    }

    /// What has been done, oldest first.
    pub async fn read_audit(&self, filter: &AuditFilter) -> Result<Vec<AuditEntry>> {
        let mut entries = self.ports.records().audit().await?.sound;
        entries.retain(|entry| {
            filter.id.as_ref().is_none_or(|id| id == &entry.id)
                && filter
                    .action
                    .as_ref()
                    .is_none_or(|action| action == &entry.action)
                && filter.since.is_none_or(|since| since <= entry.at)
        });
        if let Some(limit) = filter.limit {
            entries.drain(..entries.len().saturating_sub(limit as usize));
        }
        Ok(entries)
    }

    /// A session's name for people.
    fn label_of(&self, layout: &Layout, session: &P::Body) -> Option<String> {
        let path = layout.label.as_ref()?;
        self.ports.bodies().text(session, path)
    }

    /// An entry of the journal: what is begun now.
    fn journal<B>(&self, action: &str, id: &Key, generation: u32) -> Write<B> {
        Write::PutJournal(JournalEntry {
            id: id.clone(),
            action: action.into(),
            generation,
            started_at: self.ports.clock().now(),
        })
    }

    /// An audit line about now.
    fn audit(&self, action: &str, id: &Key) -> AuditEntry {
        AuditEntry {
            seq: None,
            at: self.ports.clock().now(),
            action: action.into(),
            id: id.clone(),
            source: None,
            backup: None,
            chunks: 0,
            bytes: 0,
            findings: Vec::new(),
        }
    }
}

/// Refuses a destructive call that was not confirmed, and says what it would do.
fn confirm(
    given: bool,
    action: &'static str,
    summary: impl FnOnce() -> (String, serde_json::Value),
) -> Result<()> {
    if given {
        return Ok(());
    }
    let (summary, preview) = summary();
    Err(Error::ConfirmationRequired {
        action,
        summary,
        preview,
    })
}
