//! Databases of the application: looked at as they are, never created, never upgraded, never held
//! against their owner.

use crate::browser::idb::connection::Connection;
use crate::browser::idb::errors;
use crate::browser::idb::open::open_existing;
use crate::browser::idb::range;
use crate::browser::idb::transaction::{Mode, Tx, read};
use crate::browser::js::List;
use crate::browser::key::{key_from_js, key_to_js};
use crate::browser::records::{Ours, Prepared};
use crate::browser::replace;
use crate::browser::timer::in_time;
use crate::domain::config::SourceConfig;
use crate::domain::key::Key;
use crate::domain::manifest::Place;
use crate::error::{Cause, Error, Result};
use crate::ports::{Batch, Durability, Sources, Swap};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbObjectStore;

/// The application's databases.
pub struct BrowserSources {
    ours: Rc<Ours>,
    open: RefCell<HashMap<String, Rc<Connection>>>,
    closed: Cell<bool>,
}

impl BrowserSources {
    /// Opens nothing yet. `ours` is where checked writes are fenced.
    pub fn new(ours: Rc<Ours>) -> Self {
        Self {
            ours,
            open: RefCell::new(HashMap::new()),
            closed: Cell::new(false),
        }
    }

    /// Closes every connection for good.
    pub fn close(&self) {
        self.closed.set(true);
        for connection in self.open.take().values() {
            connection.close();
        }
    }

    /// A connection to a database; `None` if it does not exist.
    async fn connect(&self, database: &str) -> Result<Option<Rc<Connection>>> {
        if self.closed.get() {
            return Err(Error::Closed);
        }
        let known = self.open.borrow().get(database).cloned();
        if let Some(known) = known.filter(|known| !known.is_gone()) {
            return Ok(Some(known));
        }
        let found = open_existing(database).await?.map(Rc::new);
        if self.closed.get() {
            return Err(Error::Closed);
        }
        match &found {
            Some(connection) => self
                .open
                .borrow_mut()
                .insert(database.into(), Rc::clone(connection)),
            None => self.open.borrow_mut().remove(database),
        };
        Ok(found)
    }

    /// Begins a transaction that may write to the store of a place; `None` if there is no such
    /// store. Nothing has happened yet when a connection turns out to be closed, so it is opened
    /// again.
    async fn begin(&self, place: &Place, how: Durability) -> Result<Option<(Rc<Connection>, Tx)>> {
        let mut retried = false;
        loop {
            let Some(connection) = self.connect(&place.database).await? else {
                return Ok(None);
            };
            if !connection.has_store(&place.store) {
                return Ok(None);
            }
            match connection.begin(&[&place.store], Mode::Write(how)) {
                Ok(tx) => return Ok(Some((connection, tx))),
                Err(_) if connection.is_gone() && !retried => retried = true,
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads from a store; `None` if there is no such store. A read whose connection goes away
    /// under it is tried once more on a new one.
    async fn read_store<T, F: Future<Output = Result<T>>>(
        &self,
        database: &str,
        store: &str,
        run: impl Fn(IdbObjectStore) -> F,
    ) -> Result<Option<T>> {
        let mut retried = false;
        loop {
            let Some(connection) = self.connect(database).await? else {
                return Ok(None);
            };
            if !connection.has_store(store) {
                return Ok(None);
            }
            let found = match connection.begin(&[store], Mode::Read) {
                // The transaction has to outlive what is read in it.
                Ok(tx) => match tx.store(store) {
                    Ok(store) => in_time(run(store)).await,
                    Err(error) => Err(error),
                },
                Err(error) => Err(error),
            };
            match found {
                Err(_) if self.closed.get() => return Err(Error::Closed),
                Err(_) if connection.is_gone() && !retried => retried = true,
                Err(error) => return Err(connection.explain(error)),
                Ok(found) => return Ok(Some(found)),
            }
        }
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
        let found = self.read_store(&source.database, &source.store, |store| {
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
        let found = self.read_store(&place.database, &place.store, |store| {
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
        let Some((connection, source)) = self.begin(place, then.durability()).await? else {
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

/// One record, if it is there. A record may be `undefined`, and is there all the same.
pub async fn record(store: &IdbObjectStore, key: &JsValue) -> Result<Option<JsValue>> {
    let found = read(store.get(key)).await?;
    if !found.is_undefined() {
        return Ok(Some(found));
    }
    let count = read(store.count_with_key(key)).await?;
    Ok((count.as_f64() != Some(0.0)).then_some(found))
}

/// Writes a record as its store wants it: with its key inside, or beside it.
pub fn put(
    store: &IdbObjectStore,
    key: &JsValue,
    record: &JsValue,
    bytes: u64,
) -> Result<web_sys::IdbRequest> {
    let inline = store.key_path().is_ok_and(|path| !path.is_null());
    let request = match inline {
        true => store.put(record),
        false => store.put_with_key(record, key),
    };
    request.map_err(|thrown| match errors::name_of(&thrown).as_str() {
        "DataCloneError" => crate::browser::values::unsupported(record),
        _ => errors::aborted(Some(&thrown), bytes),
    })
}
