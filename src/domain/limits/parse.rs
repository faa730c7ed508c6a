//! Limits, from plain data.

mod named;
mod value;

use crate::domain::config::fields::{Fields, invalid, known_fields};
use crate::domain::limits::finding::Action;
use crate::domain::limits::judge::{Check, Limit};
use crate::domain::limits::pattern::Pattern;
use crate::domain::limits::secrets::spread;
use crate::domain::limits::value::Rule;
use crate::error::Result;
use serde_json::Value;

/// Fields of every limit.
const COMMON: &[&str] = &["path", "action", "secret"];
/// Fields of a limit on values, beside them.
const VALUE: &[&str] = &[
    "otherwise",
    "required",
    "nullable",
    "type",
    "min",
    "max",
    "maxLength",
    "keep",
    "date",
    "pattern",
    "oneOf",
    "cap",
];
/// Fields of a count.
const COUNT: &[&str] = &["rule", "otherwise", "of"];
/// Fields of a streak, wherever one is described.
pub const STREAK: &[&str] = &[
    "rule",
    "maxDays",
    "maxBest",
    "historyKeeps",
    "futureToleranceDays",
    "fields",
];
/// Reads a list of limits; `at` is where it lies, for messages: `limits`.
pub fn parse(value: &Value, at: &str) -> Result<Vec<Limit>> {
    let Value::Array(list) = value else {
        return invalid(at, "must be a list of limits, each { path, … }");
    };
    let limits = list
        .iter()
        .enumerate()
        .map(|(index, value)| parse_one(value, &format!("{at}[{index}]")));
    let mut limits = limits.collect::<Result<Vec<_>>>()?;
    spread(&mut limits);
    Ok(limits)
}

/// Reads one limit, by itself; `at` is where it lies.
pub fn parse_one(value: &Value, at: &str) -> Result<Limit> {
    let Value::Object(map) = value else {
        return invalid(
            at,
            "must be an object such as { path: \"title\", maxLength: 200 }",
        );
    };
    let fields = Fields { map, at };
    let rule = fields.get("rule").map(Value::as_str);
    let own = match rule {
        None => VALUE,
        Some(Some("streak")) => STREAK,
        Some(Some("count")) => COUNT,
        Some(_) => return invalid(&fields.name("rule"), "must be \"streak\" or \"count\""),
    };
    known_fields(map, at, &[COMMON, own].concat())?;
    let Some(pattern) = map.get("path").and_then(Pattern::parse) else {
        return invalid(
            &fields.name("path"),
            "must be a path: dotted text, or a list of keys; `*` is any key",
        );
    };
    let check = match rule {
        None => Check::Value(value::rules(&fields)?),
        Some(Some("streak")) => Check::Streak(named::streak(&fields)?),
        Some(_) => Check::Count(named::count(&fields, &pattern)?),
    };
    let action = action(&fields, &check, &pattern)?;
    Ok(Limit {
        otherwise: otherwise(&fields, action, &pattern)?,
        secret: fields.flag("secret", false)?,
        hidden: false,
        path: pattern,
        check,
        action,
    })
}

/// What becomes of a value that breaks the limit: by default nothing is lost, and what has a bound of
/// its own is capped to it.
fn action(fields: &Fields<'_>, check: &Check, path: &Pattern) -> Result<Action> {
    let name = fields.name("action");
    let rules: &[Rule] = match check {
        Check::Value(value) => &value.rules,
        Check::Streak(_) | Check::Count(_) => &[],
    };
    let named = !matches!(check, Check::Value(_));
    let caps = named || rules.iter().any(|rule| matches!(rule, Rule::Cap { .. }));
    let bounded = caps
        || rules.iter().any(|rule| {
            matches!(
                rule,
                Rule::MaxLength { .. } | Rule::Range { max: Some(_), .. }
            )
        });
    let action = match fields.get("action") {
        None if caps => return Ok(Action::Cap),
        None => return Ok(Action::Warn),
        Some(value) => match value.as_str().and_then(named_action) {
            Some(action) => action,
            None => {
                return invalid(
                    &name,
                    "must be \"cap\", \"drop\", \"quarantine\" or \"warn\"",
                );
            }
        },
    };
    match (action, check) {
        (Action::Cap, _) if !bounded => invalid(
            &name,
            "can be \"cap\" only where `max`, `maxLength` or `cap` says to what",
        ),
        (Action::Drop, _) if path.is_root() => {
            invalid(&name, "can't be \"drop\" for the body itself")
        }
        (Action::Drop, Check::Streak(_)) => invalid(
            &name,
            "must be \"cap\", \"quarantine\" or \"warn\" for a streak",
        ),
        (Action::Cap, _) | (_, Check::Streak(_) | Check::Count(_)) => Ok(action),
        (_, Check::Value(_)) if caps => invalid(
            &name,
            "must be \"cap\" beside `cap`; use `max` or `maxLength` otherwise",
        ),
        (_, Check::Value(_)) => Ok(action),
    }
}

/// What becomes of a value that should be capped and can't be.
fn otherwise(fields: &Fields<'_>, action: Action, path: &Pattern) -> Result<Action> {
    let name = fields.name("otherwise");
    let Some(value) = fields.get("otherwise") else {
        return Ok(Action::Warn);
    };
    match value.as_str().and_then(named_action) {
        _ if action != Action::Cap => invalid(
            &name,
            "is for values that can't be capped; leave it out without \"cap\"",
        ),
        Some(Action::Drop) if path.is_root() => {
            invalid(&name, "can't be \"drop\" for the body itself")
        }
        None | Some(Action::Cap) => invalid(&name, "must be \"drop\", \"quarantine\" or \"warn\""),
        Some(action) => Ok(action),
    }
}

fn named_action(name: &str) -> Option<Action> {
    match name {
        "cap" => Some(Action::Cap),
        "drop" => Some(Action::Drop),
        "quarantine" => Some(Action::Quarantine),
        "warn" => Some(Action::Warn),
        _ => None,
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
