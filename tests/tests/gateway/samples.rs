//! Proves that what `examples` ships works: each Envoy configuration on a real Envoy with the live chain behind it, the
//! others against the shapes that their hosts publish and with a host that runs their filter's configuration.

mod envoy;
mod istio;
mod jwt;
mod kong;
mod package;
mod rotation;

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use xtask::chain::{Konnect, Relay};
use xtask::client::{self, Answer};
use xtask::gateway::{INTERVAL_MS, example};

pub(crate) use envoy::Sample;

use super::environment;

/// Konnect with the example's portal, and a relay that follows it.
fn chain() -> (Konnect, Relay) {
    let parts = environment::parts();
    let konnect = Konnect::start(&parts.programs, &example().join("snapshot.json")).unwrap();
    let keys = example().join("keys.json");
    let relay = Relay::start(&parts.programs, &konnect, &keys, INTERVAL_MS, &[]).unwrap();
    (konnect, relay)
}

/// A request to a gateway; header names and values as they are.
fn ask(port: u16, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let headers: Vec<(&[u8], &[u8])> =
        headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    client::request(port, method, path.as_bytes(), &headers).unwrap()
}

fn reason(answer: &Answer) -> String {
    answer.json()["reason"].as_str().unwrap_or_default().to_owned()
}

/// The headers that an API behind the gateway saw: the example's APIs answer with the request.
fn arrived(answer: &Answer) -> Vec<(String, String)> {
    serde_json::from_value(answer.json()["headers"].clone()).unwrap()
}

/// All documents of a YAML file.
fn documents(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    let documents = serde_yaml_ng::Deserializer::from_str(&text);
    documents.map(|document| serde::Deserialize::deserialize(document).unwrap()).collect()
}

/// Waits for what must become true soon.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..400 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("ten seconds, and not yet: {what}");
}

/// The errors of a document by a schema.
fn errors(validator: &jsonschema::Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The schema of the filter's configuration, as Kong validates it.
fn filter_schema() -> jsonschema::Validator {
    let meta = include_str!("../../../crates/filter/gatepass_filter.meta.json");
    let meta: Value = serde_json::from_str(meta).unwrap();
    jsonschema::draft4::new(&meta["config_schema"]).unwrap()
}
