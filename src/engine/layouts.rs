//! The sessions of a batch that lie in chunks already, but under an older layout.

use super::rows::blank;
use super::run::Run;
use super::sweep::Sweep;
use super::{Engine, Options};
use crate::domain::manifest::{Manifest, State};
use crate::domain::path::Path;
use crate::domain::progress::{About, Phase};
use crate::domain::report::{Outcome, SessionMigrationResult, Warning};
use crate::ports::{Clock, Ports, Watch};

impl<P: Ports> Engine<P> {
    /// Whether a session is to be brought to the configured layout.
    pub(super) fn is_outdated(&self, manifest: &Manifest) -> bool {
        manifest.state == State::Committed && manifest.layout.is_older_than(&self.config.layout)
    }

    /// Brings every session to the configured layout, or rehearses it; a row for each. True if the
    /// run was cancelled before it was through.
    pub(super) async fn renew_layouts(
        &self,
        manifests: &[Manifest],
        (options, sweep): (&Options, &Sweep<P::Body>),
        watch: &impl Watch,
        run: &mut Run,
    ) -> bool {
        let clock = self.ports.clock();
        let mut count = 0;
        for manifest in manifests.iter().filter(|m| self.is_outdated(m)) {
            if watch.cancelled() {
                return true;
            }
            count += 1;
            if options.batch_size.max(1) <= count {
                count = 0;
                clock.breathe().await;
            }
            let id = &manifest.id;
            // It was looked at already, because something lies in its source.
            if run.done.contains(id) {
                run.pace.correct(-1);
                continue;
            }
            let name = manifest.label.clone().unwrap_or_else(|| id.to_string());
            let message = format!("Renewing layout {}: {name}", run.pace.position());
            let about = About {
                id: Some(id.clone()),
                label: manifest.label.clone(),
                source: manifest.origin.as_ref().map(|o| o.source.clone()),
            };
            let event = run
                .pace
                .event(Phase::Migrating, message, about, clock.elapsed_ms());
            watch.progress(&event);
            // It is written once more before what lies there goes.
            let room = match options.dry_run {
                true => Ok(()),
                false => self.take_room(sweep, manifest.bytes).await,
            };
            let renewed = match room {
                Ok(()) => self.relayout(id, options).await,
                Err(error) => Err(error),
            };
            let row = match renewed {
                Ok(row) => row,
                Err(error) => {
                    run.failed(Some(id.clone()), &error);
                    SessionMigrationResult {
                        session_id: Some(id.clone()),
                        label: manifest.label.clone(),
                        code: Some(error.code().into()),
                        reason: Some(error.to_string()),
                        dry_run: options.dry_run,
                        ..blank(Outcome::Failed)
                    }
                }
            };
            run.pace.advance(row.bytes);
            run.done.insert(id.clone());
            run.rows.push(row);
            if run.shortage.is_some() {
                break;
            }
        }
        false
    }

    /// Says that a layout was changed without raising its version.
    pub(super) fn contradiction(&self, manifest: &Manifest) -> Option<Warning> {
        let layout = &self.config.layout;
        manifest.layout.contradicts(layout).then(|| {
            let message = format!(
                "lies under another layout of version {}; raise `layout.version` to renew it",
                layout.version
            );
            Warning::new("LayoutChanged", &Path::default(), message)
        })
    }
}
