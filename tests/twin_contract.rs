//! The contract suite on the memory twin.
#![cfg(not(target_arch = "wasm32"))]

mod support;

use restow::domain::key::Key;
use restow::domain::place::Place;
use std::collections::BTreeSet;
use std::path::Path;
use support::contract::{self, Fixture, for_each_contract};
use support::twin::{Disk, Twin, run};
use support::value::{Value, copied};

/// A disk of its own for each contract.
struct OnTheTwin(Disk);

impl Fixture for OnTheTwin {
    type Ports = Twin;

    async fn new() -> Self {
        Self(Disk::new())
    }

    async fn open(&self) -> Twin {
        Twin::new(&self.0)
    }

    fn database(&self, name: &str) -> String {
        name.into()
    }

    fn local_key(&self, name: &str) -> Key {
        Key::text(format!("app/{name}"))
    }

    async fn plant(&self, place: &Place, value: &Value) {
        self.0.plant_at(place, value.clone());
    }

    async fn raw(&self, place: &Place) -> Option<Value> {
        self.0.row(place)
    }

    async fn has_database(&self, database: &str) -> bool {
        self.0.image().sources.contains_key(database)
    }

    async fn has_own(&self) -> bool {
        self.0.has_own()
    }

    fn body(&self, value: &Value) -> Value {
        copied(value)
    }

    async fn value(&self, body: &Value) -> Value {
        body.clone()
    }

    async fn gzip(&self, text: &str) -> String {
        format!("GZIP_V1:{text}")
    }
}

macro_rules! on_the_twin {
    ($($module:ident::$contract:ident),* $(,)?) => {
        $(
            #[test]
            fn $contract() {
                run(contract::$module::$contract::<OnTheTwin>());
            }
        )*

        /// Every contract that is run, as `module::function`.
        const RUN: &[&str] = &[$(concat!(stringify!($module), "::", stringify!($contract))),*];
    };
}
for_each_contract!(on_the_twin);

#[test]
fn the_list_names_every_contract() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/contract");
    let mut written = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let module = path.file_stem().unwrap().to_string_lossy().into_owned();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let name = line
                .strip_prefix("pub async fn ")
                .and_then(|rest| rest.split('<').next());
            if let Some(name) = name.filter(|_| !["given", "conditions"].contains(&module.as_str()))
            {
                written.insert(format!("{module}::{name}"));
            }
        }
    }
    let run: BTreeSet<_> = RUN.iter().map(ToString::to_string).collect();
    assert_eq!(run, written);
    assert_eq!(run.len(), RUN.len(), "a contract is named twice");
    assert!(run.len() > 50, "the contracts were not found");
}
