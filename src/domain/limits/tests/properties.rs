//! What holds for any value.

use super::*;
use proptest::prelude::*;

fn any_fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        Just(Fact::Missing),
        Just(Fact::Undefined),
        Just(Fact::Null),
        any::<bool>().prop_map(Fact::Bool),
        any::<f64>().prop_map(Fact::Number),
        (-100i32..100).prop_map(|number| Fact::Number(number.into())),
        prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-0.0)].prop_map(Fact::Number),
        "[0-9a😀]{0,12}".prop_map(|text| Fact::text(&text)),
        any::<f64>().prop_map(Fact::Date),
        (0u32..20).prop_map(Fact::Array),
        Just(Fact::Object),
        Just(Fact::Other("Map".into())),
    ]
}

fn any_rule() -> impl Strategy<Value = Value> {
    let otherwise = prop_oneof![Just("drop"), Just("quarantine"), Just("warn")];
    (0u32..20, any::<bool>(), 0..5, otherwise).prop_map(|(most, last, shape, otherwise)| {
        let keep = if last { "last" } else { "first" };
        let mut rule = match shape {
            0 => json!({ "cap": most, "keep": keep }),
            1 => json!({ "min": 3, "max": most + 3, "action": "cap" }),
            2 => json!({ "type": "integer", "cap": most }),
            3 => json!({ "maxLength": most, "keep": keep, "action": "cap", "pattern": "[0-9]*" }),
            _ => json!({ "maxLength": most, "keep": keep, "action": "cap" }),
        };
        rule["otherwise"] = json!(otherwise);
        rule["path"] = json!(["a", "*"]);
        rule
    })
}

proptest! {
    #[test]
    fn what_a_cap_has_made_needs_no_cap(rule in any_rule(), fact in any_fact()) {
        let limit = limit(rule);
        let Check::Value(rules) = &limit.check else { return Ok(()) };
        let path = Path::dotted("a.0");
        let Some(judgement) = judge(&limit, rules, &path, &fact, &on(TODAY)) else { return Ok(()) };
        let Some(edit) = judgement.edit else { return Ok(()) };
        prop_assert!(limit.path.matches(&edit.path) && edit.path == path);
        let after = fact.after(&edit.change);
        prop_assert_eq!(judge(&limit, rules, &path, &after, &on(TODAY)), None);
        if let (Fact::Number(was), Fact::Number(becomes)) = (&fact, &after) {
            prop_assert!(becomes <= was);
        }
        prop_assert!(after.length() <= fact.length() || after.length().is_none());
    }

    #[test]
    fn edits_touch_nothing_that_the_path_does_not_mean(
        rule in any_rule(),
        items in proptest::collection::vec(0i32..40, 0..6),
        other in 0i32..40,
    ) {
        let body = json!({ "a": items, "b": other });
        let mut twin = Twin::of(&body);
        let judgements = limit(rule).check(&twin, &on(TODAY));
        twin.apply(in_order(judgements.iter().filter_map(|j| j.edit.as_ref())));
        prop_assert_eq!(twin.fact(&Path::dotted("b")), Fact::Number(other.into()));
        let removed = judgements.iter().filter(|j| j.finding.action == Action::Drop).count();
        prop_assert_eq!(twin.keys(&Path::dotted("a")).len(), items.len() - removed);
    }
}
