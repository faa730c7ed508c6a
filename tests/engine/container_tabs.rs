//! Two tabs at once over one container, on schedules of all kinds.

use crate::lab::{Lab, Tab, key};
use crate::picture::tidy;
use crate::shelf::{Form, Shelf, body_of, text_of};
use crate::support::twin::{interleave, run};
use crate::support::value::Value;
use restow::engine::{Edits, Options};
use restow::ports::Unwatched;
use std::pin::pin;
use std::task::{Context, Waker};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Call {
    Batch,
    First,
    RollBack,
    Delete,
}

async fn act(tab: &Tab, call: Call) {
    match call {
        Call::Batch => drop(tab.migrate_all(&Options::default(), &Unwatched).await),
        Call::First => drop(tab.migrate(&key("s1"), &Options::default()).await),
        Call::RollBack => drop(tab.rollback(&key("s3"), None, Edits::Refuse, true).await),
        Call::Delete => drop(tab.delete(&key("s2"), true).await),
    }
}

/// How often a tab has to be given its turn until it is through.
fn turns(shelf: &Shelf, call: Call) -> usize {
    let tab = shelf.fork().tab();
    let mut future = pin!(act(&tab, call));
    let mut context = Context::from_waker(Waker::noop());
    let mut turns = 1;
    while future.as_mut().poll(&mut context).is_pending() {
        turns += 1;
    }
    turns
}

fn loads(lab: &Lab, id: &str) -> Option<Value> {
    lab.load(id).unwrap()
}

#[test]
fn two_tabs_over_one_container_lose_no_session_and_touch_no_neighbour() {
    let mut count = 0;
    for form in [Form::Array, Form::LocalArray, Form::Gzip] {
        // `s3` lies in chunks to begin with.
        let shelf = Shelf::new(form, &["s1", "s2", "s3"]);
        shelf.lab.migrate("s3");
        let odd = ("odd", r#"{ "name":"no id" }"#);
        let texts = ["s1", "s2"].map(text_of);
        shelf.put(&[odd, ("s1", &texts[0]), ("s2", &texts[1])]);
        for (one, other, step) in [
            (Call::Batch, Call::Batch, 7),
            (Call::Batch, Call::First, 6),
            (Call::Batch, Call::RollBack, 6),
            (Call::Batch, Call::Delete, 6),
            (Call::First, Call::RollBack, 5),
            (Call::RollBack, Call::Delete, 5),
        ] {
            let (first, second) = (turns(&shelf, one), turns(&shelf, other));
            for locks in [true, false] {
                for k in (0..=first).step_by(step) {
                    for m in (0..=second).step_by(step) {
                        let shelf = shelf.fork();
                        shelf.lab.disk.set_web_locks(locks);
                        both(&shelf, (one, k), (other, m));
                        count += 1;
                    }
                }
            }
        }
    }
    println!("{count} schedules");
}

fn both(shelf: &Shelf, (one, k): (Call, usize), (other, m): (Call, usize)) {
    let how = format!("{:?}: {one:?} for {k}, {other:?} for {m}", shelf.form);
    let (a, b) = (shelf.tab(), shelf.tab());
    let schedule = std::iter::repeat_n(true, k).chain(std::iter::repeat_n(false, m));
    interleave(act(&a, one), act(&b, other), schedule);
    drop((a, b));
    shelf.lab.disk.clock().advance(61_000);
    run(shelf.tab().migrate_all(&Options::default(), &Unwatched)).unwrap();
    tidy(&shelf.lab);
    for id in ["s1", "s2", "s3"] {
        let found = loads(&shelf.lab, id);
        let deleted = id == "s2" && [one, other].contains(&Call::Delete);
        let fine = found == Some(body_of(id)) || (deleted && found.is_none());
        assert!(fine, "{how}: {id} is {found:?}");
    }
    let ids = shelf.ids();
    assert_eq!(ids.iter().filter(|id| *id == "Missing").count(), 1, "{how}");
    let rolled_back = ids.contains(&"s3".to_owned());
    assert!(ids.len() == 1 + usize::from(rolled_back), "{how}: {ids:?}");
    let status = run(shelf.tab().status(Default::default())).unwrap();
    assert_eq!(status.diverged, 0, "{how}");
}
