//! What layout and limits must not say against each other.

use super::fields::invalid;
use crate::domain::layout::Layout;
use crate::domain::limits::Limit;
use crate::error::Result;

/// Id and label of a session are shown wherever it is named, so neither can be a secret; and a
/// session whose id is changed is another session.
pub fn agree(limits: &[Limit], layout: &Layout) -> Result<()> {
    for (index, limit) in limits.iter().enumerate() {
        let shown = [("id", layout.id.as_ref()), ("label", layout.label.as_ref())];
        for (field, path) in shown {
            if path.is_some_and(|path| limit.hides(path)) {
                let expected = format!("must not lie at `layout.{field}`, which is shown");
                return invalid(&format!("limits[{index}].secret"), &expected);
            }
        }
        if layout.id.as_ref().is_some_and(|id| limit.changes(id)) {
            let expected = "must not change what lies at `layout.id`";
            return invalid(&format!("limits[{index}].path"), expected);
        }
    }
    Ok(())
}
