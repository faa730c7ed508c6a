//! Whatever a body and its layout are, and whatever is done to a session in whatever order: nothing
//! is ever lost.

use crate::calls::{CALLS, Call, act, before_append, created, has_appended};
use crate::lab::{Lab, cases, key, session};
use crate::picture::{bodies_kept, tidy};
use crate::support::twin::{Fault, run};
use crate::support::value::Value;
use proptest::prelude::*;
use restow::domain::report::Outcome;
use restow::engine::{Edits, Options};
use restow::ports::{Clock, Unwatched};
use serde_json::json;

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Undefined),
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        prop::sample::select(vec![0.0, -0.0, 1.5, f64::NAN, f64::INFINITY, 9e15])
            .prop_map(Value::Number),
        ".{0,6}".prop_map(Value::text),
        Just(Value::text("GZIP_V1:x")),
        Just(Value::units(&[0xD800, 0x41])),
        prop::collection::vec(any::<u8>(), 0..5).prop_map(|bytes| Value::bytes(&bytes)),
        prop::collection::vec(any::<u8>(), 0..5).prop_map(|bytes| Value::blob(&bytes)),
    ];
    leaf.prop_recursive(3, 40, 9, |inner| {
        let keys = prop::sample::select(vec!["a", "b", "list", "deep", "0", "10", "x.y", ""]);
        prop_oneof![
            (
                prop::collection::vec(prop::option::weighted(0.9, inner.clone()), 0..9),
                any::<bool>()
            )
                .prop_map(|(items, extra)| array(items, extra)),
            prop::collection::vec((keys, inner), 0..6).prop_map(Value::object),
        ]
    })
}

/// An array with holes, and perhaps a property of its own.
fn array(items: Vec<Option<Value>>, extra: bool) -> Value {
    let length = items.len() as u32;
    let items = (0..)
        .zip(items)
        .filter_map(|(index, item)| Some((index, item?)));
    let array = Value::sparse(length, items);
    match extra {
        true => array.extra("note", true),
        false => array,
    }
}

/// A body with an id somewhere among other fields.
fn any_body() -> impl Strategy<Value = Value> {
    let keys = prop::sample::select(vec!["a", "b", "c", "list", "deep", "name", "7"]);
    let fields = prop::collection::vec((keys, any_value()), 0..7);
    (fields, 0usize..8).prop_map(|(mut fields, at)| {
        let at = at.min(fields.len());
        fields.insert(at, ("id", Value::text("x")));
        Value::object(fields)
    })
}

fn any_layout() -> impl Strategy<Value = serde_json::Value> {
    let paths = vec![
        "a",
        "b",
        "list",
        "deep",
        "deep.a",
        "deep.list",
        "a.b",
        "c",
        "7",
    ];
    let arrays = prop::collection::vec((prop::sample::select(paths.clone()), 1u32..5), 0..4);
    let parts = prop::collection::vec(prop::sample::select(paths), 0..3);
    let layouts = (arrays, parts).prop_map(|(arrays, parts)| {
        let arrays = arrays.into_iter();
        let arrays: Vec<_> = arrays
            .map(|(path, chunk)| json!({ "path": path, "chunk": chunk }))
            .collect();
        json!({ "label": "name", "arrays": arrays, "parts": parts })
    });
    layouts.prop_filter("places overlap", |layout| {
        let source = json!({ "database": "app", "store": "docs" });
        let config = json!({ "sources": [source], "layout": layout });
        restow::domain::config::Config::parse(&config).is_ok()
    })
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn any_body_under_any_layout_comes_back_as_it_was(body in any_body(), layout in any_layout(), wrapped in any::<bool>()) {
        let source = match wrapped {
            true => json!({ "database": "app", "store": "docs", "body": "in.data" }),
            false => json!({ "database": "app", "store": "docs" }),
        };
        let lab = Lab::new(json!({ "sources": [source], "layout": layout }));
        let record = match wrapped {
            true => Value::object([
                ("at", Value::Number(-0.0)),
                ("in", Value::object([("sum", "x".into()), ("data", body.clone())])),
            ]),
            false => body.clone(),
        };
        lab.disk.plant("app", "docs", key("x"), record.clone());
        let dry = Options { dry_run: true, ..Options::default() };
        let rehearsed = run(lab.tab().migrate(&key("x"), &dry)).unwrap();
        let result = lab.migrate("x");
        prop_assert_eq!(result.outcome, Outcome::Migrated, "{:?}", result);
        prop_assert_eq!((rehearsed.chunks, rehearsed.bytes), (result.chunks, result.bytes));
        prop_assert_eq!(lab.load("x").unwrap(), Some(body.clone()));
        prop_assert!(lab.disk.rows("app", "docs").is_empty());
        tidy(&lab);
        let (tab, handle) = lab.open("x");
        for place in handle.places() {
            let read = run(tab.read(&handle, &place.path, None)).unwrap();
            prop_assert_eq!(read, body.at(&place.path));
        }
        run(lab.tab().rollback(&key("x"), None, Edits::Refuse, true)).unwrap();
        let rows = lab.disk.rows("app", "docs");
        prop_assert_eq!(rows.get(&key("x")), Some(&record));
        tidy(&lab);
    }
}

/// What happens to a session, and how it ends.
#[derive(Debug, Clone)]
enum Event {
    /// A call of ours; perhaps the tab dies at an operation, and perhaps the power goes with it.
    Call(Call, Option<(usize, usize, Option<usize>)>),
    /// The application writes its record, with so many screenshots, or removes it.
    Writes(u32),
    Removes,
    /// Time passes, in days.
    Waits(u32),
}

fn any_event() -> impl Strategy<Value = Event> {
    let calls = prop::sample::select(&CALLS[..]);
    let death = (0usize..25, 0usize..3, prop::option::of(0usize..4));
    prop_oneof![
        8 => (calls, prop::option::weighted(0.5, death))
            .prop_map(|(call, death)| Event::Call(call, death)),
        2 => (0u32..6).prop_map(Event::Writes),
        1 => Just(Event::Removes),
        1 => (0u32..40).prop_map(Event::Waits),
    ]
}

/// Lets it happen, and fails if a body that was anywhere before is nowhere after.
fn happen(lab: &Lab, event: &Event) -> Result<(), TestCaseError> {
    let (call, death) = match event {
        Event::Writes(shots) => {
            lab.plant("s1", &session("s1", *shots));
            return Ok(());
        }
        Event::Removes => {
            lab.unplant("s1");
            return Ok(());
        }
        Event::Waits(days) => {
            lab.disk.clock().advance_days(*days);
            return Ok(());
        }
        Event::Call(call, death) => (*call, death),
    };
    lab.disk.settle();
    lab.disk.clock().advance(40_000);
    let had = bodies_kept(lab);
    let current = lab.fork().load("s1").unwrap();
    let tab = lab.tab();
    if let Some((n, kind, _)) = death {
        tab.ports.tab().at(*n, Fault::DEATHS[*kind].clone());
    }
    let done = run(act(&tab, call));
    let died = tab.ports.tab().is_dead();
    if let (true, Some((_, _, Some(keep)))) = (died, death) {
        lab.disk.power_cut(*keep);
    }
    let now = lab.fork().load("s1").unwrap();
    let has = bodies_kept(lab);
    if done && !died && call == Call::Append {
        prop_assert!(has_appended(&has));
    }
    if done && !died && call == Call::Create {
        prop_assert!(has.contains(&created()));
    }
    if call != Call::Delete {
        prop_assert!(now.is_some() || current.is_none(), "{call:?}: it is gone");
    }
    // A clean-up may take what only an expired backup held, but never what rules.
    let had = match call {
        Call::Cleanup => current.into_iter().collect(),
        _ => had,
    };
    let has: Vec<_> = has.iter().map(before_append).collect();
    for body in had.iter().map(before_append) {
        prop_assert!(has.contains(&body), "{call:?} lost {body:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn whatever_happens_in_whatever_order_no_body_is_ever_lost(events in prop::collection::vec(any_event(), 1..14), locks in any::<bool>(), keep in any::<bool>()) {
        let lab = match keep {
            true => Lab::small().keeping(),
            false => Lab::small(),
        };
        lab.disk.set_web_locks(locks);
        for event in &events {
            happen(&lab, event)?;
        }
        // And in the end one more run puts everything in order.
        lab.disk.clock().advance(40_000);
        run(lab.tab().migrate_all(&Options::default(), &Unwatched)).unwrap();
        forget_leases(&lab);
        tidy(&lab);
    }
}

/// Two deaths in a row may leave the lease of a session that is nowhere any more. It is over, and
/// keeps no one from anything.
fn forget_leases(lab: &Lab) {
    let now = lab.disk.clock().now();
    if lab.disk.has_own() {
        lab.disk
            .damage(move |own| own.leases.retain(|_, lease| lease.until > now));
    }
}
