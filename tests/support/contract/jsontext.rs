//! JSON texts that hold many sessions: cut out by the unit, never printed again.

use super::fixture::Fixture;
use super::holding::{members, splice};
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::path::Path;
use restow::domain::recognise::IdFact;
use restow::ports::{Bodies, Insert, Ports};
use std::collections::BTreeSet;

/// A text with everything that parsing and printing would lose.
const BEFORE: &str = "\u{20}{ \"big\" : 9007199254740993,\t\"big\":1.0, \"all\":[\n";
const AFTER: &str = "\r\n ], \"zero\":-0, \"huge\":1e400 , \"u\":\"\\u0061\\ud83d 😀\"}\n";

fn id(text: &str) -> IdFact {
    IdFact::Id(Key::text(text))
}

pub async fn members_of_a_text_are_its_very_texts<F: Fixture>() {
    let fixture = F::new().await;
    let inside = [
        (r#"{ "id" : "a", "n": 1.50 }"#, id("a"), None),
        (
            r#"{"n":9007199254740993,"id":"b"}"#,
            id("b"),
            Some("JsonNotExact"),
        ),
        (r#"{"id":"c","n":1e400}"#, id("c"), Some("JsonNotExact")),
        (r#"{"id":"x","id":"d"}"#, id("d"), Some("JsonNotExact")),
        (r#"{"id":"\u0065","n":"😀"}"#, id("e"), None),
        (
            r#"{"id":9007199254740993}"#,
            IdFact::Id(Key::Number(9_007_199_254_740_992.0)),
            Some("JsonNotExact"),
        ),
        ("[1]", IdFact::Missing, None),
        ("null", IdFact::Missing, None),
    ];
    let texts = inside.each_ref().map(|(text, ..)| *text);
    let held = Value::text(format!("{BEFORE}{}{AFTER}", texts.join(" , ")));
    let found = members(&fixture, &held, "all")
        .await
        .expect("there are some");
    assert_eq!(found.len(), inside.len());
    for (member, (text, id, broken)) in found.iter().zip(inside) {
        assert_eq!(fixture.value(&member.body).await, Value::text(text));
        assert_eq!(member.facts.id, id, "{text}");
        let code = member.broken.as_ref().map(|broken| broken.code);
        assert_eq!((code, &member.name), (broken, &None), "{text}");
    }
}

pub async fn neighbours_in_a_text_keep_every_unit<F: Fixture>() {
    let fixture = F::new().await;
    let held = Value::text(format!("{BEFORE}[1.0] ,\t{{}},\n-0{AFTER}"));
    for (remove, left) in [
        (&[][..], "\n[1.0] ,\t{},\n-0\r\n "),
        (&[0], "\n{},\n-0\r\n "),
        (&[1], "\n[1.0] ,\t-0\r\n "),
        (&[2], "\n[1.0] ,\t{}\r\n "),
        (&[0, 2], "\n{}\r\n "),
        (&[0, 1, 2], ""),
    ] {
        let found = splice(&fixture, &held, "all", remove, None).await;
        let (before, after) = (BEFORE.trim_end_matches('\n'), AFTER.trim_start());
        let found = found.expect("it can be spliced");
        let Value::Text(text) = &found else {
            panic!("{found:?} is no text");
        };
        let inside = text.strip_prefix(before);
        let inside = inside.and_then(|rest| rest.strip_suffix(after));
        let inside = inside.unwrap_or_else(|| panic!("a neighbour was changed: {text}"));
        // Whitespace beside what went is no neighbour.
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(squeezed(inside), squeezed(left), "without {remove:?}");
    }
}

pub async fn a_text_is_put_in_where_it_stood<F: Fixture>() {
    let fixture = F::new().await;
    for (held, remove, position, expected) in [
        ("[]", &[][..], 0, "[7.0]"),
        ("[ ]", &[], 3, "[7.0]"),
        ("[1,2]", &[], 0, "[7.0,1,2]"),
        ("[1,2]", &[], 1, "[1,7.0,2]"),
        ("[1,2]", &[], 2, "[1,2,7.0]"),
        ("[1,2]", &[], u32::MAX, "[1,2,7.0]"),
        ("[1,2]", &[0], 0, "[7.0,2]"),
        ("[1]", &[0], 0, "[7.0]"),
        ("[1]", &[0], 1, "[7.0]"),
    ] {
        let new = Value::text("7.0");
        let insert = Some((position, None, &new));
        let found = splice(&fixture, &Value::text(held), "", remove, insert).await;
        assert_eq!(found, Some(Value::text(expected)), "{held} at {position}");
    }
    // A value is no text.
    let held = Value::text("[]");
    let insert = Some((0, None, &Value::Null));
    assert_eq!(splice(&fixture, &held, "", &[], insert).await, None);
}

pub async fn members_of_an_object_in_a_text_have_names<F: Fixture>() {
    let fixture = F::new().await;
    let held = r#"{ "b":{"id":"b"}, "2":{}, "__proto__":[], "\u0061":1, "1":0 }"#;
    let held = Value::text(held);
    let found = members(&fixture, &held, "").await.expect("there are some");
    let names: Vec<_> = found.iter().map(|one| one.name.clone()).collect();
    // In the order of the text, whatever an object would make of it.
    let expected = ["b", "2", "__proto__", "a", "1"].map(|name| Some(Key::text(name)));
    assert_eq!(names, expected);
    assert_eq!(found[0].facts.id, id("b"));
    let found = splice(&fixture, &held, "", &[0, 2, 4], None).await;
    assert_eq!(found, Some(Value::text(r#"{ "2":{}, "\u0061":1 }"#)));
    let (body, name) = (Value::text("{}"), "q\"😀");
    let insert = Some((1, Some(name), &body));
    let found = splice(&fixture, &held, "", &[0, 2, 3, 4], insert).await;
    assert_eq!(found, Some(Value::text(r#"{ "2":{},"q\"😀":{} }"#)));
    for name in [Some("a"), None] {
        let insert = Some((0, name, &body));
        assert_eq!(splice(&fixture, &held, "", &[], insert).await, None);
    }
}

pub async fn a_name_that_is_there_twice_is_broken_both_times<F: Fixture>() {
    let fixture = F::new().await;
    let held = Value::text(r#"{"a":{"id":"a"},"b":{"id":"b"},"\u0061":{"id":"a"}}"#);
    let found = members(&fixture, &held, "").await.expect("there are some");
    let codes: Vec<_> = found
        .iter()
        .map(|one| one.broken.as_ref().map(|broken| broken.code))
        .collect();
    let twice = Some("JsonNotExact");
    assert_eq!(codes, [twice, None, twice]);
}

pub async fn lone_surrogates_in_a_text_stay_where_they_are<F: Fixture>() {
    let fixture = F::new().await;
    let units = |parts: [&str; 3], lone: [u16; 2]| -> Vec<u16> {
        let [a, b, c] = parts.map(|part| part.encode_utf16().collect::<Vec<_>>());
        [a, vec![lone[0]], b, vec![lone[1]], c].concat()
    };
    let one = units([r#"{"id":"a","x":"😀"#, "", r#"😀"}"#], [0xDC00, 0xD800]);
    let comma = [u16::from(b',')];
    let open = [u16::from(b'[')];
    let close = [u16::from(b']')];
    let held = [
        &open[..],
        &one,
        &comma,
        b"{}".map(u16::from).as_slice(),
        &close,
    ]
    .concat();
    let held = Value::units(&held);
    let found = members(&fixture, &held, "").await.expect("there are some");
    assert_eq!(fixture.value(&found[0].body).await, Value::units(&one));
    assert_eq!(found[0].facts.id, id("a"));
    let left = splice(&fixture, &held, "", &[1], None).await;
    let left = left.expect("it can be spliced");
    assert_eq!(left, Value::units(&[&open[..], &one, &close].concat()));
    // And come back whole.
    let (empty, body) = (Value::text("[]"), Value::units(&one));
    let again = splice(&fixture, &empty, "", &[], Some((0, None, &body))).await;
    assert_eq!(again, Some(left));
}

pub async fn lone_surrogates_in_names_tell_them_apart<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let quote = [u16::from(b'"')];
    let entry = |name: &[u16]| [&quote[..], name, &quote, b":1".map(u16::from).as_slice()].concat();
    let (lone, replaced) = ([0xD800_u16], [0xFFFD_u16]);
    let text = [
        vec![u16::from(b'{')],
        entry(&lone),
        vec![u16::from(b',')],
        entry(&replaced),
        vec![u16::from(b'}')],
    ]
    .concat();
    let held = fixture.body(&Value::units(&text));
    let (at, none) = (Path::default(), BTreeSet::new());
    let found = ports.bodies().members(&held, &at, &Path::dotted("id"));
    let names: Vec<_> = found
        .expect("there are some")
        .into_iter()
        .map(|m| m.name)
        .collect();
    let expected = [Some(Key::Units(lone.to_vec())), Some(Key::text("\u{FFFD}"))];
    assert_eq!(names, expected);
    let insert = |name: Key| Insert {
        position: 9,
        name: Some(name),
        body: fixture.body(&Value::text("2")),
    };
    let taken = insert(Key::Units(lone.to_vec()));
    assert!(
        ports
            .bodies()
            .splice(&held, &at, &none, Some(&taken))
            .is_none()
    );
    let free = insert(Key::Units(vec![0xDC00]));
    let spliced = ports.bodies().splice(&held, &at, &none, Some(&free));
    let spliced = spliced.expect("it can be spliced");
    let found = ports.bodies().members(&spliced, &at, &Path::dotted("id"));
    let names: Vec<_> = found
        .expect("there are some")
        .into_iter()
        .map(|m| m.name)
        .collect();
    assert_eq!(names[2], Some(Key::Units(vec![0xDC00])));
}

pub async fn a_text_that_is_no_json_holds_nothing<F: Fixture>() {
    let fixture = F::new().await;
    for (held, at, code) in [
        ("", "", "JsonInvalid"),
        ("[1,]", "", "JsonInvalid"),
        ("[1] x", "", "JsonInvalid"),
        (r#"{"all":[], "rest": tru }"#, "all", "JsonInvalid"),
        ("[\"\n\"]", "", "JsonInvalid"),
        ("[01]", "", "JsonInvalid"),
        ("7", "", "NoSessionsThere"),
        ("\"[]\"", "", "NoSessionsThere"),
        ("{}", "all", "NoSessionsThere"),
        (r#"{"all":null}"#, "all", "NoSessionsThere"),
        (r#"{"all":[],"all":[1]}"#, "all", "JsonNotExact"),
    ] {
        let held = Value::text(held);
        let found = members(&fixture, &held, at).await;
        let found = found.err().map(|broken| broken.code);
        assert_eq!(found, Some(code), "{held:?}");
        assert_eq!(splice(&fixture, &held, at, &[], None).await, None);
    }
}
