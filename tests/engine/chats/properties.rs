//! Whatever a list holds: it comes apart and together again, and survives a journey.

use super::*;
use crate::lab::cases;
use crate::support::twin::TwinBodies;
use proptest::prelude::*;
use restow::domain::cut::Cut;
use restow::domain::layout::{ArrayRule, Layout};
use restow::engine::Edits;
use restow::ports::Bodies;

fn any_item() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => any::<u32>().prop_map(|number| Value::from(message(number))),
        1 => Just(Value::Undefined),
        1 => Just(Value::Null),
        1 => Just(Value::Number(-0.0)),
        1 => Just(Value::Number(f64::NAN)),
        1 => Just(Value::units(&[0xD800, 0x41])),
        // Made anew each time: one object in two chunks is quarantined.
        1 => any::<u8>().prop_map(|own| Value::sparse(3, [(1, "a".into())]).extra("own", f64::from(own))),
        1 => any::<u8>().prop_map(|byte| Value::bytes(&[byte])),
    ]
}

/// An array with holes and properties of its own.
fn any_list() -> impl Strategy<Value = Value> {
    let items = prop::collection::vec(prop::option::weighted(0.8, any_item()), 0..30);
    let keys = prop::sample::select(vec!["note", "-1", "01", "__proto__", "type", ""]);
    let extras = prop::collection::vec((keys, any_item()), 0..3);
    (items, extras).prop_map(|(items, extras)| {
        let length = items.len() as u32;
        let items = (0..).zip(items).filter_map(|(at, item)| Some((at, item?)));
        let list = Value::sparse(length, items);
        extras
            .into_iter()
            .fold(list, |list, (key, value)| list.extra(key, value))
    })
}

fn chunks_of(chunk: u32) -> Layout {
    Layout {
        version: 1,
        id: None,
        label: None,
        arrays: vec![ArrayRule {
            path: whole(),
            chunk,
        }],
        parts: Vec::new(),
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn joining_what_was_split_is_the_list(list in any_list(), chunk in 1u32..12) {
        let (cut, warnings) = Cut::plan(&chunks_of(chunk), |path| TwinBodies.shape(&list, path));
        prop_assert!(warnings.is_empty());
        let split = TwinBodies.split(&list, &cut);
        prop_assert_eq!(split.pieces.len(), cut.pieces());
        let arrays: Vec<_> = cut.arrays.iter().map(|array| (array.path.clone(), split.pieces.clone())).collect();
        prop_assert_eq!(TwinBodies.join(&split.skeleton, &arrays, &[]), Some(list));
    }

    #[test]
    fn any_list_is_migrated_read_and_put_back_as_it_was(list in any_list(), chunk in 1u32..12, wrapped in any::<bool>()) {
        let mut source = json!({ "database": "app", "store": "docs", "keys": "whole" });
        let record = match wrapped {
            true => Value::object([("at", 1.0.into()), ("data", list.clone())]),
            false => list.clone(),
        };
        if wrapped {
            source["body"] = "data".into();
        }
        let mut lab = Lab::new(json!({ "sources": [source], "layout": {} }));
        lab.config.layout = chunks_of(chunk);
        let key = Key::text("x");
        lab.disk.plant("app", "docs", key.clone(), record.clone());
        lab.migrate_all();
        prop_assert!(lab.disk.rows("app", "docs").is_empty());
        prop_assert_eq!(lab.load("x").unwrap(), Some(list.clone()));
        let (tab, handle) = lab.open("x");
        let length = TwinBodies.len(&list).unwrap();
        for from in 0..=length {
            let to = (from + chunk).min(length);
            let read = run(tab.read(&handle, &whole(), Some(from..to))).unwrap();
            prop_assert_eq!(read, Some(list.slice(from, to)));
        }
        run(lab.tab().rollback(&key, None, Edits::Refuse, true)).unwrap();
        let rows = lab.disk.rows("app", "docs");
        prop_assert_eq!(rows.get(&key), Some(&record));
    }
}
