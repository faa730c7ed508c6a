//! Limits: what the values of a body may be, as a list in the configuration. They are judged from
//! facts that a port reads; judgements hold edits that a port carries out, on a copy.
//!
//! Nothing here reads a clock or knows a zone: the caller says what day it is, and on what day of
//! the person's a moment lies. No cap raises a value, and no value gets into `why`.

mod codes;
mod count;
mod day;
mod defect;
mod edit;
mod expression;
mod fact;
mod finding;
mod findings;
mod judge;
mod kinds;
mod parse;
mod pattern;
mod scalar;
mod secrets;
mod shown;
mod streak;
mod value;

pub use codes::CODES;
pub use count::{CountRule, judge as count};
pub use day::{Context, Day, Reading, read as read_day};
pub use defect::{Defect, Remedy};
pub use edit::{Change, Edit, in_order};
pub use expression::Expression;
pub use fact::{Fact, Look, MAX_UNITS};
pub use finding::{Action, Finding, Judgement, PublicFinding};
pub use findings::{Findings, MAX_RECORDED, MAX_WARNINGS};
pub use judge::{Check, Limit, ValueRules, judge};
pub use kinds::Kinds;
pub use parse::{STREAK, parse, parse_one};
pub use pattern::{Pattern, Step};
pub use scalar::{Finite, Scalar};
pub use shown::{MAX_SHOWN, Plain, Shown};
pub use streak::{
    Fields, History, MAX_DAYS, Standing, StreakFacts, StreakRule, days, judge as streak, standing,
};
pub use value::{Keep, Rule, Type};

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod twin;
