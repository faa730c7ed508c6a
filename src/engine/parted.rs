//! Bodies and records taken apart and measured.

use crate::domain::chunk_list::ChunkList;
use crate::domain::cut::Cut;
use crate::domain::digest::{Digest, Hasher, Measure};
use crate::domain::key::Key;
use crate::domain::layout::Layout;
use crate::domain::manifest::Origin;
use crate::domain::place::Wrapping;
use crate::domain::recognise::Broken;
use crate::domain::report::Warning;
use crate::ports::{Bodies, Print, Split};

/// A body taken apart by a layout, every piece measured.
pub(super) struct Parted<B> {
    pub cut: Cut,
    pub skeleton: B,
    pub skeleton_measure: Measure,
    pub pieces: Vec<B>,
    pub measures: Vec<Measure>,
    pub warnings: Vec<Warning>,
}

impl<B> Parted<B> {
    /// The chunk list under which this would be stored.
    pub fn list(&self, id: &Key, generation: u32) -> ChunkList {
        ChunkList::new(id.clone(), generation, &self.cut, &self.measures)
    }

    /// F1.
    pub fn fingerprint(&self) -> Digest {
        root(&self.cut, self.skeleton_measure, &self.measures)
    }

    /// Approximate size of the body.
    pub fn bytes(&self) -> u64 {
        self.skeleton_measure.bytes
            + self
                .measures
                .iter()
                .map(|measure| measure.bytes)
                .sum::<u64>()
    }
}

/// Takes a body apart.
pub(super) async fn part<V: Bodies>(
    bodies: &V,
    body: &V::Body,
    layout: &Layout,
) -> Result<Parted<V::Body>, Broken> {
    part_amended(bodies, (body, Vec::new()), layout).await
}

/// Takes a body apart in which copies took the place of some objects: none of it may refer to those.
pub(super) async fn part_amended<V: Bodies>(
    bodies: &V,
    (body, replaced): (&V::Body, Vec<V::Body>),
    layout: &Layout,
) -> Result<Parted<V::Body>, Broken> {
    let (cut, warnings) = Cut::plan(layout, |path| bodies.shape(body, path));
    let Split {
        skeleton,
        pieces,
        mut moved,
    } = bodies.split(body, &cut);
    moved.extend(replaced);
    let measured = bodies
        .measure(&with_first(&skeleton, &pieces), &moved)
        .await?;
    let (first, rest) = split_first(&measured.full)?;
    Ok(Parted {
        cut,
        skeleton,
        skeleton_measure: first,
        pieces,
        measures: rest.to_vec(),
        warnings,
    })
}

/// A record of a source: its envelope, and the body as it was stored, taken apart.
pub(super) struct Record<B> {
    pub envelope: B,
    pub stored: B,
    pub parted: Parted<B>,
    /// F0.
    pub print: Print,
}

/// Takes a record apart; `Ok(None)` if there is nothing where its body should be.
pub(super) async fn part_record<V: Bodies>(
    bodies: &V,
    record: &V::Body,
    wrapping: &Wrapping,
    layout: &Layout,
) -> Result<Option<Record<V::Body>>, Broken> {
    let Some((envelope, stored)) = bodies.peel(record, &wrapping.body) else {
        return Ok(None);
    };
    let (cut, warnings) = Cut::plan(layout, |path| bodies.shape(&stored, path));
    let Split {
        skeleton,
        pieces,
        moved,
    } = bodies.split(&stored, &cut);
    let all = with_first(&envelope, &with_first(&skeleton, &pieces));
    let measured = bodies.measure(&all, &moved).await?;
    let (_, full) = split_first(&measured.full)?;
    let (skeleton_measure, measures) = split_first(full)?;
    let print = Print {
        fingerprint: record_root(&cut, &measured.full)?,
        outline: record_root(&cut, &measured.outline)?,
        bytes: measured.full.iter().map(|measure| measure.bytes).sum(),
    };
    let measures = measures.to_vec();
    let parted = Parted {
        cut,
        skeleton,
        skeleton_measure,
        pieces,
        measures,
        warnings,
    };
    Ok(Some(Record {
        envelope,
        stored,
        parted,
        print,
    }))
}

/// The outline of a record, at once; `None` if it can't be told.
pub(super) fn outline_of<V: Bodies>(
    bodies: &V,
    record: &V::Body,
    wrapping: &Wrapping,
    layout: &Layout,
) -> Option<Digest> {
    let (envelope, stored) = bodies.peel(record, &wrapping.body)?;
    let (cut, _) = Cut::plan(layout, |path| bodies.shape(&stored, path));
    let split = bodies.split(&stored, &cut);
    let all = with_first(&envelope, &with_first(&split.skeleton, &split.pieces));
    let measures = bodies.outline(&all, &split.moved).ok()?;
    record_root(&cut, &measures).ok()
}

/// Whether a record is what a session was migrated from, but for the bytes of Blobs.
pub(super) fn is_as_migrated<V: Bodies>(
    bodies: &V,
    record: &V::Body,
    origin: &Origin,
    layout: &Layout,
) -> bool {
    outline_of(bodies, record, &origin.wrapping, layout) == Some(origin.outline)
}

/// Root over an envelope and the body in it; `measures` begins with the envelope's.
fn record_root(cut: &Cut, measures: &[Measure]) -> Result<Digest, Broken> {
    let (envelope, rest) = split_first(measures)?;
    let (skeleton, pieces) = split_first(rest)?;
    let mut hasher = Hasher::new("record/1");
    hasher.digest(envelope.digest);
    hasher.digest(root(cut, skeleton, pieces));
    Ok(hasher.finish())
}

fn root(cut: &Cut, skeleton: Measure, pieces: &[Measure]) -> Digest {
    ChunkList::new(Key::text(""), 0, cut, pieces).root(skeleton.digest)
}

fn with_first<B: Clone>(first: &B, rest: &[B]) -> Vec<B> {
    std::iter::once(first).chain(rest).cloned().collect()
}

/// A port that returns fewer measures than it was given pieces would be a fault of ours; the
/// session is then left alone.
fn split_first(measures: &[Measure]) -> Result<(Measure, &[Measure]), Broken> {
    match measures.split_first() {
        Some((first, rest)) => Ok((*first, rest)),
        None => Err(Broken::new(
            "UnsupportedValue",
            "its parts could not be measured",
        )),
    }
}
