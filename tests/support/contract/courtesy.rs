//! Locks, which are a courtesy, and time.

use super::conditions::both;
use super::fixture::Fixture;
use restow::domain::time::Timestamp;
use restow::ports::{Clock, Held, Locks, Ports};

pub async fn a_lock_keeps_others_out_until_it_is_dropped<F: Fixture>() {
    let fixture = F::new().await;
    let (one, two) = (fixture.open().await, fixture.open().await);
    let name = fixture.database("lock");
    let held = one.locks().acquire(&name, 1000).await;
    assert!(held.exclusive());
    let without = two.locks().acquire(&name, 30).await;
    assert!(!without.exclusive(), "two tabs hold the same lock");
    let other = two.locks().acquire(&fixture.database("other"), 1000).await;
    assert!(other.exclusive(), "a lock keeps others out of another one");
    drop(without);
    assert!(
        !two.locks().acquire(&name, 30).await.exclusive(),
        "a guard without a lock freed it"
    );
    drop(held);
    assert!(two.locks().acquire(&name, 1000).await.exclusive());
}

pub async fn one_tab_is_not_let_in_twice<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let name = fixture.database("lock");
    let held = ports.locks().acquire(&name, 1000).await;
    assert!(held.exclusive());
    assert!(!ports.locks().acquire(&name, 30).await.exclusive());
}

pub async fn a_lock_is_waited_for<F: Fixture>() {
    let fixture = F::new().await;
    let (one, two) = (fixture.open().await, fixture.open().await);
    let name = fixture.database("lock");
    let held = one.locks().acquire(&name, 1000).await;
    let drop_soon = async {
        for _ in 0..3 {
            one.clock().breathe().await;
        }
        drop(held);
    };
    let (late, ()) = both(two.locks().acquire(&name, 20_000), drop_soon).await;
    assert!(late.exclusive());
}

pub async fn no_token_comes_twice<F: Fixture>() {
    let fixture = F::new().await;
    let (one, two) = (fixture.open().await, fixture.open().await);
    let mut tokens = Vec::new();
    for round in 0..10 {
        for ports in [&one, &two] {
            let name = fixture.database(&format!("lock {}", round % 2));
            tokens.push(ports.locks().acquire(&name, 0).await.token().to_owned());
        }
    }
    assert!(tokens.iter().all(|token| !token.is_empty()));
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 20);
}

pub async fn time_does_not_run_backwards<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let mut last = ports.clock().elapsed_ms();
    assert!(last.is_finite());
    for _ in 0..5 {
        ports.clock().breathe().await;
        let now = ports.clock().elapsed_ms();
        assert!(now >= last, "{now} comes after {last}");
        last = now;
    }
    let year_2020 = Timestamp(1_577_836_800_000);
    let year_2200 = Timestamp(7_258_118_400_000);
    let now = ports.clock().now();
    assert!(year_2020 < now && now < year_2200, "{now}");
}
