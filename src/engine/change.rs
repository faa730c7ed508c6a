//! Changes: only the pieces that hold what changed are written, with the list and the manifest.

use super::Engine;
use super::claim::{Claim, expecting};
use super::handle::{Handle, Known};
use super::install::unsupported;
use super::migrate::GuardOf;
use crate::domain::chunk_list::{ChunkEntry, PieceName};
use crate::domain::cut::ArrayCut;
use crate::domain::digest::Measure;
use crate::domain::edit::{Target, target};
use crate::domain::path::Path;
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Durability, Ports, Write};
use futures_util::future::try_join;

/// How many pieces a handle keeps after it wrote them, and how large one may be: whoever adds to an
/// array goes on where they were, and what was written just now need not be read again.
const KEPT: usize = 2;
const KEPT_BYTES: u64 = 1_000_000;

/// A session as it is to be, and what has to be written for it.
pub(super) struct Change<B> {
    pub known: Known<B>,
    pub puts: Vec<(PieceName, B)>,
    pub deletes: Vec<PieceName>,
    /// Whether the skeleton is another one.
    pub reshaped: bool,
    /// Whether none of the pieces holds a Blob, which is best read from where it is stored.
    pub plain: bool,
}

/// What an edit takes.
pub(super) enum Plan<B> {
    /// Nothing has to be written.
    Nothing,
    /// Some pieces.
    Pieces(Box<Change<B>>),
    /// The session is split anew, with another value at a path.
    Anew(Path, B),
}

/// Nothing is changed yet.
pub(super) fn change<B: Clone>(known: &Known<B>) -> Change<B> {
    Change {
        known: known.clone(),
        puts: Vec::new(),
        deletes: Vec::new(),
        reshaped: false,
        plain: true,
    }
}

impl<P: Ports> Engine<P> {
    /// An array as chunks, numbered from `first`.
    pub(super) async fn chunks(
        &self,
        change: &mut Change<P::Body>,
        (path, array): (&Path, &P::Body),
        chunk: u32,
        first: u32,
    ) -> Result<Vec<ChunkEntry>> {
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
        change.plain &= measured.full == measured.outline;
        let entries = ranges.iter().zip(measured.full);
        let entries = entries.map(|(range, measure)| ChunkEntry {
            len: range.end - range.start,
            measure,
        });
        let names = (first..).map(|index| PieceName {
            path: path.clone(),
            index,
        });
        change.puts.extend(names.zip(pieces));
        Ok(entries.collect())
    }

    /// A piece that takes the place of one.
    pub(super) async fn put_piece(
        &self,
        change: &mut Change<P::Body>,
        name: PieceName,
        piece: P::Body,
    ) -> Result<Measure> {
        let (measure, plain) = self.measure_piece(&piece).await?;
        change.plain &= plain;
        change.puts.push((name, piece));
        Ok(measure)
    }

    pub(super) async fn measure_one(&self, value: &P::Body) -> Result<Measure> {
        self.measure_piece(value).await.map(|(measure, _)| measure)
    }

    /// Digest and size of a piece, and whether it holds no Blob.
    async fn measure_piece(&self, value: &P::Body) -> Result<(Measure, bool)> {
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
        let plain = measured.full == measured.outline;
        let measure = measured.full.first().copied().ok_or_else(nothing)?;
        Ok((measure, plain))
    }

    /// Plans an edit while its claim is waited for, and carries it out.
    pub(super) async fn edit<T>(
        &self,
        handle: &Handle<P::Body>,
        plan: impl Future<Output = Result<(Plan<P::Body>, T)>>,
    ) -> Result<T> {
        let id = handle.id();
        let claim = async { Ok(self.claim(&id).await) };
        let (claim, (plan, told)) = try_join(claim, plan).await?;
        match plan {
            Plan::Nothing => {}
            Plan::Pieces(change) => self.commit_change(handle, &claim, *change).await?,
            Plan::Anew(path, value) => self.rewrite(handle, &claim, &path, &value).await?,
        }
        Ok(told)
    }

    async fn commit_change(
        &self,
        handle: &Handle<P::Body>,
        claim: &Claim<GuardOf<P>>,
        change: Change<P::Body>,
    ) -> Result<()> {
        let Change {
            mut known,
            puts,
            deletes,
            reshaped,
            plain,
        } = change;
        let measure = match reshaped {
            true => self.measure_one(&known.skeleton).await?,
            false => known.manifest.skeleton_measure,
        };
        let label = self.label(&known, &puts);
        let newest = puts.iter().rev().filter_map(|(name, body)| {
            let measure = known.list.measure(name)?;
            (plain && measure.bytes <= KEPT_BYTES).then(|| (name.clone(), measure, body.clone()))
        });
        let kept = newest.chain(known.written.iter().cloned()).take(KEPT);
        known.written = kept.collect();
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
        manifest.places = Some(known.list.places());
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
        self.write(claim, expect, writes, Durability::Relaxed, bytes, true)
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
