//! What carrying would make of a target, decided from the texts of both keys.

use super::capped::{keep, unmergeable};
use super::carried::{Base, Sum};
use super::look::fact;
use super::merge::{Merged, finite, merge};
use super::report::{CarryChange, CarryFinding};
use super::{Carry, Take, streak};
use crate::domain::json::{self, Document, Node, Problem};
use crate::domain::limits::{Context, Finding, Shown};
use crate::domain::path::Path;
use crate::domain::recognise::Broken;
use crate::domain::state::redact::hits;

/// What carrying would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What the target becomes: its own text but for what is changed. `None` where nothing is.
    pub text: Option<String>,
    /// What was decided, path by path.
    pub changes: Vec<CarryChange>,
    /// What limits have found, and what could not be merged.
    pub findings: Vec<CarryFinding>,
    /// What of every sum is in the target then.
    pub sums: Vec<Sum>,
}

/// A text that can't be carried, or merged into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// Its key.
    pub key: String,
    /// Why.
    pub broken: Broken,
}

/// Decides what becomes of a target; `to` is `None` where it has no text yet.
pub fn plan(
    carry: &Carry,
    (from, to): (&str, Option<&str>),
    base: &Base<'_>,
    context: &Context<'_>,
) -> Result<Plan, Unfit> {
    let unfit = |key: &str| {
        let key = key.to_owned();
        move |broken| Unfit { key, broken }
    };
    let mut source = read(from).map_err(unfit(&carry.from))?;
    let held = match to {
        Some(to) => read(to).map_err(unfit(&carry.to))?,
        None => Document::object(),
    };
    let found = keep(&carry.limits, context, &mut source, None).map_err(unfit(&carry.from))?;
    let mut work = Work {
        carry,
        context,
        base,
        result: held.clone(),
        from: source,
        to: held,
        decided: Vec::new(),
        findings: Vec::new(),
        sums: Vec::new(),
    };
    work.tell(&carry.from, found);
    work.follow_rules();
    work.fill();
    let found = keep(&carry.limits, context, &mut work.result, Some(&work.to));
    work.tell(&carry.to, found.map_err(unfit(&carry.to))?);
    Ok(work.finish())
}

/// Reads a text of which nothing may be lost.
fn read(text: &str) -> Result<Document, Broken> {
    let document = json::exact(text).and_then(|()| Document::parse(text));
    match document {
        Ok(Some(document)) if document.root.fields().is_some() => Ok(document),
        Ok(Some(_)) => Err(Broken::new("NotAnObject", "the JSON text is no object")),
        Ok(None) => Err(Broken::new("UnsupportedValue", "it is nested too deep")),
        Err(Problem::NotExact { at, what }) => {
            let reason = format!("the JSON text has {what}, at position {at}");
            Err(Broken::new("JsonNotExact", reason))
        }
        Err(_) => Err(Broken::new("JsonInvalid", "the text is not JSON")),
    }
}

/// A merge at work.
pub(super) struct Work<'a> {
    pub(super) carry: &'a Carry,
    pub(super) context: &'a Context<'a>,
    pub(super) base: &'a Base<'a>,
    pub(super) from: Document,
    pub(super) to: Document,
    pub(super) result: Document,
    /// Every path that was decided on, and by which rule.
    pub(super) decided: Vec<(Path, &'static str)>,
    pub(super) findings: Vec<CarryFinding>,
    pub(super) sums: Vec<Sum>,
}

impl Work<'_> {
    fn follow_rules(&mut self) {
        let carry = self.carry;
        for rule in &carry.rules {
            for place in rule.places() {
                self.decided.push((place, rule.take.name()));
            }
            match &rule.take {
                Take::Streak(streak) => {
                    let sides = (&self.from, &self.to);
                    for (path, node) in streak::merge(streak, &rule.path, sides, self.context) {
                        self.put(&path, node);
                    }
                }
                take => self.follow(take, &rule.path),
            }
        }
    }

    fn follow(&mut self, take: &Take, path: &Path) {
        let (from, to) = (self.from.get(path), self.to.get(path));
        let carried = self.base.carried(path, to.and_then(finite));
        let merged = merge(take, (from, to), carried, self.context);
        if *take == Take::Sum
            && let Some(read) = from.and_then(finite)
            && !matches!(merged, Merged::Odd { .. })
        {
            let carried = carried.max(read);
            let path = path.clone();
            self.sums.push(Sum {
                path,
                carried,
                becomes: 0.0,
            });
        }
        match merged {
            Merged::Stays => {}
            Merged::Becomes(node) => self.put(path, node),
            Merged::Odd { in_from, code, why } => {
                let (key, node) = match in_from {
                    true => (&self.carry.from, from),
                    false => (&self.carry.to, to),
                };
                let secret = !self.carry.secrets.is_empty();
                let finding = unmergeable((self.shown(path).0, secret), code, node, why);
                let key = key.clone();
                self.findings.push(CarryFinding { key, finding });
            }
        }
    }

    /// Puts a value into the result, unless something lies there that has no place for it.
    pub(super) fn put(&mut self, path: &Path, node: Node) {
        if self.result.set(path, node) {
            return;
        }
        let finding = unmergeable(
            (self.shown(path).0, true),
            "WrongType",
            None,
            "must lie in an object, which the target does not have there",
        );
        let key = self.carry.to.clone();
        self.findings.push(CarryFinding { key, finding });
    }

    fn tell(&mut self, key: &str, found: Vec<Finding>) {
        let found = found.into_iter().map(|finding| CarryFinding {
            key: key.to_owned(),
            finding,
        });
        self.findings.extend(found);
    }

    /// How a path is shown, and whether what lies there is a secret. Keys that a wildcard stands for
    /// may be secrets themselves.
    fn shown(&self, path: &Path) -> (String, bool) {
        let secrets = self.carry.secrets.iter();
        let hit = secrets.flat_map(|secret| {
            let above = (1..=path.0.len()).filter_map(|len| path.0.get(..len));
            above
                .filter(|above| hits(&secret.0, above))
                .map(move |_| secret)
        });
        match hit.into_iter().next() {
            Some(secret) if secret.0.iter().any(|key| key.starts_with('*')) => {
                (secret.to_string(), true)
            }
            Some(_) => (path.to_string(), true),
            None => (path.to_string(), false),
        }
    }

    fn finish(mut self) -> Plan {
        if self.base.settled {
            self.result = self.to.clone();
        }
        let changes = self.decided.iter().map(|(path, rule)| {
            let (shown_path, secret) = self.shown(path);
            let shown = |document: &Document| Shown::of(&fact(document.get(path)), secret);
            CarryChange {
                path: shown_path,
                rule,
                from: shown(&self.from),
                to: shown(&self.to),
                becomes: shown(&self.result),
            }
        });
        let changes = changes.collect();
        for sum in &mut self.sums {
            sum.becomes = self.result.get(&sum.path).and_then(finite).unwrap_or(0.0);
        }
        let others = self.base.sums().iter();
        let others = others.filter(|base| !self.sums.iter().any(|sum| sum.path == base.path));
        let others: Vec<Sum> = others.cloned().collect();
        self.sums.extend(others);
        let text = (self.result != self.to).then(|| self.result.print());
        Plan {
            text,
            changes,
            findings: self.findings,
            sums: self.sums,
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
