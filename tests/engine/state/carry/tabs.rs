//! Other tabs, which write while one carries.

use super::*;
use crate::support::twin::interleave;

fn call() -> impl AsyncFn(&Tab) -> Result<CarryResult> {
    async |tab: &Tab| tab.carry_state(&preset(), true).await
}

#[test]
fn what_another_tab_writes_in_between_is_merged_or_nothing_is() {
    let lab = with(Some(&streak(12)), Some(ZEROS));
    let count = r#"{"engagement":{"totalCompletions":1}}"#;
    for key in [FROM, TO] {
        for unseen in [false, true] {
            for n in 0..operations(&lab, &call()) {
                let lab = lab.fork();
                let tab = lab.tab();
                let at = Key::text(key);
                tab.ports.tab().before_op(n, move |disk| match unseen {
                    true => disk.foreign_write(&at, Some(count.into())),
                    false => disk.plant_at(&place(key), count),
                });
                let result = run(tab.carry_state(&preset(), true));
                lab.disk.land();
                let how = format!("{key} at {n}, unseen {unseen}: {result:?}");
                assert!(result.is_ok(), "{how}");
                assert!(lab.disk.own().unwrap().leases.is_empty(), "{how}");
                carry(&lab).unwrap();
                let total = target(&lab)["engagement"]["totalCompletions"]
                    .as_i64()
                    .unwrap();
                let days = target(&lab)["streak"]["current"].as_i64();
                match key {
                    // What was written over the target was lost by no one, or had been merged before.
                    TO => assert!(
                        (total, days) == (13, Some(12)) || total == 1,
                        "{how}: {total}"
                    ),
                    _ => assert!([1, 12].contains(&total), "{how}: {total}"),
                }
            }
        }
    }
}

#[test]
fn a_target_that_never_stands_still_is_left_and_told() {
    let lab = with(Some(&streak(12)), Some(ZEROS));
    let tab = lab.tab();
    for n in 0..60 {
        let text = format!(r#"{{"engagement":{{"totalCompletions":{n}}}}}"#);
        tab.ports
            .tab()
            .before_op(n, move |disk| disk.plant_at(&place(TO), text.as_str()));
    }
    let error = run(tab.carry_state(&preset(), true)).unwrap_err();
    assert_eq!((error.code(), error.retryable()), ("Busy", true));
    assert!(target(&lab)["streak"].is_null());
    // Nothing was added, and so all of it still is.
    plant(&lab, TO, r#"{"engagement":{"totalCompletions":100}}"#);
    carry(&lab).unwrap();
    assert_eq!(target(&lab)["engagement"]["totalCompletions"], 112);
}

#[test]
fn two_tabs_that_carry_at_once_add_once() {
    let lab = with(
        Some(&streak(12)),
        Some(r#"{"engagement":{"totalCompletions":2}}"#),
    );
    for (k, m, locks) in (0..40)
        .flat_map(|k| [1, 3, 6, 12, 60].map(|m| (k, m)))
        .flat_map(|(k, m)| [(k, m, true), (k, m, false)])
    {
        let lab = match locks {
            true => lab.fork(),
            false => lab.without_locks(),
        };
        let (a, b) = (lab.tab(), lab.tab());
        let (one, two) = (preset(), preset());
        let turns = std::iter::repeat_n(true, k).chain(std::iter::repeat_n(false, m));
        let said = interleave(a.carry_state(&one, true), b.carry_state(&two, true), turns);
        let how = format!("{k} {m} locks {locks}: {said:?}");
        for result in [&said.0, &said.1] {
            assert!(result.is_ok() || !locks, "{how}");
        }
        assert!(said.0.is_ok() || said.1.is_ok(), "{how}");
        lab.disk.clock().advance(31_000);
        carry(&lab).unwrap();
        assert_eq!(target(&lab)["engagement"]["totalCompletions"], 14, "{how}");
    }
}
