//! JSON text, walked without building values: finds sessions that lie somewhere inside one large
//! text, so that each can be cut out while every neighbour keeps its very bytes.
//!
//! The grammar is that of `JSON.parse`. The text comes from JavaScript with every lone surrogate as
//! one U+FFFD, and it is JavaScript that slices the original, so offsets count UTF-16 units: they are
//! the same in both. Nothing here recurses, and the time is linear in the text.

mod collection;
mod document;
mod losses;
mod mask;
mod name;
mod node;
mod number;
mod scan;
mod splice;
mod walk;
mod written;

pub use collection::{Collection, Member, collection};
pub use document::Document;
pub use mask::masked;
pub use node::Node;
pub use splice::Piece;

use losses::Losses;
use walk::Walk;

/// A half-open range of UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It is not JSON.
    Invalid {
        /// The first unit that can't stand where it is, or the end of a text that stops too early.
        at: u32,
    },
    /// It is JSON, but `JSON.parse` would lose something.
    NotExact {
        /// Where it lies.
        at: u32,
        /// What would be lost, in words and without any value.
        what: &'static str,
    },
    /// The path leads to neither an array nor an object.
    NoCollection,
    /// A key on the path is there twice, or can't be told from another one.
    Ambiguous,
}

/// Checks that a text is JSON and that `JSON.parse` would lose nothing of it: no number would be
/// rounded, and no object has one key twice.
pub fn exact(text: &str) -> Result<(), Problem> {
    let mut walk = Walk::new(text);
    let mut losses = Losses::default();
    walk.value(Some(&mut losses))?;
    walk.end()?;
    losses.take().map_or(Ok(()), Err)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
