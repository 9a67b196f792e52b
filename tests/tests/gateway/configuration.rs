//! Proves that a configuration with a mistake starts no filter, and that every mistake is told with its place.

use gatepass_proxy_host::{Profile, StartFailure, Vm};
use serde_json::{Value, json};
use xtask::envoy::Envoy;
use xtask::tools::free_port;

use super::environment;
use super::portal::{self, Portal};
use super::proxy_host::{NOW_MILLIS, nanos};
use super::real_envoy::{self, Listener};

/// Four mistakes, and where they are.
const PLACES: [&str; 4] = ["/mode", "/routes/1/resource_id", "/credentials/0/kind", "/colour"];

fn wrong(host: &str) -> Value {
    let mut config = portal::configuration(host);
    config["mode"] = "observe".into();
    config["routes"][1]["resource_id"] = "orders".into();
    config["credentials"][0]["kind"] = "password".into();
    config["colour"] = "green".into();
    Portal::example().fill_in(&mut config, NOW_MILLIS);
    config
}

#[test]
fn every_mistake_is_told() {
    let plugin = environment::plugin();
    for profile in Profile::ALL {
        let host = if profile == Profile::Kong { "kong" } else { "envoy" };
        let error =
            Vm::start(&plugin, profile, wrong(host).to_string().as_bytes(), nanos(NOW_MILLIS)).unwrap_err();
        assert_eq!(error.reason, StartFailure::NotConfigured);
        for place in PLACES {
            assert!(error.logs.iter().any(|(_, line)| line.contains(place)), "{place}: {:?}", error.logs);
        }
    }
}

#[test]
fn one_mistake_is_enough() {
    let plugin = environment::plugin();
    let fetch = json!({"fetch": {"upstream": "relay:80"}});
    for profile in Profile::ALL {
        let host = if profile == Profile::Kong { "kong" } else { "envoy" };
        for (name, key, value) in [
            ("another version", "version", json!(2)),
            ("an unknown host", "host", json!("apache")),
            ("no bundle", "bundle", Value::Null),
            ("a bundle that is none", "bundle", json!({"inline": "AAAA"})),
            ("no base64", "bundle", json!({"inline": "?"})),
            ("fetching unsigned without saying so", "bundle", fetch.clone()),
            ("age without a date", "max_age_seconds", json!(300)),
            ("no credentials", "credentials", json!([])),
            (
                "a header that anybody can send",
                "credentials",
                json!([{"kind": "asserted", "header": "x-id", "as": "custom_id"}]),
            ),
            (
                "two ways of telling routes",
                "routes",
                json!([
                    {"path_prefix": "/a", "resource_id": "e0000000-0000-4000-8000-000000000001"},
                    {"route_name": "b", "resource_id": "e0000000-0000-4000-8000-000000000001"}
                ]),
            ),
            (
                "equal rules for two resources",
                "routes",
                json!([
                    {"path_prefix": "/a", "resource_id": "e0000000-0000-4000-8000-000000000001"},
                    {"path_prefix": "/a", "resource_id": "e0000000-0000-4000-8000-000000000002"}
                ]),
            ),
            (
                "an ambiguous prefix",
                "routes",
                json!([{"path_prefix": "/a/%2e%2e", "resource_id": "e0000000-0000-4000-8000-000000000001"}]),
            ),
        ] {
            let mut config = portal::configuration(host);
            config[key] = value;
            Portal::example().fill_in(&mut config, NOW_MILLIS);
            let started = Vm::start(&plugin, profile, config.to_string().as_bytes(), nanos(NOW_MILLIS));
            assert_eq!(
                started.err().map(|error| error.reason),
                Some(StartFailure::NotConfigured),
                "{profile}: {name}"
            );
        }
    }
    // A key in the query cannot be hidden there.
    let mut config = portal::configuration("kong");
    config["credentials"] = json!([{"kind": "api_key", "query": "apikey"}]);
    Portal::example().fill_in(&mut config, NOW_MILLIS);
    assert!(Vm::start(&plugin, Profile::Kong, config.to_string().as_bytes(), nanos(NOW_MILLIS)).is_err());
}

#[test]
fn a_real_envoy_does_not_start_with_a_mistake() {
    let listener = Listener { config: wrong("envoy"), properties: Vec::new() };
    let admin_port = free_port().unwrap();
    let file =
        real_envoy::write_config("mistake", &real_envoy::configuration(&[listener], &[], admin_port, 1));
    let error = Envoy::start(&environment::envoy(), &file, admin_port, 1).unwrap_err().to_string();
    assert!(error.contains("Envoy ended"), "{error}");
    let log = std::fs::read_to_string(file.with_extension("log")).unwrap();
    for place in PLACES {
        assert!(log.contains(place), "{place}: {log}");
    }
}
