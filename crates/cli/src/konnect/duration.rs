//! Durations as kongctl writes them.

use std::time::Duration;

/// Reads `250ms`, `20s`, `5m` or `1h`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong =
        || format!("`{text}` is no duration; write a number and its unit, such as `250ms`, `20s` or `5m`");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let unit = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    // Longer than a year is longer than anybody waits, and sums of it stay far from the end of the clock.
    let millis = number.saturating_mul(unit);
    if millis > 366 * 24 * 3_600_000 { Err(wrong()) } else { Ok(Duration::from_millis(millis)) }
}

/// The same, but not none at all.
pub(crate) fn some_time(text: &str) -> Result<Duration, String> {
    let found = duration(text)?;
    if found.is_zero() {
        Err(format!("`{text}` is no time at all; write for example `1s`"))
    } else {
        Ok(found)
    }
}

/// A duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("1h"), Ok(Duration::from_secs(3600)));
        for bad in ["", "5", "s", "-1s", "1.5s", "5 m", "99999999999999999999s", "100000h", "1d", "5ſ"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert!(some_time("0s").is_err());
    }
}
