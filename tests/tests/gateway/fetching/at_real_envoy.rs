//! The story on a real Envoy, where the worker and the main thread each have a filter that fetches.

use std::time::Duration;

use super::super::check::Seen;
use super::super::real_envoy::{Gateway, Listener};
use super::super::relay::{Relay, Reply};
use super::super::vector::{Bytes, Request};
use super::{Site, configuration, story};

struct Envoy {
    gateway: Gateway,
    relay: Relay,
}

impl Envoy {
    fn start(name: &str, max_age_seconds: i64) -> Self {
        let relay = Relay::start();
        let listener =
            Listener { config: configuration("envoy", "relay", max_age_seconds), properties: Vec::new() };
        Self { gateway: Gateway::start(name, &[listener], &[("relay", relay.port)]), relay }
    }

    fn wait(millis: u64) {
        std::thread::sleep(Duration::from_millis(millis));
    }
}

impl Site for Envoy {
    fn now_millis(&self) -> i64 {
        xtask::now_millis()
    }

    fn reply_with(&mut self, reply: Reply) {
        // The first answer may have been under way. Of four more at least one goes to the worker's filter: it asks
        // as often as the main thread's, and less often after each failure.
        self.relay.reply_until_heard(reply, 5, || self.gateway.log());
    }

    fn pass(&mut self, millis: i64) {
        Self::wait(u64::try_from(millis).unwrap());
    }

    fn ask(&mut self, path: &str, key: &str) -> Seen {
        let text = |text: &str| Bytes(text.as_bytes().to_vec());
        let headers = vec![(text("apikey"), text(key))];
        self.gateway.send_request(0, &Request { path: text(path), headers, ..Request::default() })
    }

    fn metric(&mut self, name: &str) -> i64 {
        // They are published once a second.
        Self::wait(1200);
        self.gateway.metrics().get(name).copied().unwrap_or_default()
    }

    fn known(&self) -> Option<String> {
        self.relay.known()
    }

    fn is_exact(&self) -> bool {
        false
    }
}

#[test]
fn faults_of_a_relay_on_a_real_envoy() {
    let mut envoy = Envoy::start("faults", 12);
    story::faults(&mut envoy);
    // Each of the two filters met each fault, some more than once.
    assert!(envoy.metric("gatepass_fetch_failures") >= 20);
    let log = envoy.gateway.log();
    assert!(!log.contains("Function: "), "a callback failed:\n{log}");
}

#[test]
fn ageing_on_a_real_envoy() {
    let mut envoy = Envoy::start("ageing", 3);
    story::ageing(&mut envoy);
    let log = envoy.gateway.log();
    assert!(!log.contains("Function: "), "a callback failed:\n{log}");
}
