//! What is not carried, and what comes of storage that fails.

use super::super::failing::fail_everywhere;
use super::*;
use restow::error::Cause;

#[test]
fn a_text_that_cannot_be_kept_exactly_is_refused_and_nothing_is_written() {
    let half = Value::units(&[0x7B, 0x22, 0xD800, 0x22, 0x3A, 0x31, 0x7D]);
    for (bad, code) in [
        (Value::text("{\"streak\":"), "JsonInvalid"),
        (Value::text(""), "JsonInvalid"),
        (Value::text("[]"), "NotAnObject"),
        (Value::text("{\"a\":9007199254740993}"), "JsonNotExact"),
        (Value::text("{\"a\":1,\"a\":1}"), "JsonNotExact"),
        (half, "UnsupportedValue"),
    ] {
        for key in [FROM, TO] {
            let lab = with(Some(&streak(3)), Some(ZEROS));
            lab.disk.plant_at(&place(key), bad.clone());
            let before = lab.disk.image();
            let Err(Error::StateNotCarried {
                key: found,
                code: why,
                ..
            }) = carry(&lab)
            else {
                panic!("{bad:?}");
            };
            assert_eq!((found.as_str(), why), (key, code));
            assert_eq!(lab.disk.image(), before);
        }
    }
}

#[test]
fn a_carry_that_fails_is_undone_or_finished_by_the_next() {
    for to in [Some(ZEROS), None] {
        let lab = with(Some(&streak(12)), to);
        let before = local(&lab);
        let undisturbed = lab.fork();
        carry(&undisturbed).unwrap();
        let after = local(&undisturbed);
        fail_everywhere(
            &lab,
            async |tab| tab.carry_state(&preset(), true).await,
            |lab, result, _, how| {
                let now = local(lab);
                match result {
                    Ok(_) => assert_eq!(now, after, "{how}"),
                    Err(_) => assert!(now == before || now == after, "{how}"),
                }
                let again = lab.fork();
                again.disk.clock().advance(31_000);
                carry(&again).unwrap();
                assert_eq!(local(&again), after, "{how}");
            },
        );
    }
}

#[test]
fn full_or_denied_storage_is_told_and_leaves_both_keys() {
    let lab = with(Some(&streak(12)), Some(ZEROS));
    let before = local(&lab);
    lab.disk.set_local_limit(Some(200));
    assert_eq!(carry(&lab).unwrap_err().code(), "QuotaExceeded");
    assert_eq!(local(&lab), before);
    lab.disk.set_local_limit(None);
    let cause = Cause::named("SecurityError");
    lab.disk
        .set_local_denied(Some(Error::StorageDenied { cause }));
    assert_eq!(carry(&lab).unwrap_err().code(), "StorageDenied");
    lab.disk.set_local_denied(None);
    assert_eq!(local(&lab), before);
    carry(&lab).unwrap();
    assert_eq!(target(&lab)["engagement"]["totalCompletions"], 12);
}
