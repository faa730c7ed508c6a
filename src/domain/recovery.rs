//! What to do with a session that a run, or a death, has left behind: decided from manifest and
//! source alone.

use crate::domain::manifest::{Manifest, Originals, State};

/// What lies in the source now, compared with what was found there when the session was migrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceNow {
    /// Nothing.
    Gone,
    /// Just what was found: F0.
    Same,
    /// Something else, newer or older: there is no telling.
    Different,
    /// The browser can't read it.
    Unreadable,
}

/// The next step for a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is nothing to do.
    Nothing,
    /// Drop the chunks of a generation that was never committed; the source rules.
    DropStaged,
    /// Remove the original by a checked step.
    RetireSource,
    /// Both live and different: keep both until someone decides.
    Diverged,
    /// Finish a rollback that was begun.
    FinishRollback,
    /// A rollback was begun, but its place holds something else: the chunks rule again.
    CancelRollback,
    /// What was put back into localStorage is there. Once it has surely reached the disk, the
    /// chunks go.
    SettleRollback,
    /// Leave the session in its source until asked with `force`.
    LeaveRolledBack,
}

/// The next step for a session that has a manifest.
pub fn decide(manifest: &Manifest, source: SourceNow) -> Step {
    match (manifest.state, manifest.settling, source) {
        // Its way to the disk was cut short: it is put back once more.
        (State::RolledBack, Some(_), SourceNow::Gone) => Step::FinishRollback,
        (State::RolledBack, Some(_), SourceNow::Same | SourceNow::Different) => {
            Step::SettleRollback
        }
        (state, _, source) => step(Some(state), source, manifest.originals),
    }
}

/// The recovery table. `state` is `None` without a manifest.
pub fn step(state: Option<State>, source: SourceNow, originals: Originals) -> Step {
    match (state, source) {
        (None, _) => Step::Nothing,
        (Some(State::Staged), _) => Step::DropStaged,
        (Some(State::Committed), SourceNow::Gone) => Step::Nothing,
        (Some(State::Committed), SourceNow::Same) => match originals {
            Originals::Remove => Step::RetireSource,
            Originals::Keep => Step::Nothing,
        },
        (Some(State::Committed), SourceNow::Different) => Step::Diverged,
        // What can't be read can't be compared, so it is neither removed nor called different.
        (Some(State::Committed), SourceNow::Unreadable) => Step::Nothing,
        (Some(State::RollingBack), SourceNow::Gone | SourceNow::Same) => Step::FinishRollback,
        (Some(State::RollingBack), SourceNow::Different) => Step::CancelRollback,
        (Some(State::RollingBack), SourceNow::Unreadable) => Step::Nothing,
        (Some(State::RolledBack), SourceNow::Gone) => Step::Nothing,
        (Some(State::RolledBack), _) => Step::LeaveRolledBack,
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_state() -> impl Strategy<Value = Option<State>> {
        prop_oneof![
            Just(None),
            Just(Some(State::Staged)),
            Just(Some(State::Committed)),
            Just(Some(State::RollingBack)),
            Just(Some(State::RolledBack)),
        ]
    }

    fn any_source() -> impl Strategy<Value = SourceNow> {
        prop_oneof![
            Just(SourceNow::Gone),
            Just(SourceNow::Same),
            Just(SourceNow::Different),
            Just(SourceNow::Unreadable),
        ]
    }

    #[test]
    fn the_table_of_the_design() {
        use Originals::{Keep, Remove};
        for (state, source, originals, expected) in [
            (None, SourceNow::Same, Remove, Step::Nothing),
            (
                Some(State::Staged),
                SourceNow::Different,
                Remove,
                Step::DropStaged,
            ),
            (
                Some(State::Committed),
                SourceNow::Gone,
                Remove,
                Step::Nothing,
            ),
            (
                Some(State::Committed),
                SourceNow::Same,
                Remove,
                Step::RetireSource,
            ),
            (Some(State::Committed), SourceNow::Same, Keep, Step::Nothing),
            (
                Some(State::Committed),
                SourceNow::Different,
                Keep,
                Step::Diverged,
            ),
            (
                Some(State::RollingBack),
                SourceNow::Gone,
                Remove,
                Step::FinishRollback,
            ),
            (
                Some(State::RollingBack),
                SourceNow::Different,
                Remove,
                Step::CancelRollback,
            ),
            (
                Some(State::RolledBack),
                SourceNow::Same,
                Remove,
                Step::LeaveRolledBack,
            ),
        ] {
            assert_eq!(
                step(state, source, originals),
                expected,
                "{state:?} {source:?} {originals:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_source_is_removed_only_when_committed_and_unchanged(state in any_state(), source in any_source(), keep in any::<bool>()) {
            let originals = if keep { Originals::Keep } else { Originals::Remove };
            if step(state, source, originals) == Step::RetireSource {
                prop_assert_eq!((state, source, keep), (Some(State::Committed), SourceNow::Same, false));
            }
        }

        #[test]
        fn chunks_are_dropped_only_when_they_never_ruled(state in any_state(), source in any_source()) {
            if step(state, source, Originals::Remove) == Step::DropStaged {
                prop_assert_eq!(state, Some(State::Staged));
            }
        }

        #[test]
        fn what_cannot_be_read_changes_nothing(state in any_state()) {
            let step = step(state, SourceNow::Unreadable, Originals::Remove);
            prop_assert!(!matches!(step, Step::RetireSource | Step::FinishRollback | Step::Diverged | Step::CancelRollback));
        }
    }
}
