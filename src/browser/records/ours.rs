//! The connections to our own database: opened when needed, shared, opened again when lost.

use crate::browser::idb::errors;
use crate::browser::records::live::{Live, connect};
use crate::browser::slot::Slot;
use crate::browser::timer::in_time;
use crate::error::{Cause, Error, Result};
use futures_util::future::{FutureExt, LocalBoxFuture, Shared};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

type Found = Result<Option<Rc<Live>>>;

/// An open that is under way, and whether it creates the database if there is none.
#[derive(Clone)]
struct Flight {
    creates: bool,
    landing: Shared<LocalBoxFuture<'static, Found>>,
}

/// Our database by its name.
pub struct Ours {
    name: String,
    live: RefCell<Option<Rc<Live>>>,
    flight: RefCell<Option<Flight>>,
    closed: Cell<bool>,
}

impl Ours {
    /// Opens nothing yet.
    pub fn new(name: &str) -> Rc<Self> {
        Rc::new(Self {
            name: name.into(),
            live: RefCell::new(None),
            flight: RefCell::new(None),
            closed: Cell::new(false),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The database, if it exists.
    pub async fn existing(self: &Rc<Self>) -> Found {
        self.open(false).await
    }

    /// The database, created if need be.
    pub async fn created(self: &Rc<Self>) -> Result<Rc<Live>> {
        let Some(live) = self.open(true).await? else {
            // It was deleted between its creation and our second connection.
            return Err(errors::lost(&self.name, Cause::named("NotFoundError")));
        };
        live.sign().await?;
        Ok(live)
    }

    /// Closes it for good.
    pub fn close(&self) {
        self.closed.set(true);
        if let Some(live) = self.live.borrow_mut().take() {
            live.close();
        }
    }

    /// Reads something; nothing if the database does not exist. A read whose connection goes away
    /// under it is tried once more on a new one.
    pub async fn read<T, F: Future<Output = Result<T>>>(
        self: &Rc<Self>,
        run: impl Fn(Rc<Live>) -> F,
    ) -> Result<Option<T>> {
        let mut retried = false;
        loop {
            let Some(live) = self.existing().await? else {
                return Ok(None);
            };
            match in_time(run(Rc::clone(&live))).await {
                Err(_) if live.is_gone() && !retried && !self.closed.get() => retried = true,
                Err(_) if self.closed.get() => return Err(Error::Closed),
                Err(error) => return Err(live.connection().explain(error)),
                Ok(found) => return Ok(Some(found)),
            }
        }
    }

    async fn open(self: &Rc<Self>, create: bool) -> Found {
        loop {
            if self.closed.get() {
                return Err(Error::Closed);
            }
            let live = self.live.borrow().clone().filter(|live| !live.is_gone());
            if live.is_some() {
                return Ok(live);
            }
            let under_way = self.flight.borrow().clone();
            let flight = under_way.unwrap_or_else(|| self.take_off(create));
            match flight.landing.await {
                // An open that only looked found nothing: now it is our turn.
                Ok(None) if create && !flight.creates => {}
                _ if self.closed.get() => return Err(Error::Closed),
                found => return found,
            }
        }
    }

    /// Starts an open that goes on whether or not anyone waits for it.
    fn take_off(self: &Rc<Self>, creates: bool) -> Flight {
        let slot = Slot::<Found>::default();
        let flight = Flight {
            creates,
            landing: slot.clone().boxed_local().shared(),
        };
        *self.flight.borrow_mut() = Some(flight.clone());
        let ours = Rc::clone(self);
        spawn_local(async move {
            let found = connect(&ours.name, creates).await;
            *ours.flight.borrow_mut() = None;
            if !ours.closed.get()
                && let Ok(found) = &found
            {
                *ours.live.borrow_mut() = found.clone();
            }
            slot.fill(found);
        });
        flight
    }
}
