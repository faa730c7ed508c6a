//! Chats read and written piece by piece, and new ones.

use super::*;
use restow::domain::places::PlaceKind;
use restow::engine::Handle;
use restow::error::Error;

/// A chat in chunks, and a handle on it.
fn opened(messages: u32) -> (Lab, Tab, Handle<Value>) {
    let lab = lab();
    plant(&lab, CHAT, &chat(messages));
    lab.migrate_all();
    let tab = lab.tab();
    let handle = run(tab.open_session(&id(CHAT))).unwrap().unwrap();
    (lab, tab, handle)
}

fn of(number: u32) -> Value {
    message(number).into()
}

#[test]
fn messages_are_read_by_ranges_one_by_one_and_all_together() {
    let (_, tab, handle) = opened(5);
    let read = |path: &Path, range| run(tab.read(&handle, path, range)).unwrap();
    assert_eq!(handle.metadata(), Value::list([]));
    let [place] = &handle.places()[..] else {
        panic!("{:?}", handle.places());
    };
    assert_eq!((&place.path, place.kind), (&whole(), PlaceKind::Array));
    assert_eq!((place.length, place.chunk), (Some(5), Some(CHUNK)));
    assert_eq!(read(&whole(), None), Some(body(5)));
    assert_eq!(
        read(&whole(), Some(1..4)),
        Some(Value::list([of(1), of(2), of(3)]))
    );
    assert_eq!(read(&whole(), Some(4..99)), Some(Value::list([of(4)])));
    assert_eq!(read(&whole(), Some(9..99)), Some(Value::list([])));
    assert_eq!(read(&Path::dotted("3.type"), None), Some("agent".into()));
    assert_eq!(read(&Path::dotted("2"), None), Some(of(2)));
    assert!(run(tab.read(&handle, &Path::dotted("5"), None)).is_err());
    assert!(run(tab.read(&handle, &Path::dotted("length"), None)).is_err());
}

#[test]
fn reading_one_message_loads_one_chunk() {
    let (_, tab, handle) = opened(9);
    let before = tab.ports.tab().operations();
    run(tab.read(&handle, &whole(), Some(4..6))).unwrap();
    let trace = tab.ports.tab().trace().split_off(before);
    let pieces: Vec<_> = trace
        .iter()
        .filter(|step| step.method == "pieces")
        .collect();
    assert_eq!(pieces.len(), 1, "{trace:?}");
    assert!(pieces[0].about.ends_with("1 names"), "{}", pieces[0]);
}

#[test]
fn messages_are_added_and_replaced_and_only_their_chunks_are_written() {
    let (lab, tab, handle) = opened(3);
    let before = lab.disk.pieces_of(&id(CHAT));
    let added = Value::list([of(3), of(4)]);
    assert_eq!(run(tab.append(&handle, &whole(), &added)).unwrap(), 5);
    assert_eq!(load(&lab, CHAT), Some(body(5)));
    assert_eq!(lab.disk.pieces_of(&id(CHAT)).len(), before.len() + 1);
    let changed = of(1).with("content", "changed");
    run(tab.set_item(&handle, &whole(), 1, &changed)).unwrap();
    run(tab.set(&handle, &Path::dotted("4.error"), &"failed".into())).unwrap();
    let wanted = body(5)
        .with("1.content", "changed")
        .with("4.error", "failed");
    assert_eq!(load(&lab, CHAT), Some(wanted));
    for index in [5, 99] {
        let refused = run(tab.set_item(&handle, &whole(), index, &of(0)));
        assert!(
            matches!(refused, Err(Error::InvalidPath { .. })),
            "{refused:?}"
        );
    }
    assert!(run(lab.tab().verify_session(&id(CHAT))).unwrap().ok);
}

#[test]
fn a_chat_is_emptied_filled_again_and_replaced() {
    let (lab, tab, handle) = opened(3);
    run(tab.set(&handle, &whole(), &Value::list([]).extra("note", "kept"))).unwrap();
    assert_eq!(
        load(&lab, CHAT),
        Some(Value::list([]).extra("note", "kept"))
    );
    assert!(lab.disk.pieces_of(&id(CHAT)).is_empty());
    let refused = run(tab.set_item(&handle, &whole(), 0, &of(0)));
    assert!(
        matches!(refused, Err(Error::InvalidPath { .. })),
        "{refused:?}"
    );
    let added = Value::list([of(0), of(1), of(2)]);
    assert_eq!(run(tab.append(&handle, &whole(), &added)).unwrap(), 3);
    assert_eq!(load(&lab, CHAT), Some(body(3).extra("note", "kept")));
    assert_eq!(lab.disk.pieces_of(&id(CHAT)).len(), 2);
    run(tab.set(&handle, &whole(), &body(1))).unwrap();
    assert_eq!(load(&lab, CHAT), Some(body(1)));
    // Something else than a list is stored as it is.
    let object: Value = json!({ "messages": [] }).into();
    run(tab.set(&handle, &whole(), &object)).unwrap();
    assert_eq!(load(&lab, CHAT), Some(object));
    assert!(run(tab.append(&handle, &whole(), &added)).is_err());
    assert!(run(lab.tab().verify_session(&id(CHAT))).unwrap().ok);
}

#[test]
fn a_new_chat_needs_an_id_and_a_body_that_can_be_one() {
    let lab = lab();
    plant(&lab, CHAT, &chat(1));
    let create = |body: &Value, id: Option<Key>| run(lab.tab().create(body, id));
    let new = "chat_session_{t}_agent-2";
    assert_eq!(create(&body(3), Some(id(new))).unwrap(), id(new));
    assert_eq!(load(&lab, new), Some(body(3)));
    assert_eq!(text(&lab, new), None);
    let code = |refused: Result<Key, Error>| match refused {
        Err(Error::InvalidArgument { name, .. }) => name,
        Err(error) => error.code().to_owned(),
        Ok(id) => panic!("{id} was created"),
    };
    assert_eq!(code(create(&body(1), Some(id(new)))), "AlreadyExists");
    assert_eq!(code(create(&body(1), Some(id(CHAT)))), "AlreadyExists");
    assert_eq!(code(create(&body(1), None)), "id");
    assert_eq!(code(create(&body(1), Some(Key::text("")))), "id");
    assert_eq!(
        code(create(&Value::text("text"), Some(Key::text("x")))),
        "body"
    );
    let other = Lab::taskerino();
    let made = run(other
        .tab()
        .create(&crate::lab::session("s1", 1), Some(Key::text("s1"))));
    assert_eq!(code(made), "id");
}

#[test]
fn a_damaged_chunk_of_messages_is_named() {
    let (lab, tab, handle) = opened(3);
    let (generation, name) = lab.disk.pieces_of(&id(CHAT)).remove(1);
    lab.disk.drop_piece(&id(CHAT), generation, &name);
    for found in [
        run(lab.tab().load_full(&id(CHAT))).map(drop),
        run(tab.read(&handle, &whole(), None)).map(drop),
    ] {
        match found {
            Err(Error::Damaged { place, .. }) => assert_eq!(place, "piece 1"),
            other => panic!("{other:?}"),
        }
    }
    assert!(!run(lab.tab().verify_session(&id(CHAT))).unwrap().ok);
}
