//! Limits: what the values of a body may be, as a list in the configuration. They are judged from
//! facts that a port reads; judgements hold edits that a port carries out, on a copy.
//!
//! Nothing here reads a clock or knows a zone: the caller says what day it is, and on what day of
//! the person's a moment lies. No cap raises a value, and no value gets into `why`.

mod day;
mod edit;
mod fact;
mod kinds;
mod pattern;
mod scalar;

pub use day::{Context, Day, Reading, read as read_day};
pub use edit::{Change, Edit, in_order};
pub use fact::{Fact, Look, MAX_UNITS};
pub use kinds::Kinds;
pub use pattern::{Pattern, Step};
pub use scalar::{Finite, Scalar};

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod twin;
