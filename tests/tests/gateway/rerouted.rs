//! Proves what the filter says of a real Envoy that chooses another route after the decision, because a header is gone
//! that its routes match on. The samples have no such routes; somebody's may.

use serde_json::json;

use super::portal::{self, Portal};
use super::real_envoy::{Gateway, Listener};
use super::vector::{Bytes, Request};

#[test]
fn a_real_envoy_that_takes_another_route_does_not_answer() {
    let mut config = portal::configuration("envoy");
    config["routes"] =
        json!([{"route_name": "orders", "resource_id": "e0000000-0000-4000-8000-000000000001"}]);
    Portal::example().fill_in(&mut config, xtask::now_millis());
    let listener = Listener { config, properties: Vec::new() };
    let gateway = Gateway::start_with("rerouted", &[listener], &[], |envoy| {
        let manager = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config";
        let routes = format!("{manager}/route_config/virtual_hosts/0/routes");
        let route = json!({"cluster": "upstream"});
        let has = |name: &str| json!([{"name": name, "present_match": true}]);
        *envoy.pointer_mut(&routes).unwrap() = json!([
            {"name": "orders", "match": {"prefix": "/steady"}, "route": route},
            // The filter hides the key, so this one no longer fits when Envoy looks again.
            {"name": "orders", "match": {"prefix": "/", "headers": has("apikey")}, "route": route},
            {"name": "admin", "match": {"prefix": "/"}, "route": route},
        ]);
    });
    let bytes = |text: &str| Bytes(text.as_bytes().to_vec());
    let ask = |path: &str| {
        let headers = vec![(bytes("apikey"), bytes("demo-storefront"))];
        gateway.send_request(0, &Request { path: bytes(path), headers, ..Request::default() })
    };
    let steady = ask("/steady");
    assert_eq!((steady.status, steady.upstream.len()), (200, 1), "{:?}", steady.json());
    let moved = ask("/orders/v1");
    assert_eq!((moved.status, moved.json()["reason"].as_str()), (500, Some("route_changed")));
    assert!(gateway.log().contains("the route changed after the decision"));
}
