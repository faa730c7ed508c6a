//! The device's clock, which all tabs of a disk share.

use super::run::breath;
use restow::domain::time::Timestamp;
use restow::ports::Clock;
use std::cell::Cell;
use std::rc::Rc;

/// Stands still until it is moved.
#[derive(Debug, Clone)]
pub struct TwinClock {
    now: Rc<Cell<Timestamp>>,
    elapsed: Rc<Cell<f64>>,
}

impl TwinClock {
    /// A clock at some time.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now: Rc::new(Cell::new(now)),
            elapsed: Rc::new(Cell::new(0.0)),
        }
    }

    /// Jumps, as a device's clock may, in either direction.
    pub fn set(&self, now: Timestamp) {
        self.now.set(now);
    }

    /// Lets time pass.
    pub fn advance(&self, ms: u64) {
        self.now.set(Timestamp(self.now.get().0 + ms));
        self.elapsed.set(self.elapsed.get() + ms as f64);
    }

    /// Lets days pass.
    pub fn advance_days(&self, days: u32) {
        self.advance(u64::from(days) * restow::domain::time::DAY_MS);
    }
}

impl Clock for TwinClock {
    fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn elapsed_ms(&self) -> f64 {
        self.elapsed.get()
    }

    async fn breathe(&self) {
        breath().await;
    }
}
