//! What the last day and the history of a streak prove.

use super::{History, StreakFacts, StreakRule};
use crate::domain::limits::day::{self, Context, Day};
use crate::domain::limits::fact::Fact;
use std::collections::BTreeSet;

/// What the last day says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    /// There is none.
    Absent,
    /// A day that can be.
    On(Day),
    /// A day that can't have come: a clock was wrong.
    Future,
    /// Something that is no date.
    Unreadable,
}

/// What is known of the days of a streak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The last day.
    pub last: Last,
    /// Whether it names a wrong weekday.
    pub wrong_weekday: bool,
    /// Whether the history is no list, or has entries that can't be read.
    pub unreadable: bool,
    /// Whether the history has days that can't have come.
    pub future: bool,
    /// The newest day of the history that can be.
    pub newest_in_history: Option<Day>,
    /// The newest day that anything proves.
    pub newest: Option<Day>,
    /// Most days that the streak can have; `None` where nothing contradicts any number.
    pub support: Option<u32>,
}

impl Evidence {
    /// Reads it out of what a port tells.
    pub fn gather(facts: &StreakFacts, rule: &StreakRule, context: &Context<'_>) -> Self {
        let horizon = context.last_plausible(rule.future_tolerance);
        let reading = day::read(&facts.last, context);
        let last = match reading {
            _ if facts.last.is_absent() => Last::Absent,
            None => Last::Unreadable,
            Some(reading) if reading.day > horizon => Last::Future,
            Some(reading) => Last::On(reading.day),
        };
        let entries: &[Fact] = match &facts.history {
            History::Entries(entries) => entries,
            History::Absent | History::NotAList(_) => &[],
        };
        let read: Vec<Day> = entries
            .iter()
            .filter_map(|entry| day::read(entry, context))
            .map(|reading| reading.day)
            .collect();
        let unknown = entries.len() - read.len();
        let mut days: BTreeSet<Day> = read.iter().copied().filter(|day| *day <= horizon).collect();
        let newest_in_history = days.last().copied();
        // An application may write the last day first and the history later. Tomorrow is a day that
        // a traveller may have, but no day that proves anything unless it was written twice.
        if let Last::On(day) = last
            && day <= context.today
        {
            days.insert(day);
        }
        let support = match (entries.is_empty(), last) {
            (true, Last::Future) => Some(0),
            (true, _) => None,
            (false, _) => {
                let run = run(&days, unknown);
                let cut = rule
                    .history_keeps
                    .is_some_and(|keeps| entries.len() >= keeps as usize);
                let open = cut && run.takes_all && last != Last::Future;
                (!open).then_some(run.days)
            }
        };
        let on = match last {
            Last::On(day) => Some(day),
            _ => None,
        };
        Self {
            last,
            wrong_weekday: reading.is_some_and(|reading| reading.wrong_weekday),
            unreadable: unknown > 0 || matches!(facts.history, History::NotAList(_)),
            future: read.iter().any(|day| *day > horizon),
            newest_in_history,
            newest: on.max(days.last().copied()),
            support,
        }
    }
}

struct Run {
    days: u32,
    takes_all: bool,
}

/// The days in a row that end with the newest. An entry that can't be read may stand for any day, so
/// each bridges one that is missing: it must not cost anybody the days before it.
fn run(days: &BTreeSet<Day>, unknown: usize) -> Run {
    let (mut length, mut found, mut spare) = (0, 0, unknown);
    let mut next = days.last().copied();
    while let Some(day) = next {
        match days.contains(&day) {
            true => found += 1,
            false if spare > 0 => spare -= 1,
            false => break,
        }
        length += 1;
        next = day.before();
    }
    if days.is_empty() {
        length = unknown;
    }
    Run {
        days: u32::try_from(length).unwrap_or(u32::MAX),
        takes_all: found == days.len(),
    }
}
