//! Figures, lists, checks, the quarantine and the audit.

use crate::lab::{Lab, key, path, session, shot};
use crate::picture::tidy;
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::chunk_list::PieceName;
use restow::domain::report::{SessionState, VerifyResult};
use restow::engine::{AuditFilter, Edits};
use restow::error::Error;

/// Ten sessions: three chunked, one of them diverged, one broken, one rolled back.
fn ten() -> Lab {
    Lab::in_all_states(9)
}

#[test]
fn the_four_figures_add_up() {
    let lab = ten();
    let status = run(lab.tab().status(Default::default())).unwrap();
    assert_eq!(status.total, 10);
    assert_eq!(
        (
            status.chunked,
            status.legacy,
            status.quarantined,
            status.diverged
        ),
        (2, 6, 1, 1)
    );
    assert_eq!(status.percentage, 20);
    let nothing = run(Lab::taskerino().tab().status(Default::default())).unwrap();
    assert_eq!((nothing.total, nothing.percentage), (0, 100));
}

#[test]
fn the_list_says_where_each_session_stands() {
    let lab = ten();
    let image = lab.disk.image();
    let rows = run(lab.tab().list_sessions()).unwrap();
    assert_eq!(lab.disk.image(), image);
    let ids: Vec<_> = rows
        .iter()
        .map(|row| row.id.clone().unwrap().to_string())
        .collect();
    assert_eq!(
        ids,
        ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9"]
    );
    let of = |id: &str| rows.iter().find(|row| row.id == Some(key(id))).unwrap();
    assert_eq!(
        (of("s1").state, of("s1").chunks),
        (SessionState::Chunked, 6)
    );
    assert_eq!(of("s2").state, SessionState::Diverged);
    assert_eq!(
        (of("s3").state, of("s3").rolled_back),
        (SessionState::Legacy, true)
    );
    assert_eq!(
        (of("s4").state, of("s4").rolled_back),
        (SessionState::Legacy, false)
    );
    assert_eq!(of("s9").state, SessionState::Quarantined);
    assert_eq!(of("s9").warnings[0].code, "NotAnObject");
    for row in &rows {
        assert_eq!(
            row.source.as_deref(),
            Some("taskerino-db/collections/sessions")
        );
        assert!(row.bytes > 0 || row.id == Some(key("s9")));
    }
    assert_eq!(of("s4").label.as_deref(), Some("Session s4"));
    assert_eq!(of("s1").label.as_deref(), Some("Session s1"));
    // A session has the same size here and there.
    let before = of("s5").bytes;
    lab.migrate("s5");
    let rows = run(lab.tab().list_sessions()).unwrap();
    let after = rows.iter().find(|row| row.id == Some(key("s5"))).unwrap();
    assert_eq!((after.bytes, after.state), (before, SessionState::Chunked));
}

#[test]
fn a_created_session_has_no_source() {
    let lab = Lab::small();
    let id = run(lab.tab().create(&session("made", 3), None)).unwrap();
    assert_eq!(id, key("made"));
    let rows = run(lab.tab().list_sessions()).unwrap();
    assert_eq!(
        (rows[0].id.clone(), rows[0].source.clone()),
        (Some(id), None)
    );
    assert_eq!(lab.load("made").unwrap(), Some(session("made", 3)));
    for taken in ["made", "s1"] {
        let again = run(lab.tab().create(&session(taken, 1), None));
        assert!(matches!(again, Err(Error::AlreadyExists { .. })));
    }
    for bad in [
        Value::Null,
        Value::list([]),
        Value::text("x"),
        session("x", 1).with("id", Value::Null),
        session("", 1),
        session("x", 1).with("id", Value::units(&[0xD800])),
    ] {
        let refused = run(lab.tab().create(&bad, None));
        assert!(
            matches!(refused, Err(Error::InvalidArgument { .. })),
            "{bad:?}"
        );
    }
    for odd in ["function", "CryptoKey"] {
        let refused = run(lab
            .tab()
            .create(&session("x", 1).with("name", Value::Unsupported(odd)), None));
        assert!(
            matches!(refused, Err(Error::UnsupportedValue { .. })),
            "{odd}"
        );
    }
    tidy(&lab);
}

#[test]
fn a_session_can_be_created_where_a_rolled_back_one_is_gone() {
    let lab = Lab::small();
    lab.migrate("s1");
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    lab.unplant("s1");
    let body = session("s1", 1).with("name", "Another");
    run(lab.tab().create(&body, None)).unwrap();
    assert_eq!(lab.load("s1").unwrap(), Some(body));
    let manifest = lab.manifest("s1").unwrap();
    assert_eq!((manifest.origin, manifest.edited), (None, false));
    tidy(&lab);
}

fn piece(at: &str, index: u32) -> PieceName {
    PieceName {
        path: path(at),
        index,
    }
}

fn verify(lab: &Lab) -> VerifyResult {
    run(lab.tab().verify_session(&key("s1"))).unwrap()
}

#[test]
fn damage_is_found_and_named_and_never_makes_a_shorter_list() {
    let migrated = || {
        let lab = Lab::small();
        lab.migrate("s1");
        lab
    };
    let sound = verify(&migrated());
    // Two chunks of screenshots, two of audio, one of video, two parts, the skeleton, and the backup.
    assert_eq!(
        (sound.ok, sound.checked, sound.problems.len()),
        (true, 9, 0)
    );
    let id = key("s1");
    let of = |lab: &Lab| lab.manifest("s1").unwrap().generation;
    let first = piece("screenshots", 0);
    let named = "screenshots (piece 0)";
    type Damage<'a> = &'a dyn Fn(&Lab);
    let damages: [(&str, &str, Damage); 8] = [
        ("Unreadable", named, &|lab| {
            lab.disk.make_piece_unreadable(&id, of(lab), &first);
        }),
        ("Missing", named, &|lab| {
            lab.disk.drop_piece(&id, of(lab), &first)
        }),
        ("Changed", named, &|lab| {
            let other = Value::list([shot(0), shot(7)]);
            lab.disk.alter_piece(&id, of(lab), &first, other);
        }),
        ("Changed", named, &|lab| {
            lab.disk.alter_piece(&id, of(lab), &first, Value::list([]))
        }),
        ("Changed", named, &|lab| {
            lab.disk
                .swap_pieces(&id, of(lab), &first, &piece("screenshots", 1));
        }),
        ("Changed", "skeleton", &|lab| {
            lab.disk.alter_manifest(&key("s1"), |_, skeleton| {
                *skeleton = skeleton.with("name", "Other");
            });
        }),
        ("Changed", "chunk list", &|lab| {
            lab.disk.damage(|own| {
                own.lists.values_mut().for_each(|list| {
                    list.arrays[0].chunks.pop();
                });
            });
        }),
        ("Missing", "chunk list", &|lab| {
            lab.disk.damage(|own| own.lists.clear())
        }),
    ];
    for (code, place, damage) in damages {
        let lab = migrated();
        damage(&lab);
        let result = verify(&lab);
        assert!(!result.ok);
        let mut found = result.problems.iter();
        let found = found.any(|one| (one.code.code(), one.place.as_str()) == (code, place));
        assert!(found, "{code} {place}: {:?}", result.problems);
        match lab.load("s1") {
            Err(Error::Damaged { place: at, .. }) => assert_eq!(at, place),
            other => panic!("{place}: {other:?}"),
        }
        // The backup brings it back.
        run(lab.tab().rollback(&id, None, Edits::Refuse, true)).unwrap();
        assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
        tidy(&lab);
    }
    // What is there without being listed harms no one, but is told.
    let lab = migrated();
    let generation = of(&lab);
    lab.disk.damage(move |own| {
        let name = PieceName {
            path: path("screenshots"),
            index: 9,
        };
        own.pieces
            .insert((key("s1"), generation, name), Value::Null);
    });
    let result = verify(&lab);
    assert_eq!(result.problems[0].code.code(), "Unexpected");
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
}

#[test]
fn only_what_is_stored_can_be_verified() {
    let lab = Lab::small();
    for id in ["s1", "nonesuch"] {
        let result = run(lab.tab().verify_session(&key(id)));
        assert!(matches!(result, Err(Error::NotChunked { .. })));
    }
    assert!(!lab.disk.has_own());
}

#[test]
fn the_quarantine_keeps_the_time_when_it_was_found_first() {
    let lab = Lab::small();
    let odd = session("s1", 1).with("key", Value::Unsupported("CryptoKey"));
    lab.plant("s1", &odd);
    lab.migrate_all();
    let first = run(lab.tab().list_quarantine()).unwrap().remove(0);
    assert_eq!(
        (first.id.clone(), first.code.as_str()),
        (Some(key("s1")), "UnsupportedValue")
    );
    assert_eq!(
        first.place,
        "taskerino-db/collections/sessions › sessions/s1"
    );
    assert!(first.reason.contains("CryptoKey") && !first.reason.contains("Session s1"));
    // What only taking it apart can tell is told by figures and list all the same.
    assert_eq!(
        run(lab.tab().status(Default::default()))
            .unwrap()
            .quarantined,
        1
    );
    lab.disk.clock().advance_days(3);
    lab.migrate_all();
    lab.migrate("s1");
    let again = run(lab.tab().list_quarantine()).unwrap();
    assert_eq!(again, [first]);
    // Mended: it is migrated, and is off the list.
    lab.plant("s1", &session("s1", 1));
    lab.migrate("s1");
    assert!(run(lab.tab().list_quarantine()).unwrap().is_empty());
    assert_eq!(
        run(lab.tab().status(Default::default()))
            .unwrap()
            .percentage,
        100
    );
}

#[test]
fn the_audit_tells_what_was_done_in_order_and_can_be_asked() {
    let lab = Lab::small();
    lab.plant("s2", &session("s2", 1));
    lab.migrate_all();
    lab.disk.clock().advance(5000);
    let later = lab.disk.clock();
    let since = restow::ports::Clock::now(later);
    lab.edit("s1");
    run(lab.tab().rollback(&key("s1"), None, Edits::Keep, true)).unwrap();
    run(lab.tab().create(&session("s3", 1), None)).unwrap();
    run(lab.tab().delete(&key("s3"), true)).unwrap();
    let ask = |filter: AuditFilter| -> Vec<String> {
        let entries = run(lab.tab().read_audit(&filter)).unwrap();
        entries
            .into_iter()
            .map(|entry| format!("{} {}", entry.action, entry.id))
            .collect()
    };
    let all = [
        "migrate s1",
        "migrate s2",
        "rollback s1",
        "create s3",
        "delete s3",
    ];
    assert_eq!(ask(AuditFilter::default()), all);
    let of_s1 = AuditFilter {
        id: Some(key("s1")),
        ..AuditFilter::default()
    };
    assert_eq!(ask(of_s1), ["migrate s1", "rollback s1"]);
    let migrations = AuditFilter {
        action: Some("migrate".into()),
        ..AuditFilter::default()
    };
    assert_eq!(ask(migrations), ["migrate s1", "migrate s2"]);
    let recent = AuditFilter {
        since: Some(since),
        ..AuditFilter::default()
    };
    assert_eq!(ask(recent), all[2..]);
    for (limit, count) in [(0, 0), (2, 2), (9, 5)] {
        let newest = AuditFilter {
            limit: Some(limit),
            ..AuditFilter::default()
        };
        assert_eq!(ask(newest), all[5 - count..]);
    }
}

#[test]
fn looking_creates_nothing() {
    let lab = Lab::small();
    let tab = lab.tab();
    let id = key("s1");
    run(tab.status(Default::default())).unwrap();
    run(tab.list_sessions()).unwrap();
    run(tab.is_chunked(&id)).unwrap();
    run(tab.list_backups(None)).unwrap();
    run(tab.list_quarantine()).unwrap();
    run(tab.read_audit(&AuditFilter::default())).unwrap();
    assert!(!lab.disk.has_own());
    assert_eq!(lab.disk.commits(), 0);
}
