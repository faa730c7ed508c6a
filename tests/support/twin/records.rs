//! Our own database on the twin.

use super::disk::{Disk, State};
use super::faults::Tab;
use super::image::{Image, Own};
use super::sealing::{piece_key, sorted_out};
use super::transaction::{about, check, check_told, check_writes, play};
use crate::support::value::{Value, copied};
use restow::domain::backup::Backup;
use restow::domain::chunk_list::{ChunkList, PieceName};
use restow::domain::count::{Count, MOST_PASSED, Stamp, tells_of_a_session};
use restow::domain::damage::{BadRecord, Flaw, Store};
use restow::domain::headroom::Storage;
use restow::domain::key::Key;
use restow::domain::manifest::Manifest;
use restow::domain::records::{AuditEntry, JournalEntry, QuarantineEntry};
use restow::domain::state::Carried;
use restow::error::{Cause, Error, Result};
use restow::ports::{
    Batch, Census, Durability, Generation, Pulse, Records, Rows, Stored, StoredBackup,
};
use std::collections::{BTreeMap, BTreeSet};

/// What the browser would be said to offer where no limit is set.
const PLENTY: u64 = 1 << 30;

/// Our own database, as one tab sees it.
#[derive(Clone)]
pub struct TwinRecords {
    disk: Disk,
    tab: Tab,
}

impl TwinRecords {
    pub(super) fn new(disk: &Disk, tab: &Tab) -> Self {
        Self {
            disk: disk.clone(),
            tab: tab.clone(),
        }
    }

    /// One read transaction; without a database it finds `T::default()`.
    async fn read<T: Default>(
        &self,
        method: &'static str,
        about: String,
        read: impl FnOnce(&Own, &State) -> Result<T>,
    ) -> Result<T> {
        let step = self.tab.begin(method, about).await?;
        let result = {
            let state = self.disk.state();
            let own = state.now.own.as_ref();
            own.map_or_else(|| Ok(T::default()), |own| read(own, &state))
        };
        step.end(result).await
    }
}

impl State {
    /// Applies a batch, or fails and writes nothing.
    fn apply(&mut self, batch: Batch<Value>) -> Result<()> {
        let tells = self.tells;
        let own = self.open();
        check(own, &batch)?;
        check_writes(own, &batch.writes)?;
        if tells {
            check_told(own, &batch);
        }
        let (needed, durability) = (batch.bytes, batch.durability);
        let change = move |image: &mut Image| {
            play(image.own.get_or_insert_default(), &batch);
        };
        self.room(needed, &change)?;
        self.commit(durability, change);
        Ok(())
    }
}

impl Records for TwinRecords {
    type Body = Value;

    async fn apply(&self, batch: Batch<Value>) -> Result<()> {
        let step = self.tab.begin("apply", about(&batch)).await?;
        let result = self.disk.state_mut().apply(batch);
        step.end(result).await
    }

    async fn manifest(&self, id: &Key) -> Result<Option<(Manifest, Value)>> {
        self.read("manifest", id.to_string(), |own, _| {
            own.check_manifest(id)?;
            let found = own.manifests.get(id);
            Ok(found.map(|(manifest, skeleton)| (manifest.clone(), copied(skeleton))))
        })
        .await
    }

    async fn manifests(&self) -> Result<Rows<Manifest>> {
        self.read("manifests", String::new(), |own, _| {
            let records = own.manifests.iter();
            let records = records.map(|(id, (manifest, _))| (id.clone(), manifest));
            Ok(sorted_out(Store::Manifests, records, |id, manifest| {
                own.is_intact(Store::Manifests, id.clone(), manifest)
            }))
        })
        .await
    }

    async fn list(&self, id: &Key, generation: u32) -> Result<Option<ChunkList>> {
        self.read("list", format!("{id} generation {generation}"), |own, _| {
            let list = own.sound_list(id, generation);
            list.map_err(|_| damaged(id, "chunk list"))
        })
        .await
    }

    async fn pieces(
        &self,
        id: &Key,
        generation: u32,
        names: &[PieceName],
    ) -> Result<Vec<Option<Value>>> {
        let about = format!("{id} generation {generation}, {} names", names.len());
        let step = self.tab.begin("pieces", about).await?;
        let result = {
            let state = self.disk.state();
            let pieces = names.iter().map(|name| state.piece(id, generation, name));
            pieces.collect()
        };
        step.end(result).await
    }

    async fn load(&self, id: &Key) -> Result<Option<Stored<Value>>> {
        self.read("load", id.to_string(), |own, state| {
            own.check_manifest(id)?;
            let Some((manifest, skeleton)) = own.manifests.get(id) else {
                return Ok(None);
            };
            let generation = manifest.generation;
            let list = own.sound_list(id, generation);
            let list = list.map_err(|_| damaged(id, "chunk list"))?;
            let names = list.as_ref().map(ChunkList::names).unwrap_or_default();
            let pieces = names.iter().map(|name| state.piece(id, generation, name));
            let pieces = pieces.collect::<Result<Vec<_>>>()?;
            let known: BTreeSet<_> = names.into_iter().collect();
            let stored = own.pieces.keys();
            let stored = stored.filter(|(of, own, _)| of == id && *own == generation);
            let names = stored.map(|(_, _, name)| name);
            Ok(Some(Stored {
                manifest: manifest.clone(),
                skeleton: copied(skeleton),
                list,
                pieces,
                flawed: BTreeMap::new(),
                unexpected: names
                    .filter(|name| !known.contains(name))
                    .cloned()
                    .collect(),
            }))
        })
        .await
    }

    async fn backup(&self, path: &str) -> Result<Option<StoredBackup<Value>>> {
        self.read("backup", path.into(), |own, _| {
            let Some((head, envelope, session)) = own.backups.get(path) else {
                return Ok(None);
            };
            if !own.is_head(Store::Backups, path, head) {
                return Err(Error::BackupDamaged { path: path.into() });
            }
            Ok(Some(StoredBackup {
                head: head.clone(),
                envelope: copied(envelope),
                session: copied(session),
            }))
        })
        .await
    }

    async fn backups(&self, id: Option<&Key>) -> Result<Rows<Backup>> {
        let about = id.map_or("all".into(), ToString::to_string);
        self.read("backups", about, |own, _| {
            let heads = own.heads.iter();
            let heads = heads.filter(|(_, head)| id.is_none_or(|id| head.id == *id));
            let heads = heads.map(|(path, head)| (Key::text(path), head));
            let mut heads = sorted_out(Store::BackupHeads, heads, |path, head| {
                own.is_intact(Store::BackupHeads, path.clone(), head)
            });
            heads.sound.sort_by_key(|head| head.backup_created_at);
            Ok(heads)
        })
        .await
    }

    async fn journal(&self) -> Result<Rows<JournalEntry>> {
        self.read("journal", String::new(), |own, _| {
            let entries = own.journal.iter().map(|(id, entry)| (id.clone(), entry));
            Ok(sorted_out(Store::Journal, entries, |id, entry| {
                own.is_intact(Store::Journal, id.clone(), entry)
            }))
        })
        .await
    }

    async fn quarantine(&self) -> Result<Rows<QuarantineEntry>> {
        self.read("quarantine", String::new(), |own, _| {
            let entries = own.quarantine.iter();
            let entries = entries.map(|(place, entry)| (Key::text(place), entry));
            let store = Store::Quarantine;
            Ok(sorted_out(store, entries, |place, _| {
                own.is_understood(store, place)
            }))
        })
        .await
    }

    async fn carried(&self, from: &str, to: &str) -> Result<Option<Carried>> {
        let keys = (from.to_owned(), to.to_owned());
        self.read("carried", String::new(), move |own, _| {
            Ok(own.carried.get(&keys).cloned())
        })
        .await
    }

    async fn audit(&self) -> Result<Rows<AuditEntry>> {
        self.read("audit", String::new(), |own, _| {
            let lines = own.audit.iter();
            let lines = lines.map(|line| (Key::Number(line.seq.unwrap_or_default().into()), line));
            let store = Store::Audit;
            Ok(sorted_out(store, lines, |seq, _| {
                own.is_understood(store, seq)
            }))
        })
        .await
    }

    async fn pulse(&self) -> Result<Pulse> {
        self.read("pulse", String::new(), |own, _| {
            let mut lines = (0..).zip(own.audit.iter().rev());
            let newest =
                lines.find(|(passed, line)| tells_of_a_session(line) || *passed == MOST_PASSED);
            let newest = newest.map(|(_, line)| line);
            let seq = newest.and_then(|line| line.seq).unwrap_or_default();
            if !own.is_understood(Store::Audit, &Key::Number(seq.into())) {
                return Err(Error::MalformedRecord { store: "audit" });
            }
            Ok(Pulse {
                stamp: newest.and_then(Stamp::of),
                quarantine: own.quarantine.keys().map(Key::text).collect(),
                count: own.count.clone(),
            })
        })
        .await
    }

    async fn keep_count(&self, count: &Count) -> Result<()> {
        let step = self.tab.begin("keep_count", String::new()).await?;
        let count = count.clone();
        if self.disk.has_own() {
            self.disk
                .state_mut()
                .commit(Durability::Relaxed, move |image| {
                    if let Some(own) = &mut image.own {
                        own.count = Some(count.clone());
                    }
                });
        }
        step.end(Ok(())).await
    }

    async fn census(&self) -> Result<Census> {
        self.read("census", String::new(), |own, _| {
            let mut found: BTreeMap<_, Generation> = BTreeMap::new();
            let blank = |(id, generation): &(Key, u32)| Generation {
                id: id.clone(),
                generation: *generation,
                pieces: 0,
                list: false,
            };
            for at in own.lists.keys() {
                let entry = found.entry(at.clone());
                entry.or_insert_with(|| blank(at)).list = true;
            }
            for (id, generation, _) in own.pieces.keys() {
                let at = (id.clone(), *generation);
                let entry = found.entry(at.clone());
                entry.or_insert_with(|| blank(&at)).pieces += 1;
            }
            let small = own.garbled.iter();
            let small = small.filter(|(store, _)| matches!(store, Store::Leases | Store::Meta));
            let bad = small.map(|(store, key)| BadRecord {
                store: *store,
                key: key.clone(),
                flaw: Flaw::Changed,
            });
            Ok(Census {
                generations: found.into_values().collect(),
                backups: own.backups.keys().cloned().collect(),
                leases: own
                    .leases
                    .values()
                    .filter(|lease| own.is_understood(Store::Leases, &lease.id))
                    .cloned()
                    .collect(),
                bad: bad.collect(),
            })
        })
        .await
    }

    async fn quota(&self) -> Option<Storage> {
        let step = self.tab.begin("quota", String::new()).await.ok()?;
        let (used, limit) = {
            let state = self.disk.state();
            (state.now.bytes(), state.limit.unwrap_or(PLENTY))
        };
        let told = Storage::new(used as f64, limit as f64, Some(false));
        step.end(Ok(told)).await.ok()?
    }
}

impl State {
    fn piece(&self, id: &Key, generation: u32, name: &PieceName) -> Result<Option<Value>> {
        let key = (id.clone(), generation, name.clone());
        if self.unreadable_pieces.contains(&key) {
            return Err(unreadable());
        }
        let own = self.now.own.as_ref();
        let at = piece_key(id, generation, name);
        if own.is_some_and(|own| !own.is_understood(Store::Chunks, &at)) {
            return Err(damaged(id, &name.to_string()));
        }
        Ok(own.and_then(|own| own.pieces.get(&key)).map(copied))
    }
}

impl Own {
    fn check_manifest(&self, id: &Key) -> Result<()> {
        let Some((manifest, _)) = self.manifests.get(id) else {
            return Ok(());
        };
        let intact = self.is_intact(Store::Manifests, id.clone(), manifest);
        intact.then_some(()).ok_or_else(|| damaged(id, "manifest"))
    }
}

fn damaged(id: &Key, place: &str) -> Error {
    Error::Damaged {
        id: id.clone(),
        place: place.into(),
    }
}

/// What the browser says of a record whose value it has lost.
pub(super) fn unreadable() -> Error {
    Error::Unreadable {
        cause: Cause::named("DataError"),
    }
}
