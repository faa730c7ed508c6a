//! localStorage: one text a key. It knows no transactions, but what a script does in one turn no
//! other script of the page comes between, and what other tabs did meanwhile is heard of later.

mod page;
mod storage;
mod watch;
mod written;

use crate::browser::idb::transaction::Tx;
use crate::browser::key::{key_from_js, key_to_js};
use crate::browser::records::{Ours, Prepared};
use crate::browser::timer::Timer;
use crate::domain::key::Key;
use crate::error::{Error, Result};
use crate::ports::{Change, Decision, Swap};
pub use page::Page;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use storage::Storage;
use wasm_bindgen::JsValue;
use watch::Watch;

/// How long another tab's write may take until it is heard of.
const SETTLE_MS: u32 = 200;

/// localStorage of the page.
#[derive(Default)]
pub struct Local {
    /// In a worker, the page that has it.
    page: Option<Page>,
    watch: RefCell<Option<Watch>>,
    /// Whether something was written that was not waited for yet.
    unsettled: Cell<bool>,
    closed: Cell<bool>,
}

impl Local {
    /// localStorage of the page that a worker works for.
    pub fn of_page(page: Page) -> Self {
        Self {
            page: Some(page),
            ..Self::default()
        }
    }

    /// Stops listening, for good.
    pub fn close(&self) {
        self.closed.set(true);
        self.watch.take();
    }

    /// Keys that begin with a prefix, in their order.
    pub async fn keys(&self, prefix: &str) -> Result<Vec<Key>> {
        let prefix: Vec<u16> = prefix.encode_utf16().collect();
        let keys = match self.page()? {
            Some(page) => page.keys().await?,
            None => self.open()?.keys()?,
        };
        let keys = keys.iter().filter_map(key_from_js);
        let begins = |key: &Key| key.units().is_some_and(|units| units.starts_with(&prefix));
        let sorted: BTreeSet<Key> = keys.filter(begins).collect();
        Ok(sorted.into_iter().collect())
    }

    /// The text of a key.
    pub async fn read(&self, key: &Key) -> Result<Option<JsValue>> {
        match (text_key(key), self.page()?) {
            (Some(key), Some(page)) => page.text(&key).await.map(present),
            (Some(key), None) => self.open()?.get(&key).map(present),
            (None, _) => Ok(None),
        }
    }

    /// The checked write: in the very turn in which a transaction of ours found its fence to hold,
    /// so that no one else of this page can come between.
    pub async fn replace(
        &self,
        key: &Key,
        change: Decision<'_, JsValue>,
        then: &Prepared,
        ours: &Rc<Ours>,
    ) -> Result<Swap> {
        if let Some(page) = self.page()? {
            return page.replace(key, change, then, ours).await;
        }
        let storage = self.open()?;
        if then.is_empty() {
            return self.turn(&storage, key, change, || Ok(()));
        }
        let (live, tx) = then.begin_in(ours).await?;
        let run = async {
            let turned = async {
                self.wait_for_turn(&tx, then).await?;
                self.turn(&storage, key, change, || then.queue(&tx))
            };
            match turned.await {
                Ok(Swap::Done) => tx.done(then.bytes).await.map(|()| Swap::Done),
                other => {
                    tx.undo().await;
                    other
                }
            }
        };
        let done = then.in_time(&tx, run).await;
        done.map_err(|error| live.connection().explain(error))
    }

    /// Waits, and returns keys that other tabs wrote to as well.
    pub async fn settle(&self) -> Vec<Key> {
        if let Ok(Some(page)) = self.page() {
            return page.settle().await;
        }
        if self.unsettled.take() {
            Timer::new(SETTLE_MS).await;
        }
        let watch = self.watch.borrow();
        watch.as_ref().map(Watch::take).unwrap_or_default()
    }

    /// What returns has begun, and holds its fence; the task goes on in the event of its request.
    async fn wait_for_turn(&self, tx: &Tx, then: &Prepared) -> Result<()> {
        // Its first answer proves that the transaction has begun: until then it may have to wait
        // for others. A batch without conditions asks for nothing else.
        then.stay_open(tx).await?;
        then.check(tx).await
    }

    /// All that happens in one turn. The batch is queued before anything is written: it is undone
    /// if the write fails, and if it can't be queued nothing was written.
    fn turn(
        &self,
        storage: &Storage,
        key: &Key,
        change: Decision<'_, JsValue>,
        queue: impl FnOnce() -> Result<()>,
    ) -> Result<Swap> {
        let Some(at) = text_key(key) else {
            return match change(None) {
                Change::Refuse => Ok(Swap::Refused),
                Change::Keep | Change::Remove => queue().map(|()| Swap::Done),
                Change::Put(_) => Err(refuse()),
            };
        };
        let seen = storage.get(&at)?;
        let Some(new) = next_text(change, &seen)? else {
            return Ok(Swap::Refused);
        };
        queue()?;
        if new == seen {
            return Ok(Swap::Done);
        }
        match new.is_null() {
            true => storage.remove(&at)?,
            false => storage.put(&at, &new)?,
        }
        self.unsettled.set(true);
        if let Some(watch) = &*self.watch.borrow() {
            watch.note(key, seen, new);
        }
        Ok(Swap::Done)
    }

    /// The page, where another has it than we are in.
    fn page(&self) -> Result<Option<&Page>> {
        match self.closed.get() {
            true => Err(Error::Closed),
            false => Ok(self.page.as_ref()),
        }
    }

    /// The storage. Whoever has looked at it hears of what others do to it.
    fn open(&self) -> Result<Storage> {
        if self.closed.get() {
            return Err(Error::Closed);
        }
        let storage = Storage::open()?;
        if self.watch.borrow().is_none() {
            *self.watch.borrow_mut() = Some(Watch::new(Storage::open()?)?);
        }
        Ok(storage)
    }
}

/// The key as localStorage takes it: it has texts alone, and nothing lies under any other.
fn text_key(key: &Key) -> Option<JsValue> {
    matches!(key, Key::Text(_) | Key::Units(_)).then(|| key_to_js(key))
}

/// What is to lie there, `null` for nothing, where `seen` lies; `None` where the change is refused.
fn next_text(change: Decision<'_, JsValue>, seen: &JsValue) -> Result<Option<JsValue>> {
    match change(present(seen.clone()).as_ref()) {
        Change::Refuse => Ok(None),
        Change::Keep => Ok(Some(seen.clone())),
        Change::Remove => Ok(Some(JsValue::NULL)),
        Change::Put(new) if new.is_string() => Ok(Some(new)),
        Change::Put(_) => Err(refuse()),
    }
}

fn refuse() -> Error {
    Error::UnsupportedValue {
        code: "UnsupportedValue",
        reason: "localStorage takes nothing but text".into(),
    }
}

fn present(text: JsValue) -> Option<JsValue> {
    (!text.is_null()).then_some(text)
}
