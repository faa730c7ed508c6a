//! How far the migration has come, and which sessions there are.

use super::Engine;
use super::marks::{Seen, Waiting};
use super::roster::{Roster, Start};
use super::survey::Sizes;
use crate::domain::config::SourceConfig;
use crate::domain::count::{Count, of_keys, of_marks};
use crate::domain::digest::Digest;
use crate::domain::key::Key;
use crate::domain::report::{MigrationStatus, SessionRow, SessionState, UnreadableSource};
use crate::error::Result;
use crate::ports::{Clock, Ports, Pulse, Records};

/// Records that a run opens at most to count anew what it has left.
const MOST_OPENED: usize = 200;

/// How sessions are to be counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counting {
    /// Every record is opened, whatever an earlier count found.
    pub exact: bool,
    /// Nothing is written.
    pub dry_run: bool,
}

/// The last count of this start.
pub(super) struct Counted {
    count: Count,
    waiting: Waiting,
}

impl<P: Ports> Engine<P> {
    /// Counts the sessions by where they stand, and the keys of state. Where the last count still
    /// holds nothing but keys is read.
    pub async fn status(&self, how: Counting) -> Result<MigrationStatus> {
        let pulse = self.ports.records().pulse().await.ok();
        let held = match (how.exact, &pulse) {
            (false, Some(pulse)) => self.count_that_holds(pulse).await,
            _ => None,
        };
        let (count, unreadable, exact) = match held {
            Some(count) => (count, Vec::new(), false),
            None => {
                let manifests = self.ports.records().manifests().await?;
                self.count(Start { pulse, manifests }, how).await?
            }
        };
        let state = match &self.config.state {
            Some(state) => Some(self.state_status(state).await?),
            None => None,
        };
        Ok(MigrationStatus {
            state,
            exact,
            ..MigrationStatus::of(&count).without(unreadable)
        })
    }

    /// Every session, by id.
    pub async fn list_sessions(&self) -> Result<Vec<SessionRow>> {
        let start = self.start().await?;
        Ok(self.roster(start, Sizes::Told, None).await?.rows)
    }

    /// After a run that knows the manifests: counts anew, unless that would take opening many records.
    pub(super) async fn count_after(&self, start: Start) -> Result<()> {
        let mut unknown = 0;
        for (index, source) in self.config.sources.iter().enumerate() {
            let keys = self.record_keys(source).await?;
            let counted = self.counted.borrow();
            let waiting = counted.as_ref().and_then(|last| last.waiting.get(index));
            let known = |key: &&Key| waiting.is_some_and(|waiting| waiting.contains_key(key));
            unknown += keys.iter().filter(|key| !known(key)).count();
        }
        if unknown <= MOST_OPENED {
            self.count(start, Counting::default()).await?;
        }
        Ok(())
    }

    /// Counts anew, and keeps what was found where nothing has changed meanwhile. Records that are
    /// known to wait are opened only where that is asked for.
    async fn count(
        &self,
        start: Start,
        how: Counting,
    ) -> Result<(Count, Vec<UnreadableSource>, bool)> {
        let now = self.ports.clock().now();
        let last = self.counted.take().filter(|_| !how.exact);
        let known = last.as_ref().map(|last| &last.waiting);
        let Roster {
            rows,
            elsewhere,
            unreadable,
            seen,
            waiting,
            exact,
            pulse,
        } = self.roster(start, Sizes::Unknown, known).await?;
        let at = match &last {
            Some(last) if !exact => last.count.at,
            _ => now,
        };
        let figure = |state| rows.iter().filter(|row| row.state == state).count() as u32;
        let quarantine = pulse.as_ref().map_or(&[][..], |pulse| &pulse.quarantine);
        let count = Count {
            at,
            stamp: pulse.as_ref().and_then(|pulse| pulse.stamp),
            keys: of_keys(
                self.config.print,
                quarantine,
                seen.iter().map(|seen| &seen.keys[..]),
            ),
            looked: seen.iter().map(looked).collect(),
            seen: of_marks(seen.iter().flat_map(marks)),
            chunked: figure(SessionState::Chunked),
            legacy: figure(SessionState::Legacy),
            quarantined: figure(SessionState::Quarantined),
            diverged: figure(SessionState::Diverged),
            elsewhere,
        };
        let told = unreadable.is_empty() && !seen.iter().any(|seen| seen.unclear);
        if let (Some(pulse), true, false) = (pulse, told, how.dry_run) {
            if pulse.count.as_ref() != Some(&count) {
                // Whoever asks is not concerned if it fails: the next one counts.
                let _ = self.ports.records().keep_count(&count).await;
            }
            self.counted.replace(Some(Counted {
                count: count.clone(),
                waiting,
            }));
        }
        Ok((count, unreadable, exact))
    }

    /// The last count, if everything that it was based on is still the same.
    async fn count_that_holds(&self, pulse: &Pulse) -> Option<Count> {
        let mine = {
            let last = self.counted.borrow();
            last.as_ref().map(|last| last.count.clone())
        };
        let counts = mine.into_iter().chain(pulse.count.clone());
        let mut counts: Vec<_> = counts.filter(|count| count.stamp == pulse.stamp).collect();
        if counts.is_empty() {
            return None;
        }
        let mut keys = Vec::new();
        for source in &self.config.sources {
            keys.push(self.record_keys(source).await.ok()?);
        }
        let lists = keys.iter().map(|keys| &keys[..]);
        let print = of_keys(self.config.print, &pulse.quarantine, lists);
        counts.retain(|count| count.keys == print);
        let count = counts.into_iter().max_by_key(|count| count.at)?;
        let mut marks = Vec::new();
        for (index, source) in self.config.sources.iter().enumerate() {
            if source.container.is_some() {
                let opened = self
                    .open_members(index, &super::sweep::Sweep::single())
                    .await;
                marks.push(self.mark_members(&opened)?);
                continue;
            }
            for (at, owned) in count.looked.get(index)? {
                let key = keys.get(index)?.get(*at as usize)?;
                marks.push(self.mark_now(index, key, *owned).await.ok()?);
            }
        }
        (of_marks(marks.into_iter()) == count.seen).then_some(count)
    }

    /// Keys of a source with one record a session.
    async fn record_keys(&self, source: &SourceConfig) -> Result<Vec<Key>> {
        match &source.container {
            None => self.keys_of(source).await,
            Some(_) => Ok(Vec::new()),
        }
    }
}

/// Where a source has something else than sessions that wait.
fn looked(seen: &Seen) -> Vec<(u32, bool)> {
    let marks = seen.marks.iter();
    marks.map(|(at, (owned, _))| (*at, *owned)).collect()
}

fn marks(seen: &Seen) -> impl Iterator<Item = Digest> {
    seen.marks.values().map(|(_, mark)| *mark)
}
