//! The list of a session's chunks and parts, which lies beside its manifest.

use crate::domain::cut::Cut;
use crate::domain::digest::{Digest, Hasher, Measure};
use crate::domain::key::Key;
use crate::domain::path::Path;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One chunk of an array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkEntry {
    /// Items in it, holes included.
    pub len: u32,
    /// Digest and size of the chunk.
    #[serde(flatten)]
    pub measure: Measure,
}

/// One chunked array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrayEntry {
    /// Where it lies in the body.
    pub path: Path,
    /// Items in a full chunk.
    pub chunk: u32,
    /// Its chunks, in order. Chunk `i` is stored under index `i`.
    pub chunks: Vec<ChunkEntry>,
}

impl ArrayEntry {
    /// Items in the array.
    pub fn len(&self) -> u32 {
        self.chunks.iter().map(|chunk| chunk.len).sum()
    }

    /// Whether the array has no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The chunks that hold items of `range`: index of the chunk and the range of its items.
    pub fn covering(&self, range: &Range<u32>) -> Vec<(u32, Range<u32>)> {
        let mut from = 0;
        let mut found = Vec::new();
        for (index, chunk) in self.chunks.iter().enumerate() {
            let span = from..from + chunk.len;
            from = span.end;
            if span.start.max(range.start) < span.end.min(range.end) {
                found.push((index as u32, span));
            }
        }
        found
    }
}

/// One value that is stored by itself, under index 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartEntry {
    /// Where it lies in the body.
    pub path: Path,
    /// Digest and size of the value.
    #[serde(flatten)]
    pub measure: Measure,
}

/// All pieces of one generation of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkList {
    /// The session.
    pub id: Key,
    /// Which writing of it; each migration of the same session starts a new one.
    pub generation: u32,
    /// Chunked arrays.
    pub arrays: Vec<ArrayEntry>,
    /// Parts.
    pub parts: Vec<PartEntry>,
}

/// Names one stored piece: `[path, index]` under its session and generation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PieceName {
    /// Place of the array or part.
    pub path: Path,
    /// Index of the chunk; 0 for a part.
    pub index: u32,
}

impl std::fmt::Display for PieceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.path.is_root() {
            true => write!(f, "piece {}", self.index),
            false => write!(f, "{} (piece {})", self.path, self.index),
        }
    }
}

impl ChunkList {
    /// The list for a cut and the measures of its pieces, which come in the order of the cut.
    pub fn new(id: Key, generation: u32, cut: &Cut, measures: &[Measure]) -> Self {
        let mut measures = measures.iter().copied();
        let arrays = cut.arrays.iter().map(|array| ArrayEntry {
            path: array.path.clone(),
            chunk: array.chunk,
            chunks: array
                .ranges()
                .zip(measures.by_ref())
                .map(|(range, measure)| ChunkEntry {
                    len: range.end - range.start,
                    measure,
                })
                .collect(),
        });
        let arrays = arrays.collect();
        let parts = cut.parts.iter().cloned().zip(measures);
        let parts = parts
            .map(|(path, measure)| PartEntry { path, measure })
            .collect();
        Self {
            id,
            generation,
            arrays,
            parts,
        }
    }

    /// Names of all pieces, in order.
    pub fn names(&self) -> Vec<PieceName> {
        let chunks = self.arrays.iter().flat_map(|array| {
            (0..array.chunks.len() as u32).map(|index| PieceName {
                path: array.path.clone(),
                index,
            })
        });
        let parts = self.parts.iter().map(|part| PieceName {
            path: part.path.clone(),
            index: 0,
        });
        chunks.chain(parts).collect()
    }

    /// Measures of all pieces, in the order of [`names`](Self::names).
    pub fn measures(&self) -> Vec<Measure> {
        let chunks = self
            .arrays
            .iter()
            .flat_map(|array| array.chunks.iter().map(|chunk| chunk.measure));
        chunks
            .chain(self.parts.iter().map(|part| part.measure))
            .collect()
    }

    /// The measure of one piece.
    pub fn measure(&self, name: &PieceName) -> Option<Measure> {
        if let Some(array) = self.array(&name.path) {
            return array
                .chunks
                .get(name.index as usize)
                .map(|chunk| chunk.measure);
        }
        self.part(&name.path).map(|part| part.measure)
    }

    /// Notes that a piece has changed.
    pub fn set_measure(&mut self, name: &PieceName, measure: Measure) {
        for array in self
            .arrays
            .iter_mut()
            .filter(|array| array.path == name.path)
        {
            if let Some(chunk) = array.chunks.get_mut(name.index as usize) {
                chunk.measure = measure;
            }
        }
        for part in self.parts.iter_mut().filter(|part| part.path == name.path) {
            part.measure = measure;
        }
    }

    /// The array at `path`.
    pub fn array(&self, path: &Path) -> Option<&ArrayEntry> {
        self.arrays.iter().find(|array| &array.path == path)
    }

    /// The part at `path`.
    pub fn part(&self, path: &Path) -> Option<&PartEntry> {
        self.parts.iter().find(|part| &part.path == path)
    }

    /// Approximate size of all pieces.
    pub fn bytes(&self) -> u64 {
        self.measures().iter().map(|measure| measure.bytes).sum()
    }

    /// The fingerprint of a session: the root of the digest tree over skeleton, chunks and parts.
    pub fn root(&self, skeleton: Digest) -> Digest {
        let mut root = Hasher::new("session/1");
        root.digest(skeleton);
        root.number(self.arrays.len() as u64);
        for array in &self.arrays {
            hash_path(&mut root, &array.path);
            root.number(array.chunks.len() as u64);
            for chunk in &array.chunks {
                root.number(u64::from(chunk.len));
                root.digest(chunk.measure.digest);
            }
        }
        root.number(self.parts.len() as u64);
        for part in &self.parts {
            hash_path(&mut root, &part.path);
            root.digest(part.measure.digest);
        }
        root.finish()
    }
}

fn hash_path(hasher: &mut Hasher, path: &Path) {
    hasher.number(path.0.len() as u64);
    for key in &path.0 {
        hasher.text(key);
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::cut::ArrayCut;
    use proptest::prelude::*;

    fn measure(number: u64) -> Measure {
        Measure {
            digest: Digest::of(&number.to_le_bytes()),
            bytes: number,
        }
    }

    fn list(len: u32, chunk: u32) -> ChunkList {
        let cut = Cut {
            arrays: vec![ArrayCut {
                path: Path::dotted("items"),
                len,
                chunk,
            }],
            parts: vec![Path::dotted("summary")],
        };
        let measures: Vec<_> = (0..cut.pieces() as u64).map(measure).collect();
        ChunkList::new(Key::text("s"), 1, &cut, &measures)
    }

    #[test]
    fn names_and_measures_go_together() {
        let list = list(50, 20);
        assert_eq!(list.names().len(), 4);
        assert_eq!(list.measures().len(), 4);
        assert_eq!(list.arrays[0].len(), 50);
        assert_eq!(
            list.part(&Path::dotted("summary")).unwrap().measure,
            measure(3)
        );
    }

    #[test]
    fn the_root_depends_on_every_piece_and_its_place() {
        let skeleton = Digest::of(b"skeleton");
        let one = list(50, 20);
        let root = one.root(skeleton);
        assert_ne!(root, one.root(Digest::of(b"other")));
        let mut swapped = one.clone();
        swapped.arrays[0].chunks.swap(0, 1);
        assert_ne!(root, swapped.root(skeleton));
        let mut shorter = one.clone();
        shorter.arrays[0].chunks.pop();
        assert_ne!(root, shorter.root(skeleton));
        let mut renamed = one;
        renamed.parts[0].path = Path::dotted("other");
        assert_ne!(root, renamed.root(skeleton));
    }

    proptest! {
        #[test]
        fn covering_finds_just_the_chunks_of_a_range(len in 1u32..200, chunk in 1u32..30, a in 0u32..220, b in 0u32..220) {
            let list = list(len, chunk);
            let range = a.min(b)..a.max(b);
            let mut items = Vec::new();
            for (_, span) in list.arrays[0].covering(&range) {
                prop_assert!(span.clone().any(|item| range.contains(&item)));
                items.extend(span.filter(|item| range.contains(item)));
            }
            let expected: Vec<_> = range.filter(|item| *item < len).collect();
            prop_assert_eq!(items, expected);
        }
    }
}
