//! A run in touch with other tabs: they hear how far it is, and its caller how far the one is that it
//! waits for.

use super::Engine;
use crate::domain::progress::{Phase, Progress, Told};
use crate::ports::{Line, Locks, Ports, Watch};
use futures_util::future::{Either, select};
use std::cell::Cell;
use std::pin::pin;

/// The caller of a run, and the other tabs beside it.
pub(super) struct InTouch<'a, W, L> {
    watch: &'a W,
    line: &'a L,
    /// A rehearsal keeps nobody waiting.
    tells: bool,
    percent: Cell<u32>,
}

impl<W: Watch, L: Line> Watch for InTouch<'_, W, L> {
    fn progress(&self, event: &Progress) {
        self.percent.set(event.percent);
        if self.tells && event.phase == Phase::Migrating {
            let Progress { done, total, .. } = *event;
            self.line.tell(Told { done, total });
        }
        self.watch.progress(event);
    }

    fn through(&self, told: Told) {
        if self.tells {
            self.line.tell(told);
        }
    }

    fn cancelled(&self) -> bool {
        self.watch.cancelled()
    }
}

impl<P: Ports> Engine<P> {
    /// Does a run under a watch that is in touch with other tabs.
    pub(super) async fn in_touch<T, W: Watch>(
        &self,
        watch: &W,
        dry_run: bool,
        run: impl AsyncFnOnce(&InTouch<'_, W, <P::Locks as Locks>::Line>) -> T,
    ) -> T {
        let line = self.ports.locks().line(&self.config.database);
        let in_touch = InTouch {
            watch,
            line: &line,
            tells: !dry_run,
            percent: Cell::new(0),
        };
        let mut running = pin!(run(&in_touch));
        loop {
            match select(running.as_mut(), pin!(line.heard())).await {
                Either::Left((result, _)) => return result,
                Either::Right((told, _)) => {
                    watch.progress(&Progress::waiting(told, in_touch.percent.get()));
                }
            }
        }
    }
}
