//! Values as the browser holds them: read, split and joined without ever becoming Rust values.
//!
//! Paths lead through plain objects, by properties of their own, and through the items of arrays.
//! No method changes what it is given: whatever has to differ is a
//! shallow copy.

mod alike;
mod amend;
mod arrays;
pub mod blobs;
mod container;
pub mod detach;
mod edit;
mod encoder;
mod facts;
mod flat;
mod frame;
mod gzip;
mod join;
mod kind;
mod looked;
mod measure;
mod odd;
mod shapes;
mod split;
mod walk;

use crate::browser::js::{self, List};
use crate::domain::cut::{Cut, Shape};
use crate::domain::digest::Measure;
use crate::domain::limits::{Edit, Fact};
use crate::domain::path::Path;
use crate::domain::recognise::{BodyFacts, Broken};
use crate::error::{Error, Result};
use crate::ports::{Amended, Bodies, Insert, Measured, Member, Split};
use std::collections::BTreeSet;
use wasm_bindgen::{JsCast, JsValue};

pub use edit::index;
pub use kind::{Kind, kind_name, kind_of};

/// Values of the browser.
#[derive(Debug, Default, Clone, Copy)]
pub struct JsBodies;

impl Bodies for JsBodies {
    type Body = JsValue;

    fn shape(&self, body: &JsValue, path: &Path) -> Shape {
        facts::shape(body, path)
    }

    fn facts(&self, body: &JsValue, id: Option<&Path>) -> BodyFacts {
        facts::facts(body, id)
    }

    fn text(&self, body: &JsValue, path: &Path) -> Option<String> {
        js::lossy_text(&edit::get(body, path)?)
    }

    fn null(&self) -> JsValue {
        JsValue::NULL
    }

    fn of_text(&self, text: &str) -> JsValue {
        JsValue::from_str(text)
    }

    fn is_text(&self, body: &JsValue) -> bool {
        body.is_string()
    }

    fn peel(&self, record: &JsValue, at: &Path) -> Option<(JsValue, JsValue)> {
        let body = edit::get(record, at)?;
        Some((edit::set(record, at, &JsValue::NULL)?, body))
    }

    fn wrap(&self, envelope: &JsValue, at: &Path, stored: &JsValue) -> JsValue {
        // An envelope that has no such place was never peeled; what is certain is the body.
        edit::set(envelope, at, stored).unwrap_or_else(|| stored.clone())
    }

    async fn decode(&self, stored: &JsValue) -> Result<Option<JsValue>, Broken> {
        gzip::decode(stored).await
    }

    fn split(&self, body: &JsValue, cut: &Cut) -> Split<JsValue> {
        split::split(body, cut)
    }

    fn join(
        &self,
        skeleton: &JsValue,
        arrays: &[(Path, Vec<JsValue>)],
        parts: &[(Path, JsValue)],
    ) -> Option<JsValue> {
        join::join(skeleton, arrays, parts)
    }

    fn copy(&self, body: &JsValue) -> Result<JsValue> {
        js::structured_clone(body).map_err(|_| unsupported(body))
    }

    async fn measure(&self, pieces: &[JsValue], moved: &[JsValue]) -> Result<Measured, Broken> {
        measure::full(pieces, moved).await
    }

    fn alike(&self, one: &JsValue, other: &JsValue) -> bool {
        alike::alike(one, other)
    }

    fn outline(&self, pieces: &[JsValue], moved: &[JsValue]) -> Result<Vec<Measure>, Broken> {
        measure::outline(pieces, moved)
    }

    async fn unzip(&self, stored: &JsValue) -> Result<Option<JsValue>, Broken> {
        gzip::unzip(stored).await
    }

    async fn zip(&self, text: &JsValue) -> Result<JsValue, Broken> {
        gzip::zip(text).await
    }

    fn parse(&self, text: &JsValue) -> Result<Option<JsValue>, Broken> {
        container::parse(text)
    }

    fn members(
        &self,
        held: &JsValue,
        collection: &Path,
        id: &Path,
    ) -> Result<Vec<Member<JsValue>>, Broken> {
        container::members(held, collection, id)
    }

    fn splice(
        &self,
        held: &JsValue,
        collection: &Path,
        remove: &BTreeSet<usize>,
        insert: Option<&Insert<JsValue>>,
    ) -> Option<JsValue> {
        container::splice(held, collection, remove, insert)
    }

    fn summed(&self, stored: &JsValue) -> Option<String> {
        let text = match stored.is_string() {
            true => stored.clone(),
            false => js::stringify(stored).ok()?,
        };
        // A text that Rust can't hold has no sum that could be relied on.
        match js::exact_text(&text)? {
            js::Text::Whole(text) => Some(text),
            js::Text::Broken(_) => None,
        }
    }

    fn may_be_written_back(&self, record: &JsValue) -> bool {
        !detach::is_needed() || !blobs::held_by(record)
    }

    fn same_text(&self, one: &JsValue, other: &JsValue) -> bool {
        one.is_string() && one == other
    }

    fn get(&self, body: &JsValue, path: &Path) -> Option<JsValue> {
        edit::get(body, path)
    }

    fn set(&self, body: &JsValue, path: &Path, value: &JsValue) -> Option<JsValue> {
        edit::set(body, path, value)
    }

    fn fact(&self, body: &JsValue, path: &Path) -> Fact {
        looked::fact(body, path)
    }

    fn keys(&self, body: &JsValue, path: &Path) -> Vec<String> {
        looked::keys(body, path)
    }

    fn amend(&self, body: &JsValue, edits: &[&Edit]) -> Option<Amended<JsValue>> {
        amend::amend(body, edits)
    }

    fn len(&self, body: &JsValue) -> Option<u32> {
        js::is_array(body).then(|| body.unchecked_ref::<List>().length())
    }

    fn slice(&self, array: &JsValue, from: u32, to: u32) -> JsValue {
        split::slice(array, from, to).into()
    }

    fn concat(&self, arrays: &[JsValue]) -> JsValue {
        join::concat(arrays).into()
    }
}

/// The error for a value that the browser refuses to store: which part of it, and of which type.
pub fn unsupported(value: &JsValue) -> Error {
    // Whatever the walk does not object to, the browser knows no way to copy.
    let unknown = || Broken::new("UnsupportedValue", "the value can't be copied");
    let Broken { code, reason } = measure::outline(std::slice::from_ref(value), &[])
        .err()
        .unwrap_or_else(unknown);
    Error::UnsupportedValue { code, reason }
}
