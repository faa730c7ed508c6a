//! One record of a batch: whatever becomes of it is a row, unless it is no session.

use super::lanes::{Lane, Lanes};
use super::locate::{Candidate, duplicate};
use super::marks::unreadable;
use super::prepare::place_name;
use super::rows::blank;
use super::run::Run;
use super::sweep::Sweep;
use super::targets::{Target, Targets};
use super::{Engine, Options};
use crate::domain::key::Key;
use crate::domain::progress::{About, Phase};
use crate::domain::recognise::{Row, undecodable};
use crate::domain::report::{Outcome, SessionMigrationResult};
use crate::error::{Error, Result};
use crate::ports::{Clock, Ports, Watch};
use std::cell::RefCell;

/// What is known of a record before it is migrated.
struct Named {
    id: Option<Key>,
    label: Option<String>,
}

/// What a record that looked like a session came to.
pub(super) struct Done<'a, B> {
    target: &'a Target<B>,
    named: Named,
    started: f64,
    /// `None` if it is no session after all.
    outcome: Result<Option<SessionMigrationResult>>,
}

impl<P: Ports> Engine<P> {
    /// Migrates what lies at a target, or rehearses it; `None` if there is no session, or the run is
    /// over.
    pub(super) async fn one<'a>(
        &self,
        (index, target): (usize, &'a Target<P::Body>),
        targets: &Targets<P::Body>,
        (options, sweep): (&Options, &Sweep<P::Body>),
        (watch, lanes): (&impl Watch, &Lanes),
        run: &RefCell<&mut Run>,
    ) -> Option<Done<'a, P::Body>> {
        let clock = self.ports.clock();
        let mut lane = lanes.begin(index).await;
        let over = run.borrow_mut().stops(watch);
        if index > 0 && (index as u32).is_multiple_of(options.batch_size.max(1)) && !over {
            clock.breathe().await;
        }
        let started = clock.elapsed_ms();
        let mut opened = match over {
            true => Ok(None),
            false => self.open_target(target).await,
        };
        let blocking = targets.unreadable.range(..target.source).next();
        if let Ok(Some(candidate)) = &mut opened {
            candidate.blocked = blocking.map(|(_, error)| error.clone());
        }
        let naming = || self.announce(target, &opened, watch, &mut run.borrow_mut());
        let named = lane.name(naming).await?;
        let outcome = self
            .outcome(target, opened, (options, sweep), &mut lane)
            .await;
        Some(Done {
            target,
            named,
            started,
            outcome,
        })
    }

    /// Says that a session is going to be migrated; `None` if there is none, it is but a copy, or the
    /// run is over.
    fn announce(
        &self,
        target: &Target<P::Body>,
        opened: &Result<Option<Candidate<P::Body>>>,
        watch: &impl Watch,
        run: &mut Run,
    ) -> Option<Named> {
        if run.stops(watch) {
            return None;
        }
        let Some((id, label)) = self.names(target, opened) else {
            run.pace.correct(if target.likely { -1 } else { 0 });
            return None;
        };
        run.pace.correct(if target.likely { 0 } else { 1 });
        if let Some(id) = id.as_ref().filter(|_| !target.duplicate)
            && run.is_copy(id, &target.place)
        {
            run.copies.push((id.clone(), target.source));
            run.pace.correct(-1);
            return None;
        }
        // A copy that follows must not be moved while this one is under way.
        run.done.extend(id.clone());
        let name = label
            .clone()
            .or_else(|| id.as_ref().map(ToString::to_string));
        let name = name.unwrap_or_else(|| target.place.key.to_string());
        run.pace.begin();
        let message = format!("Migrating session {}: {name}", run.pace.position());
        let source = self.config.sources.get(target.source);
        watch.progress(&run.pace.event(
            Phase::Migrating,
            message,
            About {
                id: id.clone(),
                label: label.clone(),
                source: source.map(|source| source.name.clone()),
            },
            self.ports.clock().elapsed_ms(),
        ));
        Some(Named { id, label })
    }

    /// Writes down what became of a record.
    pub(super) fn conclude(
        &self,
        done: Done<'_, P::Body>,
        (options, watch): (&Options, &impl Watch),
        run: &mut Run,
    ) {
        let Done {
            target,
            named: Named { id, label },
            started,
            outcome,
        } = done;
        let source = self.config.sources.get(target.source);
        let source = source.map_or("", |source| &source.name);
        let row = match outcome {
            Ok(Some(row)) => row,
            Ok(None) => {
                run.pace.give_up();
                return run.pace.correct(-1);
            }
            // The run stops at the first that has no room; this one was under way beside it.
            Err(Error::NoHeadroom(_)) if run.shortage.is_some() => return run.pace.give_up(),
            Err(error) => {
                run.failed(id.clone(), &error);
                let mut row = blank(Outcome::Failed);
                row.session_id = id;
                row.label = label;
                row.source = Some(source.to_owned());
                row.code = Some(error.code().into());
                row.reason = Some(error.to_string());
                row
            }
        };
        if matches!(row.outcome, Outcome::Quarantined | Outcome::Failed) {
            run.still_broken.insert(place_name(source, &target.place));
        }
        run.pace.advance(row.bytes);
        watch.through(run.pace.told());
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
        (options, sweep): (&Options, &Sweep<P::Body>),
        lane: &mut Lane<'_>,
    ) -> Result<Option<SessionMigrationResult>> {
        match opened {
            Ok(None) => Ok(None),
            Ok(Some(mut candidate)) => {
                if target.duplicate {
                    candidate.row = Row::Broken(candidate.row.id().cloned(), duplicate());
                }
                let planned = self.plan_candidate(candidate).await?;
                lane.take(planned.bytes()).await;
                self.migrate_planned(planned, options, sweep).await
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
