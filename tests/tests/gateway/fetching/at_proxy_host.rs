//! The story on the proxy-host: every tick, every call and every millisecond is the test's.

use std::sync::Arc;

use gatepass_proxy_host::{CallAnswer, Profile, Request, Vm};

use super::super::check::Seen;
use super::super::relay::{Answer, Reply};
use super::super::{environment, proxy_host};
use super::{Site, configuration, story};

struct Worker {
    vm: Vm,
    profile: Profile,
    now_millis: i64,
    reply: Reply,
    known: Option<String>,
}

impl Worker {
    fn start(profile: Profile, max_age_seconds: i64) -> Self {
        let host = if profile == Profile::Kong { "kong" } else { "envoy" };
        let config = configuration(host, "relay:8080", max_age_seconds).to_string();
        let now_millis = proxy_host::NOW_MILLIS;
        let mut vm = proxy_host::start(&environment::plugin(), profile, &config, now_millis);
        assert!(vm.take_calls().is_empty(), "calls are made from ticks only");
        assert!((1..=10).contains(&vm.tick_period_ms()), "the first tick comes soon");
        Self { vm, profile, now_millis, reply: Arc::new(|_, _| None), known: None }
    }

    /// Ten milliseconds; whether a call was made and answered.
    fn step(&mut self) -> bool {
        self.now_millis += 10;
        self.vm.set_now_nanos(proxy_host::nanos(self.now_millis));
        self.vm.tick().unwrap();
        let calls = self.vm.take_calls();
        assert!(calls.len() <= 1, "one call at a time");
        let Some(call) = calls.into_iter().next() else { return false };
        assert_eq!((call.upstream.as_str(), call.timeout_ms), ("relay:8080", 200));
        let header = |name: &str| call.header(name).map(|value| String::from_utf8(value.to_vec()).unwrap());
        assert_eq!(header(":method").as_deref(), Some("GET"));
        assert_eq!(header(":path").as_deref(), Some("/v1/bundle"));
        assert_eq!(header(":authority").as_deref(), Some("relay.example"));
        self.known = header("if-none-match");
        // No second call while the first is under way.
        self.now_millis += 20;
        self.vm.set_now_nanos(proxy_host::nanos(self.now_millis));
        self.vm.tick().unwrap();
        assert!(self.vm.take_calls().is_empty(), "one call at a time");
        let answer = (self.reply)(self.now_millis, self.known.as_deref());
        self.vm.answer_call(call.token, answer.map_or_else(CallAnswer::failed, call_answer)).unwrap();
        true
    }
}

fn call_answer(answer: Answer) -> CallAnswer {
    let mut length = Some(answer.body.len().to_string());
    let mut call = CallAnswer::new(answer.status, answer.body);
    for (name, value) in answer.headers {
        length = length.filter(|_| name != "content-length");
        call = call.header(name, value);
    }
    match length {
        Some(length) => call.header("content-length", length),
        None => call,
    }
}

impl Site for Worker {
    fn now_millis(&self) -> i64 {
        self.now_millis
    }

    fn reply_with(&mut self, reply: Reply) {
        self.reply = reply;
        assert!((0..2000).any(|_| self.step()), "the filter asks again, even after failures");
    }

    fn pass(&mut self, millis: i64) {
        let end = self.now_millis + millis;
        while self.now_millis < end {
            self.step();
        }
    }

    fn ask(&mut self, path: &str, key: &str) -> Seen {
        let before = self.vm.host_calls().get("proxy_http_call").copied();
        let request = Request::get(path).host("api.example").header("apikey", key);
        let exchange = self.vm.handle(request);
        assert_eq!(exchange.trap, None);
        assert_eq!(self.vm.host_calls().get("proxy_http_call").copied(), before, "no call for a request");
        proxy_host::seen(&exchange, self.profile)
    }

    fn metric(&mut self, name: &str) -> i64 {
        self.pass(1100);
        self.vm.metric(name).map_or(0, |metric| metric.value)
    }

    fn known(&self) -> Option<String> {
        self.known.clone()
    }

    fn is_exact(&self) -> bool {
        true
    }
}

#[test]
fn fetching_on_the_proxy_host() {
    for profile in Profile::ALL {
        story::faults(&mut Worker::start(profile, 3600));
        story::ageing(&mut Worker::start(profile, 3));
    }
}
