//! What has been carried from one key into another, so that it is not added again.

use crate::domain::digest::Digest;
use crate::domain::path::Path;
use serde::{Deserialize, Serialize};

/// What was carried last between two keys. It outlives every snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Carried {
    /// The key that was read.
    pub from: String,
    /// The key that was merged into.
    pub to: String,
    /// The snapshot of both as they were before.
    pub path: String,
    /// Digest of the text that was read.
    pub source: Digest,
    /// Digest of the text that the target had; `None` where it had none.
    pub before: Option<Digest>,
    /// Digest of the text that was to be written.
    pub target: Digest,
    /// Digest of the rules and limits.
    pub rules: Digest,
    /// Whether the target was written; before, it is only known that it may have been.
    pub done: bool,
    /// Whether the key that was read was cleared since: what lies there now has begun anew, unless it
    /// is that same text.
    pub cleared: bool,
    /// What of every sum is in the target.
    pub sums: Vec<Sum>,
    /// What of them was in it before.
    pub sums_before: Vec<Sum>,
}

/// How much of a sum was carried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sum {
    /// Where.
    pub path: Path,
    /// How much, all in all.
    pub carried: f64,
    /// What the target became by it.
    pub becomes: f64,
}

/// What is known to be in a target already.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Base<'r> {
    sums: &'r [Sum],
    /// Given where it is not known whether the last carry was written.
    before: Option<&'r [Sum]>,
    /// Whether the same was carried by the same rules, and the target is as that has left it.
    pub settled: bool,
}

impl Carried {
    /// Under which name it is kept.
    pub fn name(from: &str, to: &str) -> String {
        format!("carried:{}", serde_json::json!([from, to]))
    }

    /// What is to be remembered where the target is as it was before: what was carried until then.
    pub fn undone(&self) -> Self {
        Self {
            target: self.before.unwrap_or(self.target),
            // By no rules: nothing is settled.
            rules: Digest::of(b""),
            done: true,
            cleared: false,
            sums: self.sums_before.clone(),
            ..self.clone()
        }
    }
}

impl<'r> Base<'r> {
    /// Finds out what is in a target. localStorage may lose what was written last when the power
    /// fails, and others may put it back as it was: then what it holds says so.
    pub fn of(
        record: Option<&'r Carried>,
        rules: Digest,
        from: &str,
        to: Option<&str>,
    ) -> Base<'r> {
        let (Some(record), Some(to)) = (record, to) else {
            return Base::default();
        };
        let (source, target) = (Digest::of(from.as_bytes()), Digest::of(to.as_bytes()));
        let same = source == record.source;
        if record.cleared && !same {
            return Base::default();
        }
        let (sums, before) = match target {
            target if target == record.target => (&record.sums, None),
            target if Some(target) == record.before => (&record.sums_before, None),
            _ if record.done => (&record.sums, None),
            _ => (&record.sums, Some(record.sums_before.as_slice())),
        };
        Base {
            sums,
            before,
            settled: same && target == record.target && rules == record.rules,
        }
    }

    /// How much of a sum is in the target, which now has `held`. Where there is none, or zero, none
    /// of it can be: someone has begun anew, or has written zeros over it.
    pub fn carried(&self, path: &Path, held: Option<f64>) -> f64 {
        let find = |sums: &'r [Sum]| sums.iter().find(|sum| sum.path == *path);
        let (Some(held), Some(sum)) = (held, find(self.sums)) else {
            return 0.0;
        };
        match self.before {
            _ if held == 0.0 && sum.becomes != 0.0 => 0.0,
            Some(before) if held < sum.becomes => find(before).map_or(0.0, |sum| sum.carried),
            _ => sum.carried,
        }
    }

    /// Every sum that is in the target.
    pub fn sums(&self) -> &'r [Sum] {
        self.sums
    }
}
