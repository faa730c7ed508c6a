//! A value that one limit calls secret is a secret for all of them.

use crate::domain::limits::judge::{Check, Limit};
use crate::domain::limits::pattern::{Pattern, Step};

/// Marks every limit that may come upon a secret of another one. What a wildcard means is only known
/// of a body, so rather too much is hidden than too little.
pub fn spread(limits: &mut [Limit]) {
    let secrets = limits.iter().filter(|limit| limit.secret);
    let secrets: Vec<Pattern> = secrets.map(|limit| limit.path.clone()).collect();
    for limit in limits {
        let shown = shown(limit);
        limit.hidden = shown
            .iter()
            .any(|place| secrets.iter().any(|secret| may_lie_in(place, secret)));
    }
}

/// Where the values lie that a limit would show.
fn shown(limit: &Limit) -> Vec<Pattern> {
    match &limit.check {
        Check::Value(_) | Check::Count(_) => vec![limit.path.clone()],
        Check::Streak(rule) => {
            let fields = &rule.fields;
            let below = [&fields.current, &fields.last, &fields.best, &fields.history];
            let below = below.map(|field| limit.path.then(field));
            below.into_iter().chain([limit.path.clone()]).collect()
        }
    }
}

/// Whether something that the one means may be what the other means, or lie inside it.
fn may_lie_in(place: &Pattern, around: &Pattern) -> bool {
    place.0.len() >= around.0.len()
        && place
            .0
            .iter()
            .zip(&around.0)
            .all(|(one, other)| one == other || *one == Step::Any || *other == Step::Any)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use crate::domain::limits::{parse, twin};
    use serde_json::{Value, json};

    fn hidden(limits: Value) -> Vec<bool> {
        let limits = parse(&limits, "limits").unwrap();
        limits.iter().map(|limit| limit.hidden).collect()
    }

    #[test]
    fn a_secret_of_one_limit_is_a_secret_for_all() {
        let secret = json!({ "path": "vault.token", "maxLength": 9, "secret": true });
        for (other, expected) in [
            (json!({ "path": "vault.token", "pattern": "a" }), true),
            (json!({ "path": "vault.token.inside", "max": 1 }), true),
            (json!({ "path": "vault.*", "max": 1 }), true),
            (json!({ "path": "*.*", "max": 1 }), true),
            (
                json!({ "path": "vault.token", "rule": "count", "of": "list" }),
                true,
            ),
            (
                json!({ "path": "vault", "rule": "streak", "fields": { "best": "token" } }),
                true,
            ),
            (json!({ "path": "vault", "type": "array" }), false),
            (json!({ "path": "vault", "rule": "streak" }), false),
            (json!({ "path": "vault.name", "max": 1 }), false),
            (json!({ "path": "*", "max": 1 }), false),
        ] {
            let both = json!([other, secret]);
            assert_eq!(hidden(both), [expected, true], "{other}");
        }
        assert_eq!(hidden(json!([{ "path": "a", "max": 1 }])), [false]);
    }

    #[test]
    fn what_is_hidden_shows_its_length_alone() {
        let limits = json!([
            { "path": "tokens.*", "pattern": "a" },
            { "path": "tokens.*", "maxLength": 900, "secret": true },
        ]);
        let limits = parse(&limits, "limits").unwrap();
        let body = twin::Twin::of(&json!({ "tokens": { "ann@example.org": "hunter2" } }));
        let judgements = limits[0].check(&body, &twin::on("2025-12-10"));
        let text = serde_json::to_string(&judgements[0].finding).unwrap();
        assert!(!text.contains("hunter2") && !text.contains("ann"), "{text}");
        assert_eq!(judgements[0].finding.was.length, Some(7));
    }
}
