//! The checked write in a source, when others are at work.

use super::conditions::{both, code, conditions, expecting, fence, take};
use super::fixture::Fixture;
use super::given::{NOW, after, place};
use super::swapping::{found, marked, swap, was_applied};
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::ports::{Batch, Expect, Hold, Ports, Records, Swap};

pub async fn without_the_lease_nothing_is_written<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let place = place(&fixture, Key::text("s"));
    let (old, other) = (found(), Value::Null);
    fixture.plant(&place, &old).await;
    let other_tab = conditions(Some(take("theirs")), vec![]);
    assert_eq!(code(ports.records().apply(other_tab).await), "ok");
    for (hold, result) in [
        (Hold::Keep, "Fenced"),
        (Hold::Release, "Fenced"),
        (Hold::Take { force: false }, "Busy"),
        (Hold::Once { force: false }, "Busy"),
    ] {
        // Even where the record is not as expected.
        for expected in [&old, &other] {
            let then = Batch {
                fence: Some(fence("ours", hold, NOW, after(1000))),
                ..marked(&fixture)
            };
            let found = swap(&fixture, &ports, &place, (Some(expected), None), then).await;
            assert_eq!(code(found), result, "{hold:?}");
            assert_eq!(fixture.raw(&place).await.as_ref(), Some(&old), "{hold:?}");
            assert!(!was_applied(&ports).await, "{hold:?}");
        }
    }
}

pub async fn with_a_stale_revision_nothing_is_written<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let place = place(&fixture, Key::text("s"));
    let old = found();
    fixture.plant(&place, &old).await;
    let then = Batch {
        expect: expecting(Some((1, 1))),
        ..marked(&fixture)
    };
    let result = swap(&fixture, &ports, &place, (Some(&old), None), then).await;
    assert_eq!(code(result), "StaleHandle");
    assert_eq!(fixture.raw(&place).await, Some(old));
    assert!(!was_applied(&ports).await);
}

pub async fn a_swap_expects_several_sessions_at_once<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let place = place(&fixture, Key::text("s"));
    let (old, new) = (found(), Value::Null);
    fixture.plant(&place, &old).await;
    let none = |name: &str, revision| Expect {
        id: Key::text(name),
        revision,
    };
    for (last, result) in [(Some((1, 1)), "StaleHandle"), (None, "ok")] {
        let then = Batch {
            expect: vec![none("a", None), none("b", last)],
            ..marked(&fixture)
        };
        let found = swap(&fixture, &ports, &place, (Some(&old), Some(&new)), then).await;
        assert_eq!(code(found), result);
        let there = if result == "ok" { &new } else { &old };
        assert_eq!(fixture.raw(&place).await.as_ref(), Some(there));
        assert_eq!(was_applied(&ports).await, result == "ok");
    }
}

pub async fn the_lease_follows_the_batch<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let place = place(&fixture, Key::text("s"));
    let (one, two) = (found(), Value::Null);
    fixture.plant(&place, &one).await;
    let swap = async |old: &Value, new: &Value, hold: Hold, token: &str| {
        let then = Batch {
            fence: Some(fence(token, hold, NOW, after(1000))),
            ..marked(&fixture)
        };
        swap(&fixture, &ports, &place, (Some(old), Some(new)), then).await
    };
    let take = Hold::Take { force: false };
    // A refused swap takes no lease, and gives none up.
    assert_eq!(
        swap(&two, &one, take, "theirs").await.unwrap(),
        Swap::Refused
    );
    assert_eq!(swap(&one, &two, take, "ours").await.unwrap(), Swap::Done);
    assert_eq!(code(swap(&two, &one, take, "theirs").await), "Busy");
    assert_eq!(
        swap(&one, &two, Hold::Release, "ours").await.unwrap(),
        Swap::Refused
    );
    assert_eq!(
        swap(&two, &one, Hold::Keep, "ours").await.unwrap(),
        Swap::Done
    );
    assert_eq!(
        swap(&one, &two, Hold::Release, "ours").await.unwrap(),
        Swap::Done
    );
    assert_eq!(swap(&two, &one, take, "theirs").await.unwrap(), Swap::Done);
}

pub async fn of_two_tabs_at_once_one_swaps<F: Fixture>() {
    let fixture = F::new().await;
    let (one, two) = (fixture.open().await, fixture.open().await);
    for round in 0..10 {
        let place = place(&fixture, Key::Number(f64::from(round)));
        let old = found();
        fixture.plant(&place, &old).await;
        let (a, b) = (Value::text("one"), Value::text("two"));
        let (first, second) = both(
            swap(
                &fixture,
                &one,
                &place,
                (Some(&old), Some(&a)),
                marked(&fixture),
            ),
            swap(
                &fixture,
                &two,
                &place,
                (Some(&old), Some(&b)),
                marked(&fixture),
            ),
        )
        .await;
        let winner = match (first.unwrap(), second.unwrap()) {
            (Swap::Done, Swap::Refused) => a,
            (Swap::Refused, Swap::Done) => b,
            other => panic!("{other:?}"),
        };
        assert_eq!(fixture.raw(&place).await, Some(winner));
    }
}
