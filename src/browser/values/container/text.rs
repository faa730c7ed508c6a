//! Sessions inside JSON text. They are found in a copy of the text in Rust, in which each lone
//! surrogate is another single unit, and cut out of the text itself.

use super::nothing_there;
use crate::browser::idb::range::list;
use crate::browser::js;
use crate::browser::key::{key_from_js, key_to_js};
use crate::browser::values::facts::facts;
use crate::domain::json::{self, Collection, Piece, Problem, Span};
use crate::domain::key::Key;
use crate::domain::path::Path;
use crate::domain::recognise::Broken;
use crate::ports::{Insert, Member};
use js_sys::JsString;
use std::collections::BTreeSet;
use wasm_bindgen::{JsCast, JsValue};

/// The value of JSON text that loses nothing by being parsed; `None` for what is no text.
pub fn parse(text: &JsValue) -> Result<Option<JsValue>, Broken> {
    let Some(copy) = js::lossy_text(text) else {
        return Ok(None);
    };
    json::exact(&copy).map_err(broken)?;
    js::parse(text).map(Some).map_err(|_| invalid())
}

/// What the array or object at a path holds.
pub fn members(
    text: &JsValue,
    collection: &Path,
    id: &Path,
) -> Result<Vec<Member<JsValue>>, Broken> {
    let found = find(text, collection)?;
    let text: &JsString = text.unchecked_ref();
    let members = found.members.iter().map(|member| {
        let body = cut(text, member.value);
        // The text was found to be JSON, so this can't fail.
        let value = js::parse(&body).unwrap_or(JsValue::UNDEFINED);
        Member {
            name: name(text, member),
            facts: facts(&value, Some(id)),
            broken: member.problem.clone().map(broken),
            body,
        }
    });
    Ok(members.collect())
}

/// The same text without some members, and with another one; `None` if that does not fit in.
pub fn splice(
    text: &JsValue,
    collection: &Path,
    remove: &BTreeSet<usize>,
    insert: Option<&Insert<JsValue>>,
) -> Option<JsValue> {
    let found = find(text, collection).ok()?;
    let text: &JsString = text.unchecked_ref();
    let new = match insert {
        None => None,
        Some(new) => Some(written(text, &found, remove, new)?),
    };
    let position = insert.map(|new| new.position);
    let pieces = found.splice(remove, position.as_slice());
    let parts: Option<Vec<JsValue>> = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Keep(span) => Some(cut(text, span)),
            Piece::Text(own) => Some(JsValue::from_str(own)),
            Piece::New(_) => new.clone(),
        })
        .collect();
    let parts = list(&parts?);
    Some(js::join(parts.unchecked_ref(), &JsValue::from_str("")))
}

/// An insert as it is written; `None` if it is no text, or has a name where none has one, or has
/// none, or one that is taken.
fn written(
    text: &JsString,
    found: &Collection,
    remove: &BTreeSet<usize>,
    new: &Insert<JsValue>,
) -> Option<JsValue> {
    let body: &JsString = new.body.dyn_ref()?;
    let name = match (&new.name, found.is_array) {
        (None, true) => return Some(new.body.clone()),
        (Some(name @ (Key::Text(_) | Key::Units(_))), false) => name,
        _ => return None,
    };
    let staying = found.members.iter().enumerate();
    let mut staying = staying.filter(|(at, _)| !remove.contains(at));
    if staying.any(|(_, member)| self::name(text, member).as_ref() == Some(name)) {
        return None;
    }
    let name: JsString = js::stringify(&key_to_js(name)).ok()?.dyn_into().ok()?;
    Some(name.concat(&JsValue::from_str(":")).concat(body).into())
}

fn find(text: &JsValue, collection: &Path) -> Result<Collection, Broken> {
    let copy = js::lossy_text(text).ok_or_else(nothing_there)?;
    json::collection(&copy, collection).map_err(broken)
}

/// The name of a member of an object.
fn name(text: &JsString, member: &json::Member) -> Option<Key> {
    let key = member.key.as_ref()?;
    if member.portable {
        return Some(Key::text(key));
    }
    // Whether that is a lone surrogate or the character that stands for one, the text knows.
    let brace = |brace: &str| JsString::from(brace);
    let alone = brace("{")
        .concat(&cut(text, member.whole))
        .concat(&brace("}"));
    let alone = js::parse(&alone).ok()?;
    key_from_js(&js::keys(&alone).ok()?.at(0))
}

fn cut(text: &JsString, span: Span) -> JsValue {
    text.substring(span.start, span.end).into()
}

fn broken(problem: Problem) -> Broken {
    match problem {
        Problem::Invalid { .. } => invalid(),
        Problem::NotExact { what, .. } => {
            Broken::new("JsonNotExact", format!("its JSON text has {what}"))
        }
        Problem::NoCollection => nothing_there(),
        Problem::Ambiguous => Broken::new(
            "JsonNotExact",
            "its JSON text has a key on the way to the sessions twice",
        ),
    }
}

fn invalid() -> Broken {
    Broken::new("JsonInvalid", "its text is not JSON")
}
