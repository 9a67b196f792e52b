//! Proves what the filter believes of a relay (GATEWAY.md §2, §7): one story, told to both profiles of the
//! proxy-host, tick by tick, and to a real Envoy in real time.

mod at_proxy_host;
mod at_real_envoy;
pub(crate) mod story;

use super::check::Seen;
use super::relay::Reply;

/// A filter that fetches.
pub(crate) trait Site {
    fn now_millis(&self) -> i64;
    /// Changes what the relay says, and comes back when the filter has heard it.
    fn reply_with(&mut self, reply: Reply);
    /// Lets time pass, while the relay goes on answering.
    fn pass(&mut self, millis: i64);
    /// What a caller with this key gets.
    fn ask(&mut self, path: &str, key: &str) -> Seen;
    /// A published metric.
    fn metric(&mut self, name: &str) -> i64;
    /// The last entity tag that the filter sent.
    fn known(&self) -> Option<String>;
    /// Whether each answer reaches the filter once, so that counts are exact.
    fn is_exact(&self) -> bool;
}

/// The filter's configuration where it fetches from `relay`.
pub(crate) fn configuration(host: &str, upstream: &str, max_age_seconds: i64) -> serde_json::Value {
    let mut config = super::portal::configuration(host);
    config["bundle"] = serde_json::json!({"fetch": {
        "upstream": upstream, "authority": "relay.example", "path": "/v1/bundle", "interval_ms": 40, "timeout_ms": 200
    }});
    config["allow_unsigned"] = true.into();
    config["max_age_seconds"] = max_age_seconds.into();
    config
}
