//! What limits have found, without any value.

use super::{MAX_LISTED, state};
use crate::domain::limits::Finding;
use crate::domain::report::{BatchMigrationResult, SessionMigrationResult};
use crate::domain::state::StateRunResult;

/// Most findings that are named one by one; the result object has more of them.
const MAX_LINES: usize = 200;

/// What limits have found in all sessions and in state, by code; with `verbose`, a line each as well. Empty where
/// they have found nothing.
pub fn findings(result: &BatchMigrationResult, verbose: bool) -> String {
    let mut counts = result.finding_counts.clone();
    for (_, finding) in result.state.iter().flat_map(StateRunResult::found) {
        *counts.entry(finding.code.clone()).or_default() += 1;
    }
    if counts.is_empty() {
        return String::new();
    }
    let mut text = String::from(match result.dry_run {
        true => "📏 Limits would find:\n",
        false => "📏 Limits found:\n",
    });
    for (code, count) in &counts {
        text += &format!("   {code}: {count}\n");
    }
    if verbose {
        let each = |row: &SessionMigrationResult| -> Vec<String> {
            let id = row.session_id.as_ref().map(ToString::to_string);
            let id = id.unwrap_or_else(|| "(no id)".into());
            let found = row.findings.iter();
            found
                .map(|finding| format!("{id}: {}", finding.public()))
                .collect()
        };
        let mut found: Vec<String> = result.sessions.iter().flat_map(each).collect();
        found.extend(result.state.iter().flat_map(state::findings));
        text += &lines(&found, MAX_LINES);
    }
    text
}

/// The same for one session, a line each.
pub(super) fn of_one(findings: &[Finding]) -> String {
    let found = findings.iter().map(|finding| finding.public().to_string());
    match findings.is_empty() {
        true => String::new(),
        false => format!(
            "📏 Limits:\n{}",
            lines(&found.collect::<Vec<_>>(), MAX_LISTED)
        ),
    }
}

fn lines(found: &[String], most: usize) -> String {
    let mut text: String = found
        .iter()
        .take(most)
        .map(|line| format!("   {line}\n"))
        .collect();
    if found.len() > most {
        let more = found.len() - most;
        text += &format!("   … and {more} more in `findings` of the result\n");
    }
    text
}
