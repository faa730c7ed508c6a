//! Runs the futures of tabs: each `.await` on a port gives way at least once, so that the order in
//! which two tabs act can be chosen.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Runs one tab to its end. What the twin waits for is only ever its turn, so this never idles.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

/// Runs two tabs in turn to their ends.
pub fn join2<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    interleave(a, b, [])
}

/// Runs two tabs to their ends in the order of `turns`, `true` being the first one's, and in turn
/// when there are no turns left.
pub fn interleave<A, B>(
    a: impl Future<Output = A>,
    b: impl Future<Output = B>,
    turns: impl IntoIterator<Item = bool>,
) -> (A, B) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut first, mut second) = (None, None);
    let mut turns = turns.into_iter();
    let mut last = false;
    loop {
        last = turns.next().unwrap_or(!last);
        if last {
            step(&mut first, a.as_mut());
        } else {
            step(&mut second, b.as_mut());
        }
        match (first.take(), second.take()) {
            (Some(a), Some(b)) => return (a, b),
            (one, other) => (first, second) = (one, other),
        }
    }
}

fn step<T>(done: &mut Option<T>, future: Pin<&mut impl Future<Output = T>>) {
    if done.is_none()
        && let Poll::Ready(value) = future.poll(&mut Context::from_waker(Waker::noop()))
    {
        *done = Some(value);
    }
}

/// Gives way once.
pub async fn breath() {
    let mut given = false;
    poll_fn(|context| {
        if given {
            return Poll::Ready(());
        }
        given = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
