//! Counts that must match their lists.

use crate::domain::limits::defect::{Defect, Remedy};
use crate::domain::limits::edit::Change;
use crate::domain::limits::fact::{Fact, Look};
use crate::domain::limits::finding::Judgement;
use crate::domain::limits::judge::Limit;
use crate::domain::limits::pattern::Pattern;
use crate::domain::limits::scalar::Scalar;
use crate::domain::path::Path;

/// A count, and the list that it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountRule {
    /// The list, from the body's root; its wildcards stand for the same keys, in the same order, as
    /// those of the count.
    pub of: Pattern,
}

impl CountRule {
    /// Judges the count at a path. Of an object the values are counted.
    pub fn check(&self, limit: &Limit, path: &Path, look: &dyn Look) -> Option<Judgement> {
        let list = self.of.beside(&limit.path, path)?;
        let (count, fact) = (look.fact(path), look.fact(&list));
        let len = match &fact {
            Fact::Array(len) => *len,
            Fact::Object => u32::try_from(look.keys(&list).len()).ok()?,
            _ => return None,
        };
        judge(limit, path, &count, len)
    }
}

/// Judges a count by the length of its list. It is lowered to it, never raised; one that is not
/// there is none.
pub fn judge(limit: &Limit, path: &Path, count: &Fact, len: u32) -> Option<Judgement> {
    let defect = match count {
        fact if fact.is_absent() => return None,
        Fact::Number(number) if *number > f64::from(len) => {
            let change = Change::Set(Scalar::Number(len.into()));
            Defect::new("CountTooHigh", "must be the length of its list").with(Remedy::Cap(change))
        }
        Fact::Number(number) if number.is_nan() || number.fract() != 0.0 => malformed(),
        Fact::Number(number) if *number < f64::from(len) => Defect::new(
            "CountTooLow",
            "must be the length of its list; is never raised",
        ),
        Fact::Number(_) => return None,
        _ => malformed(),
    };
    Some(limit.settle(path, count, defect))
}

fn malformed() -> Defect {
    Defect::new("CountMalformed", "must be a whole number")
}
