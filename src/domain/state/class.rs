//! Key classes: which keys of localStorage mean the same kind of thing.

use super::pattern::{Pattern, Reading};
use crate::domain::limits::Limit;
use crate::domain::path::Path;
use serde::{Deserialize, Serialize};

/// What lies under the keys of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// What a person made or chose.
    Data,
    /// The same, with something in it that must not be shown.
    Secret,
    /// What signs a person in. Never captured, and not even read.
    Token,
    /// What the application notes about itself, such as who is signed in. Captured and put back,
    /// but never cleared: the application at work would lose its footing.
    Flag,
}

/// Which keys belong to a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matcher {
    /// One key.
    Exact(String),
    /// Every key that begins so.
    Prefix(String),
    /// Every key of this form.
    Pattern(Pattern),
}

/// Keys of one meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyClass {
    /// Its name, in snapshots and messages.
    pub name: String,
    /// Which keys it has.
    pub matcher: Matcher,
    /// What lies under them.
    pub kind: Kind,
    /// Where secrets lie in the JSON text: paths in which `*` is any one key and `**` any number.
    pub secrets: Vec<Path>,
    /// Whether its keys are only offered, and move when they are claimed by name.
    pub offer: bool,
    /// What its values may be: told in snapshots, which keep the text as it is all the same. Where
    /// there are secrets, they show lengths alone.
    pub limits: Vec<Limit>,
}

impl KeyClass {
    /// Whether its keys name the tenant that they belong to.
    pub fn has_tenant(&self) -> bool {
        matches!(&self.matcher, Matcher::Pattern(pattern) if pattern.has_tenant())
    }

    /// Every way to read a key as one of this class.
    pub fn readings<'k>(&self, key: &'k str) -> Vec<Reading<'k>> {
        let whole = |part: Option<&'k str>| Reading { tenant: None, part };
        match &self.matcher {
            Matcher::Exact(exact) if exact == key => vec![whole(None)],
            Matcher::Exact(_) => Vec::new(),
            Matcher::Prefix(prefix) => match key.strip_prefix(prefix.as_str()) {
                Some(rest) => vec![whole(Some(rest))],
                None => Vec::new(),
            },
            Matcher::Pattern(pattern) => pattern.readings(key),
        }
    }

    /// The name of what a key has beside the tenant.
    pub fn part_name(&self) -> &str {
        match &self.matcher {
            Matcher::Pattern(pattern) => pattern.part_name().unwrap_or_default(),
            Matcher::Exact(_) | Matcher::Prefix(_) => "rest",
        }
    }
}
