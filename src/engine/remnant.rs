//! What can still be read of a damaged session.

use super::Engine;
use super::load::join;
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::key::Key;
use crate::domain::path::Path;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Stored};

/// Reason of a backup that holds what could still be read of a damaged session. It is never chosen by
/// itself.
pub(super) const REMNANT: &str = "damage";

impl<P: Ports> Engine<P> {
    /// The body of a chunked session that is about to go, and the reason of its backup: all of it, or
    /// of a damaged one what can still be read.
    pub(super) async fn body_to_keep(
        &self,
        id: &Key,
        reason: &'static str,
    ) -> Result<(P::Body, &'static str)> {
        let damaged = match self.load_chunked(id).await {
            Ok(Some(body)) => return Ok((body, reason)),
            Ok(None) => return Err(Error::StaleHandle { id: id.clone() }),
            Err(error @ Error::Damaged { .. }) => error,
            Err(error) => return Err(error),
        };
        let stored = self.stored(id).await?;
        match stored.and_then(|stored| self.remnant(&stored)) {
            Some(body) => Ok((body, REMNANT)),
            None => Err(damaged),
        }
    }

    /// The readable pieces of a session in its skeleton, changed ones as they are now; arrays are
    /// shorter by what is missing. `None` where not even that can be joined.
    pub(super) fn remnant(&self, stored: &Stored<P::Body>) -> Option<P::Body> {
        let bodies = self.ports.bodies();
        let whole = stored.pieces.iter().all(Option::is_some);
        if let (true, Ok(body)) = (whole, join(bodies, stored)) {
            return Some(body);
        }
        let list = stored.list.as_ref()?;
        let named = list.names().into_iter().zip(&stored.pieces);
        let found: Vec<(PieceName, P::Body)> = named
            .filter_map(|(name, piece)| Some((name, piece.clone()?)))
            .collect();
        let (arrays, parts) = sorted(bodies, list, found);
        bodies.join(&stored.skeleton, &arrays, &parts)
    }
}

/// Chunks by array, and parts, of the pieces that are there and fit their places.
#[allow(clippy::type_complexity)]
fn sorted<V: Bodies>(
    bodies: &V,
    list: &ChunkList,
    found: Vec<(PieceName, V::Body)>,
) -> (Vec<(Path, Vec<V::Body>)>, Vec<(Path, V::Body)>) {
    let (mut arrays, mut parts): (Vec<(Path, Vec<V::Body>)>, Vec<_>) = (Vec::new(), Vec::new());
    for (name, piece) in found {
        if list.array(&name.path).is_none() {
            parts.push((name.path, piece));
        } else if bodies.len(&piece).is_some() {
            match arrays.last_mut().filter(|(path, _)| path == &name.path) {
                Some((_, chunks)) => chunks.push(piece),
                None => arrays.push((name.path, vec![piece])),
            }
        }
    }
    (arrays, parts)
}
