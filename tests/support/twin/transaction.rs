//! A batch as one transaction: what must hold, and what it writes.

use super::image::Own;
use crate::support::value::{Value, unstorable};
use restow::domain::key::Key;
use restow::domain::records::{Lease, lease_is_over};
use restow::error::{Cause, Error, Result};
use restow::ports::{Batch, Expect, Fence, Generations, Hold, Write};
use std::collections::BTreeMap;

/// Whether fence and expectations hold: in this order.
pub(super) fn check(own: &Own, batch: &Batch<Value>) -> Result<()> {
    if let Some(fence) = &batch.fence {
        check_fence(own.leases.get(&fence.id), fence)?;
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
                own.leases.insert(fence.id.clone(), lease);
            }
            Hold::Release | Hold::Once { .. } => {
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
            own.manifests
                .insert(manifest.id.clone(), (*manifest, skeleton));
        }
        Write::DeleteManifest(id) => {
            own.manifests.remove(&id);
        }
        Write::PutList(list) => {
            own.lists.insert((list.id.clone(), list.generation), list);
        }
        Write::PutPiece {
            id,
            generation,
            name,
            body,
        } => {
            own.pieces.insert((id, generation, name), body);
        }
        Write::DeletePiece {
            id,
            generation,
            name,
        } => {
            own.pieces.remove(&(id, generation, name));
        }
        Write::DeleteGenerations(id, generations) => {
            let stays = |of: &Key, generation: u32| *of != id || !includes(generations, generation);
            own.pieces
                .retain(|(of, generation, _), _| stays(of, *generation));
            own.lists
                .retain(|(of, generation), _| stays(of, *generation));
        }
        Write::AddBackup {
            head,
            envelope,
            session,
        } => {
            own.backups
                .insert(head.path.clone(), (*head, envelope, session));
        }
        Write::DeleteBackup(path) => {
            own.backups.remove(&path);
        }
        Write::PutJournal(entry) => {
            own.journal.insert(entry.id.clone(), entry);
        }
        Write::DeleteJournal(id) => {
            own.journal.remove(&id);
        }
        Write::PutQuarantine(entry) => {
            own.quarantine.insert(entry.place.clone(), entry);
        }
        Write::DeleteQuarantine(place) => {
            own.quarantine.remove(&place);
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
