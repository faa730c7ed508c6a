//! Calendar days. They come from civil dates, never from milliseconds divided by the length of a
//! day: some days have 23 hours, some 25.

use crate::domain::limits::fact::Fact;
use std::fmt;
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, Month, OffsetDateTime};

/// A day of the calendar, without zone or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// The last day that the calendar knows.
    pub const LAST: Self = Self(Date::MAX);

    /// A day, `month` and `day` counted from 1; `None` where there is none.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let month = Month::try_from(month).ok()?;
        Date::from_calendar_date(year, month, day).ok().map(Self)
    }

    /// From `2025-12-10`.
    pub fn parse(text: &str) -> Option<Self> {
        let shape = text.len() == 10 && text.find('-') == Some(4) && text.rfind('-') == Some(7);
        let [year, month, day] = numbers(text, '-').filter(|_| shape)?;
        Self::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// The day that lies `days` later, or earlier where they are negative; at most the last day
    /// that the calendar knows.
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(Duration::days(i64::from(days))))
    }

    /// How many days this one lies after another; negative where it lies before.
    pub fn since(self, other: Self) -> i32 {
        self.0.to_julian_day() - other.0.to_julian_day()
    }

    /// The day before; `None` before the calendar begins.
    pub fn before(self) -> Option<Self> {
        self.0.previous_day().map(Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

/// What the caller knows and the domain does not: the day, and the person's zone.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Today, in the person's zone, by the device's clock.
    pub today: Day,
    /// The day, in the person's zone, of a moment in milliseconds since 1970; `None` where the
    /// browser has none.
    pub day_of: &'a dyn Fn(i64) -> Option<Day>,
}

impl Context<'_> {
    /// The last day that a date may say: people travel, so some know tomorrow already.
    pub fn last_plausible(&self, tolerance: u32) -> Day {
        self.today
            .plus(i32::try_from(tolerance).unwrap_or(i32::MAX))
    }
}

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The day.
    pub day: Day,
    /// Whether the text names a weekday that the day does not have. The day is taken nevertheless:
    /// year, month and day say it in full, the weekday adds nothing.
    pub wrong_weekday: bool,
}

/// Numbers below are no dates, but counts, years, or days written as 20251210: 1e8 seconds are
/// 3 March 1973.
const FIRST_SECOND: f64 = 1e8;
/// Numbers from here on are milliseconds, and those below are seconds: 1e11 milliseconds are
/// 3 March 1973 as well, 1e11 seconds the year 5138.
const FIRST_MILLISECOND: f64 = 1e11;
/// Last millisecond that a JavaScript `Date` can hold, either way.
const LAST_MILLISECOND: f64 = 8.64e15;

/// The day that a value says. Dates are:
///
/// - a `Date`;
/// - a number from 1e8 on, epoch seconds below 1e11 and milliseconds above;
/// - an ISO day, `2025-12-10`;
/// - an ISO time with `Z` or an offset: a moment, whose day is that of the person's zone;
/// - an ISO time without: the day is the one that it names;
/// - what `toDateString()` prints, `Wed Dec 10 2025`, in English as JavaScript always prints it.
///
/// Digits in a text are none of these.
pub fn read(fact: &Fact, context: &Context<'_>) -> Option<Reading> {
    let right = |day| Reading {
        day,
        wrong_weekday: false,
    };
    let moment = |ms: f64| {
        let known = ms.abs() <= LAST_MILLISECOND;
        known.then(|| (context.day_of)(ms.floor() as i64)).flatten()
    };
    match fact {
        Fact::Date(ms) => moment(*ms).map(right),
        Fact::Number(number) if *number >= FIRST_MILLISECOND => moment(*number).map(right),
        Fact::Number(number) if *number >= FIRST_SECOND => moment(number * 1000.0).map(right),
        Fact::Text {
            text, exact: true, ..
        } => match text.len() {
            10 => Day::parse(text).map(right),
            15 => date_string(text),
            _ => iso_time(text, context).map(right),
        },
        _ => None,
    }
}

/// An ISO time: `2025-12-10T08:30`, with or without seconds, a fraction, and a zone.
fn iso_time(text: &str, context: &Context<'_>) -> Option<Day> {
    if !text.is_ascii() || text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let (minutes, rest) = text.split_at_checked(16)?;
    // RFC 3339 wants seconds, which JavaScript's own format may leave out.
    let rest = match rest.starts_with(':') {
        true => rest.to_owned(),
        false => format!(":00{rest}"),
    };
    let parse =
        |zone: &str| OffsetDateTime::parse(&format!("{minutes}{rest}{zone}"), &Rfc3339).ok();
    match parse("") {
        Some(moment) => {
            let ms = moment.unix_timestamp_nanos().div_euclid(1_000_000);
            (context.day_of)(i64::try_from(ms).ok()?)
        }
        None => parse("Z").map(|local| Day(local.date())),
    }
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn date_string(text: &str) -> Option<Reading> {
    let (weekday, rest) = text.split_once(' ')?;
    let (month, rest) = rest.split_once(' ')?;
    let weekday = WEEKDAYS.iter().position(|name| *name == weekday)?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let [day, year] = numbers(rest, ' ').filter(|_| rest.find(' ') == Some(2))?;
    let day = Day::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    let named = usize::from(day.0.weekday().number_days_from_monday());
    Some(Reading {
        day,
        wrong_weekday: named != weekday,
    })
}

/// Whole numbers in plain digits.
fn numbers<const N: usize>(text: &str, separator: char) -> Option<[i32; N]> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let numbers = text
        .split(separator)
        .map(|part| part.parse().ok().filter(|_| digits(part)))
        .collect::<Option<Vec<i32>>>()?;
    numbers.try_into().ok()
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
