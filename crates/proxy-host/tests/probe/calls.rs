//! HTTP calls, shared data and metrics.

use gatepass_proxy_host::{CallAnswer, MetricKind, Outcome, Profile, Request, StartFailure, Vm};

use super::filter::{Filter, INTO, lines, settings, told};

const TICK: &str = "proxy_on_tick";
const RESPONSE: &str = "proxy_on_http_call_response";
const GET: [(&str, &str); 3] = [(":method", "GET"), (":path", "/v1/bundle"), (":authority", "relay")];

fn ticking() -> Filter {
    let mut filter = Filter::new();
    filter.on("proxy_on_configure", "(drop (call $tick_every (i32.const 10)))");
    filter
}

#[test]
fn a_tick_fetches_and_reads_the_answer() {
    let mut filter = ticking();
    filter.dispatch(TICK, &GET).show_header(RESPONSE, 6, ":status").show_header(RESPONSE, 6, "ETag").on(
        RESPONSE,
        format!("(call $show (call $buffer (i32.const 4) (i32.const 0) (local.get 3) {INTO}))"),
    );
    for profile in Profile::ALL {
        let mut vm = filter.start(profile);
        assert_eq!(vm.tick_period_ms(), 10);
        vm.tick().unwrap();
        let call = vm.take_calls().remove(0);
        assert!(vm.take_calls().is_empty());
        assert_eq!((call.upstream.as_str(), call.timeout_ms), ("relay", 300));
        assert_eq!(call.header(":path"), Some(b"/v1/bundle".as_slice()));
        vm.answer_call(call.token, CallAnswer::new(200, "bundle").header("etag", "e1")).unwrap();
        assert_eq!(lines(&mut vm), [&told(0), "200", "e1", "bundle"], "{profile}");
        assert!(vm.answer_call(call.token, CallAnswer::failed()).is_err(), "answered once");
    }
}

#[test]
fn a_failed_call_has_no_header_map() {
    let mut filter = ticking();
    filter
        .dispatch(TICK, &GET)
        .on(RESPONSE, "(call $tell (local.get 2))")
        .show_header(RESPONSE, 6, ":status");
    for profile in Profile::ALL {
        let mut vm = filter.start(profile);
        vm.tick().unwrap();
        let token = vm.take_calls().remove(0).token;
        vm.answer_call(token, CallAnswer::failed()).unwrap();
        assert_eq!(lines(&mut vm), [told(0), told(0), told(2)], "{profile}");
    }
}

#[test]
fn an_unknown_upstream_fails_at_once_on_envoy_and_later_on_kong() {
    let mut filter = ticking();
    filter.dispatch(TICK, &GET).on(RESPONSE, "(call $tell (local.get 2))");
    let start = |profile| {
        let nowhere = gatepass_proxy_host::Settings { upstreams: Some(vec![]), ..settings(profile) };
        Vm::start_with(&filter.compile(), nowhere).unwrap()
    };
    let mut envoy = start(Profile::Envoy);
    envoy.tick().unwrap();
    assert_eq!((lines(&mut envoy), envoy.take_calls().len()), (vec![told(2)], 0));
    let mut kong = start(Profile::Kong);
    kong.tick().unwrap();
    let call = kong.take_calls().remove(0);
    assert!(!call.reachable);
    kong.answer_call(call.token, CallAnswer::new(200, "x")).unwrap();
    assert_eq!(lines(&mut kong), [told(0), told(0)]);
}

#[test]
fn a_call_needs_its_pseudo_headers() {
    for missing in 0..GET.len() {
        let headers: Vec<_> =
            GET.into_iter().enumerate().filter(|(i, _)| *i != missing).map(|(_, h)| h).collect();
        let mut filter = ticking();
        filter.dispatch(TICK, &headers);
        let mut envoy = filter.start(Profile::Envoy);
        envoy.tick().unwrap();
        assert_eq!(lines(&mut envoy), [told(2)]);
        assert!(filter.start(Profile::Kong).tick().unwrap_err().reason.contains("dispatch failed"));
    }
}

#[test]
fn kong_traps_on_a_call_at_start() {
    for callback in ["proxy_on_vm_start", "proxy_on_configure"] {
        let mut filter = Filter::new();
        filter.dispatch(callback, &GET);
        assert_eq!(filter.start(Profile::Envoy).take_calls().len(), 1, "{callback}");
        let error = Vm::start_with(&filter.compile(), settings(Profile::Kong)).unwrap_err();
        assert!(matches!(error.reason, StartFailure::Trap(reason) if reason.contains("HTTP dispatch")));
    }
}

#[test]
fn an_answer_to_a_finished_request_goes_nowhere() {
    let mut filter = Filter::new();
    filter.dispatch("proxy_on_request_headers", &GET).on(RESPONSE, "unreachable");
    for profile in Profile::ALL {
        let mut vm = filter.start(profile);
        vm.handle(Request::get("/").host("h"));
        let token = vm.take_calls().remove(0).token;
        vm.answer_call(token, CallAnswer::new(200, "")).unwrap();
        assert!(vm.trapped().is_none(), "{profile}");
    }
}

#[test]
fn shared_data_is_a_trap_on_kong() {
    let mut filter = Filter::new();
    let (key, value) = (filter.text("k"), filter.text("v"));
    let set = |version: u32| format!("(call $tell (call $set_shared {key} {value} (i32.const {version})))");
    filter
        .on("proxy_on_request_headers", set(0))
        .on("proxy_on_request_headers", set(9))
        .on("proxy_on_request_headers", format!("(call $show (call $shared {key} {INTO} (i32.const 16)))"));
    let mut envoy = filter.start(Profile::Envoy);
    envoy.handle(Request::get("/").host("h"));
    assert_eq!(lines(&mut envoy), [told(0), told(8), "v".to_owned()]);
    let exchange = filter.start(Profile::Kong).handle(Request::get("/").host("h"));
    assert_eq!(exchange.outcome, Outcome::Trapped);
    assert!(exchange.trap.unwrap().contains("could not resolve namespace"));
}

#[test]
fn metrics_are_counted() {
    let mut filter = ticking();
    let (counter, gauge) = (filter.text("allowed"), filter.text("serial"));
    filter.on(
        TICK,
        format!(
            "(call $tell (call $define (i32.const 0) {counter} (i32.const 20)))
             (call $tell (call $define (i32.const 1) {gauge} (i32.const 24)))
             (call $tell (call $increment (i32.load (i32.const 20)) (i64.const 2)))
             (call $tell (call $record (i32.load (i32.const 24)) (i64.const 7)))
             (call $tell (call $increment (i32.load (i32.const 20)) (i64.const 0)))
             (call $tell (call $increment (i32.const 99) (i64.const 1)))"
        ),
    );
    for (profile, by_zero) in [(Profile::Envoy, 2), (Profile::Kong, 0)] {
        let mut vm = filter.start(profile);
        vm.tick().unwrap();
        vm.tick().unwrap();
        assert_eq!(lines(&mut vm)[..6], [0, 0, 0, 0, by_zero, 1].map(told), "{profile}");
        let metrics: Vec<(String, i64)> = vm.metrics().into_iter().collect();
        assert_eq!(metrics, [("allowed".to_owned(), 4), ("serial".to_owned(), 7)]);
        assert_eq!(vm.metric("serial").map(|metric| metric.kind), Some(MetricKind::Gauge));
        assert_eq!(vm.metric("nope"), None);
    }
}
