//! Taking bodies apart and putting them together.

use super::fixture::{BodyOf, Fixture};
use super::given::{layout, plan, values};
use super::samples::{names, sessions};
use crate::support::value::Value;
use restow::domain::cut::{ArrayCut, Cut};
use restow::domain::path::Path;
use restow::ports::{Bodies, Ports, Split};

/// The arrays and parts of a split, as joining wants them.
type Parts<B> = (Vec<(Path, Vec<B>)>, Vec<(Path, B)>);

fn sorted<B: Clone>(cut: &Cut, pieces: &[B]) -> Parts<B> {
    let mut pieces = pieces.iter().cloned();
    let chunks = cut.arrays.iter().map(|array| {
        let chunks = pieces.by_ref().take(array.ranges().count());
        (array.path.clone(), chunks.collect())
    });
    let arrays = chunks.collect();
    (arrays, cut.parts.iter().cloned().zip(pieces).collect())
}

fn join<P: Ports>(ports: &P, cut: &Cut, split: &Split<P::Body>) -> P::Body {
    let (arrays, parts) = sorted(cut, &split.pieces);
    ports
        .bodies()
        .join(&split.skeleton, &arrays, &parts)
        .expect("the skeleton has the places")
}

pub async fn splitting_takes_out_what_the_cut_names<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let (_, value) = sessions().remove(0);
    let body = fixture.body(&value);
    let cut = plan(&ports, &layout(), &body);
    let split = ports.bodies().split(&body, &cut);
    let pieces = [
        r#"[{ "n": 1 }, { "n": 2 }]"#,
        r#"[{ "n": 3 }]"#,
        "[[1], [], [[2]]]",
        "[4]",
        r#"{ "b": [], "a": {} }"#,
        r#""text""#,
    ];
    assert_eq!(
        values(&fixture, &split.pieces).await,
        pieces.map(Value::json)
    );
    let skeleton = value
        .with("items", Value::list([]))
        .with("video.chunks", Value::list([]));
    let skeleton = skeleton
        .with("summary", Value::Null)
        .with("deep.part", Value::Null);
    assert_eq!(fixture.value(&split.skeleton).await, skeleton);
    assert_eq!(
        fixture.value(&body).await,
        value,
        "splitting changed what it was given"
    );
}

pub async fn the_skeleton_keeps_the_properties_of_an_array<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let array = Value::json("[1, 2, 3]")
        .extra("total", 3.0)
        .extra("more", Value::list([]));
    let body = fixture.body(&Value::object([("items", array)]));
    let split = ports.bodies().split(&body, &plan(&ports, &layout(), &body));
    assert_eq!(
        values(&fixture, &split.pieces).await,
        ["[1, 2]", "[3]"].map(Value::json)
    );
    let empty = Value::list([])
        .extra("total", 3.0)
        .extra("more", Value::list([]));
    let skeleton = fixture.value(&split.skeleton).await;
    assert_eq!(skeleton, Value::object([("items", empty)]));
}

pub async fn joining_restores_every_body<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (what, value) in sessions() {
        let body = fixture.body(&value);
        let cut = plan(&ports, &layout(), &body);
        let split = ports.bodies().split(&body, &cut);
        assert_eq!(split.pieces.len(), cut.pieces(), "{what}");
        let joined = join(&ports, &cut, &split);
        assert_eq!(fixture.value(&joined).await, value, "{what}");
        assert_eq!(
            fixture.value(&body).await,
            value,
            "{what}: the input was changed"
        );
    }
}

pub async fn joining_restores_bodies_from_copies_of_their_pieces<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (what, value) in sessions() {
        let body = fixture.body(&value);
        let cut = plan(&ports, &layout(), &body);
        let mut split = ports.bodies().split(&body, &cut);
        let copy = |body: &BodyOf<F>| ports.bodies().copy(body).expect("it can be stored");
        split.pieces = split.pieces.iter().map(copy).collect();
        split.skeleton = copy(&split.skeleton);
        let joined = join(&ports, &cut, &split);
        assert_eq!(fixture.value(&joined).await, value, "{what}");
        let skeleton = fixture.value(&split.skeleton).await;
        join(&ports, &cut, &split);
        assert_eq!(
            fixture.value(&split.skeleton).await,
            skeleton,
            "{what}: joining changed it"
        );
    }
}

pub async fn names_of_prototypes_are_keys_like_any_other<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let own = names().with("__proto__", Value::json(r#"{ "list": [1, 2, 3], "x": 1 }"#));
    let body = fixture.body(&own);
    let array = ArrayCut {
        path: Path::dotted("__proto__.list"),
        len: 3,
        chunk: 2,
    };
    let cut = Cut {
        arrays: vec![array],
        parts: ["constructor", "summary.__proto__"]
            .map(Path::dotted)
            .into(),
    };
    let split = ports.bodies().split(&body, &cut);
    let pieces = ["[1, 2]", "[3]", r#"{ "prototype": {} }"#, "null"];
    assert_eq!(
        values(&fixture, &split.pieces).await,
        pieces.map(Value::json)
    );
    let joined = join(&ports, &cut, &split);
    assert_eq!(fixture.value(&joined).await, own);
}

pub async fn joining_needs_the_places<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let skeleton = fixture.body(&Value::json(r#"{ "list": [], "part": null, "text": "" }"#));
    let chunk = || vec![fixture.body(&Value::json("[1]"))];
    let part = || fixture.body(&Value::json("{}"));
    let join = |array: Option<&str>, place: Option<&str>| {
        let arrays: Vec<_> = array
            .map(|path| (Path::dotted(path), chunk()))
            .into_iter()
            .collect();
        let parts: Vec<_> = place
            .map(|path| (Path::dotted(path), part()))
            .into_iter()
            .collect();
        ports.bodies().join(&skeleton, &arrays, &parts)
    };
    assert!(join(Some("list"), Some("part")).is_some());
    for array in ["missing", "part", "text", "text.x", "missing.x"] {
        assert!(join(Some(array), None).is_none(), "an array at `{array}`");
    }
    for place in ["missing", "missing.x", "part.x", "text.x"] {
        assert!(join(None, Some(place)).is_none(), "a part at `{place}`");
    }
}
