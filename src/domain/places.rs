//! What was taken out of a session, in short: what its manifest says of its chunk list.

use crate::domain::chunk_list::ChunkList;
use crate::domain::path::Path;
use serde::{Deserialize, Serialize};

/// Whether a place is cut into chunks, or stored whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceKind {
    /// Chunks.
    Array,
    /// One piece.
    Part,
}

/// A place that was taken out of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceInfo {
    /// Its path.
    pub path: Path,
    /// What it is.
    pub kind: PlaceKind,
    /// Items of an array.
    pub length: Option<u32>,
    /// Items in a chunk of an array.
    pub chunk: Option<u32>,
    /// Approximate size.
    pub bytes: u64,
}

impl PlaceInfo {
    /// What can't be another in the list of the same session.
    fn what(&self) -> (&Path, PlaceKind, Option<u32>) {
        (&self.path, self.kind, self.length)
    }
}

impl ChunkList {
    /// Whether that is what the list is about.
    pub fn agrees_with(&self, places: &[PlaceInfo]) -> bool {
        let own = self.places();
        own.iter()
            .map(PlaceInfo::what)
            .eq(places.iter().map(PlaceInfo::what))
    }

    /// What the list is about, in its order.
    pub fn places(&self) -> Vec<PlaceInfo> {
        let arrays = self.arrays.iter().map(|array| PlaceInfo {
            path: array.path.clone(),
            kind: PlaceKind::Array,
            length: Some(array.len()),
            chunk: Some(array.chunk),
            bytes: array.chunks.iter().map(|chunk| chunk.measure.bytes).sum(),
        });
        let parts = self.parts.iter().map(|part| PlaceInfo {
            path: part.path.clone(),
            kind: PlaceKind::Part,
            length: None,
            chunk: None,
            bytes: part.measure.bytes,
        });
        arrays.chain(parts).collect()
    }
}
