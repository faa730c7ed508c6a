//! What the console says of state: classes, counts, codes. Names of keys stay in the result.

use super::{MAX_LISTED, bytes, literal};
use crate::domain::state::{
    CaptureOutcome, CaptureResult, CarryOutcome, CarryRunResult, CarryStanding, CarryStatus,
    StateRestoreResult, StateRunResult, StateStatus, Why,
};
use std::collections::BTreeMap;

/// How state stands, in the answer of `showMigrationStatus` and before a run.
pub(super) fn standing(state: &StateStatus) -> String {
    let mut text = format!("\n🗝️  State ({}): {}\n", state.registry, keys(state.keys));
    if let Some(code) = &state.unreadable {
        return text + &format!("   ⚠️  It can't be read ({code}) and is in no count\n");
    }
    text += &format!("   Captured: {}\n", state.captured);
    for (count, line) in [
        (state.changed, "Changed since"),
        (state.missing, "Not captured yet"),
        (state.offered, "Offered, moves when claimed"),
        (state.left, "Left alone"),
    ] {
        if count > 0 {
            text += &format!("   {line}: {count}\n");
        }
    }
    text + &state
        .carry
        .as_ref()
        .map_or_else(String::new, carry_standing)
}

fn carry_standing(carry: &CarryStatus) -> String {
    let words = match carry.standing {
        CarryStanding::Empty => "nothing to carry".into(),
        CarryStanding::Waiting => "waits until someone is signed in".into(),
        CarryStanding::Pending => "to be carried".into(),
        CarryStanding::Done => "carried".into(),
        CarryStanding::Undone => "undone, and left alone without force".into(),
        CarryStanding::Failed => format!(
            "⚠️  can't be carried ({})",
            carry.code.as_deref().unwrap_or_default()
        ),
    };
    format!("\n↪️  {} → {}: {words}\n", carry.from, carry.to)
}

/// What became of state in a run.
pub(super) fn results(state: &StateRunResult, dry_run: bool) -> String {
    let capture = &state.capture;
    let mut text = format!(
        "\n🗝️  State ({}): {}\n",
        state.registry,
        verdict(capture, dry_run)
    );
    for (class, count) in &capture.classes {
        text += &format!("   {class}: {count}\n");
    }
    if !capture.offered.is_empty() {
        let count = keys(capture.offered.len() as u32);
        text += &format!("   Offered, moves when claimed: {count}\n");
    }
    text += &left(&capture.left);
    if let Some(path) = &capture.path {
        text += &format!("   📦 Snapshot: {path}\n");
    }
    text + &state
        .carry
        .as_ref()
        .map_or_else(String::new, |carry| carried(carry, dry_run))
}

/// What was carried, by path and rule; what the values are is in the result.
fn carried(carry: &CarryRunResult, dry_run: bool) -> String {
    let reason = carry.reason.as_deref().unwrap_or_default();
    let code = carry.code.as_deref().unwrap_or_default();
    let words = match (carry.outcome, dry_run) {
        (CarryOutcome::Carried, true) => "would be carried".into(),
        (CarryOutcome::Carried, false) => "carried".into(),
        (CarryOutcome::Unchanged, _) => "nothing new to carry".into(),
        (CarryOutcome::Empty, _) => "nothing to carry".into(),
        (CarryOutcome::Waiting, _) => format!("waits: {reason} ({code})"),
        (CarryOutcome::Undone, _) => format!("left alone: {reason} ({code})"),
        (CarryOutcome::Cancelled, _) => "not carried, since the run was cancelled".into(),
        (CarryOutcome::Failed, _) => format!("❌ not carried: {code} - {reason}"),
    };
    let mut text = format!("\n↪️  {} → {}: {words}\n", carry.from, carry.to);
    let changes = carry.result.iter().flat_map(|result| &result.changes);
    for change in changes.filter(|change| change.becomes != change.to) {
        text += &format!("   {}: {}\n", change.path, change.rule);
    }
    if let Some(path) = carried_path(carry) {
        text += &format!("   📦 Both as they were: {path}\n");
    }
    text
}

fn verdict(capture: &CaptureResult, dry_run: bool) -> String {
    let size = bytes(capture.bytes as f64);
    let count = keys(capture.keys);
    match (capture.outcome, dry_run) {
        (CaptureOutcome::Captured, true) => format!("{count} would be captured, {size}"),
        (CaptureOutcome::Captured, false) => format!("{count} captured, {size}"),
        (CaptureOutcome::Empty, _) => "nothing to capture".into(),
        (CaptureOutcome::Cancelled, _) => "not captured, since the run was cancelled".into(),
        (CaptureOutcome::Failed, _) => format!(
            "❌ not captured: {} - {}",
            capture.code.as_deref().unwrap_or_default(),
            capture.reason.as_deref().unwrap_or_default()
        ),
    }
}

fn left(left: &BTreeMap<Why, u32>) -> String {
    if left.is_empty() {
        return String::new();
    }
    let reasons = left.iter().map(|(why, count)| {
        let words = match why {
            Why::OtherTenant => "another tenant's",
            Why::Ambiguous => "perhaps another tenant's",
            Why::Unknown => "unknown",
            Why::Token => "sign-in tokens",
            Why::Session => "sessions",
        };
        format!("{count} {words}")
    });
    let reasons: Vec<String> = reasons.collect();
    format!("   Left alone: {}\n", reasons.join(", "))
}

/// The snapshot of a carry that this run has made.
fn carried_path(carry: &CarryRunResult) -> Option<&str> {
    let result = carry.result.as_ref();
    let result = result.filter(|_| carry.outcome == CarryOutcome::Carried)?;
    result.path.as_deref()
}

/// How to undo what a run has done about state.
pub(super) fn undoing(state: &StateRunResult) -> String {
    let call = |what: &str, path: &str| {
        let path = literal(path);
        format!("\n💡 To {what}:\n   rollbackSession(null, {path}, true)\n")
    };
    let carried = state.carry.as_ref().and_then(carried_path);
    let carried = carried.map(|path| call("undo what was carried", path));
    let captured = state.capture.path.as_deref();
    let captured = captured.map(|path| call("put captured keys back where they are gone", path));
    carried.into_iter().chain(captured).collect()
}

/// What would be carried, in the summary of a rehearsal.
pub(super) fn rehearsed(state: &StateRunResult) -> &'static str {
    let carry = state.carry.as_ref().map(|carry| carry.outcome);
    match carry {
        Some(CarryOutcome::Carried) => "   state would be carried\n",
        Some(CarryOutcome::Waiting) => "   carrying would wait until someone is signed in\n",
        _ => "",
    }
}

/// The same in a word or two, for the last line of progress.
pub(super) fn in_a_word(carry: &CarryRunResult) -> String {
    let words = match carry.outcome {
        CarryOutcome::Carried => "state carried",
        CarryOutcome::Unchanged | CarryOutcome::Empty => "nothing to carry",
        CarryOutcome::Waiting => "carrying waits",
        CarryOutcome::Undone => "carrying left alone",
        CarryOutcome::Failed | CarryOutcome::Cancelled => "state not carried",
    };
    words.into()
}

/// What limits have found in state, without any value: class, code, path, type and length.
pub(super) fn findings(state: &StateRunResult) -> Vec<String> {
    let found = state.found().into_iter();
    found
        .map(|(name, finding)| format!("{name}: {}", finding.public()))
        .collect()
}

/// The answer of `rollbackSession` for a snapshot.
pub(super) fn put_back(state: &StateRestoreResult) -> String {
    let mut text = format!(
        "{} {} put back into localStorage, {} unchanged\n📦 From snapshot: {}\n",
        if state.success { "✅" } else { "❌" },
        keys(state.restored.len() as u32),
        state.unchanged.len(),
        state.path,
    );
    for kept in state.kept.iter().take(MAX_LISTED) {
        text += &format!("   kept {}: it holds something else by now\n", kept.class);
    }
    for failed in state.failed.iter().take(MAX_LISTED) {
        text += &format!("   ❌ {}: {}\n", failed.class, failed.code);
    }
    if let Some(path) = &state.overwritten_path {
        text += &format!("📦 What was overwritten is kept in: {path}\n");
    }
    text
}

pub(super) fn keys(count: u32) -> String {
    match count {
        1 => "1 key".into(),
        count => format!("{count} keys"),
    }
}
