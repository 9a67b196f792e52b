//! Proves that `gatepass_filter.meta.json` and the reader of the configuration do not drift apart: the same keys
//! everywhere, no good configuration that the schema refuses, and no wrong kind of value that it lets through.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatepass::{Policy, ReadOptions, Snapshot, bundle};
use gatepass_filter::config::Config;
use serde_json::{Value, json};

const R1: &str = "e0000000-0000-4000-8000-000000000001";
const PORTAL: &str = "b0000000-0000-4000-8000-000000000001";

fn meta() -> Value {
    serde_json::from_str(include_str!("../gatepass_filter.meta.json")).unwrap()
}

fn schema() -> Value {
    meta()["config_schema"].clone()
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft4::new(&schema()).unwrap()
}

fn inline() -> String {
    let snapshot = include_bytes!("../../../examples/gateway-envoy/snapshot.json");
    let reading = Snapshot::read(snapshot, ReadOptions::default()).unwrap();
    let built = bundle::build(Policy::Strict, &[reading.snapshot.contents().unwrap()]).unwrap();
    STANDARD.encode(built.to_bytes())
}

fn is_read(config: &Value) -> bool {
    Config::read(config.to_string().as_bytes()).is_ok()
}

/// A configuration that has every key somewhere, with routes told by their paths, or by the host's names.
fn whole(routes: &Value) -> Value {
    json!({
        "version": 1, "host": "kong",
        "bundle": {"inline": inline(), "fetch": {"upstream": "relay:8085", "authority": "relay", "path": "/v1/manifest", "chunk_path": "/v1/chunks/",
                   "bearer_token": "t", "interval_ms": 500, "timeout_ms": 300, "max_bundle_bytes": 8_388_608}},
        "allow_unsigned": true, "audience": "", "portals": [PORTAL], "policy": "strict",
        "log": {"denials_per_second": 10, "allow_one_in": 100}, "max_age_seconds": 300, "max_clock_skew_seconds": 30, "mode": "enforce",
        "credentials": [
            {"kind": "api_key", "header": "authorization", "scheme": "Bearer"},
            {"kind": "asserted", "header": "x-consumer-custom-id", "as": "custom_id", "trust": "host_replaces_it"},
            {"kind": "asserted", "property": ["kong", "ctx", "shared", "client"], "as": "client_id", "issuer": "https://idp.example"}
        ],
        "routes": routes,
        "open": [{"host": "api.example.com", "path_prefix": "/health", "methods": ["GET"]}],
        "preflight": "deny", "disclose": "reason", "hide_credentials": true, "realm": "shop"
    })
}

fn by_path() -> Value {
    whole(&json!([{"host": "*.example.com", "path_prefix": "/orders", "methods": ["GET"], "resource_id": R1,
                   "mode": "monitor", "disclose": "none", "credentials": [{"kind": "api_key", "header": "apikey"}]}]))
}

fn by_name() -> Value {
    whole(&json!([
        {"route_id": R1, "resource_ids": [R1]}, {"route_name": "orders", "resource_id": R1},
        {"service_id": R1, "resource_id": R1}, {"service_name": "orders", "resource_id": R1}
    ]))
}

#[test]
fn kong_takes_the_file() {
    let meta = meta();
    // What Kong 3.9 knows at this level; it refuses to start over anything else.
    assert!(meta.as_object().unwrap().keys().all(|key| ["config_schema", "metrics"].contains(&key.as_str())));
    assert_eq!(meta["config_schema"]["$schema"], "http://json-schema.org/draft-04/schema#");
    jsonschema::draft4::meta::validate(&schema()).unwrap();
    // Words that later drafts brought; a validator of draft 4 would not heed them.
    let text = schema().to_string();
    for word in
        ["$defs", "const", "if", "then", "$id", "examples", "propertyNames", "contains", "prefixItems"]
    {
        assert!(!text.contains(&format!("\"{word}\":")), "{word}");
    }
}

/// What the reader says it knows at a place, when a key is there that nobody knows.
fn known_keys(config: &Value, place: &str) -> BTreeSet<String> {
    let mut config = config.clone();
    config.pointer_mut(place).unwrap()["zz"] = 1.into();
    let problems = Config::read(config.to_string().as_bytes()).unwrap_err();
    let pointer = format!("{place}/zz");
    let problem = problems.listed().iter().find(|problem| problem.pointer() == pointer);
    let help = problem.unwrap_or_else(|| panic!("an unknown key at {place} is accepted")).help();
    help.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

#[test]
fn both_know_the_same_keys() {
    let (by_path, by_name) = (by_path(), by_name());
    for (place, definition) in [
        ("", ""),
        ("/bundle", "/properties/bundle"),
        ("/log", "/properties/log"),
        ("/bundle/fetch", "/definitions/fetch"),
        ("/credentials/0", "/definitions/api_key"),
        ("/credentials/1", "/definitions/asserted"),
        ("/open/0", "/definitions/open"),
        ("/routes/0", "/definitions/route"),
    ] {
        let mut read = known_keys(&by_path, place);
        if place == "/routes/0" {
            read.extend(known_keys(&by_name, place));
        }
        let schema = schema();
        let object = schema.pointer(definition).unwrap();
        assert_eq!(object["additionalProperties"], false, "{place}");
        let described: BTreeSet<String> = object["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(described, read, "`{place}`: the schema on the left, the reader on the right");
    }
}

/// Every value of a document, by its pointer.
fn pointers(value: &Value, pointer: &str, all: &mut Vec<String>) {
    all.push(pointer.to_owned());
    match value {
        Value::Object(entries) => {
            for (key, item) in entries {
                pointers(item, &format!("{pointer}/{key}"), all);
            }
        }
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                pointers(item, &format!("{pointer}/{position}"), all);
            }
        }
        _ => {}
    }
}

#[test]
fn what_the_reader_takes_the_schema_takes_and_neither_takes_a_wrong_kind() {
    let validator = validator();
    let others = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(5000),
        json!(99_999_999_999_i64),
        json!(""),
        json!("zz"),
        json!("/zz"),
        json!("GET"),
        json!("a b"),
        json!([]),
        json!(["zz"]),
        json!([R1, R1]),
        json!({}),
    ];
    let mut compared = 0;
    for whole in [by_path(), by_name()] {
        assert!(is_read(&whole), "{:?}", Config::read(whole.to_string().as_bytes()).unwrap_err());
        let errors: Vec<String> = validator.iter_errors(&whole).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0]);
        let mut all = Vec::new();
        pointers(&whole, "", &mut all);
        for pointer in all {
            for other in &others {
                let mut changed = whole.clone();
                let before = std::mem::replace(changed.pointer_mut(&pointer).unwrap(), other.clone());
                let (read, valid) = (is_read(&changed), validator.is_valid(&changed));
                assert!(!read || valid, "the schema refuses what the reader takes: {pointer} = {other}");
                let is_kind = std::mem::discriminant(&before) == std::mem::discriminant(other);
                assert!(is_kind || read || !valid, "the schema takes a wrong kind: {pointer} = {other}");
                compared += 1;
            }
        }
        let needed = [
            "/version",
            "/host",
            "/bundle",
            "/credentials/0/kind",
            "/bundle/fetch/upstream",
            "/open/0/path_prefix",
        ];
        for pointer in needed {
            let mut changed = whole.clone();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            changed.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key);
            assert!(!is_read(&changed) && !validator.is_valid(&changed), "without {pointer}");
        }
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn the_configurations_of_the_readme_are_good_for_both() {
    let readme = include_str!("../README.md");
    let blocks: Vec<&str> =
        readme.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 3);
    let (validator, bundle) = (validator(), inline());
    for block in blocks {
        let config: Value =
            serde_json::from_str(&block.replace("<base64 of a bundle file>", &bundle)).unwrap();
        assert!(is_read(&config), "{block}");
        assert!(validator.is_valid(&config), "{block}");
    }
}
