//! Repairing what a check finds. Nothing is guessed: what is written is proven by a digest, and what
//! can't be proven is left where it is, and named.

mod backups;
mod finish;
mod litter;
mod manifest;
mod mending;
mod pool;
mod rebuild;
mod replacement;
mod restore;

use super::claim::BRIEFLY_MS;
use super::shelves::Shelves;
use super::{Edits, Engine, confirm};
use crate::domain::damage::{BadRecord, Flaw, Problem, Store};
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, State};
use crate::domain::records::AuditEntry;
use crate::domain::report::RepairResult;
use crate::error::Result;
use crate::ports::{Ports, Unwatched};
use mending::{Mended, Mending, Reason, torn, why_not};
use serde_json::json;

/// What is being done, for journal and audit.
const ACTION: &str = "repair";

/// What may be repaired, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RepairOptions {
    /// Rehearse: write nothing.
    pub dry_run: bool,
    /// Whether the caller has said so.
    pub confirmed: bool,
    /// One session alone.
    pub id: Option<Key>,
    /// `Discard`: a session whose edits are damaged goes back to what was migrated.
    pub edits: Edits,
}

impl<P: Ports> Engine<P> {
    /// Repairs what is damaged, as far as it can be proven what is right, and finishes what was torn.
    pub async fn repair(&self, options: &RepairOptions) -> Result<RepairResult> {
        if options.dry_run || options.confirmed {
            return self.mend(options).await;
        }
        let rehearsal = RepairOptions {
            dry_run: true,
            ..options.clone()
        };
        let preview = self.mend(&rehearsal).await?;
        confirm(false, "repair", || {
            let summary = format!(
                "{} would be repaired, {} would be left",
                preview.repaired.len(),
                preview.left.len()
            );
            (summary, json!(preview))
        })?;
        Ok(preview)
    }

    async fn mend(&self, options: &RepairOptions) -> Result<RepairResult> {
        let mut mending = Mending {
            options,
            repaired: Vec::new(),
            left: Vec::new(),
            problems: self.problems_of(options).await?,
        };
        let mut shelves = self.shelves().await?;
        if self.rebuild_manifests(&shelves, &mut mending).await? {
            // What belongs to a session is known only with its manifest.
            let left = &mending.left;
            let is_left = |problem: &Problem| {
                let of = (&problem.session_id, &problem.place);
                left.iter()
                    .any(|left| of == (&left.session_id, &left.place))
            };
            let mut problems = self.problems_of(options).await?;
            problems.retain(|problem| !is_left(problem));
            mending.problems = problems;
            shelves = self.shelves().await?;
        }
        self.restore_damaged(&shelves, &mut mending).await?;
        self.resume_torn(&shelves, &mut mending).await?;
        self.rebuild_heads(&mut mending).await?;
        self.remove_orphans(&mut mending).await?;
        self.remove_litter(&shelves, &mut mending).await?;
        let rest = mending.take(|_| true);
        for problem in rest {
            let reason = why_not(&problem);
            mending.leave(vec![problem], reason);
        }
        Ok(RepairResult {
            success: mending.left.is_empty(),
            dry_run: options.dry_run,
            repaired: mending.repaired,
            left: mending.left,
        })
    }

    async fn problems_of(&self, options: &RepairOptions) -> Result<Vec<Problem>> {
        let mut problems = self.verify_all(&Unwatched).await?.problems;
        let wanted = |id: Option<&Key>| options.id.is_none() || id == options.id.as_ref();
        problems.retain(|problem| wanted(problem.session_id.as_ref()));
        Ok(problems)
    }

    /// Sessions whose manifest is sound and whose chunks are not.
    async fn restore_damaged(&self, shelves: &Shelves, mending: &mut Mending<'_>) -> Result<()> {
        for (id, manifest) in &shelves.manifests {
            let problems = mending.take(|problem| {
                // A key that is none of ours names no piece.
                let odd = |bad: &BadRecord| {
                    bad.store == problem.store && bad.key.to_string() == problem.place
                };
                let chunks = matches!(problem.store, Store::Lists | Store::Chunks)
                    && problem.code != Flaw::Orphan
                    && !shelves.bad.iter().any(odd);
                let skeleton = problem.store == Store::Manifests && problem.place == "skeleton";
                problem.session_id.as_ref() == Some(id) && (chunks || skeleton)
            });
            if problems.is_empty() {
                continue;
            }
            let manifest = match manifest.state {
                State::RollingBack => match self.resume_rolling(manifest, mending).await? {
                    Some(manifest) => manifest,
                    // Nothing of its chunks is needed any more.
                    None => {
                        mending.settle(problems, Ok(Mended::Done("resume", None)))?;
                        continue;
                    }
                },
                _ => manifest.clone(),
            };
            let unexpected = problems.iter().all(|one| one.code == Flaw::Unexpected);
            let done = match unexpected {
                true => self.drop_unexpected(id, mending.options).await,
                false => self.restore_session(&manifest, mending.options).await,
            };
            mending.settle(problems, done)?;
        }
        Ok(())
    }

    /// Finishes a rollback; the manifest of what rules again if it could not be finished.
    async fn resume_rolling(
        &self,
        manifest: &Manifest,
        mending: &mut Mending<'_>,
    ) -> Result<Option<Manifest>> {
        if mending.options.dry_run {
            return Ok(None);
        }
        let done = self.resume(&manifest.id).await;
        let done = done.map(|()| Mended::Done("resume", None));
        mending.settle(vec![torn(&manifest.id)], done)?;
        self.live_manifest(&manifest.id).await
    }

    /// A line of the audit about a repair.
    fn repair_audit(&self, id: &Key, backup: Option<String>) -> AuditEntry {
        AuditEntry {
            backup,
            ..self.audit(ACTION, id)
        }
    }
}
