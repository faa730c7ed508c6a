//! Keys of the records of a source that are sessions, or may be the one that is looked for. Nothing
//! is read to find out.

use super::Engine;
use crate::domain::config::{KeyRule, SourceConfig};
use crate::domain::key::Key;
use crate::error::Result;
use crate::ports::{Ports, Sources};

impl<P: Ports> Engine<P> {
    /// Keys of records that may be sessions, in their order. What a registry tells is decided by
    /// names alone, so that nothing of another tenant's is ever read.
    pub(super) async fn keys_of(&self, source: &SourceConfig) -> Result<Vec<Key>> {
        let keys = self.ports.sources().keys(source).await?;
        Ok(match &source.selection {
            Some(selection) => selection.of(&keys),
            None => keys,
        })
    }

    /// Keys under which the session `id` may lie.
    pub(super) async fn keys_for(&self, source: &SourceConfig, id: &Key) -> Result<Vec<Key>> {
        match source.keys {
            KeyRule::Any => self.keys_of(source).await,
            KeyRule::Id | KeyRule::Whole => self.keys_by_name(source, id).await,
        }
    }

    /// Keys that by their names are those of the session `id`.
    pub(super) async fn keys_by_name(&self, source: &SourceConfig, id: &Key) -> Result<Vec<Key>> {
        match (source.keys, &source.selection) {
            (KeyRule::Id | KeyRule::Any, _) => Ok(likely_keys(source, id)),
            (KeyRule::Whole, None) => Ok(whole_key(source, id)),
            (KeyRule::Whole, Some(_)) => {
                let keys = self.keys_of(source).await?;
                Ok(keys.into_iter().filter(|key| key == id).collect())
            }
        }
    }
}

/// The key of the session `id`, if the whole key is the id and has the prefix of the source.
fn whole_key(source: &SourceConfig, id: &Key) -> Vec<Key> {
    let prefix: Vec<u16> = source.prefix.encode_utf16().collect();
    let begins = |units: Vec<u16>| units.starts_with(&prefix);
    let fits = prefix.is_empty() || id.units().is_some_and(begins);
    fits.then(|| id.clone()).into_iter().collect()
}

/// The keys under which the session `id` may lie, if the key tells the id. A number may be a key as
/// it is or as text.
fn likely_keys(source: &SourceConfig, id: &Key) -> Vec<Key> {
    if let Key::Units(units) = id {
        let prefix = source.prefix.encode_utf16();
        return vec![Key::Units(prefix.chain(units.iter().copied()).collect())];
    }
    let text = id
        .as_suffix()
        .map(|suffix| Key::Text(format!("{}{suffix}", source.prefix)));
    let itself = source.prefix.is_empty().then(|| id.clone());
    let mut keys: Vec<Key> = itself.into_iter().chain(text).collect();
    keys.dedup();
    keys
}
