//! Proves that a host which answers anything to any call, at any moment, and calls back without having been asked,
//! gets nothing allowed that an honest host's filter denies, ends no filter and takes no memory.
//!
//! `GATEPASS_HOSTILE_REQUESTS` says how many requests; 100 000 if it is not set.

use gatepass_proxy_host::{Malice, Plugin, Profile, Request, UpstreamRequest, Vm};

use super::environment;
use super::portal::{self, Portal};
use super::proxy_host::{NOW_MILLIS, nanos, start};

fn count() -> u64 {
    let text = std::env::var("GATEPASS_HOSTILE_REQUESTS").unwrap_or_else(|_| "100000".to_owned());
    text.parse().unwrap_or_else(|_| panic!("GATEPASS_HOSTILE_REQUESTS is no number: {text}"))
}

fn requests(profile: Profile) -> Vec<Request> {
    let get = |path: &str, key: &str| Request::get(path).host("api.example").header("apikey", key);
    let mut all = vec![
        get("/orders/v1", "demo-storefront"),
        get("/orders/v1", "demo-loyalty"),
        get("/orders/v1", "demo-guess"),
        get("/orders//v1", "demo-storefront"),
        get("/elsewhere", "demo-storefront"),
        get("/health", "demo-storefront"),
        get("/orders/v1", "demo-guess").header("content-type", "application/grpc"),
        get("/orders/v1", "").header("x-gatepass-application-id", "forged"),
    ];
    if profile == Profile::Envoy {
        all.push(
            get("/orders/v1?apikey=demo-storefront&x=1", "demo-storefront")
                .header("x_gatepass_owner", "forged"),
        );
    }
    all
}

fn worker(plugin: &Plugin, profile: Profile) -> Vm {
    let mut config = portal::configuration(if profile == Profile::Kong { "kong" } else { "envoy" });
    config["log"] = serde_json::json!({"denials_per_second": 100, "allow_one_in": 10});
    Portal::example().fill_in(&mut config, NOW_MILLIS);
    start(plugin, profile, &config.to_string(), NOW_MILLIS)
}

fn sorted(request: Option<UpstreamRequest>) -> Option<UpstreamRequest> {
    request.map(|mut request| {
        request.headers.sort();
        request
    })
}

#[test]
fn a_malicious_envoy_gains_nothing() {
    gains_nothing(Profile::Envoy);
}

#[test]
fn a_malicious_kong_gains_nothing() {
    gains_nothing(Profile::Kong);
}

fn gains_nothing(profile: Profile) {
    let plugin = environment::plugin();
    let requests = requests(profile);
    let mut honest = worker(&plugin, profile);
    let expected: Vec<Option<UpstreamRequest>> =
        requests.iter().map(|request| sorted(honest.handle(request.clone()).upstream_request)).collect();
    let mut vm = worker(&plugin, profile);
    let (mut passed, mut stopped, mut settled) = (0_u64, 0_u64, 0);
    let rounds = count() / 2;
    vm.set_malice(Some(Malice::new(0x5eed, 120)));
    for round in 0..rounds {
        // Backwards, forwards, and standing still; ticks come or not.
        let swing = i64::try_from(round % 7_919).unwrap() * if round % 2 == 0 { 1000 } else { -1000 };
        vm.set_now_nanos(nanos(NOW_MILLIS + swing));
        if round % 5 == 0 {
            vm.disturb().unwrap_or_else(|trap| panic!("{profile}, round {round}: {trap}"));
        }
        let place = usize::try_from(round).unwrap() % requests.len();
        let exchange = vm.handle(requests[place].clone());
        assert_eq!(exchange.trap, None, "{profile}, round {round}");
        match sorted(exchange.upstream_request) {
            None => stopped += 1,
            Some(arrived) => {
                passed += 1;
                assert_eq!(Some(&arrived), expected[place].as_ref(), "{profile}, round {round}");
            }
        }
        if round % 1000 == 999 {
            vm.take_logs();
            vm.take_calls();
        }
        if round == rounds / 10 {
            settled = vm.memory_bytes();
        }
    }
    assert!(passed > rounds / 50 && stopped > rounds / 50, "{profile}: {passed} passed, {stopped} stopped");
    assert!(vm.memory_bytes() <= settled, "{profile}: memory grew from {settled} to {}", vm.memory_bytes());
    println!("{profile}: {passed} passed, {stopped} stopped, {} bytes of memory", vm.memory_bytes());
    // Honest again, it is as if nothing had been.
    vm.set_malice(None);
    vm.set_now_nanos(nanos(NOW_MILLIS));
    for (request, expected) in requests.iter().zip(&expected) {
        assert_eq!(sorted(vm.handle(request.clone()).upstream_request), *expected, "{profile}");
    }
}
