//! Connections to the databases of the application: shared, and opened again when lost.

use crate::browser::idb::connection::Connection;
use crate::browser::idb::open::open_existing;
use crate::browser::idb::transaction::{Mode, Tx};
use crate::browser::timer::in_time;
use crate::error::{Error, Result};
use crate::ports::Durability;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use web_sys::IdbObjectStore;

/// Connections by the name of their database.
#[derive(Default)]
pub struct Hosts {
    open: RefCell<HashMap<String, Rc<Connection>>>,
    closed: Cell<bool>,
}

impl Hosts {
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

    /// Begins a transaction that may write to a store; `None` if there is no such store. Nothing
    /// has happened yet when a connection turns out to be closed, so it is opened again.
    pub async fn begin(
        &self,
        database: &str,
        store: &str,
        how: Durability,
    ) -> Result<Option<(Rc<Connection>, Tx)>> {
        let mut retried = false;
        loop {
            let Some(connection) = self.connect(database).await? else {
                return Ok(None);
            };
            if !connection.has_store(store) {
                return Ok(None);
            }
            match connection.begin(&[store], Mode::Write(how)) {
                Ok(tx) => return Ok(Some((connection, tx))),
                Err(_) if connection.is_gone() && !retried => retried = true,
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads from a store; `None` if there is no such store. A read whose connection goes away
    /// under it is tried once more on a new one.
    pub async fn read<T, F: Future<Output = Result<T>>>(
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
