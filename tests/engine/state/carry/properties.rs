//! Whatever lies under both keys.

use super::*;
use crate::lab::cases;
use proptest::prelude::*;

fn any_text() -> impl Strategy<Value = String> {
    let days = prop_oneof![
        Just("null".to_owned()),
        (0u32..50).prop_map(|days| days.to_string()),
        Just("\"7\"".into())
    ];
    let date = prop_oneof![
        Just("null".to_owned()),
        (10u32..17).prop_map(|day| format!("\"2026-01-{day}\"")),
    ];
    let space = prop_oneof![Just(""), Just(" "), Just("\n\t")];
    (days, date, 0u32..9, space, any::<bool>()).prop_map(|(days, date, total, space, odd)| {
        let odd = if odd { ",\"\\u0078\":1.50" } else { "" };
        format!("{{{space}\"streak\":{{\"current\":{days}{space},\"lastCompletedDate\":{date}}}{odd},{space}\"engagement\":{{\"totalCompletions\":{total}}}{space}}}")
    })
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn carrying_twice_equals_once_and_undoing_equals_never(from in any_text(), to in prop::option::of(any_text())) {
        let lab = with(Some(&from), to.as_deref());
        let before = local(&lab);
        let first = carry(&lab).unwrap();
        let once = local(&lab);
        let second = carry(&lab).unwrap();
        prop_assert!(!second.changed);
        prop_assert_eq!(local(&lab), once);
        let path = first.path.unwrap();
        prop_assert_eq!(second.path.as_ref(), Some(&path));
        prop_assert!(undo(&lab, &path, false).unwrap().success);
        prop_assert_eq!(local(&lab), before);
    }
}
