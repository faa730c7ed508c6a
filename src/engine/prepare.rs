//! Planning one session: what its record holds, how it would be split, and what stands against it.

use super::Engine;
use super::limits::{CODE, Limited};
use super::locate::Candidate;
use super::parted::{Parted, Record, part_amended, part_record};
use super::stopwatch::Stopwatch;
use crate::domain::backup::BackupOrigin;
use crate::domain::key::Key;
use crate::domain::limits::Findings;
use crate::domain::manifest::{Origin, Originals};
use crate::domain::path::Path;
use crate::domain::place::Place;
use crate::domain::recognise::{Broken, Row};
use crate::domain::report::{PhaseTimes, Warning};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Ports};

/// A session that can be migrated, all of it computed: nothing asynchronous remains to be done
/// between here and the transaction that stages it.
pub(super) struct Prepared<B> {
    pub id: Key,
    pub label: Option<String>,
    pub origin: Origin,
    /// What becomes of its original.
    pub originals: Originals,
    /// Where it stands among the others in its record.
    pub position: Option<u32>,
    /// The record without the session, and the session as it was stored: the backup.
    pub envelope: B,
    pub stored: B,
    pub record_bytes: u64,
    /// The session taken apart.
    pub parted: Parted<B>,
    /// What limits have found, and changed, in it.
    pub findings: Findings,
    /// How long reading and planning took.
    pub times: PhaseTimes,
}

/// What a session is planned for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be moved: limits are kept.
    Move,
    /// To be backed up as it is, and then to go: what it holds is no matter.
    BackUp,
}

/// What planning came to.
pub(super) enum Plan<B> {
    /// Ready to be migrated.
    Ready(Box<Prepared<B>>),
    /// To be left in its source, and what limits have found.
    Quarantine(Broken, Findings),
    /// A record of the application's own.
    NotASession,
}

impl<B> Prepared<B> {
    /// The record as it was read.
    pub fn record<V: Bodies<Body = B>>(&self, bodies: &V) -> B {
        bodies.wrap(&self.envelope, &self.origin.wrapping.body, &self.stored)
    }

    /// Where a backup of it says that it came from.
    pub fn backup_origin(&self) -> BackupOrigin {
        BackupOrigin {
            source: self.origin.source.clone(),
            place: self.origin.place.clone(),
            wrapping: self.origin.wrapping.clone(),
            position: self.position,
        }
    }
}

impl<P: Ports> Engine<P> {
    /// Plans one session from its record.
    pub(super) async fn prepare(
        &self,
        candidate: &Candidate<P::Body>,
        purpose: Purpose,
    ) -> Result<Plan<P::Body>> {
        let left = |broken: Broken| Ok(Plan::Quarantine(broken, Findings::default()));
        let id = match &candidate.row {
            Row::Session(id) => id.clone(),
            Row::Broken(_, broken) => return left(broken.clone()),
            Row::ChunkedElsewhere | Row::Foreign => return Ok(Plan::NotASession),
        };
        let mut watch = Stopwatch::start(self.ports.clock());
        let bodies = self.ports.bodies();
        let (Some(source), Some(session)) = (
            self.config.sources.get(candidate.source),
            &candidate.session,
        ) else {
            return left(Broken::new("NotAnObject", "there is nothing to migrate"));
        };
        let layout = &self.config.layout;
        let record = match part_record(bodies, &candidate.record, &candidate.wrapping, layout).await
        {
            Ok(Some(record)) => record,
            Ok(None) => return left(Broken::new("NotAnObject", "its record has no body")),
            Err(broken) => return left(broken),
        };
        let Record {
            envelope,
            stored,
            parted,
            print,
        } = record;
        let Limited {
            body,
            moved,
            findings,
            broken,
        } = self.limited(session, purpose);
        if let Some(broken) = broken {
            return Ok(Plan::Quarantine(broken, findings));
        }
        let session = body.as_ref().unwrap_or(session);
        let mut parted = match candidate.decoded || body.is_some() {
            false => parted,
            true => match part_amended(bodies, (session, moved), layout).await {
                Ok(parted) => parted,
                Err(broken) => {
                    // As it was stored it could be taken apart: only the copies stand against it.
                    let broken = match body.is_some() && broken.code == "SharedObject" {
                        true => {
                            Broken::new(CODE, "a limit would change an object that is used twice")
                        }
                        false => broken,
                    };
                    return Ok(Plan::Quarantine(broken, findings.undone()));
                }
            },
        };
        if bodies.facts(session, layout.id.as_ref()).storage_version {
            parted.warnings.push(Warning::new(
                "ClaimsStorageVersion",
                &Path::dotted("storageVersion"),
                "claims to be chunked already, but it is whole and is treated so".into(),
            ));
        }
        parted.warnings.extend(candidate.fixed_warning());
        Ok(Plan::Ready(Box::new(Prepared {
            label: self.label_of(layout, session),
            origin: Origin {
                source: source.name.clone(),
                place: candidate.place.clone(),
                wrapping: candidate.wrapping.clone(),
                fingerprint: print.fingerprint,
                outline: print.outline,
                layout: None,
            },
            originals: match candidate.fixed {
                Some(_) => Originals::Keep,
                None => self.config.originals,
            },
            position: candidate.position,
            envelope,
            stored,
            record_bytes: print.bytes,
            parted,
            findings,
            times: PhaseTimes {
                read: candidate.read_ms,
                plan: watch.lap(),
                ..Default::default()
            },
            id,
        })))
    }
}

impl<P: Ports> Engine<P> {
    /// Plans a session that has to be one.
    pub(super) async fn prepare_session(
        &self,
        id: &Key,
        candidate: &Candidate<P::Body>,
        purpose: Purpose,
    ) -> Result<Prepared<P::Body>> {
        let broken = match self.prepare(candidate, purpose).await? {
            Plan::Ready(prepared) if &prepared.id == id => return Ok(*prepared),
            Plan::Quarantine(broken, _) => broken,
            Plan::Ready(_) | Plan::NotASession => {
                Broken::new("IdMismatch", "the record in its place is another session's")
            }
        };
        Err(Error::Quarantined {
            id: id.clone(),
            code: broken.code,
            reason: broken.reason,
        })
    }
}

/// Names a place in lists: source and key.
pub(super) fn place_name(source: &str, place: &Place) -> String {
    format!("{source} › {place}")
}
