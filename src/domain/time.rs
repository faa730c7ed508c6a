//! Points in time, as ISO 8601 text wherever they are stored or shown.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

/// Milliseconds in a day, for retention only; calendar days are another matter.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Milliseconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Some time later.
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0 + u64::from(days) * DAY_MS)
    }

    /// Whole and fractional days from `self` to `later`; 0 if it lies before.
    pub fn days_until(self, later: Timestamp) -> f64 {
        later.0.saturating_sub(self.0) as f64 / DAY_MS as f64
    }

    /// From `2026-11-20T08:30:00.000Z`.
    pub fn parse(text: &str) -> Option<Self> {
        let time = humantime::parse_rfc3339(text).ok()?;
        Some(Self(
            u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()?,
        ))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The last millisecond of the year 9999 is the most that the text form can say.
        let ms = self.0.min(253_402_300_799_999);
        write!(
            f,
            "{}",
            humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(ms))
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an ISO 8601 time in UTC"))
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn is_iso_text_and_back() {
        let time = Timestamp(1_729_773_296_789);
        assert_eq!(time.to_string(), "2024-10-24T12:34:56.789Z");
        assert_eq!(Timestamp::parse("2024-10-24T12:34:56.789Z"), Some(time));
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert!(Timestamp(u64::MAX).to_string().starts_with("9999-12-31"));
    }
}
