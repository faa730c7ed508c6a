//! Progress: how far, how fast, how long still.

use serde::Serialize;

/// What a long call is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Looking at what there is.
    Scanning,
    /// Moving sessions, or rehearsing it.
    Migrating,
    /// At the end.
    Complete,
    /// Stopped by its signal.
    Cancelled,
}

/// The event that `onProgress` gets beside message and percent.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Sessions that are through.
    pub done: u32,
    /// Sessions in all, of those that this run has to look at.
    pub total: u32,
    /// Percent of sessions that are through, rounded down.
    pub percent: u32,
    /// The session that is being worked on.
    pub session_id: Option<crate::domain::key::Key>,
    /// Bytes moved so far, approximately.
    pub bytes: u64,
    /// Bytes a second since the start.
    pub bytes_per_second: f64,
    /// Milliseconds still needed, by the pace so far; `null` until there is a pace.
    pub remaining_ms: Option<f64>,
    /// The line for people.
    pub message: String,
}

/// Counts a run and derives pace and remaining time.
#[derive(Debug, Clone)]
pub struct Pace {
    started_ms: f64,
    total: u32,
    done: u32,
    bytes: u64,
}

impl Pace {
    /// A run over `total` sessions, begun at `now_ms`.
    pub fn new(total: u32, now_ms: f64) -> Self {
        Self {
            started_ms: now_ms,
            total,
            done: 0,
            bytes: 0,
        }
    }

    /// One session is through.
    pub fn advance(&mut self, bytes: u64) {
        self.done += 1;
        self.bytes += bytes;
    }

    /// A record turned out to be no session, or one more than was thought.
    pub fn correct(&mut self, by: i32) {
        self.total = self.total.saturating_add_signed(by);
    }

    /// The number of the session that is being worked on, and of all: `4/35`.
    pub fn position(&self) -> String {
        let number = self.done + 1;
        format!("{number}/{}", self.total.max(number))
    }

    /// The event for this moment.
    pub fn event(
        &self,
        phase: Phase,
        message: String,
        session_id: Option<crate::domain::key::Key>,
        now_ms: f64,
    ) -> Progress {
        let elapsed = (now_ms - self.started_ms).max(0.0);
        let left = f64::from(self.total.saturating_sub(self.done));
        let percent = match phase {
            Phase::Complete => 100,
            _ if self.total == 0 => 0,
            _ => ((u64::from(self.done) * 100) / u64::from(self.total)).min(99) as u32,
        };
        Progress {
            phase,
            done: self.done,
            total: self.total,
            percent,
            session_id,
            bytes: self.bytes,
            bytes_per_second: if elapsed > 0.0 {
                self.bytes as f64 * 1000.0 / elapsed
            } else {
                0.0
            },
            remaining_ms: (self.done > 0).then(|| elapsed / f64::from(self.done) * left),
            message,
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn tells_pace_and_remaining_time() {
        let mut pace = Pace::new(4, 1000.0);
        assert_eq!(
            pace.event(Phase::Migrating, String::new(), None, 1000.0)
                .remaining_ms,
            None
        );
        pace.advance(1_000_000);
        let event = pace.event(Phase::Migrating, String::new(), None, 1500.0);
        assert_eq!((event.percent, event.remaining_ms), (25, Some(1500.0)));
        assert_eq!(event.bytes_per_second, 2_000_000.0);
    }

    #[test]
    fn a_hundred_means_complete() {
        let mut pace = Pace::new(1, 0.0);
        pace.advance(1);
        assert_eq!(
            pace.event(Phase::Migrating, String::new(), None, 1.0)
                .percent,
            99
        );
        assert_eq!(
            pace.event(Phase::Complete, String::new(), None, 1.0)
                .percent,
            100
        );
    }

    #[test]
    fn a_clock_that_runs_backwards_gives_no_negative_time() {
        let mut pace = Pace::new(2, 1000.0);
        pace.advance(1);
        assert_eq!(
            pace.event(Phase::Migrating, String::new(), None, 500.0)
                .remaining_ms,
            Some(0.0)
        );
    }
}
