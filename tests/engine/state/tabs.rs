//! Two tabs at once, on every schedule with up to two changes of turn, with Web Locks and without.

use super::*;
use crate::support::twin::interleave;

#[derive(Debug, Clone, Copy)]
enum Call {
    Capture,
    Restore,
    Overwrite,
    Clear,
}

async fn act(tab: &Tab, call: Call, path: &str) -> Result<()> {
    match call {
        Call::Capture => tab.capture_state(&agents()).await.map(drop),
        Call::Restore => tab.restore_state(path, false, true).await.map(drop),
        Call::Overwrite => tab.restore_state(path, true, true).await.map(drop),
        Call::Clear => tab.clear_migrated_state(path, true).await.map(drop),
    }
}

/// A disk with a snapshot, on which one key has changed since and one is gone.
fn beginning() -> (Lab, String) {
    let lab = small();
    let path = captured(&lab);
    plant(&lab, "theme", "light");
    lab.disk.remove_at(&place(&named("ai_agents_{t}")));
    (lab, path)
}

#[test]
fn two_tabs_at_once_lose_nothing_and_leave_no_lease_for_long() {
    let calls = [Call::Capture, Call::Restore, Call::Overwrite, Call::Clear];
    let (lab, path) = beginning();
    let mut before: BTreeMap<_, _> = kept(&lab).into_iter().collect();
    before.extend(local(&lab));
    let pairs = calls.into_iter().flat_map(|a| calls.map(|b| (a, b)));
    for ((one, other), locks) in pairs.flat_map(|pair| [(pair, true), (pair, false)]) {
        for (k, m) in (0..30)
            .step_by(2)
            .flat_map(|k| [1, 4, 9, 40].map(|m| (k, m)))
        {
            let lab = match locks {
                true => lab.fork(),
                false => lab.without_locks(),
            };
            let (a, b) = (lab.tab(), lab.tab());
            let turns = std::iter::repeat_n(true, k).chain(std::iter::repeat_n(false, m));
            let said = interleave(act(&a, one, &path), act(&b, other, &path), turns);
            let how = format!("{one:?} for {k} turns, {other:?} for {m}, locks {locks}: {said:?}");
            nothing_is_lost(&lab, &before, &how);
            for result in [said.0, said.1] {
                assert!(result.is_ok() || !locks, "{how}");
            }
            assert_eq!(
                text(&lab, "chat_session_{o}_agent-1"),
                Some(THEIRS[1].1.into())
            );
            lab.disk.clock().advance(31_000);
            restore(&lab, &path, true).unwrap_or_else(|error| panic!("{how}: {error}"));
            assert_eq!(text(&lab, "theme").as_deref(), Some("dark"), "{how}");
            assert!(lab.disk.own().unwrap().leases.is_empty(), "{how}");
        }
    }
}
