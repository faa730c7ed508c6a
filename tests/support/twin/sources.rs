//! Databases of applications on the twin.

use super::disk::{Disk, State};
use super::faults::Tab;
use super::image::Image;
use super::records::unreadable;
use super::transaction::{about, check, check_writes, play, storable};
use crate::support::value::{Value, copied};
use restow::domain::config::SourceConfig;
use restow::domain::key::Key;
use restow::domain::place::Place;
use restow::error::{Cause, Error, Result};
use restow::ports::{Batch, Durability, Sources, Swap};

/// Databases of applications, as one tab sees them.
#[derive(Clone)]
pub struct TwinSources {
    disk: Disk,
    tab: Tab,
}

impl TwinSources {
    pub(super) fn new(disk: &Disk, tab: &Tab) -> Self {
        Self {
            disk: disk.clone(),
            tab: tab.clone(),
        }
    }
}

impl Sources for TwinSources {
    type Body = Value;

    async fn keys(&self, source: &SourceConfig) -> Result<Vec<Key>> {
        let step = self.tab.begin("keys", source.name.clone()).await?;
        let result = {
            let state = self.disk.state();
            state.reachable(&source.database).map(|()| {
                let rows = state.now.rows(&source.database, &source.store);
                let keys = rows.into_iter().flat_map(|rows| rows.keys());
                keys.filter(|key| begins_with(key, &source.prefix))
                    .cloned()
                    .collect()
            })
        };
        step.end(result).await
    }

    async fn read(&self, place: &Place) -> Result<Option<Value>> {
        let step = self.tab.begin("read", place.key.to_string()).await?;
        let result = self.disk.state().source_row(place);
        step.end(result).await
    }

    async fn replace_if(
        &self,
        place: &Place,
        expected: &dyn Fn(Option<&Value>) -> bool,
        new: Option<&Value>,
        then: Batch<Value>,
    ) -> Result<Swap> {
        let words = format!("{}, {}", place.key, about(&then));
        let step = self.tab.begin("replace_if", words).await?;
        let result = self.swap(place, expected, new, then, step.inside);
        step.end(result).await
    }
}

impl TwinSources {
    /// All of it happens in one turn, as no one else can write to either database meanwhile.
    fn swap(
        &self,
        place: &Place,
        expected: &dyn Fn(Option<&Value>) -> bool,
        new: Option<&Value>,
        then: Batch<Value>,
        dies_inside: bool,
    ) -> Result<Swap> {
        let found = {
            let mut state = self.disk.state_mut();
            let own = state.open();
            check(own, &then)?;
            check_writes(own, &then.writes)?;
            state.source_row(place)?
        };
        // Not borrowed here: `expected` is the engine's, and may look at what it likes.
        if !expected(found.as_ref()) {
            return Ok(Swap::Refused);
        }
        let mut state = self.disk.state_mut();
        let there = state.now.rows(&place.database, &place.store).is_some();
        let new = new.cloned();
        if let Some(new) = &new {
            storable(new)?;
            if !there {
                let cause = Cause::named("NotFoundError");
                return Err(Error::Browser { cause });
            }
        }
        let (needed, durability) = (then.bytes, then.durability);
        let at = place.clone();
        let source = move |image: &mut Image| image.put(&at, new.clone());
        let records = move |image: &mut Image| {
            play(image.own.get_or_insert_default(), &then);
        };
        state.room(needed, |image| {
            source(image);
            records(image);
        })?;
        if there {
            // Two databases, two commits: this one first. The strict one makes both durable.
            state.commit(Durability::Relaxed, source);
        }
        if !dies_inside {
            state.commit(durability, records);
        }
        Ok(Swap::Done)
    }
}

impl State {
    /// Fails if a database of an application can't be opened.
    fn reachable(&self, database: &str) -> Result<()> {
        self.broken
            .get(database)
            .map_or(Ok(()), |error| Err(error.clone()))
    }

    fn source_row(&self, place: &Place) -> Result<Option<Value>> {
        self.reachable(&place.database)?;
        let key = (
            place.database.clone(),
            place.store.clone(),
            place.key.clone(),
        );
        if self.unreadable.contains(&key) {
            return Err(unreadable());
        }
        Ok(self.now.row(place).map(copied))
    }
}

fn begins_with(key: &Key, prefix: &str) -> bool {
    let prefix: Vec<u16> = prefix.encode_utf16().collect();
    prefix.is_empty() || key.units().is_some_and(|units| units.starts_with(&prefix))
}
