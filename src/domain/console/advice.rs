//! What to do next.

use super::results::{count, has_sessions};
use super::{room, state};
use crate::domain::report::BatchMigrationResult;

/// After a rehearsal: what would be done, and how to do it.
pub(super) fn rehearsed(result: &BatchMigrationResult) -> String {
    let mut text = String::from(
        "\n✅ Dry run completed successfully!\n\n📋 Summary of what would be migrated:\n",
    );
    if has_sessions(result) {
        text += &format!(
            "   {} sessions would be migrated\n   {} sessions already chunked\n",
            result.migrated,
            count(result, "AlreadyChunked")
        );
    }
    if let Some(came) = &result.state {
        text += &format!(
            "   {} of state would be captured\n",
            state::keys(came.capture.keys)
        );
        text += state::rehearsed(came);
    }
    if result.quarantined > 0 {
        text += &format!(
            "   {} sessions would stay in quarantine\n",
            result.quarantined
        );
    }
    if let Some(shortage) = &result.shortage {
        text += &room::rehearsed(shortage);
    }
    text + "\n💡 To apply changes, run without dryRun:\n   runChunkedMigration({ verbose: true })\n"
}

/// After a run: what was kept, and how to undo it.
pub(super) fn finished(result: &BatchMigrationResult) -> String {
    let mut text = String::from("\n✅ Migration completed successfully!\n");
    let snapshot = result
        .state
        .as_ref()
        .and_then(|came| came.capture.path.as_deref());
    if result.migrated > 0 || snapshot.is_some() {
        let days = result.backup_retention_days;
        text += &format!(
            "\n📦 Backups created with {days}-day retention\n   Backups will be automatically cleaned up after {days} days\n"
        );
    }
    if result.migrated > 0 {
        text += "\n💡 If you need to rollback a session:\n   rollbackSession('session-id', 'backup-path', true)\n";
    }
    text += &result
        .state
        .as_ref()
        .map_or_else(String::new, state::undoing);
    text + "\n📊 To check migration status anytime:\n   showMigrationStatus()\n"
}
