//! Arrays: length, items, slices, and one behind the other.

use super::fixture::Fixture;
use crate::support::value::Value;
use restow::domain::path::Path;
use restow::ports::{Bodies, Ports};

pub async fn only_an_array_has_a_length<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    for (value, len) in [
        (Value::list([]), Some(0)),
        (Value::sparse(1000, [(3, Value::Null)]), Some(1000)),
        (Value::json("[1, 2]").extra("x", 1.0), Some(2)),
        (Value::json(r#"{ "length": 3 }"#), None),
        (Value::text("text"), None),
        (Value::bytes(&[1]), None),
        (Value::Null, None),
        (Value::Undefined, None),
    ] {
        assert_eq!(ports.bodies().len(&fixture.body(&value)), len, "{value:?}");
    }
}

pub async fn slices_keep_holes_and_leave_properties<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let (one, two) = (Value::Undefined, Value::json("{}"));
    let value = Value::sparse(6, [(1, one.clone()), (4, two.clone())]).extra("x", 1.0);
    let array = fixture.body(&value);
    for (from, to, len, items) in [
        (0, 0, 0, vec![]),
        (0, 1, 1, vec![]),
        (0, 6, 6, vec![(1, &one), (4, &two)]),
        (1, 3, 2, vec![(0, &one)]),
        (2, 5, 3, vec![(2, &two)]),
        (4, 6, 2, vec![(0, &two)]),
        (5, 6, 1, vec![]),
        (6, 6, 0, vec![]),
        (3, 99, 3, vec![(1, &two)]),
    ] {
        let slice = ports.bodies().slice(&array, from, to);
        let items = items.into_iter().map(|(index, item)| (index, item.clone()));
        let expected = Value::sparse(len, items);
        assert_eq!(fixture.value(&slice).await, expected, "{from} to {to}");
    }
    let after = fixture.value(&array).await;
    assert_eq!(after, value, "slicing changed what it was given");
}

pub async fn arrays_are_put_one_behind_the_other<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let values = [
        Value::sparse(3, [(1, Value::Null)]),
        Value::list([]),
        Value::json("[[1, 2], { \"x\": 1 }]"),
        Value::sparse(2, []),
    ];
    let arrays = values.each_ref().map(|value| fixture.body(value));
    let all = ports.bodies().concat(&arrays);
    let items = [
        (1, Value::Null),
        (3, Value::json("[1, 2]")),
        (4, Value::json(r#"{ "x": 1 }"#)),
    ];
    assert_eq!(fixture.value(&all).await, Value::sparse(7, items));
    assert_eq!(ports.bodies().len(&all), Some(7));
    for (array, value) in arrays.iter().zip(&values) {
        assert_eq!(
            fixture.value(array).await,
            *value,
            "joining changed what it was given"
        );
    }
    assert_eq!(
        fixture.value(&ports.bodies().concat(&[])).await,
        Value::list([])
    );
}

pub async fn an_item_is_set_in_its_array_and_behind_it<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let array = fixture.body(&Value::sparse(2, [(1, Value::from(1.0))]));
    let null = Value::Null;
    for (index, len, items) in [
        ("0", 2, vec![(0, null.clone()), (1, Value::from(1.0))]),
        ("1", 2, vec![(1, null.clone())]),
        ("2", 3, vec![(1, Value::from(1.0)), (2, null.clone())]),
    ] {
        let changed = ports
            .bodies()
            .set(&array, &Path::dotted(index), &ports.bodies().null());
        let changed = fixture.value(&changed.expect("it can be set")).await;
        assert_eq!(changed, Value::sparse(len, items), "item {index}");
    }
}
