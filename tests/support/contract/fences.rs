//! Leases and expected revisions, checked inside each transaction.

use super::conditions::{both, code, conditions, expecting, fence, hold, take};
use super::fixture::Fixture;
use super::given::{NOW, after, batch, id, put_manifest};
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::records::{LEASE_MS, LEASE_TOLERANCE_MS};
use restow::ports::{Batch, Fence, Hold, Ports, Records};

const TAKE: Hold = Hold::Take { force: false };
const FORCE: Hold = Hold::Take { force: true };
const ONCE: Hold = Hold::Once { force: false };
const FORCE_ONCE: Hold = Hold::Once { force: true };

/// Who could be told to hold the lease at some time: the token for which `Keep` succeeds.
async fn holder<P: Ports>(ports: &P) -> Option<&'static str> {
    let mut found = None;
    for token in ["ours", "theirs"] {
        if hold(ports, fence(token, Hold::Keep, NOW, after(1000))).await == "ok" {
            assert_eq!(found.replace(token), None, "two hold the same lease");
        }
    }
    found
}

/// Whose lease there is before, until when, what is asked of it, what comes of it, and whose it is
/// afterwards.
type Case = (
    Option<(&'static str, u64)>,
    Hold,
    &'static str,
    Option<&'static str>,
);

pub async fn a_lease_is_held_by_one<F: Fixture>() {
    let (ours, live, over) = (Some(("ours", 9)), Some(("theirs", 9)), Some(("theirs", 5)));
    let ours_over = Some(("ours", 5));
    // It is 5 ms after NOW: a lease until then is over.
    let cases: [Case; 30] = [
        (None, TAKE, "ok", Some("ours")),
        (ours, TAKE, "ok", Some("ours")),
        (ours_over, TAKE, "ok", Some("ours")),
        (live, TAKE, "Busy", Some("theirs")),
        (over, TAKE, "ok", Some("ours")),
        (None, FORCE, "ok", Some("ours")),
        (ours, FORCE, "ok", Some("ours")),
        (ours_over, FORCE, "ok", Some("ours")),
        (live, FORCE, "ok", Some("ours")),
        (over, FORCE, "ok", Some("ours")),
        (None, Hold::Keep, "Fenced", None),
        (ours, Hold::Keep, "ok", Some("ours")),
        (ours_over, Hold::Keep, "ok", Some("ours")),
        (live, Hold::Keep, "Fenced", Some("theirs")),
        (over, Hold::Keep, "Fenced", Some("theirs")),
        (None, Hold::Release, "Fenced", None),
        (ours, Hold::Release, "ok", None),
        (ours_over, Hold::Release, "ok", None),
        (live, Hold::Release, "Fenced", Some("theirs")),
        (over, Hold::Release, "Fenced", Some("theirs")),
        (None, ONCE, "ok", None),
        (ours, ONCE, "ok", None),
        (ours_over, ONCE, "ok", None),
        (live, ONCE, "Busy", Some("theirs")),
        (over, ONCE, "ok", None),
        (None, FORCE_ONCE, "ok", None),
        (ours, FORCE_ONCE, "ok", None),
        (ours_over, FORCE_ONCE, "ok", None),
        (live, FORCE_ONCE, "ok", None),
        (over, FORCE_ONCE, "ok", None),
    ];
    for (before, asked, result, afterwards) in cases {
        let fixture = F::new().await;
        let ports = fixture.open().await;
        if let Some((token, until)) = before {
            let before = fence(token, TAKE, NOW, after(until));
            assert_eq!(hold(&ports, before).await, "ok");
        }
        let batch = Batch {
            fence: Some(fence("ours", asked, after(5), after(9))),
            ..batch(vec![put_manifest(1, 1, fixture.body(&Value::Null))])
        };
        let found = code(ports.records().apply(batch).await);
        assert_eq!(found, result, "{asked:?} with {before:?}");
        let written = ports.records().manifest(&id()).await.unwrap().is_some();
        assert_eq!(written, result == "ok", "{asked:?} with {before:?}");
        assert_eq!(
            holder(&ports).await,
            afterwards,
            "{asked:?} with {before:?}"
        );
    }
}

pub async fn a_lease_lasts_until_its_time<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let take = |token, now, until| fence(token, TAKE, after(now), after(until));
    let keep = |token, now, until| fence(token, Hold::Keep, after(now), after(until));
    for (fence, result) in [
        (take("one", 0, 10), "ok"),
        (take("two", 9, 19), "Busy"),
        (keep("one", 9, 20), "ok"),
        (take("two", 10, 30), "Busy"),
        (take("two", 19, 30), "Busy"),
        (take("two", 20, 30), "ok"),
        (keep("one", 21, 40), "Fenced"),
        (take("one", 29, 40), "Busy"),
        (take("one", 30, 40), "ok"),
    ] {
        assert_eq!(hold(&ports, fence.clone()).await, result, "{fence:?}");
    }
}

pub async fn a_lease_from_a_clock_that_was_put_back_is_over<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let longest = LEASE_MS + LEASE_TOLERANCE_MS;
    let take = |token, now, until| fence(token, TAKE, after(now), after(until));
    for (fence, result) in [
        (take("one", 9, 10 + longest), "ok"),
        // It may be one that was written a moment ago.
        (take("two", 10, 20), "Busy"),
        (take("two", 9, 20), "ok"),
        (take("one", 19, 30), "Busy"),
    ] {
        assert_eq!(hold(&ports, fence.clone()).await, result, "{fence:?}");
    }
}

pub async fn each_session_has_a_lease_of_its_own<F: Fixture>() {
    let fixture = F::new().await;
    let (one, two) = (fixture.open().await, fixture.open().await);
    let of = |id: &Key, token: &str| Fence {
        id: id.clone(),
        ..take(token)
    };
    for id in [
        Key::text("5"),
        Key::Number(5.0),
        Key::text("s"),
        Key::text("S"),
    ] {
        assert_eq!(hold(&one, of(&id, "one")).await, "ok", "{id}");
        assert_eq!(hold(&two, of(&id, "two")).await, "Busy", "{id}");
    }
}

pub async fn a_refusal_names_the_session<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    assert_eq!(hold(&ports, take("one")).await, "ok");
    let keep = fence("two", Hold::Keep, NOW, after(9));
    for batch in [
        conditions(Some(take("two")), vec![]),
        conditions(Some(keep), vec![]),
        conditions(None, expecting(Some((1, 1)))),
    ] {
        let error = ports
            .records()
            .apply(batch)
            .await
            .expect_err("it is refused");
        assert_eq!(error.session(), Some(&id()), "{error:?}");
    }
}

pub async fn of_two_tabs_at_once_one_gets_the_lease<F: Fixture>() {
    let fixture = F::new().await;
    let (one, two) = (fixture.open().await, fixture.open().await);
    for round in 0..10 {
        let id = Key::text(format!("session {round}"));
        let of = |token: &str| Fence {
            id: id.clone(),
            ..fence(token, TAKE, NOW, after(1000))
        };
        let (a, b) = both(hold(&one, of("one")), hold(&two, of("two"))).await;
        let mut results = [a, b];
        results.sort_unstable();
        assert_eq!(results, ["Busy", "ok"]);
    }
}
