//! When to fetch, and what an answer is worth. No I/O here: the root asks, calls and reports back.

use gatepass::bundle::{ChunkDigest, Manifest};

use crate::config::FetchSettings;
use crate::headers::Pairs;
use crate::host::Call;
use crate::random::Random;

/// Never wait longer than this after a failure.
const LONGEST_PAUSE_MS: i64 = 30_000;
/// No body is larger: hosts drop such, and reading one blocks a worker.
const MOST_BODY_BYTES: usize = 8 << 20;
/// How much later than its time limit a call is given up for lost: the host may have forgotten it.
const LOST_AFTER_MS: i64 = 1000;

/// The state of fetching.
#[derive(Debug)]
pub(crate) struct Fetcher {
    settings: FetchSettings,
    max_age_ms: Option<i64>,
    state: State,
    failures: u32,
    random: Random,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was fetched yet.
    New,
    /// The next call is due `pause_ms` after `since_ms`.
    Waiting { since_ms: i64, pause_ms: i64 },
    /// A call is under way, of a series that began at `began_ms`.
    InFlight { token: u32, since_ms: i64, began_ms: i64 },
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
        Self { settings, max_age_ms, state: State::New, failures: 0, random: Random::new(seed) }
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
        let mut call = self.get(self.settings.path.clone());
        if let Some(digest) = content_digest {
            call.headers.push(("if-none-match", Manifest::entity_tag(digest)));
        }
        call
    }

    /// The call for a chunk; `None` if bundles come whole.
    pub(crate) fn chunk_call(&self, chunk: &ChunkDigest) -> Option<Call> {
        let mut path = self.settings.chunk_path.clone()?;
        // Between quotation marks, there are the digits of a digest.
        path.push_str(Manifest::entity_tag(&chunk.sha256).trim_matches('"'));
        Some(self.get(path))
    }

    /// Whether bundles come in chunks.
    pub(crate) const fn is_chunked(&self) -> bool {
        self.settings.chunk_path.is_some()
    }

    /// The most bytes that a bundle may have.
    pub(crate) const fn max_bundle_bytes(&self) -> usize {
        self.settings.max_bundle_bytes
    }

    fn get(&self, path: String) -> Call {
        let mut headers = vec![
            (":method", "GET".to_owned()),
            (":scheme", "http".to_owned()),
            (":path", path),
            (":authority", self.settings.authority.clone()),
            ("accept", "application/octet-stream".to_owned()),
            ("accept-encoding", "identity".to_owned()),
        ];
        if let Some(token) = &self.settings.bearer_token {
            headers.push(("authorization", token.to_header()));
        }
        let timeout_ms = u32::try_from(self.settings.timeout_ms).unwrap_or(u32::MAX);
        Call { upstream: self.settings.upstream.clone(), headers, timeout_ms }
    }

    pub(crate) fn called(&mut self, token: u32, now_ms: i64) {
        self.state = State::InFlight { token, since_ms: now_ms, began_ms: now_ms };
    }

    /// The call under way was answered, and another one of the same series is under way.
    pub(crate) fn called_again(&mut self, token: u32, now_ms: i64) {
        let began_ms = match self.state {
            State::InFlight { began_ms, .. } => began_ms,
            _ => now_ms,
        };
        self.state = State::InFlight { token, since_ms: now_ms, began_ms };
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
            State::InFlight { began_ms, .. } if succeeded && began_ms <= now_ms => began_ms,
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
        let jitter = i64::from(self.random.next()) % (pause / 5).max(1);
        pause.saturating_sub(jitter)
    }

    /// Judges the head of an answer; the body is not read unless it is worth it.
    pub(crate) fn read(&self, headers: &Pairs, body_size: usize) -> Answer {
        let status = match status(headers) {
            Ok(status) => status,
            Err(text) => return Answer::Failure(text),
        };
        let Some(timestamp) = text(headers, b"x-gatepass-timestamp") else {
            return Answer::Failure("the answer has no single `x-gatepass-timestamp`".to_owned());
        };
        let timestamp = timestamp.to_owned();
        if status == NOT_MODIFIED {
            return Answer::NotModified { timestamp };
        }
        let most = self.settings.max_bundle_bytes.min(MOST_BODY_BYTES);
        if let Err(text) = whole(headers, body_size) {
            return Answer::Failure(text);
        }
        if body_size == 0 || body_size > most {
            return Answer::Failure(format!("the body has {body_size} bytes; at most {most} are taken"));
        }
        Answer::Contents { timestamp }
    }
}

/// Judges the head of an answer that should hold a chunk.
pub(crate) fn read_chunk(headers: &Pairs, body_size: usize, chunk: &ChunkDigest) -> Result<(), String> {
    if status(headers)? == NOT_MODIFIED {
        return Err("a chunk was not sent".to_owned());
    }
    whole(headers, body_size)?;
    if u32::try_from(body_size) != Ok(chunk.length) {
        return Err("a chunk is not as long as the manifest says".to_owned());
    }
    Ok(())
}

const NOT_MODIFIED: &str = "304";

fn text<'a>(headers: &'a Pairs, name: &[u8]) -> Option<&'a str> {
    headers.single(name).and_then(|value| std::str::from_utf8(value).ok())
}

/// `200` or `304`.
fn status(headers: &Pairs) -> Result<&str, String> {
    let status = text(headers, b":status").unwrap_or_default();
    if matches!(status, "200" | NOT_MODIFIED) {
        return Ok(status);
    }
    let status: String = status.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    Err(format!("the answer has status `{status}`"))
}

/// Whether the body is all that was meant, and as it was meant.
fn whole(headers: &Pairs, body_size: usize) -> Result<(), String> {
    let is_identity =
        text(headers, b"content-encoding").is_some_and(|value| value.eq_ignore_ascii_case("identity"));
    if headers.has(b"content-encoding") && !is_identity {
        return Err("the answer is encoded".to_owned());
    }
    let length = text(headers, b"content-length").and_then(|value| value.parse::<usize>().ok());
    if headers.has(b"content-length") && length != Some(body_size) {
        return Err("the body is not as long as announced".to_owned());
    }
    Ok(())
}

#[cfg(test)]
#[path = "fetch/tests.rs"]
mod tests;
