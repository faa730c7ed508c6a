//! Rules for one value, from plain data.

use super::named::MAX_TOLERANCE;
use crate::domain::config::fields::{Fields, invalid, known_fields, whole};
use crate::domain::limits::day::Day;
use crate::domain::limits::expression::Expression;
use crate::domain::limits::fact::Fact;
use crate::domain::limits::judge::ValueRules;
use crate::domain::limits::kinds::Kinds;
use crate::domain::limits::scalar::{Finite, Scalar};
use crate::domain::limits::value::{Keep, Rule, Type};
use crate::error::Result;
use serde_json::Value;

/// Days after today that a date may say, unless configured: it is tomorrow somewhere.
const TOLERANCE: u32 = 1;

/// All rules of a limit, in the order in which they are looked at. Bounds come before the type: a
/// number that is too large is capped, even if it is too large for a whole number as well.
pub fn rules(fields: &Fields<'_>) -> Result<ValueRules> {
    let kind = kind(fields)?;
    let integer = kind == Some(Type::Integer);
    let keep = keep(fields)?;
    let found = [
        ("min", range(fields, integer)?),
        ("cap", cap(fields, kind, keep)?),
        ("maxLength", max_length(fields, keep)?),
        ("type", kind.map(Rule::Type)),
        ("date", date(fields)?),
        ("pattern", pattern(fields)?),
        ("oneOf", one_of(fields)?),
    ];
    let mut kinds = Kinds::ALL;
    let mut rules = Vec::new();
    for (name, rule) in found {
        let Some(rule) = rule else { continue };
        kinds = kinds.and(rule.kinds());
        if !kinds.meets(Kinds::ALL) {
            return invalid(
                &fields.name(if fields.get(name).is_some() {
                    name
                } else {
                    "max"
                }),
                "can't be together with the other rules: no value could keep all of them",
            );
        }
        rules.push(rule);
    }
    if rules.is_empty() && !fields.flag("required", false)? {
        return invalid(
            fields.at,
            "must say what values may be: `type`, `min`, `max`, `maxLength`, `date`, `pattern`, \
             `oneOf`, `cap`, `required` or `rule`",
        );
    }
    Ok(ValueRules {
        required: fields.flag("required", false)?,
        nullable: fields.flag("nullable", false)?,
        rules,
    })
}

fn kind(fields: &Fields<'_>) -> Result<Option<Type>> {
    let Some(value) = fields.get("type") else {
        return Ok(None);
    };
    match value.as_str() {
        Some("number") => Ok(Some(Type::Number)),
        Some("integer") => Ok(Some(Type::Integer)),
        Some("text") => Ok(Some(Type::Text)),
        Some("boolean") => Ok(Some(Type::Boolean)),
        Some("array") => Ok(Some(Type::Array)),
        Some("object") => Ok(Some(Type::Object)),
        Some("date") => Ok(Some(Type::Date)),
        _ => invalid(
            &fields.name("type"),
            "must be one of: number, integer, text, boolean, array, object, date",
        ),
    }
}

fn keep(fields: &Fields<'_>) -> Result<Keep> {
    let name = fields.name("keep");
    match fields.get("keep").map(Value::as_str) {
        None => Ok(Keep::First),
        Some(_) if fields.get("cap").or(fields.get("maxLength")).is_none() => {
            invalid(&name, "is for `cap` and `maxLength`")
        }
        Some(Some("first")) => Ok(Keep::First),
        Some(Some("last")) => Ok(Keep::Last),
        Some(_) => invalid(&name, "must be \"first\" or \"last\""),
    }
}

/// A number; a whole one where `integer` says so.
fn number(fields: &Fields<'_>, field: &str, integer: bool) -> Result<Option<Finite>> {
    let Some(value) = fields.get(field) else {
        return Ok(None);
    };
    match value.as_f64().and_then(Finite::new) {
        Some(number) if !integer || number.get().fract() == 0.0 => Ok(Some(number)),
        Some(_) => invalid(
            &fields.name(field),
            "must be a whole number, as the values are",
        ),
        None => invalid(&fields.name(field), "must be a number"),
    }
}

fn range(fields: &Fields<'_>, integer: bool) -> Result<Option<Rule>> {
    let min = number(fields, "min", integer)?;
    let max = number(fields, "max", integer)?;
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        return invalid(&fields.name("max"), "must not be below `min`");
    }
    Ok((min.is_some() || max.is_some()).then_some(Rule::Range { min, max }))
}

fn cap(fields: &Fields<'_>, kind: Option<Type>, keep: Keep) -> Result<Option<Rule>> {
    for field in ["max", "maxLength"] {
        if fields.get("cap").and(fields.get(field)).is_some() {
            return invalid(&fields.name("cap"), &format!("says the same as `{field}`"));
        }
    }
    let max = match kind {
        Some(Type::Number | Type::Integer) => number(fields, "cap", kind == Some(Type::Integer))?,
        // The length of a text or an array.
        _ => whole(&fields.name("cap"), fields.get("cap"), 0, u32::MAX)?.map(Finite::from),
    };
    Ok(max.map(|max| Rule::Cap { max, keep }))
}

fn max_length(fields: &Fields<'_>, keep: Keep) -> Result<Option<Rule>> {
    let max = whole(
        &fields.name("maxLength"),
        fields.get("maxLength"),
        0,
        u32::MAX,
    )?;
    Ok(max.map(|max| Rule::MaxLength { max, keep }))
}

fn date(fields: &Fields<'_>) -> Result<Option<Rule>> {
    let name = fields.name("date");
    let map = match fields.get("date") {
        None => return Ok(None),
        Some(Value::Bool(true)) => {
            return Ok(Some(Rule::Date {
                not_before: None,
                future_tolerance: TOLERANCE,
            }));
        }
        Some(Value::Object(map)) => map,
        Some(_) => return invalid(&name, "must be true or { notBefore, futureToleranceDays }"),
    };
    known_fields(map, &name, &["notBefore", "futureToleranceDays"])?;
    let own = Fields { map, at: &name };
    let not_before = match own
        .get("notBefore")
        .map(|value| value.as_str().and_then(Day::parse))
    {
        None => None,
        Some(Some(day)) => Some(day),
        Some(None) => {
            return invalid(
                &own.name("notBefore"),
                "must be a day such as \"2020-01-31\"",
            );
        }
    };
    let field = "futureToleranceDays";
    let tolerance = whole(&own.name(field), own.get(field), 0, MAX_TOLERANCE)?;
    Ok(Some(Rule::Date {
        not_before,
        future_tolerance: tolerance.unwrap_or(TOLERANCE),
    }))
}

fn pattern(fields: &Fields<'_>) -> Result<Option<Rule>> {
    if fields.get("pattern").is_none() {
        return Ok(None);
    }
    match Expression::parse(&fields.text("pattern", None)?) {
        Some(expression) => Ok(Some(Rule::Pattern(expression))),
        None => invalid(
            &fields.name("pattern"),
            "must be a regular expression without look-around and references back",
        ),
    }
}

fn one_of(fields: &Fields<'_>) -> Result<Option<Rule>> {
    let list = match fields.get("oneOf") {
        None => return Ok(None),
        Some(Value::Array(list)) if !list.is_empty() => list,
        Some(_) => {
            return invalid(
                &fields.name("oneOf"),
                "must be a list of at least one value",
            );
        }
    };
    let scalars = list.iter().enumerate().map(|(index, value)| {
        // Only so much of a text is ever read.
        let known = |scalar: &Scalar| !matches!(scalar.fact(), Fact::Text { exact: false, .. });
        match Scalar::parse(value).filter(known) {
            Some(scalar) => Ok(scalar),
            None => invalid(
                &format!("{}[{index}]", fields.name("oneOf")),
                "must be null, true, false, a number or a text of at most 4096 units",
            ),
        }
    });
    Ok(Some(Rule::OneOf(scalars.collect::<Result<_>>()?)))
}
