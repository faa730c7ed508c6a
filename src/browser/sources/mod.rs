//! Databases of the application: looked at as they are, never created, never upgraded, never held
//! against their owner.

mod hosts;
mod pair;
mod record;
mod replace;

use crate::browser::idb::range;
use crate::browser::idb::transaction::read;
use crate::browser::js::List;
use crate::browser::key::{key_from_js, key_to_js};
use crate::browser::records::{Ours, Prepared};
use crate::domain::config::SourceConfig;
use crate::domain::key::Key;
use crate::domain::place::Place;
use crate::error::{Cause, Error, Result};
use crate::ports::{Batch, Sources, Swap};
use hosts::Hosts;
use record::record;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// The application's databases.
pub struct BrowserSources {
    ours: Rc<Ours>,
    hosts: Hosts,
}

impl BrowserSources {
    /// Opens nothing yet. `ours` is where checked writes are fenced.
    pub fn new(ours: Rc<Ours>) -> Self {
        Self {
            ours,
            hosts: Hosts::default(),
        }
    }

    /// Closes every connection for good.
    pub fn close(&self) {
        self.hosts.close();
    }
}

impl Sources for BrowserSources {
    type Body = JsValue;

    async fn keys(&self, source: &SourceConfig) -> Result<Vec<Key>> {
        let range = match source.prefix.is_empty() {
            true => None,
            false => Some(range::prefix(&source.prefix)?),
        };
        let prefix: Vec<u16> = source.prefix.encode_utf16().collect();
        let found = self.hosts.read(&source.database, &source.store, |store| {
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
        let mut keys = Vec::with_capacity(found.length() as usize);
        for index in 0..found.length() {
            let key = key_from_js(&found.at(index)).ok_or_else(|| Error::Unreadable {
                cause: Cause::named("DataError"),
            })?;
            let begins = |units: Vec<u16>| units.starts_with(&prefix);
            if prefix.is_empty() || key.units().is_some_and(begins) {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    async fn read(&self, place: &Place) -> Result<Option<JsValue>> {
        let key = key_to_js(&place.key);
        let found = self.hosts.read(&place.database, &place.store, |store| {
            let key = key.clone();
            async move { record(&store, &key).await }
        });
        Ok(found.await?.flatten())
    }

    async fn replace_if(
        &self,
        place: &Place,
        expected: &dyn Fn(Option<&JsValue>) -> bool,
        new: Option<&JsValue>,
        then: Batch<JsValue>,
    ) -> Result<Swap> {
        let then = Prepared::new(then)?;
        let ours = self.ours.created().await?;
        let Some((connection, source)) = self.hosts.begin(place, then.durability()).await? else {
            let expected = expected(None);
            return match new {
                None => replace::without_source(&then, &ours, expected).await,
                // There is nowhere to write to.
                Some(_) if expected => Err(Error::Browser {
                    cause: Cause::named("NotFoundError"),
                }),
                Some(_) => replace::without_source(&then, &ours, false).await,
            };
        };
        let change = replace::Change {
            place,
            expected,
            new,
            then: &then,
        };
        let done = change.run(source, &ours).await;
        done.map_err(|error| connection.explain(ours.connection().explain(error)))
    }
}
