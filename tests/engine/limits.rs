//! Limits while planning: what is capped, dropped, quarantined or only told, and that nothing else of
//! a session changes.

use crate::deaths::survives;
use crate::lab::{Lab, Tab, key, session, shot, wrapped};
use crate::support::twin::{berlin, run};
use crate::support::value::Value;
use restow::domain::limits::{self, Finding};
use restow::domain::report::{MigrationNeed, Outcome, SessionState};
use restow::domain::time::Timestamp;
use restow::engine::{Edits, Options, Side};
use restow::error::Error;
use restow::ports::Unwatched;
use serde_json::json;

/// The same lab with some limits.
fn limited(mut lab: Lab, limits: serde_json::Value) -> Lab {
    lab.config.limits = limits::parse(&limits, "limits").unwrap();
    lab
}

fn small(limits: serde_json::Value) -> Lab {
    limited(Lab::small(), limits)
}

fn dry() -> Options {
    Options {
        dry_run: true,
        ..Options::default()
    }
}

fn force() -> Options {
    Options {
        force: true,
        ..Options::default()
    }
}

/// Code, path and action of each.
fn told(findings: &[Finding]) -> Vec<(&str, &str, String)> {
    let each = findings.iter();
    each.map(|f| (&*f.code, &*f.path, format!("{:?}", f.action)))
        .collect()
}

/// One limit of each action that changes something, in the skeleton, in a part, in chunks.
fn caps() -> serde_json::Value {
    json!([
        { "path": "name", "cap": 4 },
        { "path": "summary.narrative", "maxLength": 4, "keep": "last", "action": "cap" },
        { "path": "screenshots.*.timestamp", "action": "drop", "type": "number" },
        { "path": "screenshots", "cap": 2 },
        { "path": "video.chapters", "maxLength": 9 },
        { "path": "unknown.deep.0", "max": 0, "action": "cap" },
    ])
}

/// What those limits make of the small session.
fn capped() -> Value {
    let shots = (0..2).map(|number| {
        let Value::Object(shot) = shot(number) else {
            panic!("a shot is an object");
        };
        let kept = shot.iter().filter(|(key, _)| *key != "timestamp");
        Value::object(kept.map(|(key, value)| (key, value.clone())))
    });
    session("s1", 3)
        .with("name", "Sess")
        .with("summary", json!({ "narrative": "ning" }))
        .with("screenshots", Value::list(shots))
        .with("unknown", json!({ "deep": [0, { "a": null }] }))
}

#[test]
fn what_is_capped_and_dropped_is_named_one_by_one_and_nothing_else_changes() {
    let lab = small(caps());
    let record = lab.row("s1");
    let row = lab.migrate("s1");
    assert_eq!(row.outcome, Outcome::Migrated);
    assert_eq!(
        told(&row.findings),
        [
            ("TooLong", "name", "Cap".to_owned()),
            ("TooLong", "summary.narrative", "Cap".into()),
            ("WrongType", "screenshots[0].timestamp", "Drop".into()),
            ("WrongType", "screenshots[1].timestamp", "Drop".into()),
            ("WrongType", "screenshots[2].timestamp", "Drop".into()),
            ("TooLong", "screenshots", "Cap".into()),
            ("AboveMaximum", "unknown.deep[0]", "Cap".into()),
        ]
    );
    assert_eq!(row.finding_counts["TooLong"], 3);
    let last = serde_json::to_value(&row.findings[6]).unwrap();
    let shown = |value: f64| json!({ "type": "number", "length": null, "value": value });
    assert_eq!((&last["was"], &last["becomes"]), (&shown(1.0), &shown(0.0)));
    assert_eq!(lab.load("s1").unwrap(), Some(capped()));
    assert_eq!(lab.row("s1"), None);
    // The backup has the record as it was found.
    let own = lab.disk.own().unwrap();
    let (_, envelope, stored) = own.backups.values().next().unwrap();
    assert_eq!(stored, &session("s1", 3));
    assert_eq!(Some(envelope.with("data", stored.clone())), record);
    assert!(run(lab.tab().verify_session(&key("s1"))).unwrap().ok);
}

#[test]
fn without_a_finding_a_session_is_just_what_it_was() {
    let lab = small(json!([
        { "path": "name", "cap": 400 },
        { "path": "screenshots.*.ocr", "type": "text", "action": "quarantine" },
        { "path": "nothing.*.here", "max": 3, "action": "drop" },
    ]));
    let row = lab.migrate("s1");
    assert!(row.findings.is_empty() && row.finding_counts.is_empty());
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    assert!(lab.manifest("s1").unwrap().warnings.is_empty());
}

#[test]
fn a_warning_changes_nothing_and_is_told_everywhere_without_its_value() {
    let lab = small(json!([{ "path": "name", "maxLength": 4 }]));
    let row = lab.migrate("s1");
    assert_eq!(told(&row.findings), [("TooLong", "name", "Warn".into())]);
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    let warning = &lab.manifest("s1").unwrap().warnings[0];
    assert_eq!((&*warning.code, &*warning.path), ("TooLong", "name"));
    assert_eq!(warning.message, "breaks a limit (text, length 10)");
    let listed = run(lab.tab().list_sessions()).unwrap();
    assert_eq!(&listed[0].warnings[0], warning);
    let own = lab.disk.own().unwrap();
    let line = own.audit.iter().find(|line| line.action == "migrate");
    let audit = serde_json::to_value(&line.unwrap().findings).unwrap();
    let expected = json!([{ "code": "TooLong", "path": "name", "type": "text", "length": 10 }]);
    assert_eq!(audit, expected);
}

#[test]
fn what_breaks_a_limit_with_quarantine_stays_in_its_source() {
    let mut lab = small(json!([
        { "path": "name", "cap": 4 },
        { "path": "video.id", "oneOf": ["w"], "action": "quarantine" },
        { "path": "score", "type": "integer", "cap": 9, "otherwise": "quarantine" },
    ]));
    let before = lab.rows();
    let row = lab.migrate("s1");
    assert_eq!(row.outcome, Outcome::Quarantined);
    assert_eq!(row.code.as_deref(), Some("LimitBroken"));
    let reason = "breaks a limit: NotAllowed at video.id (text, length 1)";
    assert_eq!(row.reason.as_deref(), Some(reason));
    // All findings are there, also those behind the one that decided, and nothing was done.
    let codes: Vec<_> = told(&row.findings).iter().map(|(code, ..)| *code).collect();
    assert_eq!(codes, ["TooLong", "NotAllowed", "NotFinite"]);
    assert!(row.findings.iter().all(|one| one.becomes == one.was));
    assert_eq!(lab.rows(), before);
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    let listed = run(lab.tab().list_quarantine()).unwrap();
    assert_eq!(
        (&*listed[0].code, &*listed[0].reason),
        ("LimitBroken", reason)
    );
    let rows = run(lab.tab().list_sessions()).unwrap();
    assert_eq!(rows[0].state, SessionState::Quarantined);
    let needed = run(lab.tab().migration_needed()).unwrap();
    assert_eq!(needed, MigrationNeed::No);

    // Another limit: another reason, found first when it was.
    lab.disk.clock().advance_days(1);
    lab = limited(
        lab,
        json!([{ "path": "none", "required": true, "action": "quarantine" }]),
    );
    lab.migrate("s1");
    let again = run(lab.tab().list_quarantine()).unwrap();
    assert_eq!(again[0].since, listed[0].since);
    assert_eq!(again[0].reason, "breaks a limit: Missing at none (missing)");

    // A release with limits that it keeps moves it.
    lab = limited(lab, json!([{ "path": "name", "cap": 4 }]));
    let needed = run(lab.tab().migration_needed()).unwrap();
    assert_eq!(needed, MigrationNeed::Yes);
    assert_eq!(lab.migrate_all().migrated, 1);
    assert!(run(lab.tab().list_quarantine()).unwrap().is_empty());
}

/// Sessions of every kind: capped, broken, sound, zipped, diverged, rolled back.
fn mixed() -> Lab {
    let lab = small(json!([
        { "path": "name", "cap": 9 },
        { "path": "unknown.deep", "maxLength": 3, "action": "quarantine" },
        { "path": "screenshots.*.id", "oneOf": ["shot-1"], "action": "warn" },
    ]));
    lab.plant(
        "s2",
        &session("s2", 0).with("unknown", json!({ "deep": [1, 2, 3, 4] })),
    );
    lab.plant("s3", &session("s3", 1).with("name", "Short"));
    let zipped = format!(
        r#"GZIP_V1:{{"id":"s4","name":"{}","screenshots":[]}}"#,
        "x".repeat(50)
    );
    lab.plant_row("s4", wrapped("s4", Value::text(zipped)));
    lab.plant("s5", &session("s5", 2));
    lab.migrate("s5");
    run(lab.tab().rollback(&key("s5"), None, Edits::Refuse, true)).unwrap();
    lab.plant("s6", &session("s6", 2));
    lab.migrate("s6");
    lab.plant("s6", &session("s6", 4));
    lab
}

#[test]
fn a_rehearsal_finds_what_the_run_finds() {
    for options in [Options::default(), force()] {
        let lab = mixed();
        let image = lab.disk.image();
        let dry = Options {
            dry_run: true,
            ..options.clone()
        };
        let rehearsed = run(lab.tab().migrate_all(&dry, &Unwatched)).unwrap();
        assert_eq!(lab.disk.image(), image);
        let done = run(lab.tab().migrate_all(&options, &Unwatched)).unwrap();
        assert_eq!(rehearsed.finding_counts, done.finding_counts);
        assert!(done.finding_counts["TooLong"] >= 3);
        for (one, other) in rehearsed.sessions.iter().zip(&done.sessions) {
            assert_eq!(one.session_id, other.session_id);
            assert_eq!(one.outcome, other.outcome);
            assert_eq!(one.findings, other.findings, "{:?}", one.session_id);
            assert_eq!(one.bytes, other.bytes);
        }
    }
    let lab = mixed();
    lab.migrate_all();
    assert_eq!(
        lab.load("s4").unwrap().unwrap().get("name"),
        "x".repeat(9).as_str().into()
    );
}

#[test]
fn a_rollback_puts_the_original_back_and_the_next_run_caps_it_again_just_so() {
    let lab = small(caps());
    let record = lab.row("s1");
    let first = lab.migrate("s1");
    run(lab.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
    assert_eq!(lab.row("s1"), record);
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
    let again = run(lab.tab().migrate(&key("s1"), &force())).unwrap();
    assert_eq!(again.findings, first.findings);
    assert_eq!(lab.load("s1").unwrap(), Some(capped()));
    // What was capped keeps its limits: a body made of it has no findings.
    let other = small(caps());
    other.plant("s1", &capped());
    assert_eq!(told(&other.migrate("s1").findings), told(&[]));
    // Edits since then are the application's own, and not judged.
    lab.edit("s1");
    assert_eq!(lab.manifest("s1").unwrap().warnings.len(), 7);
}

#[test]
fn a_kept_original_is_compared_as_it_was_found() {
    let lab = small(caps()).keeping();
    assert_eq!(lab.migrate("s1").outcome, Outcome::Migrated);
    let rows = run(lab.tab().list_sessions()).unwrap();
    assert_eq!(rows[0].state, SessionState::Chunked);
    assert_eq!(lab.migrate("s1").code.as_deref(), Some("AlreadyChunked"));
    let removed = run(lab.tab().remove_originals(true)).unwrap();
    assert_eq!(removed.removed, [key("s1")]);
    assert_eq!(lab.load("s1").unwrap(), Some(capped()));
}

#[test]
fn a_session_is_limited_when_it_is_opened_or_decided_for_as_well() {
    let lab = small(caps());
    assert_eq!(lab.load("s1").unwrap(), Some(capped()));
    let other = session("s1", 3).with("name", "Renamed");
    lab.plant("s1", &other);
    let kept = run(lab.tab().resolve_conflict(&key("s1"), Side::Source, true)).unwrap();
    assert_eq!(kept.findings.len(), 7);
    assert_eq!(lab.load("s1").unwrap(), Some(capped().with("name", "Rena")));

    // What is to go is only backed up: no limit keeps it.
    let required = json!([{ "path": "none", "required": true, "action": "quarantine" }]);
    let strict = limited(lab, required);
    let diverge = |name: &str| {
        strict.plant("s1", &session("s1", 3).with("name", name));
        strict.tab()
    };
    run(diverge("Once more").resolve_conflict(&key("s1"), Side::Chunks, true)).unwrap();
    assert_eq!(strict.row("s1"), None);
    let kept = run(diverge("Again").resolve_conflict(&key("s1"), Side::Source, true));
    let code = "LimitBroken";
    assert!(matches!(kept, Err(Error::Quarantined { code: found, .. }) if found == code));
    strict.plant("s2", &session("s2", 1));
    assert!(run(strict.tab().delete(&key("s2"), true)).unwrap());
}

#[test]
fn a_newer_layout_is_another_cut_of_the_same_values() {
    let mut lab = Lab::small();
    lab.migrate("s1");
    lab.config.layout.version = 2;
    lab.config.layout.parts.pop();
    let lab = limited(lab, caps());
    let row = lab.migrate("s1");
    assert_eq!((row.from_layout, row.findings.len()), (Some(1), 0));
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
}

#[test]
fn an_object_that_is_used_twice_is_changed_in_both_places_or_in_none() {
    let lab = small(json!([{ "path": "unknown.one.n", "max": 3, "action": "cap" }]));
    let shared: Value = json!({ "n": 5 }).into();
    let unknown =
        |one: &Value, two: &Value| Value::object([("one", one.clone()), ("two", two.clone())]);
    let body = session("s1", 1).with("unknown", unknown(&shared, &shared));
    lab.plant("s1", &body);
    let row = lab.migrate("s1");
    assert_eq!(row.code.as_deref(), Some("LimitBroken"));
    assert_eq!(lab.load("s1").unwrap(), Some(body));
    let twice: Value = json!({ "n": 5 }).into();
    lab.plant(
        "s1",
        &session("s1", 1).with("unknown", unknown(&shared, &twice)),
    );
    assert_eq!(lab.migrate("s1").outcome, Outcome::Migrated);
}

#[test]
fn a_wildcard_never_makes_another_session_of_one() {
    let lab = small(json!([{ "path": "*", "maxLength": 1, "action": "cap", "otherwise": "warn" }]));
    let row = lab.migrate("s1");
    assert_eq!(row.code.as_deref(), Some("LimitBroken"));
    assert_eq!(row.reason.as_deref(), Some("a limit would change its id"));
    assert_eq!(lab.load("s1").unwrap(), Some(session("s1", 3)));
}

#[test]
fn a_secret_is_found_nowhere_but_in_the_bodies_themselves() {
    const SECRETS: [&str; 4] = ["hunter2", "4711.5", "ann@example.org", "Tuesday evening"];
    let vault = Value::object([
        ("password", Value::text("hunter2 hunter2")),
        ("pin", Value::Number(4711.5)),
        (
            "tokens",
            Value::object([("ann@example.org", Value::text("hunter2"))]),
        ),
        ("note", Value::text("Tuesday evening")),
    ]);
    for action in ["cap", "drop", "quarantine", "warn"] {
        let lab = small(json!([
            { "path": "vault.password", "maxLength": 7, "action": action, "secret": true },
            { "path": "vault.pin", "max": 9, "action": action, "secret": true },
            { "path": "vault.tokens.*", "maxLength": 3, "action": action, "secret": true },
            { "path": "vault.note", "maxLength": 3, "action": action },
            { "path": "vault.*", "oneOf": [""] },
        ]));
        lab.plant("s1", &session("s1", 1).with("vault", vault.clone()));
        let rehearsed = run(lab.tab().migrate_all(&dry(), &Unwatched)).unwrap();
        let ears = Ears::default();
        let done = run(lab.tab().migrate_all(&Options::default(), &ears)).unwrap();
        let row = done.sessions[0].clone();
        assert!(row.findings.len() >= 5, "{action}");
        let tab = lab.tab();
        let opened = match run(tab.open_session(&key("s1"))) {
            Err(error) => format!("{error} {error:?}"),
            Ok(_) => String::new(),
        };
        let own = lab.disk.own().unwrap();
        let manifests: Vec<_> = own
            .manifests
            .values()
            .map(|(manifest, _)| manifest)
            .collect();
        let heads: Vec<_> = own.backups.values().map(|(head, ..)| head).collect();
        let json = |value: &dyn Fn() -> serde_json::Result<String>| value().unwrap();
        let public = [
            json(&|| serde_json::to_string(&manifests)),
            json(&|| serde_json::to_string(&heads)),
            json(&|| serde_json::to_string(&own.audit)),
            json(&|| serde_json::to_string(&own.quarantine.values().collect::<Vec<_>>())),
            json(&|| serde_json::to_string(&own.journal.values().collect::<Vec<_>>())),
            json(&|| serde_json::to_string(&run(tab.list_sessions()).unwrap())),
            restow::domain::console::results(&done),
            restow::domain::console::findings(&done, true),
            restow::domain::console::findings(&rehearsed, true),
            restow::domain::console::single(&row),
            ears.heard.take().join("\n"),
            row.reason.clone().unwrap_or_default(),
            opened,
        ];
        for (text, secret) in public.iter().flat_map(|text| SECRETS.map(|s| (text, s))) {
            assert!(!text.contains(secret), "{action}: {secret} in {text}");
        }
        // The report goes to the caller, who gets what is no secret.
        let report = serde_json::to_string(&(&done, &rehearsed)).unwrap();
        for secret in &SECRETS[..3] {
            assert!(!report.contains(secret), "{action}: {secret} in {report}");
        }
        assert!(report.contains(SECRETS[3]));
        assert_eq!(row.findings[0].was.length, Some(15));
    }
}

/// A caller that remembers what it heard.
#[derive(Default)]
struct Ears {
    heard: std::cell::RefCell<Vec<String>>,
}

impl restow::ports::Watch for Ears {
    fn progress(&self, event: &restow::domain::progress::Progress) {
        let text = serde_json::to_string(event).unwrap();
        self.heard.borrow_mut().push(text);
    }

    fn cancelled(&self) -> bool {
        false
    }
}

#[test]
fn a_death_while_a_session_is_limited_leaves_it_whole_in_source_or_capped_in_chunks() {
    let allowed = vec![(key("s1"), vec![Some(session("s1", 3)), Some(capped())])];
    let one = async |tab: &Tab| tab.migrate(&key("s1"), &Options::default()).await;
    let all = async |tab: &Tab| tab.migrate_all(&Options::default(), &Unwatched).await;
    println!("{:?}", survives(&small(caps()), &allowed, one, one));
    println!(
        "{:?}",
        survives(&small(caps()).keeping(), &allowed, all, all)
    );
    let migrated = small(caps());
    migrated.migrate("s1");
    migrated.disk.settle();
    let back = async |tab: &Tab| tab.rollback(&key("s1"), None, Edits::Refuse, true).await;
    println!("{:?}", survives(&migrated, &allowed, back, back));
}

#[test]
fn what_a_death_leaves_is_the_original_in_its_source_or_the_capped_one_in_chunks() {
    let call = async |tab: &Tab| tab.migrate(&key("s1"), &Options::default()).await;
    let (left, _) = crate::deaths::deaths(&small(caps()), &call);
    for one in left {
        let live = one.lab.manifest("s1").filter(|manifest| manifest.is_live());
        let row = one.lab.row("s1").map(|row| row.get("data"));
        match live {
            Some(_) => assert_eq!(one.lab.load("s1").unwrap(), Some(capped()), "{}", one.how),
            None => assert_eq!(row, Some(session("s1", 3)), "{}", one.how),
        }
    }
}

/// The day after the history below ends, in Berlin, in the evening: in UTC it is an hour earlier.
const TODAY: &str = "2025-12-10T22:30:00Z";

fn streak(current: Value) -> Value {
    Value::object([
        ("current", current),
        ("lastCompletedDate", Value::text("2025-12-10")),
        ("bestStreak", Value::Number(400.0)),
        ("unknown", Value::text("stays")),
    ])
}

/// What becomes of a streak, and the codes that say why.
fn carried(streak: Value) -> (Value, Vec<String>) {
    let lab = small(json!([{ "path": "streak", "rule": "streak" }]));
    lab.disk.clock().set(Timestamp::parse(TODAY).unwrap());
    lab.disk.clock().travel(berlin());
    let body = session("s1", 1).with("streak", streak);
    lab.plant("s1", &body);
    let result = lab.migrate_all();
    assert_eq!((result.migrated, result.errors.len()), (1, 0));
    let loaded = lab.load("s1").unwrap().unwrap();
    let found = loaded.get("streak");
    // Whatever becomes of it, nothing else changes.
    let current = found.get("current");
    assert_eq!(loaded, body.with("streak.current", current.clone()));
    let codes = result.sessions[0].findings.iter();
    (current, codes.map(|one| one.code.clone()).collect())
}

#[test]
fn at_most_thirty_days_of_a_streak_are_carried_over() {
    let number = Value::Number;
    let capped = &["StreakCapped"][..];
    let malformed = &["StreakMalformed"][..];
    for (current, expected, codes) in [
        (number(0.0), number(0.0), &[][..]),
        (number(29.0), number(29.0), &[]),
        (number(30.0), number(30.0), &[]),
        (number(31.0), number(30.0), capped),
        (number(365.0), number(30.0), capped),
        (number(10_000.0), number(30.0), capped),
        (number(f64::INFINITY), number(30.0), capped),
        (number(-5.0), number(0.0), malformed),
        (number(f64::NAN), number(0.0), malformed),
        (Value::text("many"), number(0.0), malformed),
        (Value::list([]), number(0.0), malformed),
        (Value::bytes(&[30]), number(0.0), malformed),
        (number(3.7), number(3.0), malformed),
        (
            Value::text("45"),
            number(30.0),
            &["StreakMalformed", "StreakCapped"],
        ),
        (Value::Null, Value::Null, &[]),
    ] {
        let (found, told) = carried(streak(current.clone()));
        assert_eq!(found, expected, "{current:?}");
        assert_eq!(told, codes, "{current:?}");
    }
}

#[test]
fn days_are_those_of_the_persons_calendar() {
    // 10 December 22:30 in UTC is 23:30 in Berlin; the streak of the 9th lives until midnight.
    let at = |time: &str, last: &str| {
        let lab = small(json!([{ "path": "streak", "rule": "streak" }]));
        lab.disk.clock().set(Timestamp::parse(time).unwrap());
        lab.disk.clock().travel(berlin());
        let streak = streak(Value::Number(9.0)).with("lastCompletedDate", last);
        lab.plant("s1", &session("s1", 1).with("streak", streak));
        lab.migrate("s1");
        lab.load("s1").unwrap().unwrap().get("streak.current")
    };
    let (lives, expired) = (Value::Number(9.0), Value::Number(0.0));
    assert_eq!(at("2025-12-10T22:30:00Z", "2025-12-09"), lives);
    assert_eq!(at("2025-12-10T23:30:00Z", "2025-12-09"), expired);
    // A moment late in the evening of UTC is the next day in Berlin.
    assert_eq!(at("2025-12-11T12:00:00Z", "2025-12-09T23:30:00Z"), lives);
    assert_eq!(at("2025-12-11T12:00:00Z", "2025-12-09T22:30:00Z"), expired);
    // In the summer already an hour earlier: 26 October has 25 hours.
    assert_eq!(at("2025-10-25T22:30:00Z", "2025-10-24"), expired);
    assert_eq!(at("2025-10-26T22:30:00Z", "2025-10-25"), lives);
}
