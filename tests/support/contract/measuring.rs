//! Digests and sizes.

use super::fixture::{BodyOf, Fixture};
use super::samples::{different, sessions};
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
pub(super) async fn refused<F: Fixture>(
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

pub async fn what_cannot_be_stored_is_not_copied<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let body = fixture.body(&Value::object([("f", Value::Unsupported("function"))]));
    assert!(ports.bodies().copy(&body).is_err());
}
