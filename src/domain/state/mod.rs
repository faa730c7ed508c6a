//! State: what an application keeps in localStorage beside its sessions, a key each. Which keys are
//! whose is decided here, from names alone: no value is read to find out.

mod carry;
mod class;
mod parse;
mod pattern;
mod presets;
mod redact;
mod report;
mod run;
mod run_carry;
mod selection;
mod sort;
mod standing;

pub use carry::{
    Base, Carried, Carry, CarryChange, CarryFinding, CarryResult, CarryRule, ClearOffer, Plan, Sum,
    Take, Unfit, carry_preset, plan,
};
pub use class::{KeyClass, Kind, Matcher};
pub use parse::{PRESETS, Registry};
pub use pattern::{Pattern, Reading};
pub use redact::{Shown, shown};
pub use report::{
    Entry, FailedKey, Kept, KeptKey, LeftKey, OfferedKey, StateClearResult, StateOrigin,
    StateRestoreResult, StateSnapshot,
};
pub use run::{CaptureOutcome, CaptureResult, StateFinding, StateRunResult};
pub use run_carry::{CarryOutcome, CarryRunResult};
pub use selection::Selection;
pub use sort::{Sorted, Taken, Why, sort};
pub use standing::{CarryStanding, CarryStatus, StateStatus};

use crate::domain::key::Key;
use crate::domain::layout::Layout;
use crate::domain::path::Path;

/// Under which id snapshots are kept, and who works on state holds the lease. No session has it: a
/// session with an empty id is quarantined.
pub fn id() -> Key {
    Key::text("")
}

/// The layout under which a snapshot is measured: as one whole.
pub fn layout() -> Layout {
    Layout {
        version: 1,
        id: Some(Path::dotted("id")),
        label: None,
        arrays: Vec::new(),
        parts: Vec::new(),
    }
}
