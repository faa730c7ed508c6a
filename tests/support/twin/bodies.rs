//! Bodies of the twin.

use super::facts::{broken, facts_of};
use super::run::breath;
use super::{amend, container};
use crate::support::value::{Value, Walk, copied, marks, unstorable};
use restow::domain::cut::{Cut, Shape};
use restow::domain::digest::Measure;
use restow::domain::json;
use restow::domain::limits::{Edit, Fact};
use restow::domain::path::Path;
use restow::domain::recognise::{BodyFacts, Broken};
use restow::error::{Error, Result};
use restow::ports::{Amended, Bodies, Insert, Measured, Member, Split};
use std::collections::{BTreeSet, HashSet};

/// What compressed text begins with. On the twin, plain JSON follows.
const GZIP: &str = "GZIP_V1:";

/// Reads, splits and joins [`Value`]s.
#[derive(Debug, Clone, Copy)]
pub struct TwinBodies;

impl Bodies for TwinBodies {
    type Body = Value;

    fn shape(&self, body: &Value, path: &Path) -> Shape {
        match body.at(path) {
            None | Some(Value::Undefined) => Shape::Missing,
            Some(Value::List(list)) => Shape::Array(list.len),
            Some(Value::Text(text)) => Shape::Text {
                empty: text.is_empty(),
            },
            Some(Value::Units(_)) => Shape::Text { empty: false },
            Some(Value::Null | Value::Bool(_) | Value::Number(_)) => Shape::Primitive,
            Some(Value::Object(_) | Value::Bytes(_) | Value::Blob(_) | Value::Unsupported(_)) => {
                Shape::Object
            }
        }
    }

    fn facts(&self, body: &Value, id: Option<&Path>) -> BodyFacts {
        facts_of(body, id)
    }

    fn text(&self, body: &Value, path: &Path) -> Option<String> {
        match body.at(path)? {
            Value::Text(text) => Some(text.as_ref().to_owned()),
            _ => None,
        }
    }

    fn null(&self) -> Value {
        Value::Null
    }

    fn of_text(&self, text: &str) -> Value {
        Value::text(text)
    }

    fn is_text(&self, body: &Value) -> bool {
        matches!(body, Value::Text(_) | Value::Units(_))
    }

    fn peel(&self, record: &Value, at: &Path) -> Option<(Value, Value)> {
        let stored = record.at(at)?;
        let envelope = record.change(&at.0, |_| Some(Value::Null))?;
        Some((envelope, stored))
    }

    fn wrap(&self, envelope: &Value, at: &Path, stored: &Value) -> Value {
        let wrapped = envelope.change(&at.0, |_| Some(stored.clone()));
        wrapped.unwrap_or_else(|| envelope.clone())
    }

    async fn decode(&self, stored: &Value) -> Result<Option<Value>, Broken> {
        breath().await;
        let Some(json) = unzipped(stored) else {
            return Ok(None);
        };
        let unreadable = |_| Broken::new("GzipUnreadable", "its compressed body can't be read");
        let value = Value::parse(json).map_err(unreadable)?;
        if value.to_json() != json {
            let reason = "its JSON would not survive being parsed and printed";
            return Err(Broken::new("JsonNotExact", reason));
        }
        Ok(Some(value))
    }

    fn split(&self, body: &Value, cut: &Cut) -> Split<Value> {
        let mut skeleton = body.clone();
        let mut pieces = Vec::new();
        let mut moved = Vec::new();
        for array in &cut.arrays {
            let whole = body.at(&array.path).unwrap_or(Value::Undefined);
            pieces.extend(
                array
                    .ranges()
                    .map(|range| whole.slice(range.start, range.end)),
            );
            skeleton = self.wrap(&skeleton, &array.path, &emptied(&whole));
            moved.extend(body.containers(&array.path));
            moved.push(whole);
        }
        for path in &cut.parts {
            pieces.push(body.at(path).unwrap_or(Value::Undefined));
            skeleton = self.wrap(&skeleton, path, &Value::Null);
            moved.extend(body.containers(path));
        }
        Split {
            skeleton,
            pieces,
            moved,
        }
    }

    fn join(
        &self,
        skeleton: &Value,
        arrays: &[(Path, Vec<Value>)],
        parts: &[(Path, Value)],
    ) -> Option<Value> {
        let mut body = skeleton.clone();
        for (path, chunks) in arrays {
            body = body.change(&path.0, |place| filled(&place?, chunks))?;
        }
        for (path, part) in parts {
            body = body.change(&path.0, |place| place.map(|_| part.clone()))?;
        }
        Some(body)
    }

    fn copy(&self, body: &Value) -> Result<Value> {
        match unstorable(body) {
            None => Ok(copied(body)),
            Some(kind) => Err(Error::UnsupportedValue {
                code: "UnsupportedValue",
                reason: format!("a {kind} can't be stored"),
            }),
        }
    }

    async fn measure(&self, pieces: &[Value], moved: &[Value]) -> Result<Measured, Broken> {
        breath().await;
        Ok(Measured {
            full: measures(pieces, moved, true)?,
            outline: measures(pieces, moved, false)?,
        })
    }

    /// As browsers, it tells nothing where there is a Blob.
    fn alike(&self, one: &Value, other: &Value) -> bool {
        let digest = |value, blobs| Walk::measure(value, blobs).map(|measure| measure.digest);
        match (digest(one, true), digest(one, false), digest(other, true)) {
            (Ok(full), Ok(outline), Ok(again)) => full == outline && full == again,
            _ => false,
        }
    }

    fn outline(&self, pieces: &[Value], moved: &[Value]) -> Result<Vec<Measure>, Broken> {
        measures(pieces, moved, false)
    }

    async fn unzip(&self, stored: &Value) -> Result<Option<Value>, Broken> {
        breath().await;
        Ok(unzipped(stored).map(Value::text))
    }

    async fn zip(&self, text: &Value) -> Result<Value, Broken> {
        breath().await;
        match text {
            Value::Text(text) => Ok(Value::text(format!("{GZIP}{text}"))),
            _ => Err(Broken::new("UnsupportedValue", "it does not survive gzip")),
        }
    }

    fn parse(&self, text: &Value) -> Result<Option<Value>, Broken> {
        let Some(units) = text.utf16() else {
            return Ok(None);
        };
        json::exact(&String::from_utf16_lossy(&units)).map_err(broken)?;
        Ok(Value::parse_units(&units))
    }

    fn members(
        &self,
        held: &Value,
        collection: &Path,
        id: &Path,
    ) -> Result<Vec<Member<Value>>, Broken> {
        container::members(held, collection, id)
    }

    fn splice(
        &self,
        held: &Value,
        collection: &Path,
        remove: &BTreeSet<usize>,
        insert: Option<&Insert<Value>>,
    ) -> Option<Value> {
        container::splice(held, collection, remove, insert)
    }

    fn summed(&self, stored: &Value) -> Option<String> {
        match stored {
            Value::Text(text) => Some(text.as_ref().to_owned()),
            Value::Units(_) | Value::Undefined | Value::Unsupported(_) => None,
            other => Some(other.to_json()),
        }
    }

    fn may_be_written_back(&self, _: &Value) -> bool {
        true
    }

    fn same_text(&self, one: &Value, other: &Value) -> bool {
        self.is_text(one) && one == other
    }

    fn get(&self, body: &Value, path: &Path) -> Option<Value> {
        body.at(path)
    }

    fn set(&self, body: &Value, path: &Path, value: &Value) -> Option<Value> {
        body.change(&path.0, |_| Some(value.clone()))
    }

    fn fact(&self, body: &Value, path: &Path) -> Fact {
        amend::fact(body, path)
    }

    fn keys(&self, body: &Value, path: &Path) -> Vec<String> {
        amend::keys(body, path)
    }

    fn amend(&self, body: &Value, edits: &[&Edit]) -> Option<Amended<Value>> {
        amend::amend(body, edits)
    }

    fn len(&self, body: &Value) -> Option<u32> {
        match body {
            Value::List(list) => Some(list.len),
            _ => None,
        }
    }

    fn slice(&self, array: &Value, from: u32, to: u32) -> Value {
        array.slice(from, to)
    }

    fn concat(&self, arrays: &[Value]) -> Value {
        Value::concat(arrays)
    }
}

/// What lies in `GZIP_V1:` text.
fn unzipped(stored: &Value) -> Option<&str> {
    match stored {
        Value::Text(text) => text.strip_prefix(GZIP),
        _ => None,
    }
}

/// An array without its items, but with its extra properties.
fn emptied(array: &Value) -> Value {
    filled(array, &[]).unwrap_or(Value::Undefined)
}

/// An array with the items of some chunks, and its extra properties. `None` if it is no array.
fn filled(array: &Value, chunks: &[Value]) -> Option<Value> {
    let Value::List(list) = array else {
        return None;
    };
    let all = Value::concat(chunks);
    Some(
        list.extras
            .iter()
            .fold(all, |all, (key, value)| all.extra(key, value.clone())),
    )
}

fn measures(pieces: &[Value], moved: &[Value], blobs: bool) -> Result<Vec<Measure>, Broken> {
    let measures = pieces.iter().map(|piece| Walk::measure(piece, blobs));
    let measures = measures.collect::<Result<Vec<_>, _>>()?;
    let mut seen: HashSet<_> = moved.iter().filter_map(Value::reference).collect();
    for piece in pieces {
        let own = marks(piece);
        if !seen.is_disjoint(&own) {
            let reason = "an object in it is referred to from more than one chunk or part";
            return Err(Broken::new("SharedObject", reason));
        }
        seen.extend(own);
    }
    Ok(measures)
}
