//! What recognition and splitting ask of a body.

use crate::browser::js::{self, List};
use crate::browser::key::key_from_js;
use crate::browser::values::edit::get;
use crate::browser::values::kind::{is_plain, kind_name};
use crate::domain::cut::Shape;
use crate::domain::key::Key;
use crate::domain::path::Path;
use crate::domain::recognise::{BodyFacts, IdFact};
use wasm_bindgen::{JsCast, JsValue};

/// What lies at a path.
pub fn shape(body: &JsValue, path: &Path) -> Shape {
    let Some(value) = get(body, path) else {
        return Shape::Missing;
    };
    if value.is_string() {
        let empty = value == JsValue::from_str("");
        return Shape::Text { empty };
    }
    if js::is_array(&value) {
        return Shape::Array(value.unchecked_ref::<List>().length());
    }
    match value.is_object() {
        true => Shape::Object,
        false => Shape::Primitive,
    }
}

/// What a body says about itself.
pub fn facts(body: &JsValue, id: Option<&Path>) -> BodyFacts {
    let is_object = is_plain(body);
    let has = |key: &str| is_object && js::own(body, &JsValue::from_str(key)).is_some();
    BodyFacts {
        is_object,
        is_array: js::is_array(body),
        id: id.map_or(IdFact::Missing, |id| id_of(body, id)),
        storage_version: has("storageVersion"),
        backup: has("session") && has("backupCreatedAt"),
    }
}

fn id_of(body: &JsValue, path: &Path) -> IdFact {
    let Some(id) = get(body, path).filter(|id| !id.is_undefined()) else {
        return IdFact::Missing;
    };
    match key_from_js(&id) {
        Some(key @ (Key::Text(_) | Key::Units(_) | Key::Number(_))) => IdFact::Id(key),
        _ if id.as_f64().is_some() => IdFact::Invalid("NaN".into()),
        _ => IdFact::Invalid(kind_name(&id)),
    }
}
