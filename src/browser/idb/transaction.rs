//! Transactions whose end is always heard of.

use crate::browser::idb::errors;
use crate::browser::idb::request::Reply;
use crate::browser::js;
use crate::browser::slot::Slot;
use crate::error::Result;
use crate::ports::Durability;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Event, IdbDatabase, IdbObjectStore, IdbRequest, IdbTransaction};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = IdbDatabase)]
    type Durable;
    /// web-sys keeps the options behind a flag for unstable APIs. A browser that does not know
    /// them ignores them.
    #[wasm_bindgen(method, catch, js_name = transaction)]
    fn begin(
        this: &Durable,
        stores: &js_sys::Array,
        mode: &str,
        options: &JsValue,
    ) -> Result<IdbTransaction, JsValue>;
}

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Read.
    Read,
    /// Read and write, as surely as that.
    Write(Durability),
}

/// How a transaction ended.
type End = Result<(), Option<JsValue>>;

/// A transaction. Its handlers are attached when it is made, so that its end can't be missed; if one
/// that writes is dropped before its end, it is aborted, so that nothing is committed behind our back.
///
/// While it is open, nothing but its own requests may be awaited: anything else lets it commit by
/// itself.
pub struct Tx {
    raw: IdbTransaction,
    writes: bool,
    end: Slot<End>,
    ended: Rc<Cell<bool>>,
    _handlers: [Closure<dyn FnMut(Event)>; 2],
}

impl Tx {
    /// Begins a transaction over some stores. The exception of a connection that is closing is
    /// named `InvalidStateError`.
    pub fn begin(database: &IdbDatabase, stores: &[&str], mode: Mode) -> Result<Self, JsValue> {
        let names: js_sys::Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        let (name, durability) = match mode {
            Mode::Read => ("readonly", "default"),
            Mode::Write(Durability::Strict) => ("readwrite", "strict"),
            Mode::Write(Durability::Relaxed) => ("readwrite", "relaxed"),
        };
        let options = js::object([("durability", JsValue::from_str(durability))]);
        let database: &Durable = database.unchecked_ref();
        let raw = database.begin(&names, name, &options)?;
        Ok(Self::listen(raw, mode != Mode::Read))
    }

    fn listen(raw: IdbTransaction, writes: bool) -> Self {
        let end = Slot::<End>::default();
        let ended = Rc::new(Cell::new(false));
        let on_complete = Closure::<dyn FnMut(Event)>::new({
            let (end, ended) = (end.clone(), Rc::clone(&ended));
            move |_| {
                ended.set(true);
                end.fill(Ok(()));
            }
        });
        let on_abort = Closure::<dyn FnMut(Event)>::new({
            let (end, ended, raw) = (end.clone(), Rc::clone(&ended), raw.clone());
            move |_| {
                ended.set(true);
                end.fill(Err(raw.error().map(JsValue::from)));
            }
        });
        raw.set_oncomplete(Some(on_complete.as_ref().unchecked_ref()));
        raw.set_onabort(Some(on_abort.as_ref().unchecked_ref()));
        Self {
            raw,
            writes,
            end,
            ended,
            _handlers: [on_complete, on_abort],
        }
    }

    /// One of its stores.
    pub fn store(&self, name: &str) -> Result<IdbObjectStore> {
        self.raw
            .object_store(name)
            .map_err(|thrown| errors::aborted(Some(&thrown), 0))
    }

    /// Undoes everything. `false` if it is committing already, or over.
    pub fn abort(&self) -> bool {
        !self.ended.get() && self.raw.abort().is_ok()
    }

    /// Waits until everything is committed. `bytes` were to be written.
    pub async fn done(&self, bytes: u64) -> Result<()> {
        match self.end.clone().await {
            Ok(()) => Ok(()),
            Err(exception) => Err(errors::aborted(exception.as_ref(), bytes)),
        }
    }

    /// Undoes everything, and waits until it is undone.
    pub async fn undo(&self) {
        if self.abort() {
            let _ = self.end.clone().await;
        }
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        // A read has mostly got its last answer by now and ends by itself.
        if self.writes {
            self.abort();
        }
        self.raw.set_oncomplete(None);
        self.raw.set_onabort(None);
    }
}

/// Makes a request and awaits its answer; both the refusal and the failure as one exception.
pub async fn ask(request: Result<IdbRequest, JsValue>) -> Result<JsValue, JsValue> {
    Reply::to(request?).await
}

/// The same for a read: what fails is one record that can't be read.
pub async fn read(request: Result<IdbRequest, JsValue>) -> Result<JsValue> {
    ask(request).await.map_err(errors::unreadable)
}

/// The answers to several reads of one transaction. They come in the order of the requests, so the last is
/// awaited first: its task then goes on once, and not for each of them.
pub async fn answers(requests: Vec<Result<IdbRequest, JsValue>>) -> Result<Vec<JsValue>> {
    let replies = requests.into_iter().map(|request| request.map(Reply::to));
    let mut ends = Vec::new();
    for reply in replies.collect::<Vec<_>>().into_iter().rev() {
        ends.push(match reply {
            Ok(reply) => reply.await,
            Err(thrown) => Err(thrown),
        });
    }
    // The first that fails is the one that is told: those behind it may have ended with it.
    let ends = ends.into_iter().rev().collect::<Result<_, _>>();
    ends.map_err(errors::unreadable)
}
