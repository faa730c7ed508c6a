//! A disk with an application's sessions on it, and tabs that open it.

use crate::support::twin::{Disk, Rows, Twin, run};
use crate::support::value::Value;
use restow::domain::config::Config;
use restow::domain::key::Key;
use restow::domain::manifest::Manifest;
use restow::domain::path::Path;
use restow::domain::place::{Area, Place};
use restow::domain::report::{BatchMigrationResult, SessionMigrationResult};
use restow::engine::{Edits, Engine, Handle, Options};
use restow::error::Result;
use restow::ports::Unwatched;
use serde_json::json;

/// An engine in a tab of its own.
pub type Tab = Engine<Twin>;

/// A disk, and the configuration with which every tab opens it.
#[derive(Clone)]
pub struct Lab {
    pub disk: Disk,
    pub config: Config,
    /// Whether there are Web Locks.
    pub locks: bool,
}

impl Lab {
    /// An empty disk and a configuration.
    pub fn new(config: serde_json::Value) -> Self {
        let disk = Disk::new();
        disk.demand_lines();
        Self {
            disk,
            config: Config::parse(&config).unwrap(),
            locks: true,
        }
    }

    /// An empty disk and the preset `taskerino`.
    pub fn taskerino() -> Self {
        Self::new(json!({ "preset": "taskerino" }))
    }

    /// The preset, with a session `s1` of 45 screenshots and a neighbour that is no session.
    pub fn with_session() -> Self {
        let lab = Self::taskerino();
        lab.plant("s1", &session("s1", 45));
        lab.disk.plant(
            "taskerino-db",
            "collections",
            Key::text("settings"),
            json!({ "theme": "dark" }),
        );
        lab
    }

    /// Small chunks and a small session `s1`, for what is run thousands of times.
    pub fn small() -> Self {
        let mut lab = Self::taskerino();
        for array in &mut lab.config.layout.arrays {
            array.chunk = 2;
        }
        lab.plant("s1", &session("s1", 3));
        lab
    }

    /// So many sessions and a broken one: two chunked, one diverged, one rolled back, the rest as they were.
    pub fn in_all_states(whole: u32) -> Self {
        let lab = Self::small();
        for n in 0..whole {
            let id = format!("s{n}");
            lab.plant(&id, &session(&id, n));
        }
        let broken = format!("s{whole}");
        lab.plant_row(&broken, wrapped(&broken, Value::Null));
        for id in ["s0", "s1", "s2", "s3"] {
            lab.migrate(id);
        }
        lab.plant("s2", &session("s2", 7));
        run(lab.tab().rollback(&key("s3"), None, Edits::Refuse, true)).unwrap();
        lab
    }

    /// The same with `s1` migrated.
    pub fn with_migrated() -> Self {
        let lab = Self::with_session();
        lab.migrate("s1");
        lab
    }

    /// The same with originals kept.
    pub fn keeping(mut self) -> Self {
        self.config.originals = restow::domain::manifest::Originals::Keep;
        self
    }

    /// Another disk on which the same lies.
    pub fn fork(&self) -> Self {
        Self {
            disk: self.disk.fork(),
            config: self.config.clone(),
            locks: self.locks,
        }
    }

    /// The same on a disk without Web Locks.
    pub fn without_locks(&self) -> Self {
        let lab = self.fork();
        lab.disk.set_web_locks(false);
        Self {
            locks: false,
            ..lab
        }
    }

    /// A tab of this disk that comes to act on it from elsewhere.
    pub fn on(disk: &Disk, config: &Config) -> Self {
        Self {
            disk: disk.clone(),
            config: config.clone(),
            locks: true,
        }
    }

    /// A new tab.
    pub fn tab(&self) -> Tab {
        Engine::new(Twin::new(&self.disk), self.config.clone())
    }

    /// Where the preset's session of that id lies.
    pub fn place(&self, id: &str) -> Place {
        let area = Area::store("taskerino-db", "collections");
        Place::record(area, Key::text(format!("sessions/{id}")))
    }

    /// Puts a record under the prefix.
    pub fn plant_row(&self, id: &str, record: impl Into<Value>) {
        self.disk.plant_at(&self.place(id), record);
    }

    /// Puts a session there as the application wraps it.
    pub fn plant(&self, id: &str, body: &Value) {
        self.plant_row(id, wrapped(id, body.clone()));
    }

    /// The application removes a session.
    pub fn unplant(&self, id: &str) {
        self.disk.remove_at(&self.place(id));
    }

    /// The record under the prefix.
    pub fn row(&self, id: &str) -> Option<Value> {
        self.disk.row(&self.place(id))
    }

    /// All records of the application.
    pub fn rows(&self) -> Rows {
        self.disk.rows("taskerino-db", "collections")
    }

    /// Migrates one session in a new tab.
    pub fn migrate(&self, id: &str) -> SessionMigrationResult {
        run(self.tab().migrate(&Key::text(id), &Options::default())).unwrap()
    }

    /// Migrates all in a new tab.
    pub fn migrate_all(&self) -> BatchMigrationResult {
        run(self.tab().migrate_all(&Options::default(), &Unwatched)).unwrap()
    }

    /// Loads a session in a new tab.
    pub fn load(&self, id: &str) -> Result<Option<Value>> {
        run(self.tab().load_full(&Key::text(id)))
    }

    /// A manifest of ours.
    pub fn manifest(&self, id: &str) -> Option<Manifest> {
        let own = self.disk.own()?;
        own.manifests.get(&Key::text(id)).map(|(m, _)| m.clone())
    }

    /// Paths of all backups of a session, oldest first.
    pub fn backups(&self, id: &str) -> Vec<String> {
        let rows = run(self.tab().list_backups(Some(&Key::text(id)))).unwrap();
        rows.into_iter().map(|row| row.path).collect()
    }

    /// A handle in a new tab, and that tab.
    pub fn open(&self, id: &str) -> (Tab, Handle<Value>) {
        let tab = self.tab();
        let handle = run(tab.open_session(&Key::text(id))).unwrap().unwrap();
        (tab, handle)
    }

    /// Migrates a session and appends one screenshot, so that it is edited.
    pub fn edit(&self, id: &str) {
        self.edit_with(id, "screenshots");
    }

    /// The same for an array of another layout.
    pub fn edit_with(&self, id: &str, array: &str) {
        let (tab, handle) = self.open(id);
        let item = Value::list([json!({ "id": "edited" }).into()]);
        run(tab.append(&handle, &path(array), &item)).unwrap();
    }
}

/// A path in dotted form.
pub fn path(text: &str) -> Path {
    Path::dotted(text)
}

/// A key that is text.
pub fn key(text: &str) -> Key {
    Key::text(text)
}

/// A record as the application of the preset writes it.
pub fn wrapped(id: &str, body: Value) -> Value {
    Value::object([
        ("name", Value::text(format!("sessions/{id}"))),
        ("data", body),
        ("timestamp", 1_700_000_000_000.0.into()),
        ("checksum", "1k2j3h".into()),
    ])
}

/// JSON text as the twin's compressed text.
pub fn gzip(json: &serde_json::Value) -> Value {
    Value::text(format!("GZIP_V1:{json}"))
}

/// One screenshot.
pub fn shot(number: u32) -> Value {
    Value::object([
        ("id", Value::text(format!("shot-{number}"))),
        ("timestamp", Value::text("2024-10-24T12:34:56.789Z")),
        ("ocr", Value::text(format!("text {number} é😀"))),
        ("minus", Value::Number(-0.0)),
    ])
}

/// A session with a bit of everything: unknown fields, odd values, nested arrays.
pub fn session(id: &str, shots: u32) -> Value {
    Value::object([
        ("zuletzt", Value::text("an unknown field that comes first")),
        ("id", Value::text(id)),
        ("name", Value::text(format!("Session {id}"))),
        ("endTime", Value::Undefined),
        ("score", Value::Number(f64::NAN)),
        ("screenshots", Value::list((0..shots).map(shot))),
        (
            "audioSegments",
            Value::sparse(3, [(0, shot(1000)), (2, Value::Null)]).extra("note", "kept"),
        ),
        (
            "video",
            Value::object([
                ("id", Value::text("v")),
                ("chunks", Value::list([shot(2000)])),
                ("chapters", Value::list([Value::text("one")])),
            ]),
        ),
        ("summary", json!({ "narrative": "A morning" }).into()),
        ("fullTranscription", Value::text("")),
        ("contextItems", Value::list([])),
        ("unknown", json!({ "deep": [1, { "a": null }] }).into()),
    ])
}

/// So many cases of a property. What fails is printed; nothing is written beside the tests.
pub fn cases(cases: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        cases,
        failure_persistence: None,
        ..Default::default()
    }
}
