use super::*;
use crate::domain::limits::twin::{auckland, berlin, on};
use proptest::prelude::*;

fn day(fact: Fact) -> Option<String> {
    read(&fact, &on("2025-12-10")).map(|reading| reading.day.to_string())
}

#[test]
fn every_form_of_a_date_is_read() {
    let ms = 1_765_353_600_000.0; // 2025-12-10T08:00:00Z
    for fact in [
        Fact::Date(ms),
        Fact::Number(ms),
        Fact::Number(ms + 0.5),
        Fact::Number(ms / 1000.0),
        Fact::text("2025-12-10"),
        Fact::text("Wed Dec 10 2025"),
        Fact::text("2025-12-10T08:00:00.000Z"),
        Fact::text("2025-12-10T08:00:00Z"),
        Fact::text("2025-12-10T08:00Z"),
        Fact::text("2025-12-10T09:00+01:00"),
        Fact::text("2025-12-10T23:59:59.999+01:00"),
        Fact::text("2025-12-10T00:30:00"),
        Fact::text("2025-12-10T23:30"),
    ] {
        assert_eq!(day(fact.clone()).as_deref(), Some("2025-12-10"), "{fact:?}");
    }
    assert_eq!(
        day(Fact::text("Thu Feb 29 2024")).as_deref(),
        Some("2024-02-29")
    );
    assert_eq!(
        day(Fact::text("Sun Mar 01 2026")).as_deref(),
        Some("2026-03-01")
    );
}

#[test]
fn all_else_is_no_date() {
    for text in [
        "",
        "today",
        "Invalid Date",
        "1765353600000",
        "2025-13-01",
        "2025-02-29",
        "2025-12-1",
        "20251210",
        "+2025-12-10",
        "2025-12-+1",
        "25-0012-10",
        "2025/12/10",
        "10.12.2025",
        "Wed Dec 10 25",
        "Wed Dec  9 2025",
        "Wed Dec 9 2025",
        "wed dec 10 2025",
        "Mit Dez 10 2025",
        "Wed Feb 30 2025",
        "Wed Dec 10 2025 08:00:00 GMT+0100",
        "Wed, 10 Dec 2025",
        "2025-12-10 08:00:00",
        "2025-12-10T",
        "2025-12-10T25:00:00Z",
        "2025-12-10T08:00:00[UTC]",
        "2025-12-10T08:00:00+01",
        "２０２５-12-10",
        "2025-12-10Tää:00",
    ] {
        assert_eq!(day(Fact::text(text)), None, "{text}");
    }
    for number in [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -0.0,
        0.0,
        12.0,
        -5.0,
        3.7,
        2025.0,
        20_251_210.0,
        -1_765_353_600_000.0,
        8.64e15 + 2.0,
        9.1e15,
    ] {
        assert_eq!(day(Fact::Number(number)), None, "{number}");
    }
    for fact in [
        Fact::Missing,
        Fact::Undefined,
        Fact::Null,
        Fact::Bool(true),
        Fact::Array(1),
        Fact::Object,
        Fact::Date(f64::NAN),
        Fact::Date(9e15),
        Fact::Other("bigint".into()),
    ] {
        assert_eq!(day(fact.clone()), None, "{fact:?}");
    }
}

#[test]
fn seconds_end_where_milliseconds_begin() {
    assert_eq!(day(Fact::Number(1e8)).as_deref(), Some("1973-03-03"));
    assert_eq!(day(Fact::Number(1e8 - 1.0)), None);
    assert_eq!(day(Fact::Number(1e11)).as_deref(), Some("1973-03-03"));
    assert_eq!(day(Fact::Number(1e11 - 1.0)).as_deref(), Some("5138-11-16"));
}

#[test]
fn a_moment_lies_on_the_day_of_the_persons_zone() {
    let fact = Fact::text("2025-12-10T12:00:00Z");
    let there = Context {
        day_of: &auckland,
        ..on("2025-12-10")
    };
    assert_eq!(day(fact.clone()).as_deref(), Some("2025-12-10"));
    assert_eq!(read(&fact, &there).unwrap().day.to_string(), "2025-12-11");
    // A day without a zone is the same everywhere.
    for text in ["2025-12-10", "2025-12-10T23:00", "Wed Dec 10 2025"] {
        assert_eq!(
            read(&Fact::text(text), &there).unwrap().day.to_string(),
            "2025-12-10"
        );
    }
}

#[test]
fn days_of_23_and_25_hours_are_one_day() {
    for (first, last, date) in [
        ("2025-03-29T23:00:00Z", "2025-03-30T21:59:59Z", "2025-03-30"),
        ("2025-10-25T22:00:00Z", "2025-10-26T22:59:59Z", "2025-10-26"),
    ] {
        assert_eq!(day(Fact::text(first)).as_deref(), Some(date));
        assert_eq!(day(Fact::text(last)).as_deref(), Some(date));
    }
    assert_eq!(berlin(1_743_289_199_000), Day::parse("2025-03-29"));
}

#[test]
fn a_wrong_weekday_is_told_and_the_day_taken() {
    let reading = read(&Fact::text("Tue Dec 10 2025"), &on("2025-12-10")).unwrap();
    assert_eq!(reading.day, Day::parse("2025-12-10").unwrap());
    assert!(reading.wrong_weekday);
}

#[test]
fn the_calendar_ends_without_a_fall() {
    let last = Day::new(9999, 12, 31).unwrap();
    assert_eq!(last.plus(i32::MAX), last);
    assert_eq!(last.plus(i32::MIN).before(), None);
}

proptest! {
    #[test]
    fn whatever_a_text_holds_is_read_or_not(text in "\\PC{0,40}") {
        let _ = day(Fact::text(&text));
    }

    #[test]
    fn what_is_printed_is_read(offset in -700_000i32..2_000_000) {
        let day = Day::new(2000, 1, 1).unwrap().plus(offset);
        prop_assert_eq!(Day::parse(&day.to_string()), Some(day));
        prop_assert_eq!(day.plus(1).before(), Some(day));
    }
}
