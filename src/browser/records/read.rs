//! What our database is asked for.

use crate::browser::codec;
use crate::browser::idb::errors;
use crate::browser::idb::transaction::Mode;
use crate::browser::key::key_to_js;
use crate::browser::records::batch::Prepared;
use crate::browser::records::load::{load, pieces};
use crate::browser::records::ours::Ours;
use crate::browser::records::{decode, encode, storage};
use crate::browser::schema::*;
use crate::browser::values::detach;
use crate::domain::backup::Backup;
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::headroom::Storage;
use crate::domain::key::Key;
use crate::domain::manifest::Manifest;
use crate::domain::records::{AuditEntry, JournalEntry, QuarantineEntry};
use crate::domain::state::Carried;
use crate::error::Result;
use crate::ports::{Batch, Records, Stored, StoredBackup};
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Our own database in the browser.
pub struct BrowserRecords {
    ours: Rc<Ours>,
}

impl BrowserRecords {
    /// Opens nothing yet.
    pub fn new(ours: Rc<Ours>) -> Self {
        Self { ours }
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

    /// All records of a store in the order of their keys, through rexie.
    async fn all(&self, store: &'static str) -> Result<Vec<JsValue>> {
        let found = self.ours.read(|live| async move {
            let rows = live.rows(store)?;
            rows.get_all(None, None).await.map_err(errors::from_rexie)
        });
        Ok(found.await?.unwrap_or_default())
    }
}

fn parse_all<T>(rows: &[JsValue], parse: impl Fn(&JsValue) -> Result<T>) -> Result<Vec<T>> {
    rows.iter().map(parse).collect()
}

impl Records for BrowserRecords {
    type Body = JsValue;

    async fn apply(&self, batch: Batch<JsValue>) -> Result<()> {
        let prepared = Prepared::new(batch)?.with_own_blobs().await?;
        if prepared.is_empty() {
            return Ok(());
        }
        let (live, tx) = prepared.begin_in(&self.ours).await?;
        let done = prepared.run(tx).await;
        done.map_err(|error| live.connection().explain(error))
    }

    async fn manifest(&self, id: &Key) -> Result<Option<(Manifest, JsValue)>> {
        let Some(record) = self.one(MANIFESTS, key_to_js(id)).await? else {
            return Ok(None);
        };
        Ok(Some((
            decode::manifest(&record)?,
            decode::skeleton(&record)?,
        )))
    }

    async fn manifests(&self) -> Result<Vec<Manifest>> {
        parse_all(&self.all(MANIFESTS).await?, decode::manifest)
    }

    async fn list(&self, id: &Key, generation: u32) -> Result<Option<ChunkList>> {
        let record = self.one(LISTS, encode::list_key(id, generation)).await?;
        record.as_ref().map(decode::chunk_list).transpose()
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
        decode::backup(own.as_ref().unwrap_or(&record)).map(Some)
    }

    async fn backups(&self, id: Option<&Key>) -> Result<Vec<Backup>> {
        let rows = match id {
            None => self.all(BACKUP_HEADS).await?,
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
                found.await?.unwrap_or_default()
            }
        };
        let mut heads = parse_all(&rows, |row| decode::backup_head(row, BACKUP_HEADS))?;
        heads.sort_by(|a, b| (a.backup_created_at, &a.path).cmp(&(b.backup_created_at, &b.path)));
        Ok(heads)
    }

    async fn journal(&self) -> Result<Vec<JournalEntry>> {
        parse_all(&self.all(JOURNAL).await?, decode::journal)
    }

    async fn quarantine(&self) -> Result<Vec<QuarantineEntry>> {
        parse_all(&self.all(QUARANTINE).await?, decode::quarantine)
    }

    async fn carried(&self, from: &str, to: &str) -> Result<Option<Carried>> {
        let name = JsValue::from_str(&Carried::name(from, to));
        let record = self.one(META, name).await?;
        let parse = |record: &JsValue| codec::parse(record, META);
        record.as_ref().map(parse).transpose()
    }

    async fn audit(&self) -> Result<Vec<AuditEntry>> {
        parse_all(&self.all(AUDIT).await?, decode::audit)
    }

    async fn quota(&self) -> Option<Storage> {
        storage::storage().await
    }
}
