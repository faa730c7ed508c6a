//! Sessions that an application changes while they are being moved out of their container.

use crate::picture::tidy;
use crate::shelf::{Form, Shelf, text_of};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::engine::Options;
use restow::ports::Unwatched;

/// The operation at which a run rewrites the container first.
fn rewriting(shelf: &Shelf) -> usize {
    let tab = shelf.fork().tab();
    run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
    let trace = tab.ports.tab().trace();
    trace.iter().position(|op| op.method == "replace").unwrap()
}

#[test]
fn a_member_that_changes_before_the_removal_is_planned_again_once() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["s1", "s2"]);
        let n = rewriting(&shelf);
        let named = |name: &str| text_of("s1").replace("Session", name);
        let write = |n: usize, name: &'static str, tab: &crate::lab::Tab| {
            let shelf = shelf.clone();
            tab.ports.tab().before_op(n, move |_| {
                let (text, fine) = (named(name), text_of("s2"));
                let left = shelf.ids();
                let members = [("s1", text.as_str()), ("s2", fine.as_str())];
                shelf.put(&members[..left.len()]);
            });
        };
        let tab = shelf.tab();
        write(n, "Newer", &tab);
        let result = run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        assert_eq!(result.migrated, 2, "{form:?}: {:?}", result.sessions);
        let newer = Value::json(&named("Newer"));
        assert_eq!(shelf.lab.load("s1").unwrap(), Some(newer), "{form:?}");
        assert_eq!(shelf.record(), Some(shelf.holding(&[])), "{form:?}");
        tidy(&shelf.lab);
    }
}

#[test]
fn a_member_that_keeps_changing_diverges() {
    for form in Form::ALL {
        let shelf = Shelf::new(form, &["s1"]);
        let n = rewriting(&shelf);
        let tab = shelf.tab();
        for n in n..n + 60 {
            let shelf = shelf.clone();
            tab.ports.tab().before_op(n, move |_| {
                let text = text_of("s1").replace("Session", &format!("Number {n}"));
                shelf.put(&[("s1", &text)]);
            });
        }
        let result = run(tab.migrate_all(&Options::default(), &Unwatched)).unwrap();
        assert_eq!(result.sessions.len(), 1);
        let code = result.sessions[0].code.as_deref();
        let still_there = result.sessions[0].warnings.iter();
        let still_there = still_there
            .filter(|w| w.code == "OriginalStillThere")
            .count();
        // Zipped, it can't even be compared while it keeps changing.
        assert!(
            code == Some("Diverged") || still_there == 1,
            "{form:?}: {:?}",
            result.sessions
        );
        assert_eq!(
            run(shelf.tab().status(Default::default()))
                .unwrap()
                .diverged,
            1,
            "{form:?}"
        );
        let kept = crate::picture::backup_bodies(&shelf.lab);
        assert!(!kept.is_empty() && shelf.ids() == ["s1"], "{form:?}");
        // Where nothing could be compared, the next run looks again.
        shelf.lab.migrate_all();
        tidy(&shelf.lab);
    }
}
