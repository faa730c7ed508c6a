//! Texts without some members, and with others.

use super::tree::{Hand, Tree, any_tree};
use super::*;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;

/// Puts a new text together, as JavaScript does.
fn join(text: &str, pieces: &[Piece], inserts: &[&str]) -> String {
    let pieces = pieces.iter().map(|piece| match piece {
        Piece::Keep(span) => slice(text, *span),
        Piece::New(index) => inserts[*index].to_owned(),
        Piece::Text(text) => (*text).to_owned(),
    });
    pieces.collect()
}

fn splice(text: &str, path: &str, remove: &[usize], inserts: &[(u32, &str)]) -> String {
    let (positions, texts): (Vec<u32>, Vec<&str>) = inserts.iter().copied().unzip();
    let remove = remove.iter().copied().collect();
    let pieces = at(text, path).unwrap().splice(&remove, &positions);
    join(text, &pieces, &texts)
}

#[test]
fn a_member_takes_one_comma_and_the_whitespace_along() {
    let text = " { \"a\" : [ 1 ,\n 2 ,\t3 ] } ";
    let without = |remove: &[usize]| splice(text, "a", remove, &[]);
    assert_eq!(without(&[0]), " { \"a\" : [ 2 ,\t3 ] } ");
    assert_eq!(without(&[1]), " { \"a\" : [ 1 ,\t3 ] } ");
    assert_eq!(without(&[2]), " { \"a\" : [ 1 ,\n 2 ] } ");
    assert_eq!(without(&[0, 1]), " { \"a\" : [ 3 ] } ");
    assert_eq!(without(&[0, 2]), " { \"a\" : [ 2 ] } ");
    assert_eq!(without(&[1, 2]), " { \"a\" : [ 1 ] } ");
    assert_eq!(without(&[0, 1, 2]), " { \"a\" : [] } ");
    assert_eq!(splice(r#"{"a":1,"b":2}"#, "", &[0], &[]), r#"{"b":2}"#);
    assert_eq!(splice(r#"{ "a":1 }"#, "", &[0], &[]), "{}");
}

#[test]
fn a_member_comes_at_its_position_among_those_that_remain() {
    let with = |remove: &[usize], inserts: &[(u32, &str)]| splice("[ 1 , 2 ]", "", remove, inserts);
    assert_eq!(with(&[], &[(0, "x")]), "[ x,1 , 2 ]");
    assert_eq!(with(&[], &[(1, "x")]), "[ 1 , x,2 ]");
    assert_eq!(with(&[], &[(2, "x")]), "[ 1 , 2,x ]");
    assert_eq!(with(&[], &[(99, "x")]), "[ 1 , 2,x ]");
    assert_eq!(with(&[0], &[(0, "x"), (1, "y")]), "[ x,2,y ]");
    assert_eq!(
        with(&[], &[(1, "x"), (1, "y"), (2, "z")]),
        "[ 1 , x,y,2,z ]"
    );
    assert_eq!(with(&[0, 1], &[(0, "x"), (0, "y")]), "[x,y]");
    // Never lost, even if they come in another order.
    assert_eq!(with(&[], &[(2, "x"), (0, "y")]), "[ y,1 , 2,x ]");
    assert_eq!(splice("[ ]", "", &[], &[(0, "x")]), "[x]");
    assert_eq!(
        splice(r#"{"a":1}"#, "", &[0], &[(0, r#""b":2"#)]),
        r#"{"b":2}"#
    );
}

#[test]
fn nothing_to_do_keeps_all_of_it_in_one_piece() {
    for text in ["[ ]", "{}", " [ 1 ,2] ", "{ \"é😀\" : [\"\u{FFFD}\"] }"] {
        let found = at(text, "").unwrap();
        let all = Span {
            start: 0,
            end: found.total,
        };
        assert_eq!(found.splice(&BTreeSet::new(), &[]), [Piece::Keep(all)]);
        // There is no such member.
        assert_eq!(found.splice(&BTreeSet::from([7]), &[]), [Piece::Keep(all)]);
    }
}

#[test]
fn neighbours_keep_what_only_their_bytes_say() {
    let text = r#"{"n":1e400,"n":01.0}"#.replace("01.0", "1.0");
    let text = format!("[ {text} , {{\"id\":\"s1\"}},\"\\ud800\\u0061\" ]");
    assert_eq!(
        splice(&text, "", &[1], &[]),
        r#"[ {"n":1e400,"n":1.0},"\ud800\u0061" ]"#
    );
}

/// The elements after a splice, by the rule itself.
fn expected(
    members: &[String],
    remove: &BTreeSet<usize>,
    inserts: &[(u32, String)],
) -> Vec<String> {
    let kept = (0..members.len()).filter(|index| !remove.contains(index));
    let mut result: Vec<String> = kept.map(|index| members[index].clone()).collect();
    for (position, text) in inserts.iter().rev() {
        result.insert((*position as usize).min(result.len()), text.clone());
    }
    result
}

proptest! {
    #[test]
    fn a_splice_changes_what_it_should_and_not_one_byte_more(
        tree in any_tree(),
        seed in any::<u64>(),
        which in any::<prop::sample::Index>(),
        removed in any::<u8>(),
        inserts in prop::collection::vec((0u32..7, any_tree()), 0..4),
    ) {
        let mut hand = Hand(seed);
        let text = hand.page(&tree);
        let collections = tree.collections();
        prop_assume!(!collections.is_empty());
        let (path, tree) = &collections[which.index(collections.len())];
        let path = Path(path.clone());
        let before = collection(&text, &path).unwrap();
        let remove: BTreeSet<usize> =
            (0..before.members.len()).filter(|index| removed >> index & 1 == 1).collect();
        let remaining = (before.members.len() - remove.len()) as u32;
        let mut inserts: Vec<(u32, String)> = inserts
            .iter()
            .enumerate()
            .map(|(index, (position, tree))| {
                let value = hand.write(tree);
                let mut field = || hand.field(&format!("new {index}"), &value);
                let member = if before.is_array { value.clone() } else { field() };
                (*position.min(&remaining), member)
            })
            .collect();
        inserts.sort_by_key(|(position, _)| *position);
        let (positions, texts): (Vec<u32>, Vec<&str>) =
            inserts.iter().map(|(position, text)| (*position, text.as_str())).unzip();

        let result = join(&text, &before.splice(&remove, &positions), &texts);

        // The text outside, byte for byte.
        let all = |text: &str, from, to| slice(text, Span { start: from, end: to });
        let after = collection(&result, &path).unwrap();
        prop_assert_eq!(
            all(&result, 0, after.span.start + 1),
            all(&text, 0, before.span.start + 1)
        );
        prop_assert_eq!(
            all(&result, after.span.end - 1, after.total),
            all(&text, before.span.end - 1, before.total)
        );
        // The members, byte for byte.
        let texts = |text: &str, found: &Collection| -> Vec<String> {
            found.members.iter().map(|member| slice(text, member.whole)).collect()
        };
        let wanted = expected(&texts(&text, &before), &remove, &inserts);
        prop_assert_eq!(texts(&result, &after), wanted.clone());
        // And all of it as serde_json reads it.
        let whole: Value = serde_json::from_str(&result).unwrap();
        let inside = path.0.iter().fold(&whole, |value, key| match value {
            Value::Array(items) => &items[key.parse::<usize>().unwrap()],
            other => &other[key],
        });
        let brackets = if matches!(tree, Tree::Array(_)) { ("[", "]") } else { ("{", "}") };
        let wanted = format!("{}{}{}", brackets.0, wanted.join(","), brackets.1);
        prop_assert_eq!(inside, &serde_json::from_str::<Value>(&wanted).unwrap());
        if remove.is_empty() && inserts.is_empty() {
            prop_assert_eq!(result, text);
        }
    }
}
