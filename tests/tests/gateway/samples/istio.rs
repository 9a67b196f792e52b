//! `examples/istio`: by the public definition of `WasmPlugin`, and its `pluginConfig` on a real Envoy.

use serde_json::Value;
use xtask::tools::root;

use super::super::real_envoy::{Gateway, Listener};
use super::super::vector::{Bytes, Request};
use super::{chain, documents, errors, eventually, filter_schema};

fn resources() -> Vec<Value> {
    documents(&root().join("examples/istio/gatepass.yaml"))
}

fn plugin() -> Value {
    resources().into_iter().find(|resource| resource["kind"] == "WasmPlugin").unwrap()
}

#[test]
fn the_plugin_has_the_fields_that_istio_defines_and_fails_closed() {
    let schema = serde_json::from_str(include_str!("wasmplugin.schema.json")).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let plugin = plugin();
    assert_eq!(errors(&validator, &plugin), [""; 0]);
    // The schema is strict enough to find a misspelt field.
    let mut wrong = plugin.clone();
    wrong["spec"]["failStratgy"] = "FAIL_CLOSE".into();
    assert!(!validator.is_valid(&wrong));
    assert_eq!(plugin["spec"]["phase"], "AUTHZ");
    assert_eq!(plugin["spec"]["failStrategy"], "FAIL_CLOSE");
    let kinds: Vec<Value> = resources().iter().map(|resource| resource["kind"].clone()).collect();
    assert_eq!(kinds, ["WasmPlugin", "RequestAuthentication", "EnvoyFilter"]);
    assert_eq!(errors(&filter_schema(), &plugin["spec"]["pluginConfig"]), [""; 0]);
}

#[test]
fn its_configuration_decides_on_a_real_envoy() {
    let (_konnect, relay) = chain();
    let config = plugin()["spec"]["pluginConfig"].clone();
    let upstream = config["bundle"]["fetch"]["upstream"].as_str().unwrap().to_owned();
    let listener = Listener { config, properties: Vec::new() };
    let gateway = Gateway::start("istio", &[listener], &[(&upstream, relay.port)]);
    let text = |text: &str| Bytes(text.as_bytes().to_vec());
    let ask = |host: &str, path: &str, key: &str| {
        let headers = vec![(text("apikey"), text(key))];
        let request = Request { path: text(path), hosts: vec![text(host)], headers, ..Request::default() };
        let seen = gateway.send_request(0, &request);
        (seen.status, seen.json()["reason"].as_str().unwrap_or_default().to_owned())
    };
    eventually("the plugin has a bundle", || {
        ask("api.example.com", "/orders/v1/items", "demo-storefront").0 == 200
    });
    let denied = |status: u16, reason: &str| (status, reason.to_owned());
    assert_eq!(
        ask("api.example.com", "/payments/v1/x", "demo-storefront"),
        denied(403, "registration_missing")
    );
    assert_eq!(ask("other.example.com", "/orders/v1/x", "demo-storefront"), denied(403, "resource_unknown"));
    assert_eq!(ask("api.example.com", "/health", "").0, 200);
}
