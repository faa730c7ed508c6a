mod state;

use super::*;
use crate::domain::key::Key;
use crate::domain::limits::{Action, Fact, Finding, Shown};
use crate::domain::report::BatchMigrationResult;

fn row(outcome: Outcome, code: Option<&str>) -> SessionMigrationResult {
    SessionMigrationResult {
        session_id: Some(Key::text("s1")),
        label: None,
        source: None,
        outcome,
        success: true,
        dry_run: false,
        code: code.map(str::to_owned),
        reason: Some("because".into()),
        from_layout: None,
        counts: Default::default(),
        chunks: 3,
        bytes: 1_234_567,
        warnings: vec![],
        findings: vec![],
        finding_counts: Default::default(),
        backup_path: None,
        duration_ms: 120.0,
        phases: Default::default(),
    }
}

fn result(migrated: usize, skipped: usize, dry_run: bool) -> BatchMigrationResult {
    let mut sessions = vec![row(Outcome::Migrated, None); migrated];
    sessions.extend(vec![row(Outcome::Skipped, Some("AlreadyChunked")); skipped]);
    BatchMigrationResult {
        success: true,
        dry_run,
        cancelled: false,
        total: (migrated + skipped) as u32,
        migrated: migrated as u32,
        relaid: 0,
        skipped: skipped as u32,
        quarantined: 0,
        finding_counts: Default::default(),
        errors: vec![],
        duration_ms: 12_340.0,
        backup_retention_days: 30,
        quota: None,
        shortage: None,
        state: None,
        sessions,
    }
}

fn event(message: &str, percent: u32) -> Progress {
    use crate::domain::progress::{About, Pace, Phase};
    let event = Pace::new(1, 0.0).event(Phase::Complete, message.into(), About::default(), 0.0);
    Progress { percent, ..event }
}

#[test]
fn a_line_of_progress_says_where_a_session_lies_if_there_are_several_places() {
    let mut event = event("Migrating session 4/35: Morning", 10);
    event.source = Some("localStorage/state".into());
    assert_eq!(
        progress(&event, false),
        "[10%] Migrating session 4/35: Morning"
    );
    assert_eq!(
        progress(&event, true),
        "[10%] Migrating session 4/35: Morning (from localStorage/state)"
    );
}

#[test]
fn sessions_from_several_places_are_counted_by_place() {
    let mut two = result(2, 0, false);
    for (row, source) in two
        .sessions
        .iter_mut()
        .zip(["app/rows", "localStorage/state"])
    {
        row.source = Some(source.into());
    }
    let text = results(&two);
    let expected = "\n📍 By source:\n   1 from app/rows\n   1 from localStorage/state\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_dry_run_reads_as_in_the_guide() {
    // Each print ends its line, as the console does.
    let text: String = [
        title(true),
        CHECKING.into(),
        before(&MigrationStatus::new(12, 35, 0, 0, 0)),
        START.into(),
        progress(
            &event("Complete: 35 migrated, 12 skipped, 0 errors", 100),
            true,
        ),
        results(&result(35, 12, true)),
    ]
    .map(|print| print + "\n")
    .concat();
    let expected = "\
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  Chunked Storage Migration
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

⚠️  DRY RUN MODE - No changes will be saved

📊 Checking current migration status...
   Total sessions: 47
   Already migrated: 12 (26%)
   Legacy format: 35

🚀 Starting migration...

[100%] Complete: 35 migrated, 12 skipped, 0 errors

━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  Migration Results
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

Status: ✅ Success
Total sessions: 47
Migrated: 35
Skipped (already chunked): 12
Errors: 0
Duration: 12.34s

✅ Dry run completed successfully!

📋 Summary of what would be migrated:
   35 sessions would be migrated
   12 sessions already chunked

💡 To apply changes, run without dryRun:
   runChunkedMigration({ verbose: true })

";
    assert_eq!(text, expected);
}

#[test]
fn a_migration_reads_as_in_the_guide() {
    let text = results(&result(35, 12, false));
    let end = "\
✅ Migration completed successfully!

📦 Backups created with 30-day retention
   Backups will be automatically cleaned up after 30 days

💡 If you need to rollback a session:
   rollbackSession('session-id', 'backup-path', true)

📊 To check migration status anytime:
   showMigrationStatus()
";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn what_is_not_well_is_said() {
    let mut failed = result(1, 0, false);
    failed.success = false;
    failed.quarantined = 1;
    failed
        .sessions
        .push(row(Outcome::Quarantined, Some("IdMissing")));
    failed
        .sessions
        .push(row(Outcome::Failed, Some("QuotaExceeded")));
    let text = results(&failed);
    for line in [
        "Status: ❌",
        "Quarantined: 1",
        "   s1: IdMissing - because",
        "   s1: QuotaExceeded - because",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("completed successfully"));
}

#[test]
fn a_call_can_be_pasted() {
    let mut one = row(Outcome::Migrated, None);
    one.session_id = Some(Key::text("it's"));
    one.backup_path = Some("sessions/it's.backup-x".into());
    assert!(single(&one).contains(r"rollbackSession('it\'s', 'sessions/it\'s.backup-x', true)"));
    one.session_id = Some(Key::Number(5.0));
    assert!(single(&one).contains("rollbackSession(5, "));
}

#[test]
fn sizes_are_for_people() {
    assert_eq!(
        [12.0, 1234.0, 5e6, 7.25e9].map(bytes),
        ["12 bytes", "1.2 KB", "5.0 MB", "7.2 GB"]
    );
}

fn finding(code: &str, path: &str) -> Finding {
    Finding {
        code: code.into(),
        path: path.into(),
        action: Action::Cap,
        was: Shown::of(&Fact::text("very private"), false),
        becomes: Shown::of(&Fact::text("very"), false),
        why: "must have at most 4 UTF-16 units".into(),
    }
}

#[test]
fn findings_are_told_by_code_and_one_by_one_only_when_asked() {
    let mut one = result(1, 0, true);
    assert_eq!(findings(&one, true), "");
    one.sessions[0].findings = vec![finding("TooLong", "title"), finding("TooLong", "note")];
    one.finding_counts = [("TooLong".to_owned(), 2)].into();
    assert_eq!(
        findings(&one, false),
        "📏 Limits would find:\n   TooLong: 2\n"
    );
    one.dry_run = false;
    assert_eq!(
        findings(&one, true),
        "📏 Limits found:\n   TooLong: 2\n   s1: TooLong at title (text, length 12)\n   s1: TooLong at note (text, length 12)\n"
    );
    let text = single(&one.sessions[0]);
    let expected = "📏 Limits:\n   TooLong at title (text, length 12)\n";
    assert!(text.contains(expected) && !text.contains("very"), "{text}");
}

#[test]
fn a_list_of_findings_ends_somewhere() {
    let mut one = result(1, 0, false);
    one.sessions[0].findings = vec![finding("TooLong", "title"); 300];
    one.finding_counts = [("TooLong".to_owned(), 300)].into();
    let text = findings(&one, true);
    assert_eq!(text.lines().count(), 203);
    assert!(text.ends_with("   … and 100 more in `findings` of the result\n"));
}

#[test]
fn too_little_room_is_told_with_the_calls_that_may_help() {
    use crate::domain::headroom::{Shortage, Storage};
    let storage = Storage::new(2e6, 5e6, Some(false)).unwrap();
    let short = Shortage::new(12e6, storage, 2, 1e6);
    let text = not_begun(&short);
    for line in [
        "🛑 Not started, nothing was changed: storage does not suffice",
        "   about 12.0 MB needed, 3.0 MB free, 9.0 MB missing",
        "      runChunkedMigration({ headroom: 'fit' })",
        "      cleanupBackups(undefined, true)",
        "      navigator.storage.persist()",
    ] {
        assert!(text.lines().any(|printed| printed == line), "{text}");
    }
    let mut stopped = result(3, 0, false);
    stopped.success = false;
    stopped.shortage = Some(short.clone());
    let text = results(&stopped);
    assert!(text.contains("🛑 Stopped: storage does not suffice for the next session\n"));
    let mut rehearsed = result(3, 0, true);
    rehearsed.shortage = Some(short);
    let text = results(&rehearsed);
    assert!(
        text.contains("⚠️  Storage may not suffice: about 12.0 MB needed"),
        "{text}"
    );
    let nothing = not_begun(&Shortage::new(
        9.0,
        Storage::new(1.0, 2.0, None).unwrap(),
        0,
        0.0,
    ));
    assert!(nothing.ends_with("💡 Free some space on this device, then run again.\n"));
}
