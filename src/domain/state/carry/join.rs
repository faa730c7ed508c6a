//! Two streaks that both go on.

use crate::domain::limits::Standing;

/// Which of two streaks has the later day.
pub enum Later {
    /// The one that was read.
    From,
    /// Neither.
    Same,
    /// The target's.
    To,
}

/// Two streaks as one.
pub struct Joined {
    /// Its days.
    pub days: f64,
    /// Whose last day it has.
    pub later: Later,
}

/// Two streaks that go on, as one where their days meet, and otherwise the later one. Of one without
/// a day nothing is known but its length.
pub fn join(from: Standing, to: Standing) -> Joined {
    let (Some(read), Some(held)) = (from.newest, to.newest) else {
        let (days, later) = match (from.newest, to.newest) {
            (None, Some(_)) => (to.days, Later::To),
            _ if from.days > to.days => (from.days, Later::From),
            _ => (to.days, Later::To),
        };
        return Joined { days, later };
    };
    let gap = read.since(held);
    let (days, before) = match gap < 0 {
        true => (to.days, from.days),
        false => (from.days, to.days),
    };
    let between = f64::from(gap.abs());
    Joined {
        days: match days >= between {
            true => days.max(before + between),
            false => days,
        },
        later: match gap {
            0 => Later::Same,
            1.. => Later::From,
            _ => Later::To,
        },
    }
}
