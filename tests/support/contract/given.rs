//! What contracts begin with: records, batches, fences, and two futures at once.

use super::fixture::{BodyOf, Fixture};
use crate::support::value::Value;
use restow::domain::backup::{Backup, Format};
use restow::domain::chunk_list::{ChunkList, PieceName};
use restow::domain::config::{Config, SourceConfig};
use restow::domain::cut::{ArrayCut, Cut};
use restow::domain::digest::{Digest, Measure};
use restow::domain::key::Key;
use restow::domain::layout::{ArrayRule, Layout};
use restow::domain::manifest::{Manifest, Originals, State};
use restow::domain::path::Path;
use restow::domain::place::{Area, Place};
use restow::domain::time::Timestamp;
use restow::ports::{Batch, Bodies, Durability, Ports, Records, Stored, Write};
use serde_json::json;

/// A session.
pub fn id() -> Key {
    Key::text("s")
}

/// The moment at which contracts happen.
pub const NOW: Timestamp = Timestamp(1_768_465_800_000);

/// Some milliseconds after [`NOW`].
pub fn after(ms: u64) -> Timestamp {
    Timestamp(NOW.0 + ms)
}

/// A measure that only `number` has.
pub fn measure(number: u64) -> Measure {
    Measure {
        digest: Digest::of(&number.to_le_bytes()),
        bytes: number,
    }
}

/// Chunks of two items and a part.
pub fn layout() -> Layout {
    let array = |path: &str, chunk| ArrayRule {
        path: Path::dotted(path),
        chunk,
    };
    Layout {
        version: 3,
        id: Some(Path::dotted("id")),
        label: Some(Path::dotted("name")),
        arrays: vec![array("items", 2), array("video.chunks", 3)],
        parts: vec![Path::dotted("summary"), Path::dotted("deep.part")],
    }
}

/// A manifest without anything optional.
pub fn manifest(id: &Key, generation: u32, revision: u32) -> Manifest {
    Manifest {
        id: id.clone(),
        label: None,
        state: State::Committed,
        generation,
        revision,
        edited: false,
        layout: layout(),
        skeleton_measure: measure(1),
        fingerprint: Digest(7),
        bytes: 8,
        chunks: 3,
        places: None,
        origin: None,
        originals: Originals::Remove,
        backup: None,
        rollback: None,
        settling: None,
        warnings: vec![],
        created_at: NOW,
        updated_at: NOW,
    }
}

/// A list of two chunks of `items` and the part `summary`.
pub fn list(id: &Key, generation: u32) -> ChunkList {
    let array = ArrayCut {
        path: Path::dotted("items"),
        len: 3,
        chunk: 2,
    };
    let cut = Cut {
        arrays: vec![array],
        parts: vec![Path::dotted("summary")],
    };
    let measures: Vec<_> = (0..3).map(measure).collect();
    ChunkList::new(id.clone(), generation, &cut, &measures)
}

/// The name of a piece.
pub fn name(path: &str, index: u32) -> PieceName {
    PieceName {
        path: Path::dotted(path),
        index,
    }
}

/// One piece.
pub fn piece<B>(id: &Key, generation: u32, name: &PieceName, body: B) -> Write<B> {
    Write::PutPiece {
        id: id.clone(),
        generation,
        name: name.clone(),
        body,
    }
}

/// All but the bodies of a backup.
pub fn backup(path: &str, id: &Key, made: Timestamp) -> Backup {
    Backup {
        path: path.into(),
        id: id.clone(),
        backup_created_at: made,
        expires_at: Some(made.plus_days(30)),
        original_format: Format::Chunked,
        reason: "migration".into(),
        origin: None,
        state: None,
        layout: layout(),
        fingerprint: Digest(u128::MAX),
        bytes: 12,
    }
}

/// A batch without conditions.
pub fn batch<B>(writes: Vec<Write<B>>) -> Batch<B> {
    Batch {
        fence: None,
        expect: vec![],
        writes,
        durability: Durability::Relaxed,
        bytes: 0,
    }
}

/// A manifest of [`id`] as a write.
pub fn put_manifest<B>(generation: u32, revision: u32, skeleton: B) -> Write<B> {
    Write::PutManifest(Box::new(manifest(&id(), generation, revision)), skeleton)
}

/// Applies writes that must succeed.
pub async fn apply<P: Ports>(ports: &P, writes: Vec<Write<P::Body>>) {
    let batch = Batch {
        durability: Durability::Strict,
        ..batch(writes)
    };
    ports
        .records()
        .apply(batch)
        .await
        .expect("the batch applies");
}

/// All of the one session that is stored.
pub async fn loaded<P: Ports>(ports: &P) -> Stored<P::Body> {
    let found = ports.records().load(&id()).await;
    found.unwrap().expect("it is there")
}

/// The values of some bodies.
pub async fn values<F: Fixture>(fixture: &F, bodies: &[BodyOf<F>]) -> Vec<Value> {
    let mut values = Vec::new();
    for body in bodies {
        values.push(fixture.value(body).await);
    }
    values
}

/// The cut of a layout for a body.
pub fn plan<P: Ports>(ports: &P, layout: &Layout, body: &P::Body) -> Cut {
    Cut::plan(layout, |path| ports.bodies().shape(body, path)).0
}

/// A record of an application's store `rows`.
pub fn place<F: Fixture>(fixture: &F, key: Key) -> Place {
    let area = Area::store(fixture.database("app"), "rows");
    Place::record(area, key)
}

/// A text in localStorage.
pub fn local<F: Fixture>(fixture: &F, name: &str) -> Place {
    Place::record(Area::LocalStorage, fixture.local_key(name))
}

/// A source over the keys of localStorage that begin with a name.
pub fn local_source<F: Fixture>(fixture: &F, prefix: &str) -> SourceConfig {
    let prefix = fixture.local_key(prefix).as_suffix();
    source_of(json!({ "kind": "localStorage", "prefix": prefix }))
}

/// A source over the store `rows`.
pub fn source<F: Fixture>(fixture: &F, prefix: &str) -> SourceConfig {
    let database = fixture.database("app");
    source_of(json!({ "database": database, "store": "rows", "prefix": prefix }))
}

fn source_of(source: serde_json::Value) -> SourceConfig {
    let config = json!({ "sources": [source], "layout": { "arrays": [] } });
    Config::parse(&config)
        .expect("the configuration is sound")
        .sources
        .remove(0)
}

/// A key of each kind, in the order of IndexedDB.
pub fn keys() -> Vec<Key> {
    let binary = |bytes: &[u8]| Key::Binary(bytes.to_vec());
    vec![
        Key::Number(f64::NEG_INFINITY),
        Key::Number(-1.5),
        Key::Number(0.0),
        Key::Number(5.0),
        Key::Number(10.0),
        Key::Date(-1.0),
        Key::Date(1_768_465_800_000.0),
        Key::text(""),
        Key::text("10"),
        Key::text("5"),
        Key::text("s"),
        Key::Units(vec![0xD83D, 0x0041]),
        Key::text("😀"),
        Key::Units(vec![0xDC00]),
        Key::text("\u{FFFD}"),
        binary(&[]),
        binary(&[0]),
        binary(&[1, 2]),
        Key::Array(vec![]),
        Key::Array(vec![Key::Number(1.0), Key::text("a")]),
        Key::Array(vec![Key::text("a")]),
    ]
}

/// A backup of [`id`] as a write.
pub fn add_backup<F: Fixture>(fixture: &F, path: &str, session: f64) -> Write<BodyOf<F>> {
    Write::AddBackup {
        head: Box::new(backup(path, &id(), NOW)),
        envelope: fixture.body(&Value::Null),
        session: fixture.body(&Value::from(session)),
    }
}
