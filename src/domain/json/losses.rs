//! What `JSON.parse` would lose of a value.

use super::Problem;
use super::name::{Name, repeated};
use super::number::survives;
use super::walk::Field;

/// Of numbers.
pub const ROUNDED: &str = "a number that would be rounded";
/// Of keys.
pub const TWICE: &str = "a key that is there twice";

/// What would be lost, gathered on a walk over a value.
#[derive(Default)]
pub struct Losses<'a> {
    first: Option<(u32, &'static str)>,
    /// Keys of all objects that stand open, outermost first, and where they lie.
    names: Vec<Name<'a>>,
    places: Vec<u32>,
    /// How many of them belong to objects further out, for each object that stands open.
    outside: Vec<usize>,
}

impl<'a> Losses<'a> {
    /// Takes note of a number.
    pub fn number(&mut self, at: u32, literal: &str) {
        if !survives(literal) {
            self.note(at, ROUNDED);
        }
    }

    /// Takes note that an object begins.
    pub fn object(&mut self) {
        self.outside.push(self.names.len());
    }

    /// Takes note of a key of the innermost object.
    pub fn field(&mut self, field: Field<'a>) {
        self.names.push(field.name());
        self.places.push(field.at);
    }

    /// Takes note that the innermost object ends.
    pub fn object_end(&mut self) {
        let outside = self.outside.pop().unwrap_or_default();
        let names = self.names.get(outside..).unwrap_or_default();
        if let Some(index) = repeated(names).first()
            && let Some(&at) = self.places.get(outside + index)
        {
            self.note(at, TWICE);
        }
        self.names.truncate(outside);
        self.places.truncate(outside);
    }

    /// The first loss in the text, and none any more.
    pub fn take(&mut self) -> Option<Problem> {
        let (at, what) = self.first.take()?;
        Some(Problem::NotExact { at, what })
    }

    /// A key is only judged when its object ends, so what is found later may lie before.
    fn note(&mut self, at: u32, what: &'static str) {
        if self.first.is_none_or(|(first, _)| at < first) {
            self.first = Some((at, what));
        }
    }
}
