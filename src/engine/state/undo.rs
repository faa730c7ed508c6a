//! Undoing a restoration that failed midway.

use super::super::Engine;
use super::super::claim::Claim;
use super::super::migrate::GuardOf;
use super::restore::{Step, failed};
use crate::domain::state::FailedKey;
use crate::error::{Error, Result};
use crate::ports::{Ports, Sources};

impl<P: Ports> Engine<P> {
    /// Puts keys as they were before, the last one first, unless someone has changed them since.
    /// Fails with the error that stopped the restoration if all of it is undone; otherwise returns
    /// the keys that may still hold what was written.
    pub(super) async fn undo(
        &self,
        claim: &Claim<GuardOf<P>>,
        path: &str,
        begun: &[&Step<'_, P::Body>],
        error: Error,
    ) -> Result<Vec<FailedKey>> {
        let mut not_undone = Vec::new();
        for step in begun.iter().rev() {
            let (held, seen) = (step.held, step.seen.as_ref());
            match self.swap_text(claim, &held.key, step.wanted, seen).await {
                // Refused: it was never written, or it is someone else's by now.
                Ok(_) => {}
                Err(Error::Closed) => return Err(Error::Closed),
                Err(error) => not_undone.push(failed(held, error.code())),
            }
        }
        self.ports.sources().settle().await;
        if not_undone.is_empty() {
            // The error says more than a line of the audit that could not be written.
            let _ = self.note(claim, "restore-undone", path).await;
            return Err(error);
        }
        Ok(not_undone)
    }
}
