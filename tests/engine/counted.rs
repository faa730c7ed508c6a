//! The count that is kept: it may be older where a record was overwritten, and never says that
//! nothing is left while something is.

use crate::lab::{Lab, Tab, cases, key, session, wrapped};
use crate::shelf::{Form, Shelf};
use crate::support::twin::{Fault, Twin, interleave, run};
use crate::support::value::Value;
use proptest::prelude::*;
use restow::domain::report::MigrationStatus;
use restow::engine::{Counting, Edits, Options, Side};
use restow::ports::{Ports, Records, Unwatched};
use serde_json::json;

const EXACT: Counting = Counting {
    exact: true,
    dry_run: false,
};

fn status(tab: &Tab) -> MigrationStatus {
    run(tab.status(Counting::default())).unwrap()
}

/// How it is, by a tab that has counted nothing, on another disk.
fn truth(lab: &Lab) -> MigrationStatus {
    run(lab.fork().tab().status(EXACT)).unwrap()
}

fn figures(status: &MigrationStatus) -> [u32; 6] {
    let MigrationStatus {
        chunked,
        legacy,
        quarantined,
        diverged,
        percentage,
        chunked_elsewhere,
        ..
    } = *status;
    [
        chunked,
        legacy,
        quarantined,
        diverged,
        percentage,
        chunked_elsewhere,
    ]
}

/// What a call reads of sources.
fn reads(tab: &Tab, call: impl FnOnce(&Tab)) -> usize {
    let before = tab.ports.tab().operations();
    call(tab);
    let trace = tab.ports.tab().trace();
    trace[before..]
        .iter()
        .filter(|one| one.method == "read")
        .count()
}

fn opens(tab: &Tab) -> usize {
    reads(tab, |tab| {
        status(tab);
    })
}

/// Whether our manifests are read.
fn reads_manifests(tab: &Tab) -> bool {
    let before = tab.ports.tab().operations();
    status(tab);
    let trace = tab.ports.tab().trace();
    trace[before..].iter().any(|one| one.method == "manifests")
}

/// Sessions in all four states, one of them rolled back, and two records that are no sessions.
fn mixed() -> Lab {
    let lab = Lab::in_all_states(8);
    let backup = json!({ "session": {}, "backupCreatedAt": "2026-01-01" });
    lab.plant_row("s1.backup-1", wrapped("s1.backup-1", backup.into()));
    lab
}

#[test]
fn what_was_counted_is_not_opened_again() {
    let lab = mixed();
    let first = lab.tab();
    let counted = status(&first);
    assert_eq!(figures(&counted), [2, 5, 1, 1, 22, 0]);
    assert!(counted.exact);
    // The broken one, the backup and the original that differs are looked at each time, and the two
    // records that may hold many.
    for tab in [&first, &lab.tab()] {
        assert_eq!(opens(tab), 3 + 2);
        assert!(!reads_manifests(tab));
        let again = status(tab);
        assert_eq!(figures(&again), figures(&counted));
        assert_eq!((again.exact, again.counted_at), (false, counted.counted_at));
    }
    lab.disk.clock().advance(5_000);
    let exact = run(first.status(EXACT)).unwrap();
    assert!(exact.exact && exact.counted_at > counted.counted_at);
    assert_eq!(status(&lab.tab()).counted_at, exact.counted_at);
}

#[test]
fn without_a_database_only_the_start_that_counted_remembers() {
    let lab = Lab::small();
    let tab = lab.tab();
    assert_eq!((opens(&tab), opens(&tab)), (1 + 2, 2));
    assert_eq!(opens(&lab.tab()), 1 + 2);
    assert!(!lab.disk.has_own());
    assert_eq!(lab.disk.commits(), 0);
}

#[test]
fn a_dry_run_keeps_nothing() {
    let lab = mixed();
    let dry = Counting {
        dry_run: true,
        ..Counting::default()
    };
    let image = lab.disk.image();
    let tab = lab.tab();
    run(tab.status(dry)).unwrap();
    let options = Options {
        dry_run: true,
        ..Options::default()
    };
    run(tab.migrate_all(&options, &Unwatched)).unwrap();
    assert_eq!(lab.disk.image(), image);
    assert!(status(&tab).exact);
}

/// Something that happens to sessions behind a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Add,
    Remove,
    RemoveBroken,
    Mend,
    Break,
    BreakForeign,
    ChangeOriginal,
    Replace,
    Migrate,
    MigrateAll,
    RollBack,
    Edit,
    Create,
    Delete,
    KeepChunks,
    KeepSource,
    Quarantine,
    CleanUp,
}

use Event::*;
const EVENTS: [Event; 18] = [
    Add,
    Remove,
    RemoveBroken,
    Mend,
    Break,
    BreakForeign,
    ChangeOriginal,
    Replace,
    Migrate,
    MigrateAll,
    RollBack,
    Edit,
    Create,
    Delete,
    KeepChunks,
    KeepSource,
    Quarantine,
    CleanUp,
];

/// Lets it happen, in another tab. Not all of it is possible at all times.
fn happen(lab: &Lab, event: Event) {
    let tab = lab.tab();
    let id = key("s5");
    lab.disk.clock().advance(1_000);
    match event {
        Add => lab.plant("new", &session("new", 2)),
        Remove => lab.unplant("s4"),
        RemoveBroken => lab.unplant("s8"),
        Mend => lab.plant("s8", &session("s8", 1)),
        Break => lab.plant_row("s6", wrapped("s6", Value::Null)),
        BreakForeign => lab.plant("s1.backup-1", &session("s1.backup-1", 1)),
        ChangeOriginal => lab.plant("s2", &session("s2", 1)),
        Replace => lab.plant("s6", &session("s6", 9)),
        Migrate => drop(run(tab.migrate(&id, &Options::default()))),
        MigrateAll => drop(run(tab.migrate_all(&Options::default(), &Unwatched))),
        RollBack => drop(run(tab.rollback(&key("s0"), None, Edits::Discard, true))),
        Edit => {
            let handle = run(tab.open_session(&key("s1")));
            if let Ok(Some(handle)) = handle {
                let path = restow::domain::path::Path::dotted("name");
                let _ = run(tab.set(&handle, &path, &Value::text("Edited")));
            }
        }
        Create => drop(run(tab.create(&session("made", 1), None))),
        Delete => drop(run(tab.delete(&key("s1"), true))),
        KeepChunks => drop(run(tab.resolve_conflict(&key("s2"), Side::Chunks, true))),
        KeepSource => drop(run(tab.resolve_conflict(&key("s2"), Side::Source, true))),
        Quarantine => {
            let odd = session("s7", 1).with("key", Value::Unsupported("CryptoKey"));
            lab.plant("s7", &odd);
            let _ = run(tab.migrate(&key("s7"), &Options::default()));
        }
        CleanUp => {
            let rule = restow::domain::retention::Rule::OlderThan(0);
            drop(run(tab.cleanup(rule, true)));
        }
    }
}

/// Whether a count may be older than what happened: one record under one key took another's place.
fn is_blind_to(event: Event) -> bool {
    matches!(event, Break)
}

#[test]
fn whatever_happens_behind_a_count_is_seen() {
    for lab in [mixed(), mixed().keeping()] {
        for event in EVENTS {
            let lab = lab.fork();
            let tab = lab.tab();
            status(&tab);
            happen(&lab, event);
            let truth = truth(&lab);
            for tab in [&tab, &lab.tab()] {
                let told = status(tab);
                assert_eq!(told.legacy == 0, truth.legacy == 0, "{event:?}");
                if !is_blind_to(event) {
                    assert_eq!(figures(&told), figures(&truth), "{event:?}");
                }
                assert_eq!(figures(&run(tab.status(EXACT)).unwrap()), figures(&truth));
            }
            // And now it is known again, but for what has to be looked at.
            assert!(!reads_manifests(&lab.tab()), "{event:?}");
        }
    }
}

proptest! {
    #![proptest_config(cases(60))]
    #[test]
    fn nothing_that_is_left_is_ever_hidden(
        events in prop::collection::vec((prop::sample::select(&EVENTS[..]), any::<bool>()), 1..8),
        keeps: bool,
    ) {
        let lab = if keeps { mixed().keeping() } else { mixed() };
        let tab = lab.tab();
        let mut blind = false;
        for (event, asked) in events {
            happen(&lab, event);
            blind |= is_blind_to(event);
            for tab in [&tab, &lab.tab()].into_iter().filter(|_| asked) {
                let (told, truth) = (status(tab), truth(&lab));
                prop_assert!(told.legacy > 0 || truth.legacy == 0);
                prop_assert!(told.percentage < 100 || truth.percentage == 100);
                if !blind {
                    prop_assert_eq!(figures(&told), figures(&truth));
                }
            }
        }
    }
}

#[test]
fn what_an_overwritten_record_is_by_now_an_exact_count_tells() {
    let lab = Lab::small();
    let tab = lab.tab();
    assert_eq!(figures(&status(&tab)), [0, 1, 0, 0, 0, 0]);
    lab.plant_row("s1", wrapped("s1", Value::Null));
    assert_eq!(status(&tab).legacy, 1);
    let exact = run(tab.status(EXACT)).unwrap();
    assert_eq!((exact.legacy, exact.quarantined), (0, 1));
    // From then on it is looked at each time.
    lab.plant("s1", &session("s1", 3));
    assert_eq!(status(&tab).legacy, 1);
}

#[test]
fn only_records_that_are_new_are_opened() {
    let lab = mixed();
    let tab = lab.tab();
    status(&tab);
    lab.plant("new", &session("new", 1));
    // Two lists of what is looked at each time, and the new one.
    assert!(opens(&tab) <= 7);
    let told = status(&tab);
    assert_eq!(figures(&told), figures(&truth(&lab)));
    assert!(!told.exact);
}

#[test]
fn records_that_hold_many_sessions_are_compared_as_a_whole() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["a", "b", "c"]);
        let lab = &shelf.lab;
        lab.migrate("a");
        let tab = shelf.tab();
        assert_eq!(status(&tab).legacy, 2, "{form:?}");
        assert!(!reads_manifests(&tab), "{form:?}");
        shelf.put_sessions(&["b"]);
        let truth = truth(lab);
        assert_eq!(figures(&status(&tab)), figures(&truth), "{form:?}");
        assert_eq!(figures(&status(&lab.tab())), figures(&truth), "{form:?}");
    }
}

#[test]
fn another_configuration_counts_for_itself() {
    let lab = mixed();
    status(&lab.tab());
    let mut other = lab.clone();
    other.config = restow::domain::config::Config::parse(&json!({
        "preset": "taskerino", "layout": { "id": "uuid" }
    }))
    .unwrap();
    assert!(status(&other.tab()).exact);
}

#[test]
fn a_death_at_any_point_leaves_no_count_that_lies() {
    let lab = mixed();
    let all = async |tab: &Tab| {
        tab.status(Counting::default()).await?;
        tab.migrate(&key("s4"), &Options::default()).await?;
        tab.status(Counting::default()).await?;
        tab.rollback(&key("s4"), None, Edits::Refuse, true).await?;
        tab.status(Counting::default()).await
    };
    let whole = lab.fork().tab();
    run(all(&whole)).unwrap();
    for n in 0..whole.ports.tab().operations() {
        for fault in Fault::DEATHS {
            for cut in [false, true] {
                let lab = lab.fork();
                let tab = lab.tab();
                tab.ports.tab().at(n, fault.clone());
                let _ = run(all(&tab));
                if cut {
                    lab.disk.power_cut(0);
                }
                let next = lab.tab();
                let told = status(&next);
                assert_eq!(figures(&told), figures(&truth(&lab)), "{fault:?} at {n}");
                run(next.migrate_all(&Options::default(), &Unwatched)).unwrap();
                assert_eq!(figures(&status(&next)), figures(&truth(&lab)));
            }
        }
    }
}

#[test]
fn a_count_that_can_not_be_kept_is_told_all_the_same() {
    let lab = mixed();
    let expected = figures(&truth(&lab));
    let fork = lab.fork();
    let tab = fork.tab();
    status(&tab);
    let trace = tab.ports.tab().trace();
    for (n, operation) in trace.iter().enumerate() {
        if !["keep_count", "pulse"].contains(&operation.method) {
            continue;
        }
        let tab = lab.fork().tab();
        let error = restow::error::Error::QuotaExceeded {
            needed: 1,
            cause: None,
        };
        tab.ports.tab().at(n, Fault::Fail(error));
        assert_eq!(figures(&status(&tab)), expected, "{operation}");
    }
}

#[test]
fn a_count_beside_another_tab_is_true_on_every_schedule() {
    for event in [Migrate, RollBack, Create, Delete, KeepSource, Quarantine] {
        let lab = mixed();
        let mut turns = 0;
        loop {
            let lab = lab.fork();
            let (tab, other) = (lab.tab(), lab.tab());
            let schedule = std::iter::repeat_n(true, turns).chain(std::iter::repeat_n(false, 400));
            let act = async {
                match event {
                    Migrate => drop(other.migrate(&key("s5"), &Options::default()).await),
                    RollBack => drop(other.rollback(&key("s0"), None, Edits::Discard, true).await),
                    Create => drop(other.create(&session("made", 1), None).await),
                    Delete => drop(other.delete(&key("s1"), true).await),
                    KeepSource => {
                        drop(other.resolve_conflict(&key("s2"), Side::Source, true).await)
                    }
                    _ => drop(other.migrate_all(&Options::default(), &Unwatched).await),
                }
            };
            interleave(tab.status(Counting::default()), act, schedule)
                .0
                .unwrap();
            let truth = truth(&lab);
            for tab in [&tab, &lab.tab()] {
                assert_eq!(
                    figures(&status(tab)),
                    figures(&truth),
                    "{event:?} after {turns}"
                );
            }
            if turns > 120 {
                break;
            }
            turns += 3;
        }
    }
}

#[test]
fn a_large_run_leaves_a_count_behind() {
    let lab = Lab::small();
    for n in 0..520 {
        let id = format!("s{n}");
        lab.plant(&id, &Value::object([("id", Value::text(&*id))]));
    }
    let tab = lab.tab();
    run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
    for tab in [&tab, &lab.tab()] {
        assert!(!reads_manifests(tab));
        assert_eq!(figures(&status(tab)), [520, 0, 0, 0, 100, 0]);
    }
    let own: &Twin = &tab.ports;
    assert!(run(own.records().pulse()).unwrap().count.is_some());
}
