//! The records that a batch is to look at.

use super::Engine;
use super::locate::place;
use crate::domain::config::KeyRule;
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, Originals, Place};
use crate::domain::recognise::looks_foreign;
use crate::error::{Error, Result};
use crate::ports::{Ports, Sources};
use std::collections::{BTreeMap, BTreeSet};

/// A record that a batch is to look at.
pub(super) struct Target {
    pub source: usize,
    pub place: Place,
    /// Whether it is a session, by all that its key tells.
    pub likely: bool,
    /// Another record of the same source has the same id.
    pub duplicate: bool,
}

impl<P: Ports> Engine<P> {
    /// Records that may be sessions and are not known to be done, in the order of sources and keys.
    pub(super) async fn targets(&self, manifests: &[Manifest]) -> Result<Vec<Target>> {
        let mut targets = Vec::new();
        for (index, source) in self.config.sources.iter().enumerate() {
            let first = targets.len();
            let keys = self.ports.sources().keys(source).await?;
            let ambiguous = source.keys == KeyRule::Any || is_ambiguous(&keys);
            for key in keys {
                targets.push(Target {
                    source: index,
                    likely: !looks_foreign(source, &key),
                    place: place(source, key),
                    duplicate: false,
                });
            }
            if ambiguous {
                self.mark_duplicates(&mut targets[first..]).await?;
            }
        }
        // Originals that are kept are looked at only to see whether they have changed; that is the
        // business of status and removeOriginals, not of a run.
        let kept: BTreeSet<&Place> = manifests
            .iter()
            .filter(|m| m.is_live() && m.originals == Originals::Keep)
            .filter_map(|m| m.origin.as_ref().map(|origin| &origin.place))
            .collect();
        targets.retain(|target| !kept.contains(&target.place));
        Ok(targets)
    }

    /// Marks records of one source that have the same id.
    async fn mark_duplicates(&self, targets: &mut [Target]) -> Result<()> {
        let mut ids: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (index, target) in targets.iter().enumerate() {
            match self
                .open_record(target.source, target.place.key.clone())
                .await
            {
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
