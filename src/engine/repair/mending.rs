//! What a repair has come to: what was done, and what is left and why.

use super::RepairOptions;
use crate::domain::damage::{Flaw, Problem, Store};
use crate::domain::key::Key;
use crate::domain::report::{Left, Repaired};
use crate::engine::verify::problem;
use crate::error::{Error, Result};

/// Why something is left as it is.
pub(super) type Reason = &'static str;

/// What a repair has come to so far.
pub(super) struct Mending<'a> {
    pub options: &'a RepairOptions,
    pub repaired: Vec<Repaired>,
    pub left: Vec<Left>,
    /// What no one has dealt with yet.
    pub problems: Vec<Problem>,
}

impl Mending<'_> {
    /// Takes problems out of the list, to be dealt with.
    pub fn take(&mut self, mut which: impl FnMut(&Problem) -> bool) -> Vec<Problem> {
        let all = std::mem::take(&mut self.problems);
        let (taken, others) = all.into_iter().partition(|problem| which(problem));
        self.problems = others;
        taken
    }

    /// Whether the manifest of a session has been rebuilt, or would be.
    pub fn has_rebuilt(&self, id: &Key) -> bool {
        let mut rows = self.repaired.iter();
        rows.any(|row| row.action == "rebuild-manifest" && row.session_id.as_ref() == Some(id))
    }

    /// Notes what became of some problems.
    pub fn settle(&mut self, problems: Vec<Problem>, done: Result<Mended>) -> Result<()> {
        let (action, backup, kept) = match done {
            Ok(Mended::Done(action, backup)) => (action, backup, None),
            Ok(Mended::Replaced(path, kept)) => ("restore", Some(path), Some(kept)),
            Ok(Mended::Left(reason)) => {
                self.leave(problems, reason);
                return Ok(());
            }
            Err(Error::Closed) => return Err(Error::Closed),
            // What goes wrong with one session keeps no other from being repaired.
            Err(error) => {
                self.leave(problems, error.code());
                return Ok(());
            }
        };
        let rows = problems.into_iter().map(|problem| Repaired {
            session_id: problem.session_id,
            action,
            code: problem.code,
            place: problem.place,
            backup: backup.clone(),
            kept: kept.clone(),
        });
        self.repaired.extend(rows);
        Ok(())
    }

    pub fn leave(&mut self, problems: Vec<Problem>, reason: Reason) {
        let rows = problems.into_iter().map(|problem| Left {
            session_id: problem.session_id,
            code: problem.code,
            place: problem.place,
            reason: reason.into(),
        });
        self.left.extend(rows);
    }
}

/// What became of something.
pub(super) enum Mended {
    /// This was done, from that backup if from one.
    Done(&'static str, Option<String>),
    /// An older state took its place, from that backup; what could still be read of it is another.
    Replaced(String, String),
    /// Nothing, and why.
    Left(Reason),
}

/// Why nothing is done about a problem that no step has taken.
pub(super) fn why_not(problem: &Problem) -> Reason {
    match (problem.store, problem.code) {
        (Store::Manifests, Flaw::Missing) => "ManifestMissing",
        (Store::Manifests, _) => "ManifestDamaged",
        (Store::Backups | Store::BackupHeads, Flaw::Missing) => "BackupMissing",
        (Store::Backups | Store::BackupHeads, _) => "BackupDamaged",
        _ => "NothingToRepairFrom",
    }
}

/// Something that was torn, as a problem.
pub(super) fn torn(id: &Key) -> Problem {
    problem(Flaw::Unfinished, (id, Store::Journal), "journal".into())
}
