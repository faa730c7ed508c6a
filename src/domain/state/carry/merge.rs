//! One value out of two.

use super::Take;
use super::look::{fact, is_absent};
use crate::domain::json::Node;
use crate::domain::limits::{Context, Day, Fact, read_day};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Days after today that a date may say and still be later than another.
const TOLERANCE: u32 = 1;

/// What becomes of the value of the target.
#[derive(Debug, Clone, PartialEq)]
pub enum Merged {
    /// It stays.
    Stays,
    /// Another takes its place.
    Becomes(Node),
    /// It stays, because a value is none that the rule knows.
    Odd {
        /// Whether that is the value that was read.
        in_from: bool,
        /// Code of the finding.
        code: &'static str,
        /// What would be right.
        why: &'static str,
    },
}

/// A date that can be compared.
struct Date {
    day: Day,
    /// Tells two moments of one day apart, where both say them in the same form.
    moment: Option<Moment>,
}

enum Moment {
    Number(f64),
    /// ISO text in UTC.
    Text(String),
}

/// Merges the values at a path by a rule that needs nothing but them. `carried` is how much of a sum
/// is in the target already.
pub fn merge(
    take: &Take,
    (from, to): (Option<&Node>, Option<&Node>),
    carried: f64,
    context: &Context<'_>,
) -> Merged {
    let Some(node) = from.filter(|node| !node.is_null()) else {
        return Merged::Stays;
    };
    let becomes = || Merged::Becomes(node.clone());
    match take {
        Take::To | Take::Streak(_) => Merged::Stays,
        Take::From => becomes(),
        Take::Fill if is_absent(to) => becomes(),
        Take::Fill => Merged::Stays,
        Take::Newer | Take::Older => {
            let wanted = match take {
                Take::Newer => Ordering::Greater,
                _ => Ordering::Less,
            };
            both(
                (from, to),
                "NotADate",
                "must be a date that can be",
                |node| date(node, context),
                |from, to| (order(&from, &to) == wanted).then(|| node.clone()),
            )
        }
        Take::Max => number((from, to), |from, to| from > to, node),
        Take::Min => number((from, to), |from, to| from < to, node),
        Take::Sum => both(
            (from, to),
            "WrongType",
            "must be a number",
            finite,
            |from, to| {
                let more = (from - carried).max(0.0);
                let sum = to + more;
                (more > 0.0 && sum.is_finite()).then(|| Node::number(sum))
            },
        ),
        Take::Union => both((from, to), "WrongType", "must be a list", list, |_, to| {
            union(&to, node)
        }),
    }
}

/// Whether one date lies after another; false where one of them is none.
pub fn is_later(one: &Node, other: &Node, context: &Context<'_>) -> bool {
    match (date(one, context), date(other, context)) {
        (Some(one), Some(other)) => order(&one, &other) == Ordering::Greater,
        _ => false,
    }
}

/// The array with the items of another that it lacks; `None` where it lacks none.
pub fn union(to: &Node, from: &Node) -> Option<Node> {
    let mut all = to.clone();
    let mut known: BTreeSet<String> = to.items()?.map(Node::canonical).collect();
    let mut more = false;
    for item in from.items()? {
        if known.insert(item.canonical()) {
            all.push(item.clone());
            more = true;
        }
    }
    more.then_some(all)
}

fn number(
    sides: (Option<&Node>, Option<&Node>),
    wins: impl Fn(f64, f64) -> bool,
    node: &Node,
) -> Merged {
    let choose = |from, to| wins(from, to).then(|| node.clone());
    both(sides, "WrongType", "must be a number", finite, choose)
}

/// Merges two values that a rule can read. What the target lacks is what was read.
fn both<T>(
    (from, to): (Option<&Node>, Option<&Node>),
    code: &'static str,
    why: &'static str,
    read: impl Fn(&Node) -> Option<T>,
    choose: impl Fn(T, T) -> Option<Node>,
) -> Merged {
    let odd = |in_from| Merged::Odd { in_from, code, why };
    let (Some(node), Some(value)) = (from, from.and_then(&read)) else {
        return odd(true);
    };
    match to.filter(|to| !to.is_null()) {
        None => Merged::Becomes(node.clone()),
        Some(to) => match read(to) {
            None => odd(false),
            Some(to) => choose(value, to).map_or(Merged::Stays, Merged::Becomes),
        },
    }
}

/// A finite number.
pub fn finite(node: &Node) -> Option<f64> {
    match fact(Some(node)) {
        Fact::Number(number) if number.is_finite() => Some(number),
        _ => None,
    }
}

fn list(node: &Node) -> Option<Node> {
    matches!(node, Node::Array(_)).then(|| node.clone())
}

/// A date that may have come. One that can't have, a wrong clock has written.
fn date(node: &Node, context: &Context<'_>) -> Option<Date> {
    let fact = fact(Some(node));
    let day = read_day(&fact, context)?.day;
    let moment = match fact {
        Fact::Number(number) => Some(Moment::Number(number)),
        Fact::Text { text, .. } if text.ends_with('Z') => Some(Moment::Text(text)),
        _ => None,
    };
    (day <= context.last_plausible(TOLERANCE)).then_some(Date { day, moment })
}

fn order(one: &Date, other: &Date) -> Ordering {
    one.day
        .cmp(&other.day)
        .then_with(|| match (&one.moment, &other.moment) {
            (Some(Moment::Number(one)), Some(Moment::Number(other))) => {
                one.partial_cmp(other).unwrap_or(Ordering::Equal)
            }
            // ISO texts of one length are in the order of their moments.
            (Some(Moment::Text(one)), Some(Moment::Text(other))) if one.len() == other.len() => {
                one.cmp(other)
            }
            _ => Ordering::Equal,
        })
}
