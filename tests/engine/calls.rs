//! Everything that can be done to a session, and everything that it may be when it is done.

use crate::lab::{Lab, Tab, key, path, session, shot};
use crate::support::twin::{TwinBodies, run};
use crate::support::value::Value;
use restow::domain::retention::Rule;
use restow::engine::{Edits, Options, Side};
use restow::ports::{Bodies, Unwatched};

/// A call about `s1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Call {
    Migrate,
    Force,
    Batch,
    Load,
    Append,
    Rollback,
    RollbackKeep,
    KeepSource,
    KeepChunks,
    Delete,
    Create,
    Cleanup,
    RemoveOriginals,
}

pub const CALLS: [Call; 13] = [
    Call::Migrate,
    Call::Force,
    Call::Batch,
    Call::Load,
    Call::Append,
    Call::Rollback,
    Call::RollbackKeep,
    Call::KeepSource,
    Call::KeepChunks,
    Call::Delete,
    Call::Create,
    Call::Cleanup,
    Call::RemoveOriginals,
];

/// The session that `Create` makes.
pub fn created() -> Value {
    session("s1", 1).with("name", "Created anew")
}

/// Does it, and says whether it said that it did.
pub async fn act(tab: &Tab, call: Call) -> bool {
    let id = key("s1");
    let force = Options {
        force: true,
        ..Options::default()
    };
    match call {
        Call::Migrate => tab.migrate(&id, &Options::default()).await.is_ok(),
        Call::Force => tab.migrate(&id, &force).await.is_ok(),
        Call::Batch => {
            let result = tab.migrate_all(&Options::default(), &Unwatched).await;
            result.is_ok_and(|result| result.success)
        }
        Call::Load => tab.load_full(&id).await.is_ok(),
        Call::Append => match tab.open_session(&id).await {
            Ok(Some(handle)) => {
                let items = Value::list([shot(99)]);
                let appended = tab.append(&handle, &path("screenshots"), &items).await;
                appended.is_ok()
            }
            _ => false,
        },
        Call::Rollback => tab.rollback(&id, None, Edits::Refuse, true).await.is_ok(),
        Call::RollbackKeep => tab.rollback(&id, None, Edits::Keep, true).await.is_ok(),
        Call::KeepSource => tab.resolve_conflict(&id, Side::Source, true).await.is_ok(),
        Call::KeepChunks => tab.resolve_conflict(&id, Side::Chunks, true).await.is_ok(),
        Call::Delete => tab.delete(&id, true).await.is_ok(),
        Call::Create => tab.create(&created(), None).await.is_ok(),
        Call::Cleanup => tab.cleanup(Rule::Expired, true).await.is_ok(),
        Call::RemoveOriginals => tab.remove_originals(true).await.is_ok(),
    }
}

/// A body without what `Append` adds, which replaces the body that was there.
pub fn before_append(body: &Value) -> Value {
    let Some(shots) = body.child("screenshots") else {
        return body.clone();
    };
    let len = TwinBodies.len(&shots).unwrap_or(0);
    let shots = (0..len).map(|index| shots.child(&index.to_string()).unwrap());
    body.with(
        "screenshots",
        Value::list(shots.filter(|one| *one != shot(99))),
    )
}

/// Whether one of some bodies has what `Append` adds.
pub fn has_appended(bodies: &[Value]) -> bool {
    bodies.iter().any(|body| before_append(body) != *body)
}

/// Where `s1` may stand to begin with.
pub fn beginnings() -> Vec<(&'static str, Lab)> {
    let legacy = Lab::small();
    let migrated = legacy.fork();
    migrated.migrate("s1");
    let edited = migrated.fork();
    edited.edit("s1");
    let rolled_back = migrated.fork();
    run(act(&rolled_back.tab(), Call::Rollback));
    let diverged = migrated.fork();
    diverged.plant("s1", &session("s1", 3).with("name", "Other"));
    let kept = legacy.fork().keeping();
    kept.migrate("s1");
    let old = migrated.fork();
    old.disk.clock().advance_days(31);
    vec![
        ("legacy", legacy),
        ("migrated", migrated),
        ("edited", edited),
        ("rolled back", rolled_back),
        ("diverged", diverged),
        ("kept", kept),
        ("old", old),
    ]
}
