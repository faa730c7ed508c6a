//! One streak out of two.
//!
//! - A streak that has expired, or is longer than its history, is never revived by the other one.
//! - Of two that go on, the later one rules. Where the days of the earlier one reach up to it they are
//!   one streak: whoever went on with an account on the day after has not begun anew.
//! - At most the days of the rule are carried over, but an account keeps what it has.
//! - The best is the larger one, and the histories are united.

use super::join::{Joined, Later, join};
use super::look::{fact, is_absent};
use super::merge::{is_later, union};
use crate::domain::json::{Document, Node};
use crate::domain::limits::{
    Context, Day, Fact, Look, Standing, StreakFacts, StreakRule, days, read_day, standing,
};
use crate::domain::path::Path;

/// The values of a streak that become others.
pub fn merge(
    rule: &StreakRule,
    base: &Path,
    (from, to): (&Document, &Document),
    context: &Context<'_>,
) -> Vec<(Path, Node)> {
    if from.fact(base) != Fact::Object {
        return Vec::new();
    }
    let two = Two {
        rule,
        base,
        from,
        to,
        context,
    };
    let (current, last) = two.current_and_last();
    let fields = &rule.fields;
    let found = [
        (&fields.current, current),
        (&fields.last, last),
        (&fields.best, two.best()),
        (&fields.history, two.history()),
    ];
    let found = found.into_iter();
    found
        .filter_map(|(field, node)| Some((base.join(field), node?)))
        .collect()
}

struct Two<'a> {
    rule: &'a StreakRule,
    base: &'a Path,
    from: &'a Document,
    to: &'a Document,
    context: &'a Context<'a>,
}

impl<'a> Two<'a> {
    fn values(&self, field: &Path) -> (Option<&'a Node>, Option<&'a Node>) {
        let path = self.base.join(field);
        (self.from.get(&path), self.to.get(&path))
    }

    fn standing(&self, document: &Document) -> Standing {
        let facts = StreakFacts::read(&self.rule.fields, self.base, document);
        standing(&facts, self.rule, self.context)
    }

    fn current_and_last(&self) -> (Option<Node>, Option<Node>) {
        let (from, to) = (self.standing(self.from), self.standing(self.to));
        let (read, held) = self.values(&self.rule.fields.current);
        let most = f64::from(self.rule.max_days);
        match (from.days > 0.0, to.days > 0.0) {
            (false, false) => {
                let none = !is_absent(read) && is_absent(held);
                // A later day beside days that have expired would bring them back.
                let dead = days(&fact(held)).is_some_and(|days| days > 0.0);
                let last = if dead { None } else { self.later_last() };
                (none.then(|| Node::number(0.0)), last)
            }
            (false, true) => (None, None),
            (true, false) => (Some(Node::number(from.days.min(most))), self.newest()),
            (true, true) => {
                let Joined { days: all, later } = join(from, to);
                let claimed = days(&fact(held)).unwrap_or(0.0);
                let becomes = all.min(most.max(to.days));
                // What the account has is not lowered, and written again only if it is more.
                let current = (becomes > claimed).then(|| Node::number(becomes));
                let last = match later {
                    Later::From => self.newest(),
                    Later::Same => self.later_last(),
                    Later::To => None,
                };
                (current, last)
            }
        }
    }

    /// What was read as the last day, where it lies after that of the target.
    fn later_last(&self) -> Option<Node> {
        let (read, held) = self.values(&self.rule.fields.last);
        let read = read.filter(|node| self.day(node).is_some())?;
        let later = match held.filter(|node| self.day(node).is_some()) {
            Some(held) => is_later(read, held, self.context),
            None => true,
        };
        later.then(|| read.clone())
    }

    /// The newest day that was read: the last one, or one of the history where that goes on.
    fn newest(&self) -> Option<Node> {
        let (last, _) = self.values(&self.rule.fields.last);
        let (history, _) = self.values(&self.rule.fields.history);
        let entries = history.and_then(Node::items).into_iter().flatten();
        let entries = entries.filter_map(|entry| self.date_of(entry));
        let days = last.into_iter().chain(entries);
        let mut newest: Option<(Day, &Node)> = None;
        for node in days {
            if let Some(day) = self.day(node)
                && newest.is_none_or(|(before, _)| day > before)
            {
                newest = Some((day, node));
            }
        }
        newest.map(|(_, node)| node.clone())
    }

    /// A day that can have come.
    fn day(&self, node: &Node) -> Option<Day> {
        let day = read_day(&fact(Some(node)), self.context)?.day;
        let horizon = self.context.last_plausible(self.rule.future_tolerance);
        (day <= horizon).then_some(day)
    }

    /// The date that an entry of a history says.
    fn date_of<'n>(&self, entry: &'n Node) -> Option<&'n Node> {
        match entry.fields() {
            Some(_) => entry.get(&self.rule.fields.date),
            None => Some(entry),
        }
    }

    fn best(&self) -> Option<Node> {
        let (read, held) = self.values(&self.rule.fields.best);
        let best = days(&fact(read)).filter(|best| best.is_finite())?;
        match days(&fact(held)) {
            Some(held) if held >= best => None,
            None if !is_absent(held) => None,
            _ => Some(Node::number(best)),
        }
    }

    fn history(&self) -> Option<Node> {
        let (read, held) = self.values(&self.rule.fields.history);
        let read = read.filter(|node| node.items().is_some())?;
        if is_absent(held) {
            return Some(read.clone());
        }
        let held = held.filter(|node| node.items().is_some())?;
        let all = union(held, read)?;
        Some(self.in_order(&all, held, read))
    }

    /// United days in the order that both histories have.
    fn in_order(&self, all: &Node, held: &Node, read: &Node) -> Node {
        let days = |node: &Node| -> Option<Vec<Day>> {
            let days = node.items()?.map(|entry| {
                read_day(&fact(self.date_of(entry)), self.context).map(|reading| reading.day)
            });
            days.collect()
        };
        let (Some(of_held), Some(of_read), Some(of_all)) = (days(held), days(read), days(all))
        else {
            return all.clone();
        };
        let rising = of_held.is_sorted() && of_read.is_sorted();
        let falling = [&of_held, &of_read]
            .iter()
            .all(|days| days.iter().rev().is_sorted());
        if !rising && !falling {
            return all.clone();
        }
        let items = all.items().into_iter().flatten();
        let mut dated: Vec<(Day, &Node)> = of_all.into_iter().zip(items).collect();
        match rising {
            true => dated.sort_by_key(|(day, _)| *day),
            false => dated.sort_by_key(|(day, _)| std::cmp::Reverse(*day)),
        }
        Node::array(dated.into_iter().map(|(_, node)| node.clone()))
    }
}
