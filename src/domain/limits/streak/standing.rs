//! How a streak stands today, for whoever has to choose between two.

use super::evidence::Evidence;
use super::length::Length;
use super::{StreakFacts, StreakRule};
use crate::domain::limits::day::{Context, Day};
use crate::domain::limits::fact::Fact;

/// A streak as its last day and its history have it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// Its days, as far as they are supported; 0 for one that has expired, or is none.
    pub days: f64,
    /// The newest day that anything proves.
    pub newest: Option<Day>,
}

/// Whole days that a value says, from 0; `None` where it says none.
pub fn days(fact: &Fact) -> Option<f64> {
    match Length::read(fact) {
        Length::Days(days) | Length::Odd(days, _) => Some(days),
        Length::Absent | Length::Malformed => None,
    }
}

/// How a streak stands, whatever is carried over of it.
pub fn standing(facts: &StreakFacts, rule: &StreakRule, context: &Context<'_>) -> Standing {
    let evidence = Evidence::gather(facts, rule, context);
    let yesterday = context.today.plus(-1);
    let expired = evidence.newest.is_some_and(|newest| newest < yesterday);
    let claimed = days(&facts.current).filter(|_| !expired).unwrap_or(0.0);
    let most = evidence.support.map_or(claimed, f64::from);
    Standing {
        days: claimed.min(most),
        newest: evidence.newest,
    }
}
