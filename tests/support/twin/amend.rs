//! What limits ask of the twin's bodies, and changes to them.

use crate::support::value::{List, Value};
use restow::domain::limits::{Change, Edit, Fact, MAX_UNITS, Scalar};
use restow::domain::path::Path;
use restow::ports::Amended;
use std::rc::Rc;

/// What lies at a path.
pub(super) fn fact(body: &Value, path: &Path) -> Fact {
    match body.at(path) {
        None => Fact::Missing,
        Some(Value::Undefined) => Fact::Undefined,
        Some(Value::Null) => Fact::Null,
        Some(Value::Bool(flag)) => Fact::Bool(flag),
        Some(Value::Number(number)) => Fact::Number(number),
        Some(Value::Bytes(_)) => Fact::Other("ArrayBuffer".into()),
        Some(Value::Blob(_)) => Fact::Other("Blob".into()),
        Some(Value::List(list)) => Fact::Array(list.len),
        Some(Value::Object(_)) => Fact::Object,
        Some(Value::Unsupported(kind)) => Fact::Other(kind.into()),
        Some(text @ (Value::Text(_) | Value::Units(_))) => {
            let units = text.utf16().unwrap_or_default();
            let known = &units[..units.len().min(MAX_UNITS as usize)];
            Fact::Text {
                text: String::from_utf16_lossy(known),
                units: units.len() as u32,
                exact: known.len() == units.len() && matches!(text, Value::Text(_)),
            }
        }
    }
}

/// Keys of items or values, in their order.
pub(super) fn keys(body: &Value, path: &Path) -> Vec<String> {
    match body.at(path) {
        Some(Value::List(list)) => list.items.keys().map(ToString::to_string).collect(),
        Some(Value::Object(object)) => object.iter().map(|(key, _)| key.to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// A copy with some values changed, one after the other.
pub(super) fn amend(body: &Value, edits: &[&Edit]) -> Option<Amended<Value>> {
    let mut amended = Amended {
        body: body.clone(),
        moved: Vec::new(),
    };
    for edit in edits {
        let Some((above, key)) = edit.path.split_last() else {
            let (Value::List(_), Change::Truncate { from, to }) = (&amended.body, &edit.change)
            else {
                return None;
            };
            let kept = cut(&amended.body, *from, *to)?;
            amended
                .moved
                .push(std::mem::replace(&mut amended.body, kept));
            continue;
        };
        let value = amended.body.at(&edit.path)?;
        amended.moved.extend(amended.body.containers(&edit.path));
        amended.body = match &edit.change {
            Change::Remove => amended
                .body
                .change(&above.0, |container| without(&container?, key))?,
            Change::Set(scalar) => amended
                .body
                .change(&edit.path.0, |_| Some(value_of(scalar)))?,
            Change::Truncate { from, to } => {
                amended
                    .moved
                    .extend(value.reference().map(|_| value.clone()));
                let kept = cut(&value, *from, *to)?;
                amended.body.change(&edit.path.0, |_| Some(kept))?
            }
        };
    }
    Some(amended)
}

fn value_of(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Bool(flag) => Value::Bool(*flag),
        Scalar::Number(number) => Value::Number(number.get()),
        Scalar::Text(text) => Value::text(text),
    }
}

fn cut(value: &Value, from: u32, to: u32) -> Option<Value> {
    if let Value::List(list) = value {
        let mut kept = value.slice(from, to);
        for (key, value) in list.extras.iter() {
            kept = kept.extra(key, value.clone());
        }
        return Some(kept);
    }
    let units = value.utf16()?;
    let to = (to as usize).min(units.len());
    let from = (from as usize).min(to);
    let splits = |at: usize| {
        at > 0
            && at < units.len()
            && (0xD800..0xDC00).contains(&units[at - 1])
            && (0xDC00..0xE000).contains(&units[at])
    };
    let start = from + usize::from(splits(from));
    let end = to - usize::from(splits(to));
    Some(Value::units(&units[start..end.max(start)]))
}

fn without(container: &Value, key: &str) -> Option<Value> {
    match container {
        Value::Object(object) => {
            let others = object.iter().filter(|(own, _)| *own != key);
            Some(Value::object(
                others.map(|(key, value)| (key, value.clone())),
            ))
        }
        Value::List(list) => {
            let at: u32 = key.parse().ok()?;
            let items = list.items.iter().filter(|(index, _)| **index != at);
            let items = items.map(|(index, item)| (index - u32::from(*index > at), item.clone()));
            Some(Value::List(Rc::new(List {
                len: list.len - 1,
                items: items.collect(),
                extras: list.extras.clone(),
            })))
        }
        _ => None,
    }
}
