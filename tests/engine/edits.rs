//! Edits: after each the session is what a plain model says, and only what changed was written.

use crate::lab::{Lab, key, path, session, shot};
use crate::picture::tidy;
use crate::support::twin::{TwinBodies, run};
use crate::support::value::Value;
use proptest::prelude::*;
use restow::domain::key::Key;
use restow::domain::path::Path;
use restow::engine::Handle;
use restow::error::Error;
use restow::ports::Bodies;
use serde_json::json;
use std::collections::BTreeSet;

type Tab = crate::lab::Tab;

/// The small lab, migrated, and a handle.
fn opened(body: &Value) -> (Lab, Tab, Handle<Value>) {
    let lab = Lab::small();
    lab.plant("s1", body);
    let (tab, handle) = lab.open("s1");
    (lab, tab, handle)
}

fn small() -> Value {
    session("s1", 3)
}

/// Names of the pieces that lie there as other values than before, or no more.
fn changed(before: &Lab, after: &Lab) -> BTreeSet<String> {
    let pieces = |lab: &Lab| lab.disk.own().unwrap().pieces;
    let (old, new) = (pieces(before), pieces(after));
    let names = old
        .keys()
        .chain(new.keys())
        .cloned()
        .collect::<BTreeSet<_>>();
    let differs = |name: &(Key, u32, _)| {
        let reference = |value: Option<&Value>| value.map(Value::reference);
        reference(old.get(name)) != reference(new.get(name))
    };
    let names = names.into_iter().filter(differs);
    names
        .map(|(_, _, name)| format!("{}/{}", name.path, name.index))
        .collect()
}

/// Carries out an edit on a session, and compares it with what it should be.
fn edit(
    body: &Value,
    expected: &Value,
    written: &[&str],
    edit: impl AsyncFnOnce(&Tab, &Handle<Value>),
) {
    let (lab, tab, handle) = opened(body);
    let before = lab.fork();
    let revision = handle.revision();
    run(edit(&tab, &handle));
    assert_eq!(lab.load("s1").unwrap().as_ref(), Some(expected));
    assert_eq!(handle.revision(), revision + 1);
    assert_eq!(lab.manifest("s1").unwrap().revision, revision + 1);
    assert!(lab.manifest("s1").unwrap().edited);
    let written: BTreeSet<_> = written.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(changed(&before, &lab), written);
    assert_eq!(handle.places(), lab.open("s1").1.places());
    // A handle that wrote reads on, and so does a new one.
    let whole = run(tab.read(&handle, &path("screenshots"), None)).unwrap();
    assert_eq!(whole, expected.at(&path("screenshots")));
    tidy(&lab);
}

fn shots(numbers: &[u32]) -> Value {
    Value::list(numbers.iter().map(|number| shot(*number)))
}

async fn append(tab: &Tab, handle: &Handle<Value>, at: &str, items: Value) -> u32 {
    tab.append(handle, &path(at), &items).await.unwrap()
}

#[test]
fn appending_rewrites_the_last_chunk_only() {
    let with = |numbers: &[u32]| small().with("screenshots", shots(numbers));
    // Within the last chunk of two.
    edit(
        &small(),
        &with(&[0, 1, 2, 9]),
        &["screenshots/1"],
        async |tab, handle| {
            assert_eq!(append(tab, handle, "screenshots", shots(&[9])).await, 4);
        },
    );
    // Over its edge, and over several.
    let five = ["screenshots/1", "screenshots/2", "screenshots/3"];
    edit(
        &small(),
        &with(&[0, 1, 2, 6, 7, 8, 9]),
        &five,
        async |tab, handle| {
            assert_eq!(
                append(tab, handle, "screenshots", shots(&[6, 7, 8, 9])).await,
                7
            );
        },
    );
    // Just at it.
    edit(
        &session("s1", 2),
        &with(&[0, 1, 9]),
        &["screenshots/1"],
        async |tab, handle| {
            assert_eq!(append(tab, handle, "screenshots", shots(&[9])).await, 3);
        },
    );
    // To an array that is empty, with a property of its own, and to one that is missing.
    let empty = small().with("screenshots", Value::list([]).extra("total", 7.0));
    let expected = small().with("screenshots", shots(&[9]).extra("total", 7.0));
    edit(
        &empty,
        &expected,
        &["screenshots/0"],
        async |tab, handle| {
            assert_eq!(append(tab, handle, "screenshots", shots(&[9])).await, 1);
        },
    );
    let missing = Value::json(r#"{"id":"s1"}"#);
    let expected = missing.with("screenshots", shots(&[9]));
    edit(
        &missing,
        &expected,
        &["screenshots/0"],
        async |tab, handle| {
            assert_eq!(append(tab, handle, "screenshots", shots(&[9])).await, 1);
        },
    );
    // Holes stay holes.
    let holes = small().with("screenshots", Value::sparse(3, [(0, shot(0))]));
    let added = Value::sparse(2, [(1, shot(9))]);
    let expected = small().with(
        "screenshots",
        Value::sparse(5, [(0, shot(0)), (4, shot(9))]),
    );
    edit(
        &holes,
        &expected,
        &["screenshots/1", "screenshots/2"],
        async |tab, handle| {
            assert_eq!(append(tab, handle, "screenshots", added.clone()).await, 5);
        },
    );
}

#[test]
fn arrays_that_are_not_chunked_can_be_appended_to_as_well() {
    let body = small()
        .with("tags", Value::list(["a".into()]).extra("kind", "odd"))
        .with("summary", json!({ "points": [1, 2] }))
        .with(
            "contextItems",
            Value::list([1.0.into()]).extra("kept", true),
        );
    let one = |item: f64| Value::list([item.into()]);
    let expected = body.with(
        "tags",
        Value::list(["a".into(), 3.0.into()]).extra("kind", "odd"),
    );
    edit(&body, &expected, &[], async |tab, handle| {
        assert_eq!(append(tab, handle, "tags", one(3.0)).await, 2);
    });
    let expected = body.with("summary", json!({ "points": [1, 2, 3] }));
    edit(&body, &expected, &["summary/0"], async |tab, handle| {
        assert_eq!(append(tab, handle, "summary.points", one(3.0)).await, 3);
    });
    let items = Value::list([1.0.into(), 3.0.into()]).extra("kept", true);
    let expected = body.with("contextItems", items);
    edit(
        &body,
        &expected,
        &["contextItems/0"],
        async |tab, handle| {
            assert_eq!(append(tab, handle, "contextItems", one(3.0)).await, 2);
        },
    );
    let inside = body.with("screenshots.1.marks", Value::list([]));
    let expected = body.with("screenshots.1.marks", one(3.0));
    edit(
        &inside,
        &expected,
        &["screenshots/0"],
        async |tab, handle| {
            assert_eq!(
                append(tab, handle, "screenshots.1.marks", one(3.0)).await,
                1
            );
            assert_eq!(handle.revision(), 3);
        },
    );
    let expected = body.with("summary.points.1", 9.0);
    edit(&body, &expected, &["summary/0"], async |tab, handle| {
        let at = path("summary.points");
        tab.set_item(handle, &at, 1, &9.0.into()).await.unwrap();
    });
    let expected = body.with("tags.0", 9.0);
    edit(&body, &expected, &[], async |tab, handle| {
        tab.set_item(handle, &path("tags"), 0, &9.0.into())
            .await
            .unwrap();
    });
}

#[test]
fn one_item_rewrites_its_chunk_only() {
    let expected = small().with("screenshots.2", shot(9));
    edit(
        &small(),
        &expected,
        &["screenshots/1"],
        async |tab, handle| {
            tab.set_item(handle, &path("screenshots"), 2, &shot(9))
                .await
                .unwrap();
        },
    );
    let expected = small().with("screenshots.0.ocr", "new");
    edit(
        &small(),
        &expected,
        &["screenshots/0"],
        async |tab, handle| {
            tab.set(handle, &path("screenshots.0.ocr"), &"new".into())
                .await
                .unwrap();
        },
    );
    let expected = small().with("video.chunks.0", Value::Undefined);
    edit(
        &small(),
        &expected,
        &["video.chunks/0"],
        async |tab, handle| {
            tab.set_item(handle, &path("video.chunks"), 0, &Value::Undefined)
                .await
                .unwrap();
        },
    );
}

#[test]
fn a_value_is_set_wherever_it_lies() {
    let set = async |tab: &Tab, handle: &Handle<Value>, at: &str, value: &Value| {
        tab.set(handle, &path(at), value).await.unwrap();
    };
    let new: Value = json!({ "a": [1] }).into();
    for (at, written) in [
        ("name", &[][..]),
        ("brandNew", &[]),
        ("unknown.deep", &[]),
        ("video.chapters", &[]),
        ("summary", &["summary/0"]),
        ("summary.narrative", &["summary/0"]),
        ("summary.added", &["summary/0"]),
        ("contextItems", &["contextItems/0"]),
        // Parts that were not there, or empty, become parts.
        ("audioInsights", &["audioInsights/0"]),
        ("fullTranscription", &["fullTranscription/0"]),
    ] {
        edit(
            &small(),
            &small().with(at, new.clone()),
            written,
            async |tab, handle| {
                set(tab, handle, at, &new).await;
            },
        );
    }
    // A part that becomes nothing much stays readable.
    for value in [Value::Null, Value::Undefined, Value::text(""), 0.0.into()] {
        edit(
            &small(),
            &small().with("summary", value.clone()),
            &["summary/0"],
            async |tab, handle| {
                set(tab, handle, "summary", &value).await;
            },
        );
    }
}

#[test]
fn a_whole_array_is_set_longer_shorter_empty_or_as_no_array() {
    let both = ["screenshots/0", "screenshots/1"];
    let three = ["screenshots/0", "screenshots/1", "screenshots/2"];
    for (value, written) in [
        (shots(&[5, 6, 7, 8, 9]), &three[..]),
        (shots(&[5]), &both),
        (shots(&[5]).extra("x", 1.0), &both),
        (Value::list([]), &both),
        (Value::text("none"), &both),
        (Value::Null, &both),
        (Value::Undefined, &both),
        (Value::sparse(4_000_000_000, [(7, shot(7))]), &both),
    ] {
        let expected = small().with("screenshots", value.clone());
        edit(&small(), &expected, written, async |tab, handle| {
            tab.set(handle, &path("screenshots"), &value).await.unwrap();
        });
    }
}

#[test]
fn a_value_around_chunks_is_set_and_the_session_is_split_anew() {
    let (lab, tab, handle) = opened(&small());
    let video: Value = json!({ "id": "w", "chunks": [1, 2, 3, 4, 5], "title": "T" }).into();
    run(tab.set(&handle, &path("video"), &video)).unwrap();
    let expected = small().with("video", video.clone());
    assert_eq!(lab.load("s1").unwrap(), Some(expected.clone()));
    assert_eq!(handle.revision(), 3);
    // And the handle goes on from there.
    run(tab.append(&handle, &path("video.chunks"), &Value::list([6.0.into()]))).unwrap();
    assert_eq!(
        run(tab.read(&handle, &path("video.chunks.5"), None)).unwrap(),
        Some(6.0.into())
    );
    run(tab.set(&handle, &path("video"), &Value::Null)).unwrap();
    assert_eq!(
        lab.load("s1").unwrap(),
        Some(small().with("video", Value::Null))
    );
    assert!(
        handle
            .places()
            .iter()
            .all(|place| place.path != path("video.chunks"))
    );
    tidy(&lab);
}

#[test]
fn what_cannot_be_set_is_refused_and_nothing_is_written() {
    let (lab, tab, handle) = opened(&small());
    let image = lab.disk.image();
    let set = |at: &str, value: Value| run(tab.set(&handle, &path(at), &value));
    for at in [
        "id",
        "id.x",
        "",
        "name.x",
        "nowhere.at.all",
        "screenshots.3",
        "screenshots.99",
        "screenshots.length",
        "screenshots.0.ocr.x",
        "summary.narrative.x",
    ] {
        let result = set(at, Value::Null);
        assert!(
            matches!(result, Err(Error::InvalidPath { .. })),
            "{at}: {result:?}"
        );
    }
    for odd in ["function", "CryptoKey"] {
        for at in ["name", "summary", "screenshots.0", "screenshots", "video"] {
            let result = set(at, Value::list([Value::Unsupported(odd)]));
            assert!(
                matches!(result, Err(Error::UnsupportedValue { .. })),
                "{at}: {result:?}"
            );
        }
    }
    let shared = Value::object([("a", shot(1))]);
    let items = Value::list([shared.clone(), shot(2), shared]);
    let result = run(tab.append(&handle, &path("screenshots"), &items));
    assert!(
        matches!(result, Err(Error::UnsupportedValue { .. })),
        "{result:?}"
    );
    for (at, index) in [
        ("screenshots", 3),
        ("name", 0),
        ("nowhere", 0),
        ("summary", 0),
    ] {
        let result = run(tab.set_item(&handle, &path(at), index, &Value::Null));
        assert!(
            matches!(result, Err(Error::InvalidPath { .. })),
            "{at}: {result:?}"
        );
    }
    for at in ["name", "nowhere", "summary", "summary.narrative", "video"] {
        let result = run(tab.append(&handle, &path(at), &shots(&[1])));
        assert!(
            matches!(result, Err(Error::InvalidPath { .. })),
            "{at}: {result:?}"
        );
    }
    let result = run(tab.append(&handle, &path("screenshots"), &Value::text("x")));
    assert!(matches!(result, Err(Error::InvalidArgument { .. })));
    for at in ["screenshots", "audioInsights", "contextItems"] {
        let _ = run(tab.append(&handle, &path(at), &Value::list([])));
    }
    assert_eq!((lab.disk.image(), handle.revision()), (image, 2));
}

#[test]
fn a_handle_reads_just_what_it_is_asked_for() {
    let body = session("s1", 5);
    let (_, tab, handle) = opened(&body);
    let read = |at: &str, range| run(tab.read(&handle, &path(at), range)).unwrap();
    for (from, to) in [
        (0, 5),
        (1, 2),
        (1, 4),
        (3, 99),
        (4, 4),
        (5, 9),
        (7, 2),
        (0, 0),
    ] {
        let expected = body.get("screenshots").slice(from.min(to), to);
        assert_eq!(
            read("screenshots", Some(from..to)),
            Some(expected),
            "{from}..{to}"
        );
    }
    for at in [
        "screenshots",
        "screenshots.4",
        "screenshots.4.ocr",
        "audioSegments",
        "audioSegments.2",
        "video",
        "video.chunks",
        "video.chapters.0",
        "summary",
        "summary.narrative",
        "name",
        "fullTranscription",
        "",
    ] {
        assert_eq!(read(at, None), body.at(&path(at)), "{at}");
    }
    assert_eq!(read("nowhere", None), None);
    assert_eq!(
        read("video.chapters", Some(0..1)),
        Some(Value::list(["one".into()]))
    );
    let before = tab.ports.tab().operations();
    read("screenshots", Some(2..3));
    let trace = tab.ports.tab().trace();
    assert_eq!(trace.len(), before + 1);
    assert!(
        trace[before].about.ends_with("1 names"),
        "{}",
        trace[before]
    );
    let metadata = handle.metadata();
    assert_eq!(metadata.get("name"), body.get("name"));
    assert_eq!(metadata.get("screenshots"), Value::list([]));
    assert_eq!(metadata.get("summary"), Value::Null);
    for at in ["screenshots.5", "screenshots.length"] {
        let result = run(tab.read(&handle, &path(at), None));
        assert!(matches!(result, Err(Error::InvalidPath { .. })), "{at}");
    }
    let result = run(tab.read(&handle, &path("name"), Some(0..1)));
    assert!(matches!(result, Err(Error::InvalidPath { .. })));
}

#[test]
fn the_name_for_people_follows_wherever_it_lies() {
    let lab = |label: &str| {
        let mut lab = Lab::small();
        lab.config.layout.label = Some(path(label));
        lab.migrate("s1");
        lab
    };
    let label = |lab: &Lab| lab.manifest("s1").unwrap().label;
    for (at, first) in [
        ("name", Some("Session s1")),
        ("summary.narrative", Some("A morning")),
        ("screenshots.0.id", Some("shot-0")),
    ] {
        let lab = lab(at);
        assert_eq!(label(&lab).as_deref(), first, "{at}");
        let (tab, handle) = lab.open("s1");
        run(tab.set(&handle, &path("other"), &Value::Null)).unwrap();
        assert_eq!(label(&lab).as_deref(), first, "{at}");
        run(tab.set(&handle, &path(at), &"New".into())).unwrap();
        assert_eq!(label(&lab).as_deref(), Some("New"), "{at}");
    }
}

#[test]
fn a_handle_on_an_earlier_life_never_fits_a_later_one() {
    let (lab, tab, handle) = opened(&small());
    lab.disk.clock().advance(10);
    run(lab.tab().delete(&key("s1"), true)).unwrap();
    lab.disk.clock().advance(10);
    let other = session("s1", 1).with("name", "Another life");
    run(lab.tab().create(&other, None)).unwrap();
    lab.edit("s1");
    let body = lab.load("s1").unwrap();
    assert_eq!(lab.manifest("s1").unwrap().revision, handle.revision());
    let result = run(tab.append(&handle, &path("screenshots"), &shots(&[9])));
    assert!(
        matches!(result, Err(Error::StaleHandle { .. })),
        "{result:?}"
    );
    let result = run(tab.set(&handle, &path("video"), &Value::Null));
    assert!(
        matches!(result, Err(Error::StaleHandle { .. })),
        "{result:?}"
    );
    let result = run(tab.read(&handle, &path("screenshots"), None));
    assert!(
        matches!(result, Err(Error::StaleHandle { .. })),
        "{result:?}"
    );
    assert_eq!(lab.load("s1").unwrap(), body);
    tidy(&lab);
}

#[test]
fn a_handle_that_others_left_behind_says_so() {
    let (lab, tab, handle) = opened(&small());
    run(tab.read(&handle, &path("screenshots.2"), None)).unwrap();
    lab.edit("s1");
    for at in ["name", "screenshots.0", "video"] {
        let result = run(tab.set(&handle, &path(at), &Value::Null));
        assert!(
            matches!(result, Err(Error::StaleHandle { .. })),
            "{at}: {result:?}"
        );
    }
    // What it has seen it still reads, as long as that is so.
    assert_eq!(
        run(tab.read(&handle, &path("screenshots.0"), None)).unwrap(),
        Some(shot(0))
    );
    let result = run(tab.read(&handle, &path("screenshots.2"), None));
    assert!(matches!(result, Err(Error::StaleHandle { .. })));
    let damaged = lab.fork();
    let (tab, handle) = damaged.open("s1");
    let generation = damaged.manifest("s1").unwrap().generation;
    let name = restow::domain::chunk_list::PieceName {
        path: path("screenshots"),
        index: 0,
    };
    damaged.disk.drop_piece(&key("s1"), generation, &name);
    let result = run(tab.read(&handle, &path("screenshots.0"), None));
    assert!(matches!(result, Err(Error::Damaged { .. })));
}

#[test]
fn a_damaged_skeleton_is_not_edited_into_a_sound_one() {
    let (lab, ..) = opened(&small());
    lab.disk.alter_manifest(&key("s1"), |_, skeleton| {
        *skeleton = skeleton.with("name", "Other");
    });
    match run(lab.tab().open_session(&key("s1"))) {
        Err(Error::Damaged { place, .. }) => assert_eq!(place, "skeleton"),
        other => panic!("{:?}", other.map(drop)),
    }
}

/// An edit, for the model.
#[derive(Debug, Clone)]
enum Edit {
    Append(&'static str, u32),
    SetItem(&'static str, u32, u32),
    Set(&'static str, Value),
}

const ARRAYS: [&str; 4] = ["screenshots", "audioSegments", "video.chunks", "tags"];

fn any_edit() -> impl Strategy<Value = Edit> {
    let values = prop_oneof![
        Just(Value::Null),
        Just(Value::Undefined),
        Just(Value::list([])),
        (0u32..7).prop_map(|count| shots(&(0..count).collect::<Vec<_>>())),
        Just(json!({ "chunks": [1, 2, 3], "deep": { "x": 1 } }).into()),
        Just(Value::text("text")),
    ];
    let places = prop::sample::select(vec![
        "screenshots",
        "video",
        "video.chunks",
        "summary",
        "summary.deep",
        "name",
        "unknown.deep",
        "contextItems",
        "tags",
        "screenshots.0",
        "video.chunks.1.ocr",
    ]);
    prop_oneof![
        (prop::sample::select(&ARRAYS[..]), 0u32..6).prop_map(|(at, n)| Edit::Append(at, n)),
        (prop::sample::select(&ARRAYS[..]), 0u32..8, 50u32..60)
            .prop_map(|(at, index, n)| Edit::SetItem(at, index, n)),
        (places, values).prop_map(|(at, value)| Edit::Set(at, value)),
    ]
}

/// What an edit makes of a body; `None` if it can't be done.
fn model(body: &Value, edit: &Edit) -> Option<Value> {
    let len = |at: &str| TwinBodies.len(&body.at(&path(at)).unwrap_or(Value::Undefined));
    match edit {
        Edit::Append(at, count) => {
            let added = shots(&(70..70 + count).collect::<Vec<_>>());
            match body.at(&path(at)) {
                Some(Value::List(list)) => {
                    let all = Value::concat(&[Value::List(list.clone()), added]);
                    let extras = list.extras.iter();
                    let all = extras.fold(all, |all, (key, value)| all.extra(key, value.clone()));
                    TwinBodies.set(body, &path(at), &all)
                }
                None | Some(Value::Undefined) if *at != "tags" && *count > 0 => {
                    TwinBodies.set(body, &path(at), &added)
                }
                None | Some(Value::Undefined) if *at != "tags" => Some(body.clone()),
                _ => None,
            }
        }
        Edit::SetItem(at, index, number) => {
            let at_item = path(at).child(index.to_string());
            (*index < len(at)?).then(|| TwinBodies.set(body, &at_item, &shot(*number)))?
        }
        Edit::Set(at, value) => {
            let at: Path = path(at);
            // Beyond the end of an array is no place.
            if let Some((array, last)) = at.split_last()
                && let (Some(Value::List(list)), Ok(index)) = (body.at(&array), last.parse::<u32>())
                && index >= list.len
            {
                return None;
            }
            TwinBodies.set(body, &at, value)
        }
    }
}

proptest! {
    #![proptest_config(crate::lab::cases(150))]

    #[test]
    fn any_sequence_of_edits_does_what_a_plain_model_does(edits in prop::collection::vec(any_edit(), 1..12), reopen in any::<bool>()) {
        let mut body = small().with("tags", Value::list(["a".into()]).extra("odd", 1.0));
        let (lab, tab, mut handle) = opened(&body);
        for edit in edits {
            let revision = handle.revision();
            let result = match &edit {
                Edit::Append(at, count) => {
                    let items = shots(&(70..70 + count).collect::<Vec<_>>());
                    run(tab.append(&handle, &path(at), &items)).map(drop)
                }
                Edit::SetItem(at, index, number) => {
                    run(tab.set_item(&handle, &path(at), *index, &shot(*number)))
                }
                Edit::Set(at, value) => run(tab.set(&handle, &path(at), value)),
            };
            match model(&body, &edit) {
                Some(new) => {
                    prop_assert!(result.is_ok(), "{edit:?}: {result:?} on {body:?}");
                    let nothing = matches!(edit, Edit::Append(_, 0));
                    prop_assert_eq!(handle.revision(), revision + u32::from(!nothing));
                    body = new;
                }
                None => {
                    let refused = matches!(result, Err(Error::InvalidPath { .. }));
                    prop_assert!(refused, "{edit:?}: {result:?} on {body:?}");
                    prop_assert_eq!(handle.revision(), revision);
                }
            }
            prop_assert_eq!(lab.load("s1").unwrap(), Some(body.clone()), "{:?}", edit);
            let verified = run(tab.verify_session(&key("s1"))).unwrap();
            prop_assert!(verified.ok, "{edit:?}: {:?}", verified.problems);
            if reopen {
                handle = run(tab.open_session(&key("s1"))).unwrap().unwrap();
            }
        }
        let kept = run(lab.tab().rollback(&key("s1"), None, restow::engine::Edits::Keep, true));
        prop_assert!(kept.is_ok(), "{kept:?}");
    }
}
