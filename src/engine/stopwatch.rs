//! How long things take.

use crate::ports::Clock;

/// Tells the time from lap to lap.
pub(super) struct Stopwatch<'a, C> {
    clock: &'a C,
    since: f64,
}

impl<'a, C: Clock> Stopwatch<'a, C> {
    pub fn start(clock: &'a C) -> Self {
        Self {
            clock,
            since: clock.elapsed_ms(),
        }
    }

    /// Milliseconds since the start, or since the last lap.
    pub fn lap(&mut self) -> f64 {
        let now = self.clock.elapsed_ms();
        let lap = now - self.since;
        self.since = now;
        lap
    }
}
