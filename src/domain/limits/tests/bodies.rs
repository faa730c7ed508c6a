//! Limits on whole bodies.

use super::*;

#[test]
fn a_limit_judges_everything_that_its_path_means() {
    let body = json!({ "pages": [{ "n": 5 }, { "n": 50 }, { "n": "x" }, {}, 7] });
    let mut twin = Twin::of(&body);
    let limit = json!({ "path": "pages.*.n", "max": 9, "action": "drop" });
    let judgements = check(&limit, &twin);
    let told: Vec<_> = judgements
        .iter()
        .map(|j| (&*j.finding.path, &*j.finding.code))
        .collect();
    assert_eq!(
        told,
        [("pages[1].n", "AboveMaximum"), ("pages[2].n", "WrongType")]
    );
    twin.apply(in_order(judgements.iter().filter_map(|j| j.edit.as_ref())));
    assert_eq!(
        twin,
        Twin::of(&json!({ "pages": [{ "n": 5 }, {}, {}, {}, 7] }))
    );

    let items = json!({ "path": "pages.*", "type": "object", "action": "drop" });
    let mut twin = Twin::of(&json!({ "pages": [1, {}, 2, {}, 3] }));
    let judgements = check(&items, &twin);
    twin.apply(in_order(judgements.iter().filter_map(|j| j.edit.as_ref())));
    assert_eq!(twin, Twin::of(&json!({ "pages": [{}, {}] })));
}

#[test]
fn a_count_is_lowered_to_its_list_and_never_raised() {
    let rule = json!({ "path": "groups.*.count", "rule": "count", "of": "groups.*.items" });
    for (count, items, expected) in [
        (json!(3), json!([1, 2, 3]), None),
        (json!(5), json!([1, 2]), Some(("CountTooHigh", Action::Cap))),
        (
            json!(2.5),
            json!([1, 2]),
            Some(("CountTooHigh", Action::Cap)),
        ),
        (json!(1), json!([1, 2]), Some(("CountTooLow", Action::Warn))),
        (
            json!(-5),
            json!([1, 2]),
            Some(("CountTooLow", Action::Warn)),
        ),
        (
            json!(0.5),
            json!([1, 2]),
            Some(("CountMalformed", Action::Warn)),
        ),
        (
            json!("2"),
            json!([1, 2]),
            Some(("CountMalformed", Action::Warn)),
        ),
        (
            json!([]),
            json!([1, 2]),
            Some(("CountMalformed", Action::Warn)),
        ),
        (json!(null), json!([1, 2]), None),
        (
            json!(5),
            json!({ "a": 1, "b": 2 }),
            Some(("CountTooHigh", Action::Cap)),
        ),
        (json!(5), json!(null), None),
    ] {
        let body = json!({ "groups": { "a": { "count": count, "items": items } } });
        let judgements = check(&rule, &Twin::of(&body));
        let told = judgements
            .first()
            .map(|j| (&*j.finding.code, j.finding.action));
        assert_eq!(told, expected, "{body}");
        assert!(
            judgements
                .iter()
                .filter_map(|j| j.edit.as_ref())
                .all(|edit| {
                    edit.path == Path::dotted("groups.a.count")
                        && edit.change == Change::Set(Scalar::Number(2.into()))
                })
        );
    }
    let body = Twin::of(&json!({ "groups": [{ "count": 0, "items": [1] }] }));
    for number in [f64::NAN, f64::NEG_INFINITY] {
        let body = body.clone().with("groups.0.count", Fact::Number(number));
        assert_eq!(check(&rule, &body)[0].finding.code, "CountMalformed");
    }
    let endless = body.with("groups.0.count", Fact::Number(f64::INFINITY));
    assert_eq!(check(&rule, &endless)[0].finding.code, "CountTooHigh");
}

#[test]
fn a_secret_shows_neither_value_nor_type_nor_name() {
    let limit = json!({
        "path": "tokens.*", "maxLength": 3, "action": "cap", "secret": true, "otherwise": "drop",
    });
    let body = Twin::of(&json!({ "tokens": { "ann@example.org": "hush!", "ben": 12345 } }));
    let judgements = check(&limit, &body);
    let findings: Vec<_> = judgements.iter().map(|j| &j.finding).collect();
    let text = serde_json::to_string(&findings).unwrap();
    for value in ["hus", "12345", "ann", "ben", "number"] {
        assert!(!text.contains(value), "{value} in {text}");
    }
    let shown = |length: Value| json!({ "type": "secret", "length": length, "value": null });
    assert_eq!(
        serde_json::to_value(findings[0]).unwrap(),
        json!({
            "code": "TooLong", "path": "tokens[\"*\"]", "action": "cap",
            "was": shown(json!(5)), "becomes": shown(json!(3)),
            "why": "must have at most 3 UTF-16 units",
        })
    );
}
