//! Which keys are the current tenant's, and why the others are left.
//!
//! A key is taken only if it can be no one else's: an id may contain whatever separates it from the
//! tenant, so `chat_session_a_b_1` may belong to the tenant `a` as well as to `a_b`. Whoever knows
//! better claims it by name.

use super::class::{KeyClass, Kind, Matcher};
use super::parse::Registry;
use super::pattern::{Reading, is_uuid};
use crate::domain::key::Key;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Why a key is left where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// It is another tenant's.
    OtherTenant,
    /// It may be another tenant's, or no one's.
    Ambiguous,
    /// No class has it.
    Unknown,
    /// It signs someone in.
    Token,
    /// It is a session's, which is migrated with a backup of its own.
    Session,
}

/// A key that belongs to a class, and to no other tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken<'r> {
    /// The key.
    pub key: String,
    /// Its class.
    pub class: &'r KeyClass,
    /// Its parts by their names.
    pub parts: BTreeMap<String, String>,
}

/// Keys by what becomes of them, each in the order in which they were given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sorted<'r> {
    /// To be captured.
    pub taken: Vec<Taken<'r>>,
    /// To be captured once they are claimed by name.
    pub offered: Vec<Taken<'r>>,
    /// Left, and why.
    pub left: Vec<(Key, Why)>,
}

impl Sorted<'_> {
    /// Leaves keys of the tenant that are left for another reason than their names.
    pub fn leave(&mut self, why: Why, which: impl Fn(&str) -> bool) {
        for list in [&mut self.taken, &mut self.offered] {
            let (out, stay) = std::mem::take(list)
                .into_iter()
                .partition(|taken| which(&taken.key));
            *list = stay;
            let out: Vec<Taken<'_>> = out;
            let left = out.into_iter().map(|taken| (Key::text(taken.key), why));
            self.left.extend(left);
        }
    }
}

/// Sorts all keys of localStorage. Claims are keys that the caller knows to be the tenant's; they
/// move what is offered or ambiguous, but never what is another tenant's, or a token.
pub fn sort<'r>(
    keys: &[Key],
    registry: &'r Registry,
    tenant: Option<&str>,
    claims: &BTreeSet<String>,
) -> Sorted<'r> {
    let judge = Judge {
        registry,
        tenant,
        claims,
        others: others(keys, registry, tenant),
    };
    let mut sorted = Sorted::default();
    for key in keys {
        let verdict = match key {
            Key::Text(text) => judge.verdict(text),
            // Whatever has half a surrogate pair in its key was written by no class we know.
            _ => Verdict::Left(Why::Unknown),
        };
        match verdict {
            Verdict::Taken(taken) => sorted.taken.push(taken),
            Verdict::Offered(taken) => sorted.offered.push(taken),
            Verdict::Left(why) => sorted.left.push((key.clone(), why)),
        }
    }
    sorted
}

/// Tenants that surely have keys here: those that are named by keys with nothing else in them.
fn others<'k>(keys: &'k [Key], registry: &Registry, tenant: Option<&str>) -> BTreeSet<&'k str> {
    let alone = registry
        .classes
        .iter()
        .filter_map(|class| match &class.matcher {
            Matcher::Pattern(pattern) if pattern.ends_with_tenant() => Some(pattern),
            _ => None,
        });
    let alone: Vec<_> = alone.collect();
    let texts = keys.iter().filter_map(|key| match key {
        Key::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let named = texts.flat_map(|key| alone.iter().flat_map(move |pattern| pattern.readings(key)));
    let named = named.filter_map(|reading| reading.tenant);
    named.filter(|named| Some(*named) != tenant).collect()
}

enum Verdict<'r> {
    Taken(Taken<'r>),
    Offered(Taken<'r>),
    Left(Why),
}

struct Judge<'a, 'r> {
    registry: &'r Registry,
    tenant: Option<&'a str>,
    claims: &'a BTreeSet<String>,
    others: BTreeSet<&'a str>,
}

impl<'r> Judge<'_, 'r> {
    fn verdict(&self, key: &str) -> Verdict<'r> {
        let classes = self.registry.classes.iter();
        let fits: Vec<(&KeyClass, Vec<Reading<'_>>)> = classes
            .map(|class| (class, class.readings(key)))
            .filter(|(_, readings)| !readings.is_empty())
            .collect();
        if fits.iter().any(|(class, _)| class.kind == Kind::Token) {
            return Verdict::Left(Why::Token);
        }
        let exact = |class: &KeyClass| matches!(class.matcher, Matcher::Exact(_));
        if let Some((class, _)) = fits.iter().find(|(class, _)| exact(class)) {
            return self.own(key, class, None);
        }
        let ours = self.of_tenant(&fits);
        let free = fits.iter().find(|(class, _)| !class.has_tenant());
        let free = free.and_then(|(class, readings)| Some((*class, *readings.first()?)));
        let claimed = self.claims.contains(key);
        match (ours, self.foreign(&fits)) {
            (Some((class, reading)), None) => self.own(key, class, Some(reading)),
            (Some((class, reading)), Some(_)) if claimed => self.own(key, class, Some(reading)),
            (Some(_), Some(_)) => Verdict::Left(Why::Ambiguous),
            (None, Some(Foreign::Sure)) => Verdict::Left(Why::OtherTenant),
            (None, Some(Foreign::Perhaps)) => match free {
                Some((class, reading)) if claimed => self.own(key, class, Some(reading)),
                Some(_) => Verdict::Left(Why::Ambiguous),
                None => Verdict::Left(Why::OtherTenant),
            },
            (None, None) => match free {
                Some((class, reading)) => self.own(key, class, Some(reading)),
                None => Verdict::Left(Why::Unknown),
            },
        }
    }

    /// The first class that has the key as the tenant's.
    fn of_tenant<'k>(
        &self,
        fits: &[(&'r KeyClass, Vec<Reading<'k>>)],
    ) -> Option<(&'r KeyClass, Reading<'k>)> {
        let tenant = self.tenant?;
        fits.iter().find_map(|(class, readings)| {
            let reading = readings.iter().find(|r| r.tenant == Some(tenant))?;
            Some((*class, *reading))
        })
    }

    /// Whether the key may be another tenant's.
    fn foreign(&self, fits: &[(&KeyClass, Vec<Reading<'_>>)]) -> Option<Foreign> {
        let all = || fits.iter().flat_map(|(_, readings)| readings);
        let tenants: BTreeSet<&str> = all().filter_map(|reading| reading.tenant).collect();
        let theirs = |tenant: &&str| Some(*tenant) != self.tenant;
        if tenants.iter().any(|tenant| self.others.contains(tenant)) {
            return Some(Foreign::Sure);
        }
        // A UUID is a whole id: what begins with one belongs to that tenant, or to no tenant.
        let whole: Vec<&str> = tenants.iter().copied().filter(|t| is_uuid(t)).collect();
        match whole.is_empty() {
            true => tenants.iter().any(theirs).then_some(Foreign::Perhaps),
            false => whole.iter().any(theirs).then_some(Foreign::Sure),
        }
    }

    fn own(&self, key: &str, class: &'r KeyClass, reading: Option<Reading<'_>>) -> Verdict<'r> {
        let reading = reading.unwrap_or(Reading {
            tenant: None,
            part: None,
        });
        let tenant = reading.tenant.map(|tenant| ("tenant", tenant));
        let part = reading.part.map(|part| (class.part_name(), part));
        let parts = tenant.into_iter().chain(part);
        let taken = Taken {
            key: key.to_owned(),
            class,
            parts: parts
                .map(|(name, part)| (name.to_owned(), part.to_owned()))
                .collect(),
        };
        match class.offer && !self.claims.contains(key) {
            true => Verdict::Offered(taken),
            false => Verdict::Taken(taken),
        }
    }
}

/// How sure it is that a key is another tenant's.
enum Foreign {
    Sure,
    Perhaps,
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
