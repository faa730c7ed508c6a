//! What holds for any streak.

use super::*;
use proptest::prelude::*;

fn any_count() -> impl Strategy<Value = Fact> {
    prop_oneof![
        (0u32..80).prop_map(|days| Fact::Number(days.into())),
        any::<f64>().prop_map(Fact::Number),
        Just(Fact::Number(f64::NAN)),
        "[0-9]{0,3}".prop_map(|text| Fact::text(&text)),
        Just(Fact::Null),
        Just(Fact::Array(2)),
    ]
}

fn any_day() -> impl Strategy<Value = Fact> {
    prop_oneof![
        8 => (-2i32..50).prop_map(|days| Fact::text(&ago(days))),
        1 => (-9000i32..9000).prop_map(|days| Fact::text(&ago(days))),
        1 => any_count(),
    ]
}

proptest! {
    #[test]
    fn a_streak_is_only_ever_lowered_and_only_once(
        current in any_count(),
        best in any_count(),
        last in any_day(),
        history in proptest::collection::vec(any_day(), 0..60),
        keeps in proptest::option::of(1u32..40),
        max_best in proptest::option::of(1u32..40),
    ) {
        let mut twin = body(json!(0), json!(0), json!(0), json!([]))
            .with("streak.current", current.clone())
            .with("streak.bestStreak", best.clone())
            .with("streak.lastCompletedDate", last);
        twin.put_list("streak.history", history);
        let before = twin.clone();
        let limit = limit(json!({ "historyKeeps": keeps, "maxBest": max_best }));
        let told = limit.check(&twin, &on(TODAY));
        prop_assert!(told.iter().all(|j| !j.quarantines()));
        twin.apply(told.iter().filter_map(|j| j.edit.as_ref()));
        let (current_path, best_path) =
            (Path::dotted("streak.current"), Path::dotted("streak.bestStreak"));
        for (path, was) in [(&current_path, &current), (&best_path, &best)] {
            if let (Fact::Number(was), Fact::Number(becomes)) = (was, twin.fact(path)) {
                // What is below 0 is no number of days.
                prop_assert!(becomes <= *was || was.is_nan() || (*was < 0.0 && becomes == 0.0));
            }
        }
        if let Fact::Number(days) = twin.fact(&current_path) {
            prop_assert!(days <= 30.0);
        }
        // Nothing else was touched.
        let rest = twin
            .clone()
            .with("streak.current", current)
            .with("streak.bestStreak", best);
        prop_assert_eq!(format!("{rest:?}"), format!("{before:?}"));
        prop_assert!(limit.check(&twin, &on(TODAY)).iter().all(|j| j.edit.is_none()));
    }

    #[test]
    fn no_last_day_makes_a_streak_longer_than_its_history_and_itself(
        current in 0u32..60,
        last in -20_000i32..20_000,
        length in 1i32..20,
    ) {
        let twin = body(json!(current), json!(ago(last)), json!(60), json!(days(length, 1)));
        let (_, found) = judged(json!({}), twin, &on(TODAY));
        let Fact::Number(days) = found else { return Ok(()) };
        let more = i32::from(last == 0);
        prop_assert!(days <= f64::from(length + more));
    }
}
