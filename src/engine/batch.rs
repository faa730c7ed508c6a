//! All sessions, one after the other. One bad record never stops, harms or hides another.

use super::flush::Flushed;
use super::lanes::{LANES, Lanes};
use super::locate::place;
use super::moving::still_there;
use super::prepare::place_name;
use super::roster::{DAMAGED, MANIFEST_DAMAGED};
use super::rows::{blank, skipped_row};
use super::run::Run;
use super::standing::Standing;
use super::summary::batch_error;
use super::sweep::Sweep;
use super::targets::Targets;
use super::{Engine, Options};
use crate::domain::damage::BadRecord;
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::path::Path;
use crate::domain::place::Place;
use crate::domain::progress::Pace;
use crate::domain::recognise::{Broken, known_code};
use crate::domain::report::{Outcome, SessionMigrationResult, Warning};
use crate::error::{Error, Result};
use crate::ports::{Clock, Ports, Records, Rows, Sources, Watch};
use futures_util::stream::{FuturesOrdered, StreamExt};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Times that a run waits for what other tabs are writing to localStorage.
const SETTLINGS: u32 = 3;
/// Sessions from which on a run counts what it has left: fewer are counted when someone asks.
const MANY: usize = 500;

/// What a run has found before it moves anything.
pub(super) struct Looked<B> {
    pub manifests: Vec<Manifest>,
    /// Manifests that can't be used.
    pub bad: Vec<BadRecord>,
    pub targets: Targets<B>,
    pub sweep: Sweep<B>,
}

impl<P: Ports> Engine<P> {
    /// Finishes what an earlier run has left behind, which may free room, and looks at what is there.
    /// Fails only where nothing at all can be read.
    pub(super) async fn look_at_all(&self, options: &Options) -> Result<Looked<P::Body>> {
        if !options.dry_run {
            self.recover_once().await?;
            // What other tabs wrote before this run is compared with the chunks like anything else:
            // only what they write meanwhile is moved once more.
            self.ports.sources().settle().await;
        }
        let Rows {
            sound: manifests,
            bad,
        } = self.ports.records().manifests().await?;
        let sweep = Sweep::of_run();
        let targets = self.targets(&manifests, &sweep).await?;
        Ok(Looked {
            manifests,
            bad,
            targets,
            sweep,
        })
    }

    /// Migrates every session, or rehearses it. Returns whether it was cancelled. Fails only where
    /// nothing at all can be written; what concerns one session is that session's row.
    pub(super) async fn run_sessions(
        &self,
        looked: Looked<P::Body>,
        options: &Options,
        watch: &impl Watch,
        run: &mut Run,
    ) -> Result<bool> {
        let clock = self.ports.clock();
        let Looked {
            manifests,
            bad,
            targets,
            sweep,
        } = looked;
        let likely = targets.list.iter().filter(|target| target.likely).count();
        let outdated = manifests.iter().filter(|m| self.is_outdated(m)).count();
        run.pace = Pace::new((likely + outdated) as u32, clock.elapsed_ms());
        run.origins = origins(&manifests, &targets);
        self.unreadable_rows(&targets, options, run).await?;
        self.move_targets(&targets, (options, &sweep), watch, run)
            .await;
        let mut cancelled = run.cancelled;
        if !options.dry_run {
            self.settle_rows(options, run).await;
        }
        if !cancelled && run.shortage.is_none() {
            let way = (options, &sweep);
            cancelled = self.renew_layouts(&manifests, way, watch, run).await;
        }
        if !options.dry_run && !cancelled && run.shortage.is_none() {
            // Harmless if it fails: the next run tries again.
            let _ = self.prune_quarantine(&run.still_broken).await;
        }
        let start = self.start().await;
        self.chunked_before(
            start
                .as_ref()
                .map_or(&manifests, |now| &now.manifests.sound),
            run,
        );
        damaged_rows(&bad, run);
        self.tell_of_copies(run);
        if let (Ok(start), false) = (start, options.dry_run)
            && run.rows.len() >= MANY
        {
            // Harmless if it fails: whoever asks for the status counts.
            let _ = self.count_after(start).await;
        }
        Ok(cancelled)
    }

    /// Migrates what lies at the targets, several at a time; their rows come in the order of targets.
    async fn move_targets(
        &self,
        targets: &Targets<P::Body>,
        way: (&Options, &Sweep<P::Body>),
        watch: &impl Watch,
        run: &mut Run,
    ) {
        let (options, sweep) = way;
        let lanes = Lanes::default();
        let mut left = targets.list.iter().enumerate().peekable();
        while left.peek().is_some() && !run.is_over() {
            let shared = RefCell::new(&mut *run);
            let mut moving = FuturesOrdered::new();
            loop {
                // While originals go nothing else is under way: each lane has to hear of its requests
                // at once.
                let may_begin = !sweep.is_full() && !shared.borrow().is_over();
                // One at first: a short run is told of, and can be stopped, session by session.
                let most = LANES.min(1 + shared.borrow().rows.len());
                while may_begin
                    && moving.len() < most
                    && let Some((index, target)) = left.next()
                {
                    moving.push_back(self.one(
                        (index, target),
                        targets,
                        way,
                        (watch, &lanes),
                        &shared,
                    ));
                }
                match moving.next().await {
                    Some(Some(done)) => {
                        self.conclude(done, (options, watch), &mut shared.borrow_mut())
                    }
                    Some(None) => {}
                    None => break,
                }
            }
            drop(moving);
            self.flush_rows(sweep, options, run).await;
        }
    }

    /// Rows for sources that can't be read: a container that can't be understood is in quarantine
    /// as a whole, anything else is an error.
    async fn unreadable_rows(
        &self,
        targets: &Targets<P::Body>,
        options: &Options,
        run: &mut Run,
    ) -> Result<()> {
        for (index, error) in &targets.unreadable {
            let Some(source) = self.config.sources.get(*index) else {
                continue;
            };
            let mut row = match (error, &source.container) {
                (Error::ContainerUnreadable { code, reason, .. }, Some(holds)) => {
                    let slot = place(source, holds.key.clone());
                    let broken = Broken::new(known_code(code), reason.clone());
                    run.still_broken.insert(place_name(&source.name, &slot));
                    let (at, single) = ((*index, &slot, None), Sweep::single());
                    self.quarantine(at, broken, options.dry_run, &single)
                        .await?
                }
                _ => {
                    run.whole_sources += 1;
                    run.errors.push(batch_error(None, error));
                    let mut row = blank(Outcome::Failed);
                    row.source = Some(source.name.clone());
                    row.code = Some(error.code().into());
                    row.reason = Some(error.to_string());
                    row
                }
            };
            row.dry_run = options.dry_run;
            run.rows.push(row);
        }
        Ok(())
    }

    /// Removes the originals that are due, and says in their rows what came of it.
    async fn flush_rows(&self, sweep: &Sweep<P::Body>, options: &Options, run: &mut Run) {
        for (id, outcome) in self.flush(sweep, None).await {
            match outcome {
                Flushed::Removed => {}
                Flushed::Changed => self.again(&id, options, run).await,
                Flushed::Failed(error) => {
                    if let Some(row) = run.row_of(&id) {
                        row.warnings.push(still_there(&error));
                    }
                }
            }
        }
    }

    /// Moves once more what other tabs wrote to localStorage while it was being migrated.
    async fn settle_rows(&self, options: &Options, run: &mut Run) {
        // What is moved once more is written to once more.
        for _ in 0..SETTLINGS {
            let keys = self.ports.sources().settle().await;
            if keys.is_empty() {
                return;
            }
            let manifests = self.ports.records().manifests().await;
            let manifests = manifests.map(|rows| rows.sound);
            let sweep = Sweep::of_many();
            for manifest in manifests.unwrap_or_default() {
                let origin = manifest.origin.as_ref().map(|origin| &origin.place);
                let written = origin.is_some_and(|at| at.is_local() && keys.contains(&at.key));
                if manifest.is_live() && written && self.differs_now(&manifest.id, &sweep).await {
                    self.again(&manifest.id, options, run).await;
                }
            }
            // What is there again just as it was goes once more, together.
            self.flush_rows(&sweep, options, run).await;
        }
    }

    /// Whether a session's source is another one by now. If it is just what was migrated, it goes.
    async fn differs_now(&self, id: &Key, sweep: &Sweep<P::Body>) -> bool {
        let claim = self.claim(id).await;
        let standing = self.recover_in(&claim, sweep).await;
        self.release(&claim).await;
        matches!(standing, Ok(Standing::Diverged { .. }))
    }

    /// A session once more, whose source changed under it.
    async fn again(&self, id: &Key, options: &Options, run: &mut Run) {
        let result = self.move_again(id, options).await;
        let Some(row) = run.row_of(id) else { return };
        match result {
            Ok(again) if again.tells_more() => {
                let label = row.label.clone().or(again.label.clone());
                let (duration_ms, dry_run) = (row.duration_ms, row.dry_run);
                *row = SessionMigrationResult {
                    label,
                    duration_ms,
                    dry_run,
                    ..again
                };
            }
            // It is what was migrated after all, and gone by now.
            Ok(_) => {}
            Err(error) => row.warnings.push(still_there(&error)),
        }
    }

    /// Rows for the sessions that had nothing in a source: chunked before, or by another tab since.
    fn chunked_before(&self, manifests: &[Manifest], run: &mut Run) {
        for manifest in manifests {
            if manifest.is_live() && !run.done.contains(&manifest.id) {
                let (code, reason) = ("AlreadyChunked", "it is chunked already");
                let mut row = skipped_row(&manifest.id, Some(manifest), code, reason);
                row.warnings.extend(self.contradiction(manifest));
                run.rows.push(row);
            }
        }
    }

    /// Says in the row of a session where copies of it lie.
    fn tell_of_copies(&self, run: &mut Run) {
        for (id, source) in std::mem::take(&mut run.copies) {
            let warning = self.also_in(source);
            if let Some(row) = run.row_of(&id) {
                row.warnings.push(warning);
            }
        }
    }

    /// Says that a source has a copy of a session, which is none of Restow's business.
    pub(super) fn also_in(&self, source: usize) -> Warning {
        let name = self.config.sources.get(source).map_or("", |s| &s.name);
        let message = format!("lies in {name} as well; that copy is left alone");
        Warning::new("AlsoIn", &Path::default(), message)
    }
}

/// Rows for the sessions whose manifest can't be used: nothing of them is touched.
fn damaged_rows(bad: &[BadRecord], run: &mut Run) {
    for record in bad.iter().filter(|record| !run.done.contains(&record.key)) {
        let mut row = blank(Outcome::Quarantined);
        row.session_id = Some(record.key.clone());
        row.code = Some(DAMAGED.into());
        row.reason = Some(MANIFEST_DAMAGED.into());
        run.rows.push(row);
    }
}

/// Where the sessions came from that rule in chunks, or that lie there again.
fn origins<B>(manifests: &[Manifest], targets: &Targets<B>) -> BTreeMap<Key, Option<Place>> {
    let places: BTreeSet<&Place> = targets.list.iter().map(|target| &target.place).collect();
    let rules = |manifest: &&Manifest| {
        let origin = manifest.origin.as_ref();
        manifest.is_live() || origin.is_some_and(|origin| places.contains(&origin.place))
    };
    let origin = |manifest: &Manifest| {
        let origin = manifest.origin.as_ref();
        (
            manifest.id.clone(),
            origin.map(|origin| origin.place.clone()),
        )
    };
    manifests.iter().filter(rules).map(origin).collect()
}
