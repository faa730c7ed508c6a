//! What the engine needs from the world, and nothing more.
//!
//! Each trait has two implementations, which pass one contract suite: the browser's, and a twin in
//! memory that can be made to fail or to die at any operation.

use crate::domain::backup::Backup;
use crate::domain::chunk_list::{ChunkList, PieceName};
use crate::domain::config::SourceConfig;
use crate::domain::cut::{Cut, Shape};
use crate::domain::digest::{Digest, Measure};
use crate::domain::key::Key;
use crate::domain::limits::{Day, Edit, Fact};
use crate::domain::manifest::Manifest;
use crate::domain::path::Path;
use crate::domain::place::Place;
use crate::domain::progress::Progress;
use crate::domain::recognise::{BodyFacts, Broken};
use crate::domain::records::{AuditEntry, JournalEntry, QuarantineEntry};
use crate::domain::time::Timestamp;
use crate::error::Result;
use std::collections::BTreeSet;

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

/// A body taken apart.
#[derive(Debug, Clone)]
pub struct Split<B> {
    /// The body without what was taken out. Each place still has its key, so that joining restores
    /// even the order of keys; an array leaves an empty array with its extra properties.
    pub skeleton: B,
    /// The pieces, in the order of the cut.
    pub pieces: Vec<B>,
    /// Objects that exist in no piece any more: the arrays that were sliced and the containers on
    /// the way to them. A reference to one of them from elsewhere would be lost.
    pub moved: Vec<B>,
}

/// Measures of some pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// With the bytes of Blobs.
    pub full: Vec<Measure>,
    /// Without them: what can be computed inside a transaction.
    pub outline: Vec<Measure>,
}

/// Reads, splits and joins values without turning them into Rust values. No method changes what it
/// is given.
pub trait Bodies {
    /// See [`Ports::Body`].
    type Body: Clone + 'static;

    /// What lies at a path.
    fn shape(&self, body: &Self::Body, path: &Path) -> Shape;
    /// What recognition needs to know.
    fn facts(&self, body: &Self::Body, id: &Path) -> BodyFacts;
    /// Text at a path.
    fn text(&self, body: &Self::Body, path: &Path) -> Option<String>;
    /// `null`.
    fn null(&self) -> Self::Body;
    /// Text.
    fn of_text(&self, text: &str) -> Self::Body;
    /// Whether a value is text.
    fn is_text(&self, body: &Self::Body) -> bool;

    /// Takes a stored body out of its record: the envelope with `null` in its place, and the body.
    /// `None` if the record has nothing there.
    fn peel(&self, record: &Self::Body, at: &Path) -> Option<(Self::Body, Self::Body)>;
    /// The inverse of [`peel`](Self::peel).
    fn wrap(&self, envelope: &Self::Body, at: &Path, stored: &Self::Body) -> Self::Body;
    /// Decodes `GZIP_V1:` text; `None` for any other value, which is its own decoding.
    async fn decode(&self, stored: &Self::Body) -> Result<Option<Self::Body>, Broken>;

    /// Takes a body apart.
    fn split(&self, body: &Self::Body, cut: &Cut) -> Split<Self::Body>;
    /// Puts a body together: into a skeleton, arrays from their chunks and parts by themselves.
    /// `None` if the skeleton has no such places.
    fn join(
        &self,
        skeleton: &Self::Body,
        arrays: &[(Path, Vec<Self::Body>)],
        parts: &[(Path, Self::Body)],
    ) -> Option<Self::Body>;
    /// A copy as storing and reading would make it.
    fn copy(&self, body: &Self::Body) -> Result<Self::Body>;

    /// Digest and size of each piece. Fails with `UnsupportedValue` for a value that can't be read
    /// safely, and with `SharedObject` for an object in more than one piece, or in `moved`.
    async fn measure(
        &self,
        pieces: &[Self::Body],
        moved: &[Self::Body],
    ) -> Result<Measured, Broken>;
    /// The `outline` of [`measure`](Self::measure), at once.
    fn outline(&self, pieces: &[Self::Body], moved: &[Self::Body]) -> Result<Vec<Measure>, Broken>;

    /// The text inside `GZIP_V1:` text; `None` for any other value.
    async fn unzip(&self, stored: &Self::Body) -> Result<Option<Self::Body>, Broken>;
    /// Text as `GZIP_V1:` text.
    async fn zip(&self, text: &Self::Body) -> Result<Self::Body, Broken>;
    /// The value of JSON text, if parsing it loses nothing; `None` for what is no text.
    fn parse(&self, text: &Self::Body) -> Result<Option<Self::Body>, Broken>;
    /// What an array or a map holds that lies at a path in a value, or in JSON text, in its order;
    /// `id` is where each says its id. A member of a text is the text of that member.
    fn members(
        &self,
        held: &Self::Body,
        collection: &Path,
        id: &Path,
    ) -> Result<Vec<Member<Self::Body>>, Broken>;
    /// The same value or text without some members, by their places in that order, and with some
    /// others put in. Whatever else it holds stays as it is, in a text to the last unit.
    fn splice(
        &self,
        held: &Self::Body,
        collection: &Path,
        remove: &BTreeSet<usize>,
        insert: Option<&Insert<Self::Body>>,
    ) -> Option<Self::Body>;
    /// What a checksum is computed over: text as it is, any other value as JSON text.
    fn summed(&self, stored: &Self::Body) -> Option<String>;
    /// Whether two texts are the same; false for anything else.
    fn same_text(&self, one: &Self::Body, other: &Self::Body) -> bool;

    /// The value at a path.
    fn get(&self, body: &Self::Body, path: &Path) -> Option<Self::Body>;
    /// A copy with the value at a path replaced or added; `None` if the path's container is neither
    /// an object nor an array that the key fits.
    fn set(&self, body: &Self::Body, path: &Path, value: &Self::Body) -> Option<Self::Body>;
    /// What lies at a path, for limits. Only data is read: where a getter lies, nothing does.
    fn fact(&self, body: &Self::Body, path: &Path) -> Fact;
    /// Keys of what lies at a path, in their order: indices of an array's items, names of a plain
    /// object's values; none for all else. Holes are no items, and names that no text can hold
    /// are left out.
    fn keys(&self, body: &Self::Body, path: &Path) -> Vec<String>;
    /// A copy with some values changed, one after the other; `None` where one of them can't be.
    fn amend(&self, body: &Self::Body, edits: &[&Edit]) -> Option<Amended<Self::Body>>;

    /// Length of an array.
    fn len(&self, body: &Self::Body) -> Option<u32>;
    /// Items `from..to` of an array, holes included.
    fn slice(&self, array: &Self::Body, from: u32, to: u32) -> Self::Body;
    /// Arrays, one behind the other.
    fn concat(&self, arrays: &[Self::Body]) -> Self::Body;
}

/// A body in which some values were changed.
#[derive(Debug, Clone)]
pub struct Amended<B> {
    /// The body. All that was not changed is what it was.
    pub body: B,
    /// Objects of which copies took the place. A reference to one of them from elsewhere would
    /// still lead to what was there before.
    pub moved: Vec<B>,
}

/// One member of an array or a map.
#[derive(Debug, Clone)]
pub struct Member<B> {
    /// Its name in a map; `None` in an array.
    pub name: Option<Key>,
    /// Its value, or its text.
    pub body: B,
    /// What it says of itself.
    pub facts: BodyFacts,
    /// Why parsing it would lose something.
    pub broken: Option<Broken>,
}

/// A member to be put in.
#[derive(Debug, Clone)]
pub struct Insert<B> {
    /// How many of the members that stay come before it.
    pub position: u32,
    /// Its name in a map; `None` in an array.
    pub name: Option<Key>,
    /// Its value, or its text.
    pub body: B,
}

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
    /// See [`Ports::Body`].
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
    /// Waits until whatever other tabs were writing to localStorage when it was last written here
    /// must have been heard of. What they wrote was put back where it had been overwritten; the
    /// keys that were concerned since the last call are returned.
    async fn settle(&self) -> Vec<Key>;
}

/// A stored session, read in one transaction.
#[derive(Debug, Clone)]
pub struct Stored<B> {
    /// Its manifest.
    pub manifest: Manifest,
    /// Its skeleton.
    pub skeleton: B,
    /// Its list of chunks; `None` for a tombstone, or if it is missing.
    pub list: Option<ChunkList>,
    /// Its pieces, in the order of the list; `None` for one that is missing.
    pub pieces: Vec<Option<B>>,
    /// Pieces of this generation that the list does not know.
    pub unexpected: Vec<PieceName>,
}

/// How sure a write must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// On the disk before the call returns.
    Strict,
    /// Committed; the system writes it to the disk in its own time.
    Relaxed,
}

/// What the fence of a batch does with the session's lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Takes it if it is free, over, or ours; with `force`, also from a holder that is known to be
    /// gone.
    Take {
        /// Whether an exclusive lock proves that no one else is at work.
        force: bool,
    },
    /// Needs it to be ours.
    Keep,
    /// Needs it to be ours, and gives it up.
    Release,
    /// Takes it as `Take` does and gives it up with the same batch.
    Once {
        /// As for `Take`.
        force: bool,
    },
}

/// Makes a batch fail with `Fenced` or `Busy` unless the session is ours to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The session.
    pub id: Key,
    /// Our token.
    pub token: String,
    /// What to do with the lease.
    pub hold: Hold,
    /// The time now.
    pub now: Timestamp,
    /// When the lease ends if it is kept.
    pub until: Timestamp,
}

/// The manifest that a batch expects to find; anything else makes it fail with `StaleHandle`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// The session.
    pub id: Key,
    /// Its generation and revision; `None` for no manifest.
    pub revision: Option<(u32, u32)>,
}

/// Which generations of a session's chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generations {
    /// All of them.
    All,
    /// One.
    One(u32),
    /// All but the live one.
    AllBut(u32),
}

/// One write.
#[derive(Debug, Clone)]
pub enum Write<B> {
    /// A manifest and its skeleton.
    PutManifest(Box<Manifest>, B),
    /// No manifest any more.
    DeleteManifest(Key),
    /// A chunk list.
    PutList(ChunkList),
    /// One piece.
    PutPiece {
        /// The session.
        id: Key,
        /// The generation.
        generation: u32,
        /// Which piece.
        name: PieceName,
        /// Its value.
        body: B,
    },
    /// One piece less.
    DeletePiece {
        /// The session.
        id: Key,
        /// The generation.
        generation: u32,
        /// Which piece.
        name: PieceName,
    },
    /// All pieces and lists of some generations less.
    DeleteGenerations(Key, Generations),
    /// A new backup: fails if its path is taken.
    AddBackup {
        /// All but the bodies.
        head: Box<Backup>,
        /// The record without the session.
        envelope: B,
        /// The session as it was stored.
        session: B,
    },
    /// One backup less.
    DeleteBackup(String),
    /// What is in flight for a session.
    PutJournal(JournalEntry),
    /// Nothing is any more.
    DeleteJournal(Key),
    /// A session in quarantine.
    PutQuarantine(QuarantineEntry),
    /// No longer in quarantine, by its place.
    DeleteQuarantine(String),
    /// One line of the audit.
    Audit(AuditEntry),
}

/// Writes that happen all together, or not at all, in one transaction.
#[derive(Debug, Clone)]
pub struct Batch<B> {
    /// Must hold, or nothing is written.
    pub fence: Option<Fence>,
    /// Must all be so, or nothing is written.
    pub expect: Vec<Expect>,
    /// What is written, all of it queued at once.
    pub writes: Vec<Write<B>>,
    /// How sure it must be.
    pub durability: Durability,
    /// Approximate size, for the message of `QuotaExceeded`.
    pub bytes: u64,
}

/// A backup with its bodies.
#[derive(Debug, Clone)]
pub struct StoredBackup<B> {
    /// All but the bodies.
    pub head: Backup,
    /// The record without the session.
    pub envelope: B,
    /// The session as it was stored.
    pub session: B,
}

/// Our own database. Reading creates nothing: without a database there is nothing to be found.
pub trait Records {
    /// See [`Ports::Body`].
    type Body: Clone + 'static;

    /// Applies a batch in one transaction.
    async fn apply(&self, batch: Batch<Self::Body>) -> Result<()>;

    /// One manifest and its skeleton.
    async fn manifest(&self, id: &Key) -> Result<Option<(Manifest, Self::Body)>>;
    /// All manifests, in the order of their ids.
    async fn manifests(&self) -> Result<Vec<Manifest>>;
    /// The list of a generation.
    async fn list(&self, id: &Key, generation: u32) -> Result<Option<ChunkList>>;
    /// Some pieces of a generation, in the order asked for; `None` for one that is missing.
    async fn pieces(
        &self,
        id: &Key,
        generation: u32,
        names: &[PieceName],
    ) -> Result<Vec<Option<Self::Body>>>;
    /// A session with all its pieces, in one transaction.
    async fn load(&self, id: &Key) -> Result<Option<Stored<Self::Body>>>;

    /// One backup.
    async fn backup(&self, path: &str) -> Result<Option<StoredBackup<Self::Body>>>;
    /// All backups, of one session or of all, oldest first, without their bodies.
    async fn backups(&self, id: Option<&Key>) -> Result<Vec<Backup>>;
    /// What is in flight.
    async fn journal(&self) -> Result<Vec<JournalEntry>>;
    /// What is in quarantine.
    async fn quarantine(&self) -> Result<Vec<QuarantineEntry>>;
    /// The audit, oldest first.
    async fn audit(&self) -> Result<Vec<AuditEntry>>;
    /// Bytes in use by this origin, and bytes that it may use, as far as the browser tells.
    async fn quota(&self) -> Option<(f64, f64)>;
}

/// Locks between tabs: a courtesy. What is true is the lease that each [`Fence`] checks.
pub trait Locks {
    /// Held until dropped.
    type Guard: Held;

    /// Waits for the lock of that name, for `limit_ms` at most, and goes on without it after that.
    async fn acquire(&self, name: &str, limit_ms: u32) -> Self::Guard;
}

/// A lock, or the lack of one.
pub trait Held {
    /// Whether the lock is really held, and so no one else is at work.
    fn exclusive(&self) -> bool;
    /// A token that no other acquisition has.
    fn token(&self) -> &str;
}

/// Time.
pub trait Clock {
    /// The device's clock, which may be wrong and may jump.
    fn now(&self) -> Timestamp;
    /// Milliseconds from some beginning, never backwards.
    fn elapsed_ms(&self) -> f64;
    /// Today on the person's calendar, by the device's clock and zone.
    fn today(&self) -> Day;
    /// The day on the person's calendar of a moment in milliseconds since 1970; `None` where the
    /// calendar has none.
    fn day_of(&self, ms: i64) -> Option<Day>;
    /// Lets the page do what it has to do.
    async fn breathe(&self);
}

/// The caller of a long call: hears of its progress, and may cancel it.
pub trait Watch {
    /// Something happened.
    fn progress(&self, event: &Progress);
    /// Whether to stop before the next session.
    fn cancelled(&self) -> bool;
}

/// A caller that does not listen.
pub struct Unwatched;

impl Watch for Unwatched {
    fn progress(&self, _event: &Progress) {}
    fn cancelled(&self) -> bool {
        false
    }
}

/// The digests of one body, or of one record, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Print {
    /// With the bytes of Blobs.
    pub fingerprint: Digest,
    /// Without them.
    pub outline: Digest,
    /// Approximate size.
    pub bytes: u64,
}
