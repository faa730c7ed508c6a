//! What of a value may be shown.

use super::class::{KeyClass, Kind};
use crate::domain::json;

/// What stands in the place of a secret, as JSON.
const REDACTED: &str = "\"[redacted]\"";

/// A value as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// As it is.
    Whole,
    /// Its text with every secret replaced.
    Masked(String),
    /// Not at all: the secrets in it can't be told from the rest.
    Hidden,
}

/// What of a value of a class may be shown; `text` is `None` where it can't be read to the last
/// unit.
pub fn shown(class: &KeyClass, text: Option<&str>) -> Shown {
    if class.secrets.is_empty() {
        return match class.kind {
            Kind::Data | Kind::Flag => Shown::Whole,
            Kind::Secret | Kind::Token => Shown::Hidden,
        };
    }
    let Some(text) = text else {
        return Shown::Hidden;
    };
    let is_secret = |path: &[String]| class.secrets.iter().any(|secret| hits(&secret.0, path));
    match json::masked(text, is_secret, REDACTED) {
        Ok((masked, 1..)) => Shown::Masked(masked),
        // A secret that is nowhere to be found has not the form that was expected.
        Ok((_, 0)) if class.kind == Kind::Data && is_structured(text) => Shown::Whole,
        Ok(_) | Err(_) => Shown::Hidden,
    }
}

/// Whether a JSON text has places in which secrets could have been found.
fn is_structured(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// Whether a pattern names a path. Names of fields differ in their case from release to release.
pub(super) fn hits(pattern: &[String], path: &[String]) -> bool {
    let Some((first, rest)) = pattern.split_first() else {
        return path.is_empty();
    };
    if first == "**" {
        let mut ends = (0..=path.len()).filter_map(|from| path.get(from..));
        return ends.any(|end| hits(rest, end));
    }
    path.split_first().is_some_and(|(key, below)| {
        (first == "*" || first.eq_ignore_ascii_case(key)) && hits(rest, below)
    })
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::path::Path;
    use crate::domain::state::Matcher;

    fn class(kind: Kind, secrets: &[&str]) -> KeyClass {
        KeyClass {
            name: "x".into(),
            matcher: Matcher::Exact("x".into()),
            kind,
            secrets: secrets.iter().map(|path| Path::dotted(path)).collect(),
            offer: false,
            limits: Vec::new(),
        }
    }

    fn masked(secrets: &[&str], text: &str) -> Shown {
        shown(&class(Kind::Secret, secrets), Some(text))
    }

    #[test]
    fn a_secret_is_replaced_and_all_else_keeps_its_very_text() {
        let text =
            r#"[ {"id":1.0, "apiKey":"sk-1", "n":9007199254740993},{"APIKEY" : {"deep":["x"]} } ]"#;
        let expected = r#"[ {"id":1.0, "apiKey":"[redacted]", "n":9007199254740993},{"APIKEY" : "[redacted]" } ]"#;
        assert_eq!(masked(&["*.apiKey"], text), Shown::Masked(expected.into()));
    }

    #[test]
    fn a_secret_is_found_at_any_depth_and_however_its_name_is_written() {
        let text = r#"{"a":{"b":[{"password":"p"}]},"p\u0061ssword":"q","é😀":{"password":1}}"#;
        let expected = r#"{"a":{"b":[{"password":"[redacted]"}]},"p\u0061ssword":"[redacted]","é😀":{"password":"[redacted]"}}"#;
        assert_eq!(
            masked(&["**.password"], text),
            Shown::Masked(expected.into())
        );
    }

    #[test]
    fn both_values_of_a_key_that_is_there_twice_are_replaced() {
        let expected = r#"{"k":"[redacted]","k":"[redacted]"}"#;
        assert_eq!(
            masked(&["k"], r#"{"k":1,"k":2}"#),
            Shown::Masked(expected.into())
        );
    }

    #[test]
    fn what_can_not_be_searched_is_hidden() {
        for text in ["sk-1", "{\"apiKey\":", "\"sk-1\"", "{}"] {
            assert_eq!(masked(&["**.apiKey"], text), Shown::Hidden, "{text}");
        }
        let data = class(Kind::Data, &["**.apiKey"]);
        assert_eq!(shown(&data, Some("sk-1")), Shown::Hidden);
        assert_eq!(shown(&data, Some("\"sk-1\"")), Shown::Hidden);
        assert_eq!(shown(&data, None), Shown::Hidden);
        assert_eq!(shown(&data, Some("[]")), Shown::Whole);
    }

    #[test]
    fn without_paths_the_kind_decides() {
        assert_eq!(shown(&class(Kind::Data, &[]), Some("x")), Shown::Whole);
        assert_eq!(shown(&class(Kind::Flag, &[]), None), Shown::Whole);
        assert_eq!(shown(&class(Kind::Secret, &[]), Some("x")), Shown::Hidden);
    }
}
