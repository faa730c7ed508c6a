//! What is JSON, judged by serde_json too.

use super::tree::{Hand, any_tree};
use super::*;
use proptest::prelude::*;
use serde::de::IgnoredAny;

/// The verdict of serde_json. Of a value that it ignores it checks the grammar alone: neither the
/// range of numbers, nor surrogates, nor the depth.
fn valid(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Checks the verdicts on a text, whole and as one value among others, and returns ours.
fn judge(text: &str) -> bool {
    let ours = !matches!(exact(text), Err(Problem::Invalid { .. }));
    assert_eq!(ours, valid(text), "{text:?}");
    let units = text.encode_utf16().count() as u32;
    if let Err(Problem::Invalid { at }) = exact(text) {
        assert!(at <= units, "{text:?}");
    }
    for path in ["", "a", "a.b", "0", "1.0"] {
        let found = at(text, path);
        assert_eq!(
            matches!(found, Err(Problem::Invalid { .. })),
            !ours,
            "{text:?} {path}"
        );
    }
    ours
}

#[test]
fn json_is_json_and_nothing_else_is() {
    for text in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "10",
        "-1.5e+10",
        "1E5",
        "1e-5",
        "0.0",
        "0e0",
        "1e400",
        "\"\"",
        r#""\u0000\uD800\"\\\/\b\f\n\r\t""#,
        "\"\u{7f}\u{80}\u{2028}\u{2029}\u{FFFD}\u{FEFF}😀\"",
        "[]",
        "[ ]",
        "[\n]",
        "[1]",
        "[1,2]",
        "[[],[[]]]",
        "{}",
        "{ }",
        r#"{"":0}"#,
        r#"{"a":1,"a":2}"#,
        " \t\r\n[ 1 , 2 ] \t\r\n",
        r#" { "a" : [ ] , "b" : { } } "#,
        r#"[{"a":[{"b":[]}]},"]"]"#,
    ] {
        assert!(judge(text), "{text:?}");
    }
    for text in [
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "undefined",
        "NaN",
        "Infinity",
        "-Infinity",
        "-",
        "+1",
        "01",
        "-01",
        "00",
        "1.",
        ".5",
        "-.5",
        "1.e5",
        "1e",
        "1e+",
        "1e+-1",
        "0x10",
        "1_000",
        "1n",
        "1 2",
        "--1",
        "1..2",
        "1.2.3",
        "'a'",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\",
        r#""\x41""#,
        r#""\u123""#,
        r#""\u12g4""#,
        r#""\u{41}""#,
        r#""\'""#,
        "\"\n\"",
        "\"\u{0}\"",
        "\"\u{1f}\"",
        "\"aaaaaaaaaaaaaaaa\u{1f}\"",
        "\"\\\n\"",
        r#""\U0041""#,
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[,]",
        "[1,,2]",
        "[1 2]",
        "[1}",
        "[]]",
        "[[]",
        "(1)",
        "{",
        "}",
        "{]",
        "{1:2}",
        "{a:1}",
        "{'a':1}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{,"a":1}"#,
        r#"{"a":1 "b":2}"#,
        r#"{"a":1;"b":2}"#,
        r#"{"a" 1}"#,
        r#"{"a"::1}"#,
        r#"{"a":1]"#,
        r#"{"a":1"#,
        r#"{"a"#,
        "\u{FEFF}1",
        "1\u{FEFF}",
        "\u{A0}1",
        "1\u{2028}",
        "\u{b}1",
        "\u{c}1",
        "1\u{0}",
        "é",
        "😀",
        "\u{FFFD}",
        "/**/1",
        "1//",
        "[1/**/]",
        "\"a\" \"b\"",
        "[]{}",
        "nulltrue",
    ] {
        assert!(!judge(text), "{text:?}");
    }
}

#[test]
fn what_is_wrong_is_pointed_at_in_units() {
    for (text, place) in [
        ("", 0),
        ("[1,2", 4),
        ("[1,]", 3),
        ("01", 1),
        ("nulk", 3),
        ("\u{FEFF}1", 0),
        ("[\"é😀\u{FFFD}\" x]", 8),
        ("\"😀\n\"", 3),
        ("{\"a\":1 \"b\"}", 7),
        ("[1}", 2),
    ] {
        assert_eq!(exact(text), Err(Problem::Invalid { at: place }), "{text:?}");
    }
}

#[test]
fn depth_costs_no_stack() {
    let depth = 1_000_000;
    let arrays = "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(exact(&arrays), Ok(()));
    let members = at(&arrays, "0.0").unwrap().members;
    assert_eq!(
        members[0].whole,
        Span {
            start: 3,
            end: 2 * depth as u32 - 3
        }
    );
    let objects = r#"{"a":"#.repeat(depth) + "0" + &"}".repeat(depth);
    assert_eq!(exact(&objects), Ok(()));
    assert_eq!(at(&objects, "b"), Err(Problem::NoCollection));
    let open = "[".repeat(depth);
    assert_eq!(exact(&open), Err(Problem::Invalid { at: depth as u32 }));
    let keys = vec!["0"; 100_000].join(".");
    assert!(at(&arrays, &keys).is_ok());
}

/// Pieces of JSON in any order, so that something is often nearly valid.
fn any_garbage() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "[", "]", "{", "}", ",", ":", "\"", "\"a\"", "\"b\":", "\\", "\\u", "d83d", "\\n", "0",
        "1", "-", ".", "e", "+", "true", "null", "fals", " ", "\n", "\u{0}", "é", "😀", "\u{FFFD}",
        "\u{FEFF}",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat()),
        "[-+.eE0-9]{1,8}",
        "\"[\\\\u0-9a-f\"nt/é\u{0}]{0,9}\"",
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn garbage_is_judged_as_serde_json_judges_it(text in any_garbage()) {
        judge(&text);
    }

    #[test]
    fn a_value_is_valid_and_one_change_is_judged_as_serde_json_judges_it(
        tree in any_tree(),
        seed in any::<u64>(),
        place in any::<prop::sample::Index>(),
        replace in any::<bool>(),
        other in any_garbage(),
    ) {
        let text = Hand(seed).page(&tree);
        prop_assert!(judge(&text));
        let chars: Vec<char> = text.chars().collect();
        let (before, after) = chars.split_at(place.index(chars.len()));
        let other = other.chars().take(1);
        let changed = before.iter().copied().chain(other).chain(after[usize::from(replace)..].iter().copied());
        judge(&changed.collect::<String>());
    }
}
