//! Whether anything has changed since sessions were counted, in a few small requests.

use crate::browser::idb::errors;
use crate::browser::idb::request::Reply;
use crate::browser::idb::transaction::{Mode, Tx, read};
use crate::browser::js::List;
use crate::browser::key::key_from_js;
use crate::browser::records::decode;
use crate::browser::records::live::Live;
use crate::browser::schema::{AUDIT, META, QUARANTINE};
use crate::domain::count::{Count, MOST_PASSED, Stamp, tells_of_a_session};
use crate::error::Result;
use crate::ports::{Durability, Pulse};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbCursorDirection, IdbCursorWithValue};

/// All of it in one transaction, asked for at once.
pub async fn pulse(live: &Live) -> Result<Pulse> {
    let tx = live
        .connection()
        .begin(&[META, AUDIT, QUARANTINE], Mode::Read)?;
    let name = JsValue::from_str(Count::NAME);
    let count = tx.store(META)?.get(&name).map(Reply::to);
    let places = tx.store(QUARANTINE)?.get_all_keys().map(Reply::to);
    let stamp = newest(&tx).await?;
    let (count, places) = (answer(count).await?, answer(places).await?);
    let places: List = places.unchecked_into();
    let places = (0..places.length()).filter_map(|index| key_from_js(&places.at(index)));
    Ok(Pulse {
        stamp,
        quarantine: places.collect(),
        count: decode::count(&count).ok(),
    })
}

/// The newest line of the audit that tells of a session.
async fn newest(tx: &Tx) -> Result<Option<Stamp>> {
    let request = tx
        .store(AUDIT)?
        .open_cursor_with_range_and_direction(&JsValue::NULL, IdbCursorDirection::Prev)
        .map_err(|thrown| errors::browser(&thrown))?;
    let mut passed = 0;
    loop {
        let found = read(Ok(request.clone())).await?;
        if found.is_null() {
            return Ok(None);
        }
        let cursor: IdbCursorWithValue = found.unchecked_into();
        let line = cursor.value().map_err(|thrown| errors::browser(&thrown))?;
        let line = decode::audit(&line)?;
        if tells_of_a_session(&line) || passed == MOST_PASSED {
            return Ok(Stamp::of(&line));
        }
        passed += 1;
        cursor
            .continue_()
            .map_err(|thrown| errors::browser(&thrown))?;
    }
}

async fn answer(reply: Result<Reply, JsValue>) -> Result<JsValue> {
    reply
        .map_err(errors::unreadable)?
        .await
        .map_err(errors::unreadable)
}

/// Keeps a count.
pub async fn keep_count(live: &Live, record: &JsValue) -> Result<()> {
    let tx = live
        .connection()
        .begin(&[META], Mode::Write(Durability::Relaxed))?;
    tx.store(META)?
        .put(record)
        .map_err(|thrown| errors::aborted(Some(&thrown), 0))?;
    tx.done(0).await
}
