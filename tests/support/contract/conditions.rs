//! Fences and expectations to begin with, and two tabs at once.

use super::given::{NOW, after, batch, id};
use restow::domain::time::Timestamp;
use restow::error::Result;
use restow::ports::{Batch, Expect, Fence, Hold, Ports, Records};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// A condition on the lease of [`id`].
pub fn fence(token: &str, hold: Hold, now: Timestamp, until: Timestamp) -> Fence {
    Fence {
        id: id(),
        token: token.into(),
        hold,
        now,
        until,
    }
}

/// A fence of a tab that wants the session for a second from [`NOW`] on.
pub fn take(token: &str) -> Fence {
    fence(token, Hold::Take { force: false }, NOW, after(1000))
}

/// A batch that is nothing but conditions.
pub fn conditions<B>(fence: Option<Fence>, expect: Vec<Expect>) -> Batch<B> {
    Batch {
        fence,
        expect,
        ..batch(vec![])
    }
}

/// An expectation about [`id`].
pub fn expecting(revision: Option<(u32, u32)>) -> Vec<Expect> {
    vec![Expect { id: id(), revision }]
}

/// The code of an error, or `ok`.
pub fn code<T>(result: Result<T>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "ok")
}

/// Two futures at once, whatever runs them.
pub async fn both<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut first, mut second) = (None, None);
    poll_fn(|context| {
        if first.is_none()
            && let Poll::Ready(value) = a.as_mut().poll(context)
        {
            first = Some(value);
        }
        if second.is_none()
            && let Poll::Ready(value) = b.as_mut().poll(context)
        {
            second = Some(value);
        }
        if first.is_some() && second.is_some() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    first.zip(second).expect("both are through")
}

/// Applies nothing but a fence.
pub async fn hold<P: Ports>(ports: &P, fence: Fence) -> &'static str {
    code(ports.records().apply(conditions(Some(fence), vec![])).await)
}
