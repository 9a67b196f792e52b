//! Times: a clock that steps, so that the same requests make the same data.

/// A time as milliseconds since 1970, written as the database keeps it: `2026-11-22T10:00:00.000Z`.
pub(crate) fn text(millis: i64) -> String {
    let (days, rest) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let (year, month, day) = date(days);
    let (seconds, millis) = (rest / 1000, rest % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Milliseconds since 1970 of an RFC 3339 date and time.
pub(crate) fn millis(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let (time, offset) = split_offset(time)?;
    let mut parts = date.splitn(3, '-').map(number);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = clock.splitn(3, ':').map(number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let right =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    if !right || fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) || year > 9999 {
        return None;
    }
    let fraction = number(fraction.chars().chain("000".chars()).take(3).collect::<String>().as_str())?;
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset * 60;
    Some(seconds * 1000 + fraction)
}

/// The same time as the database writes it.
pub(crate) fn normal(value: &str) -> Option<String> {
    millis(value).map(text)
}

/// The offset in minutes, and the time before it.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(utc) = time.strip_suffix(['Z', 'z']) {
        return Some((utc, 0));
    }
    // A `+` that was not encoded in a query string arrives as a space.
    let (time, sign, offset) = match (time.rsplit_once(['+', ' ']), time.rsplit_once('-')) {
        (Some((time, offset)), _) => (time, 1, offset),
        (None, Some((time, offset))) => (time, -1, offset),
        (None, None) => return None,
    };
    let (hours, minutes) = offset.split_once(':')?;
    Some((time, sign * (number(hours)? * 60 + number(minutes)?)))
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// Days since 1970 of a civil date (Howard Hinnant's algorithm).
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The civil date of days since 1970.
const fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (day, month) =
        (of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    (year + era * 400 + if month <= 2 { 1 } else { 0 }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_konnects_shapes_and_written_in_one() {
        for shape in [
            "2022-12-22T20:13:07.300Z",
            "2022-12-22T20:13:07.3Z",
            "2022-12-22T20:13:07.30Z",
            "2022-12-22T21:13:07.3+01:00",
        ] {
            assert_eq!(normal(shape).as_deref(), Some("2022-12-22T20:13:07.300Z"), "{shape}");
        }
        assert_eq!(millis("2023-11-14T18:06:57Z"), Some(1_699_985_217_000));
        assert_eq!(normal("2024-02-29T00:00:00Z").as_deref(), Some("2024-02-29T00:00:00.000Z"));
        for wrong in ["", "2022-12-22", "2022-13-22T00:00:00Z", "2022-12-22T20:13:07", "2022-12-22T20:13Z"] {
            assert_eq!(normal(wrong), None, "{wrong}");
        }
    }
}
