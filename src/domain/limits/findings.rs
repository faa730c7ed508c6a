//! All that limits have found in one body.

use crate::domain::limits::finding::{Action, Finding, PublicFinding};
use crate::domain::path::Path;
use crate::domain::report::Warning;
use std::collections::BTreeMap;

/// Most findings of a report that change nothing. Those that change a value are all named: what was
/// stored comes back as it was but for them.
pub const MAX_WARNINGS: usize = 100;
/// Most findings that manifest and audit keep.
pub const MAX_RECORDED: usize = 20;

/// Findings on one body.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    list: Vec<Finding>,
    counts: BTreeMap<String, u32>,
    warnings: usize,
}

impl Findings {
    /// One more.
    pub fn push(&mut self, finding: Finding) {
        *self.counts.entry(finding.code.clone()).or_default() += 1;
        if !finding.is_change() {
            self.warnings += 1;
            if self.warnings > MAX_WARNINGS {
                return;
            }
        }
        self.list.push(finding);
    }

    /// Every change, and the first warnings.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// The same, to be kept.
    pub fn into_list(self) -> Vec<Finding> {
        self.list
    }

    /// How many there are of each code, those included that are not in the list.
    pub fn counts(&self) -> &BTreeMap<String, u32> {
        &self.counts
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The same where nothing was done after all: what was found stays as it was.
    pub fn undone(mut self) -> Self {
        for finding in &mut self.list {
            finding.becomes = finding.was.clone();
        }
        self
    }

    /// What the audit keeps: without values, changes first.
    pub fn recorded(&self) -> Vec<PublicFinding> {
        self.first().map(Finding::public).collect()
    }

    /// The same as warnings, for the manifest.
    pub fn as_warnings(&self) -> Vec<Warning> {
        let mut warnings: Vec<_> = self.first().map(as_warning).collect();
        let all: u32 = self.counts.values().sum();
        let more = all as usize - warnings.len().min(all as usize);
        if more > 0 {
            let message = format!("{more} more findings of limits; the report of the run had them");
            warnings.push(Warning::new("MoreFindings", &Path::default(), message));
        }
        warnings
    }

    fn first(&self) -> impl Iterator<Item = &Finding> {
        let changes = self.list.iter().filter(|finding| finding.is_change());
        let others = self.list.iter().filter(|finding| !finding.is_change());
        changes.chain(others).take(MAX_RECORDED)
    }
}

fn as_warning(finding: &Finding) -> Warning {
    let done = match finding.action {
        Action::Cap => "was capped by a limit",
        Action::Drop => "was dropped by a limit",
        Action::Warn | Action::Quarantine => "breaks a limit",
    };
    Warning {
        code: finding.code.clone(),
        path: finding.path.clone(),
        message: format!("{done} ({})", finding.public().what()),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::limits::fact::Fact;
    use crate::domain::limits::shown::Shown;

    fn finding(number: usize, action: Action) -> Finding {
        Finding {
            code: format!("{action:?}"),
            path: format!("a[{number}]"),
            action,
            was: Shown::of(&Fact::text("mine"), false),
            becomes: Shown::of(&Fact::text("m"), false),
            why: "must have at most 1 UTF-16 units".into(),
        }
    }

    fn many() -> Findings {
        let mut findings = Findings::default();
        for number in 0..150 {
            findings.push(finding(number, Action::Warn));
            findings.push(finding(number, Action::Cap));
        }
        findings
    }

    #[test]
    fn every_change_is_named_and_every_finding_counted() {
        let findings = many();
        let changes = findings.list().iter().filter(|f| f.is_change()).count();
        assert_eq!((changes, findings.list().len()), (150, 250));
        let counts: Vec<_> = findings.counts().values().copied().collect();
        assert_eq!(counts, [150, 150]);
    }

    #[test]
    fn what_is_kept_is_short_names_changes_first_and_holds_no_value() {
        let findings = many();
        let kept = findings.recorded();
        assert_eq!(kept.len(), MAX_RECORDED);
        assert!(kept.iter().all(|finding| finding.code == "Cap"));
        let warnings = findings.as_warnings();
        assert_eq!(warnings.len(), MAX_RECORDED + 1);
        assert_eq!(
            warnings[0].message,
            "was capped by a limit (text, length 4)"
        );
        assert!(warnings[20].message.starts_with("280 more"));
        let text = serde_json::to_string(&(kept, warnings)).unwrap();
        assert!(!text.contains("mine"), "{text}");
        assert!(Findings::default().as_warnings().is_empty());
    }

    #[test]
    fn what_was_not_done_becomes_what_it_was() {
        let findings = many().undone();
        assert!(findings.list().iter().all(|f| f.becomes == f.was));
    }
}
