//! Proves that no jump of the host's clock makes old data young, and that a credential expires on the millisecond.

use gatepass::Policy;
use gatepass_proxy_host::{CallAnswer, Plugin, Profile, Request, Vm};
use serde_json::json;

use super::portal::{self, Portal};
use super::proxy_host::{NOW_MILLIS, nanos, start};
use super::{environment, proxy_host};

const SECOND: i64 = 1000;
const HOUR: i64 = 3600 * SECOND;
/// When `demo-storefront-expired` expires: 2026-01-01T00:00:00Z.
const EXPIRY_MILLIS: i64 = 1_767_225_600_000;

fn host(profile: Profile) -> &'static str {
    if profile == Profile::Kong { "kong" } else { "envoy" }
}

/// A worker with a bundle as of [`NOW_MILLIS`] that is stale after 300 seconds, and that fetches every second.
fn worker(plugin: &Plugin, profile: Profile) -> Vm {
    let mut config = portal::configuration(host(profile));
    config["bundle"] = json!({
        "inline": "$bundle", "inline_timestamp": "$timestamp:0",
        "fetch": {"upstream": "relay:80", "interval_ms": 1000}
    });
    config["allow_unsigned"] = true.into();
    Portal::example().fill_in(&mut config, NOW_MILLIS);
    start(plugin, profile, &config.to_string(), NOW_MILLIS)
}

/// The status at a time, of a request that is allowed on fresh data.
fn status(vm: &mut Vm, millis: i64) -> u16 {
    vm.set_now_nanos(nanos(millis));
    ask(vm, "demo-storefront")
}

fn ask(vm: &mut Vm, key: &str) -> u16 {
    let exchange = vm.handle(Request::get("/orders/v1").host("api.example").header("apikey", key));
    assert_eq!(exchange.trap, None);
    exchange.response.status
}

/// At a time, the relay answers the call that is due with a timestamp.
fn renew(vm: &mut Vm, millis: i64, as_of_millis: i64) {
    vm.set_now_nanos(nanos(millis));
    for _ in 0..3 {
        vm.tick().unwrap();
        for call in vm.take_calls() {
            let stamp = Portal::example().timestamp(Policy::Strict, as_of_millis);
            vm.answer_call(call.token, CallAnswer::new(304, "").header("x-gatepass-timestamp", stamp))
                .unwrap();
        }
    }
}

#[test]
fn data_is_stale_on_the_millisecond() {
    let plugin = environment::plugin();
    for profile in Profile::ALL {
        let mut vm = worker(&plugin, profile);
        assert_eq!(status(&mut vm, NOW_MILLIS + 300 * SECOND), 200, "{profile}");
        assert_eq!(status(&mut vm, NOW_MILLIS + 300 * SECOND + 1), 503, "{profile}");
    }
}

#[test]
fn a_clock_that_jumps_back_makes_nothing_young() {
    let plugin = environment::plugin();
    for profile in Profile::ALL {
        let mut vm = worker(&plugin, profile);
        assert_eq!(status(&mut vm, NOW_MILLIS + 200 * SECOND), 200);
        assert_eq!(
            status(&mut vm, NOW_MILLIS - HOUR),
            200,
            "{profile}: the data is 200 seconds old all the same"
        );
        assert_eq!(status(&mut vm, NOW_MILLIS + 301 * SECOND), 503, "{profile}");
        for back in [NOW_MILLIS + 300 * SECOND, NOW_MILLIS + SECOND, NOW_MILLIS, NOW_MILLIS - HOUR] {
            assert_eq!(status(&mut vm, back), 503, "{profile}: stale data stays stale");
        }
        // Fetching goes on by the clock that jumped.
        renew(&mut vm, NOW_MILLIS + 10 * SECOND, NOW_MILLIS);
        assert_eq!(ask(&mut vm, "demo-storefront"), 503, "{profile}: nothing newer was said");
        renew(&mut vm, NOW_MILLIS + 20 * SECOND, NOW_MILLIS + 15 * SECOND);
        assert_eq!(
            ask(&mut vm, "demo-storefront"),
            200,
            "{profile}: newer data shows that the clock was wrong"
        );
        assert_eq!(status(&mut vm, NOW_MILLIS + 315 * SECOND + 1), 503, "{profile}");
    }
}

#[test]
fn a_clock_that_jumps_forward_and_back_recovers_by_newer_data_only() {
    let plugin = environment::plugin();
    for profile in Profile::ALL {
        let mut vm = worker(&plugin, profile);
        assert_eq!(status(&mut vm, NOW_MILLIS + 24 * HOUR), 503, "{profile}");
        assert_eq!(
            status(&mut vm, NOW_MILLIS + 10 * SECOND),
            503,
            "{profile}: who knows which time was right"
        );
        renew(&mut vm, NOW_MILLIS + 20 * SECOND, NOW_MILLIS + 19 * SECOND);
        assert_eq!(ask(&mut vm, "demo-storefront"), 200, "{profile}");
    }
}

#[test]
fn a_clock_that_tells_no_time_is_stale() {
    let plugin = environment::plugin();
    for profile in Profile::ALL {
        let mut vm = worker(&plugin, profile);
        vm.set_now_nanos(0);
        assert_eq!(ask(&mut vm, "demo-storefront"), 503, "{profile}: zero");
        vm.set_now_nanos(u64::MAX);
        assert_eq!(ask(&mut vm, "demo-storefront"), 503, "{profile}: the end of time");
        let mut vm = worker(&plugin, profile);
        vm.fail_next("proxy_get_current_time_nanoseconds", 12).unwrap();
        assert_eq!(ask(&mut vm, "demo-storefront"), 503, "{profile}: unreadable");
        assert_eq!(ask(&mut vm, "demo-storefront"), 200, "{profile}: readable again");
    }
}

#[test]
fn a_timestamp_may_be_ahead_by_the_skew_and_no_more() {
    let plugin = environment::plugin();
    for profile in Profile::ALL {
        for (ahead, serial) in [(30 * SECOND, NOW_MILLIS + 40 * SECOND), (30 * SECOND + 1, NOW_MILLIS)] {
            let mut vm = worker(&plugin, profile);
            let now_millis = NOW_MILLIS + 10 * SECOND;
            renew(&mut vm, now_millis, now_millis + ahead);
            let request = Request::get("/orders/v1").host("api.example").header("apikey", "demo-storefront");
            let exchange = vm.handle(request);
            let told = exchange.upstream_request.unwrap();
            assert_eq!(
                told.header("x-gatepass-serial"),
                Some(serial.to_string().as_bytes()),
                "{profile} {ahead}"
            );
        }
    }
}

#[test]
fn a_credential_expires_on_the_millisecond() {
    let plugin = environment::plugin();
    for profile in Profile::ALL {
        let mut config = portal::configuration(host(profile));
        Portal::example().fill_in(&mut config, EXPIRY_MILLIS);
        let mut vm = proxy_host::start(&plugin, profile, &config.to_string(), EXPIRY_MILLIS - 1);
        assert_eq!(ask(&mut vm, "demo-storefront-expired"), 200, "{profile}: just before");
        vm.set_now_nanos(nanos(EXPIRY_MILLIS));
        assert_eq!(ask(&mut vm, "demo-storefront-expired"), 401, "{profile}: from then on");
        assert_eq!(ask(&mut vm, "demo-storefront"), 200, "{profile}");
    }
}
