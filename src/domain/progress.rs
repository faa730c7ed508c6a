//! Progress: how far, how fast, how long still.

use crate::domain::key::Key;
use serde::Serialize;
use std::cell::Cell;

/// What a long call is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Looking at what there is.
    Scanning,
    /// Capturing state.
    Capturing,
    /// Moving sessions, or rehearsing it.
    Migrating,
    /// Carrying state over from one key to another.
    Carrying,
    /// Checking what is stored.
    Verifying,
    /// Waiting for another tab; the figures are that tab's.
    Waiting,
    /// At the end.
    Complete,
    /// Stopped by its signal.
    Cancelled,
}

/// How far a run is, as other tabs are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Sessions that are through.
    pub done: u32,
    /// Sessions in all.
    pub total: u32,
}

/// The session that is being worked on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// Its id, as far as known.
    pub id: Option<Key>,
    /// Its name for people.
    pub label: Option<String>,
    /// Name of the source it lies in.
    pub source: Option<String>,
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
    /// Bytes that are through, approximately.
    pub bytes_done: u64,
    /// Bytes in all, by the average so far; `null` until there is one.
    pub bytes_total: Option<u64>,
    /// Bytes a second since the start.
    pub bytes_per_second: f64,
    /// The session that is being worked on.
    pub session_id: Option<Key>,
    /// Its name for people.
    pub label: Option<String>,
    /// Name of the source it lies in, or came from.
    pub source: Option<String>,
    /// Milliseconds still needed, by the pace so far; `null` until there is a pace.
    pub eta_ms: Option<f64>,
    /// The percent of the line for people: full tens, and 100 only at the end.
    pub percent: u32,
    /// The line for people.
    pub message: String,
}

impl Progress {
    /// That this run, which is at `percent`, waits for another tab that has told how far it is.
    pub fn waiting(told: Told, percent: u32) -> Self {
        let Told { done, total } = told;
        let number = done.saturating_add(1).min(total);
        Self {
            phase: Phase::Waiting,
            done,
            total,
            bytes_done: 0,
            bytes_total: None,
            bytes_per_second: 0.0,
            session_id: None,
            label: None,
            source: None,
            eta_ms: None,
            percent,
            message: format!("Waiting for another tab, which is at session {number} of {total}"),
        }
    }
}

/// Counts a run and derives pace and remaining time.
#[derive(Debug, Clone)]
pub struct Pace {
    started_ms: f64,
    total: u32,
    done: u32,
    /// Sessions that have been begun, and are not through.
    under_way: u32,
    bytes: u64,
    percent: Cell<u32>,
}

impl Pace {
    /// A run over `total` sessions, begun at `now_ms`.
    pub fn new(total: u32, now_ms: f64) -> Self {
        Self {
            started_ms: now_ms,
            total,
            done: 0,
            under_way: 0,
            bytes: 0,
            percent: Cell::new(0),
        }
    }

    /// One session is begun, beside those that are under way.
    pub fn begin(&mut self) {
        self.under_way += 1;
    }

    /// One session is through.
    pub fn advance(&mut self, bytes: u64) {
        self.give_up();
        self.done += 1;
        self.bytes += bytes;
    }

    /// One that was begun is not gone on with.
    pub fn give_up(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// What other tabs are told.
    pub fn told(&self) -> Told {
        let Self { done, total, .. } = *self;
        Told { done, total }
    }

    /// A record turned out to be no session, or one more than was thought.
    pub fn correct(&mut self, by: i32) {
        self.total = self.total.saturating_add_signed(by).max(self.done);
    }

    /// The number of the session that is begun next, or was just now, and of all: `4/35`.
    pub fn position(&self) -> String {
        let number = self.number();
        format!("{number}/{}", self.total.max(number))
    }

    fn number(&self) -> u32 {
        self.done + self.under_way.max(1)
    }

    /// The event for this moment.
    pub fn event(&self, phase: Phase, message: String, about: About, now_ms: f64) -> Progress {
        let elapsed = (now_ms - self.started_ms).max(0.0);
        let left = f64::from(self.total.saturating_sub(self.done));
        let average = |sum: f64| (self.done > 0).then(|| sum / f64::from(self.done));
        let bytes_left = average(self.bytes as f64).map(|bytes| (bytes * left) as u64);
        Progress {
            phase,
            done: self.done,
            total: self.total,
            bytes_done: self.bytes,
            bytes_total: bytes_left.map(|left| self.bytes + left),
            bytes_per_second: if elapsed > 0.0 {
                self.bytes as f64 * 1000.0 / elapsed
            } else {
                0.0
            },
            session_id: about.id,
            label: about.label,
            source: about.source,
            eta_ms: average(elapsed).map(|each| each * left),
            percent: self.percent(phase),
            message,
        }
    }

    /// Full tens of the session that is being worked on, so that a long run prints steady figures:
    /// `[10%] Migrating session 4/35`. Never less than before, though the total may grow.
    fn percent(&self, phase: Phase) -> u32 {
        let percent = match phase {
            Phase::Complete => 100,
            Phase::Scanning | Phase::Capturing => 0,
            Phase::Carrying => 90,
            Phase::Cancelled | Phase::Waiting => self.percent.get(),
            Phase::Migrating | Phase::Verifying => {
                let number = u64::from(self.number());
                let tens = number * 10 / u64::from(self.total).max(number);
                (tens as u32 * 10).min(90)
            }
        };
        self.percent.set(percent.max(self.percent.get()));
        self.percent.get()
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn percent(pace: &Pace, phase: Phase) -> u32 {
        pace.event(phase, String::new(), About::default(), 0.0)
            .percent
    }

    #[test]
    fn tells_pace_and_remaining_time() {
        let mut pace = Pace::new(4, 1000.0);
        let event = pace.event(Phase::Migrating, String::new(), About::default(), 1000.0);
        assert_eq!((event.eta_ms, event.bytes_total), (None, None));
        pace.advance(1_000_000);
        let event = pace.event(Phase::Migrating, String::new(), About::default(), 1500.0);
        assert_eq!(
            (event.eta_ms, event.bytes_total),
            (Some(1500.0), Some(4_000_000))
        );
        assert_eq!(event.bytes_per_second, 2_000_000.0);
    }

    #[test]
    fn percent_goes_by_full_tens() {
        let mut pace = Pace::new(35, 0.0);
        let mut at = Vec::new();
        for number in 1..=35 {
            at.push((number, percent(&pace, Phase::Migrating)));
            pace.advance(1);
        }
        for expected in [
            (1, 0),
            (3, 0),
            (4, 10),
            (8, 20),
            (12, 30),
            (34, 90),
            (35, 90),
        ] {
            assert!(at.contains(&expected), "{expected:?} in {at:?}");
        }
        assert_eq!(percent(&pace, Phase::Complete), 100);
    }

    #[test]
    fn sessions_under_way_at_once_have_numbers_of_their_own() {
        let mut pace = Pace::new(20, 0.0);
        let mut at = Vec::new();
        for _ in 0..4 {
            pace.begin();
            at.push((pace.position(), percent(&pace, Phase::Migrating)));
        }
        pace.advance(1);
        pace.give_up();
        pace.begin();
        at.push((pace.position(), percent(&pace, Phase::Migrating)));
        let expected = [
            ("1/20", 0),
            ("2/20", 10),
            ("3/20", 10),
            ("4/20", 20),
            ("4/20", 20),
        ];
        assert_eq!(at, expected.map(|(place, percent)| (place.into(), percent)));
        assert_eq!(pace.told(), Told { done: 1, total: 20 });
    }

    #[test]
    fn a_clock_that_runs_backwards_gives_no_negative_time() {
        let mut pace = Pace::new(2, 1000.0);
        pace.advance(1);
        assert_eq!(
            pace.event(Phase::Migrating, String::new(), About::default(), 500.0)
                .eta_ms,
            Some(0.0)
        );
    }

    proptest! {
        #[test]
        fn percent_never_falls_and_ends_at_a_hundred(total in 0u32..500, corrections in proptest::collection::vec(-3i32..4, 0..500)) {
            let mut pace = Pace::new(total, 0.0);
            let mut last = percent(&pace, Phase::Scanning);
            for by in corrections {
                pace.correct(by);
                let now = percent(&pace, Phase::Migrating);
                prop_assert!(last <= now && now < 100);
                last = now;
                pace.advance(7);
            }
            prop_assert!(percent(&pace, Phase::Cancelled) >= last);
            prop_assert_eq!(percent(&pace, Phase::Complete), 100);
        }
    }
}
