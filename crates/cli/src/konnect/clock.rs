//! The time, for the state machines that take it as an argument.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use gatepass::Timestamp;

/// The real time at its start, and from there on a clock that never goes back: waits and the age of what is
/// read do not depend on somebody who sets the machine's clock meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    wall: i64,
    started: Instant,
}

impl Clock {
    /// Starts a clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "the core takes the time as an argument; this is where it comes from"
    )]
    pub(crate) fn start() -> Self {
        // Before 1970 nothing is published: an age cannot be told.
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { wall: i64::try_from(wall.as_millis()).unwrap_or(i64::MAX), started: Instant::now() }
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        let since = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.wall.saturating_add(since))
    }

    /// How long to wait for a point in time; at least a millisecond, so that nobody spins.
    pub(crate) fn until(&self, at: Timestamp) -> Duration {
        let millis = at.millis_since(self.now()).max(1);
        Duration::from_millis(u64::try_from(millis).unwrap_or(1))
    }
}

/// A number from 0 to 1 from the operating system; in the middle if it has none.
pub(crate) fn random() -> f64 {
    getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX))
}
