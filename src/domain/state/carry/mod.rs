//! Carrying: what lies under one key of localStorage, merged into what lies under another.
//!
//! Both are JSON texts, and all of it is decided here, from the texts alone. The target keeps its
//! very text but for the values that the merge changes.

mod capped;
mod carried;
mod fill;
mod join;
mod look;
mod merge;
mod parse;
mod plan;
mod preset;
mod report;
mod streak;

pub use carried::{Base, Carried, Sum};
pub use plan::{Plan, Unfit, plan};
pub use preset::carry_preset;
pub use report::{CarryChange, CarryFinding, CarryResult, ClearOffer};

use crate::domain::digest::Digest;
use crate::domain::limits::{Limit, StreakRule};
use crate::domain::path::Path;

/// What is to be carried, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carry {
    /// The key that is read.
    pub from: String,
    /// The key that is merged into.
    pub to: String,
    /// What becomes of which values. Fields that no rule names are filled in where the target lacks
    /// them, at any depth, and otherwise stay as the target has them.
    pub rules: Vec<CarryRule>,
    /// What values may be: kept by what is read before it is merged, and by what the merge changed.
    /// Every streak among the rules has one.
    pub limits: Vec<Limit>,
    /// Where secrets lie: paths in which `*` is any one key and `**` any number.
    pub secrets: Vec<Path>,
    /// Digest of rules, limits and secrets, as they were given.
    pub print: Digest,
    /// Write nothing.
    pub dry_run: bool,
    /// Days that its snapshot lives; those of the configuration otherwise.
    pub keep_days: Option<u32>,
}

/// What becomes of the values at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarryRule {
    /// Where they lie, on both sides.
    pub path: Path,
    /// Which of them is taken.
    pub take: Take,
}

/// How one value comes of two. A value that is not there, or `null`, never takes the place of one that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Take {
    /// The one that is read.
    From,
    /// The one of the target.
    To,
    /// The one that is read, if the target has none.
    Fill,
    /// The later date.
    Newer,
    /// The earlier date.
    Older,
    /// The larger number.
    Max,
    /// The smaller number.
    Min,
    /// Both numbers together. What was carried before is not added again.
    Sum,
    /// The items of both arrays, each once.
    Union,
    /// The streak that goes on, of two.
    Streak(StreakRule),
}

impl Take {
    /// Its name, in options and previews.
    pub fn name(&self) -> &'static str {
        match self {
            Self::From => "from",
            Self::To => "to",
            Self::Fill => "fill",
            Self::Newer => "newer",
            Self::Older => "older",
            Self::Max => "max",
            Self::Min => "min",
            Self::Sum => "sum",
            Self::Union => "union",
            Self::Streak(_) => "streak",
        }
    }
}

impl CarryRule {
    /// The places that the rule decides on.
    pub fn places(&self) -> Vec<Path> {
        match &self.take {
            Take::Streak(streak) => {
                let fields = &streak.fields;
                let below = [&fields.current, &fields.last, &fields.best, &fields.history];
                below.iter().map(|field| self.path.join(field)).collect()
            }
            _ => vec![self.path.clone()],
        }
    }
}
