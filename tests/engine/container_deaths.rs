//! Dying at every operation of a run over sessions that lie together, and over localStorage.

use crate::deaths::{Allowed, Tally, always, survives, survives_until, undisturbed};
use crate::lab::{Lab, Tab, key};
use crate::picture::tidy;
use crate::shelf::{Form, Shelf, body_of, text_of};
use crate::support::twin::{Fault, run};
use crate::support::value::Value;
use restow::engine::{Edits, Options, Side};
use restow::error::{Cause, Error};
use restow::ports::Unwatched;

/// One of each kind: what differs between array and map is no matter of deaths.
const FORMS: [Form; 3] = [Form::Array, Form::LocalArray, Form::Gzip];

fn said(what: &str, form: Form, tally: Tally) {
    println!("{what}, {form:?}: {tally:?}");
}

fn both() -> Allowed {
    let mut allowed = always("s1", &body_of("s1"));
    allowed.extend(always("s2", &body_of("s2")));
    allowed
}

/// Two sessions and something odd before them: what has no id is told by its index.
fn shelf(form: Form) -> Shelf {
    let shelf = Shelf::new(form, &[]);
    let texts = ["s1", "s2"].map(text_of);
    shelf.put(&[
        ("odd", r#"{ "name":"no id" }"#),
        ("s1", &texts[0]),
        ("s2", &texts[1]),
    ]);
    shelf
}

/// What was put back into localStorage is looked at by a later start.
fn later(lab: &Lab) {
    lab.disk.clock().advance(61_000);
    lab.migrate_all();
}

async fn batch(tab: &Tab) -> restow::error::Result<()> {
    tab.migrate_all(&Options::default(), &Unwatched)
        .await
        .map(drop)
}

#[test]
fn a_death_while_a_container_is_emptied_loses_nothing() {
    for form in Form::ALL {
        let shelf = shelf(form);
        let tally = survives(&shelf.lab, &both(), batch, batch);
        said("batch", form, tally);
    }
}

#[test]
fn what_fails_once_while_a_container_is_emptied_leaves_nothing_behind() {
    for form in FORMS {
        let shelf = shelf(form);
        let (_, operations) = undisturbed(&shelf.lab, &batch);
        for n in 0..operations {
            let lab = shelf.lab.fork();
            let tab = lab.tab();
            let cause = Cause::named("AbortError");
            let fault = Fault::Fail(Error::TransactionAborted { cause });
            tab.ports.tab().at(n, fault);
            let _ = run(batch(&tab));
            lab.migrate_all();
            tidy(&lab);
        }
    }
}

#[test]
fn a_death_while_one_session_of_a_container_is_moved_loses_nothing() {
    for form in FORMS {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        let call = async |tab: &Tab| tab.migrate(&key("s1"), &Options::default()).await;
        let tally = survives(&shelf.lab, &both(), call, call);
        said("migrate", form, tally);
    }
}

#[test]
fn a_death_while_a_session_is_put_back_into_its_container_loses_nothing() {
    for form in FORMS {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        shelf.lab.migrate("s1");
        shelf.lab.disk.settle();
        let call = async |tab: &Tab| tab.rollback(&key("s1"), None, Edits::Refuse, true).await;
        let tally = match form.is_local() {
            true => survives_until(&shelf.lab, &both(), call, call, later),
            false => survives(&shelf.lab, &both(), call, call),
        };
        said("rollback", form, tally);
    }
}

#[test]
fn a_death_while_kept_originals_of_a_container_go_loses_nothing() {
    for form in FORMS {
        let mut shelf = Shelf::new(form, &["s1", "s2"]);
        shelf.lab = shelf.lab.keeping();
        shelf.lab.migrate_all();
        shelf.lab.disk.settle();
        let call = async |tab: &Tab| tab.remove_originals(true).await;
        let tally = survives(&shelf.lab, &both(), call, call);
        said("remove originals", form, tally);
    }
}

#[test]
fn a_death_while_a_session_of_a_container_is_deleted_leaves_it_or_a_backup() {
    for form in FORMS {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        let mut allowed = always("s2", &body_of("s2"));
        allowed.push((key("s1"), vec![Some(body_of("s1")), None]));
        let call = async |tab: &Tab| tab.delete(&key("s1"), true).await;
        said("delete", form, survives(&shelf.lab, &allowed, call, call));
    }
}

#[test]
fn a_death_while_a_conflict_in_a_container_is_resolved_loses_neither_side() {
    for form in FORMS {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        shelf.lab.migrate("s1");
        let other = text_of("s1").replace("Session", "Another");
        let text = text_of("s2");
        shelf.put(&[("s1", &other), ("s2", &text)]);
        shelf.lab.disk.settle();
        let other = Value::json(&other);
        for (side, bodies) in [
            (Side::Chunks, vec![Some(body_of("s1"))]),
            (Side::Source, vec![Some(body_of("s1")), Some(other)]),
        ] {
            let mut allowed = always("s2", &body_of("s2"));
            allowed.push((key("s1"), bodies));
            let call = async |tab: &Tab| tab.resolve_conflict(&key("s1"), side, true).await;
            let tally = survives(&shelf.lab, &allowed, call, call);
            said(&format!("resolve for {side:?}"), form, tally);
        }
    }
}

#[test]
fn a_run_that_was_never_disturbed_ends_as_one_that_was() {
    // The pictures that are compared above show something.
    let shelf = shelf(Form::LocalArray);
    run(batch(&shelf.tab())).unwrap();
    assert_eq!(shelf.ids(), ["Missing"]);
}
