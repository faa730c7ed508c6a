//! Records whose whole key is the id of their session.

use super::{BodyFacts, Broken, Row, foreign, id_problem, key_rest, rest_id};
use crate::domain::config::SourceConfig;
use crate::domain::key::Key;

/// Says what a record is. Its body is asked for nothing but what it is: any object or array may be
/// a session.
pub fn recognise(source: &SourceConfig, key: &Key, body: &BodyFacts) -> Row {
    let rest = key_rest(source, key);
    if let Some(row) = foreign(source, &rest, body) {
        return row;
    }
    if body.storage_version && is_metadata(source, &rest) {
        return Row::ChunkedElsewhere;
    }
    let broken = match body.is_object || body.is_array {
        true => id_problem(key),
        false => Some(Broken::new(
            "NotAnObject",
            "its body is neither an object nor an array",
        )),
    };
    match broken {
        None => Row::Session(key.clone()),
        Some(broken) => Row::Broken(rest_id(key), broken),
    }
}

/// Whether the key is that of the metadata of a session that the application chunked by itself:
/// there is no id in the body that could say so too.
fn is_metadata(source: &SourceConfig, rest: &Key) -> bool {
    let (Some(suffix), Key::Text(rest)) = (&source.foreign.chunked_metadata, rest) else {
        return false;
    };
    rest.len() > suffix.len() && rest.ends_with(suffix.as_str())
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::config::Config;
    use crate::domain::key::MAX_ID_UNITS;
    use crate::domain::recognise::{IdFact, looks_foreign, undecodable};
    use serde_json::json;

    fn source() -> SourceConfig {
        let source = json!({
            "database": "app", "store": "rows", "prefix": "chat/", "keys": "whole",
            "foreign": { "chunkedMetadata": "/metadata", "suffixes": ["/draft"] }
        });
        let config =
            json!({ "sources": [source], "layout": { "arrays": [{ "path": [], "chunk": 5 }] } });
        Config::parse(&config).unwrap().sources.remove(0)
    }

    const LIST: BodyFacts = BodyFacts {
        is_object: false,
        is_array: true,
        id: IdFact::Missing,
        storage_version: false,
        backup: false,
    };
    const OBJECT: BodyFacts = BodyFacts {
        is_object: true,
        is_array: false,
        ..LIST
    };
    const TEXT: BodyFacts = BodyFacts {
        is_array: false,
        ..LIST
    };

    fn of(key: &Key, body: &BodyFacts) -> Row {
        super::super::recognise(&source(), key, body)
    }

    #[test]
    fn the_whole_key_is_the_id_of_any_object_or_array() {
        for key in [Key::text("chat/a"), Key::text("chat/"), Key::Number(7.0)] {
            for body in [LIST, OBJECT] {
                assert_eq!(of(&key, &body), Row::Session(key.clone()));
            }
        }
        let said = BodyFacts {
            id: IdFact::Id(Key::text("another")),
            ..OBJECT
        };
        let key = Key::text("chat/a");
        assert_eq!(of(&key, &said), Row::Session(key));
    }

    #[test]
    fn what_can_be_no_session_is_broken_with_a_code() {
        let long = Key::text("x".repeat(MAX_ID_UNITS + 1));
        for (key, body, id, code) in [
            (Key::text("chat/a"), TEXT, true, "NotAnObject"),
            (Key::text(""), LIST, true, "IdEmpty"),
            (long, LIST, true, "IdTooLong"),
            (Key::Units(vec![0xD800]), LIST, true, "IdNotPortable"),
            (Key::Date(0.0), LIST, false, "IdInvalid"),
            (Key::Array(vec![]), OBJECT, false, "IdInvalid"),
        ] {
            match of(&key, &body) {
                Row::Broken(found, broken) => {
                    assert_eq!((found, broken.code), (id.then_some(key), code));
                }
                other => panic!("{code}: {other:?}"),
            }
        }
        let key = Key::text("chat/a");
        let broken = Broken::new("JsonInvalid", "its text is not JSON");
        let row = undecodable(&source(), &key, broken.clone());
        assert_eq!(row, Row::Broken(Some(key), broken));
    }

    #[test]
    fn rows_of_the_application_are_left_alone() {
        let metadata = BodyFacts {
            storage_version: true,
            ..OBJECT
        };
        let key = Key::text("chat/a/metadata");
        assert_eq!(of(&key, &metadata), Row::ChunkedElsewhere);
        assert_eq!(of(&key, &OBJECT), Row::Session(key.clone()));
        assert!(looks_foreign(&source(), &key));
        assert_eq!(of(&Key::text("chat/a/draft"), &LIST), Row::Foreign);
        let backup = BodyFacts {
            backup: true,
            ..OBJECT
        };
        assert_eq!(of(&Key::text("chat/a.backup-1"), &backup), Row::Foreign);
    }
}
