//! When to send again: what the server asks for, or exponential back-off with jitter.

use std::time::UNIX_EPOCH;

use crate::Timestamp;

/// How often and how late to send a request again. Names and defaults follow kongctl's `--http-retry-*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a request is sent at most.
    pub max_attempts: u32,
    /// The longest wait before the second attempt, in milliseconds.
    pub initial_interval_ms: u64,
    /// The longest wait before any attempt, in milliseconds.
    pub max_interval_ms: u64,
    /// How many times longer each wait may be than the one before.
    pub backoff_factor: u32,
    /// The longest `Retry-After` that is honoured, in milliseconds: a server that asks for more is given up.
    pub max_retry_after_ms: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 6,
            initial_interval_ms: 500,
            max_interval_ms: 20_000,
            backoff_factor: 2,
            max_retry_after_ms: 120_000,
        }
    }
}

impl RetryPolicy {
    /// The wait after `attempt` failed attempts, in milliseconds: between half the step and the whole of it,
    /// by `random` from 0 to 1, so that many clients do not come back together.
    pub fn delay_ms(&self, attempt: u32, random: f64) -> u64 {
        let doublings = attempt.saturating_sub(1);
        let factor = u64::from(self.backoff_factor).saturating_pow(doublings);
        let step = self.initial_interval_ms.saturating_mul(factor).min(self.max_interval_ms);
        let thousandths = thousandths(random);
        (step / 2).saturating_add((step / 2).saturating_mul(thousandths) / 1000)
    }
}

/// `random` in whole thousandths; what is not a number from 0 to 1 is brought there.
fn thousandths(random: f64) -> u64 {
    let clamped = if random.is_nan() { 0.5 } else { random.clamp(0.0, 1.0) };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..=1000 just before"
    )]
    let thousandths = (clamped * 1000.0) as u64;
    thousandths
}

/// When a header `Retry-After` allows the next attempt: a number of seconds, or a date in any of HTTP's
/// three forms (RFC 9110, 10.2.3).
///
/// ```
/// use gatepass::{Timestamp, konnect::retry_after};
/// let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
/// assert_eq!(retry_after("3", now).unwrap().to_string(), "2026-11-22T10:00:03Z");
/// assert_eq!(retry_after("soon", now), None);
/// ```
pub fn retry_after(header: &str, now: Timestamp) -> Option<Timestamp> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are more than anybody waits.
        let seconds: i64 = header.parse().unwrap_or(i64::MAX);
        return Some(Timestamp::from_millis(now.millis().saturating_add(seconds.saturating_mul(1000))));
    }
    let since_1970 = httpdate::parse_http_date(header).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since_1970.as_millis()).ok().map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_jitter_halves_them_at_most() {
        let policy = RetryPolicy::default();
        assert_eq!([1, 2, 3].map(|attempt| policy.delay_ms(attempt, 1.0)), [500, 1000, 2000]);
        assert_eq!(policy.delay_ms(1, 0.0), 250);
        assert_eq!(policy.delay_ms(u32::MAX, 2.0), 20_000);
        assert_eq!(policy.delay_ms(1, f64::NAN), 375);
    }

    #[test]
    fn retry_after_is_read_in_all_its_forms() {
        let now = Timestamp::from_millis(784_111_777_000);
        for date in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "0",
        ] {
            assert_eq!(retry_after(date, now), Some(now), "{date}");
        }
        for odd in ["", "-1", "1.5", "tomorrow"] {
            assert_eq!(retry_after(odd, now), None, "{odd}");
        }
        assert_eq!(retry_after("99999999999999999999", now).unwrap().millis(), i64::MAX);
    }
}
