//! A channel on which tabs tell each other how far their runs are, where the browser has one.

use crate::browser::js;
use crate::browser::slot::Slot;
use crate::domain::progress::Told;
use crate::ports::Line;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type BroadcastChannel;
    #[wasm_bindgen(constructor, catch)]
    fn new(name: &str) -> Result<BroadcastChannel, JsValue>;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &BroadcastChannel, handler: &JsValue);
    #[wasm_bindgen(method, js_name = postMessage, catch)]
    fn post_message(this: &BroadcastChannel, message: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn close(this: &BroadcastChannel);
}

/// As often as people can read.
const PAUSE_MS: f64 = 250.0;

/// What a tab has heard, and whether it is waiting for a lock, and so whether anyone wants to know.
#[derive(Default)]
pub struct Ear {
    waiting: Cell<u32>,
    last: Cell<Option<Told>>,
    heard: Slot<Told>,
}

impl Ear {
    fn hear(&self, told: Told) {
        // The newest counts.
        self.heard.take();
        match self.waiting.get() {
            0 => self.last.set(Some(told)),
            _ => self.heard.fill(told),
        }
    }

    fn forget(&self) {
        self.heard.take();
        self.last.take();
    }
}

/// A lock is waited for as long as this lives. What was told before still counts.
pub struct Waiting(Rc<Ear>);

impl Waiting {
    /// From now on.
    pub fn new(ear: &Rc<Ear>) -> Self {
        ear.waiting.set(ear.waiting.get() + 1);
        if let Some(told) = ear.last.take() {
            ear.heard.fill(told);
        }
        Self(Rc::clone(ear))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.set(self.0.waiting.get() - 1);
    }
}

/// A line to other tabs. Dropping it hangs up: a channel that is open can keep a page out of the
/// browser's cache of pages.
pub struct Channel {
    channel: Option<BroadcastChannel>,
    told_ms: Cell<f64>,
    ear: Rc<Ear>,
    // Lives as long as the browser may call it.
    _on_message: Closure<dyn FnMut(JsValue)>,
}

impl Channel {
    /// Opens the line of a database.
    pub fn new(database: &str, ear: &Rc<Ear>) -> Self {
        ear.forget();
        let on_message = Closure::new({
            let ear = Rc::clone(ear);
            move |event: JsValue| {
                if let Some(told) = read(&js::field(&event, "data")) {
                    ear.hear(told);
                }
            }
        });
        let channel = BroadcastChannel::new(&format!("restow:{database}")).ok();
        if let Some(channel) = &channel {
            channel.set_onmessage(on_message.as_ref());
        }
        Self {
            channel,
            told_ms: Cell::new(f64::NEG_INFINITY),
            ear: Rc::clone(ear),
            _on_message: on_message,
        }
    }
}

/// What was told; anyone of this origin may say anything.
fn read(data: &JsValue) -> Option<Told> {
    let count = |name| {
        let count = js::field(data, name).as_f64()?;
        (0.0..=f64::from(u32::MAX))
            .contains(&count)
            .then_some(count as u32)
    };
    let (done, total) = (count("done")?, count("total")?);
    (done <= total).then_some(Told { done, total })
}

impl Line for Channel {
    fn tell(&self, told: Told) {
        let now = js_sys::Date::now();
        // A clock that was set back must not silence the rest of a run.
        let since = (now - self.told_ms.get()).abs();
        if let (Some(channel), true) = (&self.channel, since >= PAUSE_MS) {
            self.told_ms.set(now);
            let count = |count: u32| JsValue::from(count);
            let message = js::object([("done", count(told.done)), ("total", count(told.total))]);
            let _ = channel.post_message(&message);
        }
    }

    async fn heard(&self) -> Told {
        self.ear.heard.clone().await
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.set_onmessage(&JsValue::NULL);
            channel.close();
        }
    }
}
