//! What goes wrong in a tab, and when.

use super::disk::Disk;
use super::run::breath;
use restow::error::{Error, Result};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

/// What goes wrong at an operation.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing happens, and the operation fails.
    Fail(Error),
    /// The operation is done, and the tab hears that it failed, as when a connection is lost just
    /// after a commit.
    FailAfter(Error),
    /// The tab dies; nothing happens.
    DieBefore,
    /// The tab dies inside a `replace`: the source is written and the batch is not. Any other
    /// operation is one transaction, and so nothing of it happens.
    DieInside,
    /// The tab dies when the operation is through, before it hears of that.
    DieAfter,
}

impl Fault {
    /// Every way to die.
    pub const DEATHS: [Fault; 3] = [Fault::DieBefore, Fault::DieInside, Fault::DieAfter];
}

/// One operation on storage that a tab has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The method of the port: `apply`, `read`, …
    pub method: &'static str,
    /// What it was about, for people.
    pub about: String,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.about)
    }
}

/// A tab: its life, its operations and its faults. Cloning it makes another handle of it.
#[derive(Clone)]
pub struct Tab(Rc<RefCell<Life>>);

type Hook = Box<dyn FnOnce(&Disk)>;

struct Life {
    number: u32,
    disk: Disk,
    dead: bool,
    trace: Vec<Operation>,
    faults: BTreeMap<usize, Fault>,
    hooks: BTreeMap<usize, Vec<Hook>>,
}

impl Tab {
    /// A new tab on a disk.
    pub fn new(disk: &Disk) -> Self {
        let number = {
            let mut state = disk.state_mut();
            state.tabs += 1;
            state.tabs
        };
        Self(Rc::new(RefCell::new(Life {
            number,
            disk: disk.clone(),
            dead: false,
            trace: Vec::new(),
            faults: BTreeMap::new(),
            hooks: BTreeMap::new(),
        })))
    }

    /// Which tab of its disk it is, from 1.
    pub fn number(&self) -> u32 {
        self.0.borrow().number
    }

    /// Makes operation `n` go wrong. The first one of a tab is 0.
    pub fn at(&self, n: usize, fault: Fault) {
        self.0.borrow_mut().faults.insert(n, fault);
    }

    /// Lets someone else act on the disk just before operation `n`.
    pub fn before_op(&self, n: usize, act: impl FnOnce(&Disk) + 'static) {
        let mut life = self.0.borrow_mut();
        life.hooks.entry(n).or_default().push(Box::new(act));
    }

    /// Ends the tab now: every later operation fails with `Closed`, and its locks are free.
    pub fn kill(&self) {
        self.0.borrow_mut().dead = true;
    }

    /// Whether it has died.
    pub fn is_dead(&self) -> bool {
        self.0.borrow().dead
    }

    /// Every operation that was begun, in order; operation `n` is item `n`.
    pub fn trace(&self) -> Vec<Operation> {
        self.0.borrow().trace.clone()
    }

    /// How many operations were begun.
    pub fn operations(&self) -> usize {
        self.0.borrow().trace.len()
    }

    /// Begins an operation: gives way, lets others act, and meets its fault.
    pub(super) async fn begin(&self, method: &'static str, about: String) -> Result<Step> {
        breath().await;
        let (disk, hooks, fault) = {
            let mut life = self.0.borrow_mut();
            if life.dead {
                return Err(Error::Closed);
            }
            let n = life.trace.len();
            life.trace.push(Operation { method, about });
            let hooks = life.hooks.remove(&n).unwrap_or_default();
            (life.disk.clone(), hooks, life.faults.remove(&n))
        };
        for hook in hooks {
            hook(&disk);
        }
        let (mut inside, mut after, mut failure) = (false, false, None);
        match fault {
            None => {}
            Some(Fault::Fail(error)) => return Err(error),
            Some(Fault::FailAfter(error)) => failure = Some(error),
            Some(Fault::DieInside) if method == "replace" => (inside, after) = (true, true),
            Some(Fault::DieBefore | Fault::DieInside) => self.kill(),
            Some(Fault::DieAfter) => after = true,
        }
        // A hook may have ended the tab as well.
        if self.is_dead() {
            return Err(Error::Closed);
        }
        Ok(Step {
            tab: self.clone(),
            inside,
            after,
            failure,
        })
    }
}

/// An operation that has met no fault yet.
pub(super) struct Step {
    tab: Tab,
    /// Whether the tab dies between source and batch.
    pub(super) inside: bool,
    after: bool,
    failure: Option<Error>,
}

impl Step {
    /// Ends an operation: what it came to reaches the tab only if that still lives.
    pub(super) async fn end<T>(self, result: Result<T>) -> Result<T> {
        if self.after {
            self.tab.kill();
        }
        breath().await;
        if self.tab.is_dead() {
            return Err(Error::Closed);
        }
        if let (Some(failure), true) = (self.failure, result.is_ok()) {
            return Err(failure);
        }
        result
    }
}
