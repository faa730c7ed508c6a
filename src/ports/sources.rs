//! Where sessions lie today.

use super::Batch;
use crate::domain::config::SourceConfig;
use crate::domain::key::Key;
use crate::domain::place::Place;
use crate::error::Result;

/// What is to become of a record.
#[derive(Debug, Clone)]
pub enum Change<B> {
    /// It is not as expected: nothing is written, not even the batch.
    Refuse,
    /// It stays as it is.
    Keep,
    /// It goes.
    Remove,
    /// This takes its place.
    Put(B),
}

/// What is to become of a record, by what lies there.
pub type Decision<'a, B> = &'a dyn Fn(Option<&B>) -> Change<B>;

/// Whether a record goes, by its index among those that are asked about, and by what lies there.
pub type Goes<'a, B> = &'a dyn Fn(usize, &B) -> bool;

/// What a checked write in a source came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// Written, and the batch with it.
    Done,
    /// The record was not as expected; nothing was written, not even the batch.
    Refused,
}

/// Where sessions lie today: databases of the application, and localStorage. Looking never creates
/// a database, and nothing here ever changes a version or an object store. Places inside a record
/// are the engine's business: here they stand for that record.
pub trait Sources {
    /// See [`Ports::Body`](super::Ports::Body).
    type Body: Clone + 'static;

    /// Keys of all records under the prefix of a source, in their order; none if its database or
    /// store does not exist.
    async fn keys(&self, source: &SourceConfig) -> Result<Vec<Key>>;
    /// One record; `None` if there is none.
    async fn read(&self, place: &Place) -> Result<Option<Self::Body>>;
    /// Does to a record what `change` says of what lies there at that very moment, while a
    /// transaction of ours is open in which the fence of `then` was found to hold; then commits
    /// `then` in that transaction.
    async fn replace(
        &self,
        place: &Place,
        change: Decision<'_, Self::Body>,
        then: Batch<Self::Body>,
    ) -> Result<Swap>;
    /// Removes records of one object store, each only if `goes` says so of what lies there at that
    /// very moment (`goes` is given its index), while a transaction of ours is open in which the
    /// conditions of `then` were found to hold; then commits `then` in that transaction. Those that do not
    /// go stay as they are; those that are not there are as good as gone.
    async fn remove(
        &self,
        places: &[Place],
        goes: Goes<'_, Self::Body>,
        then: Batch<Self::Body>,
    ) -> Result<()>;
    /// Waits until whatever other tabs were writing to localStorage when it was last written here
    /// must have been heard of. What they wrote was put back where it had been overwritten; the
    /// keys that were concerned since the last call are returned.
    async fn settle(&self) -> Vec<Key>;
}
