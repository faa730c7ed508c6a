//! What lies in all stores, by keys alone.

use crate::browser::idb::errors;
use crate::browser::idb::transaction::{Mode, read};
use crate::browser::js::List;
use crate::browser::key::key_from_js;
use crate::browser::records::decode;
use crate::browser::records::live::Live;
use crate::browser::schema::*;
use crate::domain::damage::{BadRecord, Flaw, Store};
use crate::domain::key::Key;
use crate::error::Result;
use crate::ports::{Census, Generation};
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbKeyRange;

/// Keys that are held at once.
const AT_ONCE: u32 = 5_000;

/// Pieces and lists by generation, and the paths of backups.
pub async fn census(live: &Live) -> Result<Census> {
    let mut census = Census::default();
    let mut found: BTreeMap<(Key, u32), Generation> = BTreeMap::new();
    for (store, kind) in [(LISTS, Store::Lists), (CHUNKS, Store::Chunks)] {
        let mut last = None;
        loop {
            let keys = keys_after(live, store, last.as_ref()).await?;
            for index in 0..keys.length() {
                match generation_of(&keys.at(index), kind) {
                    Some((id, generation)) => {
                        let entry = found.entry((id.clone(), generation));
                        let entry = entry.or_insert(Generation {
                            id,
                            generation,
                            pieces: 0,
                            list: false,
                        });
                        entry.pieces += u32::from(kind == Store::Chunks);
                        entry.list |= kind == Store::Lists;
                    }
                    None => census
                        .bad
                        .extend(key_from_js(&keys.at(index)).map(|key| BadRecord {
                            store: kind,
                            key,
                            flaw: Flaw::Unexpected,
                        })),
                }
            }
            if keys.length() < AT_ONCE {
                break;
            }
            last = Some(keys.at(keys.length() - 1));
        }
    }
    census.generations = found.into_values().collect();
    let tx = live.connection().begin(&[BACKUPS], Mode::Read)?;
    let keys: List = read(tx.store(BACKUPS)?.get_all_keys())
        .await?
        .unchecked_into();
    census.backups = (0..keys.length())
        .filter_map(|index| keys.at(index).as_string())
        .collect();
    Ok(census)
}

/// Keys of a store behind one of them.
async fn keys_after(live: &Live, store: &str, last: Option<&JsValue>) -> Result<List> {
    let tx = live.connection().begin(&[store], Mode::Read)?;
    let query = match last {
        Some(last) => IdbKeyRange::lower_bound_with_open(last, true)
            .map_err(|thrown| errors::browser(&thrown))?
            .into(),
        None => JsValue::UNDEFINED,
    };
    let request = tx
        .store(store)?
        .get_all_keys_with_key_and_limit(&query, AT_ONCE);
    Ok(read(request).await?.unchecked_into())
}

/// Session and generation of a key, if it is one of ours.
fn generation_of(key: &JsValue, store: Store) -> Option<(Key, u32)> {
    if store == Store::Chunks {
        decode::piece_name(key).ok()?;
    }
    let Some(Key::Array(keys)) = key_from_js(key) else {
        return None;
    };
    match &keys[..] {
        [id, Key::Number(generation), ..] if generation.fract() == 0.0 => {
            (0.0..=f64::from(u32::MAX))
                .contains(generation)
                .then(|| (id.clone(), *generation as u32))
        }
        _ => None,
    }
}
