//! What `JSON.parse` would lose.

use super::super::losses::{ROUNDED, TWICE};
use super::tree::{Hand, any_tree};
use super::*;
use proptest::prelude::*;

#[track_caller]
fn assert_lost(text: &str, at: u32, what: &'static str) {
    assert_eq!(exact(text), Err(Problem::NotExact { at, what }), "{text}");
}

#[test]
fn what_is_parsed_as_it_is_written_is_exact() {
    for text in [
        "[1.0,1e2,0.10,0.1,1E+2,5e-324,1.7976931348623157e308,-0,-0.0]",
        r#"{"a":{"a":{"b":1},"b":{"a":1}},"b":[{"a":1},{"a":1}]}"#,
        r#"{"__proto__":1,"constructor":2,"":3,"A":4,"a":5}"#,
        r#"["\ud800",{"\ud800":"\udc00"}]"#,
        "{\"\u{FFFD}\":\"\u{FFFD}\"}",
        r#"{"9007199254740993":"9007199254740993"}"#,
    ] {
        assert_eq!(exact(text), Ok(()), "{text}");
    }
}

#[test]
fn a_number_that_would_be_rounded_is_named() {
    assert_lost("12345678901234567890", 0, ROUNDED);
    assert_lost("[\"😀é\", 1e400, 1e-400]", 8, ROUNDED);
    assert_lost(r#"{"a":[1,{"b":-9007199254740993}]}"#, 13, ROUNDED);
}

#[test]
fn a_key_that_is_there_twice_is_named_where_it_is_first() {
    assert_lost(r#"{"a":1,"a":1}"#, 1, TWICE);
    assert_lost(r#"[{"x":0},{"x":0,"a":1,"b":2,"\u0061":3}]"#, 16, TWICE);
    assert_lost(r#"{"__proto__":1,"__proto__":1}"#, 1, TWICE);
    assert_lost(r#"{"a":{"b":1,"c":{},"b":1},"d":{"b":1}}"#, 6, TWICE);
    let many: Vec<String> = (0..1000).map(|key| format!("\"{key}\":{{}}")).collect();
    assert_lost(&format!("{{{},\"7\":0}}", many.join(",")), 1 + 7 * 7, TWICE);
}

#[test]
fn keys_that_can_not_be_told_apart_count_as_the_same() {
    assert_lost("{\"\u{FFFD}\":1,\"\u{FFFD}\":1}", 1, TWICE);
    assert_lost("{\"\u{FFFD}\":1,\"\\ud800\":1}", 1, TWICE);
    assert_lost(r#"{"\ud800":1,"\ud801":1}"#, 1, TWICE);
    assert_lost("{\"😀\":1,\"\\ud83d\u{FFFD}\":1}", 1, TWICE);
    assert_eq!(exact(r#"{"😀":1,"😁":1}"#), Ok(()));
}

#[test]
fn the_first_loss_is_reported_whenever_it_is_found() {
    assert_lost(r#"{"a":1e400,"b":{"c":0,"c":0}}"#, 5, ROUNDED);
    assert_lost(r#"{"b":{"c":0,"c":0},"a":1e400}"#, 6, TWICE);
    assert_lost(r#"{"a":1e400,"a":0}"#, 1, TWICE);
}

#[test]
fn a_text_that_is_not_json_is_invalid_whatever_would_be_lost() {
    assert_eq!(exact("[1e400,]"), Err(Problem::Invalid { at: 7 }));
}

#[test]
fn a_member_knows_its_own_losses_only() {
    let text =
        r#"{"x":1e400,"list":[1,{"a":[1e400]},"1e400",{"b":1,"b":2},{"b":1}],"y":{"z":0,"z":0}}"#;
    let problems: Vec<Option<Problem>> = at(text, "list")
        .unwrap()
        .members
        .into_iter()
        .map(|member| member.problem)
        .collect();
    let lost = |place, what| Some(Problem::NotExact { at: place, what });
    assert_eq!(
        problems,
        [None, lost(27, ROUNDED), None, lost(44, TWICE), None]
    );
}

#[test]
fn members_with_one_key_are_all_marked_and_the_others_are_not() {
    let marked = |text: &str| -> Vec<Option<u32>> {
        let members = at(text, "").unwrap().members.into_iter();
        let place = |problem| match problem {
            Problem::NotExact { at, what: TWICE } => at,
            other => panic!("{other:?}"),
        };
        members.map(|member| member.problem.map(place)).collect()
    };
    assert_eq!(
        marked(r#"{"a":1e400,"b":2,"\u0061":3,"a":4}"#),
        [Some(1), None, Some(17), Some(28)]
    );
    assert_eq!(
        marked("{\"\u{FFFD}\":1,\"b\":2,\"\\udfff\":3}"),
        [Some(1), None, Some(13)]
    );
    assert_eq!(marked(r#"{"a":{"b":1},"b":{"a":1}}"#), [None, None]);
}

proptest! {
    #[test]
    fn every_printed_value_is_exact(tree in any_tree(), seed in any::<u64>()) {
        prop_assert_eq!(exact(&Hand(seed).page(&tree)), Ok(()));
    }
}
