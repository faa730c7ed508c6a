//! Opening databases that exist, without ever creating one.

use crate::browser::idb::connection::Connection;
use crate::browser::idb::errors;
use crate::browser::idb::request::exception;
use crate::browser::js::{self, List};
use crate::browser::slot::Slot;
use crate::browser::timer::{called, within};
use crate::error::{Error, Result};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Event, IdbDatabase, IdbFactory, IdbOpenDbRequest};

/// Longest wait for a database to open.
pub const OPEN_LIMIT_MS: u32 = 10_000;
/// Longest wait for the list of databases, which only spares an open.
const LIST_LIMIT_MS: u32 = 2_000;

/// IndexedDB, if there is one and we may use it.
pub fn factory() -> Result<IdbFactory> {
    let found = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("indexedDB"))
        .map_err(|thrown| errors::opening(&thrown))?;
    if found.is_undefined() || found.is_null() {
        return Err(Error::StorageUnavailable);
    }
    Ok(found.unchecked_into())
}

/// Opens a database as it is; `None` if there is none, and then there is none afterwards. An open
/// without a version is never told that it is blocked, so the limit stands for that as well.
pub async fn open_existing(name: &str) -> Result<Option<Connection>> {
    let factory = factory()?;
    let found = within(OPEN_LIMIT_MS, async {
        if listed(&factory, name).await == Some(false) {
            return Ok(None);
        }
        Opening::of(&factory, name)?.slot.clone().await
    });
    match found.await {
        Some(opened) => Ok(opened?.map(Connection::new)),
        None => Err(Error::Blocked {
            database: name.into(),
        }),
    }
}

/// Whether the browser lists the database; `None` where it has no list to show.
async fn listed(factory: &IdbFactory, name: &str) -> Option<bool> {
    let databases = called(LIST_LIMIT_MS, factory, "databases").await?;
    let list: List = js::list_of(&databases).ok()?;
    let name = JsValue::from_str(name);
    Some((0..list.length()).any(|index| js::field(&list.at(index), "name") == name))
}

/// A request to open a database. If nobody waits for it any more, the database is closed as soon
/// as it opens.
struct Opening {
    request: IdbOpenDbRequest,
    slot: Slot<Result<Option<IdbDatabase>>>,
    _handlers: [Closure<dyn FnMut(Event)>; 3],
}

impl Opening {
    fn of(factory: &IdbFactory, name: &str) -> Result<Self> {
        let request = factory
            .open(name)
            .map_err(|thrown| errors::opening(&thrown))?;
        let slot = Slot::<Result<Option<IdbDatabase>>>::default();
        let on_success = Closure::<dyn FnMut(Event)>::new({
            let (slot, request) = (slot.clone(), request.clone());
            move |_| {
                let database = request.result().map(|found| Some(found.unchecked_into()));
                slot.fill(database.map_err(|thrown| errors::opening(&thrown)));
            }
        });
        // Only a database that does not exist wants an upgrade when it is opened without a
        // version. Aborting the upgrade leaves it not existing, and fails the request.
        let missing = Rc::new(Cell::new(false));
        let on_upgrade = Closure::<dyn FnMut(Event)>::new({
            let (missing, request) = (Rc::clone(&missing), request.clone());
            move |_| {
                missing.set(true);
                undo_creation(&request);
            }
        });
        let on_error = Closure::<dyn FnMut(Event)>::new({
            let (slot, request) = (slot.clone(), request.clone());
            move |event: Event| {
                // Some browsers report the failure to the page as well unless it was handled.
                event.prevent_default();
                slot.fill(match missing.get() {
                    true => Ok(None),
                    false => Err(errors::opening(&exception(&request))),
                });
            }
        });
        request.set_onsuccess(Some(on_success.as_ref().unchecked_ref()));
        request.set_onupgradeneeded(Some(on_upgrade.as_ref().unchecked_ref()));
        request.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self {
            request,
            slot,
            _handlers: [on_success, on_upgrade, on_error],
        })
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.request.set_onerror(None);
        let pending = js::field(&self.request, "readyState") == "pending";
        if !pending {
            self.request.set_onsuccess(None);
            self.request.set_onupgradeneeded(None);
            return;
        }
        let on_success = Closure::once_into_js({
            let request = self.request.clone();
            move |_: Event| {
                if let Ok(found) = request.result() {
                    found.unchecked_into::<IdbDatabase>().close();
                }
            }
        });
        let on_upgrade = Closure::once_into_js({
            let request = self.request.clone();
            move |_: Event| undo_creation(&request)
        });
        self.request.set_onsuccess(Some(on_success.unchecked_ref()));
        self.request
            .set_onupgradeneeded(Some(on_upgrade.unchecked_ref()));
    }
}

fn undo_creation(request: &IdbOpenDbRequest) {
    if let Some(upgrade) = request.transaction() {
        let _ = upgrade.abort();
    }
}
