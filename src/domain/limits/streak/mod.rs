//! Streaks: a number of days in a row, its last day, its history and its best value must fit.
//!
//! - All days are calendar days in the person's zone. What the last day and the history prove is in
//!   `evidence`; how many days a value says, in `length`.
//! - A streak whose last day lies before yesterday has expired: `current` becomes 0, the best stays.
//! - A last day in the future is not trusted: the clock of the device was wrong. The streak then has
//!   the length that its history proves, up to the newest day that can be; without one, none.
//! - A streak that its history contradicts is capped to what the history supports.
//! - At last it is capped to the days that are carried over. This never refuses a session.
//! - Nothing is ever raised. A best value that is too low is reported.

mod best;
mod evidence;
mod length;
mod standing;
mod story;

use crate::domain::limits::day::Context;
use crate::domain::limits::defect::Defect;
use crate::domain::limits::fact::{Fact, Look};
use crate::domain::limits::finding::Judgement;
use crate::domain::limits::judge::Limit;
use crate::domain::path::Path;
use evidence::Evidence;
pub use standing::{Standing, days, standing};
use story::Story;

/// Days of a streak that are carried over, unless configured.
pub const MAX_DAYS: u32 = 30;

/// Where the values of a streak lie, below the object that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// Days of the streak.
    pub current: Path,
    /// The last day of it.
    pub last: Path,
    /// The longest streak ever.
    pub best: Path,
    /// A list of days, or of objects with a day.
    pub history: Path,
    /// The day inside such an object.
    pub date: Path,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            current: Path::dotted("current"),
            last: Path::dotted("lastCompletedDate"),
            best: Path::dotted("bestStreak"),
            history: Path::dotted("history"),
            date: Path::dotted("date"),
        }
    }
}

/// What a streak must fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreakRule {
    /// Most days that are carried over.
    pub max_days: u32,
    /// Most days of the best streak; as many as there are, unless configured.
    pub max_best: Option<u32>,
    /// Entries that the application keeps in the history. A history with as many, all of them in the
    /// streak, does not say how long the streak was before. `None` where it keeps all.
    pub history_keeps: Option<u32>,
    /// Days after today that a last day may say: people travel.
    pub future_tolerance: u32,
    /// Where the values lie.
    pub fields: Fields,
}

impl Default for StreakRule {
    fn default() -> Self {
        Self {
            max_days: MAX_DAYS,
            max_best: None,
            history_keeps: None,
            future_tolerance: 1,
            fields: Fields::default(),
        }
    }
}

/// What a history holds.
#[derive(Debug, Clone, PartialEq)]
pub enum History {
    /// There is none, or `null`.
    Absent,
    /// Something that is no list.
    NotAList(Fact),
    /// A fact for each entry: the entry, or the day inside it where it is an object.
    Entries(Vec<Fact>),
}

/// What a port tells of a streak.
#[derive(Debug, Clone, PartialEq)]
pub struct StreakFacts {
    /// Days of the streak.
    pub current: Fact,
    /// Its last day.
    pub last: Fact,
    /// The best.
    pub best: Fact,
    /// The history.
    pub history: History,
}

impl StreakFacts {
    /// Reads the values of the streak that lies at `base`.
    pub fn read(fields: &Fields, base: &Path, look: &dyn Look) -> Self {
        let at = |field: &Path| base.join(field);
        let entry = |path: Path| match look.fact(&path) {
            Fact::Object => look.fact(&path.join(&fields.date)),
            fact => fact,
        };
        let list = at(&fields.history);
        let history = match look.fact(&list) {
            fact if fact.is_absent() => History::Absent,
            Fact::Array(_) => {
                let keys = look.keys(&list).into_iter();
                History::Entries(keys.map(|key| entry(list.child(key))).collect())
            }
            fact => History::NotAList(fact),
        };
        Self {
            current: look.fact(&at(&fields.current)),
            last: look.fact(&at(&fields.last)),
            best: look.fact(&at(&fields.best)),
            history,
        }
    }
}

impl StreakRule {
    /// Judges the streak that lies at a path, if there is one.
    pub fn check(
        &self,
        limit: &Limit,
        base: &Path,
        look: &dyn Look,
        context: &Context<'_>,
    ) -> Vec<Judgement> {
        match look.fact(base) {
            Fact::Object => {
                let facts = StreakFacts::read(&self.fields, base, look);
                judge(limit, self, base, &facts, context)
            }
            fact if fact.is_absent() => Vec::new(),
            fact => {
                let defect = Defect::new("WrongType", "must be an object that holds a streak");
                vec![limit.settle(base, &fact, defect)]
            }
        }
    }
}

/// Judges a streak; `base` is where it lies. The edits touch `current` and the best alone.
pub fn judge(
    limit: &Limit,
    rule: &StreakRule,
    base: &Path,
    facts: &StreakFacts,
    context: &Context<'_>,
) -> Vec<Judgement> {
    let evidence = Evidence::gather(facts, rule, context);
    let mut story = Story::new(limit, rule, base, facts);
    story.tell_dates(&evidence);
    let claimed = story.tell_current(&evidence, context);
    story.tell_best(claimed);
    story.judgements
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
