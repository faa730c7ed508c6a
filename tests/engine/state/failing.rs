//! Every operation fails, once or from then on: all or nothing where it can be, an answer that says
//! so where it can't, and nothing lost ever.

use super::*;
use crate::support::twin::Fault;
use restow::error::{Cause, Error};

fn errors() -> [Error; 3] {
    let cause = |name: &str| Cause::named(name);
    [
        Error::QuotaExceeded {
            needed: 1,
            cause: Some(cause("QuotaExceededError")),
        },
        Error::StorageDenied {
            cause: cause("SecurityError"),
        },
        Error::TransactionAborted {
            cause: cause("AbortError"),
        },
    ]
}

/// Every way in which one call can fail: what becomes of it is told to `check`.
pub fn fail_everywhere<T>(
    lab: &Lab,
    call: impl AsyncFn(&Tab) -> Result<T>,
    check: impl Fn(&Lab, &Result<T>, bool, &str),
) {
    let before = local(lab);
    for n in 0..operations(lab, &call) {
        for error in errors() {
            let (fail, after) = (Fault::Fail(error.clone()), Fault::FailAfter(error.clone()));
            for (kind, fault, until) in [
                ("once", fail.clone(), n + 1),
                ("though done", after, n + 1),
                ("from then on", fail, n + 60),
            ] {
                let lab = lab.fork();
                let tab = lab.tab();
                (n..until).for_each(|n| tab.ports.tab().at(n, fault.clone()));
                let result = run(call(&tab));
                let how = format!("{kind} at {n}: {error}");
                nothing_is_lost(&lab, &before, &how);
                check(&lab, &result, kind != "from then on", &how);
                lab.disk.clock().advance(31_000);
                run(call(&lab.tab())).unwrap_or_else(|error| panic!("{how}: {error}"));
            }
        }
    }
}

#[test]
fn a_capture_that_fails_says_so_and_one_that_succeeds_is_whole() {
    let lab = small();
    fail_everywhere(
        &lab,
        async |tab| tab.capture_state(&agents()).await,
        |lab, result, _, how| {
            if let Ok(captured) = result {
                let path = captured.snapshot.path.as_ref().unwrap();
                assert_eq!(captured.snapshot.entries.len(), 3, "{how}");
                assert!(lab.disk.own().unwrap().backups.contains_key(path), "{how}");
            }
        },
    );
}

#[test]
fn a_restoration_that_fails_once_is_undone_or_told_key_by_key() {
    for overwrite in [false, true] {
        let lab = small();
        let path = captured(&lab);
        sign_out(&lab);
        plant(&lab, "theme", "light");
        let before = local(&lab);
        fail_everywhere(
            &lab,
            async |tab| tab.restore_state(&path, overwrite, true).await,
            |lab, result, once, how| match result {
                Err(_) => assert_eq!(local(lab), before, "{how}: not undone"),
                Ok(result) => {
                    assert_eq!(result.success, result.failed.is_empty(), "{how}");
                    for key in &result.restored {
                        assert!(lab.disk.row(&place(key)).is_some(), "{how}: {key}");
                    }
                    if once && !result.success {
                        // What was written could not be read back.
                        let written = result.failed.len() + result.restored.len();
                        assert_eq!(written, 2 + usize::from(overwrite), "{how}");
                    }
                }
            },
        );
    }
}

#[test]
fn clearing_that_fails_tells_which_keys_are_left() {
    let lab = small();
    let path = captured(&lab);
    fail_everywhere(
        &lab,
        async |tab| tab.clear_migrated_state(&path, true).await,
        |lab, result, _, how| {
            if let Ok(result) = result {
                assert_eq!(result.success, result.failed.is_empty(), "{how}");
                for key in &result.removed {
                    assert!(lab.disk.row(&place(key)).is_none(), "{how}: {key}");
                }
                let told = result.removed.len() + result.failed.len() + result.gone.len();
                assert_eq!(told, 3, "{how}");
            }
        },
    );
}
