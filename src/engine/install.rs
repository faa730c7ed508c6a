//! Writing a whole body as the live generation of a session.

use super::Engine;
use super::claim::{Claim, expecting};
use super::handle::Known;
use super::migrate::GuardOf;
use super::parted::part;
use super::stage::put_pieces;
use crate::domain::manifest::{Manifest, Originals, State, first_generation};
use crate::domain::recognise::Broken;
use crate::error::{Error, Result};
use crate::ports::{Clock, Durability, Generations, Ports, Write};

impl<P: Ports> Engine<P> {
    /// Writes a body in one strict transaction: before it `previous` rules, or nothing, and after
    /// it the new generation. Only what ruled is carried on; a tombstone is just replaced.
    pub(super) async fn install(
        &self,
        claim: &Claim<GuardOf<P>>,
        body: &P::Body,
        previous: Option<Manifest>,
        extra: Vec<Write<P::Body>>,
    ) -> Result<Known<P::Body>> {
        let bodies = self.ports.bodies();
        let (id, now) = (claim.id.clone(), self.ports.clock().now());
        let expect = expecting(&id, previous.as_ref());
        let (generation, revision) = previous
            .as_ref()
            .map_or((first_generation(now), 1), |before| {
                (before.generation + 1, before.revision + 1)
            });
        let replaces = previous.is_some();
        let ruling = previous.filter(Manifest::is_live);
        let edited = ruling.is_some();
        let layout = ruling
            .as_ref()
            .map_or(&self.config.layout, |manifest| &manifest.layout)
            .clone();
        let (origin, originals, backup, created_at) = match ruling {
            Some(before) => (
                before.origin,
                before.originals,
                before.backup,
                before.created_at,
            ),
            None => (None, Originals::default(), None, now),
        };
        let parted = part(bodies, body, &layout)
            .await
            .map_err(|broken| unsupported(&broken))?;
        let list = parted.list(&id, generation);
        let manifest = Manifest {
            id: id.clone(),
            label: self.label_of(&layout, body),
            state: State::Committed,
            generation,
            revision,
            edited,
            layout,
            skeleton_measure: parted.skeleton_measure,
            fingerprint: parted.fingerprint(),
            bytes: parted.bytes(),
            chunks: parted.pieces.len() as u32,
            places: Some(list.places()),
            origin,
            originals,
            backup,
            rollback: None,
            settling: None,
            warnings: parted.warnings.clone(),
            created_at,
            updated_at: now,
        };
        let mut writes = put_pieces(&list, &parted.pieces);
        writes.push(Write::PutList(list.clone()));
        let skeleton = parted.skeleton;
        writes.push(Write::PutManifest(
            Box::new(manifest.clone()),
            skeleton.clone(),
        ));
        if replaces {
            let others = Generations::AllBut(generation);
            writes.push(Write::DeleteGenerations(id, others));
        }
        writes.extend(extra);
        let bytes = manifest.bytes;
        self.write(claim, expect, writes, Durability::Strict, bytes, true)
            .await?;
        Ok(Known {
            manifest,
            skeleton,
            list,
            written: Vec::new(),
        })
    }
}

/// A value given by the caller that can't be stored safely.
pub(super) fn unsupported(broken: &Broken) -> Error {
    Error::UnsupportedValue {
        code: broken.code,
        reason: broken.reason.clone(),
    }
}
