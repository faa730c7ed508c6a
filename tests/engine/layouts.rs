//! Sessions that were chunked under an older layout are brought to a newer one.

use crate::deaths::{Tally, always, survives};
use crate::lab::{Lab, Tab, key, session};
use crate::support::twin::run;
use restow::domain::config::Config;
use restow::domain::layout::Layout;
use restow::domain::path::Path;
use restow::domain::report::{Outcome, SessionState};
use restow::engine::{Edits, Options};
use restow::error::Error;
use restow::ports::Unwatched;

const DRY: Options = Options {
    dry_run: true,
    backup_retention_days: None,
    batch_size: 20,
    force: false,
    headroom: restow::domain::headroom::Rule::Require,
};

/// Other chunks, one part less, one more.
fn newer(layout: &Layout) -> Layout {
    let mut layout = layout.clone();
    layout.version += 1;
    for array in &mut layout.arrays {
        array.chunk = 3;
    }
    layout.parts.remove(0);
    layout.parts.push(Path::dotted("unknown"));
    layout
}

/// A disk with a migrated session, as a newer release of its application opens it.
fn outdated(lab: Lab) -> Lab {
    lab.migrate("s1");
    lab.disk.settle();
    let layout = newer(&lab.config.layout);
    Lab {
        config: Config {
            layout,
            ..lab.config
        },
        ..lab
    }
}

#[test]
fn a_rehearsal_has_a_row_for_each_and_writes_nothing() {
    let lab = outdated(Lab::small());
    let before = lab.disk.image();
    let result = run(lab.tab().migrate_all(&DRY, &Unwatched)).unwrap();
    assert_eq!(lab.disk.image(), before);
    assert_eq!((result.total, result.migrated, result.relaid), (1, 1, 1));
    let row = &result.sessions[0];
    assert_eq!((row.outcome, row.from_layout), (Outcome::Migrated, Some(1)));
    assert!(row.dry_run && row.backup_path.is_none());
}

#[test]
fn a_run_renews_the_layout_and_changes_no_value() {
    let lab = outdated(Lab::small());
    let before = lab.manifest("s1").unwrap();
    let result = lab.migrate_all();
    assert_eq!((result.success, result.relaid), (true, 1));
    let after = lab.manifest("s1").unwrap();
    assert_eq!(after.layout, lab.config.layout);
    assert_eq!(after.generation, before.generation + 1);
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    // What ruled before is gone, and a backup of it is there.
    let own = lab.disk.own().unwrap();
    assert!(
        own.pieces
            .keys()
            .all(|(_, generation, _)| *generation == after.generation)
    );
    assert!(
        own.lists
            .keys()
            .all(|(_, generation)| *generation == after.generation)
    );
    let reasons: Vec<_> = own
        .backups
        .values()
        .map(|(head, ..)| head.reason.as_str())
        .collect();
    assert_eq!(reasons, ["migration", "layout"]);
    assert!(own.journal.is_empty());
    assert!(run(lab.tab().verify_session(&key("s1"))).unwrap().ok);
    let again = lab.migrate_all();
    assert_eq!((again.migrated, again.skipped), (0, 1));
}

#[test]
fn one_session_is_renewed_when_it_is_asked_for() {
    let lab = outdated(Lab::small());
    let row = lab.migrate("s1");
    assert_eq!((row.outcome, row.from_layout), (Outcome::Migrated, Some(1)));
    assert_eq!(lab.manifest("s1").unwrap().layout, lab.config.layout);
}

#[test]
fn a_death_while_a_layout_is_renewed_loses_nothing() {
    let lab = outdated(Lab::small());
    let call = async |tab: &Tab| tab.migrate_all(&Options::default(), &Unwatched).await;
    let tally: Tally = survives(&lab, &always("s1", &session("s1", 3)), call, call);
    println!("renew: {tally:?}");
}

#[test]
fn edits_are_carried_along_and_still_count_as_edits() {
    let lab = outdated(Lab::small());
    lab.edit("s1");
    let edited = lab.load("s1").unwrap();
    lab.migrate_all();
    assert_eq!(lab.load("s1").unwrap(), edited);
    assert!(lab.manifest("s1").unwrap().edited);
    let refused = run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true));
    assert!(matches!(refused, Err(Error::EditedSinceMigration { .. })));
}

#[test]
fn a_handle_from_before_is_stale() {
    let lab = outdated(Lab::small());
    let tab = lab.tab();
    let handle = run(tab.open_session(&key("s1"))).unwrap().unwrap();
    lab.migrate_all();
    let written = run(tab.set(&handle, &Path::dotted("name"), &"New".into()));
    assert!(
        matches!(written, Err(Error::StaleHandle { .. })),
        "{written:?}"
    );
}

#[test]
fn a_kept_original_is_still_known_to_be_unchanged() {
    let lab = outdated(Lab::small().keeping());
    lab.migrate_all();
    let state = |lab: &Lab| run(lab.tab().list_sessions()).unwrap()[0].state;
    assert_eq!(state(&lab), SessionState::Chunked);
    lab.plant("s1", &session("s1", 3).with("name", "Renamed"));
    assert_eq!(state(&lab), SessionState::Diverged);
    lab.plant("s1", &session("s1", 3));
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
}

#[test]
fn a_layout_that_was_changed_without_a_new_version_changes_nothing_and_is_told() {
    let mut lab = Lab::small();
    lab.migrate("s1");
    lab.config.layout.arrays[0].chunk = 7;
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.skipped), (0, 1));
    let codes: Vec<_> = result.sessions[0]
        .warnings
        .iter()
        .map(|w| w.code.as_str())
        .collect();
    assert_eq!(codes, ["LayoutChanged"]);
}

#[test]
fn an_older_release_leaves_a_newer_layout_alone() {
    let mut lab = outdated(Lab::small());
    lab.migrate_all();
    let newer = lab.config.layout.clone();
    lab.config.layout.version = 1;
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.skipped), (0, 1));
    assert_eq!(lab.manifest("s1").unwrap().layout, newer);
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
}
