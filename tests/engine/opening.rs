//! Opening a session reads its manifest alone. What lies in its chunk list is read, and checked, when
//! it is needed first; and what was written just now is not read again.

use crate::lab::{Lab, Tab, key, path, session, shot};
use crate::picture::tidy;
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::chunk_list::PieceName;
use restow::domain::damage::Store;
use restow::domain::key::Key;
use restow::domain::places::PlaceKind;
use restow::engine::Handle;
use restow::error::{Error, Result};
use restow::ports::{Clock, Locks, Ports};

fn lab() -> Lab {
    let lab = Lab::small();
    lab.plant("s1", &session("s1", 3));
    lab.migrate("s1");
    lab
}

/// What a tab has asked its storage for since then.
fn asked(tab: &Tab, since: usize) -> Vec<&'static str> {
    let trace = tab.ports.tab().trace();
    trace[since..].iter().map(|asked| asked.method).collect()
}

fn garble_list(lab: &Lab) {
    let generation = lab.manifest("s1").unwrap().generation.into();
    let at = Key::Array(vec![key("s1"), Key::Number(generation)]);
    lab.disk.garble(Store::Lists, &at);
}

fn shots(numbers: &[u32]) -> Value {
    Value::list(numbers.iter().map(|number| shot(*number)))
}

/// Everything that a handle does with what is in the chunk list.
fn uses(tab: &Tab, handle: &Handle<Value>) -> Vec<Result<()>> {
    vec![
        run(tab.read(handle, &path("screenshots"), None)).map(drop),
        run(tab.read(handle, &path("screenshots"), Some(0..1))).map(drop),
        run(tab.read(handle, &path("summary"), None)).map(drop),
        run(tab.append(handle, &path("screenshots"), &shots(&[7]))).map(drop),
        run(tab.set_item(handle, &path("screenshots"), 0, &shot(7))),
        run(tab.set(handle, &path("summary"), &Value::Null)),
        run(tab.set(handle, &path("name"), &"N".into())),
    ]
}

#[test]
fn opening_reads_the_manifest_alone() {
    let lab = lab();
    let (tab, handle) = lab.open("s1");
    assert_eq!(asked(&tab, 0), ["manifest"]);
    let first = &handle.places()[0];
    assert_eq!((first.kind, first.length), (PlaceKind::Array, Some(3)));
    assert_eq!(handle.metadata().get("name"), session("s1", 3).get("name"));
    assert_eq!(asked(&tab, 0), ["manifest"]);
    // What it tells is what the list says.
    let told = handle.places();
    run(tab.read(&handle, &path("screenshots.2"), None)).unwrap();
    assert_eq!(asked(&tab, 0), ["manifest", "list", "pieces"]);
    assert_eq!(handle.places(), told);
    run(tab.read(&handle, &path("screenshots.2"), None)).unwrap();
    assert_eq!(asked(&tab, 3), ["pieces"]);
}

#[test]
fn a_damaged_list_is_named_by_whatever_needs_it_first() {
    let garbled = lab();
    garble_list(&garbled);
    let missing = lab();
    missing.disk.damage(|own| own.lists.clear());
    let another = lab();
    another.disk.damage(|own| {
        for list in own.lists.values_mut() {
            list.arrays[0].chunks[0].len -= 1;
        }
    });
    for lab in [garbled, missing, another] {
        let (tab, handle) = lab.open("s1");
        let image = lab.disk.image();
        for result in uses(&tab, &handle) {
            match result {
                Err(Error::Damaged { place, .. }) => assert_eq!(place, "chunk list"),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(lab.disk.image(), image);
    }
}

#[test]
fn a_summary_that_the_list_denies_is_damage_and_no_length_to_work_with() {
    let lab = lab();
    lab.disk.alter_manifest(&key("s1"), |manifest, _| {
        let places = manifest.places.as_mut().unwrap();
        places[0].length = Some(4);
    });
    let (tab, handle) = lab.open("s1");
    for result in uses(&tab, &handle) {
        assert!(matches!(result, Err(Error::Damaged { .. })), "{result:?}");
    }
}

#[test]
fn a_manifest_without_a_summary_is_opened_by_its_list() {
    let lab = lab();
    let told = lab.open("s1").1.places();
    let without = |manifest: &mut restow::domain::manifest::Manifest, _: &mut Value| {
        manifest.places = None;
    };
    lab.disk.alter_manifest(&key("s1"), without);
    let (tab, handle) = lab.open("s1");
    assert_eq!(asked(&tab, 0), ["manifest", "list"]);
    assert_eq!(handle.places(), told);
    // The next write adds it.
    run(tab.set(&handle, &path("name"), &"N".into())).unwrap();
    assert_eq!(lab.manifest("s1").unwrap().places, Some(told));

    lab.disk.alter_manifest(&key("s1"), without);
    garble_list(&lab);
    match run(lab.tab().open_session(&key("s1"))) {
        Err(Error::Damaged { place, .. }) => assert_eq!(place, "chunk list"),
        other => panic!("{:?}", other.map(drop)),
    }
}

#[test]
fn a_handle_that_had_read_nothing_when_others_wrote_is_stale() {
    let lab = lab();
    let (tab, handle) = lab.open("s1");
    let told = handle.places();
    lab.edit("s1");
    for result in uses(&tab, &handle) {
        assert!(
            matches!(result, Err(Error::StaleHandle { .. })),
            "{result:?}"
        );
    }
    assert_eq!(handle.places(), told);
    let (tab, handle) = lab.open("s1");
    assert_eq!(handle.places()[0].length, Some(4));
    assert!(uses(&tab, &handle).iter().all(Result::is_ok));
    tidy(&lab);
}

#[test]
fn what_was_written_just_now_is_not_read_again() {
    let lab = lab();
    let (tab, handle) = lab.open("s1");
    run(tab.append(&handle, &path("screenshots"), &shots(&[3, 4]))).unwrap();
    let since = asked(&tab, 0).len();
    run(tab.append(&handle, &path("screenshots"), &shots(&[5, 6]))).unwrap();
    run(tab.set_item(&handle, &path("screenshots"), 5, &shot(50))).unwrap();
    assert_eq!(asked(&tab, since), ["apply", "apply"]);
    let whole = run(tab.read(&handle, &path("screenshots"), None)).unwrap();
    assert_eq!(whole, Some(shots(&[0, 1, 2, 3, 4, 50, 6])));
    let loaded = lab.load("s1").unwrap().unwrap();
    assert_eq!(Some(loaded.get("screenshots")), whole);
    tidy(&lab);
}

#[test]
fn what_is_read_is_always_what_is_stored() {
    let lab = lab();
    let (tab, handle) = lab.open("s1");
    run(tab.append(&handle, &path("screenshots"), &shots(&[3, 4]))).unwrap();
    let name = PieceName {
        path: path("screenshots"),
        index: 2,
    };
    let generation = lab.manifest("s1").unwrap().generation;
    lab.disk
        .alter_piece(&key("s1"), generation, &name, shots(&[9]));
    let read = run(tab.read(&handle, &path("screenshots.4"), None));
    assert!(matches!(read, Err(Error::Damaged { .. })), "{read:?}");
    // Whoever holds what was there puts it back by writing on.
    run(tab.append(&handle, &path("screenshots"), &shots(&[5]))).unwrap();
    let whole = run(tab.read(&handle, &path("screenshots"), None)).unwrap();
    assert_eq!(whole, Some(shots(&[0, 1, 2, 3, 4, 5])));
    tidy(&lab);
}

#[test]
fn what_holds_a_blob_is_read_from_where_it_is_stored() {
    let lab = lab();
    let (tab, handle) = lab.open("s1");
    let blob = Value::list([Value::blob(b"bytes")]);
    run(tab.append(&handle, &path("screenshots"), &blob)).unwrap();
    let since = asked(&tab, 0).len();
    // In the same chunk.
    run(tab.set_item(&handle, &path("screenshots"), 2, &shot(20))).unwrap();
    assert_eq!(asked(&tab, since), ["pieces", "apply"]);
}

#[test]
fn an_edit_that_is_refused_waits_for_nobody() {
    let lab = lab();
    let (tab, handle) = lab.open("s1");
    let other = lab.tab();
    let held = run(other.ports.locks().acquire("restow:restow:text:s1", 0));
    let started = lab.disk.clock().now();
    let refused = run(tab.set_item(&handle, &path("screenshots"), 99, &shot(1)));
    assert!(
        matches!(refused, Err(Error::InvalidPath { .. })),
        "{refused:?}"
    );
    let waited = || lab.disk.clock().now().0 - started.0;
    assert!(waited() < 100, "{} ms", waited());
    run(tab.set_item(&handle, &path("screenshots"), 0, &shot(9))).unwrap();
    assert!(waited() > 10_000, "{} ms", waited());
    drop(held);
}
