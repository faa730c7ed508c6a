//! Two tabs at once, on every schedule with up to two changes of turn, with Web Locks and without.

use crate::calls::{Call, act, before_append, beginnings, created, has_appended};
use crate::lab::{Lab, key, path, session, shot};
use crate::picture::{bodies_kept, tidy};
use crate::support::twin::{TwinBodies, interleave, join2, run};
use crate::support::value::Value;
use restow::domain::report::Outcome;
use restow::engine::Options;
use restow::error::Error;
use restow::ports::{Bodies, Unwatched};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

/// How often a tab has to be given its turn until it is through.
fn turns(future: impl Future) -> usize {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    let mut turns = 1;
    while future.as_mut().poll(&mut context).is_pending() {
        turns += 1;
    }
    turns
}

/// Runs two calls in two tabs, first `k` turns of the one, then `m` of the other, then in turn; and
/// checks that nothing is lost. Returns what they said.
fn both(lab: &Lab, one: Call, other: Call, k: usize, m: usize) -> (bool, bool) {
    let lab = lab.fork();
    let had = bodies_kept(&lab);
    let (a, b) = (lab.tab(), lab.tab());
    let schedule = std::iter::repeat_n(true, k).chain(std::iter::repeat_n(false, m));
    let said = interleave(act(&a, one), act(&b, other), schedule);
    let how = format!("{one:?} for {k} turns, then {other:?} for {m}; said {said:?}");
    lab.disk.clock().advance(60_000);
    run(lab.tab().migrate_all(&Options::default(), &Unwatched)).unwrap();
    tidy(&lab);
    let has = bodies_kept(&lab);
    let calls = [(one, said.0), (other, said.1)];
    if calls.contains(&(Call::Append, true)) {
        assert!(has_appended(&has), "{how}: lost what was appended");
    }
    if calls.contains(&(Call::Create, true)) {
        assert!(has.contains(&created()), "{how}: lost what was created");
    }
    if ![one, other].contains(&Call::Delete) {
        assert!(lab.load("s1").unwrap().is_some(), "{how}: it is gone");
    }
    let has: Vec<_> = has.iter().map(before_append).collect();
    let lost = had
        .iter()
        .map(before_append)
        .find(|body| !has.contains(body));
    assert!(lost.is_none(), "{how}: lost {lost:?}");
    said
}

/// Every schedule of two calls, in steps; returns how many, and how often both succeeded.
fn schedules(lab: &Lab, one: Call, other: Call, step: usize) -> (usize, usize) {
    let (first, second) = (
        turns(act(&lab.fork().tab(), one)),
        turns(act(&lab.fork().tab(), other)),
    );
    let (mut count, mut fine) = (0, 0);
    for k in (0..=first).step_by(step) {
        for m in (0..=second).step_by(step) {
            count += 1;
            fine += usize::from(both(lab, one, other, k, m) == (true, true));
        }
    }
    assert!(count > 0);
    (count, fine)
}

fn beginning(name: &str) -> Lab {
    let mut all = beginnings().into_iter();
    all.find(|(own, _)| *own == name).unwrap().1
}

#[test]
fn two_tabs_at_once_lose_nothing_on_any_schedule() {
    let mut all = 0;
    for (name, one, other, step) in [
        ("legacy", Call::Batch, Call::Batch, 2),
        ("legacy", Call::Load, Call::Load, 3),
        ("legacy", Call::Batch, Call::Delete, 3),
        ("migrated", Call::Append, Call::Append, 1),
        ("migrated", Call::Rollback, Call::Append, 2),
        ("migrated", Call::Rollback, Call::Batch, 3),
        ("edited", Call::RollbackKeep, Call::Load, 3),
        ("diverged", Call::KeepSource, Call::KeepChunks, 3),
        ("diverged", Call::KeepSource, Call::Append, 3),
        ("rolled back", Call::Force, Call::Create, 3),
        ("rolled back", Call::Force, Call::Delete, 3),
        ("kept", Call::RemoveOriginals, Call::Rollback, 3),
        ("old", Call::Cleanup, Call::Rollback, 3),
    ] {
        for locks in [true, false] {
            let lab = beginning(name);
            lab.disk.set_web_locks(locks);
            let (count, fine) = schedules(&lab, one, other, step);
            println!("{name}, {one:?} and {other:?}, locks {locks}: {count}, {fine} fine");
            all += count;
        }
    }
    println!("{all} schedules");
}

#[test]
fn with_web_locks_two_batches_both_succeed() {
    let lab = beginning("legacy");
    let (first, second) = (
        turns(act(&lab.fork().tab(), Call::Batch)),
        turns(act(&lab.fork().tab(), Call::Batch)),
    );
    for k in (0..=first).step_by(3) {
        for m in (0..=second).step_by(3) {
            assert_eq!(both(&lab, Call::Batch, Call::Batch, k, m), (true, true));
        }
    }
}

#[test]
fn a_session_is_found_at_every_moment_of_its_way() {
    for (name, call) in [
        ("legacy", Call::Batch),
        ("migrated", Call::Rollback),
        ("rolled back", Call::Force),
    ] {
        let lab = beginning(name);
        let wanted = session("s1", 3);
        let operations = turns(act(&lab.fork().tab(), call));
        for locks in [true, false] {
            for k in 0..=operations {
                let lab = lab.fork();
                lab.disk.set_web_locks(locks);
                let (a, b) = (lab.tab(), lab.tab());
                let schedule = std::iter::repeat_n(true, k).chain(std::iter::repeat_n(false, 4));
                let (_, found) = interleave(act(&a, call), b.load_full(&key("s1")), schedule);
                assert_eq!(found.unwrap(), Some(wanted.clone()), "{name} {k}");
                // Nor does it ever vanish from a list.
                for part in 0..4 {
                    let lab = beginning(name);
                    let (a, b) = (lab.tab(), lab.tab());
                    let schedule = std::iter::repeat_n(true, k)
                        .chain(std::iter::repeat_n(false, part * 4))
                        .chain(std::iter::repeat_n(true, 100));
                    let (_, status) =
                        interleave(act(&a, call), b.status(Default::default()), schedule);
                    let status = status.unwrap();
                    assert_eq!((status.total, status.diverged), (1, 0), "{name} {k} {part}");
                }
            }
        }
    }
}

#[test]
fn of_two_edits_on_one_revision_one_is_stale() {
    let lab = beginning("migrated");
    for turns in 0u32..1024 {
        let lab = lab.fork();
        let (one, other) = (lab.open("s1"), lab.open("s1"));
        let items = |number| Value::list([shot(number)]);
        let (first, second) = (items(70), items(71));
        let schedule = (0..10).map(|turn| turns >> turn & 1 == 1);
        let shots = path("screenshots");
        let results = interleave(
            one.0.append(&one.1, &shots, &first),
            other.0.append(&other.1, &shots, &second),
            schedule,
        );
        let (won, lost) = match results {
            (Ok(_), Err(error)) => (70, error),
            (Err(error), Ok(_)) => (71, error),
            other => panic!("{turns:b}: {other:?}"),
        };
        assert!(matches!(lost, Error::StaleHandle { .. }), "{lost:?}");
        let body = lab.load("s1").unwrap().unwrap();
        assert_eq!(body.get("screenshots.3"), shot(won));
        assert_eq!(TwinBodies.len(&body.get("screenshots")), Some(4));
        tidy(&lab);
    }
}

#[test]
fn a_session_opens_while_another_tab_edits_it() {
    let lab = beginning("migrated");
    let count = turns(act(&lab.fork().tab(), Call::Append));
    for k in 0..=count {
        for m in 0..12 {
            let lab = lab.fork();
            let (a, b) = (lab.tab(), lab.tab());
            let schedule = std::iter::repeat_n(false, m).chain(std::iter::repeat_n(true, k));
            let id = key("s1");
            let (done, opened) = interleave(act(&a, Call::Append), b.open_session(&id), schedule);
            assert!(done && opened.unwrap().is_some(), "{k} {m}");
        }
    }
}

#[test]
fn edits_through_one_handle_wait_for_each_other() {
    let lab = beginning("migrated");
    for k in 0..40 {
        let lab = lab.fork();
        let (tab, handle) = lab.open("s1");
        let (shots, segments) = (path("screenshots"), path("audioSegments"));
        let (one, two) = (Value::list([shot(70)]), shot(71));
        let schedule = std::iter::repeat_n(true, k);
        let (appended, set) = interleave(
            tab.append(&handle, &shots, &one),
            // The fourth item is there only when the first edit is through.
            tab.set_item(&handle, &shots, 3, &two),
            [true].into_iter().chain(schedule),
        );
        assert_eq!(appended.unwrap(), 4);
        set.unwrap();
        let item = shot(72);
        let (one, other) = join2(
            tab.set(&handle, &path("name"), &item),
            tab.set_item(&handle, &segments, 0, &item),
        );
        one.unwrap();
        other.unwrap();
        let body = lab.load("s1").unwrap().unwrap();
        assert_eq!(body.get("screenshots.3"), shot(71));
        assert_eq!(
            (body.get("name"), body.get("audioSegments.0")),
            (shot(72), shot(72))
        );
        assert_eq!(handle.revision(), 6);
        tidy(&lab);
    }
}

#[test]
fn without_web_locks_a_busy_session_is_left_to_the_other_tab() {
    let lab = beginning("legacy");
    lab.disk.set_web_locks(false);
    let mut busy = 0;
    let count = turns(act(&lab.fork().tab(), Call::Batch));
    for k in 0..count {
        let lab = lab.fork();
        let (a, b) = (lab.tab(), lab.tab());
        let schedule = std::iter::repeat_n(true, k).chain(std::iter::repeat_n(false, 200));
        let (_, result) = interleave(
            act(&a, Call::Batch),
            b.migrate_all(&Options::default(), &Unwatched),
            schedule,
        );
        let result = result.unwrap();
        for error in &result.errors {
            busy += 1;
            assert!(
                ["Busy", "StaleHandle"].contains(&error.code.as_str()),
                "{error:?}"
            );
            assert!(error.retryable);
        }
        let failed = result
            .sessions
            .iter()
            .filter(|row| row.outcome == Outcome::Failed);
        assert_eq!(failed.count(), result.errors.len());
        tidy(&lab);
    }
    assert!(busy > 0);
}
