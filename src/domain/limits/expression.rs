//! Regular expressions of a configuration.

use regex_lite::Regex;

/// An expression that a whole text must match.
#[derive(Debug, Clone)]
pub struct Expression {
    text: String,
    whole: Regex,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Expression {}

impl Expression {
    /// From text in the syntax of `regex-lite`, which has neither look-around nor references back,
    /// and so takes time in proportion to the text. `None` where it is no expression.
    pub fn parse(text: &str) -> Option<Self> {
        // By itself first: `a)(b` would be sound only inside the parentheses.
        Regex::new(text).ok()?;
        let whole = Regex::new(&format!(r"\A(?:{text})\z")).ok()?;
        Some(Self {
            text: text.into(),
            whole,
        })
    }

    /// Whether the expression matches the text from its beginning to its end.
    pub fn matches(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn a_whole_text_must_match() {
        let tag = Expression::parse("a|ab").unwrap();
        assert!(tag.matches("a") && tag.matches("ab"));
        for other in ["", "abc", "xa", "ab\n", "x\na"] {
            assert!(!tag.matches(other), "{other:?}");
        }
        assert!(Expression::parse("(?m)^a$").unwrap().matches("a"));
        assert!(!Expression::parse("(?m)^a$").unwrap().matches("a\nb"));
    }

    #[test]
    fn what_is_no_expression_by_itself_is_refused() {
        for text in ["(", "a)(b", "[", "(?<=a)b", "(?x)a # no end"] {
            assert_eq!(Expression::parse(text), None, "{text}");
        }
    }
}
