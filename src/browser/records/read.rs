//! What our database is asked for.

use crate::browser::codec;
use crate::browser::idb::errors;
use crate::browser::idb::transaction::Mode;
use crate::browser::key::{key_from_js, key_to_js};
use crate::browser::records::batch::Prepared;
use crate::browser::records::census::census;
use crate::browser::records::group::Queue;
use crate::browser::records::load::{damaged, load, pieces};
use crate::browser::records::ours::Ours;
use crate::browser::records::pulse::{keep_count, pulse};
use crate::browser::records::{decode, encode, storage};
use crate::browser::schema::*;
use crate::browser::timer::in_time;
use crate::browser::values::detach;
use crate::domain::backup::Backup;
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::count::Count;
use crate::domain::damage::{BadRecord, Flaw, Store};
use crate::domain::headroom::Storage;
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::records::{AuditEntry, JournalEntry, QuarantineEntry};
use crate::domain::state::Carried;
use crate::error::{Error, Result};
use crate::ports::{Batch, Census, Pulse, Records, Rows, Stored, StoredBackup};
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Our own database in the browser.
pub struct BrowserRecords {
    ours: Rc<Ours>,
    queue: Rc<Queue>,
}

impl BrowserRecords {
    /// Opens nothing yet.
    pub fn new(ours: Rc<Ours>) -> Self {
        let queue = Rc::default();
        Self { ours, queue }
    }

    /// One record, through rexie.
    async fn one(&self, store: &'static str, key: JsValue) -> Result<Option<JsValue>> {
        let found = self.ours.read(|live| {
            let key = key.clone();
            async move {
                let rows = live.rows(store)?;
                rows.get(key).await.map_err(errors::from_rexie)
            }
        });
        Ok(found.await?.flatten())
    }

    /// All records of a store in the order of their keys, through rexie. Where the browser can't
    /// read one of them, it is asked for each.
    async fn all<T>(
        &self,
        store: &'static str,
        kind: Store,
        parse: impl Fn(&JsValue) -> Result<T, Flaw>,
    ) -> Result<Rows<T>> {
        let found = self.ours.read(|live| async move {
            let rows = live.rows(store)?;
            rows.get_all(None, None).await.map_err(errors::from_rexie)
        });
        let records = match found.await {
            Err(Error::Browser { .. } | Error::Unreadable { .. }) => {
                return self.each(store, kind, parse).await;
            }
            records => records?.unwrap_or_default(),
        };
        Ok(sorted_out(&records, kind, parse))
    }

    /// The same one by one.
    async fn each<T>(
        &self,
        store: &'static str,
        kind: Store,
        parse: impl Fn(&JsValue) -> Result<T, Flaw>,
    ) -> Result<Rows<T>> {
        let keys = self.ours.read(|live| async move {
            let rows = live.rows(store)?;
            let keys = rows.get_all_keys(None, None).await;
            keys.map_err(errors::from_rexie)
        });
        let mut found = Rows::default();
        for key in keys.await?.unwrap_or_default() {
            match self.one(store, key.clone()).await {
                Ok(record) => {
                    let one = sorted_out(record.as_slice(), kind, &parse);
                    found.sound.extend(one.sound);
                    found.bad.extend(one.bad);
                }
                Err(Error::Browser { .. } | Error::Unreadable { .. }) => {
                    found.bad.extend(key_from_js(&key).map(|key| BadRecord {
                        store: kind,
                        key,
                        flaw: Flaw::Unreadable,
                    }));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

/// Sound records, and keys of the others.
pub fn sorted_out<T>(
    records: &[JsValue],
    store: Store,
    parse: impl Fn(&JsValue) -> Result<T, Flaw>,
) -> Rows<T> {
    let mut rows = Rows::default();
    for record in records {
        match parse(record) {
            Ok(row) => rows.sound.push(row),
            Err(flaw) => rows
                .bad
                .extend(decode::key_of(record, store).map(|key| BadRecord { store, key, flaw })),
        }
    }
    rows
}

impl Records for BrowserRecords {
    type Body = JsValue;

    async fn apply(&self, batch: Batch<JsValue>) -> Result<()> {
        let prepared = Prepared::new(batch)?.with_own_blobs().await?;
        if prepared.is_empty() {
            return Ok(());
        }
        self.queue.apply(&self.ours, prepared).await
    }

    async fn manifest(&self, id: &Key) -> Result<Option<(Manifest, JsValue)>> {
        let Some(record) = self.one(MANIFESTS, key_to_js(id)).await? else {
            return Ok(None);
        };
        let bad = |_| damaged(id, "manifest");
        Ok(Some((
            decode::manifest(&record).map_err(bad)?,
            decode::skeleton(&record).map_err(|_| damaged(id, "skeleton"))?,
        )))
    }

    async fn manifests(&self) -> Result<Rows<Manifest>> {
        self.all(MANIFESTS, Store::Manifests, |record| {
            decode::skeleton(record).map_err(|_| Flaw::Changed)?;
            decode::manifest(record)
        })
        .await
    }

    async fn list(&self, id: &Key, generation: u32) -> Result<Option<ChunkList>> {
        let record = self.one(LISTS, encode::list_key(id, generation)).await?;
        let list = record.as_ref().map(decode::chunk_list).transpose();
        list.map_err(|_| damaged(id, "chunk list"))
    }

    async fn pieces(
        &self,
        id: &Key,
        generation: u32,
        names: &[PieceName],
    ) -> Result<Vec<Option<JsValue>>> {
        let found = self.ours.read(|live| async move {
            let tx = live.connection().begin(&[CHUNKS], Mode::Read)?;
            pieces(&tx, id, generation, names).await
        });
        Ok(found.await?.unwrap_or_else(|| vec![None; names.len()]))
    }

    async fn load(&self, id: &Key) -> Result<Option<Stored<JsValue>>> {
        let found = self.ours.read(|live| async move { load(&live, id).await });
        Ok(found.await?.flatten())
    }

    async fn backup(&self, path: &str) -> Result<Option<StoredBackup<JsValue>>> {
        let Some(record) = self.one(BACKUPS, JsValue::from_str(path)).await? else {
            return Ok(None);
        };
        // It goes back into its source, and must outlive the backup there. Blobs that can't be read are
        // found when it is measured.
        let own = match detach::is_needed() {
            true => detach::detached(&record).await.unwrap_or(None),
            false => None,
        };
        let backup = decode::backup(own.as_ref().unwrap_or(&record)).map(Some);
        backup.map_err(|_| Error::BackupDamaged { path: path.into() })
    }

    async fn backups(&self, id: Option<&Key>) -> Result<Rows<Backup>> {
        let head = |record: &JsValue| decode::backup_head(record, BACKUP_HEADS);
        let mut heads = match id {
            None => self.all(BACKUP_HEADS, Store::BackupHeads, head).await?,
            Some(id) => {
                let key = key_to_js(id);
                let found = self.ours.read(|live| {
                    let key = key.clone();
                    async move {
                        let only = rexie::KeyRange::only(&key);
                        let only = only.map_err(|error| errors::from_rexie(error.into()))?;
                        let index = live
                            .rows(BACKUP_HEADS)?
                            .index(BY_ID)
                            .map_err(errors::from_rexie)?;
                        let found = index.get_all(Some(only), None).await;
                        found.map_err(errors::from_rexie)
                    }
                });
                let records = found.await?.unwrap_or_default();
                sorted_out(&records, Store::BackupHeads, head)
            }
        };
        let oldest_first = |a: &Backup, b: &Backup| {
            (a.backup_created_at, &a.path).cmp(&(b.backup_created_at, &b.path))
        };
        heads.sound.sort_by(oldest_first);
        Ok(heads)
    }

    async fn journal(&self) -> Result<Rows<JournalEntry>> {
        self.all(JOURNAL, Store::Journal, decode::journal).await
    }

    async fn quarantine(&self) -> Result<Rows<QuarantineEntry>> {
        let parse = |record: &JsValue| decode::quarantine(record).map_err(|_| Flaw::Changed);
        self.all(QUARANTINE, Store::Quarantine, parse).await
    }

    async fn carried(&self, from: &str, to: &str) -> Result<Option<Carried>> {
        let name = JsValue::from_str(&Carried::name(from, to));
        let record = self.one(META, name).await?;
        let parse = |record: &JsValue| codec::parse(record, META);
        record.as_ref().map(parse).transpose()
    }

    async fn audit(&self) -> Result<Rows<AuditEntry>> {
        let parse = |record: &JsValue| decode::audit(record).map_err(|_| Flaw::Changed);
        self.all(AUDIT, Store::Audit, parse).await
    }

    async fn pulse(&self) -> Result<Pulse> {
        let found = self.ours.read(|live| async move { pulse(&live).await });
        Ok(found.await?.unwrap_or_default())
    }

    async fn keep_count(&self, count: &Count) -> Result<()> {
        let record = encode::count(count)?;
        match self.ours.existing().await? {
            Some(live) => in_time(keep_count(&live, &record)).await,
            None => Ok(()),
        }
    }

    async fn census(&self) -> Result<Census> {
        let leases = self.all(LEASES, Store::Leases, |record| {
            decode::whole_lease(record).map_err(|_| Flaw::Changed)
        });
        let meta = self.all(META, Store::Meta, decode::meta);
        let (leases, meta) = (leases.await?, meta.await?);
        let found = self.ours.read(|live| async move { census(&live).await });
        let mut census = found.await?.unwrap_or_default();
        census.leases = leases.sound;
        census.bad.extend(leases.bad.into_iter().chain(meta.bad));
        Ok(census)
    }

    async fn quota(&self) -> Option<Storage> {
        storage::storage().await
    }
}
