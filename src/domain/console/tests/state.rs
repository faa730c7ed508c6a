//! A line for each kind: sessions, state, what was carried.

use super::*;
use crate::domain::report::{BatchError, Part};
use crate::domain::state::{
    CaptureOutcome, CaptureResult, CarryOutcome, CarryRunResult, StateFinding, StateRunResult,
    StateStatus, Why,
};

fn captured() -> CaptureResult {
    CaptureResult {
        path: Some("state/agents/t.backup-1".into()),
        keys: 3,
        classes: [("agents".to_owned(), 1), ("theme".to_owned(), 2)].into(),
        bytes: 1_234,
        left: [(Why::OtherTenant, 2), (Why::Session, 1)].into(),
        ..CaptureResult::none(CaptureOutcome::Captured)
    }
}

fn with(capture: CaptureResult, carry: Option<CarryRunResult>) -> BatchMigrationResult {
    BatchMigrationResult {
        state: Some(StateRunResult {
            registry: "agents".into(),
            tenant_id: Some("t".into()),
            capture,
            carry,
        }),
        ..result(0, 0, false)
    }
}

fn carry(outcome: CarryOutcome) -> CarryRunResult {
    CarryRunResult {
        outcome,
        code: None,
        reason: None,
        from: "guest".into(),
        to: "account".into(),
        result: None,
    }
}

#[test]
fn state_alone_is_never_zero_sessions() {
    let only = with(captured(), None);
    assert_eq!(last_line(&only), "Complete: 3 keys captured, 0 errors");
    let text = results(&only);
    let expected = "\
Status: ✅ Success
Sessions: none
Errors: 0
Duration: 12.34s

🗝️  State (agents): 3 keys captured, 1.2 KB
   agents: 1
   theme: 2
   Left alone: 2 another tenant's, 1 sessions
   📦 Snapshot: state/agents/t.backup-1

✅ Migration completed successfully!

📦 Backups created with 30-day retention
   Backups will be automatically cleaned up after 30 days

💡 To put captured keys back where they are gone:
   rollbackSession(null, 'state/agents/t.backup-1', true)

📊 To check migration status anytime:
   showMigrationStatus()
";
    let text = text.split_once("\n\n").unwrap().1;
    assert_eq!(text, expected);
}

#[test]
fn what_failed_is_told_with_its_kind_and_nothing_is_called_a_success() {
    let error = |part| BatchError {
        part,
        session_id: None,
        code: "StorageDenied".into(),
        message: "denied".into(),
        retryable: false,
    };
    let failed = CaptureResult {
        code: Some("StorageDenied".into()),
        reason: Some("denied".into()),
        ..CaptureResult::none(CaptureOutcome::Failed)
    };
    let told = CarryRunResult {
        code: Some("Busy".into()),
        reason: Some("another tab".into()),
        ..carry(CarryOutcome::Failed)
    };
    let broken = BatchMigrationResult {
        success: false,
        errors: [Part::Capture, Part::Sessions, Part::Carry]
            .map(error)
            .into(),
        ..with(failed, Some(told))
    };
    let text = results(&broken);
    for line in [
        "Status: ❌ Finished with errors\n",
        "🗝️  State (agents): ❌ not captured: StorageDenied - denied\n",
        "↪️  guest → account: ❌ not carried: Busy - another tab\n",
        "❌ Sessions: StorageDenied - denied\n",
        "💡 Nothing was lost: what failed is untouched. Run again to go on.\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let last = last_line(&broken);
    assert_eq!(
        last,
        "Complete: 0 keys captured, state not carried, 3 errors"
    );
}

#[test]
fn every_outcome_of_a_carry_has_words() {
    for (outcome, words) in [
        (CarryOutcome::Carried, "carried"),
        (CarryOutcome::Unchanged, "nothing new to carry"),
        (CarryOutcome::Empty, "nothing to carry"),
        (
            CarryOutcome::Cancelled,
            "not carried, since the run was cancelled",
        ),
    ] {
        let text = results(&with(captured(), Some(carry(outcome))));
        let line = format!("↪️  guest → account: {words}\n");
        assert!(text.contains(&line), "{text}");
    }
}

#[test]
fn findings_of_state_show_class_code_path_type_and_length() {
    let mut capture = captured();
    capture.findings.push(StateFinding {
        key: "models_t".into(),
        class: "models".into(),
        finding: Finding {
            code: "TooLong".into(),
            path: "name".into(),
            action: Action::Warn,
            was: Shown::of(&Fact::text("mine"), false),
            becomes: Shown::of(&Fact::text("mine"), false),
            why: String::new(),
        },
    });
    let text = findings(&with(capture, None), true);
    assert_eq!(
        text,
        "📏 Limits found:\n   TooLong: 1\n   models: TooLong at name (text, length 4)\n"
    );
}

#[test]
fn the_status_has_a_line_for_each_kind_and_says_what_is_next() {
    let state = StateStatus {
        keys: 5,
        captured: 2,
        changed: 1,
        missing: 2,
        offered: 1,
        left: 7,
        ..StateStatus::blank("agents", Some("t"))
    };
    let both = MigrationStatus {
        state: Some(state),
        ..MigrationStatus::new(2, 0, 0, 0, 0)
    };
    let text = status(&both);
    let expected = "
📊 Total sessions: 2
   Chunked: 2 (100%)
   Legacy format: 0

🗝️  State (agents): 5 keys
   Captured: 2
   Changed since: 1
   Not captured yet: 2
   Offered, moves when claimed: 1
   Left alone: 7

💡 To see what a migration would do:
   runChunkedMigration({ dryRun: true, verbose: true })
";
    assert!(text.ends_with(expected), "{text}");
    let unreadable = MigrationStatus {
        state: Some(StateStatus {
            unreadable: Some("StorageDenied".into()),
            ..StateStatus::blank("agents", Some("t"))
        }),
        ..MigrationStatus::new(0, 0, 0, 0, 0)
    };
    let text = status(&unreadable);
    assert!(
        text.ends_with("   ⚠️  It can't be read (StorageDenied) and is in no count\n"),
        "{text}"
    );
}
