//! What is told of a value that breaks a limit, to whom, and how much of it.

use crate::domain::limits::edit::Edit;
use crate::domain::limits::shown::Shown;
use crate::domain::path::Path;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What becomes of a value that breaks a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is lowered, or cut, to its bound.
    Cap,
    /// Its field goes.
    Drop,
    /// The whole session, or state, stays in its source.
    Quarantine,
    /// It stays as it is, and is reported.
    Warn,
}

/// A value that breaks a limit, for dry runs and reports, which go to the caller alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Stable code; [`CODES`](super::CODES) lists them.
    pub code: String,
    /// Where, as a programmer would write it.
    pub path: String,
    /// What is done.
    pub action: Action,
    /// The value that was found.
    pub was: Shown,
    /// The value that is there afterwards: the same after a warning, `missing` after a drop.
    pub becomes: Shown,
    /// What would be right, in words that hold nothing of the value.
    pub why: String,
}

impl Finding {
    /// Whether the value becomes another, or goes.
    pub fn is_change(&self) -> bool {
        matches!(self.action, Action::Cap | Action::Drop)
    }

    /// The finding without any value, for console, progress, errors and the audit.
    pub fn public(&self) -> PublicFinding {
        PublicFinding {
            code: self.code.clone(),
            path: self.path.clone(),
            kind: self.was.kind.clone(),
            length: self.was.length,
        }
    }
}

/// A finding without any value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicFinding {
    /// Stable code.
    pub code: String,
    /// Where.
    pub path: String,
    /// Type of the value that was found; `secret` where it is one.
    #[serde(rename = "type")]
    pub kind: String,
    /// UTF-16 units of a text, items of an array.
    pub length: Option<u32>,
}

impl PublicFinding {
    /// Type and length of what was found: `text, length 320`.
    pub fn what(&self) -> String {
        match self.length {
            Some(length) => format!("{}, length {length}", self.kind),
            None => self.kind.clone(),
        }
    }
}

impl fmt::Display for PublicFinding {
    /// `TooLong at title (text, length 320)`; the body itself has no path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.is_empty() {
            true => write!(f, "{} ({})", self.code, self.what()),
            false => write!(f, "{} at {} ({})", self.code, self.path, self.what()),
        }
    }
}

/// A finding, and the change that mends it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// What is told.
    pub finding: Finding,
    /// Where it was found; the finding may not show it.
    pub path: Path,
    /// What is done; nothing after a warning or a quarantine.
    pub edit: Option<Edit>,
}

impl Judgement {
    /// Whether the session, or the state, stays in its source. No edit counts then.
    pub fn quarantines(&self) -> bool {
        self.finding.action == Action::Quarantine
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::limits::fact::Fact;
    use serde_json::json;

    #[test]
    fn the_public_form_holds_no_value() {
        let finding = Finding {
            code: "NotAllowed".into(),
            path: "tag".into(),
            action: Action::Drop,
            was: Shown::of(&Fact::text("mine"), false),
            becomes: Shown::of(&Fact::Missing, false),
            why: "must be one of those allowed".into(),
        };
        let public = serde_json::to_value(finding.public()).unwrap();
        let expected = json!({ "code": "NotAllowed", "path": "tag", "type": "text", "length": 4 });
        assert_eq!(public, expected);
        let printed = finding.public().to_string();
        assert_eq!(printed, "NotAllowed at tag (text, length 4)");
        let of_all = PublicFinding {
            path: String::new(),
            length: None,
            ..finding.public()
        };
        assert_eq!(of_all.to_string(), "NotAllowed (text)");
    }
}
