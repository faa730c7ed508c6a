//! Captured keys as one body, `[key, text, class, kind]` each, and back.

use crate::domain::path::Path;
use crate::domain::recognise::Broken;
use crate::domain::state::Kind;
use crate::ports::Bodies;
use serde_json::{Value, json};

/// A captured key. Its text is a body, since a Rust `String` could not hold every text.
#[derive(Debug, Clone)]
pub(super) struct Held<B> {
    pub key: String,
    pub class: String,
    pub kind: Kind,
    pub text: B,
}

/// The body of a snapshot.
pub(super) fn pack<V: Bodies>(bodies: &V, held: &[Held<V::Body>]) -> Result<V::Body, Broken> {
    let row = |one: &Held<V::Body>| {
        let row = json!([[one.key, null, one.class, one.kind]]).to_string();
        let row = bodies.parse(&bodies.of_text(&row))?;
        let row = row.and_then(|row| bodies.set(&row, &at(0, "1"), &one.text));
        row.ok_or_else(|| Broken::new("UnsupportedValue", "a key can't be stored"))
    };
    let rows = held.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    Ok(bodies.concat(&rows))
}

/// What [`pack`] made a body of; `None` if it is none.
pub(super) fn unpack<V: Bodies>(bodies: &V, body: &V::Body) -> Option<Vec<Held<V::Body>>> {
    let row = |index: u32| {
        let text = bodies.get(body, &at(index, "1"))?;
        let kind = Value::String(bodies.text(body, &at(index, "3"))?);
        Some(Held {
            key: bodies.text(body, &at(index, "0"))?,
            class: bodies.text(body, &at(index, "2"))?,
            kind: serde_json::from_value(kind).ok()?,
            text: bodies.is_text(&text).then_some(text)?,
        })
    };
    (0..bodies.len(body)?).map(row).collect()
}

fn at(row: u32, column: &str) -> Path {
    Path(vec![row.to_string(), column.into()])
}
