//! How differences between two bodies are put into words.

use crate::domain::path::{Path, shorten};

/// Most differences that one error lists; the rest is counted.
pub const MAX_LISTED: usize = 100;

/// One place in which two bodies differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub path: Path,
    /// What kind of mismatch: `Value mismatch`, `Length mismatch`, …
    pub what: &'static str,
    /// What was there, as JavaScript would write it.
    pub expected: String,
    /// What is there now.
    pub actual: String,
}

/// The whole list as one message.
pub fn describe(differences: &[Difference]) -> String {
    let mut text = String::from("Data integrity verification failed:");
    for difference in differences.iter().take(MAX_LISTED) {
        let path = difference.path.to_string();
        let path = if path.is_empty() { "session" } else { &path };
        let expected = shorten(&difference.expected, 80);
        let actual = shorten(&difference.actual, 80);
        text += &format!(
            "\n  - {} ({path})\n    Expected: {expected}, Actual: {actual}",
            difference.what
        );
    }
    if differences.len() > MAX_LISTED {
        text += &format!("\n  … and {} more", differences.len() - MAX_LISTED);
    }
    text
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn lists_every_mismatch() {
        let text = describe(&[
            Difference {
                path: Path::dotted("screenshots.length"),
                what: "Length mismatch",
                expected: "120".into(),
                actual: "119".into(),
            },
            Difference {
                path: Path::dotted("audioSegments.15.transcription"),
                what: "Value mismatch",
                expected: format!("\"{}\"", "x".repeat(200)),
                actual: "undefined".into(),
            },
        ]);
        assert_eq!(
            text,
            format!(
                "Data integrity verification failed:\n  - Length mismatch (screenshots.length)\n    \
                 Expected: 120, Actual: 119\n  - Value mismatch (audioSegments[15].transcription)\n    \
                 Expected: \"{}…, Actual: undefined",
                "x".repeat(79)
            )
        );
    }

    #[test]
    fn a_long_list_is_counted() {
        let one = Difference {
            path: Path::default(),
            what: "Value mismatch",
            expected: "1".into(),
            actual: "2".into(),
        };
        assert!(describe(&vec![one; MAX_LISTED + 5]).ends_with("… and 5 more"));
    }
}
