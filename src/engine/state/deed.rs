//! What a carry did, kept in its snapshot beside both keys as they were.

use super::held::Held;
use crate::domain::path::Path;
use crate::domain::state::{Carried, Kind, StateOrigin};
use crate::ports::Bodies;
use serde::{Deserialize, Serialize};

/// Name of the registry of snapshots that a carry makes. No registry of keys has it.
pub(super) const CARRY: &str = "carry";
/// Class of the key that was read.
pub(super) const FROM: &str = "from";
/// Class of the key that was merged into.
pub(super) const TO: &str = "to";

/// What a carry did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Deed {
    /// The text that the target was given.
    pub text: String,
    /// What was carried, as it is to be remembered. Its path is not known yet.
    pub carried: Carried,
}

/// Keys of a snapshot, and what a carry did.
pub(super) type Told<B> = (Vec<Held<B>>, Option<Deed>);

/// The deed as a row of its snapshot.
pub(super) fn row<V: Bodies>(bodies: &V, deed: &Deed) -> Option<Held<V::Body>> {
    Some(Held {
        key: deed.carried.to.clone(),
        class: CARRY.into(),
        kind: Kind::Flag,
        text: bodies.of_text(&serde_json::to_string(deed).ok()?),
    })
}

/// Keys and deed of a snapshot; `None` where the deed can't be read.
pub(super) fn take<V: Bodies>(
    bodies: &V,
    origin: &StateOrigin,
    mut held: Vec<Held<V::Body>>,
) -> Option<Told<V::Body>> {
    let of_carry = |one: &Held<V::Body>| origin.registry == CARRY && one.class == CARRY;
    let Some(index) = held.iter().position(of_carry) else {
        return Some((held, None));
    };
    let text = bodies.text(&held.remove(index).text, &Path::default())?;
    Some((held, Some(serde_json::from_str(&text).ok()?)))
}
