//! The structure of JSON: what begins, what comes next, what ends.

use super::losses::Losses;
use super::name::Name;
use super::scan::Scan;
use super::{Problem, Span};

/// A walk through a text, which stands before a value, or after one.
pub struct Walk<'a> {
    scan: Scan<'a>,
    /// What stands open, outermost first: whether it is an array.
    open: Vec<bool>,
    /// Whether the innermost was opened just now, so that no comma is due.
    fresh: bool,
}

/// How a value begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin<'a> {
    /// An array, which stands open now.
    Array,
    /// An object, which stands open now.
    Object,
    /// A number, as it is written; that was all of it.
    Number(&'a str),
    /// Text, `true`, `false` or `null`; that was all of it.
    Other,
}

/// What comes next in the innermost array or object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next<'a> {
    /// An element of an array: its value comes.
    Item,
    /// A key of an object: its value comes.
    Field(Field<'a>),
    /// The end of the array.
    ArrayEnd,
    /// The end of the object.
    ObjectEnd,
}

/// A key as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// What is between the quotes.
    inside: &'a str,
    escaped: bool,
    /// Where it begins, with its quote.
    pub at: u32,
}

impl<'a> Field<'a> {
    /// The key that is meant.
    pub fn name(&self) -> Name<'a> {
        match self.escaped {
            true => Name::decoded(self.inside),
            false => Name::plain(self.inside),
        }
    }
}

impl<'a> Walk<'a> {
    /// Stands before the value that is the whole text.
    pub fn new(text: &'a str) -> Self {
        Self {
            scan: Scan::new(text),
            open: Vec::new(),
            fresh: false,
        }
    }

    /// Where the walk stands.
    pub fn at(&self) -> u32 {
        self.scan.at()
    }

    /// Begins the value that the walk stands before, and says where it begins.
    pub fn begin(&mut self) -> Result<(u32, Begin<'a>), Problem> {
        self.scan.space();
        let at = self.scan.at();
        let begin = match self.scan.peek() {
            Some(b'[') => self.enter(b'[', true)?,
            Some(b'{') => self.enter(b'{', false)?,
            Some(b'"') => self.scan.quoted().map(|_| Begin::Other)?,
            Some(b't') => self.scan.word("true").map(|()| Begin::Other)?,
            Some(b'f') => self.scan.word("false").map(|()| Begin::Other)?,
            Some(b'n') => self.scan.word("null").map(|()| Begin::Other)?,
            _ => Begin::Number(self.scan.number()?),
        };
        Ok((at, begin))
    }

    /// Goes on in the innermost array or object, after a value or its opening.
    pub fn next(&mut self) -> Result<Next<'a>, Problem> {
        let is_array = self.open.last() == Some(&true);
        self.scan.space();
        if self.scan.take(if is_array { b']' } else { b'}' }) {
            self.open.pop();
            self.fresh = false;
            return Ok(if is_array {
                Next::ArrayEnd
            } else {
                Next::ObjectEnd
            });
        }
        if !self.fresh {
            self.scan.expect(b',')?;
        }
        self.fresh = false;
        if is_array {
            return Ok(Next::Item);
        }
        self.scan.space();
        let at = self.scan.at();
        let (inside, escaped) = self.scan.quoted()?;
        self.scan.space();
        self.scan.expect(b':')?;
        Ok(Next::Field(Field {
            inside,
            escaped,
            at,
        }))
    }

    /// Walks over the value that the walk stands before, and notes what would be lost of it if
    /// someone wants to know.
    pub fn value(&mut self, mut losses: Option<&mut Losses<'a>>) -> Result<Span, Problem> {
        let outside = self.open.len();
        let mut first = None;
        loop {
            let (at, begin) = self.begin()?;
            let start = *first.get_or_insert(at);
            match (begin, &mut losses) {
                (Begin::Number(number), Some(losses)) => losses.number(at, number),
                (Begin::Object, Some(losses)) => losses.object(),
                _ => {}
            }
            loop {
                if self.open.len() == outside {
                    let end = self.at();
                    return Ok(Span { start, end });
                }
                match (self.next()?, &mut losses) {
                    (Next::Field(field), Some(losses)) => losses.field(field),
                    (Next::ObjectEnd, Some(losses)) => {
                        losses.object_end();
                        continue;
                    }
                    (Next::ArrayEnd | Next::ObjectEnd, _) => continue,
                    (Next::Item | Next::Field(_), _) => {}
                }
                break;
            }
        }
    }

    /// That nothing but whitespace follows.
    pub fn end(&mut self) -> Result<(), Problem> {
        self.scan.space();
        match self.scan.peek() {
            None => Ok(()),
            Some(_) => self.scan.invalid(),
        }
    }

    fn enter(&mut self, bracket: u8, is_array: bool) -> Result<Begin<'a>, Problem> {
        self.scan.expect(bracket)?;
        self.open.push(is_array);
        self.fresh = true;
        Ok(if is_array {
            Begin::Array
        } else {
            Begin::Object
        })
    }
}
