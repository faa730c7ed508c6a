//! Whatever lies under the two keys.

use super::*;
use crate::domain::limits::{self, StreakRule};
use proptest::prelude::*;

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        (-3i32..60).prop_map(|number| json!(number)),
        Just(json!(10_000)),
        Just(json!("12")),
        Just(json!(2.5)),
        Just(json!(true)),
        Just(json!({})),
        (-3i32..9).prop_map(|days| json!(ago(days))),
        Just(json!("2025-12-10T09:00:00.000Z")),
        prop::collection::vec((-2i32..12).prop_map(|days| json!(ago(days))), 0..6)
            .prop_map(Value::Array),
        prop::collection::vec(
            (-1i32..4).prop_map(|days| json!({ "date": ago(days) })),
            0..3
        )
        .prop_map(Value::Array),
    ]
}

/// A state with some of the fields, most of them of the right type.
pub fn any_state() -> impl Strategy<Value = Value> {
    let number = || prop_oneof![4 => (0i32..50).prop_map(|n| json!(n)), 1 => any_value()];
    let date = || prop_oneof![4 => (-2i32..5).prop_map(|days| json!(ago(days))), 1 => any_value()];
    let streak = (number(), date(), number(), any_value()).prop_map(|(current, last, best, history)| {
        json!({ "current": current, "lastCompletedDate": last, "bestStreak": best, "history": history })
    });
    let engagement = (number(), number(), date(), date(), any_value()).prop_map(|(total, days, first, last, other)| {
        json!({ "totalCompletions": total, "consecutiveDays": days, "firstVisit": first, "lastVisit": last, "other": other })
    });
    let streak = prop_oneof![5 => streak, 1 => any_value()];
    let engagement = prop_oneof![5 => engagement, 1 => any_value()];
    (streak, engagement, any_value(), any::<u8>()).prop_map(|(streak, engagement, other, which)| {
        let mut state = json!({});
        let map = state.as_object_mut().unwrap();
        let fields = [
            ("streak", streak),
            ("engagement", engagement),
            ("other", other),
        ];
        for (index, (name, value)) in fields.into_iter().enumerate() {
            if which & (1 << index) != 0 || which > 200 {
                map.insert(name.into(), value);
            }
        }
        state
    })
}

fn any_carry() -> impl Strategy<Value = Carry> {
    let takes = [
        "from", "to", "fill", "newer", "older", "max", "min", "sum", "union",
    ];
    let paths = [
        "streak.current",
        "streak.history",
        "engagement.totalCompletions",
        "engagement.lastVisit",
        "other",
        "other.x",
    ];
    let rule =
        (0..paths.len(), 0..takes.len()).prop_map(move |(path, take)| (paths[path], takes[take]));
    let custom = prop::collection::vec(rule, 0..5).prop_map(|rules| {
        let mut seen: Vec<&str> = Vec::new();
        let mut list = Vec::new();
        for (path, take) in rules {
            if !seen
                .iter()
                .any(|other| other.starts_with(path) || path.starts_with(other))
            {
                seen.push(path);
                list.push(json!({ "path": path, "take": take }));
            }
        }
        by(json!(list))
    });
    prop_oneof![Just(preset()), custom]
}

proptest! {
    #[test]
    fn carrying_twice_equals_once(carry in any_carry(), from in any_state(), to in prop::option::of(any_state())) {
        let (from, to) = (from.to_string(), to.map(|to| to.to_string()));
        let first = planned(&carry, &from, to.as_deref());
        let once = first.text.clone().or(to.clone());
        let last = record(&carry, &from, to.as_deref(), &first, &[]);
        let now = once.as_deref();
        let base = Base::of(Some(&last), carry.print, &from, now);
        let second = plan(&carry, (&from, now), &base, &on(TODAY)).unwrap();
        prop_assert_eq!(&second.text, &None, "{:?}", now);
        // Nor is it only because nothing has changed since.
        let base = Base::of(Some(&last), Digest::of(b"other"), &from, now);
        prop_assert!(now.is_none() || !base.settled);
        let third = plan(&carry, (&from, now), &base, &on(TODAY)).unwrap();
        prop_assert_eq!(third.text, None, "{:?}", now);
        prop_assert_eq!(third.sums.len(), first.sums.len());
    }

    #[test]
    fn what_no_rule_names_stays_as_the_target_has_it(from in any_state(), to in any_state()) {
        let carry = by(json!([{ "path": "streak", "rule": "streak" }]));
        let found = merged(&carry, from, to.clone());
        for name in ["engagement", "other"] {
            let Some(value) = to.get(name).filter(|value| !value.is_null()) else { continue };
            match value.as_object() {
                Some(fields) => for (field, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                    prop_assert_eq!(&found[name][field], value);
                },
                None => prop_assert_eq!(&found[name], value),
            }
        }
    }

    #[test]
    fn no_more_days_are_carried_over_than_the_limit_says(from in any_state(), to in any_state()) {
        let found = merged(&preset(), from, to.clone());
        let current = |state: &Value| limits::days(&limits::Fact::Number(
            state["streak"]["current"].as_f64().unwrap_or(0.0),
        )).unwrap_or(0.0);
        let most = f64::from(StreakRule::default().max_days);
        prop_assert!(current(&found) <= most.max(current(&to)));
        let best = |state: &Value| state["streak"]["bestStreak"].as_f64().unwrap_or(0.0);
        prop_assert!(best(&found) >= best(&to));
    }
}
