//! Damage in every store: it is found and named, loading never hides it, and what can be proven is
//! repaired.

mod finding;
mod mending;
mod repairing;

use crate::lab::{Lab, key, session};
use crate::support::twin::{Own, run};
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::report::{RepairResult, VerifyAllResult};
use restow::engine::RepairOptions;
use restow::ports::Unwatched;

/// Two sessions in chunks, of which the second was edited; their backups, and a third in its source.
fn lab() -> Lab {
    let lab = Lab::small();
    lab.plant("s2", &session("s2", 4));
    lab.migrate_all();
    lab.edit("s2");
    lab.plant("s3", &session("s3", 1));
    lab
}

fn verify(lab: &Lab) -> VerifyAllResult {
    run(lab.tab().verify_all(&Unwatched)).unwrap()
}

/// What a confirmed repair is asked with.
fn asked() -> RepairOptions {
    RepairOptions {
        confirmed: true,
        ..RepairOptions::default()
    }
}

fn repair(lab: &Lab) -> RepairResult {
    run(lab.tab().repair(&asked())).unwrap()
}

fn rehearse(lab: &Lab) -> RepairResult {
    let options = RepairOptions {
        dry_run: true,
        ..RepairOptions::default()
    };
    run(lab.tab().repair(&options)).unwrap()
}

fn own(lab: &Lab) -> Own {
    lab.disk.own().unwrap()
}

fn body(lab: &Lab, id: &str) -> Option<Value> {
    run(lab.tab().load_full(&key(id))).unwrap()
}

/// The first piece of a session, by its key.
fn first_piece(lab: &Lab, id: &str) -> (Key, u32, restow::domain::chunk_list::PieceName) {
    let (generation, name) = lab.disk.pieces_of(&key(id)).remove(0);
    (key(id), generation, name)
}
