//! Web Locks, where the browser has them.

use crate::browser::js;
use crate::browser::line::{Channel, Ear, Waiting};
use crate::browser::slot::Slot;
use crate::browser::timer::within;
use crate::ports::{Held, Locks};
use js_sys::{Function, Promise};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type AbortController;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<AbortController, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &AbortController) -> JsValue;
    #[wasm_bindgen(method)]
    fn abort(this: &AbortController);

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn random_values(bytes: &js_sys::Uint8Array) -> Result<JsValue, JsValue>;
}

/// A request that does not wait is still answered by a later task.
const IF_AVAILABLE_MS: u32 = 1_000;

/// Locks between the tabs of this origin.
#[derive(Default)]
pub struct WebLocks {
    ear: Rc<Ear>,
}

/// A lock, or the lack of one. Dropping it lets the next one in.
pub struct Guard {
    release: Option<Function>,
    token: String,
}

impl Held for Guard {
    fn exclusive(&self) -> bool {
        self.release.is_some()
    }

    fn token(&self) -> &str {
        &self.token
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(release) = self.release.take() {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

impl Locks for WebLocks {
    type Guard = Guard;
    type Line = Channel;

    async fn acquire(&self, name: &str, limit_ms: u32) -> Guard {
        let _waiting = Waiting::new(&self.ear);
        Guard {
            release: request(name, limit_ms).await,
            token: new_token(),
        }
    }

    fn line(&self, database: &str) -> Channel {
        Channel::new(database, &self.ear)
    }
}

/// Asks for a lock. What is returned ends it when called; `None` for no lock.
async fn request(name: &str, limit_ms: u32) -> Option<Function> {
    let navigator = js::field(&js_sys::global(), "navigator");
    let manager = js::field(&navigator, "locks");
    let ask = js::method(&manager, "request")?;

    let controller = AbortController::new().ok();
    let options = match (&controller, limit_ms) {
        // The browser takes a signal or `ifAvailable`, never both.
        (None, _) | (_, 0) => js::object([("ifAvailable", JsValue::TRUE)]),
        (Some(controller), _) => js::object([("signal", controller.signal())]),
    };
    let answer = Slot::<Option<Function>>::default();
    let given_up = Rc::new(Cell::new(false));
    let granted = Closure::once_into_js({
        let (answer, given_up) = (answer.clone(), Rc::clone(&given_up));
        move |lock: JsValue| -> JsValue {
            if given_up.get() || lock.is_null() {
                answer.fill(None);
                return JsValue::UNDEFINED;
            }
            let mut release = None;
            let held = Promise::new(&mut |resolve, _| release = Some(resolve));
            answer.fill(release);
            held.into()
        }
    });
    let outcome = ask
        .call3(&manager, &JsValue::from_str(name), &options, &granted)
        .ok()?;
    // The request is rejected when it is aborted, and in documents that may not use locks.
    let refused = Closure::once_into_js({
        let answer = answer.clone();
        move |_: JsValue| answer.fill(None)
    });
    let caught =
        js::method(&outcome, "catch").and_then(|catch| catch.call1(&outcome, &refused).ok());
    if caught.is_none() {
        given_up.set(true);
        return None;
    }
    let mut wait = Wait {
        answer,
        given_up,
        controller,
        over: false,
    };
    let limit = if limit_ms == 0 {
        IF_AVAILABLE_MS
    } else {
        limit_ms
    };
    let release = within(limit, wait.answer.clone()).await.flatten();
    wait.over = release.is_some();
    // The lock may have been granted in the very moment in which the wait ended.
    release.or_else(|| wait.give_up())
}

/// A request that must not be granted to someone who has gone away.
struct Wait {
    answer: Slot<Option<Function>>,
    given_up: Rc<Cell<bool>>,
    controller: Option<AbortController>,
    over: bool,
}

impl Wait {
    fn give_up(&mut self) -> Option<Function> {
        self.over = true;
        self.given_up.set(true);
        if let Some(controller) = &self.controller {
            controller.abort();
        }
        self.answer.take().flatten()
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        if !self.over
            && let Some(release) = self.give_up()
        {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// 128 random bits as hexadecimal digits.
fn new_token() -> String {
    let bytes = js_sys::Uint8Array::new_with_length(16);
    let mut random = [0; 16];
    match random_values(&bytes) {
        Ok(_) => bytes.copy_to(&mut random),
        // Only a context without `crypto` comes here; two draws still tell two tabs apart.
        Err(_) => {
            for chunk in random.chunks_mut(4) {
                let draw = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
                chunk.copy_from_slice(&draw.to_le_bytes());
            }
        }
    }
    format!("{:032x}", u128::from_be_bytes(random))
}
