//! The checked write in a source, fenced by a transaction of ours.
//!
//! Two transactions over two databases are open at once. Each may only make requests from within
//! its own events, and commits by itself as soon as it has none left; so each keeps itself alive
//! with cheap requests, and they tell each other by a [`Stage`] how far they are:
//!
//! | stage | source | ours |
//! |---|---|---|
//! | `Reading` | opens, reads the record | waits |
//! | `Read` | keeps itself alive | opens, checks fence and expectation |
//! | `Held` | decides, writes, commits | keeps itself alive |
//! | `Written` | committed | writes the batch, commits |
//! | `Refused` | is undone: the record was another one | is undone |
//! | `Failed` | is undone, if it is not over | is undone |
//!
//! Both sides take the source first, so two tabs can't wait for each other.

use crate::browser::idb::errors;
use crate::browser::idb::open::factory;
use crate::browser::idb::transaction::{Tx, ask, read};
use crate::browser::key::key_to_js;
use crate::browser::records::{Live, Prepared};
use crate::browser::sources::pair::{Pair, Stage};
use crate::browser::sources::record::{put, record};
use crate::browser::timer::{Timer, within};
use crate::domain::key::Key;
use crate::error::{Cause, Error, Result};
use crate::ports::{Change, Decision, Goes, Swap};
use futures_util::future::{Either, join, select};
use std::pin::pin;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::IdbObjectStore;

/// Longest time for the whole of it.
const LIMIT_MS: u32 = 30_000;
/// How long a commit that is under way at that time may still take.
const GRACE_MS: u32 = 10_000;

/// A write in a source, and what is written with it.
pub struct Replacement<'a> {
    /// The store of the records.
    pub store: &'a str,
    /// What is done there.
    pub work: Work<'a>,
    /// What is written in our database once the source is.
    pub then: &'a Prepared,
}

/// What is done in a source.
pub enum Work<'a> {
    /// To the record under a key what is decided by what lies there.
    Swap(&'a Key, Decision<'a, JsValue>),
    /// Records under keys go, if they may.
    Remove(&'a [&'a Key], Goes<'a, JsValue>),
}

impl Replacement<'_> {
    /// Carries it out. `source` was begun just now, and has made no request yet.
    pub async fn run(&self, source: Tx, ours: &Live) -> Result<Swap> {
        let pair = Pair::new(source);
        let both = pin!(join(
            async {
                if let Err(error) = self.source_side(&pair).await {
                    pair.fail(error);
                }
            },
            async {
                if let Err(error) = self.our_side(&pair, ours).await {
                    pair.fail(error);
                }
            },
        ));
        let in_time = match select(both, Timer::new(LIMIT_MS)).await {
            Either::Left(_) => true,
            Either::Right((_, both)) => {
                // A source that is committing already can't be stopped, and is waited for.
                if pair.source.abort() {
                    pair.fail(too_slow());
                }
                within(GRACE_MS, both).await.is_some()
            }
        };
        if !in_time {
            pair.fail(too_slow());
        }
        match (pair.failure.take(), pair.stage.get()) {
            (Some(error), _) => Err(error),
            (None, Stage::Refused) => Ok(Swap::Refused),
            (None, _) => Ok(Swap::Done),
        }
    }

    async fn source_side(&self, pair: &Pair) -> Result<()> {
        let store = pair.source.store(self.store)?;
        let swapped = match &self.work {
            Work::Swap(key, change) => self.swap(pair, &store, key, change).await?,
            Work::Remove(keys, goes) => self.remove(pair, &store, keys, goes).await?,
        };
        match swapped {
            Some(Swap::Done) => {
                pair.source.done(self.then.bytes).await?;
                pair.stage.set(Stage::Written);
            }
            Some(Swap::Refused) => {
                pair.stage.set(Stage::Refused);
                pair.source.undo().await;
            }
            None => {}
        }
        Ok(())
    }

    /// Lets our side begin, and waits for it; false if it has failed.
    async fn is_held(&self, pair: &Pair, store: &IdbObjectStore, key: &JsValue) -> Result<bool> {
        pair.stage.set(Stage::Read);
        pair.turn.fill(());
        while pair.stage.get() == Stage::Read {
            read(store.count_with_key(key)).await?;
        }
        Ok(pair.stage.get() == Stage::Held)
    }

    async fn swap(
        &self,
        pair: &Pair,
        store: &IdbObjectStore,
        key: &Key,
        change: Decision<'_, JsValue>,
    ) -> Result<Option<Swap>> {
        let key = key_to_js(key);
        let found = record(store, &key).await?;
        if !self.is_held(pair, store, &key).await? {
            return Ok(None);
        }
        match change(found.as_ref()) {
            Change::Refuse => return Ok(Some(Swap::Refused)),
            // Nothing is queued, so what is committed is nothing.
            Change::Keep => {}
            Change::Remove => delete(store, &key)?,
            Change::Put(new) => {
                let bytes = self.then.bytes;
                let written = ask(Ok(put(store, &key, &new, bytes)?)).await;
                let written =
                    written.map_err(|exception| errors::aborted(Some(&exception), bytes))?;
                // A store that keeps its keys inside its records decides for itself where a
                // record goes.
                if factory()?.cmp(&written, &key).ok() != Some(0) {
                    return Err(Error::TransactionAborted {
                        cause: Cause::named("DataError"),
                    });
                }
            }
        }
        Ok(Some(Swap::Done))
    }

    /// Each is judged in the event of its own request: all in one would hold up the page.
    async fn remove(
        &self,
        pair: &Pair,
        store: &IdbObjectStore,
        keys: &[&Key],
        goes: Goes<'_, JsValue>,
    ) -> Result<Option<Swap>> {
        let keys: Vec<JsValue> = keys.iter().map(|key| key_to_js(key)).collect();
        let nowhere = JsValue::from_f64(-1.0);
        read(store.count_with_key(keys.first().unwrap_or(&nowhere))).await?;
        if !self.is_held(pair, store, &nowhere).await? {
            return Ok(None);
        }
        for (index, key) in keys.iter().enumerate() {
            let found = record(store, key).await?;
            if found.is_some_and(|found| goes(index, &found)) {
                delete(store, key)?;
            }
        }
        Ok(Some(Swap::Done))
    }

    async fn our_side(&self, pair: &Pair, ours: &Live) -> Result<()> {
        pair.turn.clone().await;
        if pair.stage.get() != Stage::Read {
            return Ok(());
        }
        if self.then.is_empty() {
            pair.stage.set(Stage::Held);
            return Ok(());
        }
        let tx = Rc::new(self.then.begin(ours)?);
        *pair.ours.borrow_mut() = Some(Rc::clone(&tx));
        // Its first answer proves that the transaction has begun: until then it may have to wait
        // for others, and so might the batch.
        self.then.stay_open(&tx).await?;
        self.then.check(&tx).await?;
        if pair.stage.get() == Stage::Read {
            pair.stage.set(Stage::Held);
        }
        while pair.stage.get() == Stage::Held {
            self.then.stay_open(&tx).await?;
        }
        if pair.stage.get() != Stage::Written {
            tx.undo().await;
            return Ok(());
        }
        self.then.queue(&tx)?;
        tx.done(self.then.bytes).await
    }
}

fn delete(store: &IdbObjectStore, key: &JsValue) -> Result<()> {
    let queued = store.delete(key);
    queued
        .map(|_| ())
        .map_err(|thrown| errors::aborted(Some(&thrown), 0))
}

/// The same where the source does not exist, so that nothing can lie there, nor change.
pub async fn without_source(
    change: Decision<'_, JsValue>,
    then: &Prepared,
    ours: &Live,
) -> Result<Swap> {
    let refused = match change(None) {
        Change::Refuse => true,
        Change::Keep | Change::Remove => false,
        // There is nowhere to write to.
        Change::Put(_) => {
            return Err(Error::Browser {
                cause: Cause::named("NotFoundError"),
            });
        }
    };
    match (then.is_empty(), refused) {
        (true, true) => Ok(Swap::Refused),
        (true, false) => Ok(Swap::Done),
        (false, false) => then.run(then.begin(ours)?).await.map(|()| Swap::Done),
        (false, true) => {
            let tx = then.begin(ours)?;
            let checked = async {
                then.check(&tx).await?;
                tx.undo().await;
                Ok(Swap::Refused)
            };
            then.in_time(&tx, checked).await
        }
    }
}

fn too_slow() -> Error {
    Error::Timeout {
        what: "replacing a record in its source",
        seconds: LIMIT_MS / 1000,
    }
}
