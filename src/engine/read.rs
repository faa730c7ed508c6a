//! Reading a chunked session piece by piece, each compared with its digest.

use super::Engine;
use super::handle::{Handle, Known, invalid_path};
use crate::domain::chunk_list::PieceName;
use crate::domain::edit::{Target, target};
use crate::domain::manifest::Manifest;
use crate::domain::path::Path;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports, Records};
use std::ops::Range;

impl<P: Ports> Engine<P> {
    /// The value at a path, or items of the array there; `None` if there is nothing.
    pub async fn read(
        &self,
        handle: &Handle<P::Body>,
        path: &Path,
        range: Option<Range<u32>>,
    ) -> Result<Option<P::Body>> {
        let known = self.listed(handle).await?;
        let bodies = self.ports.bodies();
        let found = target(&known.manifest.layout, &known.list, path);
        let found = found.map_err(|problem| invalid_path(&known.manifest, path, problem))?;
        let value = match (found, &range) {
            (Target::Skeleton, _) => bodies.get(&known.skeleton, path),
            (Target::Part { name, rest } | Target::Item { name, rest }, _) => {
                bodies.get(&self.piece(&known, &name).await?, &rest)
            }
            (Target::Array, Some(range)) => {
                return self.read_items(&known, path, range).await.map(Some);
            }
            // Whole, with whatever other properties an array has.
            (Target::Array | Target::Around, _) => self.read_around(&known, path).await?,
        };
        let Some(range) = range else { return Ok(value) };
        match value.as_ref().and_then(|value| bodies.len(value)) {
            Some(len) => {
                let to = range.end.min(len);
                Ok(value.map(|value| bodies.slice(&value, range.start.min(to), to)))
            }
            None => Err(invalid_path(
                &known.manifest,
                path,
                "is not an array".into(),
            )),
        }
    }

    async fn read_items(
        &self,
        known: &Known<P::Body>,
        path: &Path,
        range: &Range<u32>,
    ) -> Result<P::Body> {
        let bodies = self.ports.bodies();
        let array = known
            .list
            .array(path)
            .ok_or_else(|| invalid_path(&known.manifest, path, "is not an array".into()))?;
        let covering = array.covering(range);
        let names: Vec<_> = covering
            .iter()
            .map(|(index, _)| PieceName {
                path: path.clone(),
                index: *index,
            })
            .collect();
        let pieces = self.pieces(known, &names).await?;
        let wanted = covering.iter().zip(pieces).map(|((_, span), piece)| {
            let from = range.start.max(span.start) - span.start;
            let to = range.end.min(span.end) - span.start;
            if from == 0 && to == span.end - span.start {
                piece
            } else {
                bodies.slice(&piece, from, to)
            }
        });
        Ok(bodies.concat(&wanted.collect::<Vec<_>>()))
    }

    /// A value that contains chunked places: only those inside it are loaded.
    async fn read_around(&self, known: &Known<P::Body>, path: &Path) -> Result<Option<P::Body>> {
        let mut list = known.list.clone();
        list.arrays.retain(|array| array.path.starts_with(path));
        list.parts.retain(|part| part.path.starts_with(path));
        let pieces = self.pieces(known, &list.names()).await?;
        let bodies = self.ports.bodies();
        let joined = super::load::join_pieces(bodies, &known.skeleton, &list, pieces);
        let joined = joined.map_err(|place| Error::Damaged {
            id: known.manifest.id.clone(),
            place,
        })?;
        Ok(bodies.get(&joined, path))
    }

    /// A piece that is going to be replaced: as this handle wrote it just now, or as it is stored. The
    /// write is refused if anyone else has written since.
    pub(super) async fn piece_to_edit(
        &self,
        known: &Known<P::Body>,
        name: &PieceName,
    ) -> Result<P::Body> {
        let measure = known.list.measure(name);
        let mut written = known.written.iter();
        let kept = written.find(|(kept, of, _)| kept == name && Some(*of) == measure);
        match kept {
            Some((.., piece)) => Ok(piece.clone()),
            None => self.piece(known, name).await,
        }
    }

    async fn piece(&self, known: &Known<P::Body>, name: &PieceName) -> Result<P::Body> {
        let pieces = self.pieces(known, std::slice::from_ref(name)).await?;
        let damaged = || Error::Damaged {
            id: known.manifest.id.clone(),
            place: name.to_string(),
        };
        pieces.into_iter().next().ok_or_else(damaged)
    }

    /// Some pieces, each compared with its digest.
    async fn pieces(&self, known: &Known<P::Body>, names: &[PieceName]) -> Result<Vec<P::Body>> {
        let Manifest { id, generation, .. } = &known.manifest;
        let read = self.ports.records().pieces(id, *generation, names).await?;
        let mut pieces = Vec::with_capacity(read.len());
        for (name, piece) in names.iter().zip(read) {
            let measured = match &piece {
                Some(piece) => {
                    let measured = self
                        .ports
                        .bodies()
                        .measure(std::slice::from_ref(piece), &[])
                        .await;
                    measured
                        .ok()
                        .and_then(|measured| measured.full.first().copied())
                }
                None => None,
            };
            match piece {
                Some(piece) if measured.is_some() && measured == known.list.measure(name) => {
                    pieces.push(piece)
                }
                _ => {
                    let place = name.to_string();
                    return Err(self.changed_or_damaged(&known.manifest, place).await?);
                }
            }
        }
        Ok(pieces)
    }
}
