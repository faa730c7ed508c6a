//! Time, from `Date` and `performance`.

use crate::browser::slot::Slot;
use crate::browser::timer::{Timer, within};
use crate::domain::limits::Day;
use crate::domain::time::Timestamp;
use crate::ports::Clock;
use js_sys::Date;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now, catch)]
    fn performance_now() -> Result<f64, JsValue>;

    type MessageChannel;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<MessageChannel, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn port1(this: &MessageChannel) -> MessagePort;
    #[wasm_bindgen(method, getter)]
    fn port2(this: &MessageChannel) -> MessagePort;

    type MessagePort;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &MessagePort, handler: &JsValue);
    #[wasm_bindgen(method, js_name = postMessage)]
    fn post_message(this: &MessagePort, message: &JsValue);
    #[wasm_bindgen(method)]
    fn close(this: &MessagePort);
}

/// Longest wait for a message to ourselves.
const MESSAGE_LIMIT_MS: u32 = 250;

/// The browser's clocks.
#[derive(Debug, Default, Clone, Copy)]
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> Timestamp {
        // A device may believe to live before 1970.
        Timestamp(Date::now().max(0.0) as u64)
    }

    fn elapsed_ms(&self) -> f64 {
        performance_now().unwrap_or_else(|_| Date::now())
    }

    fn today(&self) -> Day {
        // A device that believes to live beyond the calendar finds no date in the future.
        local_day(&Date::new_0()).unwrap_or(Day::LAST)
    }

    fn day_of(&self, ms: i64) -> Option<Day> {
        local_day(&Date::new(&JsValue::from_f64(ms as f64)))
    }

    async fn breathe(&self) {
        match MessageChannel::new() {
            Ok(channel) => one_message(&channel).await,
            Err(_) => Timer::new(0).await,
        }
    }
}

/// The day that a date has in the browser's own zone, by the rules that held at that moment.
fn local_day(date: &Date) -> Option<Day> {
    if date.get_time().is_nan() {
        return None;
    }
    // The binding tells years before 0 as unsigned numbers; JavaScript counts months from 0.
    let year = date.get_full_year() as i32;
    let month = u8::try_from(date.get_month() + 1).ok()?;
    Day::new(year, month, u8::try_from(date.get_date()).ok()?)
}

/// A message to ourselves is a task of its own and, unlike a timer, is not put off for 4 ms.
/// `scheduler.yield()` would go before every timer of the page, which then never have their turn.
async fn one_message(channel: &MessageChannel) {
    let slot = Slot::default();
    let handler = Closure::<dyn FnMut()>::new({
        let slot = slot.clone();
        move || slot.fill(())
    });
    let port = channel.port1();
    port.set_onmessage(handler.as_ref());
    channel.port2().post_message(&JsValue::NULL);
    // A page that gets no messages gets its turn by the timer.
    within(MESSAGE_LIMIT_MS, slot).await;
    port.set_onmessage(&JsValue::NULL);
    port.close();
}
