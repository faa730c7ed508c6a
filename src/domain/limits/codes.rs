//! Codes of findings.

/// Every code of a finding, and what it means.
pub const CODES: &[(&str, &str)] = &[
    ("Missing", "a value that is required is not there"),
    (
        "WrongType",
        "the value is of another type than it should be",
    ),
    ("NotFinite", "the number is NaN or infinite"),
    ("NotWhole", "the number has a fraction, or is beyond 2^53"),
    ("BelowMinimum", "the number is below its minimum"),
    ("AboveMaximum", "the number is above its maximum"),
    ("TooLong", "the text or the list is too long"),
    ("NotADate", "the value can't be read as a date"),
    ("DateTooEarly", "the date lies before its bound"),
    ("DateInFuture", "the date lies in the future"),
    (
        "WeekdayWrong",
        "the date names a weekday that its day does not have",
    ),
    ("PatternMismatch", "the text does not match its pattern"),
    ("NotAllowed", "the value is not one of those allowed"),
    ("StreakMalformed", "the streak is no whole number of days"),
    ("StreakExpired", "the streak's last day is before yesterday"),
    (
        "StreakUnsupported",
        "the streak is longer than its history supports",
    ),
    (
        "StreakCapped",
        "the streak is longer than the days that are carried over",
    ),
    (
        "StreakDateInFuture",
        "a day of the streak lies in the future",
    ),
    (
        "StreakDateUnreadable",
        "the streak's last day can't be read",
    ),
    (
        "StreakDatesDiffer",
        "the streak's history goes on after its last day",
    ),
    (
        "StreakUndated",
        "nothing says when the streak was last kept up",
    ),
    (
        "HistoryUnreadable",
        "the history is no list, or has entries that can't be read",
    ),
    (
        "BestMalformed",
        "the best streak is no whole number of days",
    ),
    (
        "BestBelowCurrent",
        "the best streak is shorter than the current one",
    ),
    ("CountMalformed", "the count is no whole number"),
    ("CountTooHigh", "the count is higher than its list is long"),
    ("CountTooLow", "the count is lower than its list is long"),
];
