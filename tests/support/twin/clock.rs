//! The device's clock, which all tabs of a disk share, and the person's zone.

use super::run::breath;
use restow::domain::limits::Day;
use restow::domain::time::{DAY_MS, Timestamp};
use restow::ports::Clock;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Offsets of a zone from UTC in minutes, each with the moment from which it holds, in milliseconds
/// since 1970; the first holds before as well.
pub type Zone = Vec<(i64, i32)>;

/// Berlin, around the summer of 2025: 30 March has 23 hours, 26 October 25.
pub fn berlin() -> Zone {
    vec![(0, 60), (1_743_296_400_000, 120), (1_761_440_400_000, 60)]
}

/// Stands still until it is moved.
#[derive(Debug, Clone)]
pub struct TwinClock {
    now: Rc<Cell<Timestamp>>,
    elapsed: Rc<Cell<f64>>,
    zone: Rc<RefCell<Zone>>,
}

impl TwinClock {
    /// A clock at some time, in UTC.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now: Rc::new(Cell::new(now)),
            elapsed: Rc::new(Cell::new(0.0)),
            zone: Rc::default(),
        }
    }

    /// Another clock that shows the same.
    pub fn fork(&self) -> Self {
        let other = Self::new(self.now.get());
        other.travel(self.zone.borrow().clone());
        other
    }

    /// Jumps, as a device's clock may, in either direction.
    pub fn set(&self, now: Timestamp) {
        self.now.set(now);
    }

    /// Comes into another zone.
    pub fn travel(&self, zone: Zone) {
        self.zone.replace(zone);
    }

    /// Lets time pass.
    pub fn advance(&self, ms: u64) {
        self.now.set(Timestamp(self.now.get().0 + ms));
        self.elapsed.set(self.elapsed.get() + ms as f64);
    }

    /// Lets days pass.
    pub fn advance_days(&self, days: u32) {
        self.advance(u64::from(days) * DAY_MS);
    }

    fn offset_ms(&self, ms: i64) -> i64 {
        let zone = self.zone.borrow();
        let holds = zone.iter().rev().find(|(from, _)| *from <= ms);
        let (_, minutes) = holds.or(zone.first()).copied().unwrap_or_default();
        i64::from(minutes) * 60_000
    }
}

impl Clock for TwinClock {
    fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn elapsed_ms(&self) -> f64 {
        self.elapsed.get()
    }

    fn today(&self) -> Day {
        let now = i64::try_from(self.now.get().0).unwrap_or(i64::MAX);
        self.day_of(now).unwrap_or(Day::LAST)
    }

    fn day_of(&self, ms: i64) -> Option<Day> {
        // What a JavaScript `Date` can hold.
        if ms.unsigned_abs() > 8_640_000_000_000_000 {
            return None;
        }
        let days = (ms + self.offset_ms(ms)).div_euclid(DAY_MS as i64);
        let days = i32::try_from(days).ok()?;
        let first = Day::new(1970, 1, 1)?;
        let day = first.plus(days);
        // Beyond the calendar there is no way back.
        (day.plus(-days) == first).then_some(day)
    }

    async fn breathe(&self) {
        breath().await;
    }
}
