//! Every way in which a call can fail, each with a code that stays the same between releases.
//!
//! The enum and the codes are one table ([`Error::code`]); the documentation of the codes in the
//! README is compared with it by a test.

use crate::domain::headroom::Shortage;
use crate::domain::key::Key;
use std::any::Any;
use std::fmt;
use std::rc::Rc;

/// What every fallible function of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the browser said when it refused, kept for the `cause` of the error that JavaScript sees.
#[derive(Clone)]
pub struct Cause {
    /// Name of the exception, for example `AbortError`.
    pub name: String,
    /// The exception itself; opaque here, so that the core names no browser type.
    pub inner: Option<Rc<dyn Any>>,
}

impl Cause {
    /// A cause that is nothing but a name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            inner: None,
        }
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cause({})", self.name)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Everything that can go wrong. No variant ever carries a body, a secret or a value.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A field of the configuration is missing or of the wrong kind.
    #[error("configuration: `{field}` {expected}")]
    InvalidConfig {
        /// The field, dotted: `sources[0].store`.
        field: String,
        /// What would be right.
        expected: String,
    },
    /// An argument of a call is of the wrong kind.
    #[error("`{name}` {expected}")]
    InvalidArgument {
        /// Name of the argument.
        name: String,
        /// What would be right.
        expected: String,
    },
    /// No session with this id in any source, and none of our own.
    #[error("there is no session {id}")]
    NotFound {
        /// The id asked for.
        id: Key,
    },
    /// A destructive call came without `confirm: true`.
    #[error("{action} needs `confirm: true`: {summary}")]
    ConfirmationRequired {
        /// The method that was called.
        action: &'static str,
        /// One sentence that says what it would do.
        summary: String,
        /// The same as data, for the `preview` of the JavaScript error.
        preview: serde_json::Value,
    },
    /// The browser has no room left for what was to be written. Nothing was changed.
    #[error("the browser's storage is full: {needed} bytes were to be written")]
    QuotaExceeded {
        /// Bytes of the batch that did not fit, as far as known.
        needed: u64,
        /// What the browser said.
        cause: Option<Cause>,
    },
    /// What is to be written needs more room than the browser says there is. None of it was.
    #[error("the browser's storage does not suffice: {0}")]
    NoHeadroom(Box<Shortage>),
    /// The browser refuses storage in this context (private mode, policy, sandboxed frame).
    #[error("the browser denies access to its storage ({cause})")]
    StorageDenied {
        /// What the browser said.
        cause: Cause,
    },
    /// There is no IndexedDB, or no localStorage, here: a server, a worker, or a browser that lacks
    /// it.
    #[error("there is no such storage here; call this in the page of a browser")]
    StorageUnavailable,
    /// Another tab holds the database open in a way that blocks this one.
    #[error("database `{database}` is blocked by another tab; close that tab or reload it")]
    Blocked {
        /// Name of the database.
        database: String,
    },
    /// The connection to the database went away and could not be opened again.
    #[error("the connection to database `{database}` was lost ({cause})")]
    ConnectionLost {
        /// Name of the database.
        database: String,
        /// What the browser said.
        cause: Cause,
    },
    /// A transaction was undone by the browser. Nothing of it was written.
    #[error("the browser aborted a transaction ({cause})")]
    TransactionAborted {
        /// What the browser said.
        cause: Cause,
    },
    /// The browser could not read one record.
    #[error("a record could not be read ({cause})")]
    Unreadable {
        /// What the browser said.
        cause: Cause,
    },
    /// The database was written by a newer Restow. Nothing was touched.
    #[error(
        "database `{database}` was written by a newer Restow (version {found}; this one reads up to {known})"
    )]
    SchemaTooNew {
        /// Name of the database.
        database: String,
        /// Version found.
        found: u32,
        /// The newest version this release knows.
        known: u32,
    },
    /// A wait came to its limit.
    #[error("{what} took longer than {seconds} s")]
    Timeout {
        /// What was waited for.
        what: &'static str,
        /// The limit.
        seconds: u32,
    },
    /// Another tab works on this session.
    #[error("session {id} is being worked on by another tab; try again")]
    Busy {
        /// The session.
        id: Key,
    },
    /// Another tab works on the state in localStorage.
    #[error("the state in localStorage is being worked on by another tab; try again")]
    StateBusy,
    /// A snapshot that was read back is not what was captured. localStorage was left as it was.
    #[error("the snapshot of state did not pass verification; localStorage is untouched")]
    StateUnverified,
    /// What lies under a key can't be carried, or merged into. Nothing was written.
    #[error("what lies under {key} can't be carried ({code}): {reason}; nothing was written")]
    StateNotCarried {
        /// The key.
        key: String,
        /// As a code of the quarantine table.
        code: &'static str,
        /// In words.
        reason: String,
    },
    /// What was written under a key is not what was found there afterwards.
    #[error("{key} does not hold what was written; {path} has what was there before")]
    StateNotWritten {
        /// The key.
        key: String,
        /// The snapshot.
        path: String,
    },
    /// Another tab took this session over while this one slept. Nothing was written.
    #[error("session {id} was taken over by another tab")]
    Fenced {
        /// The session.
        id: Key,
    },
    /// Someone else changed the session since this handle read it.
    #[error("session {id} has changed since this handle was opened; open it again")]
    StaleHandle {
        /// The session.
        id: Key,
    },
    /// Source and chunks are both live and different.
    #[error(
        "session {id} has diverged: its source changed after it was migrated; see resolveConflict"
    )]
    Diverged {
        /// The session.
        id: Key,
    },
    /// The session can't be moved safely and stays where it is.
    #[error("session {id} is in quarantine ({code}): {reason}")]
    Quarantined {
        /// The session.
        id: Key,
        /// Why, as a code of the quarantine table.
        code: &'static str,
        /// Why, in words.
        reason: String,
    },
    /// The session lies in its source and not in chunks, and was not migrated on the way.
    #[error("session {id} is not chunked: {reason}")]
    NotChunked {
        /// The session.
        id: Key,
        /// Why.
        reason: &'static str,
    },
    /// What was read back is not what was to be stored. The source was left as it was.
    #[error("session {id} did not pass verification at {place}; its source is untouched")]
    VerificationFailed {
        /// The session.
        id: Key,
        /// The chunk, part or record that differs.
        place: String,
    },
    /// Two bodies given to `verifyDataIntegrity` differ.
    #[error("{text}")]
    IntegrityMismatch {
        /// The whole list, ready to be printed.
        text: String,
        /// How many differences there are.
        count: usize,
    },
    /// A stored session of ours is not what its manifest says.
    #[error("session {id} is damaged at {place}; see repair")]
    Damaged {
        /// The session.
        id: Key,
        /// The chunk, part or record that is missing or wrong.
        place: String,
    },
    /// There is no backup under this path (or none for this session).
    #[error("there is no backup {path}")]
    BackupNotFound {
        /// The path asked for.
        path: String,
    },
    /// The backup's digest does not match. It is neither used nor deleted.
    #[error("backup {path} is damaged and was not used")]
    BackupDamaged {
        /// The path of the backup.
        path: String,
    },
    /// Rolling back would throw away edits made since the migration.
    #[error(
        "session {id} was edited after it was migrated; choose `edits: \"keep\"` or `\"discard\"`"
    )]
    EditedSinceMigration {
        /// The session.
        id: Key,
    },
    /// The place in the source where the session came from now holds something else.
    #[error(
        "the place of session {id} in its source holds something else; nothing was overwritten"
    )]
    PlaceOccupied {
        /// The session.
        id: Key,
    },
    /// The record that held the session among others is gone, so it can't be put back there.
    #[error(
        "session {id} can't be put back: the record that held it among others is not there any more"
    )]
    ContainerMissing {
        /// The session.
        id: Key,
    },
    /// A record that holds sessions can't be understood. Nothing in it was touched.
    #[error("the sessions in {place} can't be told ({code}): {reason}")]
    ContainerUnreadable {
        /// Name of the source in the configuration, or key of the record.
        place: String,
        /// As a code of the quarantine table.
        code: &'static str,
        /// In words.
        reason: String,
    },
    /// A record that holds sessions must not be rewritten.
    #[error("the record {key} was left as it is: {reason}")]
    ContainerKept {
        /// Key of the record.
        key: String,
        /// Why.
        reason: &'static str,
    },
    /// A session with this id exists already.
    #[error("session {id} exists already")]
    AlreadyExists {
        /// The session.
        id: Key,
    },
    /// A path does not lead to an array, or an index lies outside it.
    #[error("`{path}` of session {id} {problem}")]
    InvalidPath {
        /// The session.
        id: Key,
        /// The path, dotted.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A value that can't be stored or compared safely.
    #[error("{reason}")]
    UnsupportedValue {
        /// As a code of the quarantine table.
        code: &'static str,
        /// Which value, by path and type, and why.
        reason: String,
    },
    /// The call was cancelled by its `AbortSignal`.
    #[error("cancelled")]
    Cancelled,
    /// The instance was closed.
    #[error("this Restow instance is closed")]
    Closed,
    /// A record of our own that could not be understood.
    #[error("a record in `{store}` is not in the documented format")]
    MalformedRecord {
        /// Name of the object store.
        store: &'static str,
    },
    /// Anything the browser threw that has no code of its own.
    #[error("the browser refused ({cause})")]
    Browser {
        /// What the browser said.
        cause: Cause,
    },
}

impl Error {
    /// The stable code that JavaScript sees as `error.code`.
    pub fn code(&self) -> &'static str {
        use Error::*;
        match self {
            InvalidConfig { .. } => "InvalidConfig",
            InvalidArgument { .. } => "InvalidArgument",
            NotFound { .. } => "NotFound",
            ConfirmationRequired { .. } => "ConfirmationRequired",
            QuotaExceeded { .. } => "QuotaExceeded",
            NoHeadroom(_) => "QuotaExceeded",
            StorageDenied { .. } => "StorageDenied",
            StorageUnavailable => "StorageUnavailable",
            Blocked { .. } => "Blocked",
            ConnectionLost { .. } => "ConnectionLost",
            TransactionAborted { .. } => "TransactionAborted",
            Unreadable { .. } => "Unreadable",
            SchemaTooNew { .. } => "SchemaTooNew",
            Timeout { .. } => "Timeout",
            Busy { .. } => "Busy",
            StateBusy => "Busy",
            StateUnverified => "VerificationFailed",
            StateNotCarried { .. } => "StateNotCarried",
            StateNotWritten { .. } => "VerificationFailed",
            Fenced { .. } => "Fenced",
            StaleHandle { .. } => "StaleHandle",
            Diverged { .. } => "Diverged",
            Quarantined { .. } => "Quarantined",
            NotChunked { .. } => "NotChunked",
            VerificationFailed { .. } => "VerificationFailed",
            IntegrityMismatch { .. } => "IntegrityMismatch",
            Damaged { .. } => "Damaged",
            BackupNotFound { .. } => "BackupNotFound",
            BackupDamaged { .. } => "BackupDamaged",
            EditedSinceMigration { .. } => "EditedSinceMigration",
            PlaceOccupied { .. } => "PlaceOccupied",
            ContainerMissing { .. } => "ContainerMissing",
            ContainerUnreadable { .. } => "ContainerUnreadable",
            ContainerKept { .. } => "ContainerKept",
            AlreadyExists { .. } => "AlreadyExists",
            InvalidPath { .. } => "InvalidPath",
            UnsupportedValue { .. } => "UnsupportedValue",
            Cancelled => "Cancelled",
            Closed => "Closed",
            MalformedRecord { .. } => "MalformedRecord",
            Browser { .. } => "Browser",
        }
    }

    /// Whether the same call may succeed later without anything else being changed.
    pub fn retryable(&self) -> bool {
        use Error::*;
        matches!(
            self,
            Blocked { .. }
                | ConnectionLost { .. }
                | TransactionAborted { .. }
                | Timeout { .. }
                | Busy { .. }
                | StateBusy
                | Fenced { .. }
                | StaleHandle { .. }
                | Cancelled
        )
    }

    /// The session that the error is about, where the error itself knows.
    pub fn session(&self) -> Option<&Key> {
        use Error::*;
        match self {
            NotFound { id }
            | Busy { id }
            | Fenced { id }
            | StaleHandle { id }
            | Diverged { id }
            | Quarantined { id, .. }
            | NotChunked { id, .. }
            | VerificationFailed { id, .. }
            | Damaged { id, .. }
            | EditedSinceMigration { id }
            | PlaceOccupied { id }
            | ContainerMissing { id }
            | AlreadyExists { id }
            | InvalidPath { id, .. } => Some(id),
            _ => None,
        }
    }

    /// What the browser said, where it said anything.
    pub fn cause(&self) -> Option<&Cause> {
        use Error::*;
        match self {
            QuotaExceeded { cause, .. } => cause.as_ref(),
            StorageDenied { cause }
            | ConnectionLost { cause, .. }
            | TransactionAborted { cause }
            | Unreadable { cause }
            | Browser { cause } => Some(cause),
            _ => None,
        }
    }
}
