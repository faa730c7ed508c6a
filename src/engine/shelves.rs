//! What lies in our database, seen all at once and without anything large.

use super::Engine;
use super::verify::problem;
use crate::domain::backup::Backup;
use crate::domain::damage::{BadRecord, Flaw, Problem, Store};
use crate::domain::key::Key;
use crate::domain::manifest::{Manifest, State};
use crate::domain::records::{AuditEntry, JournalEntry};
use crate::domain::state;
use crate::error::Result;
use crate::ports::{Census, Generation, Ports, Records, Rows};
use std::collections::{BTreeMap, BTreeSet};

/// What lies in our database, without anything large.
pub(super) struct Shelves {
    pub manifests: BTreeMap<Key, Manifest>,
    pub heads: BTreeMap<String, Backup>,
    pub journal: BTreeMap<Key, JournalEntry>,
    pub audit: Vec<AuditEntry>,
    pub census: Census,
    /// Records of any store that can't be used.
    pub bad: Vec<BadRecord>,
}

impl Shelves {
    /// Whether a record is there and can't be used.
    pub fn is_bad(&self, store: Store, key: &Key) -> bool {
        let mut bad = self.bad.iter();
        bad.any(|record| record.store == store && &record.key == key)
    }

    /// Whether a manifest of that id must be there, by what was done last.
    fn was_stored(&self, id: &Key) -> bool {
        let last = self.last_done(id, &["cleanup", "remove-original", "repair"]);
        last.is_some_and(|action| ["migrate", "create", "layout"].contains(&action))
    }

    /// Whether a session was put back into its source, or deleted, last.
    pub fn was_let_go(&self, id: &Key) -> bool {
        let last = self.last_done(id, &["cleanup", "repair"]);
        last.is_some_and(|action| ["rollback", "delete"].contains(&action))
    }

    /// What was done with a session last, but for what says nothing of where it is.
    fn last_done(&self, id: &Key, aside: &[&str]) -> Option<&str> {
        let lines = self.audit.iter().rev().filter(|line| &line.id == id);
        let mut actions = lines.map(|line| line.action.as_str());
        actions.find(|action| !aside.contains(action))
    }

    /// Sessions whose manifest is gone.
    pub fn lost(&self) -> BTreeSet<Key> {
        let audited = self.audit.iter().map(|line| &line.id);
        let audited = audited.filter(|id| *id != &state::id() && self.was_stored(id));
        let listed = self.census.generations.iter().filter(|g| g.list);
        let all = audited.chain(listed.map(|g| &g.id));
        all.filter(|id| !self.manifests.contains_key(id) && !self.is_bad(Store::Manifests, id))
            .cloned()
            .collect()
    }

    /// Generations that nothing needs: not those of a session whose manifest is lost or bad, and not
    /// what may be in the making.
    pub fn orphans<'a>(&'a self, lost: &'a BTreeSet<Key>) -> Vec<&'a Generation> {
        let is_orphan = |found: &&Generation| {
            let id = &found.id;
            let in_flight = self.journal.contains_key(id) || self.is_bad(Store::Journal, id);
            if in_flight || lost.contains(id) || self.is_bad(Store::Manifests, id) {
                return false;
            }
            self.manifests.get(id).is_none_or(|manifest| {
                let kept = manifest.state != State::RolledBack || manifest.settling.is_some();
                manifest.generation != found.generation || !kept
            })
        };
        self.census.generations.iter().filter(is_orphan).collect()
    }

    /// Whether a clean-up has removed a backup.
    fn was_cleaned_up(&self, path: &str) -> bool {
        let mut lines = self.audit.iter();
        lines.any(|line| line.action == "cleanup" && line.backup.as_deref() == Some(path))
    }

    /// What is wrong with the small records.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self.bad.iter().map(of_bad_record).collect();
        let lost = self.lost();
        let missing = |id: &Key| {
            let of = (id, Store::Manifests);
            problem(Flaw::Missing, of, "manifest".into())
        };
        problems.extend(lost.iter().map(missing));
        for found in self.orphans(&lost) {
            let place = format!("generation {}", found.generation);
            let store = match found.pieces {
                0 => Store::Lists,
                _ => Store::Chunks,
            };
            problems.push(problem(Flaw::Orphan, (&found.id, store), place));
        }
        for manifest in self.manifests.values() {
            let id = &manifest.id;
            let rolling = manifest.rollback.as_ref();
            let rolling = rolling.filter(|_| manifest.state == State::RollingBack);
            for path in manifest.backup.iter().chain(rolling) {
                let bodies = self.census.backups.contains(path);
                let known = bodies || self.heads.contains_key(path);
                let bad = self.is_bad(Store::BackupHeads, &Key::text(path));
                if manifest.is_live() && !known && !bad && !self.was_cleaned_up(path) {
                    problems.push(problem(Flaw::Missing, (id, Store::Backups), path.clone()));
                }
            }
            let torn = matches!(manifest.state, State::Staged | State::RollingBack);
            let named = self.journal.contains_key(id) || self.is_bad(Store::Journal, id);
            if torn && !named {
                problems.push(problem(
                    Flaw::Missing,
                    (id, Store::Journal),
                    "journal".into(),
                ));
            }
        }
        for id in self.journal.keys() {
            let mut generations = self.census.generations.iter();
            let stored = generations.any(|found| &found.id == id);
            let known = self.manifests.contains_key(id) || self.is_bad(Store::Manifests, id);
            if id != &state::id() && !stored && !known && !lost.contains(id) {
                problems.push(problem(
                    Flaw::Orphan,
                    (id, Store::Journal),
                    "journal".into(),
                ));
            }
        }
        problems
    }

    /// Sessions that have anything large, and state.
    pub fn ids(&self) -> BTreeSet<Key> {
        let heads = self.heads.values().map(|head| head.id.clone());
        // A backup without a head is nobody's.
        let live = self.manifests.values().filter(|m| m.is_live());
        let mut ids: BTreeSet<Key> = heads.chain(live.map(|m| m.id.clone())).collect();
        if self.all_paths().any(|path| !self.heads.contains_key(path)) {
            ids.insert(state::id());
        }
        ids
    }

    fn all_paths(&self) -> impl Iterator<Item = &String> {
        let bodies: BTreeSet<&String> = self.census.backups.iter().collect();
        bodies
            .into_iter()
            .chain(self.heads.keys())
            .collect::<BTreeSet<_>>()
            .into_iter()
    }

    /// Paths of the backups of a session; of state also those that have no head.
    pub fn backups_of<'a>(&'a self, id: &'a Key) -> impl Iterator<Item = &'a String> {
        self.all_paths()
            .filter(move |path| match self.heads.get(*path) {
                Some(head) => &head.id == id,
                None => id == &state::id(),
            })
    }
}

impl<P: Ports> Engine<P> {
    /// Everything but bodies.
    pub(super) async fn shelves(&self) -> Result<Shelves> {
        let records = self.ports.records();
        // The census comes first: what another tab writes after it is no orphan of it.
        let mut census = records.census().await?;
        let mut bad = std::mem::take(&mut census.bad);
        let journal = sound(records.journal().await?, &mut bad);
        let manifests = sound(records.manifests().await?, &mut bad);
        let heads = sound(records.backups(None).await?, &mut bad);
        let audit = sound(records.audit().await?, &mut bad);
        sound(records.quarantine().await?, &mut bad);
        let by_id = |manifest: Manifest| (manifest.id.clone(), manifest);
        let by_path = |head: Backup| (head.path.clone(), head);
        Ok(Shelves {
            manifests: manifests.into_iter().map(by_id).collect(),
            heads: heads.into_iter().map(by_path).collect(),
            journal: journal.into_iter().map(|e| (e.id.clone(), e)).collect(),
            audit,
            census,
            bad,
        })
    }
}

fn sound<T>(rows: Rows<T>, bad: &mut Vec<BadRecord>) -> Vec<T> {
    bad.extend(rows.bad);
    rows.sound
}

/// A record that is there and can't be used, by what its key says.
fn of_bad_record(record: &BadRecord) -> Problem {
    let parts = match &record.key {
        Key::Array(keys) => keys.first(),
        key => Some(key),
    };
    let nobody = state::id();
    let (id, place) = match record.store {
        Store::Manifests => (&record.key, "manifest".to_owned()),
        Store::Journal => (&record.key, "journal".to_owned()),
        Store::Leases => (&record.key, "lease".to_owned()),
        Store::Lists | Store::Chunks => (parts.unwrap_or(&nobody), record.key.to_string()),
        _ => (&nobody, record.key.to_string()),
    };
    problem(record.flaw, (id, record.store), place)
}
