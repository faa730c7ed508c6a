//! Checking what is stored of one session, any time.

use super::Engine;
use super::load::{LIST, flaw_of};
use crate::domain::damage::{Flaw, Problem, Store};
use crate::domain::key::Key;
use crate::domain::report::VerifyResult;
use crate::error::{Error, Result};
use crate::ports::{Ports, Records, Stored};

impl<P: Ports> Engine<P> {
    /// Reads every piece of a stored session, and every backup of it, and compares all digests.
    pub async fn verify_session(&self, id: &Key) -> Result<VerifyResult> {
        let (mut checked, mut problems) = self.verify_stored(id).await?;
        let of = (id, Store::Backups);
        for head in self.ports.records().backups(Some(id)).await?.sound {
            checked += 1;
            if let Err(error) = self.sound_backup(&head.path).await {
                problems.push(problem(flaw_of(error)?, of, head.path));
            }
        }
        Ok(VerifyResult {
            session_id: id.clone(),
            ok: problems.is_empty(),
            checked,
            problems,
        })
    }

    /// The same without its backups: how many pieces were checked, and what is wrong.
    pub(super) async fn verify_stored(&self, id: &Key) -> Result<(u32, Vec<Problem>)> {
        let stored = match self.stored(id).await {
            Err(Error::Damaged { place, .. }) => {
                let problem = problem(Flaw::Changed, (id, Store::Manifests), place);
                return Ok((1, vec![problem]));
            }
            stored => stored?,
        };
        let Some(stored) = stored.filter(|stored| stored.manifest.is_live()) else {
            return Err(Error::NotChunked {
                id: id.clone(),
                reason: "there is nothing stored to verify",
            });
        };
        let pieces = stored.list.as_ref().map_or(0, |list| list.names().len());
        Ok((pieces as u32 + 1, self.check(&stored).await))
    }

    /// `Damaged`, unless every piece of a stored session is what its digest says.
    pub(super) async fn need_whole(&self, id: &Key) -> Result<()> {
        let (_, problems) = self.verify_stored(id).await?;
        let mut problems = problems.into_iter();
        match problems.find(|one| one.code != Flaw::Unexpected) {
            None => Ok(()),
            Some(problem) => Err(Error::Damaged {
                id: id.clone(),
                place: problem.place,
            }),
        }
    }

    /// Everything that is missing, changed, or there without being listed.
    pub(super) async fn check(&self, stored: &Stored<P::Body>) -> Vec<Problem> {
        let id = &stored.manifest.id;
        let flaw = |place: &str| *stored.flawed.get(place).unwrap_or(&Flaw::Missing);
        let mut problems = Vec::new();
        let manifest = &stored.manifest;
        if self.measure_one(&stored.skeleton).await.ok() != Some(manifest.skeleton_measure) {
            problems.push(problem(
                Flaw::Changed,
                (id, Store::Manifests),
                "skeleton".into(),
            ));
        }
        let Some(list) = &stored.list else {
            problems.push(problem(flaw(LIST), (id, Store::Lists), LIST.into()));
            return problems;
        };
        if list.root(manifest.skeleton_measure.digest) != manifest.fingerprint {
            problems.push(problem(Flaw::Changed, (id, Store::Lists), LIST.into()));
        }
        let of = (id, Store::Chunks);
        for ((name, measure), piece) in list.names().iter().zip(list.measures()).zip(&stored.pieces)
        {
            let place = name.to_string();
            match piece {
                None => problems.push(problem(flaw(&place), of, place)),
                Some(piece) if self.measure_one(piece).await.ok() != Some(measure) => {
                    problems.push(problem(Flaw::Changed, of, place));
                }
                Some(_) => {}
            }
        }
        let unexpected = stored.unexpected.iter();
        problems.extend(unexpected.map(|name| problem(Flaw::Unexpected, of, name.to_string())));
        problems
    }
}

/// Something wrong with a record of a session.
pub(super) fn problem(code: Flaw, (id, store): (&Key, Store), place: String) -> Problem {
    Problem {
        code,
        session_id: (id != &crate::domain::state::id()).then(|| id.clone()),
        store,
        place,
    }
}
