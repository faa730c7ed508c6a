//! localStorage of the page that a worker works for. A worker has none, and what has to happen in one
//! turn can't wait for a message: so the page does it, by itself, in a transaction of our database
//! that it begins. Whether the fence holds is decided here; the page makes sure that what that was
//! decided by is still the same.

use super::{next_text, text_key};
use crate::browser::idb::errors;
use crate::browser::js::{self, List, object, set_field};
use crate::browser::key::key_from_js;
use crate::browser::records::{Ours, Prepared};
use crate::browser::sources::replace::without_source;
use crate::browser::timer::within;
use crate::domain::key::Key;
use crate::error::{Cause, Error, Result};
use crate::ports::{Decision, Swap};
use js_sys::JsString;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Longest wait for one answer of the page, which may be busy.
const ANSWER_MS: u32 = 60_000;
/// How much longer the worker waits than the page tries.
const GRACE_MS: u32 = 10_000;
/// How often what lies there may change between looking and writing.
const ATTEMPTS: u32 = 16;

#[wasm_bindgen]
extern "C" {
    /// What the worker's script offers: each call is a message to the page, and its answer.
    #[derive(Clone)]
    pub type Page;
    #[wasm_bindgen(method, catch, js_name = keys)]
    async fn ask_keys(this: &Page) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = read)]
    async fn ask_text(this: &Page, key: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = swap)]
    async fn ask_swap(this: &Page, request: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = settle)]
    async fn ask_settle(this: &Page) -> Result<JsValue, JsValue>;
}

impl Page {
    /// All keys.
    pub async fn keys(&self) -> Result<Vec<JsValue>> {
        let keys: List = in_time(self.ask_keys()).await?.unchecked_into();
        Ok((0..keys.length()).map(|index| keys.at(index)).collect())
    }

    /// The text of a key; `null` without one.
    pub async fn text(&self, key: &JsValue) -> Result<JsValue> {
        in_time(self.ask_text(key)).await
    }

    /// Waits, and returns keys that other tabs wrote to as well.
    pub async fn settle(&self) -> Vec<Key> {
        let Ok(heard) = in_time(self.ask_settle()).await else {
            return Vec::new();
        };
        let heard: List = heard.unchecked_into();
        (0..heard.length())
            .filter_map(|index| key_from_js(&heard.at(index)))
            .collect()
    }

    /// The checked write. What is to become of the text is decided here, by what lies there; the page
    /// writes only if that is still so, and the lease and all that is expected with it.
    pub async fn replace(
        &self,
        key: &Key,
        change: Decision<'_, JsValue>,
        then: &Prepared,
        ours: &Rc<Ours>,
    ) -> Result<Swap> {
        let Some(at) = text_key(key) else {
            return without_source(change, then, &*ours.created().await?).await;
        };
        for _ in 0..ATTEMPTS {
            let seen = self.text(&at).await?;
            let decided = next_text(change, &seen)?;
            let refuse = decided.is_none();
            let next = decided.unwrap_or_else(|| seen.clone());
            let request = object([
                ("key", at.clone()),
                ("seen", seen),
                ("next", next.clone()),
                ("refuse", JsValue::from_bool(refuse)),
            ]);
            if !then.is_empty() {
                set_field(&request, "batch", &then.for_page(ours).await?);
            }
            let limit = then.limit_ms();
            set_field(&request, "limit", &JsValue::from_f64(f64::from(limit)));
            let deadline = js_sys::Date::now() + f64::from(limit);
            set_field(&request, "deadline", &JsValue::from_f64(deadline));
            let answer = within(limit + GRACE_MS, self.ask_swap(&request)).await;
            let answer = answer.unwrap_or_else(|| Ok(JsValue::from_str("late")));
            let answer = answer.map_err(|told| explain(&told, &at, &next, then.bytes))?;
            match answer.as_string().as_deref() {
                Some("done") => return Ok(Swap::Done),
                Some("refused") => return Ok(Swap::Refused),
                Some("late") => {
                    return Err(Error::Timeout {
                        what: "writing to localStorage",
                        seconds: limit / 1000,
                    });
                }
                // Something of it is another by now: all is decided anew.
                _ => {}
            }
        }
        Err(Error::TransactionAborted {
            cause: Cause::named("AbortError"),
        })
    }
}

async fn in_time(answer: impl Future<Output = Result<JsValue, JsValue>>) -> Result<JsValue> {
    match within(ANSWER_MS, answer).await {
        Some(answer) => answer.map_err(|told| explain(&told, &JsValue::NULL, &JsValue::NULL, 0)),
        None => Err(Error::Timeout {
            what: "reading localStorage",
            seconds: ANSWER_MS / 1000,
        }),
    }
}

/// What the page says has gone wrong, as it would have been said there.
fn explain(told: &JsValue, key: &JsValue, text: &JsValue, bytes: u64) -> Error {
    let thrown = js::field(told, "cause");
    let cause = errors::cause(&thrown);
    let units = |text: &JsValue| match text.is_string() {
        true => u64::from(text.unchecked_ref::<JsString>().length()),
        false => 0,
    };
    match js::field(told, "kind").as_string().as_deref() {
        Some("unavailable") => Error::StorageUnavailable,
        Some("denied") => Error::StorageDenied { cause },
        Some("full") => Error::QuotaExceeded {
            needed: 2 * (units(key) + units(text)),
            cause: Some(cause),
        },
        Some("aborted") => errors::aborted(Some(&thrown), bytes),
        _ => Error::Browser { cause },
    }
}
