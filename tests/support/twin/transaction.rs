//! A batch as one transaction: what must hold, and what it writes.

use super::image::Own;
use super::sealing::{list_key, piece_key};
use crate::support::value::{Value, unstorable};
use restow::domain::backup::Backup;
use restow::domain::count::tells_of_a_session;
use restow::domain::damage::Store;
use restow::domain::key::Key;
use restow::domain::manifest::Manifest;
use restow::domain::records::{Lease, lease_is_over};
use restow::error::{Cause, Error, Result};
use restow::ports::{Batch, Expect, Fence, Generations, Hold, Write};
use std::collections::BTreeMap;

/// Whether fence and expectations hold: in this order.
pub(super) fn check(own: &Own, batch: &Batch<Value>) -> Result<()> {
    if let Some(fence) = &batch.fence {
        let garbled = !own.is_understood(Store::Leases, &fence.id);
        let takes = matches!(fence.hold, Hold::Take { .. } | Hold::Once { .. });
        match garbled {
            // Nobody holds what can't be understood: its holder's next write would fail as well.
            true if takes => {}
            true => return Err(Error::MalformedRecord { store: "leases" }),
            false => check_fence(own.leases.get(&fence.id), fence)?,
        }
    }
    let mut expected = batch.expect.iter();
    expected.try_for_each(|expect| check_expect(own, expect))
}

fn check_fence(lease: Option<&Lease>, fence: &Fence) -> Result<()> {
    let ours = lease.is_some_and(|lease| lease.token == fence.token);
    let id = fence.id.clone();
    match fence.hold {
        Hold::Take { force } | Hold::Once { force } => {
            let over = lease.is_none_or(|lease| lease_is_over(lease.until, fence.now));
            (over || ours || force)
                .then_some(())
                .ok_or(Error::Busy { id })
        }
        Hold::Keep | Hold::Release => ours.then_some(()).ok_or(Error::Fenced { id }),
    }
}

fn check_expect(own: &Own, expect: &Expect) -> Result<()> {
    let manifest = own.manifests.get(&expect.id);
    let found = manifest.map(|(manifest, _)| (manifest.generation, manifest.revision));
    let id = expect.id.clone();
    if !own.is_understood(Store::Manifests, &id) {
        let place = "manifest".into();
        return Err(Error::Damaged { id, place });
    }
    (found == expect.revision)
        .then_some(())
        .ok_or(Error::StaleHandle { id })
}

/// Whether the database would take the writes of a batch.
pub(super) fn check_writes(own: &Own, writes: &[Write<Value>]) -> Result<()> {
    // What this batch itself adds and deletes, in its order.
    let mut paths: BTreeMap<&str, bool> = BTreeMap::new();
    for write in writes {
        let fresh = match write {
            Write::AddBackup { head, .. } => {
                let before = paths.insert(&head.path, true);
                !before.unwrap_or_else(|| own.backups.contains_key(&head.path))
            }
            Write::DeleteBackup(path) => {
                paths.insert(path, false);
                true
            }
            _ => true,
        };
        if !fresh {
            let cause = Cause::named("ConstraintError");
            return Err(Error::TransactionAborted { cause });
        }
        for body in bodies(write) {
            storable(body)?;
        }
    }
    Ok(())
}

/// Counts are believed as long as no new line of the audit tells of a session: so whatever changes
/// which sessions are in chunks, or where they came from, must have one in its transaction.
pub(super) fn check_told(own: &Own, batch: &Batch<Value>) {
    let rules = |manifest: &Manifest| {
        let origin = manifest.origin.as_ref();
        let origin = origin.map(|origin| (origin.place.clone(), origin.outline));
        manifest.is_live().then_some(origin)
    };
    let changes = batch.writes.iter().any(|write| {
        let (id, after) = match write {
            Write::PutManifest(manifest, _) => (&manifest.id, rules(manifest)),
            Write::DeleteManifest(id) => (id, None),
            _ => return false,
        };
        let before = own.manifests.get(id);
        before.and_then(|(before, _)| rules(before)) != after
    });
    let told = batch
        .writes
        .iter()
        .any(|write| matches!(write, Write::Audit(line) if tells_of_a_session(line)));
    assert!(
        told || !changes,
        "a change that no line of the audit tells of: {}",
        about(batch)
    );
}

fn bodies(write: &Write<Value>) -> Vec<&Value> {
    match write {
        Write::PutManifest(_, skeleton) => vec![skeleton],
        Write::PutPiece { body, .. } => vec![body],
        Write::AddBackup {
            envelope, session, ..
        } => vec![envelope, session],
        _ => vec![],
    }
}

/// Whether a value can be stored at all.
pub(super) fn storable(body: &Value) -> Result<()> {
    match unstorable(body) {
        None => Ok(()),
        Some(_) => Err(Error::Browser {
            cause: Cause::named("DataCloneError"),
        }),
    }
}

/// Does what a batch says, which was found to be possible.
pub(super) fn play(own: &mut Own, batch: &Batch<Value>) {
    if let Some(fence) = &batch.fence {
        match fence.hold {
            Hold::Take { .. } | Hold::Keep => {
                let lease = Lease {
                    id: fence.id.clone(),
                    token: fence.token.clone(),
                    until: fence.until,
                };
                own.unseal(Store::Leases, fence.id.clone());
                own.leases.insert(fence.id.clone(), lease);
            }
            Hold::Release | Hold::Once { .. } => {
                own.unseal(Store::Leases, fence.id.clone());
                own.leases.remove(&fence.id);
            }
        }
    }
    for write in &batch.writes {
        play_write(own, write.clone());
    }
}

fn play_write(own: &mut Own, write: Write<Value>) {
    match write {
        Write::PutManifest(manifest, skeleton) => {
            own.seal(Store::Manifests, manifest.id.clone(), &*manifest);
            own.manifests
                .insert(manifest.id.clone(), (*manifest, skeleton));
        }
        Write::DeleteManifest(id) => {
            own.manifests.remove(&id);
            own.unseal(Store::Manifests, id);
        }
        Write::PutList(list) => {
            let key = list_key(&list.id, list.generation);
            own.seal(Store::Lists, key, &list);
            own.lists.insert((list.id.clone(), list.generation), list);
        }
        Write::PutPiece {
            id,
            generation,
            name,
            body,
        } => {
            own.unseal(Store::Chunks, piece_key(&id, generation, &name));
            own.pieces.insert((id, generation, name), body);
        }
        Write::DeletePiece {
            id,
            generation,
            name,
        } => {
            own.unseal(Store::Chunks, piece_key(&id, generation, &name));
            own.pieces.remove(&(id, generation, name));
        }
        Write::DeleteGenerations(id, generations) => {
            let stays = |of: &Key, generation: u32| *of != id || !includes(generations, generation);
            own.pieces
                .retain(|(of, generation, _), _| stays(of, *generation));
            own.lists
                .retain(|(of, generation), _| stays(of, *generation));
            let stays = |(store, key): &(Store, Key)| match (store, key) {
                (Store::Lists | Store::Chunks, Key::Array(keys)) => match &keys[..] {
                    [of, Key::Number(generation), ..] => stays(of, *generation as u32),
                    _ => true,
                },
                _ => true,
            };
            own.seals.retain(|at, _| stays(at));
            own.garbled.retain(stays);
        }
        Write::AddBackup {
            head,
            envelope,
            session,
        } => {
            put_head(own, &head);
            own.seal(Store::Backups, Key::text(&head.path), &*head);
            own.backups
                .insert(head.path.clone(), (*head, envelope, session));
        }
        Write::PutHead(head) => put_head(own, &head),
        Write::DeleteBackup(path) => {
            own.backups.remove(&path);
            own.heads.remove(&path);
            own.unseal(Store::Backups, Key::text(&path));
            own.unseal(Store::BackupHeads, Key::text(&path));
        }
        Write::PutJournal(entry) => {
            own.seal(Store::Journal, entry.id.clone(), &entry);
            own.journal.insert(entry.id.clone(), entry);
        }
        Write::DeleteJournal(id) => {
            own.journal.remove(&id);
            own.unseal(Store::Journal, id);
        }
        Write::PutQuarantine(entry) => {
            own.unseal(Store::Quarantine, Key::text(&entry.place));
            own.quarantine.insert(entry.place.clone(), entry);
        }
        Write::DeleteQuarantine(place) => {
            own.quarantine.remove(&place);
            own.unseal(Store::Quarantine, Key::text(&place));
        }
        Write::PutCarried(entry) => {
            let keys = (entry.from.clone(), entry.to.clone());
            own.carried.insert(keys, *entry);
        }
        Write::Audit(mut entry) => {
            entry.seq = Some(own.audit.len() as u32 + 1);
            own.audit.push(entry);
        }
    }
}

fn put_head(own: &mut Own, head: &Backup) {
    own.seal(Store::BackupHeads, Key::text(&head.path), head);
    own.heads.insert(head.path.clone(), head.clone());
}

fn includes(generations: Generations, generation: u32) -> bool {
    match generations {
        Generations::All => true,
        Generations::One(one) => generation == one,
        Generations::AllBut(live) => generation != live,
    }
}

/// A batch in a few words, for the trace.
pub(super) fn about(batch: &Batch<Value>) -> String {
    let mut words = vec![format!("{:?}", batch.durability).to_lowercase()];
    if let Some(fence) = &batch.fence {
        words.push(format!("{:?}", fence.hold));
    }
    for write in &batch.writes {
        let word = match write {
            Write::PutManifest(manifest, _) => format!("PutManifest {:?}", manifest.state),
            Write::PutPiece { .. } => "PutPiece".into(),
            other => {
                let text = format!("{other:?}");
                let end = text.find(|char: char| !char.is_alphanumeric());
                text[..end.unwrap_or(text.len())].to_owned()
            }
        };
        if words.last() != Some(&word) {
            words.push(word);
        }
    }
    words.join(", ")
}
