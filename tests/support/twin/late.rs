//! What was committed and has not reached the disk yet: a power cut may undo it.

use super::disk::{Disk, State};
use super::image::{Image, Own};
use restow::error::{Cause, Error, Result};
use restow::ports::Durability;
use std::rc::Rc;

/// Some change of an image, to be played again after a power cut.
type Change = Rc<dyn Fn(&mut Image)>;

/// One that has not reached the disk yet.
#[derive(Clone)]
pub(super) struct Late {
    change: Change,
    /// Whether it is one of localStorage, which reaches the disk in a time of its own.
    local: bool,
    /// Whether a power cut may undo it.
    undoable: bool,
}

impl Disk {
    /// Transactions that were committed since the disk was new, in whatever database.
    pub fn commits(&self) -> usize {
        self.state().commits
    }

    /// Relaxed commits that a power cut may undo.
    pub fn undecided(&self) -> usize {
        self.state().undoable(false)
    }

    /// Writes to localStorage that a power cut may undo.
    pub fn undecided_local(&self) -> usize {
        self.state().undoable(true)
    }

    /// The power fails: of the relaxed commits since the last strict one, the first `keep` reach
    /// the disk, and the others never happened, nor any write to localStorage that was not settled.
    /// Kill the tabs before, or together with it.
    pub fn power_cut(&self, keep: usize) {
        self.power_cut_keeping_local(keep, 0);
    }

    /// The same, but the first `local` writes to localStorage reach the disk as well.
    pub fn power_cut_keeping_local(&self, keep: usize, local: usize) {
        let mut state = self.state_mut();
        let mut left = [keep, local];
        for late in std::mem::take(&mut state.later) {
            let left = &mut left[usize::from(late.local)];
            if late.undoable && *left == 0 {
                continue;
            }
            *left -= usize::from(late.undoable);
            (late.change)(&mut state.durable);
        }
        state.local.lose();
        state.now = state.durable.clone();
    }

    /// Writes all that was committed to the disk, as time does; localStorage as well.
    pub fn settle(&self) {
        self.settle_local();
        self.state_mut().settle(false);
    }

    /// Writes to the disk what lies in localStorage, and nothing else.
    pub fn settle_local(&self) {
        self.state_mut().settle(true);
    }
}

impl State {
    /// Commits a transaction.
    pub(super) fn commit(&mut self, durability: Durability, change: impl Fn(&mut Image) + 'static) {
        self.commits += 1;
        self.play(change, false, true);
        if durability == Durability::Strict {
            // Not what lies in localStorage: no transaction takes that along.
            self.settle(false);
        }
    }

    /// Writes to localStorage.
    pub(super) fn commit_local(&mut self, change: impl Fn(&mut Image) + 'static) {
        self.commits += 1;
        self.play(change, true, true);
    }

    /// Changes databases as if they had always been so: no power cut undoes it.
    pub(super) fn plant(&mut self, change: impl Fn(&mut Image) + 'static) {
        self.play(change, false, false);
    }

    /// The same for localStorage.
    pub(super) fn plant_local(&mut self, change: impl Fn(&mut Image) + 'static) {
        self.play(change, true, false);
    }

    /// Our own database. To open it is to create it, whatever comes of the transaction.
    pub(super) fn open(&mut self) -> &Own {
        if self.now.own.is_none() {
            self.plant(|image| image.own = Some(Own::default()));
        }
        self.now.own.get_or_insert_default()
    }

    fn play(&mut self, change: impl Fn(&mut Image) + 'static, local: bool, undoable: bool) {
        change(&mut self.now);
        self.later.push(Late {
            change: Rc::new(change),
            local,
            undoable,
        });
    }

    fn undoable(&self, local: bool) -> usize {
        let later = self.later.iter();
        later.filter(|l| l.undoable && l.local == local).count()
    }

    /// What came to localStorage and what came to databases touch nothing of each other's, so each
    /// may reach the disk by itself.
    fn settle(&mut self, local: bool) {
        for late in std::mem::take(&mut self.later) {
            match late.local == local {
                true => (late.change)(&mut self.durable),
                false => self.later.push(late),
            }
        }
    }

    /// Fails if a change has no room. What needs no more room than before always has it.
    pub(super) fn room(&self, needed: u64, change: impl Fn(&mut Image)) -> Result<()> {
        let Some(limit) = self.limit else {
            return Ok(());
        };
        let mut after = self.now.clone();
        change(&mut after);
        if after.bytes() > limit.max(self.now.bytes()) {
            return Err(Error::QuotaExceeded {
                needed,
                cause: Some(Cause::named("QuotaExceededError")),
            });
        }
        Ok(())
    }
}
