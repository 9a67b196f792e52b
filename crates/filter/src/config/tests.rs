use serde_json::{Value, json};

use super::{Config, Problems};
use crate::testing::Sample;

const R1: &str = "00000000-0000-4000-8000-000000000001";
const R9: &str = "00000000-0000-4000-8000-000000000009";

/// The public key of the seed 1, 1, …
const KEY: &str = "ed25519:iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=";

fn good() -> Value {
    json!({
        "version": 1, "host": "envoy",
        "bundle": {"inline": Sample::new().base64()},
        "credentials": [{"kind": "api_key", "header": "apikey"}],
        "routes": [{"path_prefix": "/orders", "resource_id": R1}],
    })
}

fn problems(text: &str) -> Vec<String> {
    let listed = |problems: Problems| {
        problems.listed().iter().map(|p| format!("{}: {}", p.pointer(), p.message())).collect()
    };
    Config::read(text.as_bytes()).map_or_else(listed, |_| Vec::new())
}

/// The problems after setting the value at a pointer, whose parent exists.
fn after(pointer: &str, value: Value) -> Vec<String> {
    let mut config = good();
    set(&mut config, pointer, value);
    problems(&config.to_string())
}

fn set(config: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match config.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        object => object[key] = value,
    }
}

#[test]
fn the_whole_contract_is_accepted() {
    let sample = Sample::new();
    let config = json!({
        "version": 1, "host": "envoy",
        "bundle": {"inline": sample.base64(), "inline_timestamp": sample.timestamp(1),
                   "fetch": {"upstream": "gatepass_relay", "authority": "relay", "path": "/v1/bundle", "bearer_token": "t0ken", "interval_ms": 500, "timeout_ms": 300, "max_bundle_bytes": 67_108_864}},
        "public_keys": [], "allow_unsigned": true, "max_age_seconds": 300, "max_clock_skew_seconds": 30, "mode": "enforce",
        "credentials": [{"kind": "api_key", "header": "apikey"}, {"kind": "api_key", "query": "apikey"}, {"kind": "api_key", "header": "authorization", "scheme": "Bearer"},
                        {"kind": "asserted", "header": "x-consumer-custom-id", "as": "custom_id", "trust": "host_replaces_it"},
                        {"kind": "asserted", "property": ["metadata", "filter_metadata", "envoy.filters.http.jwt_authn", "payload", "azp"], "as": "client_id", "issuer": "https://idp.example"}],
        "routes": [{"route_name": "orders", "resource_id": R1}, {"service_name": "x", "resource_ids": [R1, R9], "mode": "monitor"}],
        "open": [{"path_prefix": "/health", "methods": ["GET", "HEAD"]}],
        "preflight": "deny", "disclose": "reason", "hide_credentials": true, "realm": "orders"
    });
    let config = Config::read(config.to_string().as_bytes()).unwrap();
    let warnings = config.warnings().join("\n");
    for word in ["max_bundle_bytes", "allow_unsigned", R9, "monitor"] {
        assert!(warnings.contains(word), "{word} in {warnings}");
    }
}

#[test]
fn every_mistake_is_listed_with_its_place() {
    let config = json!({
        "version": 2, "host": "apache", "hots": 1, "bundle": {"inline": "?", "x/y": 1}, "max_age_seconds": 0, "mode": "off",
        "credentials": [{"kind": "api_key"}, {"kind": "asserted", "header": "x-a", "as": "client_id"}, {"kind": "cookie"}],
        "routes": [{"path_prefix": "orders", "resource_id": "1"}, {"path_prefix": "/a/", "resource_ids": []}],
        "open": [{"path_prefix": "/%2e"}], "realm": "a\"b",
    });
    let all = problems(&config.to_string()).join("\n");
    for pointer in [
        "/version:",
        "/host:",
        "/hots:",
        "/bundle/inline:",
        "/bundle/x~1y:",
        "/max_age_seconds:",
        "/mode:",
        "/credentials/0:",
        "/credentials/1/header:",
        "/credentials/1:",
        "/credentials/2/kind:",
        "/routes/0/path_prefix:",
        "/routes/0/resource_id:",
        "/routes/1/path_prefix:",
        "/routes/1/resource_ids:",
        "/open/0/path_prefix:",
        "/realm:",
    ] {
        assert!(all.lines().any(|line| line.starts_with(pointer)), "{pointer} in\n{all}");
    }
}

#[test]
fn each_mistake_alone() {
    assert_eq!(problems(&good().to_string()), [""; 0]);
    for (pointer, value, expected) in [
        ("/version", json!("1"), "/version: this is a string"),
        ("/host", Value::Null, "/host: this is null"),
        ("/bundle", json!({}), "/bundle: there is neither `inline` nor `fetch`"),
        ("/bundle/inline", json!("AAAA"), "/bundle/inline: this is no bundle"),
        ("/bundle/inline_timestamp", json!("x"), "/bundle/inline_timestamp: this is no timestamp"),
        (
            "/bundle/inline_timestamp",
            json!(Sample::with(gatepass::RegistrationFact::Pending).timestamp(1)),
            "/bundle/inline_timestamp: it belongs to another bundle",
        ),
        ("/max_age_seconds", json!(60), "/bundle/inline: its age is limited and yet not known"),
        ("/max_age_seconds", json!(1.5), "/max_age_seconds: this number is out of range"),
        ("/max_clock_skew_seconds", json!(-1), "/max_clock_skew_seconds: this number is out of range"),
        ("/public_keys", json!(["k"]), "/public_keys/0: this is not a public key"),
        ("/public_keys", json!([7]), "/public_keys/0: this is a number"),
        ("/public_keys", json!([{"use": "bundle"}]), "/public_keys/0: `key` is missing"),
        (
            "/public_keys",
            json!([{"key": KEY, "use": "both"}]),
            "/public_keys/0/use: `both` is not known here",
        ),
        (
            "/public_keys",
            json!([KEY, {"key": KEY, "use": "bundle"}]),
            "/public_keys/1: this key is listed twice",
        ),
        ("/public_keys", json!([KEY]), ": `portals` is missing"),
        ("/portals", json!([]), "/portals: no bundle is of no portal"),
        ("/portals", json!([R9]), "/bundle/inline: this bundle is not taken: it is of other portals"),
        ("/policy", json!("konnect"), "/bundle/inline: this bundle is not taken: it is for another policy"),
        ("/audience", json!(1), "/audience: this is a number"),
        ("/log", json!({"denials_per_second": -1}), "/log/denials_per_second: this number is out of range"),
        ("/log", json!({"allows": 1}), "/log/allows: this key is not known here"),
        ("/bundle", json!({"fetch": {"upstream": "r"}}), ": `fetch` needs signed bundles"),
        ("/credentials", json!([]), "/credentials: no caller could be known"),
        ("/credentials/0/query", json!("k"), "/credentials/0: exactly one of `header` or `query` is needed"),
        ("/credentials/0/scheme", json!("Bearer x"), "/credentials/0/scheme: this is not the name"),
        ("/credentials/0/header", json!("a b"), "/credentials/0/header: `a b` is not a header name"),
        (
            "/credentials/0/header",
            json!("x-gatepass-key"),
            "/credentials/0/header: this header has another meaning",
        ),
        (
            "/credentials/0/trust",
            json!("host_replaces_it"),
            "/credentials/0/trust: this key is not known here",
        ),
        (
            "/credentials/0",
            json!({"kind": "asserted", "header": "x-a", "as": "custom_id"}),
            "/credentials/0/header: whoever speaks last",
        ),
        (
            "/credentials/0",
            json!({"kind": "asserted", "property": ["a"], "as": "client_id"}),
            "/credentials/0: a client id means nothing",
        ),
        (
            "/credentials/0",
            json!({"kind": "asserted", "property": ["a"], "as": "custom_id", "issuer": "i"}),
            "/credentials/0/issuer: only a client id",
        ),
        (
            "/credentials/0",
            json!({"kind": "asserted", "property": [], "as": "custom_id"}),
            "/credentials/0/property: this is no path",
        ),
        ("/routes", json!([]), "/routes: `routes` is missing or empty"),
        ("/routes/0/methods", json!(["get"]), "/routes/0/methods/0: this is no method"),
        ("/routes/0/host", json!("a:80"), "/routes/0/host: this is no host"),
        ("/routes/0/host", json!("*.*.a"), "/routes/0/host: this is no host"),
        ("/routes/0/route_name", json!("r"), "/routes/0: `path_prefix` cannot stand beside"),
        (
            "/routes",
            json!([{"path_prefix": "/a", "resource_id": R1}, {"route_name": "a", "resource_id": R1}]),
            "/routes: two ways of telling routes are mixed",
        ),
        (
            "/routes",
            json!([{"path_prefix": "/a", "resource_id": R1}, {"path_prefix": "/a", "resource_id": R9}]),
            "/routes/1: another rule for the same requests",
        ),
        (
            "/routes",
            json!([{"path_prefix": "/a", "resource_id": R1, "methods": ["GET"]}, {"path_prefix": "/a", "resource_id": R9, "methods": ["HEAD"]}]),
            "/routes/1: another rule for the same requests",
        ),
        (
            "/routes",
            json!([{"route_name": "a", "resource_id": R1}, {"route_name": "a", "resource_id": R9}]),
            "/routes/1: another rule names the same route",
        ),
        ("/open", json!([{"path_prefix": "/orders"}]), "/open/0: another rule for the same requests"),
    ] {
        let found = after(pointer, value.clone());
        assert!(found.iter().any(|line| line.starts_with(expected)), "{pointer} = {value}: {found:?}");
    }
}

#[test]
fn harmless_variants_are_accepted() {
    for (pointer, value) in [
        ("/max_clock_skew_seconds", json!(30.0)),
        (
            "/routes",
            json!([{"path_prefix": "/a", "resource_id": R1}, {"path_prefix": "/a", "resource_id": R1}]),
        ),
        (
            "/routes",
            json!([{"path_prefix": "/a", "resource_id": R1, "methods": ["GET"]}, {"path_prefix": "/a", "resource_id": R1, "methods": ["POST"]}]),
        ),
        ("/open", json!([{"path_prefix": "/orders", "methods": ["GET"]}, {"path_prefix": "/orders/x"}])),
        ("/bundle/inline_timestamp", json!(Sample::new().timestamp(1))),
        ("/routes/0/host", json!("*.example.com")),
        ("/routes/0/credentials", json!([{"kind": "api_key", "header": "x-key"}])),
    ] {
        assert_eq!(after(pointer, value.clone()), [""; 0], "{pointer} = {value}");
    }
}

#[test]
fn nginx_hosts_have_rules_of_their_own() {
    let mut kong = good();
    kong["host"] = json!("kong");
    kong["credentials"] = json!([{"kind": "api_key", "query": "apikey"}]);
    assert!(
        problems(&kong.to_string())
            .join("")
            .contains("/credentials/0/query: this host cannot take a parameter")
    );
    kong["hide_credentials"] = json!(false);
    assert_eq!(problems(&kong.to_string()), [""; 0]);
    kong["routes"] = json!([{"service_id": R1, "resource_id": R1}]);
    assert_eq!(problems(&kong.to_string()), [""; 0]);
    kong["routes"] = json!([]);
    assert_eq!(problems(&kong.to_string()), [""; 0]);
    kong["host"] = json!("nginx");
    assert_eq!(problems(&kong.to_string()).len(), 1);
}

#[test]
fn a_key_given_twice_is_a_mistake_at_any_depth() {
    let text = good().to_string();
    assert!(
        problems(&text.replacen('{', r#"{"mode": "enforce", "mode": "monitor","#, 1))
            .join("")
            .contains("/mode: this key is given twice")
    );
    let inner = text.replace(r#""path_prefix":"/orders""#, r#""path_prefix":"/orders","path_prefix":"/""#);
    assert!(problems(&inner).join("").contains("/routes/0/path_prefix: this key is given twice"), "{inner}");
}

#[test]
fn whatever_the_text_reading_ends_with_an_answer() {
    for text in
        ["", "null", "[]", "1", "\"x\"", "{", "{}", "{\"version\": 1e999}", "\u{0}", &"[".repeat(100_000)]
    {
        assert!(!problems(text).is_empty(), "{text}");
    }
    let many = format!("{{{}}}", (0..300).map(|n| format!("\"k{n}\": 1")).collect::<Vec<_>>().join(","));
    let all = Config::read(many.as_bytes()).unwrap_err();
    assert_eq!(all.listed().len(), 100);
    assert!(all.omitted() > 200);
    assert_eq!(all.listed()[0].to_string(), "/: `version` is missing; write `\"version\": 1`");
}

#[test]
fn a_bearer_token_is_never_shown() {
    let with = |token: Value| {
        let fetch = json!({"fetch": {"upstream": "relay", "bearer_token": token}});
        let mut config = good();
        (config["bundle"], config["allow_unsigned"]) = (fetch, true.into());
        Config::read(config.to_string().as_bytes())
    };
    let config = with(json!("s3cret-token")).unwrap();
    assert!(!format!("{config:?}{:?}", config.warnings()).contains("s3cret"));
    assert_eq!(config.fetch.unwrap().bearer_token.unwrap().to_header(), "Bearer s3cret-token");
    for wrong in [json!("s3cret token"), json!("s3cret\n"), json!(["s3cret"]), json!("")] {
        let problems = with(wrong).unwrap_err();
        assert_eq!(problems.listed()[0].pointer(), "/bundle/fetch/bearer_token");
        assert!(!format!("{problems:?}").contains("s3cret"));
    }
}

#[test]
fn what_can_never_matter_is_warned_about() {
    let sample = Sample::new();
    let config = json!({"version": 1, "host": "envoy",
        "bundle": {"inline": sample.base64(), "fetch": {"upstream": "relay"}}, "allow_unsigned": true,
        "credentials": [{"kind": "api_key", "header": "apikey"}],
        "routes": [{"route_name": "orders", "resource_id": R1}, {"service_id": R1, "resource_ids": [R1, R9]}]});
    let config = Config::read(config.to_string().as_bytes()).unwrap();
    let warnings = config.warnings().join("\n");
    assert!(
        warnings.contains("Envoy tells no `service_id`: the rule at /routes/1 never matches"),
        "{warnings}"
    );
    assert!(warnings.contains("it counts as stale until the relay dates it"), "{warnings}");
}

#[test]
fn signed_settings_are_accepted_and_an_unsigned_inline_bundle_is_not() {
    let sample = Sample::new();
    let portal = "00000000-0000-4000-8000-0000000000ff";
    let mut config = good();
    config["public_keys"] = json!([{"key": KEY, "use": "timestamp"}, {"key": crate::testing::key(2).public_key().to_string(), "use": "bundle"}]);
    config["portals"] = json!([portal]);
    assert_eq!(problems(&config.to_string()), ["/bundle/inline: this bundle is not taken: it is not signed"]);
    let (bytes, stamp) = sample.signed(1_800_000_000_000, 2, 1);
    let inline = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bytes);
    config["bundle"] = json!({"inline": inline, "inline_timestamp": stamp});
    assert_eq!(problems(&config.to_string()), [""; 0]);
    // What was signed with it dates it too.
    config["bundle"] = json!({"inline": inline});
    config["max_age_seconds"] = json!(60);
    assert_eq!(problems(&config.to_string()), [""; 0]);
    config["bundle"]["inline_timestamp"] = json!(sample.signed(1, 2, 2).1);
    let untrusted = "this timestamp is not taken: none of its signatures is by a trusted key";
    assert_eq!(problems(&config.to_string()), [format!("/bundle/inline_timestamp: {untrusted}")]);
    config["allow_unsigned"] = json!(true);
    assert!(
        problems(&config.to_string()).contains(&"/allow_unsigned: it contradicts `public_keys`".to_owned())
    );
}
