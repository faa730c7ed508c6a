//! Snapshots as they are kept: one backup each.

use super::super::Engine;
use super::super::claim::Claim;
use super::super::install::unsupported;
use super::super::migrate::GuardOf;
use super::super::parted::part;
use super::deed::{self, Deed};
use super::held::{Held, pack, unpack};
use crate::domain::backup::{Backup, Format};
use crate::domain::digest::Digest;
use crate::domain::records::AuditEntry;
use crate::domain::retention::{MIN_DAYS, snapshot_path};
use crate::domain::state::{self, StateOrigin};
use crate::error::{Error, Result};
use crate::ports::{Bodies, Clock, Durability, Ports, Records, Write};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A snapshot whose digest is right.
pub(super) struct Snapshot<B> {
    pub path: String,
    pub origin: StateOrigin,
    pub held: Vec<Held<B>>,
    /// What was done with the keys, where it was made by a carry.
    pub deed: Option<Deed>,
}

impl<P: Ports> Engine<P> {
    /// Stores a snapshot and reads it back. The same state captured again within a day is the same
    /// snapshot, so that a call that is repeated piles up nothing.
    pub(super) async fn store_snapshot(
        &self,
        claim: &Claim<GuardOf<P>>,
        origin: StateOrigin,
        reason: &str,
        held: &[Held<P::Body>],
    ) -> Result<Backup> {
        let bodies = self.ports.bodies();
        let body = pack(bodies, held).map_err(|broken| unsupported(&broken))?;
        let parted = part(bodies, &body, &state::layout()).await;
        let parted = parted.map_err(|broken| unsupported(&broken))?;
        let now = self.ports.clock().now();
        let mut head = Backup {
            path: String::new(),
            id: state::id(),
            backup_created_at: now,
            expires_at: Some(now.plus_days(self.config.backup_retention_days)),
            original_format: Format::State,
            reason: reason.into(),
            origin: None,
            state: Some(origin),
            layout: state::layout(),
            fingerprint: parted.fingerprint(),
            bytes: parted.bytes(),
        };
        if let Some(same) = self.same_snapshot(&head).await? {
            return Ok(same);
        }
        head.path = self.free_snapshot_path(&head).await?;
        self.write_snapshot(claim, &head, body).await?;
        match self.is_kept(&head.path, head.fingerprint).await? {
            true => Ok(head),
            false => {
                // Nothing else was touched, so that there is nothing to be put back from it.
                let drop = vec![Write::DeleteBackup(head.path)];
                let (relaxed, last) = (Durability::Relaxed, !claim.is_taken());
                let _ = self.write(claim, Vec::new(), drop, relaxed, 0, last).await;
                Err(Error::StateUnverified)
            }
        }
    }

    async fn write_snapshot(
        &self,
        claim: &Claim<GuardOf<P>>,
        head: &Backup,
        body: P::Body,
    ) -> Result<()> {
        let audit = AuditEntry {
            backup: Some(head.path.clone()),
            bytes: head.bytes,
            ..self.audit("capture", &head.id)
        };
        let backup = Write::AddBackup {
            head: Box::new(head.clone()),
            envelope: self.ports.bodies().null(),
            session: body,
        };
        let writes = vec![backup, Write::Audit(audit)];
        // One batch takes the lease and gives it up, so that a death leaves none behind, unless it
        // is held for more than this.
        let (strict, last) = (Durability::Strict, !claim.is_taken());
        self.write(claim, Vec::new(), writes, strict, head.bytes, last)
            .await
    }

    /// A sound snapshot of the same, if one was made within a day.
    async fn same_snapshot(&self, head: &Backup) -> Result<Option<Backup>> {
        let all = self.ports.records().backups(Some(&head.id)).await?;
        let now = head.backup_created_at;
        let fresh = |one: &Backup| {
            let made = one.backup_created_at;
            made <= now
                && now < made.plus_days(MIN_DAYS)
                && one
                    .expires_at
                    .is_none_or(|expiry| now.plus_days(MIN_DAYS) <= expiry)
        };
        let same = all.into_iter().rfind(|one| {
            one.state == head.state
                && one.reason == head.reason
                && one.fingerprint == head.fingerprint
                && fresh(one)
        });
        match same {
            Some(same) if self.is_kept(&same.path, head.fingerprint).await? => Ok(Some(same)),
            _ => Ok(None),
        }
    }

    /// Whether a backup, read afresh, is sound and holds just that.
    async fn is_kept(&self, path: &str, fingerprint: Digest) -> Result<bool> {
        match self.sound_backup(path).await {
            Ok(backup) => Ok(backup.head.fingerprint == fingerprint),
            Err(Error::BackupDamaged { .. } | Error::BackupNotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn free_snapshot_path(&self, head: &Backup) -> Result<String> {
        let origin = head.state.as_ref();
        let registry = origin.map_or("", |origin| &origin.registry);
        let tenant = origin.and_then(|origin| origin.tenant_id.as_deref());
        let named = |attempt| snapshot_path(registry, tenant, head.backup_created_at, attempt);
        self.free_path(&head.id, &named).await
    }

    /// A snapshot that has been read and whose digest is right.
    pub(super) async fn sound_snapshot(&self, path: &str) -> Result<Snapshot<P::Body>> {
        let backup = self.sound_backup(path).await?;
        let Some(origin) = backup.head.state else {
            return Err(Error::InvalidArgument {
                name: "path".into(),
                expected: "must be that of a snapshot of state, as captureState returns it".into(),
            });
        };
        let held = unpack(self.ports.bodies(), &backup.session);
        let path = backup.head.path;
        match held.and_then(|held| deed::take(self.ports.bodies(), &origin, held)) {
            Some((held, deed)) => Ok(Snapshot {
                path,
                origin,
                held,
                deed,
            }),
            None => Err(Error::BackupDamaged { path }),
        }
    }
}

impl<B> Snapshot<B> {
    /// What it holds, for people: classes and how many keys of each.
    pub fn preview(&self) -> Value {
        let mut classes: BTreeMap<&str, u32> = BTreeMap::new();
        for one in &self.held {
            *classes.entry(&one.class).or_default() += 1;
        }
        json!({
            "path": self.path,
            "registry": self.origin.registry,
            "tenantId": self.origin.tenant_id,
            "keys": self.held.len(),
            "classes": classes,
        })
    }
}
