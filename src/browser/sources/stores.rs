//! Object stores of the application: looked at as they are, never created, never upgraded, never
//! held against their owner.

use super::hosts::Hosts;
use super::record::record;
use super::replace::{Replacement, Work, without_source};
use crate::browser::idb::range;
use crate::browser::idb::transaction::read;
use crate::browser::js::List;
use crate::browser::key::{key_to_js, keys_from_js};
use crate::browser::records::{Ours, Prepared};
use crate::domain::key::Key;
use crate::error::{Cause, Error, Result};
use crate::ports::{Change, Decision, Goes, Swap};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// The application's databases.
#[derive(Default)]
pub struct Stores {
    hosts: Hosts,
}

impl Stores {
    /// Closes every connection for good.
    pub fn close(&self) {
        self.hosts.close();
    }

    /// The keys of a store that begin with a prefix, in their order.
    pub async fn keys(&self, database: &str, store: &str, prefix: &str) -> Result<Vec<Key>> {
        let range = match prefix.is_empty() {
            true => None,
            false => Some(range::prefix(prefix)?),
        };
        let prefix: Vec<u16> = prefix.encode_utf16().collect();
        let found = self.hosts.read(database, store, |store| {
            let range = range.clone();
            async move {
                let keys = match &range {
                    None => store.get_all_keys(),
                    Some(range) => store.get_all_keys_with_key(range),
                };
                Ok(read(keys).await?.unchecked_into::<List>())
            }
        });
        let Some(found) = found.await? else {
            return Ok(Vec::new());
        };
        let mut keys = keys_from_js(&found).ok_or_else(|| Error::Unreadable {
            cause: Cause::named("DataError"),
        })?;
        let begins = |units: Vec<u16>| units.starts_with(&prefix);
        keys.retain(|key| prefix.is_empty() || key.units().is_some_and(begins));
        Ok(keys)
    }

    /// One record of a store.
    pub async fn read(&self, database: &str, store: &str, key: &Key) -> Result<Option<JsValue>> {
        let key = key_to_js(key);
        let found = self.hosts.read(database, store, |store| {
            let key = key.clone();
            async move { record(&store, &key).await }
        });
        Ok(found.await?.flatten())
    }

    /// The checked write, fenced by a transaction of ours.
    pub async fn replace(
        &self,
        (database, store, key): (&str, &str, &Key),
        change: Decision<'_, JsValue>,
        then: &Prepared,
        ours: &Rc<Ours>,
    ) -> Result<Swap> {
        let work = Work::Swap(key, change);
        match self.work((database, store), work, then, ours).await? {
            Some(swap) => Ok(swap),
            None => {
                let live = ours.created().await?;
                without_source(change, then, &live).await
            }
        }
    }

    /// Removes records that may go, fenced by a transaction of ours.
    pub async fn remove(
        &self,
        at: (&str, &str),
        keys: &[&Key],
        goes: Goes<'_, JsValue>,
        then: &Prepared,
        ours: &Rc<Ours>,
    ) -> Result<()> {
        let work = Work::Remove(keys, goes);
        if self.work(at, work, then, ours).await?.is_none() {
            // Nothing is there that could go.
            let live = ours.created().await?;
            without_source(&|_| Change::Keep, then, &live).await?;
        }
        Ok(())
    }

    /// `None` if there is no such store.
    async fn work(
        &self,
        (database, store): (&str, &str),
        work: Work<'_>,
        then: &Prepared,
        ours: &Rc<Ours>,
    ) -> Result<Option<Swap>> {
        let ours = ours.created().await?;
        let begun = self.hosts.begin(database, store, then.durability()).await?;
        let Some((connection, source)) = begun else {
            return Ok(None);
        };
        let replacement = Replacement { store, work, then };
        let done = replacement.run(source, &ours).await;
        let done = done.map_err(|error| connection.explain(ours.connection().explain(error)));
        done.map(Some)
    }
}
