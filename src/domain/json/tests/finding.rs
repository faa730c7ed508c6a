//! Where collections and their members are.

use super::tree::{Hand, any_tree};
use super::*;
use proptest::prelude::*;
use serde_json::Value;

const NONE: Result<Collection, Problem> = Err(Problem::NoCollection);
const UNSURE: Result<Collection, Problem> = Err(Problem::Ambiguous);

#[test]
fn members_are_found_wherever_the_collection_lies() {
    assert_eq!(wholes(" [ 1 , [2] ] ", ""), ["1", "[2]"]);
    assert_eq!(wholes(r#"{"a":{"b" : [ 1 ]},"c":[2]}"#, "a.b"), ["1"]);
    assert_eq!(wholes(r#"[0,[[],{"x":[true]}]]"#, "1.1.x"), ["true"]);
    assert_eq!(
        wholes(r#"{"1":{"a" : 1 , "b":{}}}"#, "1"),
        [r#""a" : 1"#, r#""b":{}"#]
    );
    assert_eq!(wholes(r#"{"\u0061\n":["x"]}"#, "a\n"), [r#""x""#]);
    assert_eq!(wholes("[[]]", "0"), Vec::<String>::new());
}

#[test]
fn a_field_has_its_key_and_an_element_has_none() {
    let text = "{\"a\\u00e9\" : 5, \"\\ud800\":6}";
    let members = at(text, "").unwrap().members;
    assert_eq!(members[0].key.as_deref(), Some("aé"));
    assert_eq!((members[0].portable, members[1].portable), (true, false));
    assert_eq!(members[1].key.as_deref(), Some("\u{FFFD}"));
    assert_eq!(slice(text, members[0].value), "5");
    let members = at("[1]", "").unwrap().members;
    assert_eq!((&members[0].key, members[0].portable), (&None, true));
    assert_eq!(members[0].whole, members[0].value);
}

#[test]
fn a_path_that_leads_elsewhere_finds_nothing() {
    let text = r#"{"a":[5,"x",null,[]],"b":{"c":true}}"#;
    for path in [
        "a.0", "a.1", "a.2", "b.c", "x", "b.x.y", "a.4", "a.03", "a.-1", "a.length", "a.x",
        "a.0.0", "0",
    ] {
        assert_eq!(at(text, path), NONE, "{path}");
    }
    assert!(at(text, "a.3").is_ok());
    for text in ["1", "\"\"", "null"] {
        assert_eq!(at(text, ""), NONE);
        assert_eq!(at(text, "a"), NONE);
    }
}

#[test]
fn a_key_on_the_path_that_is_there_twice_leaves_it_open_which_is_meant() {
    for text in [
        r#"{"a":{"b":[1]},"a":{"b":[2]}}"#,
        r#"{"a":{"b":[1]},"a":0}"#,
        r#"{"a":0,"x":1,"\u0061":{"b":[1]}}"#,
        r#"{"a":{"b":[1],"b":[1]}}"#,
        r#"{"a":{"b":0,"c":0,"b":0}}"#,
        r#"{"a":{"c":0},"a":{}}"#,
    ] {
        assert_eq!(at(text, "a.b"), UNSURE, "{text}");
    }
    // Elsewhere a key may be there as often as it likes.
    let text = r#"{"x":1,"x":2,"a":{"y":{"b":1,"b":2},"b":[1],"y":0}}"#;
    assert_eq!(wholes(text, "a.b"), ["1"]);
}

#[test]
fn a_key_that_may_be_the_one_on_the_path_leaves_it_open_too() {
    assert_eq!(at("{\"\u{FFFD}\":[]}", "\u{FFFD}"), UNSURE);
    assert_eq!(at("{\"\\ud83d\u{FFFD}\":[]}", "😀"), UNSURE);
    assert_eq!(at("{\"😀\":[],\"\u{FFFD}\\ude00\":[]}", "😀"), UNSURE);
    assert!(at("{\"\u{FFFD}\":[],\"😁\":0,\"😀\":[]}", "😀").is_ok());
}

#[test]
fn the_whole_text_is_checked() {
    for text in [
        "{\"a\":[1],}",
        "{\"a\":[1]} x",
        "{\"x\":01,\"a\":[1]}",
        "{\"a\":[1],\"x\":\"\n\"}",
    ] {
        assert!(
            matches!(at(text, "a"), Err(Problem::Invalid { .. })),
            "{text}"
        );
    }
    // Even where something else is wrong as well.
    for text in ["{\"a\":1,\"a\":1", "{\"a\":1"] {
        assert!(
            matches!(at(text, "a"), Err(Problem::Invalid { .. })),
            "{text}"
        );
    }
}

#[test]
fn spans_count_units_whatever_the_characters() {
    let text = "{\"é😀\u{FFFD}\":\"𝄞\",\"list\":[\"😀\u{FFFD}\",\"€\",{\"😀\":\"é\"}]}";
    let found = at(text, "list").unwrap();
    assert_eq!(found.span, Span { start: 20, end: 42 });
    assert_eq!(found.total, text.encode_utf16().count() as u32);
    assert_eq!(found.total, 43);
    assert_eq!(
        wholes(text, "list"),
        ["\"😀\u{FFFD}\"", "\"€\"", "{\"😀\":\"é\"}"]
    );
    // A lone surrogate is one unit, as the U+FFFD that stands for it.
    let original: Vec<u16> = "[\"?\",7]"
        .encode_utf16()
        .map(|c| if c == 63 { 0xD800 } else { c })
        .collect();
    let span = at(&String::from_utf16_lossy(&original), "")
        .unwrap()
        .members[1]
        .value;
    assert_eq!(
        original[span.start as usize..span.end as usize],
        [u16::from(b'7')]
    );
}

#[test]
fn a_large_object_takes_no_more_than_linear_time() {
    let fields: Vec<String> = (0..100_000)
        .map(|key| format!("\"{key}\":{{\"a\":0}}"))
        .collect();
    let text = format!("{{{}}}", fields.join(","));
    assert_eq!(exact(&text), Ok(()));
    assert_eq!(at(&text, "").unwrap().members.len(), fields.len());
}

proptest! {
    #[test]
    fn every_collection_is_found_with_its_members(
        tree in any_tree(),
        seed in any::<u64>(),
        which in any::<prop::sample::Index>(),
    ) {
        let text = Hand(seed).page(&tree);
        let collections = tree.collections();
        prop_assume!(!collections.is_empty());
        let (path, tree) = &collections[which.index(collections.len())];
        let found = collection(&text, &Path(path.clone())).unwrap();
        prop_assert_eq!(found.total, text.encode_utf16().count() as u32);
        let read = |span| serde_json::from_str::<Value>(&slice(&text, span)).unwrap();
        let whole = read(found.span);
        prop_assert_eq!(whole.is_array(), found.is_array);
        prop_assert_eq!(whole, tree.to_value());
        let members = tree.members();
        prop_assert_eq!(found.members.len(), members.len());
        for (member, (key, tree)) in found.members.iter().zip(members) {
            prop_assert_eq!(member.key.as_deref(), key);
            prop_assert!(member.portable && member.problem.is_none());
            prop_assert_eq!(read(member.value), tree.to_value());
            let value = slice(&text, member.value);
            prop_assert_eq!(value.trim(), &value);
            if let Some(key) = key {
                let field = read_field(&slice(&text, member.whole));
                prop_assert_eq!(field, (key.to_owned(), tree.to_value()));
            } else {
                prop_assert_eq!(member.whole, member.value);
            }
        }
    }
}

/// The key and the value of a field.
fn read_field(whole: &str) -> (String, Value) {
    assert!(whole.starts_with('"'));
    match serde_json::from_str(&format!("{{{whole}}}")).unwrap() {
        Value::Object(map) if map.len() == 1 => map.into_iter().next().unwrap(),
        other => panic!("{other}"),
    }
}
