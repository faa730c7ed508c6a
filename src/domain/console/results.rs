//! What a batch came to, and what to do next.

use super::advice::{finished, rehearsed};
use super::{MAX_LISTED, heading, room, state};
use crate::domain::report::{
    BatchError, BatchMigrationResult, Outcome, Part, SessionMigrationResult,
};
use std::collections::BTreeMap;

/// The result of a batch, and what to do next.
pub fn results(result: &BatchMigrationResult) -> String {
    let mut text = String::from("\n");
    text += &heading("Migration Results");
    text += &format!("\nStatus: {}\n", verdict(result));
    text += &sessions(result);
    text += &format!(
        "Errors: {}\nDuration: {:.2}s\n",
        result.errors.len(),
        result.duration_ms / 1000.0
    );
    text += &by_source(result);
    text += &copies(result);
    text += &left_alone(result);
    if let Some(came) = &result.state {
        text += &state::results(came, result.dry_run);
    }
    text += &broken_parts(result);
    if let Some(shortage) = result.shortage.as_ref().filter(|_| !result.dry_run) {
        text += &room::stopped(shortage);
    }
    if result.success && !result.cancelled {
        text += &if result.dry_run {
            rehearsed(result)
        } else {
            finished(result)
        };
    } else if result.cancelled {
        text += "\n💡 What was migrated stays migrated. Run again to go on.\n";
    } else {
        text += "\n💡 Nothing was lost: what failed is untouched. Run again to go on.\n";
    }
    text
}

/// The last line of progress: each kind in a few words.
pub fn last_line(result: &BatchMigrationResult) -> String {
    let word = match result.cancelled {
        true => "Cancelled",
        false => "Complete",
    };
    let mut counts = Vec::new();
    if has_sessions(result) {
        counts.push(format!("{} migrated", result.migrated));
        counts.push(format!("{} skipped", result.skipped));
    }
    if let Some(came) = &result.state {
        counts.push(format!("{} captured", state::keys(came.capture.keys)));
        counts.extend(came.carry.as_ref().map(state::in_a_word));
    }
    counts.push(format!("{} errors", result.errors.len()));
    if result.quarantined > 0 {
        counts.push(format!("{} quarantined", result.quarantined));
    }
    format!("{word}: {}", counts.join(", "))
}

/// Whether sessions are worth their lines.
pub(super) fn has_sessions(result: &BatchMigrationResult) -> bool {
    !result.sessions.is_empty() || result.state.is_none()
}

/// Sessions, by what became of them.
fn sessions(result: &BatchMigrationResult) -> String {
    if !has_sessions(result) {
        return "Sessions: none\n".into();
    }
    let mut text = format!(
        "Total sessions: {}\nMigrated: {}{}\nSkipped (already chunked): {}\n",
        result.total,
        result.migrated,
        match result.relaid {
            0 => String::new(),
            relaid => format!(" ({relaid} of them to a newer layout)"),
        },
        count(result, "AlreadyChunked")
    );
    for (code, words) in [
        ("RolledBack", "rolled back"),
        ("Diverged", "diverged"),
        (
            "HigherSourceUnreadable",
            "a source that comes first can't be read",
        ),
    ] {
        match count(result, code) {
            0 => {}
            number => text += &format!("Skipped ({words}): {number}\n"),
        }
    }
    if result.quarantined > 0 {
        text += &format!("Quarantined: {}\n", result.quarantined);
    }
    text
}

/// Parts of the run that failed as a whole. What failed of state is told with it.
fn broken_parts(result: &BatchMigrationResult) -> String {
    let whole = |error: &&BatchError| {
        let row = |row: &SessionMigrationResult| row.code.as_ref() == Some(&error.code);
        error.part == Part::Sessions
            && error.session_id.is_none()
            && !result.sessions.iter().any(row)
    };
    let errors = result.errors.iter().filter(whole);
    errors.fold(String::new(), |text, error| {
        text + &format!("\n❌ Sessions: {} - {}\n", error.code, error.message)
    })
}

/// Where what was moved came from, if from several places.
fn by_source(result: &BatchMigrationResult) -> String {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let moved =
        |row: &&SessionMigrationResult| row.outcome == Outcome::Migrated && !row.is_relaid();
    for row in result.sessions.iter().filter(moved) {
        *counts
            .entry(row.source.as_deref().unwrap_or_default())
            .or_default() += 1;
    }
    if counts.len() < 2 {
        return String::new();
    }
    let lines = counts
        .iter()
        .map(|(source, count)| format!("   {count} from {source}\n"));
    lines.fold("\n📍 By source:\n".to_owned(), |text, line| text + &line)
}

/// How many copies of sessions lie elsewhere; each is told of in the row of its session.
fn copies(result: &BatchMigrationResult) -> String {
    let warnings = result.sessions.iter().flat_map(|row| &row.warnings);
    match warnings.filter(|warning| warning.code == "AlsoIn").count() {
        0 => String::new(),
        1 => "\n📎 1 copy in another source was left alone\n".into(),
        count => format!("\n📎 {count} copies in other sources were left alone\n"),
    }
}

fn verdict(result: &BatchMigrationResult) -> &'static str {
    match (result.cancelled, result.success) {
        (true, _) => "⏹️  Cancelled",
        (false, true) => "✅ Success",
        (false, false) => "❌ Finished with errors",
    }
}

pub(super) fn count(result: &BatchMigrationResult, code: &str) -> usize {
    result
        .sessions
        .iter()
        .filter(|row| is_skipped(row, code))
        .count()
}

fn is_skipped(row: &SessionMigrationResult, code: &str) -> bool {
    row.outcome == Outcome::Skipped && row.code.as_deref() == Some(code)
}

/// Sessions that are not where one would like them, with the reason.
fn left_alone(result: &BatchMigrationResult) -> String {
    let mut text = String::new();
    for (outcome, words) in [
        (
            Outcome::Quarantined,
            "🔒 In quarantine, untouched in their source:",
        ),
        (Outcome::Failed, "❌ Failed, untouched in their source:"),
    ] {
        let rows: Vec<_> = result
            .sessions
            .iter()
            .filter(|row| row.outcome == outcome)
            .collect();
        if rows.is_empty() {
            continue;
        }
        text += &format!("\n{words}\n");
        for row in rows.iter().take(MAX_LISTED) {
            text += &format!("   {}\n", why(row));
        }
        if rows.len() > MAX_LISTED {
            text += &format!(
                "   … and {} more in `sessions` of the result\n",
                rows.len() - MAX_LISTED
            );
        }
    }
    text
}

pub(super) fn why(row: &SessionMigrationResult) -> String {
    let id = row
        .session_id
        .as_ref()
        .map_or_else(|| "(no id)".to_owned(), ToString::to_string);
    let code = row.code.as_deref().unwrap_or_default();
    format!(
        "{id}: {code} - {}",
        row.reason.as_deref().unwrap_or_default()
    )
}
