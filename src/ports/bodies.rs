//! Values: read, split and joined without ever becoming Rust values.

use crate::domain::cut::{Cut, Shape};
use crate::domain::digest::{Digest, Measure};
use crate::domain::key::Key;
use crate::domain::limits::{Edit, Fact};
use crate::domain::path::Path;
use crate::domain::recognise::{BodyFacts, Broken};
use crate::error::Result;
use std::collections::BTreeSet;

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
    /// See [`Ports::Body`](super::Ports::Body).
    type Body: Clone + 'static;

    /// What lies at a path.
    fn shape(&self, body: &Self::Body, path: &Path) -> Shape;
    /// What recognition needs to know; `id` is where the body says its id, if it does.
    fn facts(&self, body: &Self::Body, id: Option<&Path>) -> BodyFacts;
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
    /// Whether two values are certainly the same in all that their digests would tell, found without any:
    /// half of the work. `false` says nothing; there digests have to tell.
    fn alike(&self, one: &Self::Body, other: &Self::Body) -> bool;
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
    /// Whether a record that was read may be written back with a change: not where that would lose
    /// what else it holds.
    fn may_be_written_back(&self, record: &Self::Body) -> bool;
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
