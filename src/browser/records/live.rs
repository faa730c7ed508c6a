//! Our own database while it is open.

use crate::browser::idb::connection::Connection;
use crate::browser::idb::errors;
use crate::browser::idb::open::open_existing;
use crate::browser::schema;
use crate::browser::timer::in_time;
use crate::error::{Error, Result};
use rexie::{Rexie, TransactionMode};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Two connections to one database: rexie's for the everyday, and one whose hooks and
/// transactions are ours, since rexie does not give its own away.
pub struct Live {
    rexie: RefCell<Option<Rexie>>,
    connection: Connection,
    signed: Cell<bool>,
    blobs: Cell<Option<bool>>,
}

impl Live {
    /// The connection beneath rexie.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// One store in a transaction of rexie's that reads. If rexie's connection turns out to be
    /// closed, so is ours from then on.
    pub fn rows(&self, store: &str) -> Result<rexie::Store> {
        let rexie = self.rexie.borrow();
        let Some(rexie) = &*rexie else {
            return Err(Error::Closed);
        };
        let begun = rexie.transaction(&[store], TransactionMode::ReadOnly);
        let found = begun.and_then(|transaction| transaction.store(store));
        found.map_err(|error| {
            let error = errors::from_rexie(error);
            if error
                .cause()
                .is_some_and(|cause| cause.name == "InvalidStateError")
            {
                self.connection.close();
            }
            self.connection.explain(error)
        })
    }

    /// Whether it can't be used any more.
    pub fn is_gone(&self) -> bool {
        self.connection.is_gone()
    }

    /// Says of which format the records are, unless someone has.
    pub async fn sign(&self) -> Result<()> {
        if !self.signed.get() {
            in_time(schema::sign(&self.connection)).await?;
            self.signed.set(true);
        }
        Ok(())
    }

    /// Whether Blobs can be stored, as far as that can be told. It is tried once.
    pub async fn stores_blobs(&self) -> bool {
        if self.blobs.get().is_none() {
            self.blobs.set(schema::try_blob(&self.connection).await);
        }
        self.blobs.get().unwrap_or(true)
    }

    /// Closes both. What is under way comes to its end.
    pub fn close(&self) {
        self.connection.close();
        if let Some(rexie) = self.rexie.borrow_mut().take() {
            rexie.close();
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.close();
    }
}

/// Opens both connections. What is too new is seen before rexie comes near it.
pub async fn connect(name: &str, create: bool) -> Result<Option<Rc<Live>>> {
    let (rexie, connection) = match open_existing(name).await? {
        Some(connection) => {
            in_time(schema::check(name, &connection)).await?;
            (schema::open_or_create(name).await?, connection)
        }
        None if !create => return Ok(None),
        None => {
            let rexie = schema::open_or_create(name).await?;
            match open_existing(name).await {
                Ok(Some(connection)) => (rexie, connection),
                other => {
                    rexie.close();
                    return other.map(|_| None);
                }
            }
        }
    };
    let live = Live {
        rexie: RefCell::new(Some(rexie)),
        connection,
        signed: Cell::new(false),
        blobs: Cell::new(None),
    };
    // Another tab may have been faster, and newer.
    let signed = in_time(schema::check(name, &live.connection)).await?;
    live.signed.set(signed);
    Ok(Some(Rc::new(live)))
}
