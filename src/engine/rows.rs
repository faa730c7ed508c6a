//! Rows of reports.

use super::prepare::Prepared;
use crate::domain::key::Key;
use crate::domain::limits::Findings;
use crate::domain::manifest::Manifest;
use crate::domain::report::{Outcome, PhaseTimes, SessionMigrationResult};
use std::collections::BTreeMap;

/// The row of a session that was left as it was.
pub(super) fn skipped_row(
    id: &Key,
    manifest: Option<&Manifest>,
    code: &str,
    reason: &str,
) -> SessionMigrationResult {
    let mut result = blank(Outcome::Skipped);
    result.session_id = Some(id.clone());
    result.code = Some(code.into());
    result.reason = Some(reason.into());
    if let Some(manifest) = manifest {
        result.label = manifest.label.clone();
        result.source = manifest.origin.as_ref().map(|origin| origin.source.clone());
        result.chunks = manifest.chunks;
        result.bytes = manifest.bytes;
        result.backup_path = manifest.backup.clone();
    }
    result
}

/// The row of a session that was planned, and migrated or rehearsed.
pub(super) fn planned_row<B>(prepared: &Prepared<B>) -> SessionMigrationResult {
    let mut result = blank(Outcome::Migrated);
    result.session_id = Some(prepared.id.clone());
    result.label = prepared.label.clone();
    result.source = Some(prepared.origin.source.clone());
    let arrays = prepared.parted.cut.arrays.iter();
    result.counts = arrays
        .map(|array| (array.path.to_string(), array.len))
        .collect();
    result.chunks = prepared.parted.pieces.len() as u32;
    result.bytes = prepared.parted.bytes();
    result.warnings = prepared.parted.warnings.clone();
    result.phases = prepared.times;
    show_findings(&mut result, prepared.findings.clone());
    result
}

/// Puts what limits have found into a row.
pub(super) fn show_findings(row: &mut SessionMigrationResult, findings: Findings) {
    row.finding_counts = findings.counts().clone();
    row.findings = findings.into_list();
}

/// An empty row.
pub(super) fn blank(outcome: Outcome) -> SessionMigrationResult {
    SessionMigrationResult {
        session_id: None,
        label: None,
        source: None,
        outcome,
        success: outcome != Outcome::Failed,
        dry_run: false,
        code: None,
        reason: None,
        from_layout: None,
        counts: BTreeMap::new(),
        chunks: 0,
        bytes: 0,
        warnings: Vec::new(),
        findings: Vec::new(),
        finding_counts: BTreeMap::new(),
        backup_path: None,
        duration_ms: 0.0,
        phases: PhaseTimes::default(),
    }
}
