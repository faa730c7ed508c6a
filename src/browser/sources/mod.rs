//! Where sessions lie today: databases of the application, and localStorage.

mod hosts;
mod local;
mod pair;
mod record;
mod replace;
mod stores;

use crate::browser::records::{Ours, Prepared};
use crate::domain::config::SourceConfig;
use crate::domain::key::Key;
use crate::domain::place::{Area, Place};
use crate::error::{Cause, Error, Result};
use crate::ports::{Batch, Decision, Goes, Sources, Swap};
use local::Local;
pub use local::Page;
use std::rc::Rc;
use stores::Stores;
use wasm_bindgen::JsValue;

/// The storage of the application.
pub struct BrowserSources {
    ours: Rc<Ours>,
    stores: Stores,
    local: Local,
}

impl BrowserSources {
    /// Opens nothing yet. `ours` is where checked writes are fenced.
    pub fn new(ours: Rc<Ours>) -> Self {
        Self {
            ours,
            stores: Stores::default(),
            local: Local::default(),
        }
    }

    /// The same for a worker, whose page has localStorage.
    pub fn of_page(ours: Rc<Ours>, page: Page) -> Self {
        Self {
            local: Local::of_page(page),
            ..Self::new(ours)
        }
    }

    /// Closes every connection for good, and listens to no other tab any more.
    pub fn close(&self) {
        self.stores.close();
        self.local.close();
    }
}

impl Sources for BrowserSources {
    type Body = JsValue;

    async fn keys(&self, source: &SourceConfig) -> Result<Vec<Key>> {
        match &source.area {
            Area::IndexedDb { database, store } => {
                self.stores.keys(database, store, &source.prefix).await
            }
            Area::LocalStorage => self.local.keys(&source.prefix).await,
        }
    }

    async fn read(&self, place: &Place) -> Result<Option<JsValue>> {
        match &place.area {
            Area::IndexedDb { database, store } => {
                self.stores.read(database, store, &place.key).await
            }
            Area::LocalStorage => self.local.read(&place.key).await,
        }
    }

    async fn replace(
        &self,
        place: &Place,
        change: Decision<'_, JsValue>,
        then: Batch<JsValue>,
    ) -> Result<Swap> {
        let then = Prepared::new(then)?.with_own_blobs().await?;
        match &place.area {
            Area::IndexedDb { database, store } => {
                let at = (database.as_str(), store.as_str(), &place.key);
                self.stores.replace(at, change, &then, &self.ours).await
            }
            Area::LocalStorage => {
                let at = &place.key;
                self.local.replace(at, change, &then, &self.ours).await
            }
        }
    }

    async fn remove(
        &self,
        places: &[Place],
        goes: Goes<'_, JsValue>,
        then: Batch<JsValue>,
    ) -> Result<()> {
        let then = Prepared::new(then)?;
        let Some(Area::IndexedDb { database, store }) = places.first().map(|place| &place.area)
        else {
            return Err(Error::Browser {
                cause: Cause::named("NotFoundError"),
            });
        };
        let keys: Vec<&Key> = places.iter().map(|place| &place.key).collect();
        let at = (database.as_str(), store.as_str());
        self.stores.remove(at, &keys, goes, &then, &self.ours).await
    }

    async fn settle(&self) -> Vec<Key> {
        self.local.settle().await
    }
}
