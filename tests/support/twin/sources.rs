//! Databases of applications on the twin, and localStorage.

use super::disk::{Disk, State};
use super::faults::Tab;
use super::image::Image;
use super::local::Written;
use super::records::unreadable;
use super::transaction::{about, check, check_told, check_writes, play, storable};
use crate::support::value::{Value, copied};
use restow::domain::config::SourceConfig;
use restow::domain::key::Key;
use restow::domain::place::{Area, Place};
use restow::error::{Cause, Error, Result};
use restow::ports::{Batch, Change, Durability, Sources, Swap};
use std::cell::RefCell;
use std::rc::Rc;

/// What an application stores, as one tab sees it.
#[derive(Clone)]
pub struct TwinSources {
    disk: Disk,
    tab: Tab,
    /// What this tab wrote to localStorage and has not heard of yet.
    written: Rc<RefCell<Written>>,
}

impl TwinSources {
    pub(super) fn new(disk: &Disk, tab: &Tab) -> Self {
        Self {
            disk: disk.clone(),
            tab: tab.clone(),
            written: Rc::default(),
        }
    }
}

impl Sources for TwinSources {
    type Body = Value;

    async fn keys(&self, source: &SourceConfig) -> Result<Vec<Key>> {
        let step = self.tab.begin("keys", source.name.clone()).await?;
        let result = self.disk.state().keys(source);
        step.end(result).await
    }

    async fn read(&self, place: &Place) -> Result<Option<Value>> {
        let step = self.tab.begin("read", place.key.to_string()).await?;
        let result = self.disk.state().source_row(place);
        step.end(result).await
    }

    async fn replace(
        &self,
        place: &Place,
        change: &dyn Fn(Option<&Value>) -> Change<Value>,
        then: Batch<Value>,
    ) -> Result<Swap> {
        let words = format!("{}, {}", place.key, about(&then));
        let step = self.tab.begin("replace", words).await?;
        let result = self.change(place, change, then, step.inside);
        step.end(result).await
    }

    async fn remove(
        &self,
        places: &[Place],
        goes: &dyn Fn(usize, &Value) -> bool,
        then: Batch<Value>,
    ) -> Result<()> {
        let keys: Vec<String> = places.iter().map(|place| place.key.to_string()).collect();
        let words = format!("{}, {}", keys.join(" "), about(&then));
        let step = self.tab.begin("remove", words).await?;
        let result = self.take_away(places, goes, then, step.inside);
        step.end(result).await
    }

    async fn settle(&self) -> Vec<Key> {
        let Ok(step) = self.tab.begin("settle", String::new()).await else {
            return Vec::new();
        };
        let heard = {
            let mut state = self.disk.state_mut();
            state.hear(self.tab.number(), &mut self.written.borrow_mut())
        };
        step.end(Ok(heard)).await.unwrap_or_default()
    }
}

impl TwinSources {
    /// All of it happens in one turn, as no one else can write meanwhile.
    fn change(
        &self,
        place: &Place,
        change: &dyn Fn(Option<&Value>) -> Change<Value>,
        then: Batch<Value>,
        dies_inside: bool,
    ) -> Result<Swap> {
        let found = {
            let mut state = self.disk.state_mut();
            let tells = state.tells;
            let own = state.open();
            check(own, &then)?;
            check_writes(own, &then.writes)?;
            if tells {
                check_told(own, &then);
            }
            state.source_row(place)?
        };
        // Not borrowed here: `change` is the engine's, and may look at what it likes.
        let new = match change(found.as_ref()) {
            Change::Refuse => return Ok(Swap::Refused),
            Change::Keep => None,
            Change::Remove => Some(None),
            // No one hears of a text that is written over itself.
            Change::Put(new) if place.is_local() && found.as_ref() == Some(&new) => None,
            Change::Put(new) => Some(Some(new)),
        };
        let mut state = self.disk.state_mut();
        if let Some(Some(new)) = &new {
            state.takes(place, new, then.bytes)?;
        }
        let (needed, durability) = (then.bytes, then.durability);
        let at = place.slot();
        let source = new.filter(|_| state.has_store(place));
        let wrote = source.clone();
        let source = source.map(|new| move |image: &mut Image| image.put(&at, new.clone()));
        let records = move |image: &mut Image| {
            play(image.own.get_or_insert_default(), &then);
        };
        state.room(needed, |image| {
            source.iter().for_each(|source| source(image));
            records(image);
        })?;
        match source {
            Some(source) if place.is_local() => {
                let (tab, mut written) = (self.tab.number(), self.written.borrow_mut());
                state.write_local(tab, &place.key, wrote.flatten(), &mut written);
                state.commit_local(source);
            }
            // Two databases, two commits: this one first. The strict one makes both durable.
            Some(source) => state.commit(Durability::Relaxed, source),
            None => {}
        }
        if !dies_inside {
            state.commit(durability, records);
        }
        Ok(Swap::Done)
    }
}

impl TwinSources {
    /// In one turn as well: one commit in the source, and then one of ours.
    fn take_away(
        &self,
        places: &[Place],
        goes: &dyn Fn(usize, &Value) -> bool,
        then: Batch<Value>,
        dies_inside: bool,
    ) -> Result<()> {
        let found: Vec<Option<Value>> = {
            let mut state = self.disk.state_mut();
            let own = state.open();
            check(own, &then)?;
            check_writes(own, &then.writes)?;
            let rows = places.iter().map(|place| state.source_row(place));
            rows.collect::<Result<_>>()?
        };
        let judged = places.iter().zip(found).enumerate();
        let gone = judged.filter(|(index, (_, found))| {
            let found = found.as_ref();
            found.is_some_and(|found| goes(*index, found))
        });
        let gone: Vec<Place> = gone.map(|(_, (place, _))| place.slot()).collect();
        let mut state = self.disk.state_mut();
        let (needed, durability) = (then.bytes, then.durability);
        let source = move |image: &mut Image| gone.iter().for_each(|at| image.put(at, None));
        let records = move |image: &mut Image| {
            play(image.own.get_or_insert_default(), &then);
        };
        state.room(needed, |image| {
            source(image);
            records(image);
        })?;
        state.commit(Durability::Relaxed, source);
        if !dies_inside {
            state.commit(durability, records);
        }
        Ok(())
    }
}

impl State {
    fn keys(&self, source: &SourceConfig) -> Result<Vec<Key>> {
        self.reachable(&source.area)?;
        let rows = match &source.area {
            Area::IndexedDb { database, store } => self.now.rows(database, store),
            Area::LocalStorage => Some(&self.now.local),
        };
        let keys = rows.into_iter().flat_map(|rows| rows.keys());
        let keys = keys.filter(|key| begins_with(key, &source.prefix));
        Ok(keys.cloned().collect())
    }

    /// Fails if a database of an application can't be opened, or localStorage is denied.
    fn reachable(&self, area: &Area) -> Result<()> {
        let error = match area.database() {
            Some(database) => self.broken.get(database),
            None => self.local.denied.as_ref(),
        };
        error.map_or(Ok(()), |error| Err(error.clone()))
    }

    fn source_row(&self, place: &Place) -> Result<Option<Value>> {
        self.reachable(&place.area)?;
        if self.unreadable.contains(&place.slot()) {
            return Err(unreadable());
        }
        Ok(self.now.row(place).map(copied))
    }

    /// Whether there is a store for a place, which writing never creates.
    fn has_store(&self, place: &Place) -> bool {
        match &place.area {
            Area::IndexedDb { database, store } => self.now.rows(database, store).is_some(),
            Area::LocalStorage => true,
        }
    }

    /// Fails if a place can't take a value.
    fn takes(&self, place: &Place, new: &Value, needed: u64) -> Result<()> {
        if place.is_local() {
            return self.takes_local(place, new, needed);
        }
        storable(new)?;
        if !self.has_store(place) {
            let cause = Cause::named("NotFoundError");
            return Err(Error::Browser { cause });
        }
        Ok(())
    }
}

fn begins_with(key: &Key, prefix: &str) -> bool {
    let prefix: Vec<u16> = prefix.encode_utf16().collect();
    prefix.is_empty() || key.units().is_some_and(|units| units.starts_with(&prefix))
}
