//! One limit, and how its rules become judgements.

use crate::domain::limits::count::CountRule;
use crate::domain::limits::day::Context;
use crate::domain::limits::defect::{Defect, Remedy};
use crate::domain::limits::edit::{Change, Edit};
use crate::domain::limits::fact::{Fact, Look};
use crate::domain::limits::finding::{Action, Finding, Judgement};
use crate::domain::limits::kinds::Kinds;
use crate::domain::limits::pattern::Pattern;
use crate::domain::limits::shown::Shown;
use crate::domain::limits::streak::StreakRule;
use crate::domain::limits::value::Rule;
use crate::domain::path::Path;

/// What is asked of the values at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Where they lie.
    pub path: Pattern,
    /// What is asked.
    pub check: Check,
    /// What becomes of one that is not so.
    pub action: Action,
    /// What becomes of one that should be capped and can't be; never `cap`.
    pub otherwise: Action,
    /// Whether its values are secrets.
    pub secret: bool,
    /// Whether nothing but lengths may be shown: of a secret, by this limit or by another one.
    pub hidden: bool,
}

/// What a limit asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// Rules for each value by itself.
    Value(ValueRules),
    /// A streak fits its last day, its history and its best value.
    Streak(StreakRule),
    /// A count matches its list.
    Count(CountRule),
}

/// Rules for one value: the first that it breaks is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueRules {
    /// Whether there must be a value.
    pub required: bool,
    /// Whether `null` is as good as a value.
    pub nullable: bool,
    /// In the order in which they are looked at.
    pub rules: Vec<Rule>,
}

impl ValueRules {
    /// Kinds of values that every rule can be content with.
    pub fn kinds(&self) -> Kinds {
        self.rules
            .iter()
            .fold(Kinds::ALL, |kinds, rule| kinds.and(rule.kinds()))
    }

    fn defect(&self, fact: &Fact, context: &Context<'_>) -> Option<Defect> {
        let null = *fact == Fact::Null;
        if null && self.nullable {
            return None;
        }
        if self.required && (fact.is_missing() || null) {
            return Some(Defect::new("Missing", "must be there"));
        }
        if fact.is_missing() {
            return None;
        }
        let kinds = self.kinds();
        if !kinds.meets(fact.kind()) {
            return Some(Defect::new(
                "WrongType",
                format!("must be {}", kinds.names()),
            ));
        }
        let found: Vec<_> = self
            .rules
            .iter()
            .filter_map(|rule| rule.defect(fact, context))
            .collect();
        // What is only odd must not hide what is wrong.
        let wrong = found
            .iter()
            .find(|defect| defect.remedy != Remedy::Harmless);
        wrong.or(found.first()).cloned()
    }
}

impl Limit {
    /// The limit of a streak as it is without options of its own: what it can't have is capped.
    pub fn streak(path: Pattern, rule: StreakRule) -> Self {
        Self {
            path,
            check: Check::Streak(rule),
            action: Action::Cap,
            otherwise: Action::Warn,
            secret: false,
            hidden: false,
        }
    }

    /// Calls all that it comes upon a secret.
    pub fn hide(&mut self) {
        self.secret = true;
        self.hidden = true;
    }

    /// Whether what lies at a path is a secret by this limit.
    pub fn hides(&self, path: &Path) -> bool {
        self.secret && self.path.covers(path)
    }

    /// Whether the limit is made to change what lies at a path. What a wildcard means is only known
    /// of a body.
    pub fn changes(&self, path: &Path) -> bool {
        let changes = |action: Action| matches!(action, Action::Cap | Action::Drop);
        match &self.check {
            _ if self.path.wildcards() > 0 => false,
            Check::Value(_) | Check::Count(_) => {
                (changes(self.action) || changes(self.otherwise)) && self.path.covers(path)
            }
            Check::Streak(rule) => {
                let fields = [&rule.fields.current, &rule.fields.best];
                let edits = fields.map(|field| self.path.then(field));
                self.action != Action::Warn && edits.iter().any(|edit| edit.covers(path))
            }
        }
    }

    /// Judges everything that the limit means in a body. Limits are checked one after another, each
    /// on the body as the edits of those before have left it.
    pub fn check(&self, look: &dyn Look, context: &Context<'_>) -> Vec<Judgement> {
        let judge_at = |path: Path| match &self.check {
            Check::Value(rules) => {
                let found = judge(self, rules, &path, &look.fact(&path), context);
                found.into_iter().collect()
            }
            Check::Streak(rule) => rule.check(self, &path, look, context),
            Check::Count(rule) => rule.check(self, &path, look).into_iter().collect(),
        };
        self.path
            .paths(look)
            .into_iter()
            .flat_map(judge_at)
            .collect()
    }

    /// The judgement on a defect, by the limit's action.
    pub fn settle(&self, path: &Path, fact: &Fact, defect: Defect) -> Judgement {
        let (action, change) = match (self.action, defect.remedy) {
            (_, Remedy::Harmless) => (Action::Warn, None),
            (Action::Cap, Remedy::Cap(change)) => (Action::Cap, Some(change)),
            (Action::Cap, Remedy::None) => (self.otherwise, None),
            (action, _) => (action, None),
        };
        let (action, change) = match action {
            // There is nothing to take away.
            Action::Drop if fact.is_missing() => (Action::Warn, None),
            Action::Drop => (Action::Drop, Some(Change::Remove)),
            _ => (action, change),
        };
        self.judgement(path, fact, (defect.code, defect.why), action, change)
    }

    /// A judgement in its final form; `told` is its code and why.
    pub fn judgement(
        &self,
        path: &Path,
        fact: &Fact,
        told: (&'static str, String),
        action: Action,
        change: Option<Change>,
    ) -> Judgement {
        let becomes = match &change {
            Some(change) => fact.after(change),
            None => fact.clone(),
        };
        let shown_path = match self.hidden {
            true => self.path.hide(path),
            false => path.clone(),
        };
        Judgement {
            path: path.clone(),
            finding: Finding {
                code: told.0.into(),
                path: shown_path.to_string(),
                action,
                was: Shown::of(fact, self.hidden),
                becomes: Shown::of(&becomes, self.hidden),
                why: told.1,
            },
            edit: change.map(|change| Edit {
                path: path.clone(),
                change,
            }),
        }
    }
}

/// Judges one value; `None` where it is as it should be.
pub fn judge(
    limit: &Limit,
    rules: &ValueRules,
    path: &Path,
    fact: &Fact,
    context: &Context<'_>,
) -> Option<Judgement> {
    let mut defect = rules.defect(fact, context)?;
    // A cap that only trades one defect for another mends nothing.
    if let Remedy::Cap(change) = &defect.remedy
        && let Some(next) = rules.defect(&fact.after(change), context)
        && next.remedy != Remedy::Harmless
    {
        defect.remedy = Remedy::None;
    }
    Some(limit.settle(path, fact, defect))
}
