//! What the poller and the server share: the bundle, and how the polls went.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gatepass::Timestamp;

use super::authzen::Decisions;
use super::publish::Published;

/// How a poll ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PollEnd {
    /// Other contents are served now.
    Published,
    /// The same contents are served with a later time.
    Renewed,
    /// Nothing was newer.
    Unchanged,
    /// It failed; what was served before still is.
    Failed,
}

impl PollEnd {
    pub(super) const ALL: [Self; 4] = [Self::Published, Self::Renewed, Self::Unchanged, Self::Failed];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Renewed => "renewed",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
        }
    }
}

/// Everything that is told about a relay.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) published: Option<Arc<Published>>,
    /// When its contents were first served: what revokes are timed from.
    pub(super) published_at: Option<Timestamp>,
    /// What AuthZEN's door decides on, if it is open.
    pub(super) decisions: Option<Arc<Decisions>>,
    pub(super) polls: BTreeMap<PollEnd, u64>,
    pub(super) last_poll: Option<Timestamp>,
    pub(super) last_poll_took: Duration,
    /// When the last poll failed, and why; gone with the next that works.
    pub(super) last_error: Option<(Timestamp, String)>,
    /// What is worth a look about what is served.
    pub(super) notes: Vec<String>,
    /// By path and status.
    pub(super) requests: BTreeMap<(&'static str, u16), u64>,
    refresh: bool,
}

/// The state, shared.
#[derive(Debug, Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    asked: Condvar,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is one assignment, so what a panic left behind is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn published(&self) -> Option<Arc<Published>> {
        self.lock().published.clone()
    }

    /// Asks for a poll; asking several times asks once.
    pub(super) fn ask_for_refresh(&self) {
        self.lock().refresh = true;
        self.asked.notify_all();
    }

    /// Waits for the interval since a poll's beginning, or if a refresh is asked for for the shorter one.
    pub(super) fn wait(&self, since: impl Fn() -> Duration, interval: Duration, refresh_interval: Duration) {
        let mut state = self.lock();
        loop {
            let due = if state.refresh { interval.min(refresh_interval) } else { interval };
            let Some(left) = due.checked_sub(since()).filter(|left| !left.is_zero()) else {
                // Whoever asks from now on may have changed something that the poll does not see.
                state.refresh = false;
                return;
            };
            state = self.asked.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(super) fn count_request(&self, path: &'static str, status: u16) {
        let mut state = self.lock();
        let count = state.requests.entry((path, status)).or_default();
        *count = count.saturating_add(1);
    }
}
