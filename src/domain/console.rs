//! What the console functions print. Plain text, made here so that tests read it as people do.

mod advice;
mod findings;
mod results;
mod room;
mod state;

pub use findings::findings;
pub use results::{last_line, results};
pub use room::not_begun;

use crate::domain::progress::Progress;
use crate::domain::report::{
    CleanupResult, MigrationStatus, Outcome, RollbackResult, SessionMigrationResult,
};
use crate::domain::state::{CarryStanding, CarryStatus};
use results::why;

const RULE: &str = "━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━";
/// Most sessions that one list names; the result object has them all.
const MAX_LISTED: usize = 20;

fn heading(title: &str) -> String {
    format!("{RULE}\n  {title}\n{RULE}\n")
}

/// Before anything is known.
pub fn title(dry_run: bool) -> String {
    let mut text = heading("Chunked Storage Migration");
    if dry_run {
        text += "\n⚠️  DRY RUN MODE - No changes will be saved\n";
    }
    text
}

/// Printed while the sources are looked at.
pub const CHECKING: &str = "📊 Checking current migration status...";

/// How things stand before the run.
pub fn before(status: &MigrationStatus) -> String {
    let mut text = match has_sessions(status) {
        true => format!(
            "   Total sessions: {}\n   Already migrated: {} ({}%)\n   Legacy format: {}\n",
            status.total, status.chunked, status.percentage, status.legacy
        ),
        false => "   Sessions: none\n".into(),
    };
    for (count, line) in others(status) {
        text += &format!("   {line}: {count}\n");
    }
    text + &status
        .state
        .as_ref()
        .map_or_else(String::new, state::standing)
}

/// Whether sessions are worth their lines. Where there is state and no session, "0 sessions, 100 %"
/// would read as if all were done.
fn has_sessions(status: &MigrationStatus) -> bool {
    status.total > 0 || status.state.is_none()
}

/// Counts that are worth a line only where there are any.
fn others(status: &MigrationStatus) -> impl Iterator<Item = (u32, &'static str)> {
    [
        (status.quarantined, "In quarantine"),
        (status.diverged, "Diverged"),
        (
            status.chunked_elsewhere,
            "Chunked by the application itself",
        ),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
}

/// The run begins.
pub const START: &str = "🚀 Starting migration...\n";

/// One line of progress; with several sources it says which one.
pub fn progress(event: &Progress, several: bool) -> String {
    let Progress {
        percent, message, ..
    } = event;
    match &event.source {
        Some(source) if several => format!("[{percent}%] {message} (from {source})"),
        _ => format!("[{percent}%] {message}"),
    }
}

/// The answer of `showMigrationStatus`.
pub fn status(status: &MigrationStatus) -> String {
    let mut text = heading("Migration Status");
    text += &match has_sessions(status) {
        true => format!(
            "\n📊 Total sessions: {}\n   Chunked: {} ({}%)\n   Legacy format: {}\n",
            status.total, status.chunked, status.percentage, status.legacy
        ),
        false => "\n📊 Sessions: none\n".into(),
    };
    for (count, line) in others(status) {
        text += &format!("   {line}: {count}\n");
    }
    for unreadable in &status.unreadable_sources {
        text += &format!(
            "   ⚠️  {} can't be read ({}) and is in no count\n",
            unreadable.source, unreadable.code
        );
    }
    if let Some(state) = &status.state {
        text += &state::standing(state);
    }
    text + next_step(status)
}

fn next_step(status: &MigrationStatus) -> &'static str {
    let state = status.state.as_ref();
    let pending = |carry: &CarryStatus| carry.standing == CarryStanding::Pending;
    let state_left =
        state.is_some_and(|state| state.missing > 0 || state.carry.as_ref().is_some_and(pending));
    let unreadable = !status.unreadable_sources.is_empty()
        || state.is_some_and(|state| state.unreadable.is_some());
    match (status.legacy, status.diverged) {
        (0, _) if state_left => REHEARSE,
        (0, 0) if unreadable => "",
        (0, 0) => "\n✅ Nothing is left to migrate\n",
        (0, _) => {
            "\n💡 To decide a conflict, call on your instance:\n   resolveConflict(id, 'source' or 'chunks', { confirm: true })\n"
        }
        _ => REHEARSE,
    }
}

const REHEARSE: &str = "\n💡 To see what a migration would do:\n   runChunkedMigration({ dryRun: true, verbose: true })\n";

/// The answer of `migrateSingleSession`.
pub fn single(row: &SessionMigrationResult) -> String {
    let id = row
        .session_id
        .as_ref()
        .map_or_else(String::new, ToString::to_string);
    let would = if row.dry_run { "would be " } else { "" };
    let done = match (row.from_layout, &row.source) {
        (Some(version), _) => format!("brought from layout {version} to the newer one"),
        (None, Some(source)) => format!("migrated from {source}"),
        (None, None) => "migrated".into(),
    };
    let mut text = match row.outcome {
        Outcome::Migrated => format!(
            "✅ Session {id} {would}{done}: {} chunks, {}, {:.2}s\n",
            row.chunks,
            bytes(row.bytes as f64),
            row.duration_ms / 1000.0
        ),
        Outcome::Skipped => format!("⏭️  Session {} (skipped)\n", why(row)),
        Outcome::Quarantined => format!("🔒 Session {} (left untouched in its source)\n", why(row)),
        Outcome::Failed => format!("❌ Session {}\n", why(row)),
    };
    for warning in &row.warnings {
        let path = if warning.path.is_empty() {
            String::new()
        } else {
            format!(" ({})", warning.path)
        };
        text += &format!("⚠️  {}: {}{path}\n", warning.code, warning.message);
    }
    text += &findings::of_one(&row.findings);
    if let Some(path) = &row.backup_path {
        text += &format!(
            "📦 Backup: {path}\n💡 To put it back:\n   rollbackSession({}, {}, true)\n",
            quote(row),
            literal(path)
        );
    }
    text
}

/// The answer of `rollbackSession`.
pub fn rolled_back(result: &RollbackResult) -> String {
    if let Some(state) = &result.state {
        return state::put_back(state);
    }
    let place = result.restored_to.as_deref().unwrap_or("its chunks");
    let id = result.session_id.as_ref();
    let mut text = format!(
        "✅ Session {} is back in {place}\n📦 From backup: {}\n",
        id.map_or_else(String::new, ToString::to_string),
        result.backup_path
    );
    if let Some(path) = &result.edits_backup_path {
        text += &format!("📦 Edits since the migration are kept in: {path}\n");
    }
    text
}

/// A destructive console function that was not confirmed.
pub fn unconfirmed(summary: &str, call: &str) -> String {
    format!("⚠️  Nothing was changed: {summary}\n💡 To do it:\n   {call}\n")
}

/// The answer of `cleanupBackups`.
pub fn cleaned(result: &CleanupResult) -> String {
    let mut text = format!(
        "🧹 {} backups removed, {} freed\n",
        result.removed.len(),
        bytes(result.freed_bytes as f64)
    );
    for kept in result.kept.iter().take(MAX_LISTED) {
        text += &format!("   kept {}: {}\n", kept.path, kept.code);
    }
    text
}

fn quote(row: &SessionMigrationResult) -> String {
    match &row.session_id {
        Some(crate::domain::key::Key::Number(_)) | None => row
            .session_id
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        Some(id) => literal(&id.to_string()),
    }
}

/// Text as it can be pasted into a call.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A size for people.
pub fn bytes(bytes: f64) -> String {
    let mut value = bytes;
    for unit in ["bytes", "KB", "MB"] {
        if value < 1000.0 {
            return if unit == "bytes" {
                format!("{value:.0} bytes")
            } else {
                format!("{value:.1} {unit}")
            };
        }
        value /= 1000.0;
    }
    format!("{value:.1} GB")
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
