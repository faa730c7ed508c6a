//! Listening to what other tabs write to localStorage.

use super::storage::Storage;
use super::written::{Heard, Written};
use crate::browser::clock::BrowserClock;
use crate::browser::js;
use crate::browser::key::{key_from_js, key_to_js};
use crate::domain::key::Key;
use crate::error::{Error, Result};
use crate::ports::Clock;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Event, Window};

/// Listens until it is dropped.
pub struct Watch {
    window: Window,
    notes: Rc<Notes>,
    on_storage: Closure<dyn FnMut(Event)>,
}

struct Notes {
    storage: Storage,
    written: RefCell<Written>,
    heard: RefCell<BTreeSet<Key>>,
}

impl Watch {
    /// Begins to listen.
    pub fn new(storage: Storage) -> Result<Self> {
        let window = web_sys::window().ok_or(Error::StorageUnavailable)?;
        let notes = Rc::new(Notes {
            storage,
            written: RefCell::default(),
            heard: RefCell::default(),
        });
        let on_storage = Closure::<dyn FnMut(Event)>::new({
            let notes = Rc::clone(&notes);
            move |event: Event| notes.hear(&event)
        });
        // Without listeners nothing would be heard, but nothing else would go wrong.
        let listener = on_storage.as_ref().unchecked_ref();
        let _ = window.add_event_listener_with_callback("storage", listener);
        Ok(Self {
            window,
            notes,
            on_storage,
        })
    }

    /// `ours` was written just now where `seen` lay.
    pub fn note(&self, key: &Key, seen: JsValue, ours: JsValue) {
        let now = BrowserClock.elapsed_ms();
        let mut written = self.notes.written.borrow_mut();
        written.note(key.clone(), seen, ours, now);
    }

    /// Keys that other tabs wrote to as well, since the last call.
    pub fn take(&self) -> Vec<Key> {
        self.notes.heard.take().into_iter().collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let listener = self.on_storage.as_ref().unchecked_ref();
        let _ = self
            .window
            .remove_event_listener_with_callback("storage", listener);
    }
}

impl Notes {
    fn hear(&self, event: &Event) {
        // `sessionStorage` has the same event. Where everything was cleared there is no key.
        let Some(key) = key_from_js(&js::field(event, "key")) else {
            return;
        };
        if !self.storage.is(&js::field(event, "storageArea")) {
            return;
        }
        let at = key_to_js(&key);
        let theirs = js::field(event, "newValue");
        let there = self.storage.get(&at).unwrap_or(JsValue::UNDEFINED);
        let now = BrowserClock.elapsed_ms();
        let heard = self.written.borrow_mut().hear(&key, &theirs, &there, now);
        if heard == Heard::Overwritten {
            // Where there is no room any more, the key is told all the same.
            let _ = self.storage.put(&at, &theirs);
        }
        if heard != Heard::Nothing {
            self.heard.borrow_mut().insert(key);
        }
    }
}
