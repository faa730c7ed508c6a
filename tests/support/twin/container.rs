//! Values and JSON texts of the twin that hold many sessions.

use super::facts::{broken, facts_of};
use crate::support::value::{List, Object, Value};
use restow::domain::json::{self, Collection, Piece};
use restow::domain::key::Key;
use restow::domain::path::Path;
use restow::domain::recognise::Broken;
use restow::ports::{Insert, Member};
use std::collections::BTreeSet;
use std::rc::Rc;

/// What an array or a map holds, in a value or in JSON text.
pub fn members(held: &Value, collection: &Path, id: &Path) -> Result<Vec<Member<Value>>, Broken> {
    if let Some(units) = held.utf16() {
        return members_of_text(&units, collection, id);
    }
    let member = |name: Option<Key>, body: &Value| Member {
        name,
        body: body.clone(),
        facts: facts_of(body, Some(id)),
        broken: None,
    };
    match held.at(collection) {
        // Holes are no members.
        Some(Value::List(list)) => {
            let items = list.items.values();
            Ok(items.map(|item| member(None, item)).collect())
        }
        Some(Value::Object(object)) => {
            let entries = object.iter();
            let entries = entries.map(|(name, value)| member(Some(Key::text(name)), value));
            Ok(entries.collect())
        }
        _ => Err(broken(json::Problem::NoCollection)),
    }
}

fn members_of_text(
    units: &[u16],
    collection: &Path,
    id: &Path,
) -> Result<Vec<Member<Value>>, Broken> {
    let found = found(units, collection)?;
    let members = found.members.iter().map(|member| {
        let body = cut(units, member.value);
        let value = Value::parse_units(&body).expect("it was found to be JSON");
        Member {
            name: name(units, member),
            facts: facts_of(&value, Some(id)),
            broken: member.problem.clone().map(broken),
            body: Value::units(&body),
        }
    });
    Ok(members.collect())
}

/// The same without some members, and with another one; `None` if that does not fit in.
pub fn splice(
    held: &Value,
    collection: &Path,
    remove: &BTreeSet<usize>,
    insert: Option<&Insert<Value>>,
) -> Option<Value> {
    if let Some(units) = held.utf16() {
        return splice_text(&units, collection, remove, insert);
    }
    held.change(&collection.0, |value| match value? {
        Value::List(list) => splice_list(&list, remove, insert),
        Value::Object(object) => splice_object(&object, remove, insert),
        _ => None,
    })
}

/// Items that stay move together with the holes around them.
fn splice_list(
    list: &List,
    remove: &BTreeSet<usize>,
    insert: Option<&Insert<Value>>,
) -> Option<Value> {
    if insert.is_some_and(|new| new.name.is_some()) {
        return None;
    }
    let (mut new, mut shift, mut staying) = (List::default(), 0i64, 0);
    let mut placed = insert.is_none();
    for (member, (index, item)) in list.items.iter().enumerate() {
        if remove.contains(&member) {
            shift -= 1;
            continue;
        }
        if let Some(insert) = insert.filter(|new| !placed && new.position == staying) {
            let at = (i64::from(*index) + shift) as u32;
            new.items.insert(at, insert.body.clone());
            (placed, shift) = (true, shift + 1);
        }
        staying += 1;
        let at = (i64::from(*index) + shift) as u32;
        new.items.insert(at, item.clone());
    }
    new.len = (i64::from(list.len) + shift) as u32;
    if let Some(insert) = insert.filter(|_| !placed) {
        new.items.insert(new.len, insert.body.clone());
        new.len += 1;
    }
    new.extras = list.extras.clone();
    Some(Value::List(Rc::new(new)))
}

fn splice_object(
    object: &Object,
    remove: &BTreeSet<usize>,
    insert: Option<&Insert<Value>>,
) -> Option<Value> {
    let staying = object.iter().enumerate();
    let staying = staying.filter(|(member, _)| !remove.contains(member));
    let mut entries: Vec<_> = staying.map(|(_, entry)| entry).collect();
    if let Some(new) = insert {
        let Some(Key::Text(name)) = &new.name else {
            return None;
        };
        if entries.iter().any(|(taken, _)| taken == name) {
            return None;
        }
        let at = entries.len().min(new.position as usize);
        entries.insert(at, (name, &new.body));
    }
    let entries = entries.into_iter();
    Some(Value::object(
        entries.map(|(name, value)| (name, value.clone())),
    ))
}

fn splice_text(
    units: &[u16],
    collection: &Path,
    remove: &BTreeSet<usize>,
    insert: Option<&Insert<Value>>,
) -> Option<Value> {
    let found = found(units, collection).ok()?;
    let new = match insert {
        None => None,
        Some(insert) => Some(written(units, &found, remove, insert)?),
    };
    let position = insert.map(|insert| insert.position);
    let mut text = Vec::new();
    for piece in found.splice(remove, position.as_slice()) {
        match piece {
            Piece::Keep(span) => text.extend(cut(units, span)),
            Piece::Text(own) => text.extend(own.encode_utf16()),
            Piece::New(_) => text.extend(new.as_ref()?),
        }
    }
    Some(Value::units(&text))
}

/// An insert as it is written into a text.
fn written(
    units: &[u16],
    found: &Collection,
    remove: &BTreeSet<usize>,
    new: &Insert<Value>,
) -> Option<Vec<u16>> {
    let body = new.body.utf16()?;
    let key = match (&new.name, found.is_array) {
        (None, true) => return Some(body),
        (Some(key @ (Key::Text(_) | Key::Units(_))), false) => key,
        _ => return None,
    };
    let staying = found.members.iter().enumerate();
    let mut staying = staying.filter(|(member, _)| !remove.contains(member));
    if staying.any(|(_, member)| name(units, member).as_ref() == Some(key)) {
        return None;
    }
    let printed = Value::units(&key.units()?).to_json();
    let printed = printed.encode_utf16().chain([u16::from(b':')]);
    Some(printed.chain(body).collect())
}

/// The text that Rust can hold has another unit for each lone surrogate, and so the same offsets.
fn found(units: &[u16], collection: &Path) -> Result<Collection, Broken> {
    json::collection(&String::from_utf16_lossy(units), collection).map_err(broken)
}

fn name(units: &[u16], member: &json::Member) -> Option<Key> {
    let key = member.key.as_ref()?;
    if member.portable {
        return Some(Key::text(key));
    }
    let colon = json::Span {
        start: member.whole.start,
        end: member.value.start,
    };
    let written = cut(units, colon);
    let end = written.iter().rposition(|unit| *unit == u16::from(b'"'))?;
    match Value::parse_units(&written[..=end])? {
        Value::Text(text) => Some(Key::text(text.as_ref())),
        Value::Units(units) => Some(Key::Units(units.to_vec())),
        _ => None,
    }
}

fn cut(units: &[u16], span: json::Span) -> Vec<u16> {
    units[span.start as usize..span.end as usize].to_vec()
}
