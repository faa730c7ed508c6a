//! What the engine needs from the world, and nothing more.
//!
//! Each trait has two implementations, which pass one contract suite: the browser's, and a twin in
//! memory that can be made to fail or to die at any operation.

mod batch;
mod bodies;
mod records;
mod sources;
mod tabs;

pub use batch::{Batch, Durability, Expect, Fence, Generations, Hold, Write};
pub use bodies::{Amended, Bodies, Insert, Measured, Member, Print, Split};
pub use records::{Census, Generation, Pulse, Records, Rows, Stored, StoredBackup};
pub use sources::{Change, Decision, Goes, Sources, Swap};
pub use tabs::{Clock, Held, Line, Locks, Unwatched, Watch};

/// All ports together.
pub trait Ports {
    /// A value as the browser holds it. Cloning it copies a reference.
    type Body: Clone + 'static;
    /// Reads, splits and joins values.
    type Bodies: Bodies<Body = Self::Body>;
    /// Where sessions lie today.
    type Sources: Sources<Body = Self::Body>;
    /// Our own database.
    type Records: Records<Body = Self::Body>;
    /// Locks between tabs.
    type Locks: Locks;
    /// Time.
    type Clock: Clock;

    /// See [`Bodies`].
    fn bodies(&self) -> &Self::Bodies;
    /// See [`Sources`].
    fn sources(&self) -> &Self::Sources;
    /// See [`Records`].
    fn records(&self) -> &Self::Records;
    /// See [`Locks`].
    fn locks(&self) -> &Self::Locks;
    /// See [`Clock`].
    fn clock(&self) -> &Self::Clock;
}
