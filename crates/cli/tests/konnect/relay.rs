//! A relay that runs, and what it is asked.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails may panic")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gatepass::bundle::BundleTimestamp;
use serde_json::Value;

use crate::konnect::{Kept, json};

pub struct Relay {
    pub child: Kept,
    pub url: String,
    pub said: Arc<Mutex<Vec<String>>>,
}

pub struct Answer {
    pub status: u16,
    pub etag: String,
    pub timestamp: Option<BundleTimestamp>,
    pub body: Vec<u8>,
}

impl Relay {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.args(["--listen", "127.0.0.1:0"]).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = Arc::new(Mutex::new(Vec::new()));
        let mut url = None;
        while url.is_none() {
            let line = lines.next().expect("the relay ended at once").unwrap();
            url = line.strip_prefix("listening on ").map(str::to_owned);
            said.lock().unwrap().push(line);
        }
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| heard.lock().unwrap().push(line));
        });
        Self { child: Kept(child), url: url.unwrap(), said }
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = agent.run(request.body(()).unwrap()).unwrap();
        let header =
            |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let timestamp =
            header("x-gatepass-timestamp").map(|value| BundleTimestamp::from_header(&value).unwrap());
        let (status, etag) = (response.status().as_u16(), header("etag").unwrap_or_default());
        Answer { status, etag, timestamp, body: response.body_mut().read_to_vec().unwrap() }
    }

    pub fn bundle(&self) -> Answer {
        self.ask("GET", "/v1/bundle", &[])
    }

    pub fn health(&self) -> (u16, Value) {
        let answer = self.ask("GET", "/healthz", &[]);
        (answer.status, json(&answer.body))
    }

    pub fn metric(&self, sample: &str) -> u64 {
        let text = String::from_utf8(self.ask("GET", "/metrics", &[]).body).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{sample} in {text}")).parse().unwrap()
    }

    pub fn polls(&self) -> u64 {
        let of = |result: &str| self.metric(&format!("gatepass_relay_polls_total{{result=\"{result}\"}}"));
        ["published", "renewed", "unchanged", "failed"].map(of).iter().sum()
    }

    pub fn said(&self) -> String {
        self.said.lock().unwrap().join("\n")
    }

    /// Asks it to stop, and waits.
    pub fn stop(mut self) -> (ExitStatus, String) {
        let id = self.child.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let status = self.child.0.wait().unwrap();
        std::thread::sleep(Duration::from_millis(20));
        (status, self.said())
    }
}

/// Waits for what must become true soon.
pub fn eventually<T>(what: &str, mut test: impl FnMut() -> Option<T>) -> T {
    for _ in 0..500 {
        if let Some(found) = test() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("five seconds, and not yet: {what}");
}

pub fn first(relay: &Relay) -> Answer {
    eventually("the first bundle", || Some(relay.bundle()).filter(|answer| answer.status == 200))
}
