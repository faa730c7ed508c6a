//! A text without some members, and with others.

use super::{Collection, Span};
use std::collections::BTreeSet;

/// A piece of a new text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// What the old text has there.
    Keep(Span),
    /// The text of an insert, by its index among the inserts.
    New(usize),
    /// A text of our own.
    Text(&'static str),
}

impl Collection {
    /// The text without some members and with some inserts, piece by piece.
    ///
    /// An insert is a position among the members that remain: it goes before the one that is there,
    /// or to the end. Inserts at one position keep their order. In an object, the text of an insert
    /// begins with its key. A member that goes takes one comma along, and the whitespace around it;
    /// what remains, and the text outside the collection, keep their very bytes.
    pub fn splice(&self, remove: &BTreeSet<usize>, inserts: &[u32]) -> Vec<Piece> {
        let mut order: Vec<(u32, usize)> = inserts.iter().copied().zip(0..).collect();
        order.sort_unstable();
        let mut order = order.into_iter().peekable();
        let members = self.members.iter().enumerate();
        let mut kept = members
            .filter(|(index, _)| !remove.contains(index))
            .peekable();
        let mut pieces = Pieces::default();
        let (Some(first), Some(last), Some(_)) =
            (self.members.first(), self.members.last(), kept.peek())
        else {
            return self.emptied(order.map(|(_, insert)| insert));
        };
        pieces.keep(0, first.whole.start);
        for (position, (index, member)) in (0..).zip(kept) {
            if position > 0 {
                pieces.keep(self.end_before(index), member.whole.start);
            }
            while let Some((_, insert)) = order.next_if(|(at, _)| *at <= position) {
                pieces.0.extend([Piece::New(insert), Piece::Text(",")]);
            }
            pieces.keep(member.whole.start, member.whole.end);
        }
        for (_, insert) in order {
            pieces.0.extend([Piece::Text(","), Piece::New(insert)]);
        }
        pieces.keep(last.whole.end, self.total);
        pieces.0
    }

    /// The text with nothing but the inserts in the collection.
    fn emptied(&self, inserts: impl ExactSizeIterator<Item = usize>) -> Vec<Piece> {
        let mut pieces = Pieces::default();
        if self.members.is_empty() && inserts.len() == 0 {
            pieces.keep(0, self.total);
            return pieces.0;
        }
        // Without the whitespace inside.
        pieces.keep(0, self.span.start + 1);
        for (index, insert) in inserts.enumerate() {
            if index > 0 {
                pieces.0.push(Piece::Text(","));
            }
            pieces.0.push(Piece::New(insert));
        }
        pieces.keep(self.span.end.saturating_sub(1), self.total);
        pieces.0
    }

    /// Where the member before one ends: a comma and whitespace follow.
    fn end_before(&self, index: usize) -> u32 {
        let before = index
            .checked_sub(1)
            .and_then(|before| self.members.get(before));
        before.map_or(self.span.start, |before| before.whole.end)
    }
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    /// Keeps a range of the old text, as one piece with what lies right before it.
    fn keep(&mut self, start: u32, end: u32) {
        match self.0.last_mut() {
            Some(Piece::Keep(last)) if last.end == start => last.end = end,
            _ => self.0.push(Piece::Keep(Span { start, end })),
        }
    }
}
