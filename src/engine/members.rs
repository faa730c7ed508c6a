//! The sessions of a source that lie in one record, one by one.

use super::Engine;
use super::container::Container;
use super::locate::Candidate;
use super::stopwatch::Stopwatch;
use super::sweep::Sweep;
use crate::domain::config::{Container as Holds, SourceConfig};
use crate::domain::place::{Place, Wrapping};
use crate::domain::recognise::{Broken, Row};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Member, Ports};
use std::rc::Rc;

/// The members of a source's container, as they were when it was opened.
pub(super) struct Members<B> {
    pub source: usize,
    slot: Place,
    container: Rc<Container<B>>,
    read_ms: f64,
}

impl<B> Members<B> {
    /// The place of each, and what it is.
    pub fn rows(&self, source: &SourceConfig, holds: &Holds) -> Vec<(Place, Row)> {
        match self.container.as_ref() {
            Container::Open(held) => held.rows(&self.slot, &holds.holding, source.keys),
            Container::Missing | Container::Broken(_) => Vec::new(),
        }
    }

    /// What lies in the container, as it was stored.
    pub fn stored(&self) -> Option<&B> {
        match self.container.as_ref() {
            Container::Open(held) => Some(&held.stored),
            Container::Missing | Container::Broken(_) => None,
        }
    }

    /// The value of one, or its text.
    pub fn body(&self, at: usize) -> Option<&B> {
        match self.container.as_ref() {
            Container::Open(held) => held.members.get(at).map(|member| &member.body),
            Container::Missing | Container::Broken(_) => None,
        }
    }
}

impl<P: Ports> Engine<P> {
    /// Opens the container of a source; `None` if it is not there.
    pub(super) async fn open_members(
        &self,
        source: usize,
        sweep: &Sweep<P::Body>,
    ) -> Result<Option<Members<P::Body>>> {
        let config = self.config.sources.get(source);
        let Some((config, holds)) = config.and_then(|c| Some((c, c.container.as_ref()?))) else {
            return Ok(None);
        };
        let slot = Place::record(config.area.clone(), holds.key.clone());
        let mut watch = Stopwatch::start(self.ports.clock());
        let unreadable = |broken: Broken| Error::ContainerUnreadable {
            place: config.name.clone(),
            code: broken.code,
            reason: broken.reason,
        };
        let container = match self.container(&slot, &holds.holding, sweep).await {
            Err(Error::Unreadable { .. }) => return Err(unreadable(super::marks::unreadable())),
            container => container?,
        };
        match container.as_ref() {
            Container::Missing => Ok(None),
            Container::Broken(broken) => Err(unreadable(broken.clone())),
            Container::Open(_) => Ok(Some(Members {
                source,
                slot,
                container,
                read_ms: watch.lap(),
            })),
        }
    }

    /// One member, with its place and what it is.
    pub(super) fn member(
        &self,
        members: &Members<P::Body>,
        at: usize,
        (place, row): (Place, Row),
    ) -> Option<Candidate<P::Body>> {
        let Container::Open(held) = members.container.as_ref() else {
            return None;
        };
        let Member { body, .. } = held.members.get(at)?;
        let bodies = self.ports.bodies();
        let mut candidate = Candidate {
            source: members.source,
            place,
            wrapping: Wrapping::default(),
            record: body.clone(),
            row,
            session: Some(body.clone()),
            decoded: false,
            position: Some(at as u32),
            fixed: held.fixed,
            blocked: None,
            read_ms: members.read_ms / held.members.len().max(1) as f64,
        };
        if held.is_text {
            match bodies.parse(body) {
                Ok(Some(session)) => {
                    candidate.session = Some(session);
                    candidate.decoded = true;
                }
                Ok(None) => {}
                Err(broken) => {
                    let id = candidate.row.id().cloned();
                    if !matches!(candidate.row, Row::Broken(..)) {
                        candidate.row = Row::Broken(id, broken);
                    }
                }
            }
        }
        Some(candidate)
    }
}
