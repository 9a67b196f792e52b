//! How old the data is, by a clock that may jump.

use gatepass::{Freshness, Timestamp};

use crate::config::AgeLimits;

/// The host's clock, never running backwards: setting it back must not make old data young again.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    highest: Option<Timestamp>,
    latest: Option<Timestamp>,
}

impl Clock {
    /// Takes a reading in nanoseconds since 1970. A clock that cannot be read or shows zero tells no time.
    pub(crate) fn observe(&mut self, nanos: Option<u64>) -> Option<Timestamp> {
        let millis =
            nanos.and_then(|nanos| i64::try_from(nanos / 1_000_000).ok()).filter(|millis| *millis > 0);
        let Some(now) = millis.map(Timestamp::from_millis) else {
            self.latest = None;
            return None;
        };
        self.latest = Some(now);
        self.highest = self.highest.max(Some(now));
        self.highest
    }

    /// The last reading, if it told a time.
    pub(crate) const fn latest(&self) -> Option<Timestamp> {
        self.latest
    }

    /// The highest reading.
    pub(crate) const fn highest(&self) -> Option<Timestamp> {
        self.highest
    }

    /// Forgets readings higher than the latest: newer data has come, so they came from a clock that was wrong.
    pub(crate) fn reset(&mut self) {
        self.highest = self.latest;
    }
}

impl AgeLimits {
    /// Whether data of `as_of` can be believed at `now`. Data without a date is believed only where age is not limited.
    pub(crate) fn freshness(&self, as_of: Option<Timestamp>, now: Option<Timestamp>) -> Freshness {
        let is_fresh = match (now, as_of, self.max_age_ms) {
            (None, _, _) | (_, None, Some(_)) => false,
            (Some(_), None, None) => true,
            (Some(now), Some(as_of), max_age_ms) => {
                self.is_past(as_of, now)
                    && max_age_ms.is_none_or(|max_age| now.millis_since(as_of) <= max_age)
            }
        };
        if is_fresh { Freshness::Fresh } else { Freshness::Stale }
    }

    /// Whether `as_of` is not further in the future than clocks may differ.
    pub(crate) fn is_past(&self, as_of: Timestamp, now: Timestamp) -> bool {
        as_of.millis_since(now) <= self.max_skew_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: AgeLimits = AgeLimits { max_age_ms: Some(300_000), max_skew_ms: 30_000 };

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn the_clock_never_runs_backwards() {
        let mut clock = Clock::default();
        assert_eq!(clock.observe(Some(5_000_000_000)), Some(at(5000)));
        assert_eq!(clock.observe(Some(4_000_000_000)), Some(at(5000)));
        assert_eq!(clock.observe(None), None);
        assert_eq!(clock.observe(Some(0)), None);
        assert_eq!(clock.observe(Some(999_999)), None);
        assert_eq!(clock.observe(Some(4_500_000_000)), Some(at(5000)));
        clock.reset();
        assert_eq!(clock.observe(Some(4_600_000_000)), Some(at(4600)));
        assert_eq!(clock.observe(Some(u64::MAX)), Some(at(18_446_744_073_709)));
    }

    #[test]
    fn data_is_stale_after_its_max_age() {
        let now = Some(at(1_000_000_000));
        for (as_of, fresh) in [
            (Some(1_000_000_000), true),
            (Some(1_000_000_000 - 300_000), true),
            (Some(1_000_000_000 - 300_001), false),
            (Some(1_000_030_000), true),
            (Some(1_000_030_001), false),
            (Some(i64::MIN), false),
            (Some(i64::MAX), false),
            (None, false),
        ] {
            let freshness = LIMITS.freshness(as_of.map(at), now);
            assert_eq!(freshness == Freshness::Fresh, fresh, "{as_of:?}");
        }
        assert_eq!(LIMITS.freshness(Some(at(1)), None), Freshness::Stale);
    }

    #[test]
    fn without_a_max_age_only_an_unreadable_clock_and_the_future_are_stale() {
        let limits = AgeLimits { max_age_ms: None, ..LIMITS };
        assert_eq!(limits.freshness(None, Some(at(1))), Freshness::Fresh);
        assert_eq!(limits.freshness(Some(at(1)), Some(at(i64::MAX))), Freshness::Fresh);
        assert_eq!(limits.freshness(None, None), Freshness::Stale);
        assert_eq!(limits.freshness(Some(at(100_000)), Some(at(1))), Freshness::Stale);
    }
}
