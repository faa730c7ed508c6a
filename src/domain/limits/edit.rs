//! Changes that mend a body: decided here, carried out by a port on a copy.

use crate::domain::limits::scalar::Scalar;
use crate::domain::path::Path;

/// What is done to one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Another value takes its place.
    Set(Scalar),
    /// The field goes. An item of an array is taken out, and those behind it move up.
    Remove,
    /// What lies from `from` up to, not including, `to` stays: UTF-16 units of a text, items of an
    /// array. Where a cut goes through a surrogate pair, the half that remains is left out too.
    Truncate {
        /// The first that stays.
        from: u32,
        /// The first behind those that stay.
        to: u32,
    },
}

/// A change and the one value that it touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Where.
    pub path: Path,
    /// What.
    pub change: Change,
}

/// The order in which edits of one limit are carried out: as decided, but what is removed last, and
/// from behind, so that no index moves before it is used.
pub fn in_order<'a>(edits: impl Iterator<Item = &'a Edit>) -> Vec<&'a Edit> {
    let (mut removed, mut ordered): (Vec<_>, Vec<_>) =
        edits.partition(|edit| edit.change == Change::Remove);
    removed.reverse();
    ordered.append(&mut removed);
    ordered
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn items_are_removed_from_behind() {
        let edit = |path: &str, change: Change| Edit {
            path: Path::dotted(path),
            change,
        };
        let edits = [
            edit("a.1", Change::Remove),
            edit("a.2.n", Change::Set(Scalar::Null)),
            edit("a.10", Change::Remove),
        ];
        let order: Vec<_> = in_order(edits.iter())
            .into_iter()
            .map(|edit| edit.path.to_string())
            .collect();
        assert_eq!(order, ["a[2].n", "a[10]", "a[1]"]);
    }
}
