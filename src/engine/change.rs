//! Changes: only the pieces that hold what changed are written, with the list and the manifest.

use super::Engine;
use super::claim::expecting;
use super::handle::{Handle, Known};
use super::install::unsupported;
use crate::domain::chunk_list::{ChunkEntry, PieceName};
use crate::domain::cut::ArrayCut;
use crate::domain::digest::Measure;
use crate::domain::edit::{Target, target};
use crate::domain::path::Path;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Durability, Ports, Write};

/// A session as it is to be, and what has to be written for it.
pub(super) struct Change<B> {
    pub known: Known<B>,
    pub puts: Vec<(PieceName, B)>,
    pub deletes: Vec<PieceName>,
}

/// Nothing is changed yet.
pub(super) fn change<B: Clone>(known: &Known<B>) -> Change<B> {
    Change {
        known: known.clone(),
        puts: Vec::new(),
        deletes: Vec::new(),
    }
}

impl<P: Ports> Engine<P> {
    /// An array as chunks, numbered from `first`.
    pub(super) async fn chunks(
        &self,
        path: &Path,
        array: &P::Body,
        chunk: u32,
        first: u32,
    ) -> Result<(Vec<(PieceName, P::Body)>, Vec<ChunkEntry>)> {
        let bodies = self.ports.bodies();
        let len = bodies.len(array).unwrap_or(0);
        let ranges: Vec<_> = ArrayCut {
            path: path.clone(),
            len,
            chunk,
        }
        .ranges()
        .collect();
        let pieces: Vec<_> = ranges
            .iter()
            .map(|range| bodies.slice(array, range.start, range.end))
            .collect();
        let measured = bodies
            .measure(&pieces, &[])
            .await
            .map_err(|broken| unsupported(&broken))?;
        let entries = ranges.iter().zip(measured.full);
        let entries = entries.map(|(range, measure)| ChunkEntry {
            len: range.end - range.start,
            measure,
        });
        let names = (first..).map(|index| PieceName {
            path: path.clone(),
            index,
        });
        Ok((names.zip(pieces).collect(), entries.collect()))
    }

    pub(super) async fn measure_one(&self, value: &P::Body) -> Result<Measure> {
        let measured = self
            .ports
            .bodies()
            .measure(std::slice::from_ref(value), &[])
            .await;
        let measured = measured.map_err(|broken| unsupported(&broken))?;
        let nothing = || Error::UnsupportedValue {
            code: "UnsupportedValue",
            reason: "the value could not be measured".into(),
        };
        measured.full.first().copied().ok_or_else(nothing)
    }

    pub(super) async fn commit_change(
        &self,
        handle: &Handle<P::Body>,
        change: Change<P::Body>,
    ) -> Result<()> {
        let Change {
            mut known,
            puts,
            deletes,
        } = change;
        let measure = self.measure_one(&known.skeleton).await?;
        let label = self.label(&known, &puts);
        let written = puts.iter().filter_map(|(name, _)| known.list.measure(name));
        let bytes = measure.bytes + written.map(|piece| piece.bytes).sum::<u64>();
        let manifest = &mut known.manifest;
        let id = manifest.id.clone();
        let generation = manifest.generation;
        let expect = expecting(&id, Some(manifest));
        manifest.revision += 1;
        manifest.edited = true;
        manifest.updated_at = self.ports.clock().now();
        manifest.skeleton_measure = measure;
        manifest.fingerprint = known.list.root(measure.digest);
        manifest.bytes = measure.bytes + known.list.bytes();
        manifest.chunks = known.list.names().len() as u32;
        manifest.label = label;
        let put = puts.into_iter().map(|(name, body)| Write::PutPiece {
            id: id.clone(),
            generation,
            name,
            body,
        });
        let delete = deletes.into_iter().map(|name| Write::DeletePiece {
            id: id.clone(),
            generation,
            name,
        });
        let mut writes: Vec<_> = delete.chain(put).collect();
        writes.push(Write::PutList(known.list.clone()));
        writes.push(Write::PutManifest(
            Box::new(manifest.clone()),
            known.skeleton.clone(),
        ));
        let claim = self.claim(&id).await;
        self.write(&claim, expect, writes, Durability::Relaxed, bytes, true)
            .await?;
        handle.move_on(known);
        Ok(())
    }

    /// The session's name for people, which may lie in a piece.
    fn label(&self, known: &Known<P::Body>, puts: &[(PieceName, P::Body)]) -> Option<String> {
        let bodies = self.ports.bodies();
        let layout = &known.manifest.layout;
        let path = layout.label.as_ref()?;
        match target(layout, &known.list, path).ok()? {
            Target::Skeleton => bodies.text(&known.skeleton, path),
            Target::Part { name, rest } | Target::Item { name, rest } => {
                match puts.iter().find(|(put, _)| *put == name) {
                    Some((_, piece)) => bodies.text(piece, &rest),
                    None => known.manifest.label.clone(),
                }
            }
            Target::Array | Target::Around => None,
        }
    }
}
