//! A chunk list from the chunks themselves, where the fingerprint of the session proves it.

use crate::domain::chunk_list::{ArrayEntry, ChunkEntry, ChunkList, PartEntry, PieceName};
use crate::domain::cut::{MAX_CHUNKS, Shape};
use crate::domain::digest::Measure;
use crate::domain::manifest::Manifest;
use crate::domain::path::Path;
use crate::engine::Engine;
use crate::engine::load::flaw_of;
use crate::error::Result;
use crate::ports::{Bodies, Ports, Records};

/// Pieces that are read at once.
const AT_ONCE: u32 = 16;

impl<P: Ports> Engine<P> {
    /// The list of a session, from its layout and its pieces; `None` unless it is the one whose
    /// fingerprint the manifest has.
    pub(super) async fn rebuilt_list(
        &self,
        manifest: &Manifest,
        skeleton: &P::Body,
    ) -> Result<Option<ChunkList>> {
        let mut list = ChunkList {
            id: manifest.id.clone(),
            generation: manifest.generation,
            arrays: Vec::new(),
            parts: Vec::new(),
        };
        let mut empty = Vec::new();
        for rule in &manifest.layout.arrays {
            let chunks = self.chunks_at(manifest, &rule.path).await?;
            let shape = self.ports.bodies().shape(skeleton, &rule.path);
            if chunks.is_empty() && !matches!(shape, Shape::Array(0)) {
                continue;
            }
            empty.extend(chunks.is_empty().then(|| rule.path.clone()));
            list.arrays.push(ArrayEntry {
                path: rule.path.clone(),
                chunk: rule.chunk,
                chunks,
            });
        }
        for path in &manifest.layout.parts {
            let name = PieceName {
                path: path.clone(),
                index: 0,
            };
            if let Some((measure, _)) = self.measured(manifest, &[name]).await?.pop() {
                list.parts.push(PartEntry {
                    path: path.clone(),
                    measure,
                });
            }
        }
        let proven =
            |list: &ChunkList| list.root(manifest.skeleton_measure.digest) == manifest.fingerprint;
        if proven(&list) {
            return Ok(Some(list));
        }
        // An array that was empty when it was cut is in no list, one that was emptied since is.
        list.arrays.retain(|array| !empty.contains(&array.path));
        Ok(proven(&list).then_some(list))
    }

    async fn chunks_at(&self, manifest: &Manifest, path: &Path) -> Result<Vec<ChunkEntry>> {
        let mut chunks = Vec::new();
        while (chunks.len() as u32) < MAX_CHUNKS {
            let first = chunks.len() as u32;
            let names = (first..first + AT_ONCE).map(|index| PieceName {
                path: path.clone(),
                index,
            });
            let found = self.measured(manifest, &names.collect::<Vec<_>>()).await?;
            let all = found.len() as u32 == AT_ONCE;
            let entry = |(measure, len)| ChunkEntry { len, measure };
            chunks.extend(found.into_iter().map(entry));
            if !all {
                break;
            }
        }
        Ok(chunks)
    }

    /// Measures and lengths of pieces, up to the first that is not there or can't be used.
    async fn measured(
        &self,
        manifest: &Manifest,
        names: &[PieceName],
    ) -> Result<Vec<(Measure, u32)>> {
        let (records, bodies) = (self.ports.records(), self.ports.bodies());
        let found = records.pieces(&manifest.id, manifest.generation, names);
        let pieces = match found.await {
            Ok(pieces) => pieces,
            Err(error) => {
                flaw_of(error)?;
                return Ok(Vec::new());
            }
        };
        let mut measured = Vec::new();
        for piece in pieces {
            let Some(piece) = piece else { break };
            let Ok(measure) = self.measure_one(&piece).await else {
                break;
            };
            measured.push((measure, bodies.len(&piece).unwrap_or_default()));
        }
        Ok(measured)
    }
}
