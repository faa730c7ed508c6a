//! The records that a batch is to look at.

use super::Engine;
use super::locate::{Candidate, duplicate, place};
use super::members::Members;
use super::sweep::Sweep;
use crate::domain::config::{Container as Holds, KeyRule, SourceConfig};
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, Originals};
use crate::domain::place::Place;
use crate::domain::recognise::{Row, looks_foreign};
use crate::error::{Error, Result};
use crate::ports::Ports;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A record, or a member of one, that a batch is to look at.
pub(super) struct Target<B> {
    pub source: usize,
    pub place: Place,
    /// Whether it is a session, by all that can be told without reading it.
    pub likely: bool,
    /// Another record of the same source has the same id.
    pub duplicate: bool,
    /// Which member of what container, and what it is.
    member: Option<(Rc<Members<B>>, usize, Row)>,
}

/// What a batch is to look at.
pub(super) struct Targets<B> {
    /// In the order of sources and keys.
    pub list: Vec<Target<B>>,
    /// Sources that can't be read, by their index.
    pub unreadable: BTreeMap<usize, Error>,
}

impl<B> Target<B> {
    /// The session that a member of a container is.
    pub fn session(&self) -> Option<&Key> {
        match &self.member {
            Some((_, _, Row::Session(id))) => Some(id),
            _ => None,
        }
    }

    /// The body of a member of a container, which is at hand.
    pub fn body(&self) -> Option<&B> {
        let (members, at, _) = self.member.as_ref()?;
        members.body(*at)
    }
}

impl<P: Ports> Engine<P> {
    /// Records that may be sessions and are not known to be done. Fails if no source can be read.
    pub(super) async fn targets(
        &self,
        manifests: &[Manifest],
        sweep: &Sweep<P::Body>,
    ) -> Result<Targets<P::Body>> {
        let (mut list, mut unreadable) = (Vec::new(), BTreeMap::new());
        for (index, source) in self.config.sources.iter().enumerate() {
            let found = match &source.container {
                None => self.records_of(index, source).await,
                Some(holds) => self.members_of(index, source, holds, sweep).await,
            };
            match found {
                Ok(targets) => list.extend(targets),
                Err(Error::Closed) => return Err(Error::Closed),
                Err(error) => {
                    unreadable.insert(index, error);
                }
            }
        }
        if unreadable.len() == self.config.sources.len()
            && let Some((_, error)) = unreadable.pop_first()
        {
            return Err(error);
        }
        // Originals that are kept are looked at only to see whether they have changed; that is the
        // business of status and removeOriginals, not of a run.
        let kept: BTreeSet<&Place> = manifests
            .iter()
            .filter(|m| m.is_live() && m.originals == Originals::Keep)
            .filter_map(|m| m.origin.as_ref().map(|origin| &origin.place))
            .collect();
        list.retain(|target| !kept.contains(&target.place));
        Ok(Targets { list, unreadable })
    }

    /// Opens a target; `None` if there is nothing any more.
    pub(super) async fn open_target(
        &self,
        target: &Target<P::Body>,
    ) -> Result<Option<Candidate<P::Body>>> {
        match &target.member {
            None => {
                self.open_record(target.source, target.place.key.clone())
                    .await
            }
            Some((members, at, row)) => {
                let known = (target.place.clone(), row.clone());
                Ok(self.member(members, *at, known))
            }
        }
    }

    async fn members_of(
        &self,
        index: usize,
        source: &SourceConfig,
        holds: &Holds,
        sweep: &Sweep<P::Body>,
    ) -> Result<Vec<Target<P::Body>>> {
        let Some(members) = self.open_members(index, sweep).await?.map(Rc::new) else {
            return Ok(Vec::new());
        };
        let rows = members.rows(source, holds).into_iter().enumerate();
        let target = |(at, (place, row))| Target {
            source: index,
            place,
            likely: true,
            duplicate: matches!(&row, Row::Broken(_, broken) if *broken == duplicate()),
            member: Some((Rc::clone(&members), at, row)),
        };
        Ok(rows.map(target).collect())
    }

    async fn records_of(
        &self,
        index: usize,
        source: &SourceConfig,
    ) -> Result<Vec<Target<P::Body>>> {
        let keys = self.keys_of(source).await?;
        let ambiguous = source.keys == KeyRule::Any || is_ambiguous(&keys);
        let target = |key: Key| Target {
            source: index,
            likely: !looks_foreign(source, &key),
            place: place(source, key),
            duplicate: false,
            member: None,
        };
        let mut targets: Vec<_> = keys.into_iter().map(target).collect();
        if ambiguous {
            self.mark_duplicates(&mut targets).await?;
        }
        Ok(targets)
    }

    /// Marks records of one source that have the same id.
    async fn mark_duplicates(&self, targets: &mut [Target<P::Body>]) -> Result<()> {
        let mut ids: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (index, target) in targets.iter().enumerate() {
            match self.open_target(target).await {
                Ok(Some(candidate)) => {
                    if let Some(id) = candidate.row.id() {
                        ids.entry(id.clone()).or_default().push(index);
                    }
                }
                Ok(None) | Err(Error::Unreadable { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        for index in ids
            .into_values()
            .filter(|indices| indices.len() > 1)
            .flatten()
        {
            if let Some(target) = targets.get_mut(index) {
                target.duplicate = true;
            }
        }
        Ok(())
    }
}

/// Whether two keys may stand for one id: the number 5 and the text "5".
fn is_ambiguous(keys: &[Key]) -> bool {
    let texts: BTreeSet<&str> = keys
        .iter()
        .filter_map(|key| match key {
            Key::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    keys.iter().any(|key| {
        let text = matches!(key, Key::Number(_)).then(|| key.as_suffix());
        text.flatten().is_some_and(|text| texts.contains(&*text))
    })
}
