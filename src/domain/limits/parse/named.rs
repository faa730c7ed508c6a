//! Named rules, from plain data.

use crate::domain::config::fields::{Fields, invalid, known_fields, whole};
use crate::domain::limits::count::CountRule;
use crate::domain::limits::pattern::Pattern;
use crate::domain::limits::streak::{self, MAX_DAYS, StreakRule};
use crate::domain::path::Path;
use crate::error::Result;
use serde_json::Value;

/// Longest tolerance of a date in the future, in days: more would be none.
pub const MAX_TOLERANCE: u32 = 366;

/// A streak.
pub fn streak(fields: &Fields<'_>) -> Result<StreakRule> {
    let days =
        |field: &str, min: u32, max: u32| whole(&fields.name(field), fields.get(field), min, max);
    let default = StreakRule::default();
    Ok(StreakRule {
        max_days: days("maxDays", 1, u32::MAX)?.unwrap_or(MAX_DAYS),
        max_best: days("maxBest", 1, u32::MAX)?,
        history_keeps: days("historyKeeps", 1, u32::MAX)?,
        future_tolerance: days("futureToleranceDays", 0, MAX_TOLERANCE)?
            .unwrap_or(default.future_tolerance),
        fields: streak_fields(fields)?,
    })
}

fn streak_fields(fields: &Fields<'_>) -> Result<streak::Fields> {
    let default = streak::Fields::default();
    let name = fields.name("fields");
    let map = match fields.get("fields") {
        None => return Ok(default),
        Some(Value::Object(map)) => map,
        Some(_) => {
            return invalid(
                &name,
                "must be { current, lastDate, best, history, historyDate }",
            );
        }
    };
    let known = ["current", "lastDate", "best", "history", "historyDate"];
    known_fields(map, &name, &known)?;
    let own = Fields { map, at: &name };
    let path = |field: &str, default: Path| match own.path(field)? {
        Some(path) if path.is_root() => invalid(&own.name(field), "must not be empty"),
        Some(path) => Ok(path),
        None => Ok(default),
    };
    let found = streak::Fields {
        current: path("current", default.current)?,
        last: path("lastDate", default.last)?,
        best: path("best", default.best)?,
        history: path("history", default.history)?,
        date: path("historyDate", default.date)?,
    };
    // An edit of the one must not be an edit of another.
    let edited = [("current", &found.current), ("best", &found.best)];
    for (field, path) in edited {
        let others = [&found.current, &found.last, &found.best, &found.history];
        let meeting = others
            .iter()
            .filter(|other| other.starts_with(path) || path.starts_with(other));
        if meeting.count() > 1 {
            return invalid(&own.name(field), "must be a field of its own");
        }
    }
    Ok(found)
}

/// A count of a list.
pub fn count(fields: &Fields<'_>, path: &Pattern) -> Result<CountRule> {
    let name = fields.name("of");
    match fields.get("of").and_then(Pattern::parse) {
        None => invalid(&name, "must be the path of the list, from the body's root"),
        Some(of) if of.wildcards() > path.wildcards() => invalid(
            &name,
            "must not have more `*` than `path`, whose keys they stand for",
        ),
        Some(of) => Ok(CountRule { of }),
    }
}
