//! Paths with wildcards.

use crate::domain::limits::fact::Look;
use crate::domain::path::Path;
use serde_json::Value;

/// One key of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// This key.
    Key(String),
    /// Any item of an array, any value of an object.
    Any,
}

/// Where values lie: a path whose keys may be `*`. Empty means the body itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pattern(pub Vec<Step>);

impl Pattern {
    /// From dotted text such as `screenshots.*.note`, or from a list of keys, which keys that
    /// contain dots need. `*` is any key; a key that is a literal `*` is written `\*`, one that is
    /// `\*` is written `\\*`, and so on.
    pub fn parse(value: &Value) -> Option<Self> {
        let Path(keys) = crate::domain::config::path(value)?;
        Some(Self(keys.into_iter().map(step).collect()))
    }

    /// Number of wildcards.
    pub fn wildcards(&self) -> usize {
        self.0.iter().filter(|step| **step == Step::Any).count()
    }

    /// Whether the pattern is the body itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a path is one of those that the pattern means.
    pub fn matches(&self, path: &Path) -> bool {
        self.0.len() == path.0.len()
            && self.0.iter().zip(&path.0).all(|(step, key)| match step {
                Step::Key(own) => own == key,
                Step::Any => true,
            })
    }

    /// The pattern of what lies at a path below each that this one means.
    pub fn then(&self, path: &Path) -> Self {
        let below = path.0.iter().cloned().map(Step::Key);
        Self(self.0.iter().cloned().chain(below).collect())
    }

    /// Whether a path is one of those that the pattern means, or lies inside one.
    pub fn covers(&self, path: &Path) -> bool {
        let above = path.0.get(..self.0.len());
        above.is_some_and(|keys| self.matches(&Path(keys.to_vec())))
    }

    /// Every path that the pattern means in a body, in the body's order. A wildcard stands for what
    /// is there; a key stands for itself, whether it is there or not.
    pub fn paths(&self, look: &dyn Look) -> Vec<Path> {
        let mut paths = vec![Path::default()];
        for step in &self.0 {
            paths = match step {
                Step::Key(key) => paths.iter().map(|path| path.child(key)).collect(),
                Step::Any => paths
                    .iter()
                    .flat_map(|path| look.keys(path).into_iter().map(|key| path.child(key)))
                    .collect(),
            };
        }
        paths
    }

    /// This pattern's path where the wildcards of `other` stand for the keys of `path`, each for
    /// the one in the same order. `None` where there are fewer of them.
    pub fn beside(&self, other: &Pattern, path: &Path) -> Option<Path> {
        let mut found = other
            .0
            .iter()
            .zip(&path.0)
            .filter(|(step, _)| **step == Step::Any)
            .map(|(_, key)| key.clone());
        let keys = self.0.iter().map(|step| match step {
            Step::Key(key) => Some(key.clone()),
            Step::Any => found.next(),
        });
        keys.collect::<Option<Vec<_>>>().map(Path)
    }

    /// A path as it may be shown where values are secret: keys that a wildcard stands for may be
    /// secrets themselves, unless they are indices.
    pub fn hide(&self, path: &Path) -> Path {
        let keys = path.0.iter().enumerate().map(|(index, key)| {
            let any = self.0.get(index) == Some(&Step::Any);
            match any && crate::domain::edit::array_index(key).is_none() {
                true => "*".to_owned(),
                false => key.clone(),
            }
        });
        Path(keys.collect())
    }
}

fn step(key: String) -> Step {
    if key == "*" {
        return Step::Any;
    }
    match key.strip_prefix('\\') {
        Some(rest) if rest.trim_start_matches('\\') == "*" => Step::Key(rest.into()),
        _ => Step::Key(key),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::limits::twin::Twin;
    use serde_json::json;

    fn pattern(value: Value) -> Pattern {
        Pattern::parse(&value).unwrap()
    }

    fn found(pattern: &Pattern, body: Value) -> Vec<String> {
        let paths = pattern.paths(&Twin::of(&body));
        paths.iter().map(Path::to_string).collect()
    }

    #[test]
    fn a_wildcard_is_every_item_and_every_value() {
        let body = json!({ "pages": [{ "n": 1 }, { "n": 2 }], "tags": { "a": [1], "b": [2, 3] } });
        let items = found(&pattern(json!("pages.*.n")), body.clone());
        assert_eq!(items, ["pages[0].n", "pages[1].n"]);
        let values = found(&pattern(json!(["tags", "*", "*"])), body.clone());
        assert_eq!(values, ["tags.a[0]", "tags.b[0]", "tags.b[1]"]);
        assert_eq!(found(&pattern(json!("nothing.*")), body), [""; 0]);
    }

    #[test]
    fn a_key_is_meant_even_where_nothing_lies() {
        assert_eq!(found(&pattern(json!("a.b")), json!({})), ["a.b"]);
        assert_eq!(found(&pattern(json!("")), json!({})), [""]);
    }

    #[test]
    fn a_pattern_covers_what_lies_inside() {
        let items = pattern(json!("a.*"));
        for (path, covered) in [("a.b", true), ("a.b.c", true), ("a", false), ("b.b", false)] {
            assert_eq!(items.covers(&Path::dotted(path)), covered, "{path}");
        }
        assert!(pattern(json!("")).covers(&Path::dotted("a")));
    }

    #[test]
    fn a_literal_star_is_escaped() {
        for (text, step) in [
            ("*", Step::Any),
            ("\\*", Step::Key("*".into())),
            ("\\\\*", Step::Key("\\*".into())),
            ("\\a", Step::Key("\\a".into())),
            ("**", Step::Key("**".into())),
        ] {
            assert_eq!(pattern(json!([text])), Pattern(vec![step.clone()]));
            assert_eq!(pattern(json!(text)), Pattern(vec![step]));
        }
        assert_eq!(Pattern::parse(&json!(5)), None);
    }

    #[test]
    fn wildcards_of_two_patterns_stand_for_the_same_keys() {
        let count = pattern(json!("groups.*.parts.*.count"));
        let list = pattern(json!("lists.*.*"));
        let path = Path::dotted("groups.a.parts.3.count");
        assert!(count.matches(&path) && !count.matches(&Path::dotted("groups.a")));
        assert_eq!(list.beside(&count, &path), Some(Path::dotted("lists.a.3")));
        assert_eq!(
            list.beside(&list, &path),
            Some(Path::dotted("lists.a.parts"))
        );
        assert_eq!(list.beside(&pattern(json!("x")), &path), None);
    }

    #[test]
    fn a_key_that_may_be_a_secret_is_hidden() {
        let users = pattern(json!("users.*.tokens.*"));
        let path = users.hide(&Path::dotted("users.ann.tokens.3"));
        assert_eq!(path, Path::dotted("users.*.tokens.3"));
    }
}
