//! Paths into a body: keys, outermost first.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a value lies inside a body. Empty means the body itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Path(pub Vec<String>);

impl Path {
    /// `video.chunks` as `["video", "chunks"]`. Keys that contain dots need the array form.
    pub fn dotted(text: &str) -> Self {
        if text.is_empty() {
            Self::default()
        } else {
            Self(text.split('.').map(str::to_owned).collect())
        }
    }

    /// Whether the path is the body itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `self` lies inside `other` or is the same.
    pub fn starts_with(&self, other: &Path) -> bool {
        self.0.starts_with(&other.0)
    }

    /// What remains of `self` below `other`, which must be a prefix of it.
    pub fn below(&self, other: &Path) -> Path {
        Path(self.0.get(other.0.len()..).unwrap_or_default().to_vec())
    }

    /// The path one key deeper.
    pub fn child(&self, key: impl Into<String>) -> Path {
        let mut keys = self.0.clone();
        keys.push(key.into());
        Path(keys)
    }

    /// The path of what lies at another one below this.
    pub fn join(&self, below: &Path) -> Path {
        Path(self.0.iter().chain(&below.0).cloned().collect())
    }

    /// Path of the container and the last key; `None` at the root.
    pub fn split_last(&self) -> Option<(Path, &str)> {
        let (last, rest) = self.0.split_last()?;
        Some((Path(rest.to_vec()), last))
    }
}

impl fmt::Display for Path {
    /// As a programmer would write it: `screenshots[3].id`; odd keys are quoted and cut.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            if key.bytes().all(|b| b.is_ascii_digit()) && !key.is_empty() {
                write!(f, "[{key}]")?;
            } else if key
                .chars()
                .all(|c| c.is_alphanumeric() || c == '_' || c == '$' || c == '-')
                && !key.is_empty()
            {
                write!(
                    f,
                    "{}{}",
                    if index > 0 { "." } else { "" },
                    shorten(key, 80)
                )?;
            } else {
                write!(f, "[{:?}]", shorten(key, 80))?;
            }
        }
        Ok(())
    }
}

/// The first `limit` characters of a text, with an ellipsis where it was longer.
pub fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn prints_as_a_programmer_writes_it() {
        let path = Path::dotted("video.chunks.3.id");
        assert_eq!(path.to_string(), "video.chunks[3].id");
        assert_eq!(
            Path(vec!["a".into(), "odd key".into()]).to_string(),
            "a[\"odd key\"]"
        );
        assert_eq!(Path::default().to_string(), "");
    }

    #[test]
    fn a_prefix_is_whole_keys_only() {
        assert!(Path::dotted("video.chunks").starts_with(&Path::dotted("video")));
        assert!(!Path::dotted("videos").starts_with(&Path::dotted("video")));
        assert_eq!(
            Path::dotted("video.chunks.2").below(&Path::dotted("video.chunks")),
            Path::dotted("2")
        );
    }

    #[test]
    fn shortens_by_characters_not_bytes() {
        assert_eq!(shorten("äöü", 2), "äö…");
        assert_eq!(shorten("äöü", 3), "äöü");
    }
}
