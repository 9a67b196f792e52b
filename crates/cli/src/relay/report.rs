//! `/healthz` and `/metrics`.

use std::fmt::Write as _;
use std::time::Duration;

use gatepass::Timestamp;
use serde_json::{Value, json};

use super::state::{PollEnd, State};

/// Whether all is well, and how the relay is.
pub(super) fn health(state: &State, now: Timestamp, max_age: Duration) -> (bool, Value) {
    let age = state.published.as_ref().map(|published| now.millis_since(published.as_of));
    let max_age_ms = i64::try_from(max_age.as_millis()).unwrap_or(i64::MAX);
    let status = match age {
        None => "starting",
        Some(age) if age > max_age_ms => "stale",
        Some(_) => "ok",
    };
    let published = state.published.as_ref();
    let error = state.last_error.as_ref().map(|(at, message)| json!({"at": at, "message": message}));
    let document = json!({
        "status": status,
        "age_seconds": age.map(|age| age.div_euclid(1000)),
        "max_age_seconds": max_age.as_secs(),
        "as_of": published.map(|published| published.as_of),
        "serial": published.map(|published| published.serial),
        "content_digest": published.map(|published| published.digest()),
        "bytes": published.map(|published| published.bytes()),
        "published_at": state.published_at,
        "last_poll": state.last_poll,
        "last_error": error,
        "notes": state.notes,
    });
    (status == "ok", document)
}

/// The numbers in Prometheus' text format.
pub(super) fn metrics(state: &State, now: Timestamp) -> String {
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, samples: &[(String, String)]| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "# HELP gatepass_relay_{name} {help}\n# TYPE gatepass_relay_{name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(text, "gatepass_relay_{name}{labels} {value}");
        }
    };
    let one = |value: String| vec![(String::new(), value)];
    if let Some(published) = &state.published {
        let age = now.millis_since(published.as_of);
        family("bundle_age_seconds", "gauge", "Age of the data that is served.", &one(seconds(age)));
        let as_of = one(seconds(published.as_of.millis()));
        family("bundle_as_of_seconds", "gauge", "When the data was current, since 1970.", &as_of);
        if let Some(at) = state.published_at {
            let at = one(seconds(at.millis()));
            family(
                "bundle_published_seconds",
                "gauge",
                "When the contents were first served, since 1970.",
                &at,
            );
        }
        let bytes = one(published.bytes().to_string());
        family("bundle_bytes", "gauge", "Size of the bundle.", &bytes);
    }
    let up = u8::from(state.published.is_some() && state.last_error.is_none());
    family("up", "gauge", "1 if the last poll worked.", &one(up.to_string()));
    let count = |end: &PollEnd| {
        let count = state.polls.get(end).copied().unwrap_or_default();
        (format!("{{result=\"{}\"}}", end.as_str()), count.to_string())
    };
    let polls: Vec<_> = PollEnd::ALL.iter().map(count).collect();
    family("polls_total", "counter", "Polls by what they led to.", &polls);
    let took = i64::try_from(state.last_poll_took.as_millis()).unwrap_or(i64::MAX);
    family("poll_duration_seconds", "gauge", "How long the last poll took.", &one(seconds(took)));
    let request = |((path, status), count): (&(&str, u16), &u64)| {
        (format!("{{path=\"{path}\",status=\"{status}\"}}"), count.to_string())
    };
    let requests: Vec<_> = state.requests.iter().map(request).collect();
    family("requests_total", "counter", "Requests by path and status.", &requests);
    text
}

/// Milliseconds as seconds.
fn seconds(millis: i64) -> String {
    let sign = if millis < 0 { "-" } else { "" };
    let millis = millis.unsigned_abs();
    format!("{sign}{}.{:03}", millis / 1000, millis % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_a_sign_and_three_digits() {
        assert_eq!([-1, 0, 1, 61_002].map(seconds), ["-0.001", "0.000", "0.001", "61.002"]);
    }

    #[test]
    fn before_the_first_bundle_it_is_not_well() {
        let (well, document) = health(&State::default(), Timestamp::from_millis(0), Duration::from_secs(1));
        assert!(!well);
        assert_eq!(document["status"], "starting");
        assert!(metrics(&State::default(), Timestamp::from_millis(0)).contains("gatepass_relay_up 0\n"));
    }
}
