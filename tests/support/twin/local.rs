//! localStorage of a device. It has no transactions between tabs: what one tab writes, another may
//! not see before it writes there itself, and hears of afterwards.

use super::disk::{Disk, State};
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::error::{Cause, Error, Result};
use std::collections::BTreeMap;

/// What is special about localStorage; what lies there is part of the image.
#[derive(Clone, Default)]
pub(super) struct Local {
    pub(super) denied: Option<Error>,
    limit: Option<u64>,
    /// What other tabs have written and no one else has seen yet.
    under_way: Vec<(Key, Option<Value>)>,
    /// Which key was written by which of our tabs, or by an application in another one.
    events: Vec<(Key, Option<u32>)>,
}

impl Local {
    /// What is under way never arrives.
    pub(super) fn lose(&mut self) {
        self.under_way.clear();
    }
}

/// What one tab wrote to localStorage since it last heard of others, by key.
pub(super) type Written = BTreeMap<Key, Own>;

/// The last write of one tab to one key.
pub(super) struct Own {
    wrote: Option<Value>,
    /// How many events there were before it.
    events: usize,
    /// What lay there that the tab did not see.
    overwrote: Option<Option<Value>>,
}

impl Disk {
    /// An application in another tab writes a key, or removes it, and no tab of ours sees it yet:
    /// whoever writes that key before it has landed overwrites it, and hears of it afterwards.
    pub fn foreign_write(&self, key: &Key, text: Option<Value>) {
        let mut state = self.state_mut();
        state.local.under_way.push((key.clone(), text));
    }

    /// What other tabs were writing to localStorage is there, for everyone to see.
    pub fn land(&self) {
        self.state_mut().land();
    }

    /// Makes every look at localStorage fail, or none.
    pub fn set_local_denied(&self, error: Option<Error>) {
        self.state_mut().local.denied = error;
    }

    /// UTF-16 units that keys and values of localStorage may have together.
    pub fn set_local_limit(&self, units: Option<u64>) {
        self.state_mut().local.limit = units;
    }
}

impl State {
    fn land(&mut self) {
        for (key, text) in std::mem::take(&mut self.local.under_way) {
            self.local.events.push((key.clone(), None));
            let place = Place::record(Area::LocalStorage, key);
            self.plant_local(move |image| image.put(&place, text.clone()));
        }
    }

    /// Fails if localStorage can't take a value: it takes nothing but text, and has a limit.
    pub(super) fn takes_local(&self, place: &Place, new: &Value, needed: u64) -> Result<()> {
        if new.utf16().is_none() {
            let cause = Cause::named("DataError");
            return Err(Error::Browser { cause });
        }
        let mut after = self.now.clone();
        after.put(place, Some(new.clone()));
        let limit = self.local.limit.unwrap_or(u64::MAX);
        if after.local_units() > limit.max(self.now.local_units()) {
            return Err(Error::QuotaExceeded {
                needed,
                cause: Some(Cause::named("QuotaExceededError")),
            });
        }
        Ok(())
    }

    /// Notes that a tab writes a key, and what of others' it overwrites.
    pub(super) fn write_local(
        &mut self,
        tab: u32,
        key: &Key,
        wrote: Option<Value>,
        written: &mut Written,
    ) {
        let mut overwrote = written.remove(key).and_then(|own| own.overwrote);
        let mut left = Vec::new();
        for (other, text) in std::mem::take(&mut self.local.under_way) {
            match other == *key {
                true => overwrote = Some(text),
                false => left.push((other, text)),
            }
        }
        self.local.under_way = left;
        self.local.events.push((key.clone(), Some(tab)));
        let events = self.local.events.len();
        written.insert(
            key.clone(),
            Own {
                wrote,
                events,
                overwrote,
            },
        );
    }

    /// A tab hears of what others wrote to keys that it has written: what it overwrote is put back
    /// if nothing else has come there since.
    pub(super) fn hear(&mut self, tab: u32, written: &mut Written) -> Vec<Key> {
        self.land();
        let mut heard = Vec::new();
        for (key, own) in std::mem::take(written) {
            let since = self.local.events[own.events..].iter();
            let after = since
                .filter(|(other, by)| *other == key && *by != Some(tab))
                .count();
            if own.overwrote.is_none() && after == 0 {
                continue;
            }
            heard.push(key.clone());
            let Some(text) = own.overwrote else { continue };
            if self.now.local.get(&key) == own.wrote.as_ref() {
                self.local.events.push((key.clone(), Some(tab)));
                let place = Place::record(Area::LocalStorage, key);
                self.commit_local(move |image| image.put(&place, text.clone()));
            }
        }
        heard
    }
}
