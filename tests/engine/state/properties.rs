//! Whatever lies in localStorage.

use super::*;
use crate::lab::cases;
use proptest::prelude::*;

/// Any text that JavaScript can hold.
fn any_text() -> impl Strategy<Value = Value> {
    let unit = prop_oneof![
        Just(0xD800),
        Just(0xDC00),
        Just(0x22),
        0x20u16..0x80,
        any::<u16>()
    ];
    let units = prop::collection::vec(unit, 0..12).prop_map(|units| Value::units(&units));
    let json = prop_oneof![
        Just("{\"a\": 1e400, \"a\":-0}"),
        Just(""),
        Just("null"),
        Just("GZIP_V1:x")
    ];
    prop_oneof![units, json.prop_map(Value::text)]
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c_é]{1,4}".prop_map(|id| format!("chat_session_{ACME}_{id}")),
        "[a-c_\"]{1,4}".prop_map(|id| format!("mcp_server_config_{ACME}_{id}")),
        "[a-c_]{1,4}".prop_map(|id| format!("chat_session_{OTHER}_{id}")),
        "[a-c_]{1,4}",
        Just("theme".to_owned()),
        Just("__proto__".to_owned()),
    ]
}

fn filled(texts: &BTreeMap<String, Value>) -> Lab {
    let lab = Lab::taskerino();
    for (key, text) in texts {
        lab.disk.plant_at(&place(key), text.clone());
    }
    lab
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn what_is_captured_and_put_back_is_what_was_there(
        texts in prop::collection::btree_map(any_key(), any_text(), 1..8),
    ) {
        let lab = filled(&texts);
        let before = local(&lab);
        let captured = capture(&lab);
        let entries = &captured.snapshot.entries;
        let Some(path) = &captured.snapshot.path else {
            prop_assert!(entries.is_empty());
            return Ok(());
        };
        for (entry, value) in entries.iter().zip(&captured.values) {
            if !entry.redacted {
                prop_assert_eq!(value.as_ref(), before.get(&Key::text(&entry.key)));
            }
            lab.disk.remove_at(&place(&entry.key));
        }
        let result = restore(&lab, path, false).unwrap();
        prop_assert!(result.success && result.restored.len() == entries.len());
        prop_assert_eq!(local(&lab), before);
    }

    #[test]
    fn every_key_of_the_storage_is_captured_offered_or_left(
        texts in prop::collection::btree_map(any_key(), any_text(), 0..8),
    ) {
        let snapshot = capture(&filled(&texts)).snapshot;
        let taken = snapshot.entries.iter().map(|entry| entry.key.clone());
        let offered = snapshot.offered.iter().map(|offered| offered.key.clone());
        let left = snapshot.left.iter().map(|left| left.key.to_string());
        let told: BTreeSet<String> = taken.chain(offered).chain(left).collect();
        prop_assert_eq!(told, texts.into_keys().collect());
    }

    #[test]
    fn clearing_touches_nothing_that_changed_or_is_not_ours(
        texts in prop::collection::btree_map(any_key(), any_text(), 1..8),
        changes in prop::collection::btree_map(any_key(), any_text(), 0..4),
    ) {
        let lab = filled(&texts);
        let captured = capture(&lab).snapshot;
        let before = local(&lab);
        for (key, text) in &changes {
            lab.disk.plant_at(&place(key), text.clone());
        }
        let changed = local(&lab);
        let Some(path) = captured.path else { return Ok(()) };
        clear(&lab, &path).unwrap();
        let ours: BTreeSet<Key> = captured.entries.iter().map(|entry| Key::text(&entry.key)).collect();
        for (key, text) in changed {
            let goes = ours.contains(&key) && before.get(&key) == Some(&text);
            prop_assert_eq!(!local(&lab).contains_key(&key), goes, "{}", key);
        }
    }
}
