//! Proves what the filter publishes: names, kinds and values, and that every request it judged is counted once.
//! The vectors hold the counts against every decision; here are the gauges, and counting between ticks.

use gatepass_proxy_host::{MetricKind, Profile, Request};

use super::environment;
use super::portal::{self, Portal};
use super::proxy_host::{NOW_MILLIS, nanos, start};

#[test]
fn metrics_have_their_names_and_values() {
    let plugin = environment::plugin();
    for profile in Profile::ALL {
        for (mode, age, ready) in [("enforce", 10, 1), ("monitor", 400, 0)] {
            let host = if profile == Profile::Kong { "kong" } else { "envoy" };
            let mut config = portal::configuration(host);
            config["bundle"]["inline_timestamp"] = format!("$timestamp:-{age}").into();
            config["max_age_seconds"] = 300.into();
            config["mode"] = mode.into();
            Portal::example().fill_in(&mut config, NOW_MILLIS);
            let mut vm = start(&plugin, profile, &config.to_string(), NOW_MILLIS);
            vm.set_now_nanos(nanos(NOW_MILLIS + 1000));
            vm.tick().unwrap();
            let gauges = [
                ("gatepass_bundle_serial", NOW_MILLIS - age * 1000),
                ("gatepass_bundle_age_seconds", age + 1),
                ("gatepass_ready", ready),
                ("gatepass_unsigned", 0),
                ("gatepass_monitor", i64::from(mode == "monitor")),
            ];
            for (name, value) in gauges {
                let metric = vm.metric(name).unwrap_or_else(|| panic!("{profile}: `{name}`"));
                assert_eq!(
                    (metric.kind, metric.value),
                    (MetricKind::Gauge, value),
                    "{profile}, {mode}: {name}"
                );
            }
            let failures = vm.metric("gatepass_fetch_failures").unwrap();
            assert_eq!((failures.kind, failures.value), (MetricKind::Counter, 0));
        }
    }
}

#[test]
fn counting_costs_no_host_call_and_loses_nothing() {
    let plugin = environment::plugin();
    for profile in Profile::ALL {
        let host = if profile == Profile::Kong { "kong" } else { "envoy" };
        let mut config = portal::configuration(host);
        Portal::example().fill_in(&mut config, NOW_MILLIS);
        let mut vm = start(&plugin, profile, &config.to_string(), NOW_MILLIS);
        let mut expected = 0;
        for round in 1..=3 {
            vm.reset_host_calls();
            for (path, key) in
                [("/orders/v1", "demo-storefront"), ("/orders/v1", "x"), ("/health", ""), ("//", "")]
            {
                for _ in 0..round {
                    vm.handle(Request::get(path).host("api.example").header("apikey", key));
                }
            }
            expected += round;
            for function in ["proxy_define_metric", "proxy_increment_metric", "proxy_record_metric"] {
                assert_eq!(vm.host_calls().get(function), None, "{profile}: {function} within a request");
            }
            vm.set_now_nanos(nanos(NOW_MILLIS + round * 1000));
            vm.tick().unwrap();
            for decision in ["allow", "credential_unknown", "open", "path_ambiguous"] {
                let metric = vm.metric(&format!("gatepass_decisions_{decision}")).unwrap();
                assert_eq!(
                    (metric.kind, metric.value),
                    (MetricKind::Counter, expected),
                    "{profile}: {decision}"
                );
            }
        }
    }
}
