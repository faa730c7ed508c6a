//! Time, locks between tabs, and whoever is waiting.

use crate::domain::limits::Day;
use crate::domain::progress::{Progress, Told};
use crate::domain::time::Timestamp;

/// Locks between tabs: a courtesy. What is true is the lease that each [`Fence`] checks.
pub trait Locks {
    /// Held until dropped.
    type Guard: Held;
    /// Open until dropped.
    type Line: Line;

    /// Waits for the lock of that name, for `limit_ms` at most, and goes on without it after that.
    async fn acquire(&self, name: &str, limit_ms: u32) -> Self::Guard;

    /// A line to the other tabs that work on that database.
    fn line(&self, database: &str) -> Self::Line;
}

/// How tabs hear how far another one is: a courtesy as well. Where there is none, nobody hears anything.
pub trait Line {
    /// Tells the others how far this run is. Not every time: as often as people can read.
    fn tell(&self, told: Told);
    /// What another tab tells while a lock is waited for here.
    async fn heard(&self) -> Told;
}

/// A lock, or the lack of one.
pub trait Held {
    /// Whether the lock is really held, and so no one else is at work.
    fn exclusive(&self) -> bool;
    /// A token that no other acquisition has.
    fn token(&self) -> &str;
}

/// Time.
pub trait Clock {
    /// The device's clock, which may be wrong and may jump.
    fn now(&self) -> Timestamp;
    /// Milliseconds from some beginning, never backwards.
    fn elapsed_ms(&self) -> f64;
    /// Today on the person's calendar, by the device's clock and zone.
    fn today(&self) -> Day;
    /// The day on the person's calendar of a moment in milliseconds since 1970; `None` where the
    /// calendar has none.
    fn day_of(&self, ms: i64) -> Option<Day>;
    /// Lets the page do what it has to do.
    async fn breathe(&self);
}

/// The caller of a long call: hears of its progress, and may cancel it.
pub trait Watch {
    /// Something happened.
    fn progress(&self, event: &Progress);
    /// A session of a run is through.
    fn through(&self, _told: Told) {}
    /// Whether to stop before the next session.
    fn cancelled(&self) -> bool;
}

/// A caller that does not listen.
pub struct Unwatched;

impl Watch for Unwatched {
    fn progress(&self, _event: &Progress) {}
    fn cancelled(&self) -> bool {
        false
    }
}
