//! When to fetch, and what an answer is worth. No I/O here: the root asks, calls and reports back.

use gatepass::bundle::Manifest;

use crate::config::FetchSettings;
use crate::headers::Pairs;
use crate::host::Call;

/// Never wait longer than this after a failure.
const LONGEST_PAUSE_MS: i64 = 30_000;
/// How much later than its time limit a call is given up for lost: the host may have forgotten it.
const LOST_AFTER_MS: i64 = 1000;

/// The state of fetching.
#[derive(Debug)]
pub(crate) struct Fetcher {
    settings: FetchSettings,
    max_age_ms: Option<i64>,
    state: State,
    failures: u32,
    random: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was fetched yet.
    New,
    /// The next call is due `pause_ms` after `since_ms`.
    Waiting { since_ms: i64, pause_ms: i64 },
    /// A call is under way.
    InFlight { token: u32, since_ms: i64 },
}

/// What a tick asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Nothing,
    Call,
    /// The call under way was never answered; it counts as failed.
    Lost,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The contents did not change.
    NotModified { timestamp: String },
    /// New contents are in the body.
    Contents { timestamp: String },
    /// Nothing usable.
    Failure(String),
}

impl Fetcher {
    /// `seed` makes instances differ; anything will do.
    pub(crate) fn new(settings: FetchSettings, max_age_ms: Option<i64>, seed: u64) -> Self {
        Self { settings, max_age_ms, state: State::New, failures: 0, random: seed | 1 }
    }

    pub(crate) fn due(&mut self, now_ms: i64) -> Due {
        match self.state {
            State::New => Due::Call,
            // A clock that was set back must not stop fetching.
            State::Waiting { since_ms, pause_ms } => {
                let waited = now_ms.saturating_sub(since_ms);
                if waited >= pause_ms || waited < 0 { Due::Call } else { Due::Nothing }
            }
            State::InFlight { since_ms, .. } => {
                let waited = now_ms.saturating_sub(since_ms);
                let patience = self.settings.timeout_ms.saturating_add(LOST_AFTER_MS);
                if waited > patience || waited < 0 { Due::Lost } else { Due::Nothing }
            }
        }
    }

    /// The call to make, for contents other than those with this digest.
    pub(crate) fn call(&self, content_digest: Option<&[u8; 32]>) -> Call {
        let mut headers = vec![
            (":method", "GET".to_owned()),
            (":scheme", "http".to_owned()),
            (":path", self.settings.path.clone()),
            (":authority", self.settings.authority.clone()),
            ("accept", "application/octet-stream".to_owned()),
            ("accept-encoding", "identity".to_owned()),
        ];
        if let Some(token) = &self.settings.bearer_token {
            headers.push(("authorization", token.to_header()));
        }
        if let Some(digest) = content_digest {
            headers.push(("if-none-match", Manifest::entity_tag(digest)));
        }
        let timeout_ms = u32::try_from(self.settings.timeout_ms).unwrap_or(u32::MAX);
        Call { upstream: self.settings.upstream.clone(), headers, timeout_ms }
    }

    pub(crate) fn called(&mut self, token: u32, now_ms: i64) {
        self.state = State::InFlight { token, since_ms: now_ms };
    }

    /// Whether an answer is to the call under way, and not to one given up.
    pub(crate) fn expects(&self, token: u32) -> bool {
        matches!(self.state, State::InFlight { token: expected, .. } if expected == token)
    }

    /// The call is over. `now_ms` is when it ended, so that a slow answer is not asked for again at once.
    pub(crate) fn done(&mut self, succeeded: bool, now_ms: i64) {
        self.failures = if succeeded { 0 } else { self.failures.saturating_add(1) };
        let started_ms = match self.state {
            // From start to start: the interval is the bound that users are promised.
            State::InFlight { since_ms, .. } if succeeded && since_ms <= now_ms => since_ms,
            _ => now_ms,
        };
        let pause_ms = self.pause();
        self.state = State::Waiting { since_ms: started_ms, pause_ms };
    }

    /// How long until the next call is due, from `now_ms`.
    pub(crate) fn remaining_ms(&self, now_ms: i64) -> i64 {
        match self.state {
            State::New => 0,
            State::Waiting { since_ms, pause_ms } => {
                pause_ms.saturating_sub(now_ms.saturating_sub(since_ms)).clamp(0, pause_ms)
            }
            State::InFlight { .. } => self.settings.timeout_ms.saturating_add(LOST_AFTER_MS),
        }
    }

    /// The interval, doubled for every failure up to a limit, minus some jitter so that workers spread out.
    fn pause(&mut self) -> i64 {
        let interval = self.settings.interval_ms;
        // Data that ages quickly is worth asking for more often.
        let longest =
            LONGEST_PAUSE_MS.min(self.max_age_ms.map_or(LONGEST_PAUSE_MS, |age| age / 4)).max(interval);
        let pause = interval.saturating_mul(1 << self.failures.min(16)).min(longest);
        // xorshift64: good enough to spread workers, and the same in every run with the same seed.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let jitter = i64::try_from(self.random >> 32).unwrap_or(0) % (pause / 5).max(1);
        pause.saturating_sub(jitter)
    }

    /// Judges the head of an answer; the body is not read unless it is worth it.
    pub(crate) fn read(&self, headers: &Pairs, body_size: usize) -> Answer {
        let failure = |text: &str| Answer::Failure(text.to_owned());
        let text = |name: &[u8]| headers.single(name).and_then(|value| std::str::from_utf8(value).ok());
        let count =
            |name: &[u8]| headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).count();
        let status = text(b":status").unwrap_or_default();
        if !matches!(status, "200" | "304") {
            let status: String = status.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
            return Answer::Failure(format!("the answer has status `{status}`"));
        }
        let Some(timestamp) = text(b"x-gatepass-timestamp") else {
            return failure("the answer has no single `x-gatepass-timestamp`");
        };
        let timestamp = timestamp.to_owned();
        if status == "304" {
            return Answer::NotModified { timestamp };
        }
        let is_identity =
            text(b"content-encoding").is_some_and(|value| value.eq_ignore_ascii_case("identity"));
        if count(b"content-encoding") > 0 && !is_identity {
            return failure("the answer is encoded");
        }
        let length = text(b"content-length").and_then(|value| value.parse::<usize>().ok());
        if count(b"content-length") > 0 && length != Some(body_size) {
            return failure("the body is not as long as announced");
        }
        if body_size == 0 || body_size > self.settings.max_bundle_bytes {
            return Answer::Failure(format!(
                "the body has {body_size} bytes; at most {} are taken",
                self.settings.max_bundle_bytes
            ));
        }
        Answer::Contents { timestamp }
    }
}

#[cfg(test)]
#[path = "fetch/tests.rs"]
mod tests;
