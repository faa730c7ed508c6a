//! Every operation of every call fails, once or from then on: a typed error or success, nothing
//! lost, nothing half staged to be seen, and the next run ends where an undisturbed one does.

use crate::calls::{CALLS, Call, act, beginnings, has_appended};
use crate::deaths::undisturbed;
use crate::lab::{Lab, Tab, key, session};
use crate::picture::{Picture, bodies_kept};
use crate::support::twin::{Fault, run};
use restow::domain::manifest::State;
use restow::domain::report::Outcome;
use restow::engine::Options;
use restow::error::{Cause, Error};
use restow::ports::Unwatched;

fn errors() -> [Error; 4] {
    let cause = |name: &str| Cause::named(name);
    [
        Error::QuotaExceeded {
            needed: 1,
            cause: Some(cause("QuotaExceededError")),
        },
        Error::TransactionAborted {
            cause: cause("AbortError"),
        },
        Error::Unreadable {
            cause: cause("DataError"),
        },
        Error::ConnectionLost {
            database: "restow".into(),
            cause: cause("UnknownError"),
        },
    ]
}

/// What a person would miss: the session itself.
fn stays_whole(lab: &Lab, how: &str, call: Call) {
    let found = run(lab.fork().tab().load_full(&key("s1")));
    let found = found.unwrap_or_else(|error| panic!("{how}: {error}"));
    assert!(found.is_some() || call == Call::Delete, "{how}: it is gone");
    let staged = |lab: &Lab| {
        let manifest = lab.manifest("s1");
        manifest.is_some_and(|manifest| manifest.state == State::Staged)
    };
    if staged(lab) {
        let chunked = run(lab.fork().tab().is_chunked(&key("s1"))).unwrap();
        assert!(!chunked, "{how}: what is staged must not rule");
    }
}

/// Lets `call` fail at every operation and in every way; returns how often.
fn fail_everywhere(name: &str, lab: &Lab, call: Call) -> usize {
    let once = async |tab: &Tab| Ok(act(tab, call).await);
    let (after, operations) = undisturbed(lab, &once);
    run(next(&after, call));
    let wanted = Picture::of(&after);
    let mut times = 0;
    for n in 0..operations {
        for error in errors() {
            let (before, done) = (Fault::Fail(error.clone()), Fault::FailAfter(error.clone()));
            for (kind, fault, until) in [
                ("once", before.clone(), n + 1),
                ("once, though done", done, n + 1),
                ("from then on", before, n + 40),
            ] {
                let how = format!("{name}: {call:?} fails at {n} {kind} with {error}");
                let lab = lab.fork();
                let had = bodies_kept(&lab);
                let tab = lab.tab();
                (n..until).for_each(|n| tab.ports.tab().at(n, fault.clone()));
                run(act(&tab, call));
                times += 1;
                stays_whole(&lab, &how, call);
                finish(&lab, &how, call, &wanted);
                if call != Call::Cleanup && call != Call::Append {
                    let has = bodies_kept(&lab);
                    let lost = had.iter().find(|body| !has.contains(body));
                    assert!(lost.is_none(), "{how}: lost {lost:?}");
                }
            }
        }
    }
    times
}

/// The next run, in a new tab.
async fn next(lab: &Lab, call: Call) {
    // What is added twice is there twice.
    let added = async || {
        let body = lab.fork().tab().load_full(&key("s1")).await;
        has_appended(&body.unwrap().into_iter().collect::<Vec<_>>())
    };
    if call != Call::Append || !added().await {
        act(&lab.tab(), call).await;
    }
    let batch = lab.tab();
    batch
        .migrate_all(&Options::default(), &Unwatched)
        .await
        .unwrap();
}

fn finish(lab: &Lab, how: &str, call: Call, wanted: &Picture) {
    run(next(lab, call));
    let mut found = Picture::of(lab);
    found.settle(wanted);
    let differences = found.differences(wanted);
    assert!(differences.is_empty(), "{how}\n{}", differences.join("\n"));
}

#[test]
fn a_failure_anywhere_loses_nothing_and_the_next_run_succeeds() {
    let mut times = 0;
    for (name, lab) in beginnings() {
        for call in CALLS {
            times += fail_everywhere(name, &lab, call);
        }
    }
    println!("{times} failures");
    assert!(times > 0);
}

#[test]
fn a_batch_goes_on_after_a_session_that_fails() {
    let lab = Lab::small();
    lab.plant("s2", &session("s2", 2));
    lab.plant("s3", &session("s3", 2));
    let operations = {
        let tab = lab.fork().tab();
        run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        tab.ports.tab().trace()
    };
    let mut failed = 0;
    for (n, operation) in operations.iter().enumerate() {
        for error in errors() {
            let lab = lab.fork();
            let tab = lab.tab();
            tab.ports.tab().at(n, Fault::Fail(error.clone()));
            let Ok(result) = run(tab.migrate_all(&Options::default(), &Unwatched)) else {
                // Nothing at all could be listed.
                assert!(
                    ["journal", "manifests"].contains(&operation.method),
                    "{operation}"
                );
                continue;
            };
            if let Some(source) = result.errors.iter().find(|e| e.session_id.is_none()) {
                // One place could not be looked at, and those below it had to wait for it.
                assert!(["keys", "read"].contains(&operation.method), "{operation}");
                assert_eq!(
                    (result.success, source.code.as_str()),
                    (false, error.code())
                );
                continue;
            }
            assert_eq!(result.success, result.errors.is_empty());
            let rows = |outcome| {
                let rows = result.sessions.iter();
                rows.filter(|row| row.outcome == outcome).count()
            };
            assert_eq!(rows(Outcome::Failed), result.errors.len());
            // A record that would hold many sessions can't be read: it is listed as a whole.
            if result.sessions.iter().any(|row| row.session_id.is_none()) {
                assert_eq!(
                    (rows(Outcome::Migrated), rows(Outcome::Quarantined)),
                    (3, 1)
                );
                continue;
            }
            assert_eq!(result.sessions.len(), 3, "{operation}: {result:?}");
            let others = rows(Outcome::Migrated) + rows(Outcome::Quarantined);
            assert_eq!(others + result.errors.len(), 3);
            assert!(rows(Outcome::Migrated) >= 2, "{operation}: {result:?}");
            for listed in &result.errors {
                failed += 1;
                assert_eq!(listed.code, error.code());
                assert_eq!(listed.retryable, error.retryable());
                assert!(listed.session_id.is_some(), "{operation}: {listed:?}");
            }
        }
    }
    assert!(failed > 0);
}

#[test]
fn a_full_disk_leaves_everything_readable_and_says_so() {
    let lab = Lab::small();
    lab.disk.set_limit(Some(10));
    let result = lab.migrate_all();
    assert!(!result.success);
    assert_eq!(result.errors[0].code, "QuotaExceeded");
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    let opened = run(lab.tab().open_session(&key("s1")));
    assert!(matches!(opened, Err(Error::QuotaExceeded { .. })));
    lab.disk.set_limit(None);
    assert_eq!(lab.migrate_all().migrated, 1);
}
