//! Locks between the tabs of a disk.

use super::disk::Disk;
use super::faults::Tab;
use super::run::breath;
use restow::domain::progress::Told;
use restow::ports::{Held, Line, Locks};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Who holds which lock.
#[derive(Clone, Default)]
pub(super) struct LockTable {
    /// Whether there are no Web Locks.
    pub(super) denied: bool,
    held: BTreeMap<String, (String, Tab)>,
    tokens: u32,
    /// What tabs have told on their lines: the database, the number of the tab, and what.
    told: Vec<(String, u32, Told)>,
}

impl LockTable {
    /// Frees every lock.
    pub(super) fn free_all(&mut self) {
        self.held.clear();
    }
}

/// The locks that one tab can hold.
#[derive(Clone)]
pub struct TwinLocks {
    disk: Disk,
    tab: Tab,
    /// How many locks this tab waits for.
    waiting: Rc<Cell<u32>>,
}

impl TwinLocks {
    pub(super) fn new(disk: &Disk, tab: &Tab) -> Self {
        Self {
            disk: disk.clone(),
            tab: tab.clone(),
            waiting: Rc::default(),
        }
    }

    fn token(&self) -> String {
        let number = self.tab.number();
        let tokens = &mut self.disk.state_mut().locks.tokens;
        *tokens += 1;
        format!("tab-{number}-token-{tokens}")
    }

    /// Takes the lock if no tab that lives holds it.
    fn try_take(&self, name: &str, token: &str) -> bool {
        let locks = &mut self.disk.state_mut().locks;
        let free = locks.held.get(name).is_none_or(|(_, tab)| tab.is_dead());
        if free {
            let holder = (token.to_owned(), self.tab.clone());
            locks.held.insert(name.to_owned(), holder);
        }
        free
    }
}

impl Locks for TwinLocks {
    type Guard = TwinGuard;
    type Line = TwinLine;

    /// Waiting lets time pass, a millisecond a turn.
    async fn acquire(&self, name: &str, limit_ms: u32) -> TwinGuard {
        breath().await;
        let token = self.token();
        let mut waited = 0;
        self.waiting.set(self.waiting.get() + 1);
        let exclusive = loop {
            if self.tab.is_dead() || self.disk.state().locks.denied {
                break false;
            }
            if self.try_take(name, &token) {
                break true;
            }
            if waited == limit_ms {
                break false;
            }
            waited += 1;
            self.disk.clock().advance(1);
            breath().await;
        };
        self.waiting.set(self.waiting.get() - 1);
        TwinGuard {
            disk: self.disk.clone(),
            name: name.to_owned(),
            token,
            exclusive,
        }
    }

    fn line(&self, database: &str) -> TwinLine {
        TwinLine {
            locks: self.clone(),
            database: database.to_owned(),
            heard: Cell::new(self.disk.state().locks.told.len()),
        }
    }
}

/// A line to the other tabs of a disk.
pub struct TwinLine {
    locks: TwinLocks,
    database: String,
    /// How much of what was told has gone by.
    heard: Cell<usize>,
}

impl Line for TwinLine {
    fn tell(&self, told: Told) {
        let number = self.locks.tab.number();
        let table = &mut self.locks.disk.state_mut().locks;
        table.told.push((self.database.clone(), number, told));
    }

    async fn heard(&self) -> Told {
        let number = self.locks.tab.number();
        loop {
            // What was told before a lock was waited for still counts.
            while self.locks.waiting.get() == 0 {
                breath().await;
            }
            let newest = {
                let told = &self.locks.disk.state().locks.told;
                let since = told[self.heard.replace(told.len())..].iter();
                let others =
                    since.filter(|(database, tab, _)| *database == self.database && *tab != number);
                others.last().map(|(_, _, told)| *told)
            };
            match newest {
                Some(told) => return told,
                None => breath().await,
            }
        }
    }
}

/// A lock, or the lack of one.
pub struct TwinGuard {
    disk: Disk,
    name: String,
    token: String,
    exclusive: bool,
}

impl Held for TwinGuard {
    fn exclusive(&self) -> bool {
        self.exclusive
    }

    fn token(&self) -> &str {
        &self.token
    }
}

impl Drop for TwinGuard {
    fn drop(&mut self) {
        let held = &mut self.disk.state_mut().locks.held;
        let ours = held
            .get(&self.name)
            .is_some_and(|(token, _)| *token == self.token);
        if ours {
            held.remove(&self.name);
        }
    }
}
