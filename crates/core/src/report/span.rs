//! Spans of time as people write them: `48h`, `7d`, `30m`.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::Timestamp;

/// A span of time in milliseconds, never negative.
///
/// ```
/// use gatepass::report::Span;
/// let span: Span = "48h".parse().unwrap();
/// assert_eq!(span.millis(), 172_800_000);
/// assert_eq!("2d".parse::<Span>().unwrap(), span);
/// assert_eq!(span.to_string(), "48h");
/// let error = "2 days".parse::<Span>().unwrap_err();
/// assert_eq!(error.to_string(), "`2 days` is not a span of time like `48h`, `7d`, `30m` or `45s`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

const UNITS: [(&str, u64); 4] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];

impl Span {
    /// This many hours.
    pub const fn from_hours(hours: u32) -> Self {
        Self(hours as u64 * 3_600_000)
    }

    /// Milliseconds.
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// Whether `from` lies at least this long before `now`.
    pub fn has_passed(self, from: Timestamp, now: Timestamp) -> bool {
        i128::from(now.millis()) - i128::from(from.millis()) >= i128::from(self.0)
    }

    /// When this span after `from` is over.
    pub fn after(self, from: Timestamp) -> Timestamp {
        Timestamp::from_millis(from.millis().saturating_add_unsigned(self.0))
    }
}

/// A text that is not a span of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a span of time like `48h`, `7d`, `30m` or `45s`")]
pub struct SpanError {
    text: String,
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let read = UNITS.iter().find_map(|(unit, millis)| {
            let digits = text.strip_suffix(unit)?;
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| digits.parse::<u64>().ok()?.checked_mul(*millis)).flatten()
        });
        read.map(Self).ok_or_else(|| SpanError { text: crate::plain::Shown(text).to_string() })
    }
}

impl fmt::Display for Span {
    /// The largest of hours, minutes and seconds that says it exactly.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = UNITS.iter().filter(|(unit, _)| *unit != "d");
        for (unit, millis) in units {
            if self.0.is_multiple_of(*millis) {
                return write!(f, "{}{unit}", self.0 / millis);
            }
        }
        write!(f, "{}ms", self.0)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_belongs_to_the_past() {
        let (span, now) = (Span::from_hours(48), Timestamp::from_millis(172_800_000));
        assert!(span.has_passed(Timestamp::from_millis(0), now));
        assert!(!span.has_passed(Timestamp::from_millis(1), now));
        assert!(span.has_passed(Timestamp::from_millis(i64::MIN), Timestamp::from_millis(i64::MAX)));
        assert!(!span.has_passed(now, Timestamp::from_millis(0)));
    }

    #[test]
    fn only_whole_numbers_with_a_unit_are_spans() {
        for odd in ["", "h", "48", "-1h", "+1h", "1.5h", "1w", "99999999999999999999d", "9999999999999999d"] {
            assert!(odd.parse::<Span>().is_err(), "{odd}");
        }
        assert_eq!("90m".parse::<Span>().unwrap().to_string(), "90m");
        assert_eq!("0s".parse::<Span>().unwrap().to_string(), "0h");
    }
}
