//! What bodies of the twin say of themselves, and why some can't be used.

use crate::support::value::Value;
use restow::domain::json;
use restow::domain::key::Key;
use restow::domain::path::Path;
use restow::domain::recognise::{BodyFacts, Broken, IdFact};

/// Why JSON text can't be used.
pub(super) fn broken(problem: json::Problem) -> Broken {
    match problem {
        json::Problem::Invalid { .. } => Broken::new("JsonInvalid", "its text is not JSON"),
        json::Problem::NotExact { what, .. } => {
            Broken::new("JsonNotExact", format!("its JSON text has {what}"))
        }
        json::Problem::NoCollection => {
            Broken::new("NoSessionsThere", "there is no array or map at its path")
        }
        json::Problem::Ambiguous => {
            Broken::new("JsonNotExact", "its JSON text has a key on the way twice")
        }
    }
}

/// What a body says of itself.
pub(super) fn facts_of(body: &Value, id: Option<&Path>) -> BodyFacts {
    let has = |key| body.child(key).is_some();
    BodyFacts {
        is_object: matches!(body, Value::Object(_)),
        is_array: matches!(body, Value::List(_)),
        id: id_fact(id.and_then(|id| body.at(id))),
        storage_version: has("storageVersion"),
        backup: has("session") && has("backupCreatedAt"),
    }
}

fn id_fact(id: Option<Value>) -> IdFact {
    let invalid = |kind: &str| IdFact::Invalid(kind.into());
    match id {
        None | Some(Value::Undefined) => IdFact::Missing,
        Some(Value::Text(text)) => IdFact::Id(Key::text(text.as_ref())),
        Some(Value::Units(units)) => IdFact::Id(Key::Units(units.to_vec())),
        Some(Value::Number(number)) => Key::number(number).map_or(invalid("NaN"), IdFact::Id),
        Some(Value::Null) => invalid("null"),
        Some(Value::Bool(_)) => invalid("boolean"),
        Some(Value::List(_)) => invalid("array"),
        Some(_) => invalid("object"),
    }
}
