//! The sessions in a text.

use super::losses::{Losses, TWICE};
use super::name::{Name, repeated};
use super::walk::{Begin, Next, Walk};
use super::{Problem, Span};
use crate::domain::edit::array_index;
use crate::domain::path::Path;

/// The array or object at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Whether it is an array.
    pub is_array: bool,
    /// Where it lies, with its brackets.
    pub span: Span,
    /// What is in it, in the order of the text.
    pub members: Vec<Member>,
    /// Length of the whole text in units.
    pub total: u32,
}

/// One element of an array, or one field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The key, decoded, with U+FFFD for each lone surrogate; `None` in an array.
    pub key: Option<String>,
    /// Whether `key` is surely the key: it has no U+FFFD.
    pub portable: bool,
    /// From the key, or the value in an array, to the end of the value.
    pub whole: Span,
    /// The value.
    pub value: Span,
    /// What `JSON.parse` would lose of it first: always [`Problem::NotExact`].
    pub problem: Option<Problem>,
}

/// Finds the collection at a path, and checks that the whole text is JSON. What lies outside the
/// collection may be anything, however `JSON.parse` would take it.
pub fn collection(text: &str, path: &Path) -> Result<Collection, Problem> {
    let mut walk = Walk::new(text);
    let mut sure = true;
    let mut found = None;
    let mut entered = path.0.len();
    for (level, key) in path.0.iter().enumerate() {
        if !enter(&mut walk, key, &mut sure)? {
            entered = level;
            break;
        }
    }
    if entered == path.0.len() {
        found = members(&mut walk)?;
    }
    for key in path.0.iter().take(entered).rev() {
        leave(&mut walk, key, &mut sure)?;
    }
    walk.end()?;
    if let Some(found) = &mut found {
        found.total = walk.at();
    }
    match sure {
        true => found.ok_or(Problem::NoCollection),
        false => Err(Problem::Ambiguous),
    }
}

/// Goes into the next value up to what lies at a key. `false` if nothing does: the value is over.
fn enter(walk: &mut Walk, key: &str, sure: &mut bool) -> Result<bool, Problem> {
    let index = array_index(key);
    let key = Name::plain(key);
    let mut at = 0;
    if !matches!(walk.begin()?.1, Begin::Array | Begin::Object) {
        return Ok(false);
    }
    loop {
        match walk.next()? {
            Next::Item if index == Some(at) => return Ok(true),
            Next::Item => at = at.saturating_add(1),
            Next::Field(field) => {
                let name = field.name();
                if name.may_be(&key) {
                    *sure &= name.portable && key.portable;
                    return Ok(true);
                }
            }
            Next::ArrayEnd | Next::ObjectEnd => return Ok(false),
        }
        walk.value(None)?;
    }
}

/// Goes on to the end of what was entered at a key, which should not come again.
fn leave(walk: &mut Walk, key: &str, sure: &mut bool) -> Result<(), Problem> {
    let key = Name::plain(key);
    loop {
        match walk.next()? {
            Next::Item => {}
            Next::Field(field) => *sure &= !field.name().may_be(&key),
            Next::ArrayEnd | Next::ObjectEnd => return Ok(()),
        }
        walk.value(None)?;
    }
}

/// Takes the next value for the collection; `None` if it can't be one: the value is over.
fn members(walk: &mut Walk) -> Result<Option<Collection>, Problem> {
    let (start, begin) = walk.begin()?;
    if !matches!(begin, Begin::Array | Begin::Object) {
        return Ok(None);
    }
    let mut members = Vec::new();
    let mut names = Vec::new();
    let mut losses = Losses::default();
    loop {
        let field = match walk.next()? {
            Next::Item => None,
            Next::Field(field) => Some(field),
            Next::ArrayEnd | Next::ObjectEnd => break,
        };
        let value = walk.value(Some(&mut losses))?;
        let name = field.map(|field| field.name());
        members.push(Member {
            key: name.as_ref().map(|name| name.text.clone().into_owned()),
            portable: name.as_ref().is_none_or(|name| name.portable),
            whole: Span {
                start: field.map_or(value.start, |field| field.at),
                end: value.end,
            },
            value,
            problem: losses.take(),
        });
        names.extend(name);
    }
    for index in repeated(&names) {
        if let Some(member) = members.get_mut(index) {
            let (at, what) = (member.whole.start, TWICE);
            member.problem = Some(Problem::NotExact { at, what });
        }
    }
    Ok(Some(Collection {
        is_array: begin == Begin::Array,
        span: Span {
            start,
            end: walk.at(),
        },
        members,
        // Known at the end.
        total: 0,
    }))
}
