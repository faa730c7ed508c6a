//! Pieces that are looked for by their digests, wherever they still lie.

use crate::domain::chunk_list::PieceName;
use crate::domain::digest::{Digest, Measure};
use crate::domain::key::Key;
use crate::engine::Engine;
use crate::engine::parted::Parted;
use crate::ports::{Ports, Records, Stored};
use std::collections::{BTreeMap, BTreeSet};

/// Pieces that are missing, and those of them that were found.
pub(super) struct Pool<B> {
    missing: BTreeSet<Digest>,
    found: BTreeMap<Digest, B>,
}

impl<B: Clone> Pool<B> {
    pub fn of(missing: impl IntoIterator<Item = Measure>) -> Self {
        Self {
            missing: missing.into_iter().map(|measure| measure.digest).collect(),
            found: BTreeMap::new(),
        }
    }

    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    pub fn get(&self, measure: Measure) -> Option<&B> {
        self.found.get(&measure.digest)
    }

    fn offer(&mut self, measure: Measure, piece: &B) -> bool {
        let wanted = self.missing.remove(&measure.digest);
        if wanted {
            self.found.insert(measure.digest, piece.clone());
        }
        wanted
    }

    /// Takes what is wanted of a body; true if anything was.
    pub fn offer_all(&mut self, parted: &Parted<B>) -> bool {
        let mut taken = self.offer(parted.skeleton_measure, &parted.skeleton);
        for (measure, piece) in parted.measures.iter().zip(&parted.pieces) {
            taken |= self.offer(*measure, piece);
        }
        taken
    }
}

impl<P: Ports> Engine<P> {
    /// Looks among the chunks of a session: in the places of others, and in places that its list does
    /// not know.
    pub(super) async fn fish_in_chunks(&self, stored: &Stored<P::Body>, pool: &mut Pool<P::Body>) {
        let (id, generation) = (&stored.manifest.id, stored.manifest.generation);
        for piece in stored.pieces.iter().flatten() {
            self.offer_measured(piece, pool).await;
        }
        for name in &stored.unexpected {
            let names = std::slice::from_ref(name);
            let found = self.ports.records().pieces(id, generation, names).await;
            for piece in found.unwrap_or_default().into_iter().flatten() {
                self.offer_measured(&piece, pool).await;
            }
        }
    }

    async fn offer_measured(&self, piece: &P::Body, pool: &mut Pool<P::Body>) {
        if let (false, Ok(measure)) = (pool.is_complete(), self.measure_one(piece).await) {
            pool.offer(measure, piece);
        }
    }

    /// A stored piece, if it is there and what its digest says.
    pub(super) async fn sound_piece(
        &self,
        (id, generation): (&Key, u32),
        name: &PieceName,
        measure: Measure,
    ) -> Option<P::Body> {
        let names = std::slice::from_ref(name);
        let found = self.ports.records().pieces(id, generation, names).await;
        let piece = found.ok()?.pop().flatten()?;
        self.fits(&piece, measure).await.then_some(piece)
    }

    /// Whether a piece is what its digest says.
    pub(super) async fn fits(&self, piece: &P::Body, measure: Measure) -> bool {
        self.measure_one(piece).await.ok() == Some(measure)
    }
}
