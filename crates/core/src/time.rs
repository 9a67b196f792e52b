//! Points in time, as milliseconds since 1970 in UTC. The core never reads a clock: `now` is an argument.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use crate::plain::Shown;

/// A point in time in milliseconds since 1970-01-01T00:00:00Z.
///
/// ```
/// use gatepass::Timestamp;
/// let at: Timestamp = "2023-11-14T18:06:57Z".parse().unwrap();
/// assert_eq!(at.millis(), 1_699_985_217_000);
/// assert_eq!(at.to_string(), "2023-11-14T18:06:57Z");
/// let error = "2023-11-14 18:06".parse::<Timestamp>().unwrap_err();
/// assert_eq!(error.to_string(), "`2023-11-14 18:06` is not an RFC 3339 date and time");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point `millis` milliseconds after 1970 in UTC.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970 in UTC.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Milliseconds from `earlier` to this point; negative if `earlier` is later. Saturates.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A text that is not an RFC 3339 date and time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an RFC 3339 date and time")]
pub struct TimestampError {
    text: String,
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads RFC 3339 with any number of fractional digits; Konnect writes none, two or three.
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        match DateTime::parse_from_rfc3339(text) {
            Ok(at) => Ok(Self(at.timestamp_millis())),
            Err(_) => Err(TimestampError { text: Shown(text).to_string() }),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_millis(self.0) {
            Some(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => write!(f, "{} ms after 1970", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn konnects_three_shapes_are_read() {
        let millis = |text: &str| text.parse::<Timestamp>().unwrap().millis();
        assert_eq!(millis("2022-12-22T20:13:07.305Z"), 1_671_739_987_305);
        assert_eq!(millis("2022-02-07T17:46:57.52Z"), 1_644_256_017_520);
        assert_eq!(millis("2023-11-14T18:06:57Z"), 1_699_985_217_000);
        assert_eq!(millis("2023-11-14T10:06:57-08:00"), 1_699_985_217_000);
    }

    #[test]
    fn extreme_times_print() {
        assert_eq!(Timestamp::from_millis(i64::MAX).to_string(), "9223372036854775807 ms after 1970");
        assert_eq!(Timestamp::from_millis(i64::MIN).millis_since(Timestamp::from_millis(1)), i64::MIN);
    }
}
