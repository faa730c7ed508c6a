//! Sessions and their pieces, read in one transaction.

use crate::browser::idb::range;
use crate::browser::idb::transaction::{Mode, Tx, answers, read};
use crate::browser::js::List;
use crate::browser::key::key_to_js;
use crate::browser::records::live::Live;
use crate::browser::records::{decode, encode};
use crate::browser::schema::*;
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::key::Key;
use crate::error::{Error, Result};
use crate::ports::{Generations, Stored};
use futures_util::future::try_join;
use std::collections::{BTreeMap, HashSet};
use wasm_bindgen::{JsCast, JsValue};

/// Pieces by name: every request is queued before the first answer is awaited.
pub async fn pieces(
    tx: &Tx,
    id: &Key,
    generation: u32,
    names: &[PieceName],
) -> Result<Vec<Option<JsValue>>> {
    let store = tx.store(CHUNKS)?;
    let keys: Vec<_> = names
        .iter()
        .map(|name| encode::piece_key(id, generation, name))
        .collect();
    let requests = keys.iter().map(|key| store.get(key));
    let mut found = Vec::with_capacity(names.len());
    for (name, record) in names.iter().zip(answers(requests.collect()).await?) {
        found.push(match record.is_undefined() {
            true => None,
            false => Some(decode::piece(&record).map_err(|_| damaged(id, &name.to_string()))?),
        });
    }
    Ok(found)
}

/// Pieces of a generation that are none of these names.
async fn unexpected(
    tx: &Tx,
    (id, generation): (&Key, u32),
    names: &[PieceName],
) -> Result<Vec<PieceName>> {
    let mut unexpected = Vec::new();
    for range in range::generations(id, Generations::One(generation))? {
        let store = tx.store(CHUNKS)?;
        let keys = read(store.get_all_keys_with_key(&range)).await?;
        let keys: List = keys.unchecked_into();
        for index in 0..keys.length() {
            // Whatever has another kind of key is none of ours, and in nobody's way.
            unexpected.extend(decode::piece_name(&keys.at(index)));
        }
    }
    let known: HashSet<_> = names.iter().collect();
    unexpected.retain(|name| !known.contains(name));
    Ok(unexpected)
}

/// A session with all its pieces, in one transaction.
pub async fn load(live: &Live, id: &Key) -> Result<Option<Stored<JsValue>>> {
    let stores = [MANIFESTS, LISTS, CHUNKS];
    let tx = live.connection().begin(&stores, Mode::Read)?;
    let record = read(tx.store(MANIFESTS)?.get(&key_to_js(id))).await?;
    if record.is_undefined() {
        return Ok(None);
    }
    let manifest = decode::manifest(&record).map_err(|_| damaged(id, "manifest"))?;
    let generation = manifest.generation;
    let list = read(tx.store(LISTS)?.get(&encode::list_key(id, generation))).await?;
    let list = match list.is_undefined() {
        true => None,
        false => Some(decode::chunk_list(&list).map_err(|_| damaged(id, "chunk list"))?),
    };
    let names = list.as_ref().map(ChunkList::names).unwrap_or_default();
    // Asked for together. One `getAll` for all pieces would be slower: Chromium takes three times as
    // long for it.
    let pieces = pieces(&tx, id, generation, &names);
    let (pieces, unexpected) = try_join(pieces, unexpected(&tx, (id, generation), &names)).await?;
    Ok(Some(Stored {
        pieces,
        skeleton: decode::skeleton(&record).map_err(|_| damaged(id, "skeleton"))?,
        manifest,
        list,
        flawed: BTreeMap::new(),
        unexpected,
    }))
}

/// What is said of a record of a session that is not what was written.
pub fn damaged(id: &Key, place: &str) -> Error {
    Error::Damaged {
        id: id.clone(),
        place: place.into(),
    }
}
