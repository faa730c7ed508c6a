//! What is told of the best streak.

use super::length::Length;
use super::story::{Story, Weight};

impl Story<'_> {
    /// Tells what is wrong with the best streak: it is lowered where that is configured, and never
    /// raised.
    pub fn tell_best(&mut self, claimed: Option<f64>) {
        use Weight::{Contradiction, Usual};
        let path = &self.rule.fields.best;
        let mut fact = self.facts.best.clone();
        let mut best = match Length::read(&fact) {
            Length::Absent => return,
            Length::Days(days) => days,
            Length::Odd(days, why) => {
                self.note(path, &fact, ("BestMalformed", why), Contradiction);
                days
            }
            Length::Malformed => {
                let told = ("BestMalformed", "must be a whole number of days");
                self.note(path, &fact, told, Contradiction);
                return;
            }
        };
        if let Some(most) = self
            .rule
            .max_best
            .map(f64::from)
            .filter(|most| best > *most)
        {
            let why = format!("must be at most {most} days");
            fact = self.step(path, &fact, ("AboveMaximum", &why), most, Usual);
            best = most;
        } else if best.is_infinite() {
            self.note(
                path,
                &fact,
                ("BestMalformed", "must be a finite number"),
                Contradiction,
            );
        }
        if claimed.is_some_and(|claimed| claimed > best) {
            let told = (
                "BestBelowCurrent",
                "should not be below the streak; is never raised",
            );
            self.note(path, &fact, told, Contradiction);
        }
    }
}
