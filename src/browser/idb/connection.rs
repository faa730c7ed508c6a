//! Connections that never stand in anyone's way.

use crate::browser::idb::errors;
use crate::browser::idb::transaction::{Mode, Tx};
use crate::error::{Error, Result};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Event, IdbDatabase};

/// An open database. It closes at once when another tab wants to upgrade or delete the database,
/// notices when the browser closes it, and closes when it is dropped. A transaction that is under
/// way comes to its end all the same.
pub struct Connection {
    raw: IdbDatabase,
    gone: Rc<Cell<bool>>,
    _handlers: [Closure<dyn FnMut(Event)>; 2],
}

impl Connection {
    /// Takes charge of a database that was just opened.
    pub fn new(raw: IdbDatabase) -> Self {
        let gone = Rc::new(Cell::new(false));
        let on_version_change = Closure::<dyn FnMut(Event)>::new({
            let (gone, raw) = (Rc::clone(&gone), raw.clone());
            move |_| {
                gone.set(true);
                raw.close();
            }
        });
        let on_close = Closure::<dyn FnMut(Event)>::new({
            let gone = Rc::clone(&gone);
            move |_| gone.set(true)
        });
        raw.set_onversionchange(Some(on_version_change.as_ref().unchecked_ref()));
        raw.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Self {
            raw,
            gone,
            _handlers: [on_version_change, on_close],
        }
    }

    /// Whether it can't be used any more.
    pub fn is_gone(&self) -> bool {
        self.gone.get()
    }

    /// Its version.
    pub fn version(&self) -> f64 {
        self.raw.version()
    }

    /// Whether it has an object store of that name.
    pub fn has_store(&self, name: &str) -> bool {
        self.raw.object_store_names().contains(name)
    }

    /// Begins a transaction. A connection that turns out to be closed is gone from then on.
    pub fn begin(&self, stores: &[&str], mode: Mode) -> Result<Tx> {
        Tx::begin(&self.raw, stores, mode).map_err(|thrown| {
            let cause = errors::cause(&thrown);
            if cause.name == "InvalidStateError" {
                self.gone.set(true);
                return errors::lost(&self.raw.name(), cause);
            }
            Error::Browser { cause }
        })
    }

    /// An error that came while the connection went away is about the connection.
    pub fn explain(&self, error: Error) -> Error {
        match error.cause() {
            Some(cause) if self.is_gone() => errors::lost(&self.raw.name(), cause.clone()),
            _ => error,
        }
    }

    /// Closes it. Transactions that are under way come to their end.
    pub fn close(&self) {
        self.gone.set(true);
        self.raw.close();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.close();
        self.raw.set_onversionchange(None);
        self.raw.set_onclose(None);
    }
}
