//! What is told of a streak, step by step: each finding begins where the one before ended.

use super::evidence::{Evidence, Last};
use super::length::Length;
use super::{Fields, StreakFacts, StreakRule};
use crate::domain::limits::day::Context;
use crate::domain::limits::edit::Change;
use crate::domain::limits::fact::Fact;
use crate::domain::limits::finding::{Action, Judgement};
use crate::domain::limits::judge::Limit;
use crate::domain::limits::scalar::{Finite, Scalar};
use crate::domain::path::Path;

/// Judgements on one streak.
pub struct Story<'a> {
    limit: &'a Limit,
    /// The rule.
    pub rule: &'a StreakRule,
    base: &'a Path,
    /// What was found.
    pub facts: &'a StreakFacts,
    /// What was told so far.
    pub judgements: Vec<Judgement>,
}

/// How much a finding weighs: only a contradiction can lead to a quarantine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It is in order; time has passed, or there is more than is carried over.
    Usual,
    /// Its values contradict each other.
    Contradiction,
}

impl<'a> Story<'a> {
    /// A story of which nothing is told.
    pub fn new(
        limit: &'a Limit,
        rule: &'a StreakRule,
        base: &'a Path,
        facts: &'a StreakFacts,
    ) -> Self {
        Self {
            limit,
            rule,
            base,
            facts,
            judgements: Vec::new(),
        }
    }

    /// Tells what is wrong with the last day and the history. They are left as they are.
    pub fn tell_dates(&mut self, evidence: &Evidence) {
        use Weight::{Contradiction, Usual};
        let Fields { last, history, .. } = &self.rule.fields;
        let tolerance = self.rule.future_tolerance;
        let future = format!("must not lie more than {tolerance} days in the future");
        let entries = match &self.facts.history {
            super::History::Absent => Fact::Missing,
            super::History::NotAList(fact) => fact.clone(),
            super::History::Entries(list) => {
                Fact::Array(u32::try_from(list.len()).unwrap_or(u32::MAX))
            }
        };
        let last_fact = &self.facts.last;
        if evidence.wrong_weekday {
            let why = "names another weekday than its day has; the day was taken";
            self.note(last, last_fact, ("WeekdayWrong", why), Usual);
        }
        match (evidence.last, evidence.newest_in_history) {
            (Last::Future, _) => {
                self.note(
                    last,
                    last_fact,
                    ("StreakDateInFuture", &future),
                    Contradiction,
                );
            }
            (Last::Unreadable, _) => {
                let told = ("StreakDateUnreadable", "must be a date");
                self.note(last, last_fact, told, Contradiction);
            }
            (Last::On(day), Some(newest)) if newest > day => {
                let told = ("StreakDatesDiffer", "must be the newest day of the history");
                self.note(last, last_fact, told, Contradiction);
            }
            _ => {}
        }
        if evidence.unreadable {
            let why = "must be a list of dates, or of objects with a date";
            self.note(history, &entries, ("HistoryUnreadable", why), Contradiction);
        }
        if evidence.future {
            let why = "has days that lie too far in the future; they do not count";
            self.note(
                history,
                &entries,
                ("StreakDateInFuture", why),
                Contradiction,
            );
        }
    }

    /// Tells what becomes of the current streak. Returns the days that it may claim to have had,
    /// also when it has expired since.
    pub fn tell_current(&mut self, evidence: &Evidence, context: &Context<'_>) -> Option<f64> {
        use Weight::{Contradiction, Usual};
        let path = &self.rule.fields.current;
        let mut fact = self.facts.current.clone();
        let found = match Length::read(&fact) {
            Length::Absent => return None,
            Length::Days(days) => days,
            Length::Odd(days, why) => {
                fact = self.step(path, &fact, ("StreakMalformed", why), days, Contradiction);
                days
            }
            Length::Malformed => {
                let told = ("StreakMalformed", "must be a whole number of days");
                self.step(path, &fact, told, 0.0, Contradiction);
                return None;
            }
        };
        let supported = evidence
            .support
            .map_or(found, |most| found.min(most.into()));
        let carried = supported.min(self.rule.max_days.into());
        let yesterday = context.today.plus(-1);
        let expired = evidence.newest.is_some_and(|newest| newest < yesterday);
        if found > 0.0 && expired {
            let told = ("StreakExpired", "its last day is before yesterday");
            self.step(path, &fact, told, 0.0, Usual);
            return Some(carried);
        }
        if found > supported {
            let told = ("StreakUnsupported", "must fit the days of its history");
            fact = self.step(path, &fact, told, supported, Contradiction);
        }
        if supported > carried {
            let why = format!("at most {} days are carried over", self.rule.max_days);
            fact = self.step(path, &fact, ("StreakCapped", &why), carried, Usual);
        }
        if carried > 0.0 && evidence.newest.is_none() && evidence.last == Last::Absent {
            let told = (
                "StreakUndated",
                "should have the day on which it was last kept up",
            );
            self.note(path, &fact, told, Usual);
        }
        Some(carried)
    }

    /// Tells something that nothing is done about.
    pub fn note(&mut self, field: &Path, fact: &Fact, told: (&'static str, &str), weight: Weight) {
        let action = match (self.limit.action, weight) {
            (Action::Quarantine, Weight::Contradiction) => Action::Quarantine,
            _ => Action::Warn,
        };
        self.tell(field, fact, told, action, None);
    }

    /// Tells that a value becomes another. Returns what lies there then.
    pub fn step(
        &mut self,
        field: &Path,
        fact: &Fact,
        told: (&'static str, &str),
        days: f64,
        weight: Weight,
    ) -> Fact {
        let change = Finite::new(days).map(|days| Change::Set(Scalar::Number(days)));
        let (action, change) = match (self.limit.action, weight, change) {
            (Action::Cap, _, Some(change)) | (Action::Quarantine, Weight::Usual, Some(change)) => {
                (Action::Cap, Some(change))
            }
            (Action::Quarantine, Weight::Contradiction, _) => (Action::Quarantine, None),
            _ => (Action::Warn, None),
        };
        let after = change
            .as_ref()
            .map_or_else(|| fact.clone(), |change| fact.after(change));
        self.tell(field, fact, told, action, change);
        after
    }

    fn tell(
        &mut self,
        field: &Path,
        fact: &Fact,
        (code, why): (&'static str, &str),
        action: Action,
        change: Option<Change>,
    ) {
        let path = self.base.join(field);
        let told = (code, why.to_owned());
        let judgement = self.limit.judgement(&path, fact, told, action, change);
        self.judgements.push(judgement);
    }
}
