//! Proves that no host function that fails, whichever and however, opens the gate or ends the filter: where a host
//! does not do what it is asked, nothing is allowed that would not be allowed otherwise, and nothing arrives that
//! would not arrive.

use gatepass_proxy_host::{CallAnswer, Exchange, Plugin, Profile, Request, UpstreamRequest, Vm};
use serde_json::json;

use super::environment;
use super::portal::{self, Portal};
use super::proxy_host::{NOW_MILLIS, nanos, start};
use super::relay;

/// Each status a host may answer with, and one that no host knows. `Ok` is not among them: a host that says it has
/// done what it has not cannot be told from one that has.
const STATUSES: [u32; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 255];
/// For functions that only hand something over: `Ok`, and nothing handed over.
const GETTERS: [&str; 4] = [
    "proxy_get_header_map_pairs",
    "proxy_get_property",
    "proxy_get_buffer_bytes",
    "proxy_get_current_time_nanoseconds",
];

/// The functions that the filter can call.
fn functions(plugin: &Plugin) -> Vec<String> {
    let functions: Vec<String> =
        plugin.imports().iter().map(|import| import.strip_prefix("env.").unwrap().to_owned()).collect();
    assert!(functions.len() >= 10, "{functions:?}");
    functions
}

/// What is asked, on honest hosts allowed or denied.
fn requests(profile: Profile) -> Vec<Request> {
    let get = |path: &str, key: &str| Request::get(path).host("api.example").header("apikey", key);
    let mut all = vec![
        get("/orders/v1", "demo-storefront"),
        get("/orders/v1", "demo-loyalty"),
        get("/orders/v1", "demo-guess"),
        get("/orders/v1", ""),
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
        all.push(get("/health?apikey=demo-storefront", "").header("x-gatepass-owner", "forged"));
    }
    all
}

fn worker(plugin: &Plugin, profile: Profile, mode: &str) -> Vm {
    let mut config = portal::configuration(if profile == Profile::Kong { "kong" } else { "envoy" });
    config["mode"] = mode.into();
    Portal::example().fill_in(&mut config, NOW_MILLIS);
    start(plugin, profile, &config.to_string(), NOW_MILLIS)
}

/// What reached the upstream, in any order.
fn arrived(exchange: &Exchange) -> Option<UpstreamRequest> {
    let mut request = exchange.upstream_request.clone()?;
    request.headers.sort();
    Some(request)
}

#[test]
fn no_failing_host_function_opens_the_gate() {
    let plugin = environment::plugin();
    let mut tried = 0;
    for profile in Profile::ALL {
        for mode in ["enforce", "monitor"] {
            let mut vm = worker(&plugin, profile, mode);
            for request in requests(profile) {
                vm.reset_host_calls();
                let honest = vm.handle(request.clone());
                for (function, calls) in vm.host_calls().clone() {
                    let lies: &[u32] = if GETTERS.contains(&function) { &[0] } else { &[] };
                    for (status, times) in
                        STATUSES.iter().chain(lies).flat_map(|status| [(*status, 1), (*status, calls)])
                    {
                        let name =
                            format!("{profile}, {mode}, {function} failing {times} times with {status}");
                        (0..times).for_each(|_| vm.fail_next(function, status).unwrap());
                        let exchange = vm.handle(request.clone());
                        assert_eq!(exchange.trap, None, "{name}");
                        // What goes on is what an honest host lets go on, to the byte.
                        let is_same = arrived(&exchange) == arrived(&honest);
                        assert!(is_same || is_safe(&exchange), "{name}: {exchange:?}");
                        tried += 1;
                        if vm.faults_left() > 0 {
                            vm = worker(&plugin, profile, mode);
                        }
                    }
                }
                let after = vm.handle(request.clone());
                assert_eq!(arrived(&after), arrived(&honest), "{profile}: an honest host again");
                assert_eq!(after.response.status, honest.response.status);
            }
        }
    }
    assert!(tried > 3000, "{tried}");
}

/// Nothing goes on, or (in monitor mode) it goes on marked, and without any identity or key.
fn is_safe(exchange: &Exchange) -> bool {
    let Some(request) = &exchange.upstream_request else { return true };
    let is_mark = |name: &[u8]| name.eq_ignore_ascii_case(b"x-gatepass-would-deny");
    let is_ours = |name: &[u8]| {
        let name = String::from_utf8_lossy(name).to_ascii_lowercase().replace('_', "-");
        name.starts_with("x-gatepass-")
    };
    let marked = request.headers.iter().any(|(name, _)| is_mark(name));
    let clean = request.headers.iter().all(|(name, value)| {
        (!is_ours(name) || is_mark(name)) && !value.windows(5).any(|window| window == b"demo-")
    });
    marked && clean
}

#[test]
fn no_failing_host_function_ends_the_fetching() {
    let plugin = environment::plugin();
    let portal = Portal::example();
    for profile in Profile::ALL {
        let mut config = portal::configuration(if profile == Profile::Kong { "kong" } else { "envoy" });
        config["bundle"] = json!({"fetch": {"upstream": "relay:80", "interval_ms": 1000}});
        config["allow_unsigned"] = true.into();
        let config = config.to_string();
        for function in functions(&plugin) {
            for status in STATUSES {
                let name = format!("{profile}, {function} failing with {status}");
                let mut vm = start(&plugin, profile, &config, NOW_MILLIS);
                vm.fail_next(&function, status).unwrap();
                let mut allowed = false;
                for seconds in 1..=60 {
                    let now_millis = NOW_MILLIS + seconds * 1000;
                    vm.set_now_nanos(nanos(now_millis));
                    vm.tick().unwrap_or_else(|trap| panic!("{name}: {trap}"));
                    for call in vm.take_calls() {
                        let answer = relay::Answer::bundle(&portal, now_millis);
                        let mut heard = CallAnswer::new(answer.status, answer.body);
                        for (name, value) in answer.headers {
                            heard = heard.header(name, value);
                        }
                        vm.answer_call(call.token, heard).unwrap_or_else(|trap| panic!("{name}: {trap}"));
                    }
                    let request =
                        Request::get("/orders/v1").host("api.example").header("apikey", "demo-storefront");
                    let exchange = vm.handle(request);
                    assert_eq!(exchange.trap, None, "{name}");
                    allowed = exchange.response.status == 200;
                    if allowed {
                        break;
                    }
                }
                assert!(allowed, "{name}: it has the bundle in the end");
            }
        }
    }
}
