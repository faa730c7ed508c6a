//! Places: where in an application's storage one session lies.

use crate::domain::checksum::Checksum;
use crate::domain::key::Key;
use crate::domain::path::Path;
use serde::{Deserialize, Serialize};

/// A kind of storage, and where in it records lie.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Area {
    /// An object store of an IndexedDB database.
    #[serde(rename = "indexedDB")]
    IndexedDb {
        /// Name of the database.
        database: String,
        /// Name of the object store.
        store: String,
    },
    /// `localStorage` of the page's origin.
    #[serde(rename = "localStorage")]
    LocalStorage,
}

impl Area {
    /// An object store.
    pub fn store(database: impl Into<String>, store: impl Into<String>) -> Self {
        Self::IndexedDb {
            database: database.into(),
            store: store.into(),
        }
    }

    /// Name of the database; `None` where there is none.
    pub fn database(&self) -> Option<&str> {
        match self {
            Self::IndexedDb { database, .. } => Some(database),
            Self::LocalStorage => None,
        }
    }
}

/// How a body lies inside its record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Wrapping {
    /// Path of the body inside the record; empty where the record is the body.
    pub body: Path,
    /// Whether the body may be `GZIP_V1:` text.
    pub gzip: bool,
    /// Whether the body is JSON text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub json: bool,
}

/// How one record holds many sessions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Holding {
    /// How the value that holds them lies inside the record.
    #[serde(flatten)]
    pub wrapping: Wrapping,
    /// Where in that value the array or map of sessions lies; empty where it is that value.
    pub collection: Path,
    /// Where a session's id lies inside the session.
    pub id: Path,
    /// The checksum of the wrapper, renewed when the record is rewritten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<Checksum>,
}

/// Which session of a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Member {
    /// The one with that id, in an array.
    Id(Key),
    /// The one under that name, in a map.
    Name(Key),
    /// The one at that index, for what has no id that can be told.
    Index(u32),
}

/// A place inside a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Within {
    /// How the container holds its sessions.
    #[serde(flatten)]
    pub holding: Holding,
    /// Which of them it is.
    pub member: Member,
}

/// Where a session lies: one record of a store or one key of localStorage, or a place inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The storage.
    #[serde(flatten)]
    pub area: Area,
    /// The record's key. Stored beside the other fields, since it may be of any kind of key.
    #[serde(skip, default = "no_key")]
    pub key: Key,
    /// Where inside the record; `None` where the record is the session's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Box<Within>>,
}

impl Place {
    /// A record of its own.
    pub fn record(area: Area, key: Key) -> Self {
        Self {
            area,
            key,
            within: None,
        }
    }

    /// A member of the container that lies here.
    pub fn member(&self, holding: &Holding, member: Member) -> Self {
        let holding = holding.clone();
        Self {
            within: Some(Box::new(Within { holding, member })),
            ..self.clone()
        }
    }

    /// Whether it lies in localStorage.
    pub fn is_local(&self) -> bool {
        self.area == Area::LocalStorage
    }

    /// The record in which it lies.
    pub fn slot(&self) -> Self {
        Self::record(self.area.clone(), self.key.clone())
    }
}

fn no_key() -> Key {
    Key::Array(Vec::new())
}

impl std::fmt::Display for Place {
    /// Within its source: the key, and the member of a container.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.key.fmt(f)?;
        match self.within.as_ref().map(|within| &within.member) {
            None => Ok(()),
            Some(Member::Id(id)) => write!(f, " › {id}"),
            Some(Member::Name(name)) => write!(f, " › {name}"),
            Some(Member::Index(index)) => write!(f, " › [{index}]"),
        }
    }
}
