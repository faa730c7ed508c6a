//! Days on the person's calendar, whatever their zone is.

use super::fixture::Fixture;
use restow::domain::limits::Day;
use restow::ports::{Clock, Ports};

const HOUR_MS: i64 = 60 * 60 * 1000;
/// Noon of 1 January 2024 in UTC.
const NOON_2024: i64 = 1_704_110_400_000;

pub async fn today_is_the_day_of_this_moment<F: Fixture>() {
    let fixture = F::new().await;
    let clock = fixture.open().await;
    let clock = clock.clock();
    // Once more if midnight passes in between.
    let is_same = || clock.day_of(clock.now().0 as i64) == Some(clock.today());
    assert!(is_same() || is_same());
}

pub async fn days_follow_one_another<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let day_of = |ms| ports.clock().day_of(ms).expect("it is a day");
    let first = day_of(NOON_2024);
    // No zone is more than a day away from UTC.
    let utc = Day::new(2024, 1, 1).expect("it is a day");
    assert!(utc.before().expect("there is one") <= first && first <= utc.plus(1));
    let (mut today, mut hours) = (first, Vec::new());
    for hour in 0..24 * 366 {
        let day = day_of(NOON_2024 + hour * HOUR_MS);
        if day != today {
            assert_eq!(day, today.plus(1), "after {hour} hours");
            hours.push(hour);
            today = day;
        }
    }
    for pair in hours.windows(2) {
        // Some days have an hour less or more.
        assert!((22..=26).contains(&(pair[1] - pair[0])), "{pair:?}");
    }
    assert!((365..=367).contains(&hours.len()));
}

pub async fn there_are_days_before_1970_and_an_end_of_the_calendar<F: Fixture>() {
    let fixture = F::new().await;
    let ports = fixture.open().await;
    let clock = ports.clock();
    let long_ago = clock.day_of(-86_400_000 * 365).expect("it is a day");
    assert!(long_ago < Day::new(1969, 1, 3).expect("it is a day"));
    assert!(Day::new(1968, 12, 30).expect("it is a day") < long_ago);
    for beyond in [
        8_640_000_000_000_000,
        8_640_000_000_000_001,
        -8_640_000_000_000_001,
        i64::MAX,
        i64::MIN,
    ] {
        assert_eq!(clock.day_of(beyond), None, "{beyond}");
    }
}
