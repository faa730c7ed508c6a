//! The checked write in its simplest form: one value for another, where it is as expected.

use restow::domain::place::Place;
use restow::error::Result;
use restow::ports::{Batch, Change, Sources, Swap};

/// Puts `new` in the place of a record, or removes it, if what lies there is as expected.
pub async fn replace_if<S: Sources>(
    sources: &S,
    place: &Place,
    expected: &dyn Fn(Option<&S::Body>) -> bool,
    new: Option<&S::Body>,
    then: Batch<S::Body>,
) -> Result<Swap> {
    let change = |found: Option<&S::Body>| match (expected(found), new) {
        (false, _) => Change::Refuse,
        (true, None) => Change::Remove,
        (true, Some(new)) => Change::Put(new.clone()),
    };
    sources.replace(place, &change, then).await
}
