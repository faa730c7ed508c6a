//! Objects that would be two after splitting and joining.

use super::fixture::Fixture;
use super::given::{layout, plan};
use super::measuring::refused;
use super::samples::{oddities, sessions};
use crate::support::value::Value;
use restow::ports::{Bodies, Ports};

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
