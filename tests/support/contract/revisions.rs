//! Revisions that a batch expects to find.

use super::conditions::{both, code, conditions, expecting, fence, hold, take};
use super::fixture::Fixture;
use super::given::{NOW, after, apply, batch, id, manifest, name, piece, put_manifest};
use crate::support::value::Value;
use restow::domain::key::Key;
use restow::ports::{Batch, Expect, Generations, Hold, Ports, Records, Write};

pub async fn a_batch_may_expect_a_revision<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let expect = async |expect: Vec<Expect>| {
        let body = || fixture.body(&Value::Null);
        let piece = piece(&id(), 7, &name("items", 0), body());
        let batch = Batch {
            expect,
            ..batch(vec![piece, Write::DeleteJournal(id())])
        };
        code(ports.records().apply(batch).await)
    };
    assert_eq!(expect(expecting(Some((1, 1)))).await, "StaleHandle");
    let pieces = ports.records().pieces(&id(), 7, &[name("items", 0)]).await;
    assert!(pieces.unwrap()[0].is_none(), "a stale batch was written");
    assert_eq!(expect(expecting(None)).await, "ok");
    apply(&ports, vec![put_manifest(2, 3, fixture.body(&Value::Null))]).await;
    for (revision, result) in [
        (Some((2, 3)), "ok"),
        (Some((2, 4)), "StaleHandle"),
        (Some((1, 3)), "StaleHandle"),
        (Some((3, 2)), "StaleHandle"),
        (None, "StaleHandle"),
    ] {
        assert_eq!(expect(expecting(revision)).await, result, "{revision:?}");
    }
    let other = Key::text("other");
    let none = Expect {
        id: other,
        revision: None,
    };
    assert_eq!(expect(vec![none]).await, "ok");
}

pub async fn all_that_a_batch_expects_must_be_so<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let revision = |name: &str, revision| Expect {
        id: Key::text(name),
        revision,
    };
    for (name, revision) in [("a", 1), ("b", 2)] {
        let manifest = manifest(&Key::text(name), 1, revision);
        let put = Write::PutManifest(Box::new(manifest), fixture.body(&Value::Null));
        apply(&ports, vec![put]).await;
    }
    let (a, b) = (Some((1, 1)), Some((1, 2)));
    for (expect, result) in [
        (vec![("a", a), ("b", b), ("c", None)], "ok"),
        (vec![("a", b), ("b", b), ("c", None)], "StaleHandle"),
        (vec![("a", a), ("b", a), ("c", None)], "StaleHandle"),
        (vec![("a", a), ("b", b), ("c", a)], "StaleHandle"),
        (vec![("a", None), ("b", b)], "StaleHandle"),
    ] {
        let expect: Vec<_> = expect
            .into_iter()
            .map(|(name, number)| revision(name, number))
            .collect();
        let piece = piece(&id(), 7, &name("items", 0), fixture.body(&Value::Null));
        let batch = Batch {
            expect: expect.clone(),
            ..batch(vec![piece])
        };
        let found = code(ports.records().apply(batch).await);
        assert_eq!(found, result, "{expect:?}");
        let pieces = ports.records().pieces(&id(), 7, &[name("items", 0)]).await;
        let written = pieces.unwrap()[0].is_some();
        assert_eq!(written, result == "ok", "{expect:?}");
        let gone = Write::DeleteGenerations(id(), Generations::All);
        apply(&ports, vec![gone]).await;
    }
}

pub async fn the_fence_is_looked_at_first<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    assert_eq!(hold(&ports, take("one")).await, "ok");
    let stale = || expecting(Some((9, 9)));
    let keep = |token| fence(token, Hold::Keep, NOW, after(9));
    for (fence, result) in [
        (take("two"), "Busy"),
        (keep("two"), "Fenced"),
        (keep("one"), "StaleHandle"),
    ] {
        let batch = conditions(Some(fence), stale());
        assert_eq!(code(ports.records().apply(batch).await), result);
    }
}

pub async fn a_stale_batch_takes_no_lease<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let batch = conditions(Some(take("one")), expecting(Some((1, 1))));
    assert_eq!(code(ports.records().apply(batch).await), "StaleHandle");
    assert_eq!(hold(&ports, take("two")).await, "ok");
}

pub async fn of_two_tabs_at_once_one_moves_a_revision_on<F: Fixture>() {
    let fixture = F::new().await;
    let (one, two) = (fixture.open().await, fixture.open().await);
    apply(&one, vec![put_manifest(1, 0, fixture.body(&Value::Null))]).await;
    for revision in 0..10 {
        let raise = async |ports: &F::Ports| {
            let batch = Batch {
                expect: expecting(Some((1, revision))),
                ..batch(vec![put_manifest(
                    1,
                    revision + 1,
                    fixture.body(&Value::Null),
                )])
            };
            code(ports.records().apply(batch).await)
        };
        let (a, b) = both(raise(&one), raise(&two)).await;
        let mut results = [a, b];
        results.sort_unstable();
        assert_eq!(results, ["StaleHandle", "ok"]);
    }
}
