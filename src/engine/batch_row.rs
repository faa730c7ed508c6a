//! One record of a batch: whatever becomes of it is a row, unless it is no session.

use super::batch::Run;
use super::locate::{Candidate, duplicate};
use super::marks::unreadable;
use super::prepare::place_name;
use super::rows::blank;
use super::sweep::Sweep;
use super::targets::Target;
use super::{Engine, Options};
use crate::domain::key::Key;
use crate::domain::progress::{About, Phase};
use crate::domain::recognise::{Row, undecodable};
use crate::domain::report::{Outcome, SessionMigrationResult};
use crate::error::{Error, Result};
use crate::ports::{Clock, Ports, Watch};

impl<P: Ports> Engine<P> {
    /// Migrates what lies at a target, or rehearses it. `blocked` says why a source that comes
    /// first can't be read.
    pub(super) async fn one(
        &self,
        target: &Target<P::Body>,
        blocked: Option<&Error>,
        (options, sweep): (&Options, &Sweep<P::Body>),
        watch: &impl Watch,
        run: &mut Run,
    ) {
        let started = self.ports.clock().elapsed_ms();
        let Some(source) = self.config.sources.get(target.source) else {
            return;
        };
        let mut opened = self.open_target(target).await;
        if let Ok(Some(candidate)) = &mut opened {
            candidate.blocked = blocked.cloned();
        }
        let Some((id, label)) = self.names(target, &opened) else {
            return run.pace.correct(if target.likely { -1 } else { 0 });
        };
        run.pace.correct(if target.likely { 0 } else { 1 });
        if let Some(id) = id.as_ref().filter(|_| !target.duplicate)
            && run.is_copy(id, &target.place)
        {
            run.copies.push((id.clone(), target.source));
            return run.pace.correct(-1);
        }
        let name = label
            .clone()
            .or_else(|| id.as_ref().map(ToString::to_string));
        let name = name.unwrap_or_else(|| target.place.key.to_string());
        let message = format!("Migrating session {}: {name}", run.pace.position());
        watch.progress(&run.pace.event(
            Phase::Migrating,
            message,
            About {
                id: id.clone(),
                label: label.clone(),
                source: Some(source.name.clone()),
            },
            started,
        ));
        let row = match self.outcome(target, opened, options, sweep).await {
            Ok(Some(row)) => row,
            Ok(None) => return run.pace.correct(-1),
            Err(error) => {
                run.failed(id.clone(), &error);
                let mut row = blank(Outcome::Failed);
                row.session_id = id;
                row.label = label;
                row.source = Some(source.name.clone());
                row.code = Some(error.code().into());
                row.reason = Some(error.to_string());
                row
            }
        };
        if matches!(row.outcome, Outcome::Quarantined | Outcome::Failed) {
            let place = place_name(&source.name, &target.place);
            run.still_broken.insert(place);
        }
        run.pace.advance(row.bytes);
        run.done.extend(row.session_id.clone());
        run.rows.push(SessionMigrationResult {
            dry_run: options.dry_run,
            duration_ms: self.ports.clock().elapsed_ms() - started,
            ..row
        });
    }

    /// Id and label of what was opened; `None` if it is no session.
    fn names(
        &self,
        target: &Target<P::Body>,
        opened: &Result<Option<Candidate<P::Body>>>,
    ) -> Option<(Option<Key>, Option<String>)> {
        match opened {
            Ok(None) => None,
            Ok(Some(candidate)) => match candidate.row {
                Row::Foreign | Row::ChunkedElsewhere => None,
                Row::Session(_) | Row::Broken(..) => {
                    let session = candidate.session.as_ref();
                    let label =
                        session.and_then(|session| self.label_of(&self.config.layout, session));
                    Some((candidate.row.id().cloned(), label))
                }
            },
            // What the key alone tells of the id keeps a copy in a lower source from taking its
            // place.
            Err(_) => {
                let source = self.config.sources.get(target.source)?;
                let row = undecodable(source, &target.place.key, unreadable());
                Some((row.id().cloned(), None))
            }
        }
    }

    async fn outcome(
        &self,
        target: &Target<P::Body>,
        opened: Result<Option<Candidate<P::Body>>>,
        options: &Options,
        sweep: &Sweep<P::Body>,
    ) -> Result<Option<SessionMigrationResult>> {
        match opened {
            Ok(None) => Ok(None),
            Ok(Some(mut candidate)) => {
                if target.duplicate {
                    candidate.row = Row::Broken(candidate.row.id().cloned(), duplicate());
                }
                self.migrate_candidate(candidate, options, sweep).await
            }
            Err(Error::Unreadable { .. }) => {
                let Some(source) = self.config.sources.get(target.source) else {
                    return Ok(None);
                };
                let Row::Broken(id, broken) = undecodable(source, &target.place.key, unreadable())
                else {
                    return Ok(None);
                };
                let at = (target.source, &target.place, id);
                let row = self.quarantine(at, broken, options.dry_run, sweep).await?;
                Ok(Some(row))
            }
            Err(error) => Err(error),
        }
    }
}
