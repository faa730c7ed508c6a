//! The caller of a long call, as JavaScript is one: a callback, a signal, the console.

use crate::api::args::field;
use crate::browser::to_js;
use crate::domain::console;
use crate::domain::progress::{Phase, Progress};
use crate::error::{Error, Result};
use crate::ports::Watch;
use js_sys::Function;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};

/// Without `verbose`, a line at most so often, so that a long run is never silent.
const QUIET_MS: f64 = 1000.0;

/// How much of the progress the console gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Nothing.
    None,
    /// A line a second, and the last.
    Some,
    /// A line for each session.
    All,
}

/// Passes progress on, and asks the signal.
pub struct JsWatch {
    on_progress: Option<Function>,
    signal: JsValue,
    lines: Lines,
    /// Whether there are several sources, so that a line has to say which.
    several: bool,
    last_line_ms: Cell<f64>,
}

impl JsWatch {
    /// From the options of a call.
    pub fn new(options: &JsValue, lines: Lines, sources: usize) -> Result<Self> {
        let on_progress = field(options, "onProgress");
        if !on_progress.is_undefined() && !on_progress.is_null() && !on_progress.is_function() {
            let expected = "must be a function".into();
            return Err(Error::InvalidArgument {
                name: "onProgress".into(),
                expected,
            });
        }
        let signal = field(options, "signal");
        if !signal.is_undefined()
            && !signal.is_null()
            && field(&signal, "aborted").as_bool().is_none()
        {
            let expected = "must be an AbortSignal".into();
            return Err(Error::InvalidArgument {
                name: "signal".into(),
                expected,
            });
        }
        let on_progress = on_progress.dyn_into().ok();
        Ok(Self {
            on_progress,
            signal,
            lines,
            several: sources > 1,
            last_line_ms: Cell::new(js_sys::Date::now()),
        })
    }

    fn print(&self, event: &Progress) {
        let now = js_sys::Date::now();
        let due = match (self.lines, event.phase) {
            (Lines::None, _) | (_, Phase::Scanning) => false,
            (_, Phase::Complete | Phase::Cancelled) | (Lines::All, _) => true,
            (Lines::Some, _) => now - self.last_line_ms.get() >= QUIET_MS,
        };
        if due {
            self.last_line_ms.set(now);
            crate::api::console::log(&console::progress(event, self.several));
        }
    }
}

impl Watch for JsWatch {
    fn progress(&self, event: &Progress) {
        self.print(event);
        let Some(on_progress) = &self.on_progress else {
            return;
        };
        let detail = to_js(event).unwrap_or(JsValue::NULL);
        // What the callback throws is its own affair: a progress bar must not stop a migration.
        let called = on_progress.call3(
            &JsValue::NULL,
            &event.message.as_str().into(),
            &event.percent.into(),
            &detail,
        );
        if let Err(thrown) = called {
            crate::api::console::report(&thrown);
        }
    }

    fn cancelled(&self) -> bool {
        field(&self.signal, "aborted").as_bool().unwrap_or(false)
    }
}
