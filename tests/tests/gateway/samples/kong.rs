//! `examples/gateway-kong`: the shape of Kong's declarative file, each `config` by the schema that Kong validates it
//! with, and as the configuration of the filter on a host that behaves as Kong's.

use gatepass_proxy_host::{Profile, Request};
use serde_json::Value;
use xtask::tools::root;

use super::super::environment;
use super::super::proxy_host::{self, NOW_MILLIS};
use super::{documents, errors, filter_schema};

fn file() -> Value {
    documents(&root().join("examples/gateway-kong/kong.yml")).remove(0)
}

fn services() -> Vec<Value> {
    file()["services"].as_array().unwrap().clone()
}

/// The filter's configurations, each with its service.
fn configurations() -> Vec<(Value, Value)> {
    let of = |service: Value| {
        let chains = service["filter_chains"].as_array().unwrap().clone();
        let filters = chains.into_iter().flat_map(|chain| chain["filters"].as_array().unwrap().clone());
        filters.map(move |filter| (service.clone(), filter["config"].clone()))
    };
    services().into_iter().flat_map(of).collect()
}

#[test]
fn the_file_has_the_shape_that_kong_reads() {
    let schema = serde_json::from_str(include_str!("kong.schema.json")).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    assert_eq!(errors(&validator, &file()), [""; 0]);
    for service in services() {
        let chains = service["filter_chains"].as_array().unwrap();
        assert_eq!(chains.len(), 1, "Kong takes one chain of a service");
        for filter in chains[0]["filters"].as_array().unwrap() {
            assert_eq!(filter["name"], "gatepass_filter", "the name of the file without `.wasm`");
        }
        for route in service["routes"].as_array().unwrap() {
            assert!(route.get("filter_chains").is_none(), "a service's chain and a route's would both judge");
        }
    }
}

#[test]
fn each_configuration_starts_on_a_host_like_kongs_and_is_closed_without_a_bundle() {
    let (schema, plugin) = (filter_schema(), environment::plugin());
    let all = configurations();
    assert_eq!(all.len(), 2);
    for (service, config) in all {
        assert_eq!(errors(&schema, &config), [""; 0]);
        let mut worker = proxy_host::start(&plugin, Profile::Kong, &config.to_string(), NOW_MILLIS);
        let path = service.pointer("/routes/0/paths/0").and_then(Value::as_str).unwrap();
        let request = Request::get(path).host("api.example").header("apikey", "demo-storefront");
        let exchange = worker.handle(request);
        assert_eq!((exchange.trap, exchange.response.status), (None, 503), "{config}");
    }
}
