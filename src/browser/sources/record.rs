//! Single records of an application's store.

use crate::browser::idb::errors;
use crate::browser::idb::transaction::read;
use crate::browser::values;
use crate::error::Result;
use wasm_bindgen::JsValue;
use web_sys::{IdbObjectStore, IdbRequest};

/// One record, if it is there. A record may be `undefined`, and is there all the same.
pub async fn record(store: &IdbObjectStore, key: &JsValue) -> Result<Option<JsValue>> {
    let found = read(store.get(key)).await?;
    if !found.is_undefined() {
        return Ok(Some(found));
    }
    let count = read(store.count_with_key(key)).await?;
    Ok((count.as_f64() != Some(0.0)).then_some(found))
}

/// Writes a record as its store wants it: with its key inside, or beside it.
pub fn put(
    store: &IdbObjectStore,
    key: &JsValue,
    record: &JsValue,
    bytes: u64,
) -> Result<IdbRequest> {
    let inline = store.key_path().is_ok_and(|path| !path.is_null());
    let request = match inline {
        true => store.put(record),
        false => store.put_with_key(record, key),
    };
    request.map_err(|thrown| match errors::name_of(&thrown).as_str() {
        "DataCloneError" => values::unsupported(record),
        _ => errors::aborted(Some(&thrown), bytes),
    })
}
