//! Arrays: with holes or without, with other properties or without.

use crate::browser::js::{self, List};
use crate::browser::values::edit::index;
use crate::browser::values::encoder::{Tag, measure_keys};
use crate::browser::values::frame::{Frame, Names, Stop};
use crate::browser::values::walk::Walker;
use wasm_bindgen::{JsCast, JsValue};

/// Feeds an array; its items and other properties lie inside the frame.
pub fn feed(walker: &mut Walker, array: &JsValue) -> Result<Frame, Stop> {
    let items: &List = array.unchecked_ref();
    let length = items.length();
    let keys = js::keys(array).map_err(|_| Stop::unsupported(array))?;
    let count = keys.length();
    // Indices come first and in order, so if the last of them all is in its place, so are
    // all the others.
    let dense = count == length && (length == 0 || index_at(&keys, length - 1) == Some(length - 1));
    if dense {
        walker.encoder.tag(Tag::Array);
        walker.encoder.count(length);
        return Ok(Frame::new(items.clone(), length, Names::Index));
    }
    let values = js::values(array).map_err(|_| Stop::unsupported(array))?;
    if values.length() != count {
        return Err(Stop::unsupported(array));
    }
    let present = (0..count).take_while(|at| index_at(&keys, *at).is_some_and(|i| i < length));
    let present = present.count() as u32;
    walker.encoder.tag(Tag::OddArray);
    walker.encoder.count(length);
    walker.encoder.count(present);
    for at in 0..present {
        walker
            .encoder
            .count(index_at(&keys, at).unwrap_or_default());
    }
    walker.encoder.count(count - present);
    let others = (present..count).map(|at| keys.at(at));
    let measure = measure_keys(others);
    walker.encoder.digest(measure.digest);
    walker.encoder.weigh_exactly(measure.bytes);
    Ok(Frame::new(values, count, Names::Keys(keys)))
}

/// A key as an index of an array: canonical, and below 2^32 - 1.
fn index_at(keys: &List, at: u32) -> Option<u32> {
    index(&keys.at(at).as_string()?)
}
