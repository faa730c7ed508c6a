//! Checking what is stored, any time.

use super::Engine;
use crate::domain::key::Key;
use crate::domain::report::{VerifyProblem, VerifyResult};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Stored};

impl<P: Ports> Engine<P> {
    /// Reads every piece of a stored session and compares it with its digest.
    pub async fn verify_session(&self, id: &Key) -> Result<VerifyResult> {
        let stored = self.stored(id).await?;
        let Some(stored) = stored.filter(|stored| stored.manifest.is_live()) else {
            return Err(Error::NotChunked {
                id: id.clone(),
                reason: "there is nothing stored to verify",
            });
        };
        let problems = self.check(&stored).await;
        let checked = stored.list.as_ref().map_or(0, |list| list.names().len()) as u32 + 1;
        Ok(VerifyResult {
            session_id: id.clone(),
            ok: problems.is_empty(),
            checked,
            problems,
        })
    }

    /// Everything that is missing, changed, or there without being listed.
    pub(super) async fn check(&self, stored: &Stored<P::Body>) -> Vec<VerifyProblem> {
        let problem = |code: &str, place: String| VerifyProblem {
            code: code.into(),
            place,
        };
        let Some(list) = &stored.list else {
            return vec![problem("Missing", "chunk list".into())];
        };
        let bodies = self.ports.bodies();
        let mut problems = Vec::new();
        match bodies
            .measure(std::slice::from_ref(&stored.skeleton), &[])
            .await
        {
            Ok(measured) if measured.full.first() == Some(&stored.manifest.skeleton_measure) => {}
            _ => problems.push(problem("Changed", "skeleton".into())),
        }
        if list.root(stored.manifest.skeleton_measure.digest) != stored.manifest.fingerprint {
            problems.push(problem("Changed", "chunk list".into()));
        }
        for ((name, measure), piece) in list.names().iter().zip(list.measures()).zip(&stored.pieces)
        {
            let Some(piece) = piece else {
                problems.push(problem("Missing", name.to_string()));
                continue;
            };
            match bodies.measure(std::slice::from_ref(piece), &[]).await {
                Ok(measured) if measured.full.first() == Some(&measure) => {}
                _ => problems.push(problem("Changed", name.to_string())),
            }
        }
        problems.extend(
            stored
                .unexpected
                .iter()
                .map(|name| problem("Unexpected", name.to_string())),
        );
        problems
    }
}
