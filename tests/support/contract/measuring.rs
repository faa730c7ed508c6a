//! Digests and sizes.

use super::fixture::{BodyOf, Fixture};
use super::given::{layout, plan};
use super::samples::{different, oddities, sessions};
use crate::support::value::Value;
use restow::domain::digest::Measure;
use restow::domain::recognise::Broken;
use restow::ports::{Bodies, Measured, Ports};
use std::collections::HashMap;

async fn measured<F: Fixture>(
    ports: &F::Ports,
    pieces: &[BodyOf<F>],
    moved: &[BodyOf<F>],
) -> Measured {
    let measured = ports
        .bodies()
        .measure(pieces, moved)
        .await
        .expect("they can be measured");
    let outline = ports
        .bodies()
        .outline(pieces, moved)
        .expect("they can be measured");
    assert_eq!(
        measured.outline, outline,
        "the outline depends on how it was asked for"
    );
    assert_eq!(measured.full.len(), pieces.len());
    assert_eq!(measured.outline.len(), pieces.len());
    measured
}

pub async fn what_differs_measures_differently<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let values = different();
    let pieces: Vec<_> = values.iter().map(|value| fixture.body(value)).collect();
    let measured = measured::<F>(&ports, &pieces, &[]).await;
    for measures in [measured.full, measured.outline] {
        let mut seen = HashMap::new();
        for (measure, value) in measures.iter().zip(&values) {
            if let Some(other) = seen.insert(measure.digest, value) {
                panic!("{other:?} and {value:?} have the same digest");
            }
        }
    }
}

pub async fn what_is_equal_measures_the_same<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for value in different()
        .into_iter()
        .chain(sessions().into_iter().map(|(_, value)| value))
    {
        let body = fixture.body(&value);
        let again = fixture.body(&value);
        let copy = ports.bodies().copy(&body).expect("it can be stored");
        let measured = measured::<F>(&ports, &[body, again, copy], &[]).await;
        for measures in [measured.full, measured.outline] {
            assert_eq!(measures[0], measures[1], "{value:?}");
            assert_eq!(measures[0], measures[2], "{value:?}: its copy is another");
        }
    }
}

pub async fn the_outline_leaves_out_the_bytes_of_blobs_alone<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let blobs: [&[u8]; 3] = [&[1, 2], &[1, 3], &[1, 2, 3]];
    let pieces = blobs.map(|bytes| {
        let blob = Value::list([Value::blob(bytes)]);
        fixture.body(&Value::object([("deep", blob)]))
    });
    let Measured { full, outline } = measured::<F>(&ports, &pieces, &[]).await;
    assert_ne!(full[0], full[1]);
    assert_eq!(outline[0], outline[1]);
    assert_ne!(outline[0], outline[2]);
    let buffers = [&[1, 2], &[1, 3]].map(|bytes| fixture.body(&Value::bytes(bytes)));
    let Measured { outline, .. } = measured::<F>(&ports, &buffers, &[]).await;
    assert_ne!(outline[0], outline[1]);
}

pub async fn sizes_are_those_of_texts_keys_numbers_and_binary_data<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let sizes = [
        (Value::text("😀ä"), 6),
        (Value::from(0.5), 8),
        (Value::bytes(&[0; 100]), 100),
        (Value::blob(&[0; 100]), 100),
        (Value::json(r#"{ "key": ["text", 1, 2] }"#), 3 + 4 + 8 + 8),
    ];
    let pieces: Vec<_> = sizes.iter().map(|(value, _)| fixture.body(value)).collect();
    let measured = measured::<F>(&ports, &pieces, &[]).await;
    let bytes =
        |measures: &[Measure]| -> Vec<_> { measures.iter().map(|measure| measure.bytes).collect() };
    let expected = sizes.map(|(_, size)| size);
    assert_eq!(bytes(&measured.full), expected);
    assert_eq!(bytes(&measured.outline), expected);
}

/// Both ways to measure must refuse, with the same code.
async fn refused<F: Fixture>(
    ports: &F::Ports,
    pieces: &[BodyOf<F>],
    moved: &[BodyOf<F>],
) -> Option<&'static str> {
    let code = |broken: Broken| broken.code;
    let measured = ports.bodies().measure(pieces, moved).await.err().map(code);
    let outline = ports.bodies().outline(pieces, moved).err().map(code);
    assert_eq!(measured, outline, "measure and outline disagree");
    measured
}

pub async fn what_cannot_be_read_safely_is_not_measured<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for kind in ["function", "CryptoKey"] {
        let odd = Value::Unsupported(kind);
        for value in [
            odd.clone(),
            Value::list([Value::Null, odd.clone()]),
            Value::list([]).extra("odd", odd.clone()),
            Value::object([("a", Value::object([("odd", odd)]))]),
        ] {
            let pieces = [fixture.body(&Value::Null), fixture.body(&value)];
            let code = refused::<F>(&ports, &pieces, &[]).await;
            assert_eq!(code, Some("UnsupportedValue"), "{value:?}");
        }
    }
}

pub async fn an_object_in_two_pieces_is_shared<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for shared in [Value::json("{}"), Value::json("[1]"), Value::bytes(&[1])] {
        let value = |items: [&Value; 3]| {
            let nested = items.map(|item| Value::object([("deep", item.clone())]));
            Value::object([("items", Value::list(nested))])
        };
        // Chunks of two: the first two items share a piece, the third has one of its own.
        let other = Value::Null;
        for (items, code) in [
            ([&shared, &other, &shared], Some("SharedObject")),
            ([&other, &shared, &shared], Some("SharedObject")),
            ([&shared, &shared, &other], None),
        ] {
            let body = fixture.body(&value(items));
            let split = ports.bodies().split(&body, &plan(&ports, &layout(), &body));
            let found = refused::<F>(&ports, &split.pieces, &split.moved).await;
            assert_eq!(found, code, "{items:?}");
        }
    }
    let text = Value::json(r#"["same", "other", "same"]"#);
    let body = fixture.body(&Value::object([("items", text)]));
    let split = ports.bodies().split(&body, &plan(&ports, &layout(), &body));
    assert_eq!(
        refused::<F>(&ports, &split.pieces, &split.moved).await,
        None
    );
}

pub async fn an_object_that_a_piece_and_the_skeleton_hold_is_shared<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let shared = Value::json("{}");
    let value = Value::object([("summary", shared.clone()), ("other", shared)]);
    let body = fixture.body(&value);
    let split = ports.bodies().split(&body, &plan(&ports, &layout(), &body));
    let mut pieces = split.pieces.clone();
    assert_eq!(refused::<F>(&ports, &pieces, &split.moved).await, None);
    pieces.insert(0, split.skeleton.clone());
    assert_eq!(
        refused::<F>(&ports, &pieces, &split.moved).await,
        Some("SharedObject")
    );
}

pub async fn an_object_that_is_in_no_piece_any_more_is_shared<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let items = Value::json("[1, 2, 3]");
    let video = Value::object([("chunks", items.clone()), ("x", 1.0.into())]);
    let deep = Value::json(r#"{ "part": {}, "x": 1 }"#);
    for (what, value) in [
        (
            "an array",
            Value::object([("items", items.clone()), ("again", items)]),
        ),
        (
            "the container of an array",
            Value::object([("video", video.clone()), ("again", video)]),
        ),
        (
            "the container of a part",
            Value::object([("deep", deep.clone()), ("again", deep)]),
        ),
    ] {
        let body = fixture.body(&value);
        let split = ports.bodies().split(&body, &plan(&ports, &layout(), &body));
        let mut pieces = vec![split.skeleton.clone()];
        pieces.extend(split.pieces.iter().cloned());
        let code = refused::<F>(&ports, &pieces, &split.moved).await;
        assert_eq!(code, Some("SharedObject"), "{what}");
    }
}

pub async fn what_splitting_makes_is_shared_with_nothing<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (what, value) in sessions() {
        let body = fixture.body(&value);
        let split = ports.bodies().split(&body, &plan(&ports, &layout(), &body));
        let mut pieces = vec![split.skeleton.clone()];
        pieces.extend(split.pieces.iter().cloned());
        assert_eq!(
            refused::<F>(&ports, &pieces, &split.moved).await,
            None,
            "{what}"
        );
    }
}

pub async fn a_copy_shares_nothing_with_its_original<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let inner = Value::json("{}");
    let value = oddities().with("one", inner.clone()).with("two", inner);
    let body = fixture.body(&value);
    let copy = ports.bodies().copy(&body).expect("it can be stored");
    assert_eq!(fixture.value(&copy).await, value);
    let pieces = [body.clone(), copy];
    assert_eq!(refused::<F>(&ports, &pieces, &[]).await, None);
    assert_eq!(
        refused::<F>(&ports, &[body.clone(), body], &[]).await,
        Some("SharedObject")
    );
}

pub async fn what_cannot_be_stored_is_not_copied<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let body = fixture.body(&Value::object([("f", Value::Unsupported("function"))]));
    assert!(ports.bodies().copy(&body).is_err());
}
