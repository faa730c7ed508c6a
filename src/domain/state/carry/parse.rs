//! What is to be carried, from plain data.

use super::{Carry, CarryRule, Take, carry_preset};
use crate::domain::config::fields::{Fields, invalid, known_fields};
use crate::domain::digest::Digest;
use crate::domain::limits::{self, Check, Limit, Pattern, Step};
use crate::domain::path::Path;
use crate::error::Result;
use serde_json::{Map, Value};

const FIELDS: &[&str] = &[
    "preset", "from", "to", "rules", "limits", "secrets", "dryRun", "confirm",
];

impl Carry {
    /// Reads options: those of a preset, and fields that take the place of its own.
    pub fn parse(options: &Value) -> Result<Self> {
        let Value::Object(given) = options else {
            return invalid(
                "options",
                "must be an object such as { preset: \"streak\" }",
            );
        };
        known_fields(given, "", FIELDS)?;
        let map = with_preset(given)?;
        let fields = Fields { map: &map, at: "" };
        let (from, to) = (fields.text("from", None)?, fields.text("to", None)?);
        if from == to {
            return invalid("to", "must be another key than `from`");
        }
        let secrets = super::super::parse::secrets(&fields)?;
        let rules = rules(&fields)?;
        let mut limits = match fields.get("limits") {
            None => Vec::new(),
            Some(list) => limits::parse(list, "limits")?,
        };
        add_streaks(&rules, &mut limits);
        if !secrets.is_empty() {
            limits.iter_mut().for_each(Limit::hide);
        }
        Ok(Self {
            from,
            to,
            rules,
            limits,
            secrets,
            print: print(&map),
            dry_run: fields.flag("dryRun", false)?,
            keep_days: None,
        })
    }
}

fn print(map: &Map<String, Value>) -> Digest {
    let parts = ["rules", "limits", "secrets"].map(|field| map.get(field));
    Digest::of(serde_json::json!(parts).to_string().as_bytes())
}

fn with_preset(given: &Map<String, Value>) -> Result<Map<String, Value>> {
    let fields = Fields { map: given, at: "" };
    if fields.get("preset").is_none() {
        return Ok(given.clone());
    }
    let preset = fields.text("preset", None).ok();
    let Some(Value::Object(mut map)) = preset.as_deref().and_then(carry_preset) else {
        return invalid("preset", "must be \"streak\"");
    };
    let own = given.iter().filter(|(_, value)| !value.is_null());
    map.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    Ok(map)
}

fn rules(fields: &Fields<'_>) -> Result<Vec<CarryRule>> {
    let Some(Value::Array(list)) = fields.get("rules") else {
        return invalid("rules", "must be a list of rules, each { path, take }");
    };
    let mut rules: Vec<CarryRule> = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let at = format!("rules[{index}]");
        let rule = rule(value, &at)?;
        let taken: Vec<Path> = rules.iter().flat_map(CarryRule::places).collect();
        let meets = |one: &Path| {
            let meet = |other: &Path| one.starts_with(other) || other.starts_with(one);
            taken.iter().any(meet)
        };
        if rule.places().iter().any(meets) {
            return invalid(
                &format!("{at}.path"),
                "must not be decided by an earlier rule as well, as a whole or in part",
            );
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn rule(value: &Value, at: &str) -> Result<CarryRule> {
    let Value::Object(map) = value else {
        return invalid(
            at,
            "must be an object such as { path: \"visits\", take: \"sum\" }",
        );
    };
    let fields = Fields { map, at };
    let path = match fields.path("path")? {
        Some(path) if !path.0.iter().any(|key| key == "*") => path,
        _ => return invalid(&fields.name("path"), "must be a path without `*`"),
    };
    if let Some(rule) = fields.get("rule") {
        if rule.as_str() != Some("streak") {
            return invalid(&fields.name("rule"), "must be \"streak\"");
        }
        known_fields(map, at, &[&["path"], limits::STREAK].concat())?;
        if let Check::Streak(streak) = limits::parse_one(value, at)?.check {
            let take = Take::Streak(streak);
            return Ok(CarryRule { path, take });
        }
    }
    known_fields(map, at, &["path", "take", "rule"])?;
    let take = match fields.get("take").and_then(Value::as_str) {
        Some("from") => Take::From,
        Some("to") => Take::To,
        Some("fill") => Take::Fill,
        Some("newer") => Take::Newer,
        Some("older") => Take::Older,
        Some("max") => Take::Max,
        Some("min") => Take::Min,
        Some("sum") => Take::Sum,
        Some("union") => Take::Union,
        _ => {
            return invalid(
                &fields.name("take"),
                "must be \"from\", \"to\", \"fill\", \"newer\", \"older\", \"max\", \"min\", \
                 \"sum\" or \"union\"",
            );
        }
    };
    if path.is_root() {
        return invalid(&fields.name("path"), "must not be empty");
    }
    Ok(CarryRule { path, take })
}

/// No streak is carried without its limit.
fn add_streaks(rules: &[CarryRule], limits: &mut Vec<Limit>) {
    for rule in rules {
        let Take::Streak(streak) = &rule.take else {
            continue;
        };
        let keys = rule.path.0.iter().cloned();
        let path = Pattern(keys.map(Step::Key).collect());
        let judged = |limit: &Limit| {
            let same = matches!(&limit.check, Check::Streak(own) if own.fields == streak.fields);
            same && limit.path == path
        };
        if !limits.iter().any(judged) {
            limits.push(Limit::streak(path, streak.clone()));
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::error::Error;
    use serde_json::json;

    #[test]
    fn a_preset_fills_in_what_is_not_given() {
        let carry = Carry::parse(&json!({ "preset": "streak", "to": "account" })).unwrap();
        assert_eq!(carry.from, "cleanStreak_anonymous_state");
        assert_eq!(carry.to, "account");
        assert!(carry.rules.iter().any(|rule| rule.take == Take::Sum));
        assert!(!carry.dry_run && carry.secrets.is_empty());
    }

    #[test]
    fn no_streak_is_carried_without_a_limit() {
        let carry = |options: Value| {
            let mut all = json!({ "from": "a", "to": "b" });
            let map = all.as_object_mut().unwrap();
            map.extend(options.as_object().unwrap().clone());
            Carry::parse(&all).unwrap()
        };
        let rules = json!([{ "path": "s", "rule": "streak", "maxDays": 7 }]);
        let bare = carry(json!({ "rules": rules }));
        assert_eq!(bare.limits.len(), 1);
        assert!(matches!(&bare.limits[0].check, Check::Streak(rule) if rule.max_days == 7));
        let own = json!([{ "path": "s", "rule": "streak", "maxDays": 9 }]);
        let own = carry(json!({ "rules": rules, "limits": own, "secrets": ["token"] }));
        assert_eq!(own.limits.len(), 1);
        assert!(own.limits[0].hidden);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (options, field) in [
            (json!(null), "options"),
            (json!({ "preset": "none" }), "preset"),
            (json!({ "to": "b", "rules": [] }), "from"),
            (json!({ "from": "a", "to": "a", "rules": [] }), "to"),
            (json!({ "from": "a", "to": "b" }), "rules"),
            (
                json!({ "from": "a", "to": "b", "rules": [], "dry": true }),
                "dry",
            ),
            (json!({ "from": "a", "to": "b", "rules": [5] }), "rules[0]"),
            (
                json!({ "from": "a", "to": "b", "rules": [{ "take": "max" }] }),
                "rules[0].path",
            ),
            (
                json!({ "from": "a", "to": "b", "rules": [{ "path": "a.*", "take": "max" }] }),
                "rules[0].path",
            ),
            (
                json!({ "from": "a", "to": "b", "rules": [{ "path": "", "take": "max" }] }),
                "rules[0].path",
            ),
            (
                json!({ "from": "a", "to": "b", "rules": [{ "path": "n", "take": "most" }] }),
                "rules[0].take",
            ),
            (
                json!({ "from": "a", "to": "b", "rules": [{ "path": "n", "take": "max", "x": 1 }] }),
                "rules[0].x",
            ),
            (
                json!({ "from": "a", "to": "b", "rules": [
                    { "path": "s", "rule": "streak" }, { "path": "s.current", "take": "max" },
                ] }),
                "rules[1].path",
            ),
            (
                json!({ "from": "a", "to": "b", "rules": [{ "path": "s", "rule": "count" }] }),
                "rules[0].rule",
            ),
            (
                json!({ "from": "a", "to": "b", "rules": [], "secrets": "x" }),
                "secrets",
            ),
        ] {
            match Carry::parse(&options) {
                Err(Error::InvalidConfig { field: found, .. }) => {
                    assert_eq!(found, field, "{options}");
                }
                other => panic!("{options}: {other:?}"),
            }
        }
    }
}
