//! Wrappers that keep a checksum of the sessions in them.

use crate::lab::{Lab, key};
use crate::picture::{bodies_kept, tidy};
use crate::shelf::{Form, Shelf, body_of, layout};
use crate::support::twin::run;
use crate::support::value::Value;
use restow::domain::checksum::Rule;
use restow::engine::Edits;
use serde_json::json;

/// A record whose wrapper keeps a checksum of what it wraps.
fn summed(rule: Option<&str>, gzip: bool) -> (Shelf, impl Fn(&Shelf) -> (String, String)) {
    let form = if gzip { Form::Gzip } else { Form::Array };
    let mut source = form.source();
    if let Some(rule) = rule {
        source["checksum"] = json!({ "path": "checksum", "rule": rule });
    }
    let mut shelf = Shelf::new(form, &["s1", "s2"]);
    shelf.lab.config = Lab::new(json!({ "sources": [source], "layout": layout() })).config;
    let rule = Rule::named(rule.unwrap_or("hash31")).unwrap();
    let sum = move |data: &Value| match data {
        Value::Text(text) => rule.of(text),
        other => rule.of(&other.to_json()),
    };
    let record = shelf.record().unwrap();
    let record = record.with("checksum", Value::text(sum(&record.get("data"))));
    shelf.lab.disk.plant_at(&form.place(), record);
    let sums = move |shelf: &Shelf| {
        let record = shelf.record().unwrap();
        let Value::Text(there) = record.get("checksum") else {
            panic!("it has no checksum");
        };
        (there.to_string(), sum(&record.get("data")))
    };
    (shelf, sums)
}

#[test]
fn the_checksum_of_a_wrapper_is_renewed_by_its_rule() {
    for rule in ["hash31", "sha256"] {
        for gzip in [false, true] {
            let (shelf, sums) = summed(Some(rule), gzip);
            let before = sums(&shelf).0;
            assert_eq!(shelf.lab.migrate_all().migrated, 2);
            assert!(shelf.ids().is_empty());
            let (there, right) = sums(&shelf);
            assert_eq!(there, right, "{rule}");
            assert_ne!(there, before);
            run(shelf.tab().rollback(&key("s1"), None, Edits::Refuse, true)).unwrap();
            let (there, right) = sums(&shelf);
            assert_eq!(there, right, "{rule}");
            assert_eq!(shelf.ids(), ["s1"]);
            tidy(&shelf.lab);
        }
    }
}

#[test]
fn a_container_whose_checksum_no_rule_renews_is_left_alone() {
    for (rule, spoil) in [(None, false), (Some("sha256"), true)] {
        let (shelf, _) = summed(rule, false);
        if spoil {
            let record = shelf
                .record()
                .unwrap()
                .with("checksum", "of something else");
            shelf.lab.disk.plant_at(&shelf.form.place(), record);
        }
        let before = shelf.record();
        let result = shelf.lab.migrate_all();
        assert_eq!(result.migrated, 2);
        for row in &result.sessions {
            assert!(
                row.warnings.iter().any(|w| w.code == "ContainerKept"),
                "{row:?}"
            );
        }
        assert_eq!(shelf.record(), before);
        let status = run(shelf.tab().status(Default::default())).unwrap();
        assert_eq!((status.chunked, status.percentage), (2, 100));
        assert_eq!(shelf.lab.migrate_all().skipped, 2);
        // Nor does anyone else rewrite it.
        let result = run(shelf.tab().remove_originals(true)).unwrap();
        assert_eq!((result.removed.len(), result.errors.len()), (0, 2));
        assert_eq!(result.errors[0].code, "ContainerKept");
        assert_eq!(shelf.record(), before);
        assert!(bodies_kept(&shelf.lab).contains(&body_of("s1")));
        tidy(&shelf.lab);
    }
}
