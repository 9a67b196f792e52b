//! The story of `fetching` in the plugin server: the bundle is kept fresh in the background, and without data, or with
//! stale or wrong data, nothing passes.

use std::time::Duration;

use gatepass_proxy_host::Request;

use super::super::check::Seen;
use super::super::fetching::{Site, configuration, story};
use super::super::relay::{Relay, Reply};
use super::kong::Kong;
use super::server::{Kind, Server};

struct Plugin {
    server: Server,
    kong: Kong,
    instance: u32,
    relay: Relay,
}

impl Plugin {
    fn start(max_age_seconds: i64) -> Self {
        let relay = Relay::start();
        let server = Server::start(Kind::Own);
        let mut kong = Kong::new(&server.socket);
        let config = configuration("kong", &format!("127.0.0.1:{}", relay.port), max_age_seconds);
        let instance = kong.start_instance(&config).unwrap();
        Self { server, kong, instance, relay }
    }

    fn wait(millis: u64) {
        std::thread::sleep(Duration::from_millis(millis));
    }
}

impl Site for Plugin {
    fn now_millis(&self) -> i64 {
        xtask::now_millis()
    }

    fn reply_with(&mut self, reply: Reply) {
        // The first answer may have been under way; the second is this one.
        self.relay.reply_until_heard(reply, 2, || self.server.said());
    }

    fn pass(&mut self, millis: i64) {
        Self::wait(u64::try_from(millis).unwrap());
    }

    fn ask(&mut self, path: &str, key: &str) -> Seen {
        let request = Request::get(path).host("api.example").header("apikey", key);
        self.kong.serve(self.instance, &request).unwrap()
    }

    fn metric(&mut self, name: &str) -> i64 {
        // They are published once a second.
        Self::wait(1200);
        self.server.metrics().get(name).copied().unwrap_or_default()
    }

    fn known(&self) -> Option<String> {
        self.relay.known()
    }

    fn is_exact(&self) -> bool {
        false
    }
}

#[test]
fn faults_of_a_relay_in_the_plugin_server() {
    let mut plugin = Plugin::start(12);
    story::faults(&mut plugin);
    assert!(plugin.metric("gatepass_fetch_failures") >= 10);
    let said = plugin.server.said();
    assert!(!said.contains("the filter stopped"), "a callback failed:\n{said}");
    assert_eq!(plugin.kong.errors, [""; 0]);
}

#[test]
fn ageing_in_the_plugin_server() {
    let mut plugin = Plugin::start(3);
    story::ageing(&mut plugin);
    assert_eq!(plugin.kong.errors, [""; 0]);
}
