//! Which records of a source are sessions, which belong to the application, and which are broken.

mod whole;

use crate::domain::config::{ForeignRows, KeyRule, SourceConfig};
use crate::domain::key::{Key, MAX_ID_UNITS};

/// What a body says about its id.
#[derive(Debug, Clone, PartialEq)]
pub enum IdFact {
    /// There is none.
    Missing,
    /// Something that can't be an id; its type.
    Invalid(String),
    /// An id.
    Id(Key),
}

/// What recognition needs to know of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyFacts {
    /// Whether the body is an object that is no array.
    pub is_object: bool,
    /// Whether the body is an array.
    pub is_array: bool,
    /// Its id.
    pub id: IdFact,
    /// Whether it has a `storageVersion`.
    pub storage_version: bool,
    /// Whether it has `session` and `backupCreatedAt`.
    pub backup: bool,
}

/// Why a session is left in its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Stable code; the README lists them.
    pub code: &'static str,
    /// In words, without any value.
    pub reason: String,
}

impl Broken {
    /// A reason and its code.
    pub fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }
}

/// Every code that a session can be quarantined with, and what it means.
pub const CODES: &[(&str, &str)] = &[
    ("IdMissing", "the body has no id"),
    ("IdEmpty", "the id is empty text"),
    ("IdInvalid", "the id is neither text nor a finite number"),
    ("IdTooLong", "the id is longer than 1024 characters"),
    ("IdNotPortable", "the id has surrogates without a partner"),
    (
        "IdMismatch",
        "the record's key and the id in its body are different",
    ),
    (
        "DuplicateId",
        "several records of one source have the same id",
    ),
    (
        "NotAnObject",
        "the body is not an object, nor an array where the key is the id",
    ),
    ("GzipUnreadable", "the `GZIP_V1:` text can't be decoded"),
    ("GzipUnsupported", "this browser can't decode gzip"),
    (
        "JsonNotExact",
        "the JSON text holds what JavaScript can't keep: long numbers, keys given twice",
    ),
    (
        "UnsupportedValue",
        "a value of a type that can't be proven to be kept",
    ),
    ("JsonInvalid", "the text is not JSON"),
    (
        "NoSessionsThere",
        "the record that should hold the sessions has no array or map at that path",
    ),
    ("SharedObject", "one object is used in several pieces"),
    (
        "LimitBroken",
        "a value breaks a limit with the action `quarantine`, or a limit can't be kept safely",
    ),
    ("BlobUnreadable", "the browser can't read one of its Blobs"),
    ("Unreadable", "the browser can't read the record"),
];

/// The constant for a code; codes are compared as text after a journey through a report.
pub fn known_code(code: &str) -> &'static str {
    CODES
        .iter()
        .map(|(known, _)| *known)
        .find(|known| *known == code)
        .unwrap_or("Unreadable")
}

/// What a record is.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// A session.
    Session(Key),
    /// A session that the application chunked by itself.
    ChunkedElsewhere,
    /// A record of the application's own: a backup of its, or a piece of a session it chunked.
    Foreign,
    /// Under the prefix of sessions, but no session that can be moved; and its id, if known.
    Broken(Option<Key>, Broken),
}

impl Row {
    /// The session's id, where it can be told.
    pub fn id(&self) -> Option<&Key> {
        match self {
            Self::Session(id) | Self::Broken(Some(id), _) => Some(id),
            Self::Broken(None, _) | Self::ChunkedElsewhere | Self::Foreign => None,
        }
    }
}

/// Whether the key alone says that a row is very likely the application's own: a backup, or a piece
/// of a session that it chunked. Its body may say otherwise.
pub fn looks_foreign(source: &SourceConfig, key: &Key) -> bool {
    match key_rest(source, key) {
        Key::Text(rest) => {
            let rules = &source.foreign;
            let metadata = rules
                .chunked_metadata
                .as_ref()
                .is_some_and(|end| rest.ends_with(end.as_str()));
            metadata || rest.contains(".backup-") || is_piece(rules, &rest)
        }
        _ => false,
    }
}

/// What a record is whose text could not be decoded: its key alone has to tell.
pub fn undecodable(source: &SourceConfig, key: &Key, broken: Broken) -> Row {
    let rest = key_rest(source, key);
    if let Key::Text(text) = &rest
        && is_piece(&source.foreign, text)
    {
        return Row::Foreign;
    }
    Row::Broken(key_id(source, key), broken)
}

/// The id that a key alone tells, where it tells one.
fn key_id(source: &SourceConfig, key: &Key) -> Option<Key> {
    match source.keys {
        KeyRule::Id => rest_id(&key_rest(source, key)),
        KeyRule::Whole => rest_id(key),
        KeyRule::Any => None,
    }
}

/// Says what a record is, from its key and what its body says.
pub fn recognise(source: &SourceConfig, key: &Key, body: &BodyFacts) -> Row {
    if source.keys == KeyRule::Whole {
        return whole::recognise(source, key, body);
    }
    let rest = key_rest(source, key);
    if let (KeyRule::Id, IdFact::Id(id)) = (source.keys, &body.id)
        && body.is_object
        && !key_says(&rest, id)
    {
        return foreign(source, &rest, body).unwrap_or_else(|| {
            let reason = "its key and the id in its body are different";
            Row::Broken(rest_id(&rest), Broken::new("IdMismatch", reason))
        });
    }
    if !body.is_object || matches!(body.id, IdFact::Missing) {
        if let Some(row) = foreign(source, &rest, body) {
            return row;
        }
        let id = key_id(source, key);
        let broken = if body.is_object {
            Broken::new("IdMissing", "its body has no id")
        } else {
            Broken::new("NotAnObject", "its body is not an object")
        };
        return Row::Broken(id, broken);
    }
    match &body.id {
        IdFact::Id(id) => match id_problem(id) {
            None => Row::Session(id.clone()),
            Some(broken) => Row::Broken(Some(id.clone()), broken),
        },
        IdFact::Invalid(kind) => {
            let reason = format!("its id is a {kind}, not text or a number");
            Row::Broken(rest_id(&rest), Broken::new("IdInvalid", reason))
        }
        IdFact::Missing => Row::Broken(None, Broken::new("IdMissing", "its body has no id")),
    }
}

/// Says what a member of a container is: `name` is its name in a map, which tells the id by `keys`.
pub fn recognise_member(keys: KeyRule, name: Option<&Key>, body: &BodyFacts) -> Row {
    let named = name.filter(|_| keys == KeyRule::Id);
    let own = named.and_then(rest_id);
    if !body.is_object {
        return Row::Broken(own, Broken::new("NotAnObject", "it is not an object"));
    }
    match (&body.id, named) {
        (IdFact::Missing, _) => Row::Broken(own, Broken::new("IdMissing", "it has no id")),
        (IdFact::Invalid(kind), _) => {
            let reason = format!("its id is a {kind}, not text or a number");
            Row::Broken(own, Broken::new("IdInvalid", reason))
        }
        (IdFact::Id(id), Some(name)) if !key_says(name, id) => {
            let reason = "its name and the id in its body are different";
            Row::Broken(own, Broken::new("IdMismatch", reason))
        }
        (IdFact::Id(id), _) => match id_problem(id) {
            None => Row::Session(id.clone()),
            Some(broken) => Row::Broken(Some(id.clone()), broken),
        },
    }
}

/// The key without the prefix of the source.
fn key_rest(source: &SourceConfig, key: &Key) -> Key {
    match key {
        Key::Text(text) => Key::text(text.strip_prefix(&source.prefix).unwrap_or(text)),
        Key::Units(units) => {
            let prefix: Vec<u16> = source.prefix.encode_utf16().collect();
            Key::Units(units.strip_prefix(&prefix[..]).unwrap_or(units).to_vec())
        }
        other => other.clone(),
    }
}

/// Whether what remains of a key is the id: equal, or as the id would be printed.
fn key_says(rest: &Key, id: &Key) -> bool {
    rest == id
        || matches!((rest, id.as_suffix()), (Key::Text(text), Some(suffix)) if *text == suffix)
}

/// What remains of a key, taken for an id where it could be one.
fn rest_id(rest: &Key) -> Option<Key> {
    matches!(rest, Key::Text(_) | Key::Units(_) | Key::Number(_)).then(|| rest.clone())
}

/// Why an id can't be migrated, if it can't.
pub fn id_problem(id: &Key) -> Option<Broken> {
    match id {
        Key::Text(text) if text.is_empty() => Some(Broken::new("IdEmpty", "its id is empty")),
        Key::Text(text) if text.encode_utf16().count() > MAX_ID_UNITS => Some(Broken::new(
            "IdTooLong",
            format!("its id is longer than {MAX_ID_UNITS} characters"),
        )),
        Key::Text(_) => None,
        Key::Number(number) if number.is_finite() => None,
        Key::Units(_) => Some(Broken::new(
            "IdNotPortable",
            "its id has surrogates without a partner",
        )),
        _ => Some(Broken::new(
            "IdInvalid",
            "its id is not text or a finite number",
        )),
    }
}

/// Whether the record is one of the application's own.
fn foreign(source: &SourceConfig, rest: &Key, body: &BodyFacts) -> Option<Row> {
    let Key::Text(rest) = rest else { return None };
    let rules = &source.foreign;
    if let (Some(suffix), IdFact::Id(id), true) =
        (&rules.chunked_metadata, &body.id, body.storage_version)
        && let (Some(owner), Some(id)) = (rest.strip_suffix(suffix.as_str()), id.as_suffix())
        && owner == id
    {
        return Some(Row::ChunkedElsewhere);
    }
    let is_backup = body.backup && rest.contains(".backup-");
    (is_backup || is_piece(rules, rest)).then_some(Row::Foreign)
}

fn is_piece(rules: &ForeignRows, rest: &str) -> bool {
    let rest = rest.strip_suffix(".compressed").unwrap_or(rest);
    let numbered = |before: &String| {
        rest.rsplit_once(before.as_str())
            .is_some_and(|(owner, number)| {
                !owner.is_empty()
                    && !number.is_empty()
                    && number.bytes().all(|b| b.is_ascii_digit())
            })
    };
    rules
        .suffixes
        .iter()
        .any(|suffix| rest.len() > suffix.len() && rest.ends_with(suffix.as_str()))
        || rules.numbered.iter().any(numbered)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
